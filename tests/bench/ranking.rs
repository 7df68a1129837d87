//! Ranking 20,000 experts for one need, reasons of the first ten included (goal: p99 at most 10 ms).

use crate::quantile;
use crate::support::app::{App, Shape};
use crate::support::backend::Backend;
use crate::support::people::need;
use std::time::Instant;
use zhipai::actions::Actor;
use zhipai::actions::suggest_experts::suggest_experts;
use zhipai::db::{self, JsonText};
use zhipai::domain::catalogue::CATALOGUE;
use zhipai::domain::expert::FirmType;
use zhipai::domain::region::SHIPPED;
use zhipai::domain::standing::Standing;
use zhipai::ids::ExpertId;

const EXPERTS: usize = 20_000;
const NEEDS: usize = 40;

pub fn run() {
    let app = App::shaped(Backend::Sqlite, Shape { unlimited: true, ..Shape::default() });
    let mut turn: u64 = 42;
    let mut next = |below: u64| {
        turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (turn >> 33) % below
    };
    let topics = [
        "专利侵权比对",
        "现有技术抗辩",
        "商标异议与无效",
        "海外维权",
        "专利导航",
        "数据知识产权登记",
        "开源许可证合规",
        "质押融资评估",
    ];
    app.office
        .write(|tx| {
            let mut rows = Vec::with_capacity(EXPERTS);
            for place in 0..EXPERTS {
                let region = &SHIPPED[1 + next(17) as usize];
                let services: Vec<String> =
                    (0..2 + next(4)).map(|_| CATALOGUE[next(20) as usize].slug.to_owned()).collect();
                let industries: Vec<String> =
                    region.industries.iter().take(1 + next(3) as usize).map(|name| (*name).to_owned()).collect();
                rows.push(db::expert::ExpertRow {
                    id: ExpertId::from_minted(tx.mint()),
                    name: format!("专家{place}"),
                    firm: format!("第{}知识产权代理有限公司", next(900)),
                    firm_key: String::new(),
                    firm_type: FirmType::Agency,
                    email_mark: format!("mark {place}"),
                    phone_mark: None,
                    region: region.code.to_owned(),
                    lat: Some(region.lat + next(100) as f64 / 1000.0),
                    lon: Some(region.lon + next(100) as f64 / 1000.0),
                    years: next(30) as i32,
                    bio: format!(
                        "长期从事{}与{}，熟悉{}。",
                        topics[next(8) as usize],
                        topics[next(8) as usize],
                        industries.join("、")
                    ),
                    services: JsonText::of(&services),
                    industries: JsonText::of(&industries),
                    languages: JsonText::of(&vec!["zh".to_owned()]),
                    modes: JsonText::of(&Vec::new()),
                    max_distance_km: None,
                    monthly_cap: 4,
                    open_cap: 2,
                    standing: Standing::Active,
                    standing_why: None,
                    filed_number: None,
                    language: "zh".to_owned(),
                    created_at: tx.now.naive_utc(),
                    updated_at: tx.now.naive_utc(),
                    version: 1,
                });
            }
            db::expert::insert_many(tx.conn, &rows)?;
            tx.changed("expert", rows[0].id.as_str())?;
            for row in rows.iter().skip(1).step_by(37) {
                tx.changed("expert", row.id.as_str())?;
            }
            Ok(())
        })
        .expect("experts");
    let mut times = Vec::new();
    for turn in 0..NEEDS {
        let mut body = need();
        body["title"] = format!("{}咨询 {turn}", topics[turn % topics.len()]).into();
        let id = app.liaison.submits(&body).parse().expect("an id");
        for _ in 0..5 {
            let began = Instant::now();
            let list = suggest_experts(&app.office, &Actor::Desk, id, 10).expect("ranked");
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            assert_eq!((list.candidates.len(), list.considered), (10, EXPERTS));
        }
    }
    times.remove(0);
    times.sort_by(f64::total_cmp);
    println!(
        "ranking {EXPERTS} experts, {} rankings: p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms (goal p99 10 ms)",
        times.len(),
        quantile(&times, 0.5),
        quantile(&times, 0.99),
        times[times.len() - 1]
    );
}
