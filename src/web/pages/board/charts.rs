//! The charts' geometry: SVG without a view box, x in percent and y in pixels, so that type never scales (matters.css).
//! Behind each stands a table with the same figures.

use super::filter::Filter;
use super::{hours_text, percent_text, table};
use crate::domain::figures::overview::{BIN_HOURS, Overview};
use crate::domain::figures::{Figures, Measure};
use crate::domain::region::Region;
use crate::i18n::L;

/// Where the axis stands, in pixels from the top.
const FLOOR: f64 = 244.0;
/// Where the highest value stands.
const CEILING: f64 = 44.0;
/// Fewer cases than this are shown in thin type: the share says little.
const FEW: u64 = 20;

/// A line across a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct GridLine {
    /// Where.
    pub y: f64,
    /// Where its label stands.
    pub text_y: f64,
    /// What it is of.
    pub label: String,
    /// Whether it is the axis.
    pub axis: bool,
}

/// A month.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthPoint {
    /// Where, in percent.
    pub x: String,
    /// Where; meaningless without a share.
    pub y: f64,
    /// Where its value is written.
    pub value_y: f64,
    /// 5月.
    pub tick: String,
    /// Whether its tick is left out on phones.
    pub alt: bool,
    /// Whether it is the last, which may not be over.
    pub now: bool,
    /// 2026年5月.
    pub name: String,
    /// 96.4%, or a dash.
    pub share: String,
    /// 751 of 779.
    pub of: String,
    /// Whether anything was due.
    pub any: bool,
    /// Whether its value is written into the chart.
    pub told: bool,
}

/// A piece of the line between two months.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// From, in percent.
    pub x1: String,
    /// To, in percent.
    pub x2: String,
    /// From.
    pub y1: f64,
    /// To.
    pub y2: f64,
}

/// On-time share by month.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Months {
    /// Lines across.
    pub grid: Vec<GridLine>,
    /// The line, where two months that follow each other both have a share.
    pub stretches: Vec<Stretch>,
    /// The months.
    pub points: Vec<MonthPoint>,
    /// What the chart says, in a sentence.
    pub say: String,
    /// Where the vertical axis begins.
    pub from_percent: u32,
}

/// On-time share of each month that has offers.
#[must_use]
pub fn months(l: L, rows: &[(String, Figures)]) -> Months {
    let shares: Vec<f64> =
        rows.iter().filter_map(|(_, figures)| figures.on_time_share()).map(|share| share * 100.0).collect();
    let (Some(lowest), Some(last)) = (shares.iter().copied().reduce(f64::min), shares.last()) else {
        return Months { say: l.t("board-months-none"), ..Months::default() };
    };
    // The axis begins at the multiple of five below the lowest month, and is never shorter than ten points.
    let from_percent = (0..=90_u32).step_by(5).take_while(|from| f64::from(*from) <= lowest).last().unwrap_or(0);
    let height = 100 - from_percent;
    let step: u32 = [2, 5, 10, 20].into_iter().find(|step| height / step <= 6).unwrap_or(25);
    let y_of =
        |percent: f64| round(FLOOR - (percent - f64::from(from_percent)) / f64::from(height) * (FLOOR - CEILING));
    let grid = (from_percent..=100)
        .step_by(step as usize)
        .map(|percent| {
            let y = y_of(f64::from(percent));
            GridLine { y, text_y: y - 4.0, label: format!("{percent}%"), axis: percent == from_percent }
        })
        .collect();
    let lowest_at =
        rows.iter().position(|(_, figures)| figures.on_time_share().is_some_and(|share| share * 100.0 <= lowest));
    let count = rows.len();
    let points: Vec<MonthPoint> = rows
        .iter()
        .enumerate()
        .map(|(place, (key, figures))| {
            let share = figures.on_time_share();
            let y = y_of(share.unwrap_or(0.0) * 100.0);
            let month = key.rsplit('-').next().unwrap_or_default().trim_start_matches('0');
            let now = place + 1 == count;
            MonthPoint {
                x: across(place, count),
                y,
                value_y: y - 11.0,
                tick: l.a("board-month-name", &[("n", month)]),
                alt: !now && (count - place).is_multiple_of(2),
                now,
                name: table::month_name(l, key),
                share: share.map_or_else(|| l.t("board-none"), percent_text),
                of: l.a("board-of", &[("n", &figures.on_time.to_string()), ("of", &figures.due().to_string())]),
                any: share.is_some(),
                told: share.is_some() && (now || place == 0 || Some(place) == lowest_at),
            }
        })
        .collect();
    let stretches = points
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if a.any && b.any => Some(Stretch { x1: a.x.clone(), x2: b.x.clone(), y1: a.y, y2: b.y }),
            _ => None,
        })
        .collect();
    let lowest_name = lowest_at.and_then(|place| points.get(place)).map(|point| point.name.clone()).unwrap_or_default();
    let say = l.a(
        "board-months-say",
        &[("last", &percent_text(last / 100.0)), ("lowest", &percent_text(lowest / 100.0)), ("month", &lowest_name)],
    );
    Months { grid, stretches, points, say, from_percent }
}

