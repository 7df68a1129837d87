# Names of states, reasons and kinds: the prefix is the kind of word, the rest its stable text in domain.

# Channel
mode-online = Online
mode-station = At the station
mode-onsite = On site
mode-phone = By phone
mode-training = Training

# Form of service
form-consultation = Consultation
form-one-on-one = One-on-one guidance
form-training = Training
form-duty = Duty at a station
form-event = Visit to enterprises or a park

urgency-normal = Normal
urgency-urgent = Urgent

# Where a need stands
need-state-open = To be assigned
need-state-offering = Asking experts
need-state-unanswered = Nobody left to ask
need-state-accepted = Accepted
need-state-served = Served
need-state-closed = Closed
need-state-retracted = Retracted

# Where an offer stands
assignment-state-offered = Awaiting answer
assignment-state-accepted = Accepted
assignment-state-declined = Declined
assignment-state-lapsed = Lapsed
assignment-state-undelivered = Not delivered
assignment-state-void = Void
assignment-state-released = Released
assignment-state-done = Done

# Where a seat stands
seat-state-free = Free
seat-state-offered = Offered
seat-state-taken = Taken
seat-state-done = Done

# Where a reserve stands
reserve-state-waiting = In reserve
reserve-state-asked = Asked
reserve-state-skipped = Passed over

# Why an expert declines
decline-reason-time = The time does not suit
decline-reason-specialty = Not my field
decline-reason-conflict = Conflict of interest
decline-reason-travel = Travelling
decline-reason-load = Too much in hand
decline-reason-other = Other

# Answers
answer-accept = Accept
answer-decline = Decline
answer-question = Question

answered-by-link = Personal link
answered-by-phone = Phone
answered-by-wechat = WeChat
answered-by-counter = In person

notified-by-smtp = Mail
notified-by-phone = Phone
notified-by-wechat = WeChat

released-by-expert = The expert
released-by-station = The station
released-by-enterprise = The enterprise

# Why an offer is void
void-reason-seat-taken = Another expert accepted
void-reason-retracted = The need was retracted
void-reason-closed = The need was closed
void-reason-not-eligible = The expert may not be asked at present
void-reason-called-back = The station called the offer back

# Feedback: what came of it
outcome-solved = Solved
outcome-partly = Partly solved
outcome-referred = Referred
outcome-follow-up = Needs follow-up

# How an offer counts
offer-outcome-on_time = Answered on time
offer-outcome-late = Answered late
offer-outcome-lapsed = Lapsed
offer-outcome-undelivered = Not delivered
offer-outcome-void = Void before an answer

# What an enterprise may report
conduct-report-gift = Took a gift
conduct-report-promotion = Promoted paid services
conduct-report-touting = Touted for their employer
conduct-report-confidence = Disclosed a business secret
conduct-report-no-show = Did not turn up as agreed
conduct-report-complaint = Another complaint (please say above)

rating-channel-link = Rated by link
rating-channel-phone = Called back by phone

filed-by-link = The expert
filed-by-staff = Staff on the expert’s behalf

# Incidents
incident-lapse = Offer lapsed
incident-no-show = Did not turn up
incident-feedback-overdue = Feedback overdue
incident-gift = Took a gift
incident-promotion = Promoted paid services
incident-touting = Touted for business
incident-confidence = Breach of confidence
incident-complaint = Complaint

# Admonition and removal
case-kind-admonition = Admonition
case-kind-removal = Removal
case-state-open = Awaiting decision
case-state-decided = Decided
decision-admonish = Admonished, stays
decision-keep = Not removed
decision-advise-withdrawal = Advised to withdraw
decision-remove = Removed
decision-dismiss = Dismissed

# Why a need closes
close-reason-served = Service completed
close-reason-answered-at-once = Answered on the spot
close-reason-passed-on = Passed on
close-reason-duplicate = Duplicate
close-reason-withdrawn-by-enterprise = Withdrawn by the enterprise
close-reason-out-of-scope = Out of scope
close-reason-nobody-accepted = Nobody accepted

