//! Figures counted from a handful of facts.

use super::*;

fn fact(outcome: Option<OfferOutcome>, answer: Option<AnswerKind>, minutes: Option<u32>, services: u32) -> Fact {
    Fact {
        day: NaiveDate::from_ymd_opt(2026, 5, 8).expect("a day"),
        outcome,
        answer,
        decline_reason: None,
        by_staff: false,
        minutes,
        region: 0,
        station: 0,
        expert: 0,
        firm: 0,
        enterprise: 0,
        need: 0,
        services,
    }
}

#[test]
fn nearest_rank_is_a_value_that_occurred() {
    for (values, median, p90) in [
        (vec![], None, None),
        (vec![7], Some(7), Some(7)),
        (vec![4, 1, 3, 2], Some(2), Some(4)),
        (vec![5, 1, 4, 2, 3], Some(3), Some(5)),
        ((1..=10).rev().collect(), Some(5), Some(9)),
        ((1..=100).collect(), Some(50), Some(90)),
    ] {
        assert_eq!(nearest_rank(&mut values.clone(), 50), median, "{values:?}");
        assert_eq!(nearest_rank(&mut values.clone(), 90), p90, "{values:?}");
    }
}

#[test]
fn what_is_shown_apart_stands_in_no_denominator() {
    use OfferOutcome::{Lapsed, Late, OnTime, Undelivered, Void};
    let accept = Some(AnswerKind::Accept);
    let decline = Some(AnswerKind::Decline);
    let mut entered = fact(Some(OnTime), decline, Some(60), 1);
    entered.by_staff = true;
    let facts = [
        fact(Some(OnTime), accept, Some(30), 1),
        entered,
        fact(Some(OnTime), Some(AnswerKind::Question), Some(90), 1),
        fact(Some(Late), accept, Some(4_000), 1),
        fact(Some(Lapsed), None, None, 1),
        fact(Some(Undelivered), None, None, 1),
        fact(Some(Void), None, None, 1),
        fact(None, None, None, 1),
    ];
    let (rows, total) = tally(facts.iter(), By::Region);
    assert_eq!(rows, [(0, total.clone())]);
    assert_eq!((total.offered, total.due(), total.answered(), total.on_time), (8, 5, 4, 3));
    assert_eq!((total.undelivered, total.void, total.open_not_due), (1, 1, 1));
    assert_eq!((total.accepted, total.declined, total.asked, total.staff_entered), (2, 1, 1, 1));
    assert_eq!(total.on_time_share(), Some(0.6));
    assert_eq!(total.staff_entered_share(), Some(0.25));
    assert_eq!((total.median_minutes, total.p90_minutes), (Some(60), Some(4_000)));
    for measure in Measure::ALL {
        let behind = facts.iter().filter(|fact| fact.is_in(*measure)).count() as u64;
        assert_eq!(behind, total.of(*measure), "{measure}");
    }
    assert_eq!(Figures::default().on_time_share(), None);
}

#[test]
fn several_items_count_in_each_row_and_once_in_the_total() {
    let on_time = Some(OfferOutcome::OnTime);
    let accept = Some(AnswerKind::Accept);
    let facts = [fact(on_time, accept, Some(10), 0b101), fact(on_time, accept, Some(20), 0b100)];
    let (rows, total) = tally(facts.iter(), By::Service);
    assert_eq!(total.offered, 2);
    assert_eq!(
        rows.iter().map(|(key, row)| (*key, row.offered, row.median_minutes)).collect::<Vec<_>>(),
        [(0, 1, Some(10)), (2, 2, Some(10)),]
    );
}

#[test]
fn months_have_names() {
    let (rows, _) = tally([fact(None, None, None, 0)].iter(), By::Month);
    assert_eq!(rows.len(), 1);
    assert_eq!(month_text(rows[0].0), "2026-05");
    let mut earlier = fact(Some(OfferOutcome::Lapsed), None, None, 0);
    earlier.day = NaiveDate::from_ymd_opt(2025, 12, 31).expect("a day");
    let facts = [fact(None, None, None, 0), earlier, fact(None, None, None, 0)];
    let counted: Vec<_> =
        months(facts.iter()).into_iter().map(|(month, row)| (month_text(month), row.offered)).collect();
    assert_eq!(counted, [("2025-12".to_owned(), 1), ("2026-05".to_owned(), 2)]);
}
