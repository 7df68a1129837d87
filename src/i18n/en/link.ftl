# The pages behind sealed links: an expert's offer, “not me”, an enterprise's progress and its rating.
link-station = Questions? Call { $station }:
link-supervision = Supervision phone:
link-only-you = This link is for you alone. Opening this page is no answer; pressing a button is.
link-matter = The matter
link-contacts-later = You get the enterprise's contact and papers once you accept.

# The offer
link-offer-title = Please answer: { $title }
link-offer-lede = { $enterprise } has a matter and would like your help.
link-offer-late = The time to answer has run out, but nobody else has accepted yet. If you are willing, you may still accept now.
link-accept = Accept
link-decline = Not this time
link-decline-reason = Reason
link-decline-conflict-note = No need to say with whom
link-busy-until = Busy until
link-busy-until-hint = You are not asked again up to and including this day.
link-decline-note = A word to the station
link-decline-do = Decline this one
link-decline-lawful = Declining is an answer in time and does not count against you.
link-ask = Ask first
link-ask-once = once
link-ask-what = What would you like to know?
link-ask-hint = The clock stops; after the reply you have at least one more full day.
link-ask-do = Send the question

# The answer clock
link-clock-answer = Please answer
link-clock-by = Please answer before { $due }
link-clock-today = Please answer today, before { $time }
link-clock-left = Left:{" "}
link-clock-due = Due
link-clock-late = The time to answer has run out
link-clock-late-still-free = You may still accept
link-clock-stopped = The clock is stopped
link-clock-stopped-until = Until { $until } at the latest
link-clock-stopped-then = It runs again once the station replies, or after that moment; you then have at least one more full day.
link-clock-not-begun = The clock has not begun
link-clock-from-notice = The time runs from the moment the mail server takes the letter; if the station tells you by phone or WeChat, from the time it records.
link-clock-if-now = If you were told now, the answer would be due before { $due }.
link-clock-day = Day { $n }
link-clock-notice-day = Told, not counted
link-clock-not-counted = Not counted
link-unit-day = {" "}d{" "}
link-unit-hour = {" "}h{" "}
link-unit-minute = {" "}min{" "}

# The question
link-question-title = Your question
link-question-reply = The station's reply
link-question-replied = Replied on { $at }; the clock runs again.
link-question-waits = The station has yet to reply. The clock is stopped until { $until } at the latest.
link-question-runs-again = The station has not replied; the clock runs again. If you still need to know, please call the station.

# Accepted
link-theirs-title = Accepted: { $title }
link-theirs-lede = Thank you for accepting. Please get in touch with the enterprise soon and agree on a time and a way.
link-files = The enterprise's papers
link-file-size = { $size }
link-feedback-title = After the service
link-feedback-due = Please file your feedback, due
link-feedback-write = Write your feedback
link-feedback-done = What was done
link-feedback-done-hint = A few lines will do. It is kept while you type.
link-feedback-served-on = Day of the service
link-feedback-hours = Hours spent
link-feedback-hours-hint = 0.25 to 200, for example 3.5
link-feedback-outcome = What came of it
link-feedback-follow-up = What should follow
link-feedback-follow-up-hint = What the enterprise or the station should do next.
link-feedback-declared = Declared
link-feedback-filed = Filed
link-feedback-do = File feedback
link-feedback-keep = Keep it, file later
link-declare = I declare
link-declare-hint = All three must be true to file. If one is not, please call the station.
link-declare-no-gift = I took no money or gift
link-declare-no-promotion = I promoted no paid services
link-declare-no-touting = I touted no business for my employer
link-draft-saved = Kept
link-draft-failed = It could not be kept. Please press “Keep it” to try again
link-draft-at = Kept on { $at }
link-release = I cannot go on
link-release-text = No harm done: the station finds another expert, and nothing counts against you. If you can, tell us why, so that we can plan.
link-release-reason = Reason
link-release-do = Please find another expert
link-release-sure = The matter will no longer be yours, and the enterprise's contact and papers will no longer be shown. Are you sure?
link-hours = { $hours } h
link-done-title = Thank you
link-done-lede = Dear { $name }, your feedback is in. This service counts { $hours } h.
link-done-filed = What you filed
link-done-wrong = If something needs to be corrected, please call the station.

