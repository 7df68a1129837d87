//! `/board/fairness`: who is never asked, who too often, which firm works for one enterprise again and again, and how
//! evenly offers lie, with the formula of each figure and the cases behind it.

use super::filter::{Filter, regions};
use super::{Preset, bars::Bar};
use crate::actions::answer_book::fairness::{Asked, FairBy, FairSpan, FairnessFigures, FirmPair};
use crate::domain::catalogue;
use crate::domain::figures::fairness::{AGAIN_AND_AGAIN, Evenness};
use crate::domain::figures::{By, Measure};
use crate::domain::role::Scope;
use crate::i18n::L;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use crate::web::pages::desk::Stat;
use crate::web::pages::need::words::{Pick, region_name, service_names};

/// Names in each list.
const LISTED: usize = 40;

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Region or service item.
    pub name: String,
    /// The watch narrowed to it.
    pub href: String,
    /// On the register, asked, never asked, offers.
    pub counts: [String; 4],
    /// Gini.
    pub gini: String,
    /// Share of the busiest tenth.
    pub top_tenth: String,
}

/// An expert of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// His page.
    pub href: String,
    /// Name.
    pub name: String,
    /// Firm.
    pub firm: String,
    /// Region and service items.
    pub about: String,
    /// How often, or since when.
    pub said: String,
    /// The cases; empty for none.
    pub cases: String,
}

/// A firm and an enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairLine {
    /// The firm.
    pub firm: String,
    /// The enterprise.
    pub enterprise: String,
    /// How often.
    pub times: String,
    /// Of how many.
    pub share: String,
    /// The cases.
    pub cases: String,
}

/// A point of the Lorenz curve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Where, of 100.
    pub x: u32,
    /// How high, of 100, counted from above.
    pub y: u32,
    /// Where the line to it begins.
    pub from: (u32, u32),
    /// The experts so far, in words.
    pub name: String,
    /// Their share.
    pub share: String,
}

#[derive(askama::Template)]
#[template(path = "pages/board_fairness.html", config = "src/web/askama.toml")]
struct FairnessPage {
    f: Frame,
    span: String,
    from: String,
    to: String,
    by: Vec<Pick>,
    regions: Vec<Pick>,
    services: Vec<Pick>,
    presets: Vec<Preset>,
    stats: Vec<Stat>,
    curve: Vec<Point>,
    curve_say: String,
    row_head: String,
    rows: Vec<Row>,
    load: Vec<Bar>,
    never: Vec<Person>,
    never_say: String,
    often: Vec<Person>,
    often_say: String,
    pairs: Vec<PairLine>,
    pairs_say: String,
    back: String,
}

/// `GET /board/fairness`.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let scope = call.scope()?;
    let mut filter = Filter::of(call)?;
    if filter.by != By::Service {
        filter.by = By::Region;
    }
    let service = call.query_value("service").filter(|slug| catalogue::by_slug(slug).is_some());
    let by = if filter.by == By::Service { FairBy::Service } else { FairBy::Region };
    let region = filter.region.clone().filter(|code| scope.covers_region(code));
    let span = FairSpan { from: filter.from, to: filter.to, region, service: service.clone(), by };
    let figures = call.office.with_answers(|book, conn| Ok(book.fairness(conn, scope, &span, LISTED)?))?;
    let several = *scope == Scope::Everything || matches!(scope, Scope::Regions(codes) if codes.len() > 1);
    let chosen = service.unwrap_or_default();
    let mut services = vec![Pick::new("", l.t("fairness-any-service"), &chosen)];
    services.extend(catalogue::CATALOGUE.iter().map(|item| Pick::new(item.slug, l.pick(item.zh, item.en), &chosen)));
    let by_pick = |by: By| Pick::new(by.as_str(), l.t(&format!("board-by-{by}")), filter.by.as_str());
    let presets = filter.presets(l, call.now).into_iter();
    Answer::page(&FairnessPage {
        f: call.frame("board"),
        span: filter.span_words(l),
        from: filter.from.to_string(),
        to: filter.to.to_string(),
        by: vec![by_pick(By::Region), by_pick(By::Service)],
        regions: if several { regions(l, scope, filter.region.as_deref()) } else { Vec::new() },
        services,
        presets: presets
            .map(|preset| Preset { href: preset.href.replacen("/board?", "/board/fairness?", 1), ..preset })
            .collect(),
        stats: stats(l, &figures),
        curve: curve(l, &figures.curve),
        curve_say: curve_say(l, &figures),
        row_head: l.t(&format!("board-by-{}", filter.by)),
        rows: figures.rows.iter().map(|(key, row)| table_row(l, &filter, key, row)).collect(),
        load: load(l, &figures),
        never_say: never_say(l, &figures),
        never: figures.never.iter().map(|one| person(l, &filter, one, false)).collect(),
        often_say: l.a(
            "fairness-often-say",
            &[("n", &figures.too_often_count.to_string()), ("from", &figures.too_often_from.to_string())],
        ),
        often: figures.too_often.iter().map(|one| person(l, &filter, one, true)).collect(),
        pairs_say: l
            .a("fairness-pairs-say", &[("n", &figures.pair_count.to_string()), ("from", &AGAIN_AND_AGAIN.to_string())]),
        pairs: figures.pairs.iter().map(|pair| pair_line(&filter, pair)).collect(),
        back: filter.address("/board"),
    })
}

