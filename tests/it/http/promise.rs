//! What keeps the promise when the machine does not: outages, a clock set back, a calendar two people agree on
//! (rules.md, "The answer" and "Calendar").

use crate::on_both;
use crate::support::app::{App, Shape, at};
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use chrono::TimeDelta;
use serde_json::{Value, json};
use zhipai::actions::Actor;
use zhipai::actions::answer_assignment::{AnswerInput, answer_assignment};
use zhipai::actions::keep_pulse::{Pulse, keep_pulse};
use zhipai::db;
use zhipai::domain::assignment::{AnswerKind, AnsweredBy};
use zhipai::jobs::supervisor::round;

on_both!(
    an_hour_down_on_the_last_day_gives_a_day,
    an_outage_entered_after_the_lapse_takes_the_breach_back,
    a_clock_set_back_lapses_nothing_and_takes_needs,
    holidays_count_once_a_second_manager_says_so,
    a_floor_is_promised_with_the_offer,
    a_first_byte_in_time_has_sixty_seconds,
    a_new_rule_is_for_new_offers,
);

fn asked(app: &App) -> (String, String) {
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&id, &shen, &[]);
    app.tick();
    (id, assignment)
}

fn codes(shown: &Value) -> Vec<String> {
    let count = shown["count"].as_array().expect("a count");
    count.iter().map(|day| day["why"].as_str().expect("words").to_owned()).collect()
}

fn an_hour_down_on_the_last_day_gives_a_day(backend: Backend) {
    let app = App::start(backend);
    let (id, assignment) = asked(&app);
    assert_eq!(keep_pulse(&app.office).expect("beats"), Pulse::Steady);
    // Beats until Thursday 21:00, the last day; then the machine is off until Friday 06:00.
    for hour in 0..59 {
        app.clock.move_to(at("2026-03-10T10:00:00+08:00") + TimeDelta::hours(hour));
        app.office.write(|tx| Ok(db::pulse::beat(tx.conn, tx.now.naive_utc())?)).expect("beats");
    }
    app.tick();
    app.clock.move_to(at("2026-03-13T06:00:00+08:00"));
    // The service starts again: the pulse first, then what is due.
    round(&app.desk, &mut None).expect("a round");
    let shown = app.liaison.assignment(&assignment);
    assert_eq!(shown["state"], "offered", "not lapsed for a time nobody could answer in");
    assert_eq!(shown["answer_due_at"], "2026-03-14T16:00:00Z", "Thursday was down 4 hours, Friday 6: Saturday 24:00");
    let said = codes(&shown);
    assert!(said.iter().filter(|why| why.contains("中断")).count() == 2 && said[3].contains("240"), "{said:?}");
    // Once is enough: another round finds nothing.
    round(&app.desk, &mut None).expect("a round");
    assert_eq!(app.liaison.assignment(&assignment)["answer_due_at"], shown["answer_due_at"]);
    app.advance_to("2026-03-13T09:00:00+08:00");
    let letter = &app.letters_to(&address("沈知行"))[0];
    assert!(letter.subject.contains("顺延") && letter.text.contains("中断 240 分钟"), "{}", letter.text);
    let page = Holder::of(app.link_to(&address("沈知行"))).looks().expect(200);
    assert!(page.text.contains("中断 240 分钟"), "the page says why");
    let trail = app.manager.get(&format!("/api/v1/audit?subject={id}")).expect(200).text;
    assert_eq!(trail.matches("due-moved").count(), 1, "{trail}");
    let outages = app.manager.get("/api/v1/outages").expect(200).body;
    assert_eq!((&outages["items"][0]["source"], &outages["items"][0]["moved"]), (&json!("pulse"), &json!(1)));
    app.advance_to("2026-03-15T00:00:00+08:00");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "lapsed");
}