# Offers that are over
link-closed-kept = This is what you just wrote. It was not recorded; please tell the station in another way:
link-closed-seat-taken = Another expert has accepted
link-closed-seat-taken-text = Another expert has taken this matter; no answer is needed. Thank you for being ready to help. We will ask again another time.
link-closed-declined = Noted: not this time
link-closed-declined-text = You declined this one. That is an answer in time and does not count against you. Thank you for replying.
link-closed-released = This matter is no longer yours
link-closed-released-text = You are released; the station sees to the rest and there is nothing left for you to do. Please keep what you learnt in confidence. Thank you for your time.
link-closed-undelivered = This offer was stopped
link-closed-undelivered-text = The letter did not arrive at the time. No clock ran and nothing is held against you. The station will check your address with you; you may also call.
link-closed-retracted = The enterprise took the need back
link-closed-retracted-text = The enterprise took this need back; there is nothing left for you to do. Thank you.
link-closed-ended = This matter is over
link-closed-ended-text = This need is no longer being worked on; there is nothing left for you to do. Thank you.
link-closed-called-back = The station called the offer back
link-closed-called-back-text = The station called this offer back; no answer is needed. If you have questions, please call the station.

# Not me
link-contest-title = Was this answer yours?
link-contest-text = Following a call or message, the station entered the answer below for you. If it was not yours, press the button: a manager will check with you and put it right.
link-contest-entered-text = On { $at } the station entered an answer for you ({ $by }): { $answer }.
link-contest-entered = What was entered
link-contest-by = How it reached us
link-contest-at = When
link-contest-do = This was not me
link-contest-then = If it is right, there is nothing to do. You may close this page.
link-contest-said = The managers have been told
link-contest-said-text = On { $at } you said that this answer was not yours. A manager will get in touch and put it right; there is nothing more to do.
link-contest-nothing = Nothing was entered for you
link-contest-nothing-text = Nobody has entered an answer for you. To answer, open the link in your offer letter.

# Progress
link-status-title = Progress of { $number }
link-status-open = We have your need. The station is choosing a fitting expert.
link-status-offering = An expert is being asked.
link-status-answer-by = This expert is to answer before { $due }. If they cannot help, the next one is asked.
link-status-unanswered = None of the experts asked can help this time. The station is looking for another way and will tell you. You are welcome to call.
link-status-accepted = An expert has accepted and will get in touch to agree on a time. You may also call them.
link-status-wanted-by = You asked for help by { $day }.
link-status-served = The expert has filed feedback. Please rate the service; then the matter can be closed.
link-status-closed = Your need is closed. If you need us again, please contact the station.
link-status-closed-as = Closed as: { $reason }.
link-status-retracted = Your need was taken back and is no longer being worked on. If you need us again, please contact the station.
link-status-way = How far it is
link-status-need = Your need
link-status-rate = Rate the service
link-status-rate-early = Service given? Rate it now
link-status-rated = Rated
link-step-received = Received
link-step-looking = Asking experts
link-step-confirmed = Expert confirmed
link-step-served = Served
link-step-closed = Closed
link-step-retracted = Taken back
link-retract = Take the need back
link-retract-text = We then stop looking for an expert, and an expert who accepted is told.
link-retract-reason = Reason
link-retract-do = Take this need back
link-retract-sure = This cannot be undone; you would have to submit it again. Take it back?

# The rating
link-rate-title = Please rate this service
link-rate-title-text = { $expert } has helped you. Were you content? It takes about a minute, without signing in.
link-rate-thanks = Thank you for your rating
link-rate-thanks-text = Your rating of { $expert } is recorded as below. To add to it, please call the station.
link-rate-not = Nothing to rate yet
link-rate-not-text = There is no service to rate at present. If something is amiss, please call the station or the supervision phone.
link-rate-which = Which service
link-rate-yours = Your rating
link-rate-score = All in all, are you content?
link-score-1 = Not at all
link-score-2 = Not really
link-score-3 = So-so
link-score-4 = Content
link-score-5 = Very content
link-rate-of-five = { $n } of 5
link-rate-remark = In your words
link-rate-remark-hint = What was good, what could be better.
link-rate-conduct = Did the expert do any of these?
link-rate-conduct-hint = Leave all empty if not. What you tick goes straight to the managers, past the station.
link-rate-reported = What you reported
link-rate-at = Rated
link-rate-do = Send the rating

# Said once
flash-link-again = This was recorded before and has not been entered twice. This is how things stand.
flash-link-draft = Kept. You may file it later.

# Why me
link-why-title = Why you were asked
link-why-open = Why me?
link-why-lede = What the ranking rested on when you were asked; only your own part.
link-why-score = Your points
link-why-fairness = Experts asked less of late come somewhat sooner, so that turns lie evenly
link-why-text = The request's text is kept confidential until you accept
link-why-sealed = sealed with the offer
link-why-none = No ranking was kept with this offer.
link-why-back = Back
link-why-note = Sealed with the offer: later weights do not change it.
