//! The answers in memory are those of the database after every deed, and every figure has exactly its cases behind it.

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use chrono::{NaiveDate, TimeDelta};
use serde_json::json;
use zhipai::actions::answer_book::BoardSpan;
use zhipai::db::{self, cases::CaseFilter};
use zhipai::domain::figures::{By, Measure};
use zhipai::domain::role::{Role, Scope, Staff};

on_both!(figures_and_cases_agree_after_every_deed, every_desk_can_be_read);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn scopes(app: &App) -> [Scope; 4] {
    [
        Scope::Everything,
        Scope::Regions(vec!["110108".to_owned()]),
        Scope::Station(app.station),
        Scope::Station(app.other_station),
    ]
}

fn agree(app: &App, after: &str) {
    for scope in scopes(app) {
        for by in By::ALL {
            let span = BoardSpan { from: day("2026-03-01"), to: day("2026-03-31"), by: *by, region: None };
            let (held, board) = app
                .office
                .with_answers(|book, conn| Ok((book.table(conn, &scope, &span)?, book.board(conn, &scope, &span, 5)?)))
                .unwrap();
            let mut reader = app.office.read().unwrap();
            let fresh = db::answers::table(&mut reader, &scope, span.from, span.to, *by).unwrap();
            assert_eq!(held, fresh, "{after}: {by} in {scope:?}");
            assert_eq!(board.table.total, fresh.total, "{after}: {by} in {scope:?}");
            let rows = fresh.rows.iter().map(|row| (Some((*by, row.key.clone())), &row.figures));
            for (row, figures) in rows.chain([(None, &fresh.total)]) {
                for measure in Measure::ALL {
                    let filter = CaseFilter {
                        enterprise: None,
                        from: span.from,
                        to: span.to,
                        measure: *measure,
                        not_on_time: false,
                        row: row.clone(),
                        region: None,
                        reason: None,
                        minutes: None,
                        after: None,
                    };
                    let page = db::cases::page(&mut reader, &scope, &filter, 100).unwrap();
                    let (behind, said) = (page.lines.len() as u64, figures.of(*measure));
                    assert_eq!(behind, said, "{after}: {measure} of {row:?} in {scope:?}");
                }
            }
        }
    }
}

fn figures_and_cases_agree_after_every_deed(backend: Backend) {
    let app = App::start(backend);
    agree(&app, "nothing");
    let names = ["准时者", "婉拒者", "提问者", "沉默者"];
    let ids: Vec<String> = names.iter().map(|name| app.manager.registers(&expert(name))).collect();
    let mut assignments = Vec::new();
    for id in &ids {
        let need = app.liaison.submits(&need());
        assignments.push(app.liaison.asks(&need, id, &[]));
        app.tick();
    }
    agree(&app, "offered");
    let links: Vec<_> = names.iter().map(|name| app.link_to(&address(name))).collect();
    app.advance(TimeDelta::hours(3));
    Holder::of(links[0].clone()).posts(&[("answer", "accept")]);
    agree(&app, "accepted");
    let declined = json!({"answer": "decline", "reason": "load", "channel": "phone"});
    app.liaison.post(&format!("/api/v1/assignments/{}/answer", assignments[1]), &declined).expect(200);
    agree(&app, "declined by phone");
    Holder::of(links[2].clone()).posts(&[("answer", "question"), ("note", "有没有带时间的底稿？")]);
    agree(&app, "asked");
    app.advance(TimeDelta::days(4));
    agree(&app, "lapsed");
    Holder::of(links[3].clone()).posts(&[("answer", "accept")]);
    agree(&app, "accepted late");
    let mut reader = app.office.read().unwrap();
    let all =
        db::answers::table(&mut reader, &Scope::Everything, day("2026-03-01"), day("2026-03-31"), By::Expert).unwrap();
    let total = all.total;
    assert_eq!((total.offered, total.on_time, total.late, total.lapsed, total.open_not_due), (4, 3, 1, 0, 0));
}

fn every_desk_can_be_read(backend: Backend) {
    let app = App::start(backend);
    let id = app.manager.registers(&expert("接单者"));
    let need = app.liaison.submits(&need());
    app.liaison.asks(&need, &id, &[]);
    app.tick();
    let now = app.office.now();
    let mut reader = app.office.read().unwrap();
    for (role, scope, account) in [
        (Role::Liaison, Scope::Station(app.station), app.liaison.account),
        (Role::Manager, Scope::Everything, app.manager.account),
        (Role::Manager, Scope::Regions(vec!["110108".to_owned()]), app.manager.account),
    ] {
        let station = (role == Role::Liaison).then_some(app.station);
        let staff = Staff { account, role, scope: scope.clone(), station };
        let desk = db::desk::read(&mut reader, &staff, now).unwrap();
        assert_eq!((desk.clocks.len(), desk.counts.offering), (1, 1), "{scope:?}");
        let since = (now - TimeDelta::days(1)).naive_utc();
        let news = db::recent::news(&mut reader, &scope, &[need.parse().unwrap()], since, 8).unwrap();
        assert!(!news.is_empty(), "{scope:?}");
        assert!(db::office_health::cases_waiting(&mut reader, &staff).unwrap().is_empty());
        db::office_health::stations_without_liaison(&mut reader, &scope, now, 9).unwrap();
        db::office_health::to_review(&mut reader, &scope).unwrap();
    }
    assert_eq!(db::office_health::mail_health(&mut reader, now).unwrap().failed, 0);
    assert_eq!(db::desk::in_hand(&mut reader, app.station, 9).unwrap().len(), 1);
    let foreign = Scope::Station(app.other_station);
    assert!(db::desk::clocks(&mut reader, &foreign).unwrap().is_empty());
    assert!(db::recent::news(&mut reader, &foreign, &[], now.naive_utc(), 8).unwrap().is_empty());
}
