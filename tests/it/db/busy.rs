//! F4: a database that is too busy. All connections taken, somebody else holding the writer, a standby that cannot be
//! written: whoever calls is told "not now" with when to come again, never 201 for nothing, and it works again by itself.
//! Deadlocks and serialization failures, forced here for real, are nobody's business but the deed's, which is run again.

use crate::on_both;
use crate::support::app::{App, CONNECTIONS, Shape};
use crate::support::backend::Backend;
use crate::support::people::{Told, expert, need};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use zhipai::actions::{ActionError, Done};
use zhipai::db::schema::{changes, enterprises, needs};
use zhipai::db::{self, Db, DbFault};
use zhipai::ids::ExpertId;

on_both!(all_connections_taken_is_a_clear_not_now, a_new_enterprise_met_by_many_at_once_is_one,);

/// How long a call waits for a connection here: short enough to be waited for.
const SOON: Duration = Duration::from_secs(2);
/// At most this long for what another thread or the database is about to do; shorter than the half minute after which the
/// database ends a transaction that stands still.
const AT_MOST: Duration = Duration::from_secs(20);

/// Asks again until it is given: opening a connection on a machine that has other work may take longer than [`SOON`].
fn given<T>(mut ask: impl FnMut() -> Done<T>) -> T {
    let until = Instant::now() + AT_MOST;
    loop {
        match ask() {
            Ok(given) => return given,
            Err(error) => assert!(Instant::now() < until, "{error:?}"),
        }
    }
}

/// One of two who wait for each other, but not for ever.
struct End(Sender<()>, Receiver<()>);

impl End {
    fn both() -> [Self; 2] {
        let ((to_one, one), (to_other, other)) = (channel(), channel());
        [Self(to_other, one), Self(to_one, other)]
    }

    fn meets_the_other(&self) {
        self.0.send(()).expect("the other is there");
        self.1.recv_timeout(AT_MOST).expect("the other comes");
    }
}

fn needs_there(app: &App) -> i64 {
    needs::table.count().get_result(&mut *app.office.read().expect("a reader")).expect("counts")
}

/// "Not now": 503 with when to come again, in words that say that nothing was taken on.
fn not_now(told: &Told) {
    assert_eq!(told.status, 503, "{}", told.text);
    assert_eq!(told.headers.get("retry-after").and_then(|value| value.to_str().ok()), Some("5"));
    assert_eq!(told.body["code"], "unavailable", "{}", told.text);
    assert!(told.text.contains("没有受理") || told.text.contains("nothing was taken on"), "{}", told.text);
}

fn all_connections_taken_is_a_clear_not_now(backend: Backend) {
    let app = App::shaped(backend, Shape { lent_within: Some(SOON), ..Shape::default() });
    let first = app.liaison.post_once("/api/v1/needs", "k-0", &need()).expect(201);
    let readers: Vec<_> = (0..CONNECTIONS).map(|_| given(|| app.office.read())).collect();
    not_now(&app.liaison.post_once("/api/v1/needs", "k-1", &need()));
    drop(readers);
    assert_eq!(needs_there(&app), 1, "nothing was taken on");
    let second = app.liaison.post_once("/api/v1/needs", "k-1", &need()).expect(201);
    assert_ne!(first.id(), second.id());
    assert_eq!(needs_there(&app), 2, "well again, with the same key");
}

/// The writers of PostgreSQL are a pool of their own; SQLite's one writer is waited for.
#[test]
fn all_writers_taken_is_a_clear_not_now() {
    let app = App::shaped(Backend::Postgres, Shape { lent_within: Some(SOON), ..Shape::default() });
    let told = std::thread::scope(|scope| {
        let (app, (taken, takers)) = (&app, channel());
        // Whoever holds one lets it go when the other end of its channel is gone, be it by a panic.
        let held: Vec<Sender<()>> = (0..CONNECTIONS)
            .map(|_| {
                let ((held, let_go), taken) = (channel::<()>(), taken.clone());
                scope.spawn(move || {
                    given(|| {
                        app.office.write(|tx| {
                            let _ = db::pulse::last(tx.conn)?;
                            let _ = taken.send(());
                            assert_eq!(let_go.recv_timeout(AT_MOST), Err(RecvTimeoutError::Disconnected), "let go");
                            Ok(())
                        })
                    });
                });
                held
            })
            .collect();
        for _ in 0..CONNECTIONS {
            takers.recv_timeout(AT_MOST).expect("every writer is taken");
        }
        let told = [
            app.liaison.post_once("/api/v1/needs", "k-1", &need()),
            app.liaison.post("/api/v1/needs", &need()),
            // Reading goes on.
            app.liaison.get("/api/v1/needs"),
        ];
        drop(held);
        told
    });
    not_now(&told[0]);
    not_now(&told[1]);
    assert_eq!(told[2].status, 200, "{}", told[2].text);
    assert_eq!(needs_there(&app), 0, "nothing was taken on");
    app.liaison.post_once("/api/v1/needs", "k-1", &need()).expect(201);
}

