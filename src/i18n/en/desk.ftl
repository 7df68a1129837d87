# The desk: what needs you now.
desk-title = Your desk today
desk-today = Today at a glance
desk-submit = Submit a need
desk-now = What needs you now
desk-tasks-all = { $n ->
    [one] { $n } task
   *[other] { $n } tasks, the most pressing first
}
desk-tasks-first = The { $shown } most pressing of { $all }
desk-nothing = Nothing needs you right now
desk-nothing-text = Offers are waiting for their experts. Whatever lapses, is asked, bounces or must be called back will appear here.
desk-nothing-admin = Whatever the system needs you for will appear here.
desk-to-needs = See the needs
desk-all-needs = All needs
desk-left = { $left } left
desk-soon = soon
desk-the-expert = the expert
desk-yesterday = Yesterday { $time }
desk-round = Offer no. { $n }
desk-unit = { $n ->
    [one] need
   *[other] needs
}
desk-unit-letters = { $n ->
    [one] letter
   *[other] letters
}

desk-stat-unanswered = Nobody accepted, choose again
desk-stat-unanswered-note = No reserve left
desk-stat-today = Due today
desk-stat-open = Nobody asked yet
desk-stat-cases = Cases to decide
desk-stat-cases-note = A second manager decides
desk-unit-cases = { $n ->
    [one] case
   *[other] cases
}
desk-stat-bare = Stations nobody works for
desk-stat-bare-note = Their letters go to the head and the centre
desk-unit-bare = { $n ->
    [one] station
   *[other] stations
}
desk-stat-review = Experts to review
desk-stat-review-note = Applied or under review
desk-unit-review = { $n ->
    [one] expert
   *[other] experts
}
desk-stat-waiting-note = { $n } offers wait for an answer in all
desk-stat-open-note = Choose an expert for them
desk-stat-feedback = Waiting for feedback or rating
desk-stat-feedback-note = { $n } with feedback overdue
desk-stat-mail = Letters returned or not sent
desk-stat-mail-note = Last 7 days; never counted as no answer
desk-stat-accounts = Accounts that can sign in
desk-stat-accounts-note = of { $n } accounts
desk-stat-index = Needs that can be searched
desk-stat-index-note = In the search index

desk-why-unanswered = Offered { $n } times, nobody accepted, and no reserve is left. Choose again, or close the need with a reason.
desk-why-undelivered = The offer to { $expert } did not arrive; it does not count as no answer. Check the address, or phone and record when.
desk-why-reply-question = { $expert } asked a question, and the clock has stopped. Please reply by { $due }.
desk-why-question-overdue = Nobody has replied to { $expert }. Without a reply, the clock restarts by itself at { $due }.
desk-why-conflict-found = Since the other side was named, { $expert }, who accepted, may have an interest in one side. Look, and ask somebody else where needed.
desk-why-add-contact = The enterprise left neither email nor phone. Without them, receipt and rating can only be handed over in person.
desk-why-call-back = The enterprise has not rated the service. Call back and record it, then the need can be closed.
desk-why-close-need = Feedback and rating are in. Add the internal evaluation and close the need.
desk-why-feedback-overdue = The written feedback of { $expert } is overdue. Send a reminder, or record what was dictated.
desk-why-conduct-report = In its rating the enterprise reported on the conduct of { $expert }. Check it first, then decide whether to open a case.
desk-why-admonition-proposed = { $expert } let { $n } offers lapse in 12 months: the condition for proposing an admonition is met.
desk-why-removal-proposed = The condition for proposing the removal of { $expert } is met. Look at the grounds.
desk-why-decide-case = The case of { $expert } waits for a second manager. Read the grounds and the statement.
desk-why-not-my-answer = { $expert } says the recorded answer was not theirs. Check and correct it.
desk-why-mail-alarm = Letters cannot leave. Check the mail server settings; they wait, and no clock has started.
desk-why-out-of-office = The mailbox of { $expert } answered by itself; away: { $n }. That is no answer: please phone.
desk-why-mail-reply = Somebody replied by mail: “{ $n }”. That is no answer: please phone, then enter it.
desk-why-mail-complaint = The reader marked a letter of ours as spam. Please phone and ask why.
desk-why-mail-unmatched = Mail came in that belongs to no letter: “{ $n }”. Please look at it in its mailbox.
desk-why-nobody-qualifies = No qualifying expert was found. Widen the conditions, choose by hand, or close the need with a reason.
desk-why-clock = { $expert } has not answered; due { $due }. You may phone; record an answer given by word of mouth.

