//! F9: the line between a node and PostgreSQL fails: cut, standing still both ways, or carrying questions and no answers (so
//! that nobody knows what was committed). Meanwhile the other node goes on; when the line is back, so does the one behind it.
//! Nothing answered 201 is lost or made twice, and no letter leaves under two names. The line is a proxy of this process;
//! nodes speak to each other through the database alone, so there is no other line to cut.

use crate::clients::{StopsAtEnd, Told, client};
use crate::kills::{asks_by_itself, letters};
use crate::rounds;
use crate::served::{Place, Served, stamp};
use crate::smtp_sink::{Script, SmtpSink};
use crate::support::backend::Backend;
use crate::until;
use diesel::prelude::*;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use zhipai::clock::Chance;
use zhipai::db::schema::needs;
use zhipai::invariants::{Findings, Look, Reach, verify};

/// Within this, the other node takes a need while the line is down, and the node behind it once it is back. A pool that
/// found nobody looks again after some seconds.
const BACK: Duration = Duration::from_secs(15);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    /// Everything passes.
    Fair,
    /// Nothing passes, and nobody is told.
    Still,
    /// Questions pass, answers are kept; only to be followed by [`Cut`](Self::Cut).
    Deaf,
    /// Every connection ends, and none is taken.
    Cut,
}

struct Sky {
    weather: Weather,
    over: bool,
    sockets: Vec<TcpStream>,
}

/// A line to a server, whose weather is made here.
struct Line {
    address: SocketAddr,
    sky: Arc<(Mutex<Sky>, Condvar)>,
    listening: Option<JoinHandle<()>>,
}

impl Line {
    fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let sky = Sky { weather: Weather::Fair, over: false, sockets: Vec::new() };
        let sky = Arc::new((Mutex::new(sky), Condvar::new()));
        let shared = Arc::clone(&sky);
        let listening = std::thread::spawn(move || {
            let mut pumps = Vec::new();
            for near in listener.incoming().map_while(Result::ok) {
                let mut sky = shared.0.lock().unwrap();
                if sky.over {
                    break;
                }
                if sky.weather == Weather::Cut {
                    continue;
                }
                let Ok(far) = TcpStream::connect(server) else { continue };
                for (from, to, answers) in [(&near, &far, false), (&far, &near, true)] {
                    let (from, to) = (from.try_clone().expect("a socket"), to.try_clone().expect("a socket"));
                    let shared = Arc::clone(&shared);
                    pumps.push(std::thread::spawn(move || pump(from, to, answers, &shared)));
                }
                sky.sockets.extend([near, far]);
            }
            for pump in pumps {
                let _ = pump.join();
            }
        });
        Self { address, sky, listening: Some(listening) }
    }

    fn set(&self, weather: Weather) {
        let mut sky = self.sky.0.lock().unwrap();
        sky.weather = weather;
        if weather == Weather::Cut {
            for socket in sky.sockets.drain(..) {
                let _ = socket.shutdown(Shutdown::Both);
            }
        }
        drop(sky);
        self.sky.1.notify_all();
    }

    /// The address of a database, reached over this line.
    fn url(&self, url: &str) -> String {
        let (server, database) = (server_of(url), url.rsplit('/').next().expect("a name"));
        url.replace(&format!("{server}/{database}"), &format!("{}/{database}", self.address))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.sky.0.lock().unwrap().over = true;
        self.set(Weather::Cut);
        let _ = TcpStream::connect(self.address); // wakes accept()
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}

/// Carries bytes one way until either side ends, as the weather lets it.
fn pump(mut from: TcpStream, mut to: TcpStream, answers: bool, sky: &(Mutex<Sky>, Condvar)) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        let mut now = sky.0.lock().unwrap();
        while now.weather == Weather::Still || answers && now.weather == Weather::Deaf {
            now = sky.1.wait(now).unwrap();
        }
        let passes = now.weather != Weather::Cut;
        drop(now);
        if !passes || to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

