//! The change log is pruned of what everybody has followed, by several nodes at once, and nothing is missed.

use super::{built, followed};
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::need;
use chrono::TimeDelta;
use diesel::RunQueryDsl;
use diesel::sql_types::BigInt;
use zhipai::actions::prune_changes::prune_changes;
use zhipai::db;

on_both!(
    what_all_have_followed_goes_and_the_rest_stays,
    answers_to_old_keys_go,
    whoever_was_away_too_long_reads_everything_anew,
);

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn count(app: &App, table: &str) -> i64 {
    let mut reader = app.office.read().expect("a reader");
    let row: Count =
        diesel::sql_query(format!("SELECT count(*) AS n FROM {table}")).get_result(&mut *reader).expect("n");
    row.n
}

/// Everything that is committed has been passed: on a shared PostgreSQL somebody else's transaction may hold the horizon.
fn prune_until(app: &App, done: impl Fn() -> bool) {
    for _ in 0..2_000 {
        app.clock.advance(TimeDelta::minutes(11));
        app.office.follow_index().expect("follows");
        prune_changes(&app.office).expect("prunes");
        if done() {
            return;
        }
        std::thread::yield_now();
    }
    panic!("the log stays as long as it was: {}", count(app, "changes"));
}

fn what_all_have_followed_goes_and_the_rest_stays(backend: Backend) {
    let app = App::start(backend);
    for _ in 0..5 {
        app.liaison.submits(&need());
    }
    assert!(count(&app, "changes") >= 5);
    prune_until(&app, || count(&app, "changes") == 0);
    // Another node, seen lately, that is far behind holds the log.
    let behind = {
        let mut reader = app.office.read().expect("a reader");
        db::changes::end(&mut reader).expect("an end")
    };
    app.office
        .write(|tx| Ok(db::changes::report(tx.conn, "another node", behind, tx.now.naive_utc())?))
        .expect("reported");
    app.liaison.submits(&need());
    app.clock.advance(TimeDelta::minutes(11));
    app.office.follow_index().expect("follows");
    prune_changes(&app.office).expect("prunes");
    assert!(count(&app, "changes") > 0, "what another node has not seen stays");
    let entries = db::changes::since(&mut app.office.read().expect("a reader"), behind).expect("reads");
    assert!(!entries.expect("the log reaches back").0.is_empty());
    // A day later nobody waits for it any more.
    app.clock.advance(TimeDelta::days(2));
    prune_until(&app, || count(&app, "changes") == 0);
    assert_eq!(followed(&app), built(&app));
    app.liaison.submits(&need());
    assert_eq!(followed(&app), built(&app), "the log goes on after it was pruned to nothing");
}

fn whoever_was_away_too_long_reads_everything_anew(backend: Backend) {
    let app = App::start(backend);
    let old = {
        let mut reader = app.office.read().expect("a reader");
        db::changes::end(&mut reader).expect("an end")
    };
    app.liaison.submits(&need());
    prune_until(&app, || count(&app, "changes") == 0);
    let told = db::changes::since(&mut app.office.read().expect("a reader"), old).expect("reads");
    assert!(told.is_none(), "a watermark below the floor is told so");
    assert_eq!(followed(&app), built(&app), "who was there is not concerned");
}

fn answers_to_old_keys_go(backend: Backend) {
    let app = App::start(backend);
    app.liaison.post_once("/api/v1/needs", "key-1", &need()).expect(201);
    app.clock.advance(TimeDelta::days(3));
    let second = app.liaison.post_once("/api/v1/needs", "key-2", &need()).expect(201);
    app.clock.advance(TimeDelta::days(5));
    prune_until(&app, || count(&app, "idempotency") == 1);
    let again = app.liaison.post_once("/api/v1/needs", "key-2", &need()).expect(201);
    assert_eq!(again.id(), second.id(), "the younger key still stands for its first answer");
}
