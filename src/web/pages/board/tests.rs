//! The board rendered with sample figures, in both languages.

use super::*;
use crate::db::answers::{AnswersRow, AnswersTable};
use crate::domain::assignment::{AnswerKind, DeclineReason, OfferOutcome};
use crate::domain::figures::overview::overview;
use crate::domain::figures::{Fact, tally};
use crate::i18n::Lang;
use crate::web::frame::SiteInfo;
use askama::Template;
use chrono::{DateTime, NaiveDate};

fn frame(l: L) -> Frame {
    Frame {
        l,
        lang: l.0.tag(),
        theme: "auto",
        large: false,
        here: "board",
        csrf: String::new(),
        nav: Vec::new(),
        nav_more: Vec::new(),
        who: None,
        switch_lang_href: String::new(),
        switch_lang_label: "English",
        large_href: String::new(),
        theme_href: String::new(),
        banners: Vec::new(),
        flash: None,
        site: SiteInfo::default(),
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 5, 8).expect("a day")
}

fn facts() -> Vec<Fact> {
    (0..40_u32)
        .map(|n| {
            let outcome = if n % 8 == 7 { OfferOutcome::Lapsed } else { OfferOutcome::OnTime };
            let declined = n % 5 == 0 && outcome == OfferOutcome::OnTime;
            Fact {
                day: day() - chrono::Days::new(u64::from(n)),
                outcome: Some(outcome),
                answer: (outcome == OfferOutcome::OnTime).then_some(if declined {
                    AnswerKind::Decline
                } else {
                    AnswerKind::Accept
                }),
                decline_reason: declined.then_some(DeclineReason::Load),
                by_staff: n % 9 == 0,
                minutes: (outcome == OfferOutcome::OnTime).then_some(n * 90),
                region: n % 3,
                station: 0,
                expert: n % 6,
                firm: 0,
                enterprise: 0,
                need: u64::from(n / 2),
                services: 1,
            }
        })
        .collect()
}

fn figures(facts: &[Fact]) -> BoardFigures {
    let codes = ["110108", "110105", "110000-kfq"];
    let (regions, total) = tally(facts.iter(), By::Region);
    let (months, _) = tally(facts.iter(), By::Month);
    let row = |(place, figures): (u32, Figures)| {
        let code = codes.get(place as usize).copied().unwrap_or_default().to_owned();
        AnswersRow { label: "海淀<区".to_owned(), label_en: "Haidian".to_owned(), key: code, figures }
    };
    let keyed: Vec<(String, Figures)> = regions
        .iter()
        .map(|(place, figures)| (codes.get(*place as usize).copied().unwrap_or_default().to_owned(), figures.clone()))
        .collect();
    BoardFigures {
        table: AnswersTable { rows: regions.into_iter().map(row).collect(), total },
        all_rows: 60,
        regions: keyed,
        months: months
            .into_iter()
            .map(|(number, figures)| (crate::domain::figures::month_text(number), figures))
            .collect(),
        overview: overview(facts.iter()),
        busiest: vec![("1".to_owned(), "顾明岚".to_owned(), 7)],
        by_link: Scores { count: 12, sum: 57 },
        by_phone: Scores::default(),
    }
}

fn page(l: L, facts: &[Fact]) -> BoardPage {
    let filter = Filter { from: day() - chrono::Days::new(40), to: day(), by: By::Region, region: None };
    let figures = figures(facts);
    let now = DateTime::from_timestamp(1_778_230_000, 0).expect("a moment");
    let total = &figures.table.total;
    BoardPage {
        f: frame(l),
        span: filter.span_words(l),
        from: filter.from.to_string(),
        to: filter.to.to_string(),
        by: Vec::new(),
        regions: filter::regions(l, &Scope::Everything, None),
        presets: filter.presets(l, now),
        stats: stats(l, &filter, total, &figures, 3),
        months: charts::months(l, &figures.months),
        distribution: charts::distribution(l, &filter, total, &figures.overview),
        tiles: tiles(l, &Scope::Everything, &filter, &figures),
        reasons: bars::reasons(l, &filter, &figures.overview),
        load: bars::load(l, &figures.overview, Some(600)),
        load_say: bars::load_say(l, &figures.overview),
        busiest: bars::busiest(l, &filter, &figures.busiest),
        chain: bars::chain(l, &figures.overview),
        row_head: l.t("board-by-region"),
        rows: figures.table.rows.iter().map(|row| table::row(l, &filter, row)).collect(),
        total: table::total(l, &filter, total),
        table_say: table_say(l, 3, 60),
        may_try: true,
        fairness_href: String::new(),
        csv_href: filter.address("/board/answers.csv"),
        xlsx_href: filter.address("/board/answers.xlsx"),
    }
}

#[test]
fn the_board_is_said_in_both_languages_with_and_without_offers() {
    for lang in [Lang::Zh, Lang::En] {
        for facts in [facts(), Vec::new()] {
            let html = page(L(lang), &facts).render().expect("renders");
            assert!(!html.contains('⟦'), "{lang:?}: {}", html.split('⟦').nth(1).unwrap_or_default());
            assert!(!html.contains("海淀<区"), "names are escaped");
            assert!(!html.contains("NaN") && !html.contains(" style="), "drawn with numbers and classes only");
            assert!(html.contains("r-jkq"));
        }
    }
}

#[test]
fn the_charts_show_every_offer_that_was_due() {
    let facts = facts();
    let shown = page(L(Lang::Zh), &facts);
    let drawn: u64 = shown.distribution.columns.iter().map(|column| column.count).sum();
    let (_, total) = tally(facts.iter(), By::Region);
    assert_eq!(drawn, total.due());
    assert!(shown.distribution.columns.iter().all(|column| column.y >= 0.0 && column.y + column.height <= 244.1));
    assert!(shown.months.points.iter().filter(|point| point.any).all(|point| (0.0..=244.0).contains(&point.y)));
    assert_eq!(shown.tiles.len(), 17);
}

#[test]
fn shares_are_never_rounded_to_all_or_nothing() {
    for (share, text) in [(1.0, "100%"), (0.9999, "99.9%"), (0.964, "96.4%"), (0.0001, "0.1%"), (0.0, "0.0%")] {
        assert_eq!(percent_text(share), text);
    }
    assert_eq!(average(Scores { count: 3, sum: 14 }).as_deref(), Some("4.7"));
    assert_eq!(average(Scores::default()), None);
}
