//! What if: a past period replayed by other rules, side by side with what was, and nothing written.

use super::doors::signed_in;
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Told, expert, need};
use chrono::{NaiveDate, TimeDelta};
use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use serde_json::json;
use zhipai::actions::what_if::{TriedLeave, WhatIf, WhatIfReport, what_if};
use zhipai::db::copy::TABLES;
use zhipai::domain::matching::{Signal, Weights};
use zhipai::domain::role::Scope;
use zhipai::ids::ExpertId;

on_both!(caps_leave_and_weights_are_tried_and_nothing_is_written, the_page_tells_the_sides_and_what_it_cannot_take);

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every row of every table, and where the change log stands.
fn dump(app: &App) -> Vec<String> {
    let mut reader = app.office.read().expect("a reader");
    let mut lines = Vec::new();
    for table in TABLES.into_iter().chain(["changes"]).filter(|table| *table != "sessions") {
        let columns = if reader.is_postgres() {
            format!(
                "SELECT column_name::text AS line FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
            )
        } else {
            format!("SELECT name AS line FROM pragma_table_info('{table}')")
        };
        let columns: Vec<Line> = diesel::sql_query(columns).load(&mut *reader).expect("columns");
        // Sealed letters are bytes, which SQLite would not give as text.
        let postgres = reader.is_postgres();
        let text = |column: &Line| match postgres {
            true => format!("COALESCE(CAST(\"{}\" AS TEXT), '-')", column.line),
            false => format!("COALESCE(hex(\"{}\"), '-')", column.line),
        };
        let texts: Vec<String> = columns.iter().map(text).collect();
        let query = format!("SELECT {} AS line FROM {table} ORDER BY 1", texts.join(" || '|' || "));
        let rows: Vec<Line> = diesel::sql_query(query).load(&mut *reader).expect("rows");
        lines.extend(rows.into_iter().map(|row| format!("{table}: {}", row.line)));
    }
    lines
}

