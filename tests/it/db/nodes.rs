//! Several nodes on one PostgreSQL: leases with fences, one number series, indexes that follow each other's changes.

use crate::support::app::{App, at, sender};
use crate::support::backend::Backend;
use crate::support::people::{address, expert, need};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use zhipai::actions::record_notice::{Delivery, record_delivery};
use zhipai::actions::{Office, Settings};
use zhipai::clock::{Chance, Clock};
use zhipai::db::{self, Db};
use zhipai::domain::role::Scope;
use zhipai::jobs::{Desk, TickReport, sweep_due, tick};
use zhipai::mail::{MailboxFile, Mailer};
use zhipai::seal::Keyring;
use zhipai::search::{IndexHome, Kind, SearchQuery};

/// A second node on the app's database.
fn second_node(app: &App) -> (Arc<Office>, Arc<MailboxFile>, Desk) {
    let clock: Arc<dyn Clock> = app.clock.clone();
    let keys = Keyring::new(BTreeMap::from([(1, [42; 32])])).expect("keys");
    let settings = Settings { base_url: app.base_url.clone(), connections: 4, second_factor: false, mail_off: false };
    let index = IndexHome::in_memory();
    let db = Db::open(&app.database.url, 4).expect("opens");
    let office =
        Arc::new(Office::open(db, clock, Chance::seeded(8), keys, settings, (index, None)).expect("an office"));
    let mailbox = Arc::new(MailboxFile::in_memory());
    let mailer: Arc<dyn Mailer> = mailbox.clone();
    let desk = Desk::new(office.clone(), Some(mailer), sender());
    (office, mailbox, desk)
}

#[test]
fn two_nodes_send_each_letter_once() {
    let app = App::start(Backend::Postgres);
    let (_, other_mailbox, other_desk) = second_node(&app);
    let names = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"];
    for name in names {
        let id = app.manager.registers(&expert(name));
        let need = app.liaison.submits(&need());
        app.liaison.asks(&need, &id, &[]);
    }
    std::thread::scope(|scope| {
        scope.spawn(|| tick(&app.desk).expect("a round"));
        scope.spawn(|| tick(&other_desk).expect("a round"));
    });
    tick(&app.desk).expect("a round");
    for name in names {
        let sent = app.letters_to(&address(name)).len() + other_mailbox.entries(Some(&address(name)), None).len();
        assert_eq!(sent, 1, "{name}");
    }
}

/// A node that was paused longer than its lease comes back: what it writes is refused by the fence.
#[test]
fn a_paused_node_writes_nothing_after_its_lease() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let app = App::start(backend);
        let id = app.manager.registers(&expert("沈知行"));
        let need = app.liaison.submits(&need());
        let assignment = app.liaison.asks(&need, &id, &[]);
        let claim = |app: &App| {
            app.office
                .write(|tx| {
                    let now = tx.now.naive_utc();
                    Ok(db::outbox::claim(tx.conn, now, now + chrono::TimeDelta::minutes(5), 50)?)
                })
                .expect("claimed")
        };
        let mine = claim(&app);
        assert!(claim(&app).is_empty(), "a leased letter is nobody else's");
        app.clock.advance(chrono::TimeDelta::minutes(6));
        let theirs = claim(&app);
        assert_eq!(mine.len(), theirs.len(), "an abandoned lease is taken over");
        let delivered =
            Delivery::Accepted { text: String::new(), sha256: String::new(), template_version: "t".to_owned() };
        for letter in &mine {
            assert!(!record_delivery(&app.office, letter, &delivered).expect("answers"), "the fence holds");
        }
        assert!(app.liaison.assignment(&assignment)["notified_at"].is_null());
        for letter in &theirs {
            assert!(record_delivery(&app.office, letter, &delivered).expect("answers"));
        }
        assert!(!app.liaison.assignment(&assignment)["notified_at"].is_null());
    }
}

#[test]
fn each_nodes_index_and_pool_follow_the_others_changes() {
    let app = App::start(Backend::Postgres);
    let (other, _, other_desk) = second_node(&app);
    let expert_id = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    tick(&other_desk).expect("a round");
    let found = other.index.search(&SearchQuery::of(Kind::Need, "压力传感器", Scope::Everything, 0)).expect("searches");
    assert_eq!(found.hits.into_iter().map(|hit| hit.id).collect::<Vec<_>>(), vec![id]);
    let known = other.with_pool(|pool| Ok(pool.slot(expert_id.parse().expect("an id")).is_some())).expect("a pool");
    assert!(known);
}

/// While one node has a letter of the desk for somebody in hand, another node's letters for the same person wait a moment:
/// nobody's letters of a day are counted twice over, and what belongs into one digest is in one.
#[test]
fn one_node_at_a_time_writes_to_a_person() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let app = App::start(backend);
        let shen = app.manager.registers(&expert("沈知行"));
        for _ in 0..2 {
            let mut body = need();
            body["enterprise"]["contact_email"] = json!(null);
            let id = app.liaison.submits(&body);
            app.liaison.asks(&id, &shen, &[]);
        }
        app.tick();
        let before = app.letters_to(&address("沈知行")).len();
        app.clock.move_to(at("2026-03-11T17:00:01+08:00"));
        sweep_due(&app.desk, &mut TickReport::default()).expect("both reminders are owed");
        let theirs = app
            .office
            .write(|tx| {
                let now = tx.now.naive_utc();
                Ok(db::outbox::claim(tx.conn, now, now + chrono::TimeDelta::minutes(5), 1)?)
            })
            .expect("claimed");
        assert_eq!(theirs.len(), 1);
        app.tick();
        assert_eq!(
            app.letters_to(&address("沈知行")).len(),
            before,
            "the other reminder waits for the node that has one"
        );
        // That node never comes back.
        app.clock.advance(chrono::TimeDelta::minutes(6));
        app.tick();
        let letters = app.letters_to(&address("沈知行"));
        assert_eq!(letters.len(), before + 1, "{:?}", letters.iter().map(|one| &one.subject).collect::<Vec<_>>());
        assert!(letters[0].subject.contains("2 件事"), "{}", letters[0].subject);
    }
}
