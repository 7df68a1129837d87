# The counting rules: name and one sentence
rule-civil-code = Civil Code days
rule-civil-code-text = The day of notice is not counted; two days run from the next. If the last day is a rest day it moves to the next working day, and it ends at 24:00.
rule-calendar-days = Calendar days
rule-calendar-days-text = The day of notice is not counted; two days run from the next, rest days or not. The second ends at 24:00.
rule-working-days = Working days
rule-working-days-text = The day of notice is not counted; two working days run from the next. Weekends and holidays are not counted, make-up working days are. The second ends at 24:00.
rule-hours-48 = 48 hours
rule-hours-48-text = 48 hours by the clock from the moment of notice, day and night, rest days or not.

# Day by day
why-notice-day = Day of notice, not counted (Civil Code, art. 201)
why-counted = Day { $n }
why-counted-weekend = Day { $n } (a weekend inside the period counts)
why-counted-holiday = Day { $n } ({ $occasion }; a holiday inside the period counts)
why-counted-make-up = Day { $n } (made up for { $occasion }, a working day)
why-last-day-weekend = The last day would fall on a weekend: it moves on (Civil Code, art. 203)
why-last-day-holiday = The last day would fall on a holiday ({ $occasion }): it moves on (Civil Code, art. 203)
why-moved-here = Day { $n }: the first working day after the rest days, and so the last day
why-moved-here-make-up = Day { $n }: the first working day after the rest days (made up for { $occasion }), and so the last day
why-weekend-not-counted = Weekend, not counted
why-holiday-not-counted = Holiday ({ $occasion }), not counted
why-unknown-year-working-day = Day { $n } (taken for a working day; the holidays of { $year } are not announced yet, so it can only move later)
why-unknown-year-weekend = Weekend, taken for rest (the holidays of { $year } are not announced yet)
why-hours-run = The clock runs from { $from } to { $until }
why-floor-extension = Fewer than { $hours } waking hours (08:00–22:00) so far: runs on until { $until }

# Festivals
occasion-new-year = New Year’s Day
occasion-spring-festival = Spring Festival
occasion-qingming = Qingming Festival
occasion-labour-day = Labour Day
occasion-dragon-boat = Dragon Boat Festival
occasion-mid-autumn = Mid-Autumn Festival
occasion-national-day = National Day

# What is wrong with a holiday file
calendar-problem-header = The first line must be date,kind,occasion
calendar-problem-columns = At least three columns are needed: date,kind,occasion
calendar-problem-date = A date is written 2026-02-14
calendar-problem-kind = kind must be holiday or workday
calendar-problem-occasion = The occasion is missing
calendar-problem-duplicate = This date is in the file already
calendar-problem-make-up-on-weekday = A make-up working day must be a Saturday or Sunday; check the date and the year
why-clock-stopped = The clock stood still for a question: not counted
why-moved-by-question = The day after the reply (or after the clock restarted): the last day
why-moved-by-outage = The answer page was down for { $minutes } minutes on { $on }: moved to the end of this day
