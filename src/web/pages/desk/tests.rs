//! The desk rendered with sample rows, in both languages.

use super::*;
use crate::i18n::Lang;
use crate::web::frame::SiteInfo;
use crate::web::pages::need::words::Tag;
use askama::Template;

fn frame(l: L) -> Frame {
    Frame {
        l,
        lang: l.0.tag(),
        theme: "auto",
        large: false,
        here: "desk",
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

fn page(l: L, role: Role) -> DeskPage {
    let counts = DeskCounts { unanswered: 1, due_today: 2, ..DeskCounts::default() };
    let task = TaskView {
        tag: Tag { kind: "late", symbol: "alert", text: l.t(&format!("task-{}", TaskKind::Unanswered)) },
        number: "XQ-2026-000123".to_owned(),
        enterprise: "序元半导体".to_owned(),
        pieces: vec!["布图".to_owned(), "设计".to_owned()],
        href: "/needs/1".to_owned(),
        why: "…".to_owned(),
        act: "…".to_owned(),
        act_href: "/needs/1/candidates".to_owned(),
    };
    let row = ClockRow {
        href: "/needs/1".to_owned(),
        title: "<b>".to_owned(),
        enterprise: "乙".to_owned(),
        number: "XQ-2026-000124".to_owned(),
        station: "丙".to_owned(),
        expert: "丁".to_owned(),
        round: l.a("desk-round", &[("n", "2")]),
        until: Until::default(),
    };
    let empty = role == Role::Auditor;
    DeskPage {
        f: frame(l),
        now: String::new(),
        place: "戊".to_owned(),
        may_submit: role == Role::Liaison,
        stats: stats(l, role, &counts).into_iter().chain(manager_stats(l, 1, 2, 3)).collect(),
        tasks_say: tasks_say(l, 1, 3),
        tasks: if empty { Vec::new() } else { vec![task] },
        in_hand: (role == Role::Liaison).then(Vec::new),
        clocks: (role == Role::Manager).then(|| vec![row]),
        cases: (role == Role::Manager).then(Vec::new),
        stations: vec![("/stations/1".to_owned(), "己".to_owned())],
        mail: (role == Role::Admin).then(|| {
            let now = chrono::DateTime::from_timestamp(0, 0).expect("a moment");
            machine::mail(l, now, &db::office_health::MailHealth::default())
        }),
        verified: (role == Role::Admin).then(|| verified::verified(l, &[], None)),
        hints: vec![Hint { kind: "soon", text: l.t("desk-hint-second-factor") }],
        reads: empty,
        news: Vec::new(),
    }
}

#[test]
fn every_role_has_a_desk_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        for role in Role::ALL {
            let html = page(L(lang), *role).render().expect("renders");
            assert!(!html.contains('⟦'), "{role} {lang:?}: {}", html.split('⟦').nth(1).unwrap_or_default());
            assert!(!html.contains("<b></a>"), "titles are escaped");
            assert_eq!(html.contains("href=\"/needs/new\""), *role == Role::Liaison, "{role}");
        }
    }
}