fn an_outage_entered_after_the_lapse_takes_the_breach_back(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment) = asked(&app);
    app.advance_to("2026-03-13T10:00:00+08:00");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "lapsed");
    let outage =
        |from: &str, until: &str| json!({"from": from, "until": until, "note": "出口网络中断，答复页面打不开"});
    let tomorrow = app.manager.post("/api/v1/outages", &outage("2026-03-12T12:00:00Z", "2026-03-14T12:00:00Z"));
    assert_eq!((tomorrow.status, tomorrow.fields()), (422, vec!["until".to_owned()]), "{}", tomorrow.text);
    assert_eq!(
        app.liaison.post("/api/v1/outages", &outage("2026-03-12T01:00:00Z", "2026-03-12T04:00:00Z")).status,
        403
    );
    let entered = app.manager.post("/api/v1/outages", &outage("2026-03-12T01:00:00Z", "2026-03-12T04:00:00Z"));
    assert_eq!(entered.expect(201).body["moved"], 1);
    let shown = app.liaison.assignment(&assignment);
    assert_eq!(shown["answer_due_at"], "2026-03-13T16:00:00Z");
    let row = app.manager.get("/api/v1/dashboard/answers?from=2026-03-01&to=2026-03-31&by=station").expect(200).body;
    assert_eq!(row["rows"][0]["lapsed"], 0, "{row}");
    app.tick();
    // The seat is still free: a yes before the new deadline is in time.
    Holder::of(app.link_to(&address("沈知行"))).posts(&[("answer", "accept")]);
    let shown = app.liaison.assignment(&assignment);
    assert_eq!((&shown["state"], &shown["late"]), (&json!("accepted"), &json!(false)));
}

fn a_clock_set_back_lapses_nothing_and_takes_needs(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment) = asked(&app);
    // The service had run until noon on Wednesday when the machine's clock was set back to Tuesday 10:00.
    let beat = at("2026-03-11T12:00:00+08:00");
    app.office.write(|tx| Ok(db::pulse::beat(tx.conn, beat.naive_utc())?)).expect("beats");
    assert_eq!(keep_pulse(&app.office).expect("beats"), Pulse::ClockBack);
    assert!(app.office.clock_is_back() && app.office.now() == beat, "deadlines compare with the last beat");
    assert_eq!(keep_pulse(&app.office).expect("beats"), Pulse::ClockBack, "said once, not twice");
    // Needs are taken; nothing is escalated, though the reminder of half time could be due by the beat.
    let id = app.liaison.submits(&need());
    assert_eq!(app.liaison.need(&id)["created_at"], "2026-03-11T04:00:00Z");
    let before = app.letters_to(&address("沈知行")).len();
    round(&app.desk, &mut None).expect("a round");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered");
    assert_eq!(app.letters_to(&address("沈知行")).len(), before);
    let desk = app.manager.get("/api/v1/dashboard/desk").expect(200).body;
    let tasks = desk["tasks"].as_array().expect("tasks");
    assert_eq!(tasks.iter().filter(|task| task["kind"] == "clock-back").count(), 1, "{desk}");
    let metrics = app.manager.get("/metrics").text;
    assert!(metrics.contains("zhipai_clock_back 1"), "{metrics}");
    // A manager confirms that the clock is right.
    let task =
        app.office.read().map(|mut conn| db::task::open_of_kind(&mut conn, zhipai::domain::task::TaskKind::ClockBack));
    for task in task.expect("a reader").expect("tasks") {
        let actor = manager(&app);
        zhipai::actions::finish_task::finish_task(&app.office, &actor, task).expect("confirmed");
    }
    assert!(!app.office.clock_is_back());
    assert_eq!(keep_pulse(&app.office).expect("beats"), Pulse::Steady);
    // A few seconds are nothing.
    let beat = app.clock.now_plus(4);
    app.office.write(|tx| Ok(db::pulse::beat(tx.conn, beat.naive_utc())?)).expect("beats");
    assert_eq!(keep_pulse(&app.office).expect("beats"), Pulse::Steady);
}

trait Ahead {
    fn now_plus(&self, seconds: i64) -> chrono::DateTime<chrono::Utc>;
}
impl Ahead for zhipai::clock::VirtualClock {
    fn now_plus(&self, seconds: i64) -> chrono::DateTime<chrono::Utc> {
        zhipai::clock::Clock::now(self) + TimeDelta::seconds(seconds)
    }
}

