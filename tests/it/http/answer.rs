//! Every corner of the answer (rules.md, "The answer").

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use chrono::TimeDelta;
use serde_json::json;

on_both!(
    a_double_click_accepts_once,
    declining_is_lawful_and_closes_the_file,
    a_question_stops_the_clock_once,
    a_question_nobody_replies_to_restarts_by_itself,
    a_late_accept_counts_while_the_seat_is_free,
    staff_enter_a_phone_answer_and_the_expert_is_told,
    a_confidential_need_hides_its_text_until_accepted,
    a_release_is_no_breach,
    retraction_tells_everybody,
);

fn offered(app: &App, names: &[&str]) -> (String, String, Vec<String>) {
    let experts: Vec<String> = names.iter().map(|name| app.manager.registers(&expert(name))).collect();
    let id = app.liaison.submits(&need());
    let reserves: Vec<&str> = experts[1..].iter().map(String::as_str).collect();
    let assignment = app.liaison.asks(&id, &experts[0], &reserves);
    app.tick();
    (id, assignment, experts)
}

fn a_double_click_accepts_once(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment, _) = offered(&app, &["沈知行"]);
    let link = app.link_to(&address("沈知行"));
    let clicks: Vec<u16> = std::thread::scope(|scope| {
        let both: Vec<_> =
            (0..4).map(|_| scope.spawn(|| Holder::of(link.as_str()).posts(&[("answer", "accept")]).status)).collect();
        both.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(clicks.iter().all(|status| *status < 500), "{clicks:?}");
    let trail = app
        .auditor
        .get(&format!("/api/v1/audit?subject={}", app.liaison.assignment(&assignment)["need"]["id"].as_str().unwrap()));
    assert_eq!(trail.text.matches("offer-accepted").count(), 1);
    assert!(Holder::of(link).looks().expect(200).text.contains("13900139000"), "the link shows what is theirs now");
}

fn declining_is_lawful_and_closes_the_file(backend: Backend) {
    let app = App::start(backend);
    let (id, assignment, experts) = offered(&app, &["沈知行", "许望舒"]);
    let link = Holder::of(app.link_to(&address("沈知行")));
    let without = link.posts(&[("answer", "decline")]);
    assert_eq!(without.status, 422, "a reason is asked for");
    link.posts(&[("answer", "decline"), ("reason", "travel"), ("busy_until", "2026-03-20")]);
    assert_eq!(app.liaison.assignment(&assignment)["state"], "declined");
    let page = link.looks();
    assert!(page.status == 200 || page.status == 410, "{}", page.status);
    assert!(!page.text.contains("压力传感器"), "the file is closed to that link");
    // The next reserve is asked at once, within office hours.
    app.tick();
    let next = app.liaison.get(&format!("/api/v1/assignments?need={id}&state=offered")).expect(200).body;
    assert_eq!(next["items"][0]["expert"]["id"].as_str(), Some(experts[1].as_str()));
    // Busy-until became leave, and no incident was recorded.
    let other = app.liaison.submits(&need());
    let why = app.liaison.get(&format!("/api/v1/needs/{other}/candidates/{}", experts[0])).expect(200);
    assert!(why.text.contains("leave"), "{}", why.text);
    let expert = app.manager.get(&format!("/api/v1/experts/{}", experts[0])).expect(200);
    assert_eq!(expert.body["standing"], "active");
}

fn a_question_stops_the_clock_once(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment, _) = offered(&app, &["沈知行"]);
    let link = Holder::of(app.link_to(&address("沈知行")));
    app.advance_to("2026-03-12T15:00:00+08:00");
    link.posts(&[("answer", "question"), ("note", "对方专利号是多少？")]);
    let again = link.posts(&[("answer", "question"), ("note", "还有一个问题")]);
    assert_eq!(again.status, 409, "one question per offer");
    // Past the old due instant nothing lapses: the clock stands.
    app.advance_to("2026-03-13T10:00:00+08:00");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered");
    app.liaison
        .post(&format!("/api/v1/assignments/{assignment}/reply"), &json!({"text": "专利号见律师函第二页。"}))
        .expect(200);
    let row = app.liaison.assignment(&assignment);
    assert_eq!(row["answer_due_at"], "2026-03-14T16:00:00Z", "24:00 of the day after the reply");
    app.tick();
    assert!(app.letters_to(&address("沈知行"))[0].text.contains("律师函第二页"));
    link.posts(&[("answer", "accept")]);
    let row = app.liaison.assignment(&assignment);
    assert_eq!((&row["state"], &row["late"]), (&json!("accepted"), &json!(false)));
}

fn a_question_nobody_replies_to_restarts_by_itself(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment, _) = offered(&app, &["沈知行"]);
    Holder::of(app.link_to(&address("沈知行"))).posts(&[("answer", "question"), ("note", "可否线上？")]);
    // Wednesday 24:00: 站长 and managers get the task; Thursday 24:00: the clock runs again.
    app.advance_to("2026-03-12T08:30:00+08:00");
    assert!(app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("question-overdue"));
    app.advance_to("2026-03-13T08:30:00+08:00");
    assert_eq!(app.liaison.assignment(&assignment)["answer_due_at"], "2026-03-14T16:00:00Z");
    app.advance_to("2026-03-15T00:00:01+08:00");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "lapsed");
}

