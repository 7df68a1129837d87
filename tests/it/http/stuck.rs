//! What must not stop the desk: a chain that ends more than once, a row nobody can tend, a slow mail server, a message
//! nobody understands, a colleague who is not there (rules.md, "The chain", "Owner").

use crate::on_both;
use crate::support::app::{App, Shape};
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use zhipai::actions::Actor;
use zhipai::actions::account::{disable_account, set_leave};
use zhipai::actions::finish_task::finish_task;
use zhipai::db;
use zhipai::db::schema::{escalations, outbox, stations, tasks};
use zhipai::domain::refusal::Refusal;
use zhipai::domain::role::{Role, Scope, Staff};
use zhipai::domain::task::TaskKind;
use zhipai::ids::{AccountId, AssignmentId, NeedId, TaskId};
use zhipai::jobs::supervisor::Supervisor;
use zhipai::jobs::{Desk, tick};
use zhipai::mail::inbox::Maildir;
use zhipai::mail::mailer::{Accepted, Mailer};
use zhipai::mail::{Envelope, Message, SendError};
use zhipai::trial::{self, Verdict};

on_both!(
    a_chain_that_ends_twice_is_told_twice,
    one_of_two_seats_taken_leaves_the_other_on_the_desk,
    told_by_phone_and_lapsed_again_is_told_again,
    a_need_nobody_qualifies_for_is_not_ticked_off,
    twenty_seats_are_asked_for_at_most_a_hundred,
    one_row_that_fails_holds_up_no_other,
    a_slow_mail_server_stops_neither_the_pulse_nor_the_clock,
    one_strange_message_does_not_block_a_mailbox,
    tasks_are_finished_by_offer,
    tasks_of_somebody_away_go_to_whoever_is_there,
    with_mail_off_an_offer_is_never_ticked_off_untold,
);

fn staff(app: &App, account: AccountId, role: Role) -> Actor {
    let station = (role == Role::Liaison).then_some(app.station);
    let scope = station.map_or(Scope::Everything, Scope::Station);
    Actor::Staff(Staff { account, role, scope, station })
}

fn liaison(app: &App) -> Actor {
    staff(app, app.liaison.account, Role::Liaison)
}

/// The tasks of a need: kind, id, whether open, on whose desk, whether for the managers; oldest first.
type Known = (TaskKind, TaskId, bool, Option<AccountId>, bool);

fn tasks_of(app: &App, need: &str) -> Vec<Known> {
    let id: NeedId = need.parse().expect("an id");
    let rows: Vec<(TaskKind, TaskId, Option<chrono::NaiveDateTime>, Option<AccountId>, bool)> = tasks::table
        .filter(tasks::need.eq(id))
        .order(tasks::created_at)
        .select((tasks::kind, tasks::id, tasks::done_at, tasks::account, tasks::for_manager))
        .load(&mut *app.office.read().expect("a reader"))
        .expect("tasks");
    rows.into_iter().map(|(kind, id, done, account, all)| (kind, id, done.is_none(), account, all)).collect()
}

fn open(app: &App, need: &str, kind: TaskKind) -> Vec<TaskId> {
    tasks_of(app, need).into_iter().filter(|row| row.0 == kind && row.2).map(|row| row.1).collect()
}

fn told(app: &App, need: &str, event: &str) -> usize {
    let trail = app.manager.get(&format!("/api/v1/audit?subject={need}")).expect(200).body;
    trail["items"].as_array().expect("a trail").iter().filter(|row| row["event"] == event).count()
}

fn escalates(app: &App, task: TaskId) -> bool {
    let rows: i64 = escalations::table
        .filter(escalations::task.eq(task))
        .count()
        .get_result(&mut *app.office.read().expect("a reader"))
        .expect("counts");
    rows == 1
}

/// How many ends of a chain the liaison is owed a letter of.
fn owed_of_ends(app: &App) -> usize {
    let keys: Vec<String> = outbox::table
        .filter(outbox::account.eq(app.liaison.account))
        .filter(outbox::dedup_key.like("nobody-left:%"))
        .select(outbox::dedup_key)
        .load(&mut *app.office.read().expect("a reader"))
        .expect("letters");
    keys.len()
}

