//! The week as a table: stations down, days across, a cell for each seat; folds into a list of days on a phone.

use crate::db;
use crate::db::Conn;
use crate::db::duty_turn::TurnRow;
use crate::domain::duty::{DutyBar, TurnState};
use crate::i18n::L;
use crate::ids::{DutyTurnId, ExpertId, StationId};
use chrono::{Datelike, Days, NaiveDate};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The head of a column.
pub struct DayHead {
    /// 周一.
    pub weekday: String,
    /// 11日.
    pub date: String,
    /// Whether it is today.
    pub today: bool,
}

/// One seat.
pub struct TurnCell {
    /// Where its page is.
    pub href: String,
    /// `ok`, `ask`, `swap`, `gap`, or nothing.
    pub kind: &'static str,
    /// The icon.
    pub symbol: &'static str,
    /// 上午.
    pub part: String,
    /// Who, or 空缺.
    pub name: String,
    /// What the icon says.
    pub state: String,
}

/// One day at one station.
pub struct DayCell {
    /// 周一11日, for the phone.
    pub label: String,
    /// Whether the station is closed.
    pub off: bool,
    /// Its seats.
    pub turns: Vec<TurnCell>,
}

/// One station's week.
pub struct StationLine {
    /// Name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Days.
    pub days: Vec<DayCell>,
}

/// A week.
pub struct Grid {
    /// What a reader hears before the table.
    pub caption: String,
    /// Days.
    pub heads: Vec<DayHead>,
    /// Stations.
    pub lines: Vec<StationLine>,
}

/// What is under way with turns beside who sits there.
#[derive(Default)]
pub struct Marks {
    /// They change hands.
    pub moving: HashSet<DutyTurnId>,
    /// A rule would keep their expert from them by now.
    pub conflicts: HashMap<DutyTurnId, DutyBar>,
}

/// Names by id.
pub struct Names {
    /// Experts.
    pub experts: HashMap<ExpertId, String>,
    /// Stations.
    pub stations: HashMap<StationId, String>,
}

impl Names {
    /// The names in those turns.
    ///
    /// # Errors
    /// What the database says.
    pub fn of(conn: &mut Conn, turns: &[TurnRow]) -> diesel::QueryResult<Self> {
        let mut ids: Vec<ExpertId> = turns.iter().filter_map(|turn| turn.expert).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut experts = HashMap::new();
        for chunk in ids.chunks(500) {
            experts.extend(db::expert::by_ids(conn, chunk)?.into_iter().map(|row| (row.id, row.name)));
        }
        let wanted: HashSet<StationId> = turns.iter().map(|turn| turn.station).collect();
        let stations = db::station::all(conn)?
            .into_iter()
            .filter(|row| wanted.contains(&row.id))
            .map(|row| (row.id, row.name))
            .collect();
        Ok(Self { experts, stations })
    }

    /// The name of an expert.
    #[must_use]
    pub fn expert(&self, id: ExpertId) -> String {
        self.experts.get(&id).cloned().unwrap_or_default()
    }

    /// The name of a station.
    #[must_use]
    pub fn station(&self, id: StationId) -> String {
        self.stations.get(&id).cloned().unwrap_or_default()
    }
}

/// One seat's cell.
#[must_use]
pub fn cell(l: L, turn: &TurnRow, names: &Names, marks: &Marks) -> TurnCell {
    let conflict = marks.conflicts.get(&turn.id);
    let (kind, symbol) = match turn.state {
        TurnState::Gap => ("gap", "alert"),
        TurnState::Agreed if conflict.is_some() => ("gap", "flag"),
        TurnState::Proposed => ("ask", "wait"),
        TurnState::Agreed if marks.moving.contains(&turn.id) => ("swap", "swap"),
        TurnState::Agreed => ("ok", "check"),
        TurnState::Cancelled => ("", "minus"),
    };
    let state = match conflict {
        Some(rule) => format!("{}{}{}", l.t("duty-conflict"), l.pick("：", ": "), l.t(&format!("duty-bar-{rule}"))),
        None if kind == "swap" => l.t("duty-moving"),
        None => l.t(&format!("turn-state-{}", turn.state)),
    };
    TurnCell {
        href: format!("/duty/turns/{}", turn.id),
        kind,
        symbol,
        part: l.t(&format!("duty-part-{}", turn.part)),
        name: turn.expert.map_or_else(|| state.clone(), |expert| names.expert(expert)),
        state,
    }
}

/// The week from a Monday; Saturday and Sunday only where somebody sits or is missing.
#[must_use]
pub fn week(l: L, turns: &[TurnRow], names: &Names, marks: &Marks, (monday, today): (NaiveDate, NaiveDate)) -> Grid {
    let days: Vec<NaiveDate> = (0..7)
        .filter_map(|n| monday.checked_add_days(Days::new(n)))
        .filter(|day| day.weekday().num_days_from_monday() < 5 || turns.iter().any(|turn| turn.day == *day))
        .collect();
    let mut by_station: BTreeMap<(String, StationId), Vec<&TurnRow>> = BTreeMap::new();
    for turn in turns.iter().filter(|turn| days.contains(&turn.day)) {
        by_station.entry((names.station(turn.station), turn.station)).or_default().push(turn);
    }
    let day_of_month = |day: NaiveDate| match l.0 {
        crate::i18n::Lang::Zh => format!("{}日", day.day()),
        crate::i18n::Lang::En => day.day().to_string(),
    };
    let lines = by_station
        .into_iter()
        .map(|((name, station), mut turns)| {
            turns.sort_by_key(|turn| (turn.day, turn.from_minute, turn.seat));
            StationLine {
                name,
                href: format!("/duty/print?station={station}&month={}", monday.format("%Y-%m")),
                days: days
                    .iter()
                    .map(|day| {
                        let cells: Vec<TurnCell> = turns
                            .iter()
                            .filter(|turn| turn.day == *day)
                            .map(|turn| cell(l, turn, names, marks))
                            .collect();
                        DayCell {
                            label: format!("{}{}{}", l.weekday(*day), l.pick("", " "), day_of_month(*day)),
                            off: cells.is_empty(),
                            turns: cells,
                        }
                    })
                    .collect(),
            }
        })
        .collect();
    let last = days.last().copied().unwrap_or(monday);
    Grid {
        caption: l.a("duty-week-of", &[("from", &l.short_date(monday)), ("to", &l.short_date(last))]),
        heads: days
            .iter()
            .map(|day| DayHead { weekday: l.weekday(*day).to_owned(), date: day_of_month(*day), today: *day == today })
            .collect(),
        lines,
    }
}