/// `0.412`.
#[must_use]
pub fn gini_text(l: L, permille: Option<u16>) -> String {
    permille.map_or_else(|| l.t("board-none"), |permille| format!("{}.{:03}", permille / 1000, permille % 1000))
}

/// `41.2%`.
#[must_use]
pub fn permille_text(l: L, permille: Option<u16>) -> String {
    permille.map_or_else(|| l.t("board-none"), |permille| format!("{}.{}%", permille / 10, permille % 10))
}

fn stats(l: L, figures: &FairnessFigures) -> Vec<Stat> {
    let all = &figures.all;
    let never = all.experts - all.asked;
    let people = |n: u64| l.a("fairness-unit-people", &[("n", &n.to_string())]);
    let stat = |href: &str, kind, symbol, key: &str, number: String, unit: String, note: String| Stat {
        href: href.to_owned(),
        kind,
        symbol,
        label: l.t(&format!("fairness-stat-{key}")),
        number,
        unit,
        note,
    };
    let of = l.a("fairness-stat-asked-note", &[("n", &all.offers.to_string())]);
    let never_kind = if never > 0 { "soon" } else { "" };
    let often = figures.too_often_count as u64;
    let often_note = l.a("fairness-stat-often-note", &[("n", &figures.too_often_from.to_string())]);
    let ten = l.a("fairness-stat-tenth-note", &[("ten", &permille_text(l, all.top_ten))]);
    let pairs_note = l.a("fairness-stat-pairs-note", &[("n", &AGAIN_AND_AGAIN.to_string())]);
    vec![
        stat("#rows", "", "users", "asked", format!("{} / {}", all.asked, all.experts), String::new(), of),
        stat("#never", never_kind, "wait", "never", never.to_string(), people(never), l.t("fairness-stat-never-note")),
        stat(
            "#often",
            if often > 0 { "soon" } else { "" },
            "bell",
            "often",
            often.to_string(),
            people(often),
            often_note,
        ),
        stat("#curve", "", "scale", "gini", gini_text(l, all.gini), String::new(), l.t("fairness-stat-gini-note")),
        stat("#curve", "", "chart", "tenth", permille_text(l, all.top_tenth), String::new(), ten),
        stat(
            "#pairs",
            if figures.pair_count > 0 { "soon" } else { "" },
            "link",
            "pairs",
            figures.pair_count.to_string(),
            l.a("fairness-unit-pairs", &[("n", &figures.pair_count.to_string())]),
            pairs_note,
        ),
    ]
}

/// The curve as lines between points, from nobody to everybody.
#[must_use]
pub fn curve(l: L, shares: &[u16]) -> Vec<Point> {
    let mut points = Vec::with_capacity(shares.len());
    let mut before = (0, 100);
    for (tenth, share) in (1_u32..).zip(shares) {
        let (x, y) = (tenth * 10, 100 - (u32::from(*share) + 5) / 10);
        points.push(Point {
            x,
            y,
            from: before,
            name: l.a("fairness-curve-name", &[("n", &x.to_string())]),
            share: permille_text(l, Some(*share)),
        });
        before = (x, y);
    }
    points
}

