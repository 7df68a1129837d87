# Fairness watch
fairness-title = Fairness watch
fairness-open = Fairness
fairness-home = Experts of
fairness-any-service = Every item
fairness-none = No offers in these days.
fairness-nobody = Nobody on the register here
fairness-nobody-text = Try another region or item.
fairness-unit-people = { $n ->
    [one] person
   *[other] people
}
fairness-unit-pairs = { $n ->
    [one] pair
   *[other] pairs
}
fairness-stat-asked = Asked / on register
fairness-stat-asked-note = { $n } offers
fairness-stat-never = Never asked
fairness-stat-never-note = on the register, not one offer
fairness-stat-often = Asked too often
fairness-stat-often-note = { $n } offers or more
fairness-stat-gini = Gini
fairness-stat-gini-note = 0: all alike; 1: one has everything
fairness-stat-tenth = Busiest tenth
fairness-stat-tenth-note = the ten busiest: { $ten }
fairness-stat-pairs = One firm, one enterprise
fairness-stat-pairs-note = accepted { $n } times or more
fairness-curve = Lorenz curve
fairness-curve-say = The half asked least carries { $half }, the busiest tenth { $tenth }. The diagonal is all alike.
fairness-curve-name = { $n }% asked least
fairness-curve-col = Experts, least asked first
fairness-curve-share = Share of all offers
fairness-tenths = What each tenth carries
fairness-tenth = Tenth { $n }, least first
fairness-col-experts = On register
fairness-col-asked = Asked
fairness-never = Never asked
fairness-never-say = { $n } in all; the { $shown } longest on the register
fairness-never-none = Everybody was asked
fairness-since = on the register since { $day }
fairness-often = Asked too often
fairness-often-say = { $n } with { $from } offers or more
fairness-often-none = Nobody is asked too often
fairness-pairs = One firm and one enterprise again and again
fairness-pairs-say = { $n } pairs with { $from } or more
fairness-pairs-none = None
fairness-pairs-of = Of the enterprise's
board-enterprise = Enterprise
fairness-formula-load = An expert's offers: those whose notice falls into the days chosen, counted as on the board; experts in good standing without any count with 0.
fairness-formula-gini = Gini = (2 × Σ rank × offers − (experts + 1) × all offers) ÷ (experts × all offers), ranks by offers, least first; three decimals.
fairness-formula-tenth = Busiest tenth: offers of the tenth of experts with most (rounded up) ÷ all offers.
fairness-formula-often = Asked too often: three times the mean over the register (rounded up), and at least 5.
fairness-formula-pairs = Again and again: experts of one firm accepted needs of one enterprise three times or more; the denominator is everything accepted for that enterprise.
fairness-formula-scope = Scope: experts by home region, needs by what you may see; by item, only experts who offer it and offers for it.