fn asked_alone(app: &App, name: &str) -> (String, String) {
    let id = app.manager.registers(&expert(name));
    let need = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&need, &id, &[]);
    app.tick();
    (need, assignment)
}

fn a_chain_that_ends_twice_is_told_twice(backend: Backend) {
    let app = App::start(backend);
    let (id, assignment) = asked_alone(&app, "沈知行");
    app.advance_to("2026-03-13T09:00:00+08:00");
    let first = open(&app, &id, TaskKind::Unanswered);
    assert_eq!((first.len(), owed_of_ends(&app)), (1, 1), "told once");
    // The last one accepts late, and gives the seat back: the same number of offers, another end of the chain.
    Holder::of(app.link_to(&address("沈知行"))).posts(&[("answer", "accept")]);
    assert_eq!(open(&app, &id, TaskKind::Unanswered), []);
    let released = json!({"by": "expert", "reason": "临时出差"});
    app.liaison.post(&format!("/api/v1/assignments/{assignment}/release"), &released).expect(200);
    app.tick();
    let second = open(&app, &id, TaskKind::Unanswered);
    assert!(second.len() == 1 && second != first && escalates(&app, second[0]), "{second:?}");
    app.advance_to("2026-03-13T12:00:00+08:00");
    assert_eq!(told(&app, &id, "chain-exhausted"), 2, "each end once, however often the desk looks");
    assert_eq!(owed_of_ends(&app), 2, "and a letter of each");
}

fn one_of_two_seats_taken_leaves_the_other_on_the_desk(backend: Backend) {
    let app = App::start(backend);
    let names = ["沈知行", "许望舒"];
    let ids: Vec<String> = names.iter().map(|name| app.manager.registers(&expert(name))).collect();
    let mut body = need();
    body["seats"] = json!(2);
    let id = app.liaison.submits(&body);
    app.liaison.asks(&id, &ids[0], &[]);
    app.liaison.asks(&id, &ids[1], &[]);
    app.tick();
    Holder::of(app.link_to(&address(names[1]))).posts(&[("answer", "decline"), ("reason", "time")]);
    let task = open(&app, &id, TaskKind::Unanswered);
    assert_eq!(task.len(), 1);
    // While the other seat's offer is out the task climbs on: its own seat is free.
    app.advance_to("2026-03-11T09:00:00+08:00");
    assert!(escalates(&app, task[0]) && told(&app, &id, "task-escalated") > 0);
    Holder::of(app.link_to(&address(names[0]))).posts(&[("answer", "accept")]);
    app.tick();
    assert_eq!(app.liaison.need(&id)["state"], "unanswered");
    assert_eq!(open(&app, &id, TaskKind::Unanswered), task, "the seat that is free still asks for somebody");
    assert_eq!(told(&app, &id, "chain-exhausted"), 1);
}

fn told_by_phone_and_lapsed_again_is_told_again(backend: Backend) {
    let app = App::start(backend);
    let (id, assignment) = asked_alone(&app, "沈知行");
    let letter = app.letters_to(&address("沈知行"))[0].headers["Message-ID"].clone();
    let report = format!(
        "From: d@mx.example\r\nSubject: Delivery report\r\nMessage-ID: <b1@mx.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter}\r\n\r\n--b--\r\n"
    );
    let heard = zhipai::mail::incoming::read(report.as_bytes());
    zhipai::actions::receive_mail::receive_mail(&app.office, &heard).expect("heard");
    let first = open(&app, &id, TaskKind::Unanswered);
    assert_eq!((first.len(), open(&app, &id, TaskKind::Undelivered).len()), (1, 1));
    let notice = json!({"channel": "phone", "notified_at": app.office.now()});
    app.liaison.post(&format!("/api/v1/assignments/{assignment}/notice"), &notice).expect(200);
    assert_eq!((open(&app, &id, TaskKind::Unanswered), open(&app, &id, TaskKind::Undelivered)), (vec![], vec![]));
    app.advance_to("2026-03-13T09:00:00+08:00");
    let second = open(&app, &id, TaskKind::Unanswered);
    assert!(second.len() == 1 && second != first && escalates(&app, second[0]), "{second:?}");
}