fn manager(app: &App) -> zhipai::actions::Actor {
    zhipai::actions::Actor::Staff(zhipai::domain::role::Staff {
        account: app.manager.account,
        role: zhipai::domain::role::Role::Manager,
        scope: zhipai::domain::role::Scope::Everything,
        station: None,
    })
}

fn holidays_count_once_a_second_manager_says_so(backend: Backend) {
    let app = App::shaped(backend, Shape { start: Some(at("2026-12-30T10:00:00+08:00")), ..Shape::default() });
    let (id, assignment) = asked(&app);
    let shown = app.liaison.assignment(&assignment);
    assert_eq!((&shown["answer_due_at"], &shown["provisional"]), (&json!("2027-01-04T16:00:00Z"), &json!(true)));
    let metrics = app.manager.get("/metrics").text;
    assert!(metrics.contains("zhipai_calendar_missing_year 2027"), "{metrics}");
    let csv = "date,kind,occasion\n2027-01-01,holiday,元旦\n2027-01-04,holiday,元旦\n2027-10-01,holiday,国庆节\n";
    let body = json!({"source": "国办发明电〔2026〕9号", "csv": csv});
    assert_eq!(app.liaison.post("/api/v1/calendar/imports", &body).status, 403);
    let bad = app.manager.post("/api/v1/calendar/imports", &json!({"source": "x", "csv": "date,kind\n"}));
    assert_eq!((bad.status, bad.fields()), (422, vec!["file".to_owned()]), "{}", bad.text);
    let waits = app.manager.post("/api/v1/calendar/imports", &body).expect(201).body;
    assert_eq!(waits["state"], "pending");
    assert_eq!(waits["moves"][0]["to"], "2027-01-05T16:00:00Z", "{waits}");
    let again = app.manager.post("/api/v1/calendar/imports", &body).expect(201).body;
    assert_eq!(again["id"], waits["id"], "the same file waits once");
    assert_eq!(app.liaison.assignment(&assignment)["provisional"], true, "nothing counts yet");
    assert!(app.second_manager.get("/api/v1/dashboard/desk").expect(200).text.contains("approve-calendar"));
    let path = format!("/api/v1/calendar/imports/{}/decision", waits["id"].as_str().expect("an id"));
    let own = app.manager.post(&path, &json!({"decision": "approve"}));
    assert_eq!((own.status, own.body["code"].as_str()), (409, Some("another-manager")), "{}", own.text);
    assert_eq!(app.second_manager.post(&path, &json!({"decision": "refuse"})).status, 422, "a refusal needs a reason");
    let done = app.second_manager.post(&path, &json!({"decision": "approve"})).expect(200).body;
    assert_eq!(done["state"], "approved");
    assert_eq!(app.second_manager.post(&path, &json!({"decision": "approve"})).status, 409);
    assert!(!app.second_manager.get("/api/v1/dashboard/desk").expect(200).text.contains("approve-calendar"));
    let shown = app.liaison.assignment(&assignment);
    assert_eq!((&shown["answer_due_at"], &shown["provisional"]), (&json!("2027-01-05T16:00:00Z"), &json!(false)));
    app.tick();
    let letter = &app.letters_to(&address("沈知行"))[0];
    assert!(letter.subject.contains("顺延") && letter.text.contains("元旦"), "{}", letter.text);
    assert!(app.manager.get(&format!("/api/v1/audit?subject={id}")).expect(200).text.contains("due-moved"));
}

fn a_floor_is_promised_with_the_offer(backend: Backend) {
    let app = App::start(backend);
    let floor = |hours| zhipai::domain::policy::Policy { waking_hours_floor: hours, ..Default::default() };
    let set = |hours| zhipai::actions::set_policy::set_policy(&app.office, &manager(&app), &floor(hours)).expect("set");
    set(Some(48));
    app.clock.advance(TimeDelta::minutes(1));
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&id, &shen, &[]);
    // The policy changes before the letter has left: what was offered keeps its floor.
    app.clock.advance(TimeDelta::minutes(1));
    set(None);
    app.clock.advance(TimeDelta::minutes(1));
    app.tick();
    let shown = app.liaison.assignment(&assignment);
    // Tuesday from 10:03 gives 11 h 57 min, Wednesday and Thursday 14 h each, Friday the rest.
    assert_eq!(shown["answer_due_at"], "2026-03-13T08:03:00Z", "{shown}");
    assert!(codes(&shown).last().is_some_and(|why| why.contains("48")), "{shown}");
    assert!(app.letters_to(&address("沈知行"))[0].text.contains("48 小时"), "the letter says why");
}