fn across(place: usize, count: usize) -> String {
    if count < 2 {
        return "50%".to_owned();
    }
    #[expect(clippy::cast_precision_loss, reason = "a chart has at most a few dozen places")]
    let share = place as f64 / (count - 1) as f64;
    format!("{:.2}%", 9.0 + share * 87.5)
}

fn round(pixels: f64) -> f64 {
    (pixels * 10.0).round() / 10.0
}

/// A bar of the distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Left edge, in percent.
    pub x: String,
    /// Middle, in percent.
    pub middle: String,
    /// Width, in percent.
    pub width: String,
    /// Top.
    pub y: f64,
    /// Height.
    pub height: f64,
    /// Where the figure is written.
    pub value_y: f64,
    /// How many.
    pub count: u64,
    /// 0–2.
    pub tick: String,
    /// 0–2 小时.
    pub name: String,
    /// The cases.
    pub href: String,
    /// Whether these were not answered in time.
    pub late: bool,
}

/// How long answers took.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Distribution {
    /// The bars; the last are those not on time. Empty when nothing was due.
    pub columns: Vec<Column>,
    /// Lines across.
    pub grid: Vec<f64>,
    /// What the chart says, in a sentence.
    pub say: String,
}

/// How long answers took, in the bins of [`BIN_HOURS`], and those not on time.
#[must_use]
pub fn distribution(l: L, filter: &Filter, total: &Figures, overview: &Overview) -> Distribution {
    if total.due() == 0 {
        return Distribution { say: l.t("board-dist-none"), ..Distribution::default() };
    }
    let mut found: Vec<(String, String, String, u64, bool)> = Vec::new();
    for (place, (from, count)) in BIN_HOURS.iter().zip(overview.on_time_bins).enumerate() {
        let minutes = (from * 60).to_string();
        let (tick, name, href) = match BIN_HOURS.get(place + 1) {
            Some(to) => {
                let args = [("from", from.to_string()), ("to", to.to_string())];
                let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
                let below = (to * 60).to_string();
                let span = [("minutes", minutes.as_str()), ("below", below.as_str())];
                (l.a("board-bin", &args), l.a("board-bin-name", &args), filter.cases_with(Measure::OnTime, &span))
            }
            None => {
                let args = [("from", from.to_string())];
                let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
                let href = filter.cases_with(Measure::OnTime, &[("minutes", &minutes)]);
                (l.a("board-bin-last", &args), l.a("board-bin-last-name", &args), href)
            }
        };
        found.push((tick, name, href, count, false));
    }
    let late = filter.cases_with(Measure::Due, &[("not", Measure::OnTime.as_str())]);
    found.push((l.t("board-bin-late"), l.t("board-bin-late-name"), late, overview.not_on_time, true));
    let most = found.iter().map(|(_, _, _, count, _)| *count).max().unwrap_or(0).max(1);
    let columns = (0_u32..)
        .zip(found)
        .map(|(place, (tick, name, href, count, late))| {
            #[expect(clippy::cast_precision_loss, reason = "a bar's height needs no more than a few digits")]
            let height = round(count as f64 / most as f64 * (FLOOR - CEILING));
            let left = f64::from(place) * 12.5 + 1.6;
            Column {
                x: format!("{left:.1}%"),
                middle: format!("{:.2}%", left + 4.65),
                width: "9.3%".to_owned(),
                y: round(FLOOR - height),
                height,
                value_y: round(FLOOR - height - 6.0),
                count,
                tick,
                name,
                href,
                late,
            }
        })
        .collect();
    let share = |part: u64| {
        #[expect(clippy::cast_precision_loss, reason = "counts of offers stay far below 2^52")]
        percent_text(part as f64 / total.due() as f64)
    };
    let say = l.a(
        "board-dist-say",
        &[
            ("median", &total.median_hours().map_or_else(|| l.t("board-none"), hours_text)),
            ("n", &overview.not_on_time.to_string()),
            ("share", &share(overview.not_on_time)),
        ],
    );
    let quarter = (FLOOR - CEILING) / 4.0;
    Distribution { columns, grid: (1..=4).map(|n| round(FLOOR - f64::from(n) * quarter)).collect(), say }
}