fn automatic(app: &App) {
    app.office
        .write(|tx| {
            diesel::update(stations::table.filter(stations::id.eq(app.station)))
                .set(stations::automatic.eq(true))
                .execute(tx.conn)?;
            Ok(())
        })
        .expect("set");
}

fn a_need_nobody_qualifies_for_is_not_ticked_off(backend: Backend) {
    let app = App::start(backend);
    automatic(&app);
    let id = app.liaison.submits(&need());
    let task = open(&app, &id, TaskKind::NobodyQualifies);
    assert_eq!(task.len(), 1);
    let refused = finish_task(&app.office, &liaison(&app), task[0]);
    assert!(matches!(refused, Err(zhipai::actions::ActionError::Refused(Refusal::WrongState))), "{refused:?}");
    app.advance(chrono::TimeDelta::minutes(10));
    assert_eq!(told(&app, &id, "chain-exhausted"), 1);
    // Whoever ticked it off before this was refused: the desk says it once more, and then goes on with its work.
    app.office
        .write(|tx| {
            let mut row = db::task::find(tx.conn, &task[0])?.expect("a task");
            row.done_at = Some(tx.now.naive_utc());
            Ok(db::task::save(tx.conn, &row)?)
        })
        .expect("ticked off");
    app.advance(chrono::TimeDelta::minutes(10));
    assert_eq!(told(&app, &id, "chain-exhausted"), 2);
    assert_eq!(open(&app, &id, TaskKind::NobodyQualifies).len(), 1);
}

fn twenty_seats_are_asked_for_at_most_a_hundred(backend: Backend) {
    let app = App::start(backend);
    automatic(&app);
    let policy = zhipai::domain::policy::Policy { reserves: 5, ..Default::default() };
    zhipai::actions::set_policy::set_policy(&app.office, &Actor::Operator, &policy).expect("a policy");
    app.clock.advance(chrono::TimeDelta::minutes(1));
    for n in 0..104_u32 {
        let mut one = expert("沈知行");
        one["name"] = json!(format!("沈知行{n}"));
        one["firm"] = json!(format!("第{n}知识产权代理有限公司"));
        one["email"] = json!(format!("e{n}@experts.example"));
        app.manager.registers(&one);
    }
    let mut body = need();
    body["seats"] = json!(20);
    let id = app.liaison.submits(&body);
    let shown = app.liaison.need(&id);
    assert_eq!(shown["assignments"].as_array().map(Vec::len), Some(20), "{}", shown["assignments"]);
    assert_eq!(shown["reserves"].as_array().map(Vec::len), Some(80));
}