/// The first byte came a second before the end, the sweep came at the end, and the answer is written after it: within
/// sixty seconds it is in time and the breach is taken back; at sixty it is late and the breach stays.
fn a_first_byte_in_time_has_sixty_seconds(backend: Backend) {
    for (seconds, late) in [(59, false), (60, true)] {
        let app = App::start(backend);
        let shen = app.manager.registers(&expert("沈知行"));
        let xu = app.manager.registers(&expert("许望舒"));
        let id = app.liaison.submits(&need());
        let assignment = app.liaison.asks(&id, &shen, &[&xu]);
        app.tick();
        let due = at("2026-03-13T00:00:00+08:00");
        app.advance_to("2026-03-13T00:00:00+08:00");
        assert_eq!(app.liaison.assignment(&assignment)["state"], "lapsed");
        app.clock.advance(TimeDelta::seconds(seconds));
        let input = AnswerInput {
            answer: AnswerKind::Accept,
            reason: None,
            note: None,
            busy_until: None,
            by: AnsweredBy::Link,
            first_byte_at: due - TimeDelta::seconds(1),
        };
        let actor = Actor::Expert(shen.parse().expect("an id"));
        answer_assignment(&app.office, &actor, assignment.parse().expect("an id"), &input).expect("accepted");
        let shown = app.liaison.assignment(&assignment);
        assert_eq!((&shown["state"], &shown["late"]), (&json!("accepted"), &json!(late)), "{seconds} s: {shown}");
        let open = app.liaison.get(&format!("/api/v1/assignments?need={id}&state=offered")).expect(200).body;
        assert_eq!(open["items"].as_array().map(Vec::len), Some(0), "the reserve's offer is void");
        let trail = app.auditor.get(&format!("/api/v1/audit?subject={id}")).expect(200).text;
        assert_eq!(trail.contains("breach-withdrawn"), !late, "{seconds} s: {trail}");
    }
}

/// What is out keeps the rule, the end and the reminders it was made with; whoever is asked from then on has the new rule,
/// also the next reserve of a chain that is under way.
fn a_new_rule_is_for_new_offers(backend: Backend) {
    let app = App::start(backend);
    let experts = ["沈知行", "许望舒", "陆以宁"].map(|name| app.manager.registers(&expert(name)));
    let id = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&id, &experts[0], &[&experts[1]]);
    app.tick();
    let before = app.liaison.assignment(&assignment);
    assert_eq!(before["rule"], "civil-code");
    app.clock.advance(TimeDelta::minutes(1));
    let policy = zhipai::domain::policy::Policy {
        counting_rule: zhipai::domain::answer_rule::CountingRule::Hours48,
        ..Default::default()
    };
    zhipai::actions::set_policy::set_policy(&app.office, &manager(&app), &policy).expect("set");
    app.clock.advance(TimeDelta::minutes(1));
    app.tick();
    let after = app.liaison.assignment(&assignment);
    for field in ["state", "rule", "answer_due_at", "reminders"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    let other = app.liaison.submits(&need());
    let fresh = app.liaison.asks(&other, &experts[2], &[]);
    app.tick();
    let fresh = app.liaison.assignment(&fresh);
    assert_eq!((&fresh["rule"], &fresh["answer_due_at"]), (&json!("hours-48"), &json!("2026-03-12T02:02:00Z")));
    app.advance_to("2026-03-12T23:59:00+08:00");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered", "it ends when it was told to end");
    app.advance_to("2026-03-13T08:30:00+08:00");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "lapsed");
    let open = app.liaison.get(&format!("/api/v1/assignments?need={id}&state=offered")).expect(200).body;
    let next = &open["items"][0];
    assert_eq!((&next["rule"], &next["answer_due_at"]), (&json!("hours-48"), &json!("2026-03-15T00:00:00Z")), "{open}");
}
