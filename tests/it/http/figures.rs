//! The figures are exactly what 统计口径 in rules.md says, and every one opens its cases.

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use chrono::TimeDelta;
use serde_json::{Value, json};

on_both!(on_time_late_lapsed_and_what_stands_apart);

fn row<'a>(body: &'a Value, label: &str) -> &'a Value {
    body["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row.to_string().contains(label))
        .unwrap_or_else(|| panic!("{label} in {body}"))
}

fn on_time_late_lapsed_and_what_stands_apart(backend: Backend) {
    let app = App::start(backend);
    let names = ["准时一", "准时二", "迟到者", "沉默者", "未到期"];
    let ids: Vec<String> = names.iter().map(|name| app.manager.registers(&expert(name))).collect();
    let ask = |at: usize| {
        let id = app.liaison.submits(&need());
        let assignment = app.liaison.asks(&id, &ids[at], &[]);
        app.tick();
        (id, assignment)
    };
    ask(0);
    app.advance(TimeDelta::hours(2));
    Holder::of(app.link_to(&address("准时一"))).posts(&[("answer", "accept")]);
    let (_, second) = ask(1);
    app.advance(TimeDelta::hours(4));
    app.liaison
        .post(
            &format!("/api/v1/assignments/{second}/answer"),
            &json!({"answer": "decline", "reason": "time", "channel": "phone"}),
        )
        .expect(200);
    ask(2);
    let late = app.link_to(&address("迟到者"));
    ask(3);
    app.advance(TimeDelta::days(4));
    Holder::of(late).posts(&[("answer", "accept")]);
    ask(4);
    let by = |what: &str| {
        app.manager.get(&format!("/api/v1/dashboard/answers?from=2026-03-01&to=2026-03-31&by={what}")).expect(200).body
    };
    let total = by("region");
    let haidian = row(&total, "海淀");
    assert_eq!(
        (&haidian["on_time"], &haidian["late"], &haidian["lapsed"]),
        (&json!(2), &json!(1), &json!(1)),
        "{haidian}"
    );
    assert_eq!((&haidian["accepted"], &haidian["declined"]), (&json!(2), &json!(1)), "{haidian}");
    assert!(
        (haidian["on_time_share"].as_f64().unwrap() - 0.5).abs() < 1e-9,
        "open and not yet due is in no denominator: {haidian}"
    );
    assert!((haidian["staff_entered_share"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-3, "{haidian}");
    assert!(
        (haidian["median_hours"].as_f64().unwrap() - 4.0).abs() < 0.01,
        "nearest rank over 2, 4 and 96 hours: {haidian}"
    );
    assert!((haidian["p90_hours"].as_f64().unwrap() - 96.0).abs() < 0.01, "{haidian}");
    // Under several services an offer counts in each row and once in the total.
    let services = by("service");
    assert_eq!(row(&services, "dispute")["on_time"], 2);
    assert_eq!(row(&services, "search")["on_time"], 2);
    for what in ["expert", "firm", "region", "station", "month"] {
        let sum: i64 = by(what)["rows"].as_array().unwrap().iter().map(|row| row["on_time"].as_i64().unwrap()).sum();
        assert_eq!(sum, 2, "{what}");
    }
    // Least privilege: another station's liaison sees none of it.
    let foreign =
        app.other_liaison.get("/api/v1/dashboard/answers?from=2026-03-01&to=2026-03-31&by=station").expect(200).body;
    assert!(foreign["rows"].as_array().unwrap().is_empty(), "{foreign}");
}
