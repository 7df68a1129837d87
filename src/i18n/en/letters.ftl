# Letters. Each kind has its headline letter-<kind>-heading and first paragraph letter-<kind>-lead; the rest go by place.
letter-brand = Zhipai
letter-colon = :{" "}
letter-greeting-expert = Dear { $name },
letter-greeting = Dear { $name },
letter-subject = { $heading }: { $matter }
letter-subject-staff = [{ $number }] { $heading }: { $matter }
letter-confidential-matter = a confidential need ({ $service })
letter-confidential-note = The enterprise asks for confidence: you see title and text once you accept. The names below let you judge whether there is a conflict of interest.

# The points
letter-fact-title = Matter
letter-fact-description = What happened
letter-fact-services = Services
letter-fact-enterprise = Enterprise
letter-fact-opposing-party = Opposing party
letter-fact-opposing-agent = Their agent
letter-fact-place = Where
letter-fact-when = When
letter-fact-hours = How long
letter-fact-urgency = Urgency
letter-fact-number = Number
letter-fact-offer-number = Offer number
letter-fact-matter = Matter
letter-fact-expert = Expert
letter-fact-answer = Answer entered
letter-fact-decline-reason = Reason for declining
letter-fact-question = Question
letter-fact-reply = Reply
letter-fact-case-kind = Kind of case
letter-fact-case-number = Case number
letter-fact-grounds = Grounds
letter-fact-decision = Decision
letter-fact-reason = Reason
letter-when-by = By { $day }; expert and enterprise agree on the time
letter-when-open = Expert and enterprise agree on the time
letter-hours = { $hours ->
    [one] About 1 hour
   *[other] About { $hours } hours
}

# The deadline
letter-due-answer = Please answer before { $due }
letter-due-answer-undated = Please answer within 2 days of notice
letter-due-feedback = Please file your feedback before { $feedback_due }
letter-due-rule = { $rule }: { $text }
letter-due-notified = Counted from the notice on { $at }.
letter-due-from-delivery = The time runs from the moment the mail server takes this letter; the date above is counted as if that were now.
letter-due-moved = The deadline has moved to this moment. A deadline once told only ever moves later.
letter-due-provisional = The holidays of a year concerned are not announced yet. This date is provisional: it may move later, never earlier.

# Buttons
letter-act-accept = See the details, accept
letter-act-decline-or-ask = Not this time, or ask first
letter-act-decline = Not this time
letter-act-answer-after-all = Look; you may still answer
letter-act-feedback-or-release = File feedback, or say you cannot go on
letter-act-feedback = Write your feedback
letter-act-look = Look at this matter
letter-act-not-mine = This was not me
letter-act-status = See where it stands
letter-act-rate = Rate this service
letter-act-need = Open the need
letter-act-case = Open the case
letter-act-password = Set a new password

# Contacts
letter-contact-enterprise = Contact at the enterprise
letter-contact-expert = Your expert
letter-contact-name = Name
letter-contact-firm = Organisation
letter-contact-phone = Phone
letter-contact-email = Mail

# Closing lines
letter-closing-looking = Opening the link only shows the matter; it answers nothing for you. Declining is an answer in time and does not count against you.
letter-closing-private-link = This personal link is for you alone; please do not pass it on.
letter-closing-volunteer = This is a volunteer service: no gifts, no paid services promoted, no touting for your employer.
letter-closing-confidence = Please keep what the enterprise tells and gives you in confidence.
letter-closing-calendar = A calendar file is attached: the whole day, shown as free. Please agree on the hour between you.
letter-closing-feedback = A few lines are enough: what you did, how long it took, what came of it. It is saved as you type.
letter-closing-fair = Your statement will be read before anything is decided.
letter-closing-free = The service is free of charge. Please tell us if an expert takes gifts, promotes paid services or touts for business.
letter-closing-rating = Rating takes about a minute; no login is needed.
letter-closing-password = The link works once. If you did not ask for it, do nothing: your password stays as it is.
letter-supervision = Supervision line: { $phone }

