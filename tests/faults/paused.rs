//! F10: a node is paused (SIGSTOP) with letters in hand for longer than its lease lasts; another takes them over. When the
//! paused one goes on (SIGCONT) it writes nothing and sends nothing.

use crate::clients::{Told, client};
use crate::rounds;
use crate::served::{Place, Served, stamp};
use crate::smtp_sink::{Behaviour, Script, SmtpSink};
use crate::support::backend::Backend;
use crate::until;
use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use zhipai::clock::{Clock, SystemClock};
use zhipai::db::schema::outbox;

/// How many letters are in the paused node's hand.
const LETTERS: usize = 8;

#[test]
fn paused() {
    let started = Instant::now();
    let rounds = rounds(1, 20);
    for _ in 0..rounds {
        once();
    }
    println!(
        "paused: {rounds} times in {:.0?}, {LETTERS} letters in hand each time, each sent once, nothing written behind the fence",
        started.elapsed()
    );
}

fn once() {
    let place = Place::fresh(Backend::Postgres);
    let token = place.seeded.liaison.1.clone();
    // The first node's mail server takes nothing and says nothing.
    let silent = SmtpSink::start(Script::accepting().next(1, Behaviour::StallInData));
    let told = Told::default();
    let run = stamp();
    let mail_off = Served::start(&place, "mail-off", None);
    for _ in 0..LETTERS {
        assert!(told.post(&client(), &mail_off.base_url, &token, &told.fresh_key(&run)));
    }
    mail_off.kill();
    let first = Served::start(&place, "first", Some(silent.address()));
    let office = place.office();
    let states = || -> Vec<(String, i64)> {
        let mut reader = office.read().expect("a reader");
        outbox::table.select((outbox::state, outbox::fence)).load(&mut *reader).expect("letters")
    };
    until("the first node has all letters in hand", Duration::from_secs(30), || {
        states().iter().filter(|(state, _)| state == "sending").count().eq(&LETTERS).then_some(())
    });
    // In the middle of a conversation: a node that has not begun one yet would hang in the first it begins after the pause.
    silent.wait_until_stalled(1, Duration::from_secs(30));
    first.signal("STOP");
    // Its lease runs out, as it does by itself after five minutes.
    let long_ago: NaiveDateTime = (SystemClock.now() - TimeDelta::minutes(1)).naive_utc();
    office
        .write(|tx| {
            diesel::update(outbox::table.filter(outbox::state.eq("sending")))
                .set(outbox::leased_until.eq(Some(long_ago)))
                .execute(tx.conn)?;
            Ok(())
        })
        .expect("ran out");
    let open = SmtpSink::start(Script::accepting());
    let second = Served::start(&place, "second", Some(open.address()));
    until("the second node has sent them", Duration::from_secs(30), || {
        (open.received().len() >= LETTERS && states().iter().all(|(state, _)| state == "accepted")).then_some(())
    });
    let fences = states();
    // The first node goes on, and its mail server takes everything now.
    first.signal("CONT");
    silent.release();
    let witness = told.fresh_key(&run);
    assert!(told.post(&client(), &first.base_url, &token, &witness), "the first node works again");
    until("a letter of after the pause is sent by one of them", Duration::from_secs(30), || {
        let all = silent.received().len() + open.received().len();
        (all > LETTERS).then_some(())
    });
    let mut by_id = BTreeMap::<String, usize>::new();
    for letter in open.received().into_iter().chain(silent.received()) {
        *by_id.entry(letter.to.join(",")).or_default() += 1;
    }
    // The one letter that was in the middle of its conversation may have been taken twice, with the same Message-ID; the
    // others never left the paused node.
    let twice = by_id.values().filter(|times| **times > 1).count();
    assert!(twice <= 1, "{by_id:?}");
    let after = states();
    assert!(fences.iter().all(|row| after.contains(row)), "something was written behind the fence");
    drop(second);
    drop(first);
}
