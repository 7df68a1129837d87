# Several needs assigned together
batch-title = Assign together
batch-intro = Arrange several needs at once: see who goes where and why, then send in one go.
batch-choose = Needs that wait
batch-waiting = { $n } with a free seat
batch-most = At most { $n } at once. This only makes a plan; no letter leaves.
batch-none = Nothing waits
batch-none-text = Every seat has been offered or taken.
batch-seats = Free seats
batch-free-seats = { $n ->
    [one] 1 seat
   *[other] { $n } seats
}
batch-since = Submitted
batch-plan = Arrange together
batch-preview = The plan
batch-say = { $needs ->
    [one] 1 need
   *[other] { $needs } needs
}, { $seats ->
    [one] 1 seat
   *[other] { $seats } seats
}: { $covered } covered by { $people ->
    [one] 1 expert
   *[other] { $people } experts
}
batch-full = Left out because no seat is free: { $numbers }
batch-rows = Seat by seat
batch-rows-note = Change anybody you like; what is not ticked is not sent
batch-to = Ask
batch-nobody = Nobody for now
batch-choice = { $name } ({ $points } points, place { $place })
batch-pinned = Decided by hand
batch-behind = Reserves:
batch-no-reserve = none
batch-passed-given = { $name }, place { $place }, is not proposed here: already given { $numbers }.
batch-passed-load = { $name }, place { $place }, is not proposed here: { $month } of { $cap } offers this month and { $open } open; one more would be too much for one person or above the cap.
batch-gap-nobody = Nobody may be asked. Dropped by rule:
batch-gap-rule = { $rule }: { $n }
batch-gap-nobody-next = Experts of this specialty are wanted, or the seat should ask for less.
batch-gap-full = Whoever fits is full, even if others are moved. One more place for any of these { $n } would cover the seat: { $names }
batch-gap-full-next = Ask one of them to raise a cap, or send in two rounds.
batch-gap-same = The { $n } who may be asked sit in another seat of this need, or are full.
batch-gap-other-side = Whoever fits, or their firm, is proposed for the other side's request in this batch; one firm cannot serve both.
batch-gap-nobody-knows = Nobody who may be asked offers “{ $item }”, which this seat asks for.
batch-gap-look = See everybody suggested for this need
batch-tick = Send
batch-send = Send what is ticked
batch-again = Arrange again around my changes
batch-send-text = Each need stands alone: whether somebody may be asked is checked once more as it is sent. If one seat does not fit, that need is left as it was and says why; the others go out.
batch-how = How this was arranged
batch-how-text = Every need is ranked by its own rules and points first. Then all are solved together: as many seats as possible are covered and, among all ways to do that, the points are highest, less what each further offer costs an expert in a month (0.5, 1.5, 2.5 points for the first, second, third). Nobody goes above the monthly cap or the cap of open offers, and the seats of one need go to different people. The plan is found by min-cost flow and checked to be optimal; the same data always gives the same plan.
batch-fingerprint = Fingerprint of the plan
batch-pin-not-eligible = The expert you chose may not be asked now ({ $rule }); this is the plan without that choice
batch-pin-no-room = What you chose exceeds somebody's room or contradicts itself; this is the plan without it
batch-nothing-chosen = Tick at least one need
batch-nothing-ticked = No seat is ticked
batch-broken = Something broke and this need was not sent; please try again
batch-sent = Sent
batch-not-sent = Not sent
batch-sent-n = { $n ->
    [one] 1 offer
   *[other] { $n } offers
}
batch-outcome-title = What was sent
batch-outcome = Offers sent: { $sent }. Needs left as they were: { $kept }
batch-go-on = Go on
flash-batch-sent = { $n ->
    [one] 1 offer was sent
   *[other] { $n } offers were sent
}
flash-batch-sent-tomorrow = { $n ->
    [one] 1 offer leaves
   *[other] { $n } offers leave
} tomorrow at 08:00
field-no-room = Exceeds the expert's room, or contradicts another choice
need-list-batch = Assign together