/// A district on the tile map.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Its place on the map.
    pub class: String,
    /// Short name.
    pub name: String,
    /// Whole name.
    pub whole_name: String,
    /// 96.4 without its sign, or a dash.
    pub share: String,
    /// 96.4%, or a dash.
    pub share_text: String,
    /// 751/779.
    pub of: String,
    /// The cases.
    pub href: String,
    /// An icon for shares below the first band; empty for none.
    pub symbol: &'static str,
    /// What a reader of the screen hears of the band.
    pub heard: String,
    /// On time.
    pub on_time: u64,
    /// Due.
    pub due: u64,
}

/// The districts, lowest share first, so that the table behind the map can be read from the top; the map places each by
/// its class.
#[must_use]
pub fn tiles(l: L, filter: &Filter, seen: &[&Region], rows: &[(String, Figures)]) -> Vec<Tile> {
    let none = Figures::default();
    let mut found: Vec<(Option<f64>, Tile)> = seen
        .iter()
        .map(|region| {
            let figures = rows.iter().find(|(code, _)| code == region.code).map_or(&none, |(_, figures)| figures);
            let share = figures.on_time_share();
            (share, tile(l, filter, region, figures))
        })
        .collect();
    found.sort_by(|a, b| a.0.unwrap_or(2.0).total_cmp(&b.0.unwrap_or(2.0)));
    found.into_iter().map(|(_, tile)| tile).collect()
}

fn tile(l: L, filter: &Filter, region: &Region, figures: &Figures) -> Tile {
    let share = figures.on_time_share();
    let (band, symbol, heard) = match share {
        None => (" is-none", "", "board-band-none"),
        Some(share) if share < 0.9 => (" is-low", "alert", "board-band-low"),
        Some(share) if share < 0.95 => (" is-mid", "below", "board-band-mid"),
        Some(_) => ("", "", "board-band-high"),
    };
    let few = if share.is_some() && figures.due() < FEW { " is-few" } else { "" };
    let text = share.map_or_else(|| l.t("board-none"), percent_text);
    // The map's places are named in matters.css; the development area has no code of GB/T 2260.
    let place = if region.code.ends_with("-kfq") { "jkq" } else { region.code };
    Tile {
        class: format!("r-{place}{band}{few}"),
        name: l.pick(region.name.trim_end_matches('区'), region.name_en).to_owned(),
        whole_name: l.pick(region.name, region.name_en).to_owned(),
        share: text.trim_end_matches('%').to_owned(),
        share_text: text,
        of: format!("{}/{}", figures.on_time, figures.due()),
        href: filter.cases_with(Measure::Due, &[("region", region.code)]),
        symbol,
        heard: l.t(heard),
        on_time: figures.on_time,
        due: figures.due(),
    }
}
