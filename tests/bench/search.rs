//! Searching a million needs (`BENCH_NEEDS` for fewer): building the index from the database, short questions, whole texts,
//! as the engine answers them and as a caller of the API waits for them, and how soon what is committed is found; then the same questions to SQLite FTS5 (trigram) and to PostgreSQL (tsvector of
//! bigrams, GIN) over the same `BENCH_PEERS` needs (100,000) in the same run.
//!
//! Goals: short p99 at most 2 ms, whole text p99 at most 40 ms, building at least 15,000 documents/s, committed to
//! searchable p99 at most 300 ms. Ratios are printed; nothing is asserted on milliseconds.

use crate::quantile;
use crate::support::app::{App, Shape};
use crate::support::backend::{Backend, TestDatabase};
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use std::sync::Arc;
use std::time::Instant;
use zhipai::actions::index_documents::every_document;
use zhipai::db::{self, Conn, Db, DbFault, JsonText};
use zhipai::demo::corpus::Corpus;
use zhipai::domain::catalogue::CATALOGUE;
use zhipai::domain::need::{Form, Mode, NeedState, Urgency};
use zhipai::domain::region::SHIPPED;
use zhipai::domain::role::Scope;
use zhipai::ids::{EnterpriseId, NeedId};
use zhipai::jobs::follow_index::follow_index;
use zhipai::search::{Document, Index, Kind, Mark, SearchQuery};

const QUESTIONS: usize = 1_000;
const TEXTS: usize = 300;
const PEER_QUESTIONS: usize = 100;
const PEER_TEXTS: usize = 20;
const COMMITS: usize = 200;

fn wanted(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A seeded die.
struct Die(u64);

impl Die {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below
    }

    fn one<'a>(&mut self, of: &'a [String]) -> &'a str {
        &of[self.below(of.len())]
    }
}

/// What texts are made of: clauses of the demo's needs, and a long tail of invented names.
struct Words {
    titles: Vec<String>,
    clauses: Vec<String>,
    brands: Vec<String>,
    corpus: Corpus,
}

impl Words {
    fn read() -> Self {
        let corpus = Corpus::read().expect("the corpus");
        let mut clauses = Vec::new();
        let mut titles = Vec::new();
        for need in &corpus.needs {
            titles.push(need.title.clone());
            for clause in need.description.split(['，', '。', '；', '？']) {
                if clause.chars().count() >= 5 {
                    clauses.push(clause.to_owned());
                }
            }
        }
        let syllables: Vec<char> =
            "云岫澄观铂影星河远图青梧白鹭长风明德瑞丰嘉禾正元博雅天工开物北辰海川千寻万象立诚致远思齐景行汇智启明"
                .chars()
                .collect();
        let mut die = Die(7);
        let mut brands = Vec::new();
        for _ in 0..30_000 {
            let pick = |die: &mut Die| syllables[die.below(syllables.len())];
            brands.push(String::from_iter([pick(&mut die), pick(&mut die), pick(&mut die)]));
        }
        Self { titles, clauses, brands, corpus }
    }

