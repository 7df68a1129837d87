# The board: how offers were answered; the formulas stand at the foot of the page.
board-title = Answers
board-none = —
board-span = { $from } to { $to }
board-filters = What to show
board-from = Told from
board-to = to
board-by = Rows by
board-show = Show
board-any-region = All
board-preset-days30 = Last 30 days
board-preset-month = This month
board-preset-last-month = Last month
board-preset-days90 = Last 90 days
board-preset-year = Last year
board-stats = Main figures
board-by-expert = Expert
board-by-firm = Firm
board-by-region = Region
board-by-station = Station
board-by-service = Service
board-by-month = Month
board-month = { $month } { $year }
board-month-name = { $n ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
board-unit = { $n ->
    [one] offer
   *[other] offers
}
board-unit-hours = hours, median
board-total = Total

measure-offered = Offered
measure-due = Due
measure-on-time = On time
measure-late = Answered late
measure-lapsed = Lapsed
measure-accepted = Accepted
measure-declined = Declined
measure-asked = Asked first
measure-staff-entered = Entered by staff
measure-undelivered = Undelivered
measure-void = Void unanswered
measure-open = Not yet due

board-stat-share = Answered on time
board-stat-share-note = { $n } of { $of } due
board-stat-median = Time to answer
board-stat-median-note = 90th percentile { $p90 } hours
board-stat-lapsed = Lapsed
board-stat-lapsed-note = Due passed, no answer since
board-stat-undelivered = Undelivered
board-stat-undelivered-note = Never counted as no answer
board-stat-open = Not yet due
board-stat-open-note = Waiting for an answer
board-stat-entered = Answers entered by staff
board-stat-entered-note = { $n } in all
board-stat-feedback = Feedback overdue
board-stat-feedback-note = As of now
board-stat-rated = Satisfaction
board-stat-rated-note = { $n } by link; by phone { $phone }
board-scores = { $mean } (n = { $n })

board-behind = Table and formula
board-axis-from = The vertical axis begins at { $n }%.
board-months = Answered on time, by month
board-months-none = Nothing was due in the last 12 months.
board-months-say = { $last } in the last month; the lowest of the last 12 was { $month } with { $lowest }.
board-of = { $n }/{ $of }
board-col-of = On time/due
board-col-share = On time
board-col-offers = Offers
board-col-after = After the notice
board-col-entered = Entered by staff
board-col-median = Median (hours)
board-col-p90 = 90th pct. (hours)
board-dist = How long answers take
board-dist-none = Nothing was due in this time.
board-dist-say = Half answer within { $median } hours; { $n } were not on time, { $share } of those due. Hours after the notice.
board-bin = { $from }–{ $to }
board-bin-name = { $from }–{ $to } hours
board-bin-last = { $from } +
board-bin-last-name = { $from } hours and more, still in time
board-bin-late = not
board-bin-late-name = Not on time (late or lapsed)
board-map = Answered on time, by district
board-map-note = %; open for the cases
board-legend = Key
board-legend-high = 95% and more
board-legend-mid = 90%–95%
board-legend-low = below 90%
board-legend-few = thin: fewer than 20 offers
board-band-none = nothing due
board-band-high = %, 95% and more
board-band-mid = %, 90% to 95%
board-band-low = %, below 90%
board-load = Who is asked too often, who never
board-load-say = { $asked } experts were asked. The busiest tenth had { $percent }% of the offers.
board-load-nobody = Nobody was asked in this time.
board-load-never = never
board-load-from-to = { $from }–{ $to } times
board-load-from = { $from } and more
board-n-experts = { $n }
board-n-offers = { $n }
board-n-needs = { $n }
board-busiest = The experts asked most
board-reasons = Why offers were declined
board-chain-title = Offers a need took
board-chain = { $n ->
    [one] { $n } offer
   *[other] { $n } offers
}
board-chain-from = { $n } and more

board-table = Table
board-table-all = { $n ->
    [one] { $n } row
   *[other] { $n } rows
}
board-table-first = The { $shown } rows with most offers of { $all }; the download has them all
board-empty = No offers in this time
board-empty-text = Choose other days, or make an offer first. Figures follow offers and answers by themselves.
board-key = Key
board-formulas = How this is counted
board-formula-counted = Counted: offers whose notice (Beijing date) falls into the days chosen; undelivered ones by the day they were sent.
board-formula-share = On time = on time ÷ (on time + answered late + lapsed). Accepting, declining and asking all count as answers; the first one decides; at the due instant or after it is late.
board-formula-apart = Undelivered, void before an answer, and not yet due are shown apart and stand in no denominator.
board-formula-hours = Time from notice to first answer, wall clock; median and 90th percentile by nearest rank, over answered offers. Where rest days move the deadline, more than 48 hours may still be in time.
board-formula-entered = Entered by staff = answers entered by staff ÷ all answers.
board-formula-region = Region and station are those of the need.
board-formula-services = Under several service items, an offer counts in each row and once in the total.
board-formula-rated = Satisfaction counts ratings by link only; those by phone are shown apart. By the day of the rating.
board-formula-load = Each offer counts once, whatever came of it.
board-formula-reasons = Declining is a lawful answer and never counts as no answer.
board-formula-chain = Only offers in the days chosen.

board-crumbs = You are here
board-cases-title = Cases: { $what }
board-cases-here = { $n } on this page
board-cases-none = No such case
board-cases-none-text = The figure may have changed just now; look at the board again.
board-back = Back to the board
board-narrowed = { $what }: { $name }
board-entered = entered by staff
board-hours = { $n } hours
board-due = due { $due }
board-col-need = Need
board-col-told = Told
board-col-counts = Counts as
board-col-answer = Answer