# Calendar
letter-invite-summary = Volunteer service: { $enterprise }, { $matter }
letter-invite-feedback = Feedback due: { $enterprise }, { $matter }
letter-invite-description = Number { $number }. Expert and enterprise agree on the hour.

# To experts
letter-offer-subject = Please answer before { $short_due }: { $matter }
letter-offer-subject-undated = Please answer within 2 days: { $matter }
letter-offer-heading = Would you help an enterprise?
letter-offer-lead = { $enterprise } would be glad of your help: { $matter }.
letter-reminder-subject = Reminder: please answer before { $short_due }: { $matter }
letter-reminder-subject-undated = Reminder: please answer soon: { $matter }
letter-reminder-heading = We are waiting for your answer
letter-reminder-lead = { $enterprise } is waiting for your answer: { $matter }. Accepting, declining and asking are all answers.
letter-offer-lapsed-heading = The time to answer has run out
letter-offer-lapsed-lead = The time to answer “{ $matter }” ({ $due }) has passed; the offer is recorded as lapsed.
letter-offer-lapsed-still-open = While no other expert has accepted, your link still takes your answer.
letter-offer-lapsed-not-received = If you never received the offer, please tell the station; once confirmed, the record is withdrawn.
letter-seat-taken-heading = Another expert has accepted
letter-seat-taken-lead = Another expert has accepted “{ $matter }”; you need not answer any more. Thank you.
letter-offer-withdrawn-heading = No answer is needed any more
letter-offer-withdrawn-lead = “{ $matter }” was retracted or closed; there is nothing left for you to do. Thank you.
letter-confirmed-heading = Thank you for accepting
letter-confirmed-lead = “{ $matter }” is yours. Please contact the enterprise soon and agree on time and manner.
letter-confirmed-no-contact = The enterprise left no contact; the station will help you reach them.
letter-question-replied-heading = Your question has a reply
letter-question-replied-lead = There is a reply to your question on “{ $matter }”, and you have more time to answer.
letter-answer-entered-heading = An answer was entered for you
letter-answer-entered-lead = From your call or message the station entered this answer to “{ $matter }”: { $answer }.
letter-answer-entered-not-mine = If that is not what you meant, choose “This was not me” and we will put it right.
letter-expert-released-heading = This matter is no longer yours
letter-expert-released-lead = You are released from “{ $matter }”; there is nothing left for you to do. Thank you for your time.
letter-expert-released-confidence = Please keep what you learnt in confidence and delete what the enterprise gave you.
letter-feedback-reminder-heading = Please file your feedback
letter-feedback-reminder-lead = Your written feedback on “{ $matter }” is still missing.
letter-case-opened-heading = A case was opened: { $case_kind }
letter-case-opened-lead = The managing centre has opened a case concerning you on the grounds below, number { $number }.
letter-case-suspended = Until it is decided you will not be offered needs.
letter-case-statement = You may make a statement and hand in papers through the link below within { $statement_days } working days of receiving this letter, or in writing or in person.
letter-case-decided-heading = The case is decided: { $case_kind }
letter-case-decided-lead = Two managers in turn have examined case { $number }, and it is decided.
letter-case-appeal = If you disagree you may appeal through the link below or in writing within { $appeal_days } working days of receiving this letter.
letter-case-no-mark = Your standing is what it was before the case.
letter-breach-withdrawn-heading = A record against you is withdrawn
letter-breach-withdrawn-lead = We have found that the offer concerning “{ $matter }” did not reach your mailbox. The lapse is withdrawn and the figures are corrected. We are sorry for the trouble.
letter-breach-withdrawn-address = Please check the address we hold for you and tell the station if it has changed.
letter-digest-heading = { $n } matters for your attention
letter-digest-lead = To disturb you less, these { $n } matters come in one letter, each with its own link.
letter-closing-digest = The links are for you alone; please do not forward them. A new offer always comes in a letter of its own.