fn one_row_that_fails_holds_up_no_other(backend: Backend) {
    let app = App::start(backend);
    let ids = ["沈知行", "许望舒"].map(|name| app.manager.registers(&expert(name)));
    let needs = [app.liaison.submits(&need()), app.liaison.submits(&need())];
    let first = app.liaison.asks(&needs[0], &ids[0], &[]);
    app.tick();
    app.clock.advance(chrono::TimeDelta::hours(1));
    let second = app.liaison.asks(&needs[1], &ids[1], &[]);
    app.tick();
    app.clock.advance(chrono::TimeDelta::days(4));
    // The oldest due cannot be tended, three times running.
    let failures = Arc::new(AtomicU32::new(0));
    let counted = failures.clone();
    let sick: AssignmentId = first.parse().expect("an id");
    let passes = AtomicU32::new(0);
    trial::watch(Some(Box::new(move |point| {
        if point != "tend_assignment:begin" {
            return Verdict::GoOn;
        }
        // The first pass of each round is the oldest due; the round of the second one's lapse passes it twice.
        let pass = passes.fetch_add(1, Ordering::SeqCst);
        if [0, 2, 3].contains(&pass) {
            counted.fetch_add(1, Ordering::SeqCst);
            return Verdict::Fail;
        }
        Verdict::GoOn
    })));
    assert!(tick(&app.desk).is_err(), "a round in which something failed says so");
    assert_eq!(app.liaison.assignment(&second)["state"], "lapsed", "what stood behind it was tended");
    assert_eq!(app.liaison.assignment(&sick.to_string())["state"], "offered");
    assert!(tick(&app.desk).is_err(), "once more");
    assert_eq!(failures.load(Ordering::SeqCst), 3);
    assert!(tick(&app.desk).is_ok(), "now it rests for a minute and nothing else is due");
    assert_eq!(app.liaison.assignment(&first)["state"], "offered");
    app.clock.advance(chrono::TimeDelta::minutes(2));
    assert!(tick(&app.desk).is_ok());
    trial::watch(None);
    assert_eq!(app.liaison.assignment(&first)["state"], "lapsed");
    // A letter that fails here does not keep the others, and leaves later.
    let failed = AtomicBool::new(false);
    trial::watch(Some(Box::new(move |point| {
        let first = point == "record_notice:begin" && !failed.swap(true, Ordering::SeqCst);
        if first { Verdict::Fail } else { Verdict::GoOn }
    })));
    let (xin, yan) = (app.manager.registers(&expert("辛未")), app.manager.registers(&expert("颜真")));
    let offers = [app.liaison.asks(&needs[0], &xin, &[]), app.liaison.asks(&needs[1], &yan, &[])];
    assert!(tick(&app.desk).is_err());
    let letters = |name: &str| app.letters_to(&address(name)).len();
    assert_eq!(letters("辛未") + letters("颜真"), 2, "both left; of one it is not written down yet");
    app.clock.advance(chrono::TimeDelta::minutes(6));
    assert!(tick(&app.desk).is_ok());
    trial::watch(None);
    assert!(offers.iter().all(|id| app.liaison.assignment(id)["notified_at"].is_string()), "and both are written down");
}

/// A server that takes the letter and then says nothing.
struct Silent {
    entered: Mutex<mpsc::Sender<()>>,
    leave: Mutex<mpsc::Receiver<()>>,
}

impl Mailer for Silent {
    fn send(&self, _: &Envelope, _: &Message) -> Result<Accepted, SendError> {
        let _ = self.entered.lock().expect("a sender").send(());
        let _ = self.leave.lock().expect("a receiver").recv();
        Err(SendError::Unknown { text: "no answer".to_owned() })
    }

    fn describe(&self) -> String {
        "silent".to_owned()
    }
}

fn a_slow_mail_server_stops_neither_the_pulse_nor_the_clock(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment) = asked_alone(&app, "沈知行");
    let xu = app.manager.registers(&expert("许望舒"));
    let other = app.liaison.submits(&need());
    app.liaison.asks(&other, &xu, &[]);
    let (entered, hears) = mpsc::channel();
    let (leave, left) = mpsc::channel();
    let silent = Silent { entered: Mutex::new(entered), leave: Mutex::new(left) };
    let desk = Desk::new(app.office.clone(), Some(Arc::new(silent)), crate::support::app::sender());
    let running = Supervisor::start(desk).expect("threads");
    hears.recv_timeout(std::time::Duration::from_secs(60)).expect("the server was asked");
    let beat = || db::pulse::last(&mut app.office.read().expect("a reader")).expect("a beat");
    let until = |what: &str, well: &dyn Fn() -> bool| {
        let began = std::time::Instant::now();
        while !well() {
            assert!(began.elapsed() < std::time::Duration::from_secs(60), "{what}");
            std::thread::yield_now();
        }
    };
    // The clock moves on in steps smaller than an outage while the server keeps the letters' thread.
    for _ in 0..4 {
        app.clock.advance(chrono::TimeDelta::minutes(1));
        let now = app.office.clock.now().naive_utc();
        until("the pulse beats on", &|| beat() == Some(now));
    }
    assert_eq!(app.manager.get("/api/v1/outages").expect(200).body["items"], json!([]), "no outage");
    // A reminder's hour comes and is tended, though no letter can leave.
    app.clock.advance(chrono::TimeDelta::hours(32));
    let due: AssignmentId = assignment.parse().expect("an id");
    let tended = || {
        let row = db::assignment::find(&mut app.office.read().expect("a reader"), &due).expect("reads");
        row.and_then(|row| row.next_due_at).is_some_and(|next| next > app.office.now().naive_utc())
    };
    until("what is due by the clock is tended", &tended);
    drop(leave);
    drop(running);
}