/// Another process (a command beside the service) holds SQLite's writer for longer than anybody waits. Many who hand
/// something in meanwhile wait together, not one after the other.
#[test]
fn a_writer_held_by_another_process_is_a_clear_not_now() {
    let app = App::start(Backend::Sqlite);
    let other = Db::open(&app.database.url, 1).expect("opens");
    let (alone, told, together) = other
        .write_alone(|conn| {
            conn.begin_write()?;
            let app = &app;
            let began = Instant::now();
            not_now(&app.liaison.post_once("/api/v1/needs", "k-1", &need()));
            let (alone, began) = (began.elapsed(), Instant::now());
            let told = std::thread::scope(|scope| {
                let all = ["k-1", "k-2", "k-3", "k-4"]
                    .map(|key| scope.spawn(move || app.liaison.post_once("/api/v1/needs", key, &need())));
                all.map(|one| one.join().expect("ends"))
            });
            let together = began.elapsed();
            conn.rollback()?;
            Ok::<_, DbFault>((alone, told, together))
        })
        .expect("held");
    told.iter().for_each(not_now);
    // SQLite waits five seconds for the writer; one after the other it would have been four times as long.
    assert!(together < alone * 3, "{together:?} for four, {alone:?} for one");
    assert_eq!(needs_there(&app), 0, "nothing was taken on");
    app.liaison.post_once("/api/v1/needs", "k-1", &need()).expect(201);
}