    /// One of these with its slots filled: a product, a technology, an opponent, a figure.
    fn one_of(&self, texts: &[String], die: &mut Die) -> String {
        let slots = &self.corpus.slots;
        let mut text = die.one(texts).to_owned();
        while let Some((before, (slot, after))) =
            text.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            let word = match slot {
                "product" => slots.product[die.below(slots.product.len())].text.clone(),
                "tech" => slots.tech[die.below(slots.tech.len())].text.clone(),
                "opponent" => die.one(&slots.opponent).to_owned(),
                _ => (2 + die.below(11)).to_string(),
            };
            text = format!("{before}{word}{after}");
        }
        text
    }

    fn title(&self, die: &mut Die) -> String {
        format!("{}：{}", die.one(&self.brands), self.one_of(&self.titles, die))
    }

    fn text(&self, die: &mut Die) -> String {
        let mut text = String::new();
        for _ in 0..4 + die.below(4) {
            text.push_str(&self.one_of(&self.clauses, die));
            text.push('，');
        }
        text.push_str(&format!("型号 {}-{}。", ["ZK", "HX", "QT", "LM"][die.below(4)], die.below(90_000)));
        text
    }

    /// Two to six characters out of a clause, or a name: what people type.
    fn question(&self, die: &mut Die) -> String {
        match die.below(4) {
            0 => die.one(&self.brands).to_owned(),
            1 => {
                let one = self.one_of(&self.clauses, die).chars().take(4).collect::<String>();
                format!("{one} {}", self.one_of(&self.titles, die).chars().take(4).collect::<String>())
            }
            _ => {
                let clause: Vec<char> = self.one_of(&self.clauses, die).chars().collect();
                let length = (2 + die.below(5)).min(clause.len());
                let from = die.below(clause.len() - length + 1);
                clause[from..from + length].iter().collect()
            }
        }
    }
}

/// Fills the database with needs of a few thousand enterprises.
fn fill(app: &App, words: &Words, count: usize) {
    let owner = app.liaison.account;
    let station = app.station;
    let other = app.other_station;
    let mut die = Die(42);
    let enterprises: Vec<db::enterprise::EnterpriseRow> = (0..(count / 50).max(10))
        .map(|place| {
            let name = format!("北京{}{place}科技有限公司", die.one(&words.brands));
            db::enterprise::EnterpriseRow {
                id: EnterpriseId::from_minted(app.office.chance.id(app.office.now())),
                name_key: format!("{name}{place}"),
                name,
                uscc: None,
                region: SHIPPED[1 + place % 17].code.to_owned(),
                created_at: app.office.now().naive_utc(),
            }
        })
        .collect();
    app.office.write(|tx| Ok(db::enterprise::insert_many(tx.conn, &enterprises)?)).expect("enterprises");
    let mut made = 0;
    while made < count {
        let rows: Vec<db::need::NeedRow> = (0..2_000.min(count - made))
            .map(|place| {
                let place = made + place;
                let at = (app.office.now() - chrono::TimeDelta::minutes((count - place) as i64)).naive_utc();
                row(
                    app,
                    words,
                    &mut die,
                    place,
                    (&enterprises, owner, if place % 3 == 0 { other } else { station }),
                    at,
                )
            })
            .collect();
        made += rows.len();
        app.office.write(|tx| Ok(db::need::insert_many(tx.conn, &rows)?)).expect("needs");
    }
}

type Where<'a> = (&'a [db::enterprise::EnterpriseRow], zhipai::ids::AccountId, zhipai::ids::StationId);

fn row(
    app: &App,
    words: &Words,
    die: &mut Die,
    place: usize,
    (enterprises, owner, station): Where<'_>,
    at: chrono::NaiveDateTime,
) -> db::need::NeedRow {
    db::need::NeedRow {
        id: NeedId::from_minted(app.office.chance.id(at.and_utc())),
        number: format!("XQ-2026-{:06}", place + 1_000_000),
        state: NeedState::ALL[die.below(NeedState::ALL.len())],
        title: words.title(die),
        description: words.text(die),
        enterprise: enterprises[die.below(enterprises.len())].id,
        contact_name: "周小满".to_owned(),
        contact_phone: None,
        contact_email: None,
        consent: None,
        station,
        owner,
        services: JsonText::of(&vec![CATALOGUE[die.below(20)].slug.to_owned()]),
        industries: JsonText::of(&Vec::new()),
        region: SHIPPED[1 + die.below(17)].code.to_owned(),
        lat: None,
        lon: None,
        mode: Mode::Online,
        form: Form::Consultation,
        language: "zh".to_owned(),
        urgency: Urgency::Normal,
        wanted_by: None,
        expected_hours: None,
        confidential: false,
        opposing_party: None,
        opposing_agent: None,
        automatic: false,
        created_by: owner,
        created_at: at,
        updated_at: at,
    }
}