fn a_late_accept_counts_while_the_seat_is_free(backend: Backend) {
    let app = App::start(backend);
    let (id, first, experts) = offered(&app, &["沈知行", "许望舒"]);
    let link = Holder::of(app.link_to(&address("沈知行")));
    app.advance_to("2026-03-13T09:00:00+08:00");
    assert_eq!(app.liaison.assignment(&first)["state"], "lapsed");
    let open = app.liaison.get(&format!("/api/v1/assignments?need={id}&state=offered")).expect(200).body;
    let second = open["items"][0]["id"].as_str().expect("the reserve was asked").to_owned();
    assert!(
        link.looks().expect(200).text.contains("压力传感器"),
        "after a lapse the link stays open while the seat is free"
    );
    link.posts(&[("answer", "accept")]);
    let row = app.liaison.assignment(&first);
    assert_eq!((&row["state"], &row["late"]), (&json!("accepted"), &json!(true)));
    assert_eq!(app.liaison.assignment(&second)["state"], "void");
    app.tick();
    assert!(app.letters_to(&address("许望舒")).len() >= 2, "whoever was asked meanwhile is told");
    let told = Holder::of(app.letters_to(&address("许望舒")).last().unwrap().links[0].clone()).looks();
    assert!(!told.text.contains("压力传感器"));
    let refused =
        Holder::of(app.letters_to(&address("许望舒")).last().unwrap().links[0].clone()).posts(&[("answer", "accept")]);
    assert!(refused.status == 409 || refused.status == 303, "{}", refused.status);
    assert_eq!(app.liaison.need(&id)["state"], "accepted");
    assert_eq!(experts.len(), 2);
}

fn staff_enter_a_phone_answer_and_the_expert_is_told(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment, _) = offered(&app, &["沈知行"]);
    let body = json!({"answer": "accept", "channel": "phone"});
    assert_eq!(
        app.other_liaison.post(&format!("/api/v1/assignments/{assignment}/answer"), &body).status,
        404,
        "least privilege by station"
    );
    app.liaison.post(&format!("/api/v1/assignments/{assignment}/answer"), &body).expect(200);
    assert_eq!(app.liaison.assignment(&assignment)["answered_by"], "phone");
    app.tick();
    let told = app
        .letters_to(&address("沈知行"))
        .into_iter()
        .find(|letter| letter.text.contains("非本人操作"))
        .expect("confirmed");
    let link = told.links.iter().find(|link| link.contains("/l/")).unwrap().clone();
    Holder::of(link).posts(&[("act", "contest"), ("answer", "contest")]);
    assert!(app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("not-my-answer"));
}

fn a_confidential_need_hides_its_text_until_accepted(backend: Backend) {
    let app = App::start(backend);
    app.manager.registers(&expert("沈知行"));
    let shen =
        app.manager.get("/api/v1/experts?q=沈知行").expect(200).body["items"][0]["id"].as_str().unwrap().to_owned();
    let mut secret = need();
    secret["confidential"] = json!(true);
    let id = app.liaison.submits(&secret);
    app.liaison.asks(&id, &shen, &[]);
    app.tick();
    let letter = app.letters_to(&address("沈知行")).remove(0);
    let link = Holder::of(app.link_to(&address("沈知行")));
    for text in [&letter.text, &letter.html, &letter.subject, &link.looks().expect(200).text] {
        assert!(!text.contains("压力传感器"), "{text}");
    }
    assert!(letter.text.contains("铂影测控") && letter.text.contains("云岫传感"), "names stay, for the conflict check");
    link.posts(&[("answer", "accept")]);
    assert!(link.looks().expect(200).text.contains("压力传感器"));
}

fn a_release_is_no_breach(backend: Backend) {
    let app = App::start(backend);
    let (id, first, experts) = offered(&app, &["沈知行", "许望舒"]);
    let link = Holder::of(app.link_to(&address("沈知行")));
    link.posts(&[("answer", "accept")]);
    link.posts(&[("act", "release"), ("reason", "临时出差")]);
    assert_eq!(app.liaison.assignment(&first)["state"], "released");
    app.tick();
    let next = app.liaison.get(&format!("/api/v1/assignments?need={id}&state=offered")).expect(200).body;
    assert_eq!(next["items"][0]["expert"]["id"].as_str(), Some(experts[1].as_str()), "the chain goes on");
    let row = &app.manager.get("/api/v1/dashboard/answers?from=2026-03-01&to=2026-03-31&by=expert").expect(200).body;
    assert!(!row.to_string().contains("\"lapsed\":1"), "{row}");
    assert!(!link.looks().text.contains("13900139000"), "the file is closed after a release");
}

fn retraction_tells_everybody(backend: Backend) {
    let app = App::start(backend);
    let (id, assignment, _) = offered(&app, &["沈知行", "许望舒"]);
    let link = Holder::of(app.link_to(&address("沈知行")));
    app.liaison.post(&format!("/api/v1/needs/{id}/retraction"), &json!({"reason": "企业已自行和解"})).expect(200);
    assert_eq!(app.liaison.need(&id)["state"], "retracted");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "void");
    app.advance(TimeDelta::hours(1));
    assert!(app.letters_to(&address("沈知行")).len() >= 2 && app.letters_to("zhou@yunxiu.example").len() >= 2);
    assert!(app.letters_to(&address("许望舒")).is_empty(), "a reserve who was never asked hears nothing");
    assert!(!link.looks().text.contains("压力传感器"));
}