fn one_strange_message_does_not_block_a_mailbox(backend: Backend) {
    let app = App::start(backend);
    let folder = app.database.folder.join("mail");
    for place in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(folder.join(place)).expect("a folder");
    }
    // A NUL in the Message-ID and in the subject: no database takes it.
    let nul = b"From: a@b.example\r\nMessage-ID: <a\0b@mx.example>\r\nSubject: one\0two\r\n\r\nhello\r\n";
    std::fs::write(folder.join("new/1"), nul).expect("written");
    std::fs::write(folder.join("new/2"), b"From: a@b.example\r\nSubject: two\r\n\r\nhello\r\n").expect("written");
    std::fs::write(folder.join("new/3"), b"From: a@b.example\r\nSubject: three\r\n\r\nhello\r\n").expect("written");
    // And one that cannot be dealt with, whatever is in it.
    let passes = AtomicU32::new(0);
    trial::watch(Some(Box::new(move |point| {
        let second = point == "receive_mail:begin" && passes.fetch_add(1, Ordering::SeqCst) == 1;
        if second { Verdict::Fail } else { Verdict::GoOn }
    })));
    let desk = app.desk.clone().reading(vec![Arc::new(Maildir::new(folder.clone()))]);
    let report = tick(&desk).expect("a round");
    trial::watch(None);
    assert_eq!(report.messages_read, 3);
    let left = std::fs::read_dir(folder.join("new")).expect("reads").count();
    assert_eq!(left, 0, "the mailbox is empty");
    let shown = app.manager.get("/api/v1/dashboard/desk").expect(200).body;
    let strange = shown["tasks"].as_array().expect("tasks").iter().filter(|task| task["kind"] == "mail-unmatched");
    assert_eq!(strange.count(), 3, "a person looks at each: {shown}");
}

fn tasks_are_finished_by_offer(backend: Backend) {
    let app = App::start(backend);
    let names = ["沈知行", "许望舒"];
    let ids: Vec<String> = names.iter().map(|name| app.manager.registers(&expert(name))).collect();
    let mut body = need();
    body["seats"] = json!(2);
    let id = app.liaison.submits(&body);
    let offers: Vec<String> = ids.iter().map(|expert| app.liaison.asks(&id, expert, &[])).collect();
    app.tick();
    for name in names {
        Holder::of(app.link_to(&address(name))).posts(&[("answer", "question"), ("note", "需要到现场吗？")]);
    }
    assert_eq!(open(&app, &id, TaskKind::ReplyQuestion).len(), 2);
    let reply = json!({"text": "需要，半天。"});
    app.liaison.post(&format!("/api/v1/assignments/{}/reply", offers[0]), &reply).expect(200);
    assert_eq!(open(&app, &id, TaskKind::ReplyQuestion).len(), 1, "the other's question still waits");
    app.tick();
    Holder::of(app.link_to(&address(names[0]))).posts(&[("answer", "accept")]);
    assert_eq!(open(&app, &id, TaskKind::ReplyQuestion).len(), 1, "and is not answered by a yes of somebody else");
    app.liaison.post(&format!("/api/v1/assignments/{}/reply", offers[1]), &reply).expect(200);
    app.tick();
    Holder::of(app.link_to(&address(names[1]))).posts(&[("answer", "accept")]);
    // Nobody files feedback: each is overdue by itself.
    app.advance_to("2026-03-30T09:00:00+08:00");
    assert_eq!(open(&app, &id, TaskKind::FeedbackOverdue).len(), 2);
    let files = |offer: &str| {
        let feedback = json!({"done": "当面答复", "hours": 1.5, "outcome": "solved", "no_gift": true, "no_promotion": true,
            "no_touting": true, "assignment": offer});
        app.liaison.post(&format!("/api/v1/needs/{id}/feedback"), &feedback).expect(201);
    };
    files(&offers[0]);
    assert_eq!(open(&app, &id, TaskKind::FeedbackOverdue).len(), 1);
    files(&offers[1]);
    app.advance(chrono::TimeDelta::days(40));
    assert_eq!(open(&app, &id, TaskKind::CallBack).len(), 2);
    let rating = json!({"score": 5, "channel": "phone", "assignment": offers[0]});
    app.liaison.post(&format!("/api/v1/needs/{id}/ratings"), &rating).expect(201);
    assert_eq!(open(&app, &id, TaskKind::CallBack).len(), 1, "one call back does not do for two services");
}