/// Three experts, six needs on six days, all really given to the first.
fn history(app: &App) -> Vec<ExpertId> {
    let mut ids: Vec<String> = Vec::new();
    for name in ["沈知行", "许望舒", "陆以宁"] {
        let mut body = expert(name);
        body["monthly_cap"] = json!(9);
        ids.push(app.manager.registers(&body));
    }
    app.clock.move_to(app.office.now() + TimeDelta::days(1));
    for _ in 0..6 {
        let id = app.liaison.submits(&need());
        let assignment = app.liaison.asks(&id, &ids[0], &[]);
        app.tick();
        let answer = json!({"answer": "accept", "channel": "phone"});
        app.liaison.post(&format!("/api/v1/assignments/{assignment}/answer"), &answer).expect(200);
        app.advance(TimeDelta::days(1));
    }
    ids.iter().map(|id| id.parse().expect("an id")).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn usual() -> WhatIf {
    WhatIf { from: day("2026-03-10"), to: day("2026-03-17"), most: 1_000, ..WhatIf::default() }
}

fn replay(app: &App, input: &WhatIf) -> WhatIfReport {
    what_if(&app.office, &Scope::Everything, input, &mut |_, _| ()).expect("replayed")
}

fn caps_leave_and_weights_are_tried_and_nothing_is_written(backend: Backend) {
    let app = App::start(backend);
    let ids = history(&app);
    let before = dump(&app);
    assert!(before.len() > 100, "there is something to change");
    let plain = replay(&app, &usual());
    assert_eq!((plain.needs, plain.sides.really.needs, plain.sides.really.covered), (6, 6, 6));
    assert_eq!(plain.sides.really.evenness.gini, Some(667), "one of three has everything");
    assert!(plain.sides.tried.is_none());
    assert!(plain.sides.present.evenness.gini < Some(667), "earlier choices count for later ones");
    assert_eq!(plain.sides.present.fitting, 6);
    // One offer a month for everybody: three of the six find somebody.
    let capped = replay(&app, &WhatIf { monthly_cap: Some(1), ..usual() });
    let tried = capped.sides.tried.expect("something was tried");
    assert_eq!((tried.covered, tried.evenness.gini), (3, Some(0)));
    assert_eq!(capped.uncovered.len(), 3);
    assert_eq!(capped.sides.present, plain.sides.present, "what is in force does not depend on what is tried");
    // On leave all the time, the first is never chosen; what he loses, the others gain.
    let leave = TriedLeave { expert: ids[0], from: day("2026-03-01"), to: day("2026-03-31") };
    let absent = replay(&app, &WhatIf { leaves: vec![leave], ..usual() });
    let lost: u32 = absent.losses.iter().map(|shift| shift.before - shift.after).sum();
    let gained: u32 = absent.gains.iter().map(|shift| shift.after - shift.before).sum();
    assert_eq!(lost, gained);
    assert!(absent.losses.iter().all(|shift| shift.expert.id == ids[0] && shift.after == 0) && lost > 0);
    assert!(absent.cases.iter().all(|case| case.tried.as_ref().is_some_and(|named| named.id != ids[0])));
    // Distance alone: everybody is at the same place, so only ties decide.
    let mut hundredths = [0; 9];
    hundredths[Signal::Distance as usize] = 10_000;
    let weights = Weights::new(77, hundredths).expect("weights");
    let near = replay(&app, &WhatIf { weights: Some(weights), ..usual() });
    assert_eq!(near.sides.tried.map(|side| side.covered), Some(6));
    // Shortened to what may be replayed, by whole days, and said.
    let short = replay(&app, &WhatIf { most: 2, ..usual() });
    assert!(short.from > day("2026-03-10") && short.sides.really.needs <= 2 && short.needs == 6, "{short:?}");
    // Again and again the same.
    let again = replay(&app, &WhatIf { monthly_cap: Some(1), ..usual() });
    assert_eq!((again.sides, again.gains, again.cases), (capped.sides, capped.gains, capped.cases));
    // Another station's needs are another's: nothing there to replay.
    let elsewhere =
        what_if(&app.office, &Scope::Station(app.other_station), &usual(), &mut |_, _| ()).expect("replayed");
    assert_eq!((elsewhere.needs, elsewhere.sides.really.needs), (0, 0));
    assert_eq!(dump(&app), before, "not a row was written, so no letter is owed either");
}

fn the_page_tells_the_sides_and_what_it_cannot_take(backend: Backend) {
    let app = App::start(backend);
    history(&app);
    let client = signed_in(&app, "meng");
    let get = |path: &str| Told::read(client.get(format!("{}{path}", app.base_url)).send().unwrap());
    for language in ["zh", "en"] {
        assert!(!get(&format!("/what-if?lang={language}")).expect(200).text.contains('⟦'));
        let path = format!(
            "/what-if?lang={language}&from=2026-03-10&to=2026-03-17&monthly_cap=1&leave=许望舒 2026-03-01..2026-03-31"
        );
        let page = get(&path).expect(200).text;
        assert!(!page.contains('⟦') && page.contains("0.667"), "{page}");
        assert!(page.contains("33.3%"), "two of six are covered by the rules tried: {page}");
    }
    for (query, field) in [
        ("from=2026-03-17&to=2026-03-10", "to"),
        ("from=2026-03-10&to=2027-03-10", "to"),
        ("from=x&to=2026-03-17", "from"),
        ("from=2026-03-10&to=2026-03-17&monthly_cap=0", "monthly_cap"),
        ("from=2026-03-10&to=2026-03-17&w-service=31", "weights"),
        ("from=2026-03-10&to=2026-03-17&w-text=abc", "w-text"),
        ("from=2026-03-10&to=2026-03-17&leave=没有此人 2026-03-01..2026-03-31", "leave"),
        ("from=2026-03-10&to=2026-03-17&leave=许望舒", "leave"),
    ] {
        let page = get(&format!("/what-if?lang=zh&{query}")).expect(422).text;
        assert!(page.contains(&format!("href=\"#{field}\"")) && !page.contains('⟦'), "{query}: {page}");
    }
}