fn timed(mut work: impl FnMut(usize), times: usize) -> Vec<f64> {
    let mut taken = Vec::with_capacity(times);
    for turn in 0..times {
        let began = Instant::now();
        work(turn);
        taken.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    taken.sort_by(f64::total_cmp);
    taken
}

fn told(what: &str, times: &[f64]) {
    println!(
        "search {what}: p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms over {}",
        quantile(times, 0.5),
        quantile(times, 0.99),
        times[times.len() - 1],
        times.len()
    );
}

fn resident_mb() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn folder_mb(folder: &std::path::Path) -> u64 {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        bytes +=
            if path.is_dir() { folder_mb(&path) * 1024 * 1024 } else { entry.metadata().map_or(0, |meta| meta.len()) };
    }
    bytes / 1024 / 1024
}

pub fn run() {
    let needs = wanted("BENCH_NEEDS", 1_000_000);
    let words = Words::read();
    let app = App::shaped(
        Backend::Sqlite,
        Shape { unlimited: true, invented: true, index_on_disk: true, ..Shape::default() },
    );
    let began = Instant::now();
    fill(&app, &words, needs);
    println!(
        "search: {needs} needs in the database after {:.0} s, {} MB resident",
        began.elapsed().as_secs_f64(),
        resident_mb()
    );
    let began = Instant::now();
    let built = app.office.rebuild_index().expect("built");
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "search build: {built} documents in {seconds:.1} s, {:.0} documents/s (goal 15,000); {} MB on disk, {} MB resident",
        built as f64 / seconds,
        folder_mb(&app.database.folder.join("index")),
        resident_mb()
    );
    let mut die = Die(99);
    let questions: Vec<String> = (0..QUESTIONS).map(|_| words.question(&mut die)).collect();
    let texts: Vec<String> =
        (0..TEXTS).map(|_| format!("{}\n{}", words.title(&mut die), words.text(&mut die))).collect();
    let now = app.office.now().timestamp_micros();
    let ask = |text: &str, scope: Scope, facets: bool| {
        let query = SearchQuery { counted: facets, facets, ..SearchQuery::of(Kind::Need, text, scope, now) };
        app.office.index.search(&query).expect("found")
    };
    for text in questions.iter().take(50) {
        ask(text, Scope::Everything, true);
    }
    let found = questions.iter().filter(|text| !ask(text, Scope::Everything, false).hits.is_empty()).count();
    println!("search: {found} of {QUESTIONS} short questions find something");
    let short = timed(|turn| drop(ask(&questions[turn], Scope::Everything, false)), QUESTIONS);
    told("short question, first 20 (goal p99 2 ms)", &short);
    told(
        "short question within one station",
        &timed(|turn| drop(ask(&questions[turn], Scope::Station(app.station), false)), QUESTIONS),
    );
    told(
        "short question with counts and facets",
        &timed(|turn| drop(ask(&questions[turn], Scope::Everything, true)), QUESTIONS),
    );
    told("nothing typed, newest first, with facets", &timed(|_| drop(ask("", Scope::Everything, true)), 20));
    told(
        "whole text, first 20 (goal p99 40 ms)",
        &timed(|turn| drop(ask(&texts[turn], Scope::Everything, false)), TEXTS),
    );
    told(
        "whole text within one station",
        &timed(|turn| drop(ask(&texts[turn], Scope::Station(app.station), false)), TEXTS),
    );
    // As pages and programs ask: what was just written put in first, facets and counts, the rows read again, over HTTP.
    told(
        "short question through /api/v1/search, fresh, counted, with facets and rows",
        &timed(
            |turn| drop(app.manager.get(&format!("/api/v1/search?kind=need&q={}", questions[turn])).expect(200)),
            QUESTIONS,
        ),
    );
    commits(&app, &words);
    drop_and_compare(app, &words, &questions, &texts);
}

