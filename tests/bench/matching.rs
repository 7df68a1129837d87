//! Top ten with their reasons out of 1,000, 10,000 and 100,000 experts, and what the two databases take for the same
//! question on the same data in the same run (goals: p99 0.1 ms at 1,000 and 3 ms at 100,000; 15 times as fast as SQLite's
//! FTS5 trigrams, 300 times as fast as PostgreSQL's tsvector over bigrams, at p50). Memory: dictionary, vocabulary and
//! 10,000 experts within 60 MB.
//!
//! What a database is asked for is the same ranking in kind: text, service items, industries, distance, standing and leave
//! in one statement, ten rows. Its tokens are its own, so the rows differ.

use crate::quantile;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Double, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use std::time::Instant;
use zhipai::actions::expert_pool::ExpertPool;
use zhipai::actions::suggest_experts::{SoFar, shortlist, survey_pool};
use zhipai::db::JsonText;
use zhipai::db::expert::{ExpertRow, LeaveRow, QualificationRow};
use zhipai::db::need::NeedRow;
use zhipai::domain::catalogue::{self, CATALOGUE};
use zhipai::domain::expert::FirmType;
use zhipai::domain::need::{Form, Mode, NeedState, Urgency};
use zhipai::domain::region::SHIPPED;
use zhipai::domain::standing::Standing;
use zhipai::ids::{AccountId, EnterpriseId, ExpertId, LeaveId, NeedId, StationId, uuid_v7};
use zhipai::search::analyzer;
use zhipai::search::lexicon::lexicon;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const NEEDS: usize = 500;

type Record = (ExpertRow, Vec<QualificationRow>, Vec<LeaveRow>);

/// Chance that comes out the same every time.
struct Turns(u64);

impl Turns {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    /// Small numbers often, large ones seldom.
    fn skewed(&mut self, limit: usize) -> usize {
        let (one, other) = (self.below(limit), self.below(limit));
        one * other / limit
    }
}

/// The field's words: every name in the vocabulary.
fn vocabulary() -> Vec<&'static str> {
    lexicon().concepts().iter().flat_map(|concept| concept.aliases.iter().copied()).collect()
}

fn sentence(turns: &mut Turns, words: &[&str], count: usize) -> String {
    const BETWEEN: [&str; 8] = ["，熟悉", "与", "、", "，曾办理", "以及", "，擅长", "等事务，", "和"];
    let mut text = String::new();
    for at in 0..count {
        if at > 0 {
            text.push_str(BETWEEN[turns.below(BETWEEN.len())]);
        }
        text.push_str(words[turns.skewed(words.len())]);
    }
    text
}

/// A firm's brand as brands are: two or three characters, the same for the same number.
fn brand(number: usize) -> String {
    const SYLLABLES: &str =
        "云岫澄观铂影星河远图青梧白鹭长风明德瑞丰嘉禾正元博雅天工开物北辰海川千寻万象立诚致思齐景行汇智启";
    let syllables: Vec<char> = SYLLABLES.chars().collect();
    let mut turns = Turns(number as u64 + 1);
    turns.below(7);
    (0..2 + number % 2).map(|_| syllables[turns.below(syllables.len())]).collect()
}

fn day() -> DateTime<Utc> {
    "2026-05-08T02:00:00Z".parse().expect("a moment")
}

