//! Letters as policy: reminders, one digest instead of several letters, at most so many a day, and a task that climbs
//! until somebody acts (rules.md, "Letters and the night").

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use serde_json::{Value, json};
use zhipai::actions::Actor;
use zhipai::actions::set_policy::set_policy;
use zhipai::domain::letter_rules::LetterRules;
use zhipai::domain::policy::Policy;

on_both!(
    a_policy_change_never_touches_offers_already_out,
    two_reminders_of_one_person_are_one_digest,
    an_answer_stops_what_was_gathered,
    offers_are_never_merged,
    the_letter_too_many_waits_for_the_morning_and_the_trail_says_so,
    a_task_nobody_acts_on_climbs_until_somebody_does,
    retries_do_not_ring_at_night,
);

fn set(app: &App, change: impl FnOnce(&mut LetterRules)) {
    let mut policy = Policy::default();
    change(&mut policy.letters);
    set_policy(&app.office, &Actor::Operator, &policy).expect("a policy");
}

/// A need without the enterprise's mail, offered to that expert; gives need and assignment.
fn offered(app: &App, expert: &str) -> (String, String) {
    let mut body = need();
    body["enterprise"]["contact_email"] = json!(null);
    let id = app.liaison.submits(&body);
    let assignment = app.liaison.asks(&id, expert, &[]);
    (id, assignment)
}

fn reminder_times(app: &App, assignment: &str) -> Vec<Value> {
    app.liaison.assignment(assignment)["reminders"].as_array().cloned().unwrap_or_default()
}

fn a_policy_change_never_touches_offers_already_out(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let (_, before) = offered(&app, &shen);
    app.tick();
    app.advance(chrono::TimeDelta::minutes(1));
    set(&app, |letters| letters.reminders = vec!["6h".parse().expect("a point")]);
    let (_, after) = offered(&app, &xu);
    app.tick();
    app.advance_to("2026-03-12T12:00:00+08:00");
    let (old, new) = (app.letters_to(&address("沈知行")), app.letters_to(&address("许望舒")));
    assert_eq!(old.len(), 3, "the offer, and both reminders it was made with");
    assert_eq!(new.len(), 1, "the offer; its only reminder is six hours before the end");
    app.advance_to("2026-03-12T18:00:01+08:00");
    assert_eq!((app.letters_to(&address("沈知行")).len(), app.letters_to(&address("许望舒")).len()), (3, 2));
    assert_eq!((reminder_times(&app, &before).len(), reminder_times(&app, &after).len()), (2, 1));
}

fn two_reminders_of_one_person_are_one_digest(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let (_, first) = offered(&app, &shen);
    let (_, second) = offered(&app, &shen);
    app.tick();
    assert_eq!(app.letters_to(&address("沈知行")).len(), 2, "two offers are two letters");
    app.advance_to("2026-03-11T17:00:01+08:00");
    let letters = app.letters_to(&address("沈知行"));
    assert_eq!(letters.len(), 3, "one digest");
    let digest = &letters[0];
    assert!(digest.subject.contains("2 件事"), "{}", digest.subject);
    let links: Vec<String> = digest.links.iter().filter(|link| link.contains("/l/")).cloned().collect();
    assert_eq!(links.len(), 2, "each matter has its own link: {}", digest.text);
    for assignment in [&first, &second] {
        let sent = reminder_times(&app, assignment);
        assert!(!sent[0]["sent_at"].is_null(), "each reminder counts as sent: {sent:?}");
    }
    for link in &links {
        assert_eq!(Holder::of(link.as_str()).looks().status, 200);
        Holder::of(link.as_str()).posts(&[("answer", "accept")]);
    }
    for assignment in [&first, &second] {
        assert_eq!(app.liaison.assignment(assignment)["state"], "accepted");
    }
}

fn an_answer_stops_what_was_gathered(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let (_, first) = offered(&app, &shen);
    let (_, second) = offered(&app, &shen);
    app.tick();
    let link = app.link_to(&address("沈知行"));
    Holder::of(link).posts(&[("answer", "decline"), ("reason", "time")]);
    app.advance_to("2026-03-11T17:00:01+08:00");
    let letters = app.letters_to(&address("沈知行"));
    assert_eq!(letters.len(), 3, "one reminder is left");
    assert!(!letters[0].subject.contains("件事"), "and it is an ordinary one: {}", letters[0].subject);
    let states: Vec<Value> = [&first, &second].iter().map(|id| app.liaison.assignment(id)["state"].clone()).collect();
    assert!(states.contains(&json!("declined")) && states.contains(&json!("offered")), "{states:?}");
}