/// `host:port` of a database's address.
fn server_of(url: &str) -> SocketAddr {
    let (head, _) = url.rsplit_once('/').expect("a database");
    let server = head.rsplit(['@', '/']).next().expect("a server");
    server.parse().unwrap_or_else(|_| panic!("{server} is an address and a port"))
}

fn linger(milliseconds: u64) {
    let until = Instant::now() + Duration::from_millis(milliseconds);
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}

#[test]
fn partition() {
    let rounds = rounds(3, 60);
    let sink = SmtpSink::start(Script::accepting());
    let place = Place::fresh(Backend::Postgres);
    asks_by_itself(&place.office(), &place, 12);
    let token = place.seeded.liaison.1.clone();
    let line = Line::to(server_of(&place.url));
    let behind = Served::start_on(&place, &line.url(&place.url), "behind", Some(sink.address()));
    let beside = Served::start(&place, "beside", Some(sink.address()));
    let (told, run, stop) = (Told::default(), stamp(), AtomicBool::new(false));
    let chance = Chance::seeded(9);
    let (started, mut slowest) = (Instant::now(), Duration::ZERO);
    std::thread::scope(|scope| {
        let _stops = StopsAtEnd(&stop);
        for served in [&behind, &behind, &beside] {
            let (told, token, run, stop) = (&told, &token, &run, &stop);
            scope.spawn(move || told.keep_posting(&served.base_url, token, run, stop));
        }
        for round in 0..rounds {
            let before = told.answered().len();
            until("needs come in", Duration::from_secs(30), || (told.answered().len() > before + 4).then_some(()));
            let weather = [Weather::Deaf, Weather::Cut, Weather::Still][round % 3];
            line.set(weather);
            let client = client();
            until("the other node takes needs", BACK, || {
                told.post(&client, &beside.base_url, &token, &told.fresh_key(&run)).then_some(())
            });
            let [dice] = chance.bytes::<1>();
            linger(u64::from(dice) * 4);
            if weather == Weather::Deaf {
                line.set(Weather::Cut);
            }
            line.set(Weather::Fair);
            let fair = Instant::now();
            until("the node behind the line takes needs again", BACK, || {
                told.post(&client, &behind.base_url, &token, &told.fresh_key(&run)).then_some(())
            });
            slowest = slowest.max(fair.elapsed());
        }
    });
    told.settle(&beside.base_url, &token);
    let answered = told.answered();
    assert!(told.odd.lock().unwrap().is_empty(), "{:?}", told.odd.lock().unwrap());
    let office = place.office();
    let mut reader = office.read().expect("a reader");
    let there: Vec<(zhipai::ids::NeedId, String)> =
        needs::table.select((needs::id, needs::title)).load(&mut *reader).expect("reads");
    let ids: BTreeSet<String> = there.iter().map(|(id, _)| id.to_string()).collect();
    for (key, id) in &answered {
        assert!(ids.contains(id), "{key} was answered 201 and is lost");
    }
    let titles: BTreeSet<&String> = there.iter().map(|(_, title)| title).collect();
    assert_eq!((titles.len(), there.len()), (there.len(), answered.len()), "every key has its need, once");
    drop((behind, beside));
    let mut findings = Findings::default();
    let calendar = office.calendar();
    let look = Look::at(office.now(), &calendar, None);
    verify(&mut reader, &office.keys, &look, Reach::Everything, &[], &mut findings).expect("verifies");
    assert_eq!(findings.offenders, [], "an invariant does not hold after {rounds} failures of the line");
    let (sent, twice) = letters(&sink);
    assert!(twice <= rounds, "{twice} letters went out twice in {rounds} failures of the line");
    println!(
        "partition: {rounds} times in {:.0?}, {} needs answered 201, 0 lost, 0 doubled, every invariant holds; back after at most {slowest:.1?}; {sent} letters, {twice} twice with the same Message-ID",
        started.elapsed(),
        answered.len(),
    );
}