fn experts(count: usize, words: &[&str]) -> Vec<Record> {
    let mut turns = Turns(42);
    (0..count)
        .map(|place| {
            let id = ExpertId::from_minted(uuid_v7(1_700_000_000_000 + place as u64, &[7; 10]));
            let region = &SHIPPED[1 + turns.below(17)];
            let services: Vec<String> =
                (0..1 + turns.below(4)).map(|_| CATALOGUE[turns.below(20)].slug.to_owned()).collect();
            let industries: Vec<String> =
                region.industries.iter().take(1 + turns.below(3)).map(|name| (*name).to_owned()).collect();
            let row = ExpertRow {
                id,
                name: format!("专家{place}"),
                firm: format!("{}知识产权代理有限公司", brand(turns.below(count / 10 + 1))),
                firm_key: String::new(),
                firm_type: FirmType::Agency,
                email_mark: String::new(),
                phone_mark: None,
                region: region.code.to_owned(),
                lat: Some(region.lat + turns.below(100) as f64 / 1000.0),
                lon: Some(region.lon + turns.below(100) as f64 / 1000.0),
                years: 9,
                bio: {
                    let count = 6 + turns.below(6);
                    sentence(&mut turns, words, count)
                },
                services: JsonText::of(&services),
                industries: JsonText::of(&industries),
                languages: JsonText::of(&vec!["zh".to_owned()]),
                modes: JsonText::of(&Vec::new()),
                max_distance_km: (turns.below(4) == 0).then(|| 20 + turns.below(40) as i32),
                monthly_cap: 4,
                open_cap: 2,
                standing: if turns.below(12) == 0 { Standing::Paused } else { Standing::Active },
                standing_why: None,
                filed_number: None,
                language: "zh".to_owned(),
                created_at: NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date").into(),
                updated_at: day().naive_utc(),
                version: 1,
            };
            let leave = LeaveRow {
                id: LeaveId::from_minted(uuid_v7(place as u64, &[1; 10])),
                expert: id,
                from_on: NaiveDate::from_ymd_opt(2026, 5, 1).expect("a date"),
                to_on: NaiveDate::from_ymd_opt(2026, 5, 20).expect("a date"),
                reason: None,
            };
            let leaves = if turns.below(20) == 0 { vec![leave] } else { Vec::new() };
            (row, Vec::new(), leaves)
        })
        .collect()
}

fn needs(count: usize, words: &[&str]) -> Vec<NeedRow> {
    let mut turns = Turns(7);
    (0..count)
        .map(|place| {
            let region = &SHIPPED[1 + turns.below(17)];
            let title = sentence(&mut turns, words, 2);
            let description = {
                let count = 4 + turns.below(4);
                sentence(&mut turns, words, count)
            };
            NeedRow {
                id: NeedId::from_minted(uuid_v7(place as u64, &[2; 10])),
                number: String::new(),
                state: NeedState::Open,
                title,
                description,
                enterprise: EnterpriseId::from_minted(uuid_v7(1, &[3; 10])),
                contact_name: String::new(),
                contact_phone: None,
                contact_email: None,
                consent: None,
                station: StationId::from_minted(uuid_v7(1, &[4; 10])),
                owner: AccountId::from_minted(uuid_v7(1, &[5; 10])),
                services: JsonText::of(
                    &(0..1 + turns.below(2)).map(|_| CATALOGUE[turns.below(20)].slug.to_owned()).collect::<Vec<_>>(),
                ),
                industries: JsonText::of(&region.industries.iter().take(1).map(|name| (*name).to_owned()).collect()),
                region: region.code.to_owned(),
                lat: Some(region.lat),
                lon: Some(region.lon),
                mode: Mode::Onsite,
                form: Form::Consultation,
                language: "zh".to_owned(),
                urgency: Urgency::Normal,
                wanted_by: None,
                expected_hours: None,
                confidential: false,
                opposing_party: Some(format!("{}测控技术有限公司", brand(turns.below(500)))),
                opposing_agent: Some(format!("{}知识产权代理有限公司", brand(turns.below(500)))),
                automatic: false,
                created_by: AccountId::from_minted(uuid_v7(1, &[5; 10])),
                created_at: day().naive_utc(),
                updated_at: day().naive_utc(),
            }
        })
        .collect()
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Double)]
    score: f64,
}

fn mask(names: &[String], known: &[String]) -> i64 {
    names
        .iter()
        .filter_map(|name| known.iter().position(|other| other == name))
        .fold(0, |mask, at| mask | 1 << (at % 62))
}

fn service_mask(slugs: &[String]) -> i64 {
    slugs.iter().filter_map(|slug| catalogue::position(slug)).fold(0, |mask, at| mask | 1 << at)
}

/// What both databases hold of an expert: a line of values.
struct Line {
    text: String,
    values: String,
}

fn lines(records: &[Record], industries: &[String]) -> Vec<Line> {
    records
        .iter()
        .enumerate()
        .map(|(at, (row, _, leaves))| Line {
            text: row.bio.clone(),
            values: format!(
                "{at}, {}, {}, {}, {}, {}, {}",
                service_mask(&row.services.get()),
                mask(&row.industries.get(), industries),
                row.lat.unwrap_or(0.0),
                row.lon.unwrap_or(0.0),
                i32::from(row.standing == Standing::Active),
                i32::from(!leaves.is_empty()),
            ),
        })
        .collect()
}

