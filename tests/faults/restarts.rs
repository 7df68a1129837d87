//! F4: PostgreSQL is stopped at once and started again, under load. Nothing answered 201 is lost, and needs are taken on
//! again within five seconds of the database's answering.

use crate::clients::{StopsAtEnd, Told, client};
use crate::cluster::Cluster;
use crate::rounds;
use crate::served::{Place, Served, stamp};
use crate::until;
use diesel::prelude::*;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use zhipai::db::schema::needs;

/// Within this, needs are taken on again.
const BACK: Duration = Duration::from_secs(5);

#[test]
fn restarts() {
    let rounds = rounds(3, 100);
    let cluster = Cluster::start();
    let place = Place::at(cluster.url("zhipai"), cluster.folder());
    let token = place.seeded.liaison.1.clone();
    let told = Told::default();
    let run = stamp();
    let served = Served::start(&place, "node", None);
    let stop = AtomicBool::new(false);
    let mut slowest = Duration::ZERO;
    let started = Instant::now();
    std::thread::scope(|scope| {
        let _stops = StopsAtEnd(&stop);
        for _ in 0..3 {
            scope.spawn(|| told.keep_posting(&served.base_url, &token, &run, &stop));
        }
        for _ in 0..rounds {
            let before = told.answered().len();
            until("needs come in", Duration::from_secs(30), || (told.answered().len() > before + 5).then_some(()));
            cluster.down();
            cluster.up();
            let up = Instant::now();
            let client = client();
            until("needs are taken on again", BACK, || {
                told.post(&client, &served.base_url, &token, &told.fresh_key(&run)).then_some(())
            });
            slowest = slowest.max(up.elapsed());
        }
    });
    told.settle(&served.base_url, &token);
    let answered = told.answered();
    let office = place.office();
    let there: Vec<zhipai::ids::NeedId> =
        needs::table.select(needs::id).load(&mut *office.read().expect("a reader")).expect("reads");
    for (key, id) in &answered {
        assert!(there.iter().any(|known| known.as_str() == id), "{key} was answered 201 and is lost");
    }
    assert_eq!(there.len(), answered.len(), "every key has its need, and nothing else is there");
    assert!(told.odd.lock().unwrap().is_empty(), "{:?}", told.odd.lock().unwrap());
    println!(
        "restarts: {rounds} times in {:.0?}, {} needs answered 201, 0 lost, 0 doubled; back after at most {slowest:.1?}",
        started.elapsed(),
        answered.len(),
    );
    drop(office);
    drop(served);
}