desk-act-unanswered = Choose again
desk-act-undelivered = See to the letter
desk-act-reply-question = Reply
desk-act-question-overdue = Reply
desk-act-conflict-found = Look at it
desk-act-add-contact = Add contact
desk-act-call-back = Record the call
desk-act-close-need = Close the need
desk-act-feedback-overdue = Record feedback
desk-act-conduct-report = Check
desk-act-admonition-proposed = Look and decide
desk-act-removal-proposed = Look and decide
desk-act-decide-case = Decide
desk-act-not-my-answer = Check the answer
desk-act-mail-alarm = Look
desk-act-out-of-office = Enter an answer
desk-act-mail-reply = Enter an answer
desk-act-mail-complaint = Look
desk-act-mail-unmatched = Look
desk-act-nobody-qualifies = Choose an expert
desk-act-clock = Record an answer

desk-risk = Offers due soonest
desk-risk-caption = Offers waiting for an answer, next due first
desk-no-clock = No offer is waiting for an answer
desk-no-clock-text = Once offers are out, those due soonest stand here.
desk-cases = Cases to decide
desk-all-cases = All cases
desk-no-case = No case waits for a decision.
desk-case-own = You opened it on { $since }; another manager must decide.
desk-case-decide = Opened on { $since }; waits for you or another manager.
desk-bare = Stations without an active liaison
desk-bare-text = Their letters go to the head of the station and the managing centre. Appoint a liaison, or hand their needs over.
desk-mail = Mail
desk-mail-well = Running
desk-mail-lost = Some returned or unsent
desk-mail-still = At a standstill for { $waited }
desk-mail-queued = Waiting to leave (overnight ones too)
desk-mail-sending = Leaving now
desk-mail-bounced = Returned in the last 7 days
desk-mail-failed = Given up in the last 7 days
desk-news = Just happened
desk-no-news = Nothing in the last three days.
desk-in-hand = Needs in hand
desk-in-hand-caption = Needs in hand, next due first
desk-none-in-hand = No need in hand
desk-none-in-hand-text = Record a need for an enterprise that visits or calls; it all starts there.
desk-read = Read
desk-read-text = An audit account reads every record and changes nothing.
desk-col-need = Need
desk-col-services = Services
desk-col-state = State
desk-col-station = Station
desk-col-expert = Expert
desk-col-clock = Due

desk-hint-calendar = The holidays of { $year } are not in yet; deadlines in that year count weekends and fixed holidays for now. Import the State Council notice once it is out.
desk-hint-mail-off = No mail server is configured: letters do not leave, no clock starts, and staff must pass links on by hand.
desk-hint-mail-still = Letters have been waiting for more than 15 minutes. Check the mail server and the network.
desk-hint-plain-http = The site is served without HTTPS: passwords and personal links can be read on the way.
desk-hint-second-factor = Managers, administrators and auditors are not asked for a second factor; it is better switched on in the configuration.
desk-why-nobody-asked = A working day has passed and no expert was asked. Choose an expert, or close the need with a reason.
desk-why-approve-calendar = A holiday notice waits for a second person; its days count once approved.
desk-why-clock-back = The machine's clock went back: lapses, the chain and reminders stand still. Set it right, then confirm.
desk-act-nobody-asked = Choose an expert
desk-act-approve-calendar = Review
desk-act-clock-back = Confirm
desk-hint-clock-back = The machine's clock is behind the time already recorded: lapses, the chain and reminders stand still, needs are still taken. Set the clock right, then confirm it under “Holidays and outages”.