/// The server a failover leads to cannot be written before it takes over.
#[test]
fn a_standby_is_a_clear_not_now_until_it_takes_over() {
    let app = App::start(Backend::Postgres);
    let name = app.database.url.rsplit('/').next().expect("a name").to_owned();
    let mut beside = PgConnection::establish(&app.database.url).expect("answers");
    let mut over = |sql: String| {
        beside.batch_execute(&sql).expect("set");
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        beside.batch_execute(others).expect("every connection ends");
    };
    over(format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
    not_now(&app.liaison.post_once("/api/v1/needs", "k-1", &need()));
    over(format!("ALTER DATABASE {name} RESET default_transaction_read_only"));
    app.liaison.post_once("/api/v1/needs", "k-1", &need()).expect(201);
    assert_eq!(needs_there(&app), 1);
}

/// How many changes are noted of that kind.
fn noted(app: &App, entity: &str) -> i64 {
    let count = changes::table.filter(changes::entity.eq(entity)).count();
    count.get_result(&mut *app.office.read().expect("a reader")).expect("counts")
}

/// Each locks what the other wants: the database ends one of them, and that deed is run again.
#[test]
fn a_deadlock_is_run_again() {
    let app = App::start(Backend::Postgres);
    let ids: Vec<ExpertId> =
        ["沈知行", "许望舒"].iter().map(|name| app.manager.registers(&expert(name)).parse().expect("an id")).collect();
    let ([here, there], tries) = (End::both(), AtomicUsize::new(0));
    let crosswise = |first: ExpertId, second: ExpertId, end: End| {
        let fresh = AtomicBool::new(true);
        app.office.write(|tx| {
            tries.fetch_add(1, Ordering::SeqCst);
            db::dialect::lock_expert(tx.conn, first)?;
            if fresh.swap(false, Ordering::SeqCst) {
                end.meets_the_other();
            }
            db::dialect::lock_expert(tx.conn, second)?;
            tx.changed("crosswise", first.as_str())
        })
    };
    std::thread::scope(|scope| {
        let (crosswise, ids) = (&crosswise, &ids);
        let one = scope.spawn(move || crosswise(ids[0], ids[1], there));
        crosswise(ids[1], ids[0], here).expect("done");
        one.join().expect("ends").expect("done");
    });
    assert_eq!(tries.load(Ordering::SeqCst), 3, "one of them was run twice");
    assert_eq!(noted(&app, "crosswise"), 2, "each is done once");
}

/// Each decides on what the other is about to change: the database lets one of them pass, and the other is run again.
#[test]
fn a_serialization_failure_is_run_again() {
    let app = App::start(Backend::Postgres);
    let ([here, there], tries) = (End::both(), AtomicUsize::new(0));
    let counts = |end: End| {
        let fresh = AtomicBool::new(true);
        app.office.write(|tx| {
            tries.fetch_add(1, Ordering::SeqCst);
            tx.conn.batch_execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")?;
            let before: i64 = changes::table.filter(changes::entity.eq("in-turn")).count().get_result(tx.conn)?;
            if fresh.swap(false, Ordering::SeqCst) {
                end.meets_the_other();
            }
            tx.changed("in-turn", &before.to_string())?;
            Ok(before)
        })
    };
    let mut seen = std::thread::scope(|scope| {
        let counts = &counts;
        let one = scope.spawn(move || counts(there));
        let other = counts(here).expect("done");
        [one.join().expect("ends").expect("done"), other]
    });
    seen.sort_unstable();
    assert_eq!(seen, [0, 1], "as if one had come after the other");
    assert_eq!((tries.load(Ordering::SeqCst), noted(&app, "in-turn")), (3, 2));
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    value: i64,
}

fn value(conn: &mut PgConnection, sql: &str) -> i64 {
    diesel::sql_query(sql).get_result::<Value>(conn).expect(sql).value
}

/// F10, in the middle of a deed: a node stands still with rows locked. The database ends its transaction, the others go on,
/// and when it goes on itself nothing of it is written.
#[test]
fn a_deed_that_stood_still_writes_nothing() {
    let app = App::start(Backend::Postgres);
    let shen: ExpertId = app.manager.registers(&expert("沈知行")).parse().expect("an id");
    let mut beside = PgConnection::establish(&app.database.url).expect("answers");
    let stood = app.office.write(|tx| {
        // The service's own limit is half a minute.
        tx.conn.batch_execute("SET LOCAL idle_in_transaction_session_timeout = '200ms'")?;
        db::dialect::lock_expert(tx.conn, shen)?;
        tx.changed("stood-still", shen.as_str())?;
        let mine = match tx.conn {
            db::Conn::Pg(conn) => value(conn, "SELECT pg_backend_pid()::bigint AS value"),
            db::Conn::Sqlite(_) => panic!("this is PostgreSQL"),
        };
        let there = format!("SELECT count(*) AS value FROM pg_stat_activity WHERE pid = {mine}");
        let until = Instant::now() + AT_MOST;
        while value(&mut beside, &there) > 0 {
            assert!(Instant::now() < until, "the database does not end a transaction that stands still");
            std::thread::park_timeout(Duration::from_millis(5));
        }
        Ok(())
    });
    let Err(ActionError::Fault(fault)) = stood else { panic!("{stood:?}") };
    assert!(fault.stops_everything(), "told as a lost connection: {fault}");
    assert_eq!(noted(&app, "stood-still"), 0, "nothing of it is written");
    let goes_on = app.office.write(|tx| {
        db::dialect::lock_expert(tx.conn, shen)?;
        tx.changed("goes-on", shen.as_str())
    });
    goes_on.expect("nobody holds him any more");
}

fn a_new_enterprise_met_by_many_at_once_is_one(backend: Backend) {
    let app = App::start(backend);
    let meet = Barrier::new(6);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    meet.wait();
                    app.liaison.post("/api/v1/needs", &need())
                })
            })
            .collect();
        for one in all {
            one.join().expect("ends").expect(201);
        }
    });
    let count: i64 = enterprises::table.count().get_result(&mut *app.office.read().expect("a reader")).expect("counts");
    assert_eq!((count, needs_there(&app)), (1, 6));
}