# Tasks: name and next step
task-unanswered = Nobody left to ask
task-unanswered-next = Every reserve has been asked. Choose other experts, or close with a reason.
task-undelivered = Letter came back
task-undelivered-next = Check the expert’s address; if need be, phone and enter when you told them.
task-reply-question = An expert asks
task-reply-question-next = Reply by the end of the next working day; after that it goes to the station head and the centre.
task-question-overdue = Question not replied to
task-question-overdue-next = Reply soon; otherwise the answer clock will run again by itself.
task-add-contact = Contact missing
task-add-contact-next = The enterprise left neither mail nor phone. Add one, or hand over the receipt and the rating link in person.
task-call-back = Call back
task-call-back-next = The rating link has run out. Call the enterprise and enter its rating as a phone call.
task-close-need = Evaluate and close
task-close-need-next = Feedback and rating are in. Write the internal evaluation and close.
task-feedback-overdue = Feedback overdue
task-feedback-overdue-next = Remind the expert; feedback told by phone may be entered on their behalf.
task-conduct-report = Rating reports conduct
task-conduct-report-next = Look into what the enterprise reports, then decide whether to open a case.
task-admonition-proposed = Admonition proposed
task-admonition-proposed-next = The conditions are met. Look at the evidence; whether to open a case is yours to decide.
task-removal-proposed = Removal proposed
task-removal-proposed-next = The conditions are met. Look at the evidence; whether to open a case is yours to decide.
task-decide-case = Awaiting a second manager
task-decide-case-next = Another manager reads the evidence and the expert’s statement, and decides.
task-not-my-answer = “Not my answer”
task-not-my-answer-next = Ask the expert and correct the entry as they wish.
task-mail-alarm = Mail cannot leave
task-mail-alarm-next = Check the mail server settings; letters wait, and no clock has started.
task-out-of-office = A mailbox answered by itself
task-out-of-office-next = Please phone; enter leave or ask somebody else where needed. An automatic answer is no answer.
task-mail-reply = Somebody replied by mail
task-mail-reply-next = Please phone; if they accept or decline, enter it with the offer. A reply by mail is no answer.
task-mail-complaint = A letter was marked as spam
task-mail-complaint-next = Please phone and ask why, and check the contact details.
task-mail-unmatched = Mail that belongs to no letter
task-mail-unmatched-next = Please look at it in the mailbox it came to.
task-nobody-qualifies = Nobody qualifies
task-nobody-qualifies-next = Automatic mode found no qualified expert. Loosen the conditions, choose by hand, or close with a reason.

# Roles
role-liaison = Liaison
role-manager = Manager
role-admin = Administrator
role-auditor = Auditor

# Standing
standing-applied = Applied
standing-reviewing = Under review
standing-active = Active
standing-paused = Paused
standing-suspended = Suspended
standing-withdrawn = Withdrawn
standing-removed = Removed

# Kind of employer
firm-type-agency = Patent or trade mark agency
firm-type-law-firm = Law firm
firm-type-enterprise = Enterprise
firm-type-institute = University or institute
firm-type-authority = Public authority or court
firm-type-other = Other

# Languages
language-zh = Chinese
language-en = English
language-ja = Japanese
language-ko = Korean
language-de = German
language-fr = French
language-ru = Russian