fn tasks_of_somebody_away_go_to_whoever_is_there(backend: Backend) {
    let app = App::start(backend);
    let (id, _) = asked_alone(&app, "沈知行");
    Holder::of(app.link_to(&address("沈知行"))).posts(&[("answer", "question"), ("note", "需要到现场吗？")]);
    let on_desk = |account: AccountId| {
        tasks_of(&app, &id).into_iter().any(|row| row.0 == TaskKind::ReplyQuestion && row.3 == Some(account))
    };
    assert!(on_desk(app.liaison.account));
    // A day in the past, and somebody else's leave, are refused.
    let until = |text: &str| Some(text.parse().expect("a day"));
    assert!(set_leave(&app.office, &liaison(&app), app.liaison.account, until("2026-03-09")).is_err());
    assert!(set_leave(&app.office, &liaison(&app), app.other_liaison.account, until("2026-03-20")).is_err());
    set_leave(&app.office, &liaison(&app), app.liaison.account, until("2026-03-20")).expect("away");
    assert!(!on_desk(app.liaison.account), "{:?}", tasks_of(&app, &id));
    let shown = [&app.manager, &app.second_manager].map(|one| one.get("/api/v1/dashboard/desk").expect(200).text);
    assert!(shown.iter().any(|desk| desk.contains("reply-question")), "with nobody else there, a manager: {shown:?}");
    // Back, and then gone for good.
    set_leave(&app.office, &liaison(&app), app.liaison.account, None).expect("back");
    let other = app.liaison.submits(&need());
    let xu = app.manager.registers(&expert("许望舒"));
    app.liaison.asks(&other, &xu, &[]);
    app.tick();
    Holder::of(app.link_to(&address("许望舒"))).posts(&[("answer", "question"), ("note", "几点？")]);
    assert_eq!(tasks_of(&app, &other)[0].3, Some(app.liaison.account));
    disable_account(&app.office, &Actor::Operator, app.liaison.account).expect("disabled");
    let left = tasks_of(&app, &other);
    assert!(left[0].3 != Some(app.liaison.account) && left[0].2, "{left:?}");
}

fn with_mail_off_an_offer_is_never_ticked_off_untold(backend: Backend) {
    let app = App::shaped(backend, Shape { mail_off: true, ..Shape::default() });
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&id, &shen, &[]);
    app.advance(chrono::TimeDelta::hours(5));
    let task = open(&app, &id, TaskKind::Undelivered);
    assert_eq!(task.len(), 1);
    let refused = finish_task(&app.office, &liaison(&app), task[0]);
    assert!(matches!(refused, Err(zhipai::actions::ActionError::Refused(Refusal::WrongState))), "{refused:?}");
    // A day later the managers see it too; one that was ticked off all the same comes again.
    app.advance(chrono::TimeDelta::days(2));
    assert!(tasks_of(&app, &id).iter().any(|row| row.0 == TaskKind::Undelivered && row.2 && row.4));
    app.office
        .write(|tx| {
            let mut row = db::task::find(tx.conn, &task[0])?.expect("a task");
            row.done_at = Some(tx.now.naive_utc());
            Ok(db::task::save(tx.conn, &row)?)
        })
        .expect("ticked off");
    app.advance(chrono::TimeDelta::days(2));
    assert_eq!(open(&app, &id, TaskKind::Undelivered).len(), 1);
    let notice = json!({"channel": "phone", "notified_at": app.office.now()});
    app.liaison.post(&format!("/api/v1/assignments/{assignment}/notice"), &notice).expect(200);
    assert_eq!(open(&app, &id, TaskKind::Undelivered), [], "he knows of it");
    assert_ne!(app.liaison.assignment(&assignment)["answer_due_at"], Value::Null);
}