/// How soon what is committed is found, with the follower running as in the service.
fn commits(app: &App, words: &Words) {
    let _follower = follow_index(Arc::clone(&app.office)).expect("a thread");
    let mut die = Die(5);
    let (owner, station) = (app.liaison.account, app.station);
    let now = app.office.now();
    let enterprises = db::enterprise::all(&mut app.office.read().expect("a reader")).expect("enterprises");
    let mut waits = Vec::new();
    for place in 0..COMMITS {
        let made = row(app, words, &mut die, 5_000_000 + place, (&enterprises, owner, station), now.naive_utc());
        let number = made.number.clone();
        app.office
            .write(|tx| {
                db::need::insert(tx.conn, &made)?;
                tx.changed("need", made.id.as_str())
            })
            .expect("committed");
        let began = Instant::now();
        let query = SearchQuery {
            counted: false,
            ..SearchQuery::of(Kind::Need, &number, Scope::Everything, now.timestamp_micros())
        };
        while app.office.index.search(&query).expect("searched").hits.is_empty() {
            assert!(began.elapsed().as_secs() < 20, "{number} is never found");
            std::thread::yield_now();
        }
        waits.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    waits.sort_by(f64::total_cmp);
    told("committed to searchable (goal p99 300 ms)", &waits);
}

/// The peers on the same needs, ours built over exactly these.
fn drop_and_compare(app: App, words: &Words, questions: &[String], texts: &[String]) {
    let peers = wanted("BENCH_PEERS", 100_000);
    let now = app.office.now().timestamp_micros();
    drop(app);
    let app = App::shaped(Backend::Sqlite, Shape { unlimited: true, invented: true, ..Shape::default() });
    fill(&app, words, peers);
    let mut documents: Vec<Document> = Vec::new();
    every_document(&mut app.office.read().expect("a reader"), |page| {
        documents.extend(page.into_iter().filter(|document| document.kind == Kind::Need));
        Ok(())
    })
    .expect("documents");
    let index = Index::in_memory().expect("an index");
    let began = Instant::now();
    for page in documents.chunks(1_000) {
        index.add(page).expect("added");
    }
    index.finish(&Mark { database: "bench".to_owned(), watermark: 1 }).expect("finished");
    println!(
        "search peers: {} needs; ours built in {:.1} s by one thread",
        documents.len(),
        began.elapsed().as_secs_f64()
    );
    let ask = |text: &str| {
        let query = SearchQuery { counted: false, ..SearchQuery::of(Kind::Need, text, Scope::Everything, now) };
        index.search(&query).expect("found");
    };
    let short = timed(|turn| ask(&questions[turn]), PEER_QUESTIONS.max(QUESTIONS / 2));
    let whole = timed(|turn| ask(&texts[turn]), TEXTS);
    told("ours, short", &short);
    told("ours, whole text", &whole);
    let plain: Vec<String> =
        documents.iter().map(|document| format!("{}\n{}", document.heading, document.body.join("\n"))).collect();
    let compare = |name: &str, peer_short: Vec<f64>, peer_whole: Vec<f64>| {
        told(&format!("{name}, short"), &peer_short);
        told(&format!("{name}, whole text"), &peer_whole);
        println!(
            "search {name}: ours is {:.0} times as fast at a short question, {:.0} times at a whole text (p50)",
            quantile(&peer_short, 0.5) / quantile(&short, 0.5),
            quantile(&peer_whole, 0.5) / quantile(&whole, 0.5)
        );
    };
    let (short_sqlite, whole_sqlite) = sqlite(&plain, questions, texts);
    compare("SQLite FTS5 trigram", short_sqlite, whole_sqlite);
    if std::env::var("TEST_POSTGRES_URL").is_ok() {
        let (short_pg, whole_pg) = postgres(&plain, questions, texts);
        compare("PostgreSQL tsvector bigrams", short_pg, whole_pg);
    }
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    #[expect(dead_code, reason = "read for its cost")]
    id: i64,
}

fn asked(conn: &mut Conn, sql: &str, text: &str) {
    let rows: Vec<Row> = diesel::sql_query(sql).bind::<Text, _>(text).load(conn).expect("an answer");
    std::hint::black_box(rows.len());
}

fn grams(text: &str, length: usize) -> Vec<String> {
    let mut found = Vec::new();
    for run in text.split(|c: char| !c.is_alphanumeric()) {
        let chars: Vec<char> = run.chars().collect();
        found.extend(chars.windows(length).map(|window| window.iter().collect::<String>().to_lowercase()));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn sqlite(plain: &[String], questions: &[String], texts: &[String]) -> (Vec<f64>, Vec<f64>) {
    let database = TestDatabase::bare(Backend::Sqlite);
    let db = Db::open(&database.url, 1).expect("opens");
    let began = Instant::now();
    db.write_alone(|conn| Ok(conn.batch_execute("CREATE VIRTUAL TABLE peer USING fts5(body, tokenize='trigram')")?))
        .expect("FTS5");
    for page in plain.chunks(2_000) {
        db.write::<_, DbFault>(|conn| {
            for text in page {
                diesel::sql_query("INSERT INTO peer (body) VALUES ($1)").bind::<Text, _>(text).execute(conn)?;
            }
            Ok(())
        })
        .expect("filled");
    }
    println!("search peers: SQLite FTS5 trigram built in {:.1} s", began.elapsed().as_secs_f64());
    let mut conn = db.reader().expect("a reader");
    let sql = "SELECT rowid AS id FROM peer WHERE peer MATCH $1 ORDER BY rank LIMIT 20";
    // Trigrams match nothing shorter than three characters.
    let long: Vec<&String> = questions.iter().filter(|text| text.chars().count() >= 3 && !text.contains(' ')).collect();
    let short = timed(
        |turn| asked(&mut conn, sql, &format!("\"{}\"", long[turn].replace('"', ""))),
        PEER_QUESTIONS.min(long.len()),
    );
    let whole = timed(
        |turn| {
            let any: Vec<String> = grams(&texts[turn], 3).iter().map(|gram| format!("\"{gram}\"")).collect();
            asked(&mut conn, sql, &any.join(" OR "));
        },
        PEER_TEXTS,
    );
    (short, whole)
}

fn postgres(plain: &[String], questions: &[String], texts: &[String]) -> (Vec<f64>, Vec<f64>) {
    let database = TestDatabase::bare(Backend::Postgres);
    let db = Db::open(&database.url, 1).expect("opens");
    let began = Instant::now();
    db.write_alone(|conn| {
        Ok(conn.batch_execute("CREATE TABLE peer (id BIGSERIAL PRIMARY KEY, body TSVECTOR NOT NULL)")?)
    })
    .expect("a table");
    for page in plain.chunks(500) {
        db.write::<_, DbFault>(|conn| {
            for text in page {
                diesel::sql_query("INSERT INTO peer (body) VALUES (to_tsvector('simple', $1))")
                    .bind::<Text, _>(grams(text, 2).join(" "))
                    .execute(conn)?;
            }
            Ok(())
        })
        .expect("filled");
    }
    db.write_alone(|conn| Ok(conn.batch_execute("CREATE INDEX peer_body ON peer USING gin (body); ANALYZE peer")?))
        .expect("an index");
    println!("search peers: PostgreSQL tsvector bigrams built in {:.1} s", began.elapsed().as_secs_f64());
    let mut conn = db.reader().expect("a reader");
    let sql = "SELECT id FROM peer, to_tsquery('simple', $1) q WHERE body @@ q ORDER BY ts_rank(body, q) DESC LIMIT 20";
    let joined =
        |text: &str, by: &str| grams(text, 2).into_iter().map(|gram| format!("'{gram}'")).collect::<Vec<_>>().join(by);
    let short = timed(|turn| asked(&mut conn, sql, &joined(&questions[turn], " & ")), PEER_QUESTIONS);
    let whole = timed(|turn| asked(&mut conn, sql, &joined(&texts[turn], " | ")), PEER_TEXTS);
    (short, whole)
}