const COLUMNS: &str = "(id, services, industries, lat, lon, active, away)";

/// The rest of the score, the same in both dialects: items, industries, distance; the text's part stands before it.
fn rest(need: &NeedRow, industries: &[String]) -> String {
    format!(
        "+ 30.0 * (CASE WHEN e.services & {} <> 0 THEN 1 ELSE 0 END) + 12.0 * (CASE WHEN e.industries & {} <> 0 THEN 1 \
         ELSE 0 END) + 14.0 * 225.0 / (225.0 + 12321.0 * ((e.lat - {lat}) * (e.lat - {lat}) + 0.59 * (e.lon - {lon}) * \
         (e.lon - {lon})))",
        service_mask(&need.services.get()),
        mask(&need.industries.get(), industries),
        lat = need.lat.unwrap_or(0.0),
        lon = need.lon.unwrap_or(0.0),
    )
}

/// Overlapping pieces of so many characters out of a text's runs, each once.
fn pieces(text: &str, length: usize) -> Vec<String> {
    let folded = analyzer::fold(text);
    let mut found: Vec<String> = Vec::new();
    for run in analyzer::runs(&folded) {
        let characters: Vec<char> = run.text.chars().collect();
        found.extend(characters.windows(length).map(|window| window.iter().collect()));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn timed(count: usize, mut ask: impl FnMut(usize) -> usize) -> Vec<f64> {
    let mut times = Vec::with_capacity(count);
    for at in 0..count {
        let began = Instant::now();
        let rows = ask(at);
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        assert!(rows <= 10, "ten at most");
    }
    times.sort_by(f64::total_cmp);
    times
}

fn sqlite(records: &[Record], needs: &[NeedRow], industries: &[String], rounds: usize) -> Vec<f64> {
    let mut conn = SqliteConnection::establish(":memory:").expect("a database in memory");
    conn.batch_execute(
        "CREATE TABLE e (id INTEGER PRIMARY KEY, services INTEGER, industries INTEGER, lat REAL, lon REAL, active INTEGER, \
         away INTEGER); CREATE VIRTUAL TABLE f USING fts5(text, tokenize = 'trigram'); BEGIN",
    )
    .expect("tables");
    for (at, line) in lines(records, industries).iter().enumerate() {
        conn.batch_execute(&format!(
            "INSERT INTO e {COLUMNS} VALUES ({}); INSERT INTO f (rowid, text) VALUES ({at}, '{}')",
            line.values,
            analyzer::fold(&line.text).replace('\'', "")
        ))
        .expect("a row");
    }
    conn.batch_execute("COMMIT; INSERT INTO f (f) VALUES ('optimize')").expect("rows");
    timed(rounds, |at| {
        let need = &needs[at % needs.len()];
        let terms: Vec<String> = pieces(&format!("{}\n{}", need.title, need.description), 3)
            .into_iter()
            .map(|piece| format!("\"{}\"", piece.replace(['"', '\''], "")))
            .collect();
        let rows: Vec<Found> = diesel::sql_query(format!(
            "SELECT e.id AS id, -bm25(f) {} AS score FROM f JOIN e ON e.id = f.rowid WHERE f MATCH $1 AND e.active = 1 AND \
             e.away = 0 ORDER BY score DESC, id LIMIT 10",
            rest(need, industries)
        ))
        .bind::<Text, _>(terms.join(" OR "))
        .load(&mut conn)
        .expect("rows");
        assert!(rows.windows(2).all(|pair| pair[0].score >= pair[1].score && pair[0].id != pair[1].id));
        rows.len()
    })
}

fn postgres(records: &[Record], needs: &[NeedRow], industries: &[String], rounds: usize) -> Option<Vec<f64>> {
    let mut conn = PgConnection::establish(&std::env::var("TEST_POSTGRES_URL").ok()?).expect("the server");
    let schema = format!("bench_match_{}", std::process::id());
    conn.batch_execute(&format!(
        "CREATE SCHEMA {schema}; SET search_path = {schema}; CREATE TABLE e (id BIGINT PRIMARY KEY, services BIGINT, \
         industries BIGINT, lat DOUBLE PRECISION, lon DOUBLE PRECISION, active INT, away INT, words TSVECTOR)"
    ))
    .expect("tables");
    for chunk in lines(records, industries).chunks(500) {
        let rows: Vec<String> = chunk
            .iter()
            .map(|line| {
                let bigrams = pieces(&line.text, 2).join(" ").replace('\'', "");
                format!("({}, to_tsvector('simple', '{bigrams}'))", line.values)
            })
            .collect();
        conn.batch_execute(&format!("INSERT INTO e VALUES {}", rows.join(","))).expect("rows");
    }
    conn.batch_execute("CREATE INDEX ON e USING GIN (words); ANALYZE e").expect("an index");
    let times = timed(rounds, |at| {
        let need = &needs[at % needs.len()];
        let terms = pieces(&format!("{}\n{}", need.title, need.description), 2).join(" | ").replace('\'', "");
        // A statement of its own each time: a generic plan would be several times slower.
        let rows: Vec<Found> = diesel::sql_query(format!(
            "SELECT e.id AS id, (20.0 * ts_rank(e.words, q.q) {})::float8 AS score FROM e, to_tsquery('simple', '{terms}') \
             AS q (q) WHERE e.words @@ q.q AND e.active = 1 AND e.away = 0 ORDER BY score DESC, id LIMIT 10",
            rest(need, industries)
        ))
        .load(&mut conn)
        .expect("rows");
        rows.len()
    });
    conn.batch_execute(&format!("DROP SCHEMA {schema} CASCADE")).expect("dropped");
    Some(times)
}

/// What is held of the heap, in MB.
fn heap() -> f64 {
    crate::MEMORY.allocated() as f64 / 1024.0 / 1024.0
}

pub fn run() {
    let before = heap();
    let words = vocabulary();
    let vocabulary_held = heap();
    let needs = needs(NEEDS, &words);
    {
        let records = experts(10_000, &words);
        let bare = heap();
        let pool = ExpertPool::of_records(&records, day());
        println!(
            "matching memory: dictionary, vocabulary and {} experts {:.1} MB of heap (goal 60)",
            pool.roster.len(),
            heap() - bare + vocabulary_held - before
        );
    }
    for size in SIZES {
        let records = experts(size, &words);
        let pool = ExpertPool::of_records(&records, day());
        let ask = |at: usize| {
            survey_pool(&pool, &needs[at % NEEDS], "云岫传感科技有限公司", SoFar::default(), day(), |survey| {
                let list = shortlist(survey, 10, true);
                assert!(list.candidates.iter().all(|one| one.reasons.len() == 9 && one.score > 0));
                list.candidates.len()
            })
        };
        ask(0);
        let first = timed(NEEDS - 1, |at| ask(at + 1));
        let ours = timed(if size > 50_000 { 2_000 } else { 5_000 }, ask);
        println!(
            "matching {size} experts, top 10 with reasons: p50 {:.3} ms, p99 {:.3} ms; the first time a need is looked at p50 \
             {:.3} ms, p99 {:.3} ms",
            quantile(&ours, 0.5),
            quantile(&ours, 0.99),
            quantile(&first, 0.5),
            quantile(&first, 0.99)
        );
        let few = if size > 50_000 { 60 } else { 200 };
        let peer = sqlite(&records, &needs, &pool.industries, few);
        told("SQLite FTS5 trigram", &peer, &ours, 15.0);
        match postgres(&records, &needs, &pool.industries, few) {
            Some(peer) => told("PostgreSQL tsvector of bigrams", &peer, &ours, 300.0),
            None => println!("  PostgreSQL: left out, TEST_POSTGRES_URL is not set"),
        }
    }
}

fn told(name: &str, peer: &[f64], ours: &[f64], goal: f64) {
    println!(
        "  {name}: p50 {:.2} ms, p99 {:.2} ms; {:.0} times ours at p50, {:.0} at p99 (goal {goal:.0} at p50)",
        quantile(peer, 0.5),
        quantile(peer, 0.99),
        quantile(peer, 0.5) / quantile(ours, 0.5),
        quantile(peer, 0.99) / quantile(ours, 0.99)
    );
}