fn offers_are_never_merged(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    for _ in 0..2 {
        let id = app.liaison.submits(&need());
        app.liaison.asks(&id, &shen, &[&xu]);
    }
    app.tick();
    // Both lapse at 24:00; both reserves' letters wait for the morning and leave together, each alone.
    app.advance_to("2026-03-13T08:00:01+08:00");
    let letters = app.letters_to(&address("许望舒"));
    assert_eq!(letters.len(), 2, "{:?}", letters.iter().map(|letter| &letter.subject).collect::<Vec<_>>());
    // What he is told of both lapses comes in one.
    let told = app.letters_to(&address("沈知行"));
    assert!(told[0].subject.contains("2 件事"), "{}", told[0].subject);
}

fn the_letter_too_many_waits_for_the_morning_and_the_trail_says_so(backend: Backend) {
    let app = App::start(backend);
    set(&app, |letters| {
        letters.letters_a_day = 1;
        letters.digest_minutes = 0;
    });
    let shen = app.manager.registers(&expert("沈知行"));
    offered(&app, &shen);
    app.tick();
    app.advance_to("2026-03-10T11:00:00+08:00");
    let (second, _) = offered(&app, &shen);
    app.tick();
    // Half of the way: 17:00 for the first, 17:30 for the second.
    app.advance_to("2026-03-11T20:59:00+08:00");
    assert_eq!(app.letters_to(&address("沈知行")).len(), 3, "two offers and one letter more");
    let trail = app.auditor.get(&format!("/api/v1/audit?subject={second}")).expect(200).text;
    assert!(trail.contains("letter-held") && trail.contains("letters-a-day"), "{trail}");
    app.advance_to("2026-03-12T08:00:01+08:00");
    assert_eq!(app.letters_to(&address("沈知行")).len(), 4, "it leaves in the morning");
}

fn a_task_nobody_acts_on_climbs_until_somebody_does(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let (id, _) = offered(&app, &shen);
    app.tick();
    Holder::of(app.link_to(&address("沈知行"))).posts(&[("answer", "decline"), ("reason", "time")]);
    app.tick();
    let escalated = |to: &str| app.letters_to(to).iter().filter(|letter| letter.text.contains("没有人处理")).count();
    app.advance_to("2026-03-10T13:59:00+08:00");
    assert_eq!((escalated("lin@staff.example"), escalated("meng@staff.example")), (0, 0));
    app.advance_to("2026-03-10T14:00:01+08:00");
    assert_eq!((escalated("lin@staff.example"), escalated("meng@staff.example")), (1, 0), "owner and head first");
    app.advance_to("2026-03-11T10:00:01+08:00");
    assert_eq!(escalated("meng@staff.example"), 1, "then the managers");
    app.advance_to("2026-03-12T10:00:02+08:00");
    assert_eq!(escalated("meng@staff.example"), 2, "then daily");
    app.liaison.asks(&id, &xu, &[]);
    app.advance_to("2026-03-12T20:00:00+08:00");
    let before = escalated("meng@staff.example");
    Holder::of(app.link_to(&address("许望舒"))).posts(&[("answer", "accept")]);
    app.advance_to("2026-03-16T12:00:00+08:00");
    assert_eq!(escalated("meng@staff.example"), before, "somebody acted");
}

fn retries_do_not_ring_at_night(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let (_, assignment) = offered(&app, &shen);
    app.tick();
    // The desk is down from before the reminder until late in the evening.
    app.clock.move_to(crate::support::app::at("2026-03-11T22:30:00+08:00"));
    app.tick();
    assert_eq!(app.letters_to(&address("沈知行")).len(), 1, "a reminder overdue at night waits");
    assert!(app.liaison.assignment(&assignment)["notified_at"].is_string());
    app.advance_to("2026-03-12T08:00:01+08:00");
    assert_eq!(app.letters_to(&address("沈知行")).len(), 2);
}