# To enterprises
letter-receipt-heading = Your need is in
letter-receipt-lead = { $station } has received your need under number { $number }. We are asking suitable experts and will tell you as soon as one accepts.
letter-expert-confirmed-heading = An expert has accepted
letter-expert-confirmed-lead = { $expert } has accepted and will contact you to agree on a time. You are welcome to call first.
letter-searching-again-heading = We are looking for another expert
letter-searching-again-lead = The expert who accepted cannot go on, and we are looking for another.
letter-searching-again-nothing-to-do = You need not submit anything again. We will tell you as soon as somebody accepts.
letter-rate-service-heading = Please rate this service
letter-rate-service-lead = { $expert } has helped you with “{ $matter }”. Please tell us whether you are satisfied.
letter-rate-reminder-heading = Please rate this service
letter-rate-reminder-lead = You have not rated the service by { $expert } yet. It helps us improve; this is the only reminder.
letter-need-closed-heading = Your need has been concluded
letter-need-closed-lead = Your need “{ $matter }” ({ $number }) has been concluded. You are welcome to come back to the station at any time.

# To staff
letter-staff-accepted-heading = An expert accepted
letter-staff-accepted-lead = { $expert } has accepted; both sides have each other’s contact.
letter-staff-accepted-next = Next: nothing to do; the expert will be reminded to file feedback after the service.
letter-staff-declined-heading = An expert declined
letter-staff-declined-lead = { $expert } cannot take this one.
letter-staff-lapsed-heading = An offer lapsed
letter-staff-lapsed-lead = { $expert } did not answer before { $due }.
letter-staff-question-heading = An expert asks
letter-staff-question-lead = { $expert } asks something first; the answer clock has stopped.
letter-staff-question-overdue-heading = An expert’s question waits
letter-staff-question-overdue-lead = Nobody has replied to { $expert } in time; the question now comes to you.
letter-staff-unanswered-heading = Nobody left to ask
letter-staff-unanswered-lead = No reserve is left for the need of { $enterprise }.
letter-staff-undelivered-heading = A letter came back
letter-staff-undelivered-lead = The letter to { $expert } came back; the answer clock is void.
letter-staff-released-heading = An accepted assignment was released
letter-staff-released-lead = { $expert } no longer has this need.
letter-staff-feedback-heading = Feedback is in
letter-staff-feedback-lead = { $expert } has filed feedback.
letter-staff-feedback-next = Next: wait for the enterprise’s rating, then write the internal evaluation and close.
letter-staff-conduct-heading = A rating reports conduct
letter-staff-conduct-lead = In its rating the enterprise says something about the conduct of { $expert }.
letter-staff-case-heading = A case waits for a second manager
letter-staff-case-lead = Case { $number } ({ $case_kind }) waits for another manager’s decision.
letter-staff-not-mine-heading = An expert disowns an entered answer
letter-staff-not-mine-lead = { $expert } says the answer entered on their behalf was not theirs.
letter-staff-escalated-heading = A task still waits: { $task }
letter-staff-escalated-lead = A task of { $enterprise }’s need has waited since { $since }.
letter-staff-escalated-until = More people will be told until somebody acts.
letter-staff-digest-heading = { $n } matters to see to
letter-staff-digest-lead = These { $n } matters come in one letter.
letter-closing-digest-staff = Every task is on your desk page.
letter-fact-since = Waiting since
letter-staff-next-asked = The next reserve is being asked: { $next }. You need not do anything.
letter-staff-nobody-next = No reserve is left. Choose other experts, or close with a reason.
letter-password-reset-heading = Set a new password
letter-password-reset-lead = We were asked to reset your account’s password. Please open the link below and set a new one.
letter-due-moved-heading = More time to answer
letter-due-moved-lead = The deadline for “{ $matter }” has moved to { $due }. The count below says why.
letter-closing-due-moved = A deadline only ever moves later. If a lapse was recorded before, it is withdrawn.
