nav-duty = Rota
duty-title = Duty rota
duty-part-morning = Morning
duty-part-afternoon = Afternoon
duty-part-day = All day
plan-state-draft = Draft
plan-state-asking = Asking
plan-state-published = Published
plan-state-withdrawn = Withdrawn
turn-state-gap = Gap
turn-state-proposed = Proposed
turn-state-agreed = Agreed
turn-state-cancelled = Closed
consent-waiting = No answer yet
consent-yes = Yes
consent-rather-not = Rather not
consent-no = Cannot
consent-withdrawn = No longer asked
swap-kind-swap = Swap
swap-kind-give = Give away
swap-kind-take = Take
swap-state-open = Waits for the other side
swap-state-agreed = Both agreed
swap-state-done = Done
swap-state-refused = Not agreed
swap-state-withdrawn = Withdrawn

duty-bar-duty-standing = Not in good standing
duty-bar-duty-qualification = No qualification in force that day
duty-bar-duty-leave = On leave
duty-bar-duty-mode = Does not serve at stations
duty-bar-duty-too-far = Farther than they go
duty-bar-duty-said-no = Said this turn does not suit
duty-bar-duty-same-time = Another turn at the same time
duty-bar-duty-same-day = Another turn that day
duty-bar-duty-gap = Too close to another turn
duty-bar-duty-week = The week's limit is reached
duty-bar-duty-week-hours = The hours they give a week are used up
duty-bar-duty-month = The month's limit is reached
duty-bar-duty-period = The period's limit is reached
duty-bar-duty-nobody = No expert near who could be put there
duty-bar-duty-all-barred = No expert near meets the conditions
duty-bar-duty-unskilled = No expert near has the wanted specialty
duty-bar-duty-on-leave = The experts near are on leave
duty-bar-duty-busy = The experts near have other turns, or too little rest between
duty-bar-duty-caps = The experts near have reached their limits
duty-bar-duty-unfinished = Not reached yet
duty-bar-duty-no-yes = No yes from the expert yet
duty-bar-duty-withdrawn = Taken off by staff
duty-bar-leave = The expert is on leave
duty-bar-suspend = The expert is suspended
duty-bar-pause = The expert takes a break
duty-bar-withdraw = The expert left
duty-bar-withdraw-on-advice = The expert left on advice
duty-bar-remove = The expert was removed

event-duty-planned = Duty plan made
event-duty-repaired = Duty plan made anew
event-duty-asked = Experts asked about duty
event-duty-answered = Answer about duty
event-duty-published = Rota published
event-duty-withdrawn = Duty plan withdrawn
event-duty-seated = Turn filled
event-duty-freed = Turn became free
event-duty-swap-asked = Change of hands asked for
event-duty-swap-ended = Change of hands came to nothing
event-duty-reconfirmed = Duty confirmed again
event-duty-signed-in = Signed in for duty
event-duty-missed = Duty missed
event-duty-feed-renewed = Calendar address renewed

task-duty-gap = Gap in the rota
task-duty-gap-next = Find somebody for the gap, or close the turn.
task-duty-swap = Swap to decide
task-duty-swap-next = Both sides agreed; please decide.
desk-why-duty-gap = { $n } has turns without anybody in the next two weeks.
desk-act-duty-gap = Find cover
desk-why-duty-swap = { $n } has a change of hands both sides agreed to; it waits for you.
desk-act-duty-swap = Decide

notice-duty-ask = Asked about duty
notice-duty-published = Rota published
notice-duty-changed = Turns changed
notice-duty-offered = Asked to cover
notice-duty-tomorrow = Duty tomorrow
notice-duty-week = Duty this week
notice-staff-duty-gap = Gaps in the rota

invariant-i19 = Everybody on a published rota has said yes, and nobody is on duty in two places at once

letter-duty-ask-heading = Do these duty turns suit you?
letter-duty-ask-lead = “{ $plan }” would like you for { $turns ->
    [1] one turn
   *[other] { $turns } turns
 }. You are asked first; nothing is fixed before you say yes.
letter-duty-ask-how = Open the link and say yes, rather not, or cannot, turn by turn or all at once. “Cannot” notes the day as leave.
letter-duty-due = Please answer before { $duty_due }
letter-duty-silence = No answer is no yes, and is not held against you; somebody else will be asked for these turns.
letter-duty-published-heading = Your duty turns
letter-duty-published-lead = “{ $plan }” is published; you have { $turns ->
    [1] one turn
   *[other] { $turns } turns
 }. The file goes into your calendar; behind the link you can subscribe to one that follows every change.
letter-duty-changed-heading = Your duty turns changed
letter-duty-changed-lead = These are your turns as they stand now.
letter-duty-offered-heading = Could you take this turn?
letter-duty-offered-lead = { $duty_place } needs somebody for a turn, and you qualify. The first to say yes takes it.
letter-duty-tomorrow-heading = On duty tomorrow: please confirm
letter-duty-tomorrow-lead = Tomorrow you are on duty at { $duty_place }. Please open the link and say that you will come; tell us as well if you cannot.
letter-duty-week-heading = Your duty this week
letter-duty-week-lead = You have { $turns ->
    [1] one turn
   *[other] { $turns } turns
 } this week.
letter-duty-none-left = You have no turns at present.
letter-duty-more = { $n } more behind the link.
letter-staff-duty-gap-heading = Gaps in the rota
letter-staff-duty-gap-lead = { $duty_place } has { $turns ->
    [1] one turn
   *[other] { $turns } turns
 } without anybody in the next two weeks.
letter-act-duty-answer = Answer
letter-act-duty-page = See my duty turns
letter-act-duty-rota = Open the rota
letter-closing-duty = You can swap, give away or ask for leave behind the link, or phone the station.
