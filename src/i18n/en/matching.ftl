# Matching: signals, reasons, and why somebody may not be asked

# Names of the signals, in the order shown
signal-service = Service items
signal-industry = Industry
signal-text = Wording
signal-distance = Distance
signal-duty = Duty
signal-load = Workload
signal-fairness = Fairness
signal-answers = Answer record
signal-satisfaction = Satisfaction

# Reasons
reason-service-all = { $similar ->
    [0] Covers every service asked for: { $services }
   *[other] { $mean ->
        [unrated] Covers every service asked for: { $services }; { $similar } similar needs in three years
       *[other] Covers every service asked for: { $services }; { $similar } similar needs in three years, { $rated } ratings averaging { $mean }
    }
}
reason-service-some = { $similar ->
    [0] Covers { $matched } of { $wanted } services: { $services }
   *[other] { $mean ->
        [unrated] Covers { $matched } of { $wanted } services: { $services }; { $similar } similar needs in three years
       *[other] Covers { $matched } of { $wanted } services: { $services }; { $similar } similar needs in three years, { $rated } ratings averaging { $mean }
    }
}
reason-service-none = None of the service items is registered for this expert
reason-service-not-stated = The request names no service item; counted as neutral
reason-service-language = Covers { $matched } of { $wanted } service items, but no { $languages } on file; counted half
reason-industry-matched = Knows { $industries }
reason-industry-none = Registered for other industries
reason-industry-unknown = No industry on file
reason-industry-not-stated = The request names no industry; counted as neutral
reason-text-words = “{ $words }” from the request stands in the expert's record
reason-text-some = The request resembles the expert's record
reason-text-none = No word in common with the expert's record
reason-distance-same-region = Also in { $region }, { $km } km away
reason-distance-apart = { $km } km away
reason-distance-region = Also in { $region }; exact place not on file
reason-distance-unknown = Place unknown; counted as neutral
reason-distance-remote = { $mode ->
    [phone] By phone, so distance does not count
   *[other] Online, so distance does not count
}
reason-duty-now = On duty at this station right now
reason-duty-today = On duty at this station later today
reason-duty-in-days = { $days ->
    [1] On duty at this station tomorrow
   *[other] On duty at this station in { $days } days
}
reason-duty-elsewhere = On duty at another station right now
reason-duty-none = No duty turn at this station soon
reason-load = { $open ->
    [0] Asked { $month } of at most { $cap } times this month; took on { $taken } in 90 days
   *[other] Asked { $month } of at most { $cap } times this month; { $open } unanswered; took on { $taken } in 90 days
}
reason-load-resting = Took on { $last } services last month, the cap being { $cap }, so this month is lighter; asked { $month } times this month, { $open } open
reason-fairness-asked = { $asked ->
    [one] Asked once in 90 days; the median of peers is { $median }
   *[other] Asked { $asked } times in 90 days; the median of peers is { $median }
}
reason-fairness-never = Not asked in 90 days; the median of peers is { $median }
reason-fairness-newcomer = { $asked ->
    [0] New on the register, not asked yet; the median of peers is { $median }
    [one] New on the register, asked once; the median of peers is { $median }
   *[other] New on the register, asked { $asked } times; the median of peers is { $median }
}
reason-answers-all = { $hours ->
    [unknown] Answered all { $count } offers of the last year on time
   *[other] Answered all { $count } offers of the last year on time, median { $hours } h
}
reason-answers-some = { $hours ->
    [unknown] Answered { $on-time } of { $count } offers of the last year on time
   *[other] Answered { $on-time } of { $count } offers of the last year on time, median { $hours } h
}
reason-answers-none = No answer on record in the last year; counted at the usual value
reason-satisfaction-mean = { $count ->
    [one] One rating, { $mean } of 5
   *[other] { $count } ratings, { $mean } of 5 on average
}
reason-satisfaction-none = No rating yet; counted at the usual value
# Between and behind the reasons of the one-sentence summary
reason-join = ; { "" }
reason-end = .