fn curve_say(l: L, figures: &FairnessFigures) -> String {
    match figures.curve.get(4) {
        Some(half) => l.a(
            "fairness-curve-say",
            &[("half", &permille_text(l, Some(*half))), ("tenth", &permille_text(l, figures.all.top_tenth))],
        ),
        None => l.t("fairness-none"),
    }
}

fn table_row(l: L, filter: &Filter, key: &str, row: &Evenness) -> Row {
    let (name, narrowed) = if filter.by == By::Service {
        let name = service_names(l, &[key.to_owned()]).pop().unwrap_or_default();
        (name, format!("{}&service={key}", filter.address("/board/fairness")))
    } else {
        let of_region = Filter { region: Some(key.to_owned()), by: By::Service, ..filter.clone() };
        (region_name(l, key), of_region.address("/board/fairness"))
    };
    Row {
        name,
        href: narrowed,
        counts: [row.experts, row.asked, row.experts - row.asked, row.offers].map(|count| count.to_string()),
        gini: gini_text(l, row.gini),
        top_tenth: permille_text(l, row.top_tenth),
    }
}

/// The busiest, as bars that lead to their cases.
fn load(l: L, figures: &FairnessFigures) -> Vec<Bar> {
    let most = figures.curve.len() as u64;
    let mut before = 0;
    let mut bars = Vec::new();
    for (tenth, share) in (1_u64..).zip(&figures.curve) {
        let own = u64::from(share.saturating_sub(before));
        before = *share;
        bars.push(Bar {
            label: l.a("fairness-tenth", &[("n", &tenth.to_string())]),
            href: String::new(),
            count: own,
            most: 1000,
            kind: if tenth == most { "soon" } else { "" },
            said: permille_text(l, u16::try_from(own).ok()),
        });
    }
    bars
}

fn never_say(l: L, figures: &FairnessFigures) -> String {
    let never = figures.all.experts - figures.all.asked;
    let shown = figures.never.len().to_string();
    l.a("fairness-never-say", &[("n", &never.to_string()), ("shown", &shown)])
}

fn person(l: L, filter: &Filter, one: &Asked, with_cases: bool) -> Person {
    let by_expert = Filter { by: By::Expert, region: None, ..filter.clone() };
    let since = crate::domain::calendar::beijing_date(one.expert.created_at.and_utc());
    let said = if with_cases {
        l.a("board-n-offers", &[("n", &one.offers.to_string())])
    } else {
        l.a("fairness-since", &[("day", &l.date(since))])
    };
    Person {
        href: format!("/experts/{}", one.expert.id),
        name: one.expert.name.clone(),
        firm: one.expert.firm.clone(),
        about: format!(
            "{} · {}",
            region_name(l, &one.expert.region),
            l.list(&service_names(l, &one.expert.services.get()))
        ),
        said,
        cases: if with_cases {
            format!("{}{}", by_expert.row_cases(one.expert.id.as_str()), Measure::Offered)
        } else {
            String::new()
        },
    }
}

fn pair_line(filter: &Filter, pair: &FirmPair) -> PairLine {
    let by_firm = Filter { by: By::Firm, region: None, ..filter.clone() };
    let enterprise = pair.enterprise.to_string();
    PairLine {
        firm: pair.firm.clone(),
        enterprise: pair.name.clone(),
        times: pair.times.to_string(),
        share: format!("{} / {}", pair.times, pair.of),
        cases: by_firm.cases_with(Measure::Accepted, &[("key", &pair.firm), ("enterprise", &enterprise)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn figures_are_written_so_that_they_can_be_checked() {
        let l = L(Lang::Zh);
        assert_eq!([gini_text(l, Some(7)), gini_text(l, Some(1000)), gini_text(l, None)], ["0.007", "1.000", "—"]);
        assert_eq!([permille_text(l, Some(333)), permille_text(l, Some(1000))], ["33.3%", "100.0%"]);
    }

    #[test]
    fn the_curve_runs_from_nobody_to_everybody() {
        let points = curve(L(Lang::En), &[0, 0, 0, 0, 0, 100, 200, 300, 400, 1000]);
        assert_eq!((points[0].from, points[0].x, points[0].y), ((0, 100), 10, 100));
        assert_eq!((points[9].from, points[9].x, points[9].y), ((90, 60), 100, 0));
        assert!(curve(L(Lang::En), &[]).is_empty());
    }
}