# The trail: what happened
event-need-submitted = The need was submitted
event-need-corrected = The need’s text or contact was corrected
event-need-retracted = The need was retracted
event-need-closed = The need was closed
event-need-handed-over = The need got another owner
event-attachment-added = A file was added
event-reserves-set = Reserves were set
event-reserve-skipped = A reserve was passed over
event-expert-assigned = An expert was asked
event-notice-recorded = The notice was handed over; the answer clock began
event-notice-bounced = The letter came back; the clock is void
event-reminder-sent = A reminder was sent
event-offer-accepted = The expert accepted
event-offer-declined = The expert declined
event-answer-contested = The expert says that the answer entered by staff was not theirs
event-question-asked = The expert asked a question; the clock stopped
event-question-replied = The question was replied to; the clock runs again
event-clock-restarted = No reply for two working days; the clock runs again
event-due-moved = The deadline moved later
event-offer-lapsed = The offer lapsed unanswered
event-offer-voided = The offer became void
event-assignment-released = An accepted assignment was released
event-breach-withdrawn = A breach was withdrawn
event-chain-exhausted = Every reserve has been asked
event-feedback-filed = The expert filed feedback
event-service-rated = The enterprise rated the service
event-expert-registered = The expert came on the register
event-expert-changed = The expert’s record was changed
event-expert-reviewed = A review was decided
event-relation-declared = A relation was declared
event-relation-ended = A declared relation ended
event-conflict-waived = A manager waived a conflict
event-conflict-checked = A conflict of interest was checked
event-ranking-set = Ranking weights were changed
event-leave-entered = Leave was entered
event-expert-withdrew = The expert withdrew
event-case-opened = A case was opened
event-case-decided = A case was decided
event-expert-suspended = The expert was suspended
event-incident-recorded = An incident was recorded
event-contact-revealed = Contact data was read in full
event-station-kept = A station was entered or changed
event-account-kept = An account was made or changed
event-signed-in = Signed in
event-sign-in-failed = A sign-in failed
event-signed-out = Signed out
event-token-kept = An API token was made or revoked
event-policy-set = Policy was changed
event-sheet-imported = A sheet was imported
event-sheet-exported = A sheet was exported
event-calendar-imported = Holiday notice imported
event-task-done = A task was done
event-task-escalated = Task told to more people
event-letter-held = Letter held until the morning
event-letter-passed-on = Letter passed on by staff
event-mail-stopped = Mail stopped
event-mail-resumed = Mail leaves again
event-mail-tried-again = Mail tried again at once

# Kinds of letter
notice-offer = Offer
notice-reminder = Reminder
notice-offer-lapsed = Offer lapsed
notice-seat-taken = Seat taken
notice-offer-withdrawn = Offer withdrawn
notice-confirmed = Confirmation
notice-question-replied = Reply to a question
notice-answer-entered = Answer entered by staff
notice-expert-released = Released
notice-feedback-reminder = Feedback reminder
notice-case-opened = Case opened
notice-case-decided = Case decided
notice-breach-withdrawn = Breach withdrawn
notice-receipt = Receipt
notice-expert-confirmed = Expert confirmed
notice-searching-again = Searching again
notice-rate-service = Please rate
notice-rate-reminder = Rating reminder
notice-need-closed = Need closed
notice-staff-accepted = Accepted (staff)
notice-staff-declined = Declined (staff)
notice-staff-lapsed = Lapsed (staff)
notice-staff-question = Question (staff)
notice-staff-question-overdue = Question overdue (staff)
notice-staff-unanswered = Nobody left to ask (staff)
notice-staff-undelivered = Not delivered (staff)
notice-staff-released = Released (staff)
notice-staff-feedback = Feedback in (staff)
notice-staff-conduct = Conduct reported (staff)
notice-staff-case = Case to decide (staff)
notice-staff-not-mine = Not my answer (staff)
notice-staff-escalated = Task still waiting (staff)
notice-staff-digest = Digest (staff)
notice-digest = Digest
notice-password-reset = Password reset
task-nobody-asked = Nobody asked yet
task-nobody-asked-next = A working day has passed and no expert was asked. Choose an expert, or close with a reason.
task-approve-calendar = Holidays to approve
task-approve-calendar-next = Check the notice and its days; they count once a manager other than the importer approves.
task-clock-back = The clock went back
task-clock-back-next = Lapses, the next in the chain and reminders stand still; needs are still taken. Set the clock right, then confirm.
event-calendar-proposed = Holidays imported, waiting for a second person
event-calendar-refused = Holidays not approved
event-outage-recorded = An outage was recorded
event-clock-went-back = The machine's clock went back; escalation stands still
event-clock-confirmed = The clock was confirmed
notice-due-moved = More time