# Why somebody may not be asked: a sentence, and a tag of at most eight characters
excluded-standing = { $standing ->
    [applied] The application has not been taken up yet.
    [reviewing] Still under review.
    [paused] Has paused by own choice.
    [suspended] Suspended while a case is open.
    [withdrawn] Has left the register.
    [removed] Was removed from the register.
   *[other] Not on the register.
}
excluded-standing-tag = Inactive
excluded-already-asked = Was asked for this request before and is not asked twice.
excluded-already-asked-tag = Asked
excluded-qualification = The qualification is valid until { $date } and will have lapsed by then.
excluded-qualification-tag = Lapsed
excluded-licence = { $case ->
    [lawyer-never] This matter asks for a lawyer’s licence, and none is on file.
    [patent-attorney-never] This matter asks for a patent attorney’s licence, and none is on file.
    [lawyer-ended] The lawyer’s licence this matter asks for is valid until { $date } and will have lapsed by then; other matters are not affected.
   *[patent-attorney-ended] The patent attorney’s licence this matter asks for is valid until { $date } and will have lapsed by then; other matters are not affected.
}
excluded-licence-tag = Licence
excluded-week-hours = Has { $given } hours arranged in the week this one is wanted for; gives { $cap } hours a week.
excluded-week-hours-tag = Week full
licence-patent-attorney = Patent attorney
licence-lawyer = Lawyer
excluded-leave = On leave until { $date }.
excluded-leave-tag = On leave
excluded-open-cap = Has { $open } unanswered offers; at most { $cap } at once.
excluded-open-cap-tag = Open cap
excluded-monthly-cap = Asked { $offers } times this month; at most { $cap } a month.
excluded-monthly-cap-tag = Full
excluded-booked = Has { $services } services in the month this one is wanted for; at most { $cap } a month.
excluded-booked-tag = month full
excluded-opposing-party = Is, or works for, the opposing party “{ $name }”.
excluded-opposing-party-tag = Conflict
excluded-opposing-agent = Works for the opposing party's agent “{ $name }”.
excluded-opposing-agent-tag = Conflict
excluded-own-enterprise = Works for the enterprise that asks.
excluded-own-enterprise-tag = Own firm
excluded-declared-relation = Declared a relation to one of the parties.
excluded-declared-relation-tag = Recused
excluded-learned-conflict = { $ground ->
    [past-service] Served one side of this need recently, or still does.
    [firm-other-side] Their firm serves the other side of the same dispute.
    [own-department] The need concerns their own department.
   *[other] Has an interest in one side of this need.
}
excluded-learned-conflict-tag = conflict
excluded-needs-waiver = { $ground ->
    [declared] Declared a link to one side; a manager has to allow it and say why.
    [past-service] Earlier services may touch one side; a manager has to allow it and say why.
    [firm-other-side] Their firm serves the other side in another matter; a manager has to allow it and say why.
    [open-offer] Is being asked, or a colleague is, for a matter of the other side and has not answered; a manager has to allow it and say why.
   *[own-department] The need mentions their department; a manager has to allow it and say why.
}
excluded-needs-waiver-tag = waiver needed
excluded-ask-manager = { $side ->
    [party] The expert's or employer's name is like the opposing party “{ $name }”; a manager should check whether they are related.
    [agent] The expert's or employer's name is like the opposing agent “{ $name }”; a manager should check whether they are related.
   *[enterprise] The expert's or employer's name is like the enterprise that asks, “{ $name }”; a manager should check whether they are related.
}
excluded-ask-manager-tag = To check
excluded-conflict = May have an interest in one side of this need; a manager knows more.
excluded-conflict-tag = to check
excluded-mode = { $mode ->
    [online] Does not serve online.
    [station] Does not serve at stations.
    [onsite] Does not serve on site.
    [phone] Does not serve by phone.
   *[training] Does not give training.
}
excluded-mode-tag = Channel
excluded-distance = { $km } km away, further than the { $max } km this expert travels.
excluded-distance-tag = Too far

# Grounds and kinds of an interest
ground-declared = declared
ground-past-service = earlier services
ground-firm-other-side = firm serves the other side
ground-own-department = own department
ground-open-offer = open offer on the other side
relation-employment = Employment
relation-ownership = Shares or investment
relation-family = Close relative employed or holding shares
relation-advisory = Adviser or agent
relation-adversary = Former opponent
relation-other = Other interest
