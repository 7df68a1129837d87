//! What people type finds what they mean, and nothing outside their scope.

use super::*;
use crate::ids::StationId;
use crate::ids::uuid_v7;
use crate::search::{Document, Mark, SeenBy};
use std::collections::BTreeSet;

const TITLES: [(&str, &str, &str, &str); 8] = [
    // title, description, region, service
    ("数据知识产权登记咨询", "采集的遥感影像想拿证书", "110108", "data-ip"),
    ("專利侵權警告函", "收到德國公司的來信", "110105", "dispute"),
    ("PCT 进入国家阶段", "Licensing our patents in Europe", "110108", "application"),
    ("商业秘密保护", "核心配方怕泄露，参见 XQ-2026-000002", "110112", "compliance"),
    ("外观设计专利申请", "新款水杯 2026 年上市", "110000-kfq", "application"),
    ("石墨烯涂层的风险排查", "出口前排查", "110105", "risk"),
    ("软件著作权登记", "小程序上线", "110108", "application"),
    ("高校专利独占许可", "想用北航的一件专利", "110114", "transfer-licensing"),
];

fn id(place: usize) -> String {
    StationId::from_minted(uuid_v7(1_760_000_000_000, &[u8::try_from(place).unwrap(); 10])).to_string()
}

fn station(place: usize) -> StationId {
    StationId::from_minted(uuid_v7(1_750_000_000_000, &[u8::try_from(place).unwrap(); 10]))
}

fn mark() -> Mark {
    Mark { database: "test".to_owned(), watermark: 1 }
}

fn need(place: usize) -> Document {
    let (title, description, region, service) = TITLES[place];
    let seen_by = SeenBy::Within { regions: vec![region.to_owned()], stations: vec![station(place % 2).to_string()] };
    let enterprise = if place == 5 { "北京熊猫新材料有限公司" } else { "北京云谷科技有限公司" };
    let mut body = vec![description.to_owned(), enterprise.to_owned()];
    body.extend((place == 7).then(|| "已说明普通许可与独占许可的区别".to_owned()));
    Document {
        heading: title.to_owned(),
        body,
        numbers: vec![format!("XQ-2026-{:06}", place + 1), format!("PD-2026-{:06}", place + 501)],
        regions: vec![region.to_owned()],
        stations: vec![station(place % 2).to_string()],
        state: if place < 4 { "open" } else { "closed" }.to_owned(),
        services: vec![service.to_owned()],
        enterprise: format!("e{}", u8::from(place == 5)),
        created_at: i64::try_from(place).unwrap() * 1000,
        ..Document::new(Kind::Need, &id(place), &id(place), seen_by)
    }
}

fn expert(place: usize, name: &str, firm: &str, bio: &str) -> Document {
    Document {
        heading: name.to_owned(),
        body: vec![firm.to_owned(), bio.to_owned()],
        numbers: vec![format!("BA-2026-{:06}", place)],
        names: vec![name.to_owned(), firm.to_owned()],
        regions: vec!["110108".to_owned()],
        state: "active".to_owned(),
        services: vec!["dispute".to_owned()],
        ..Document::new(Kind::Expert, &id(place), &id(place), SeenBy::Everybody)
    }
}

fn enterprise(place: usize, name: &str, uscc: &str, stations: Vec<String>) -> Document {
    Document {
        heading: name.to_owned(),
        names: vec![name.to_owned()],
        numbers: vec![uscc.to_owned()],
        regions: vec!["110108".to_owned()],
        stations: stations.clone(),
        ..Document::new(
            Kind::Enterprise,
            &id(place),
            &id(place),
            SeenBy::Within { regions: vec!["110108".to_owned()], stations },
        )
    }
}

/// Eight needs, two experts (20, 21), two enterprises (30, 31), and a feedback (40) of the last need.
fn index() -> Index {
    let index = Index::in_memory().unwrap();
    let mut documents: Vec<Document> = (0..TITLES.len()).map(need).collect();
    documents.push(expert(20, "单雄信", "北京云岫知识产权代理有限公司", "专利侵权比对，海外维权"));
    documents.push(expert(21, "Zoë Müller", "Acme Patent LLP", "Licensing and FTO for semiconductors"));
    documents.push(enterprise(30, "北京熊猫新材料有限公司", "91110108MA01ABCD1X", vec![station(1).to_string()]));
    documents.push(enterprise(31, "无人来过有限公司", "91110108MA02ABCD1Y", Vec::new()));
    let seen_by = SeenBy::Within { regions: vec!["110114".to_owned()], stations: vec![station(1).to_string()] };
    documents.push(Document {
        heading: TITLES[7].0.to_owned(),
        body: vec!["已说明普通许可与独占许可的区别，建议登记备案".to_owned()],
        regions: vec!["110114".to_owned()],
        stations: vec![station(1).to_string()],
        state: "closed".to_owned(),
        created_at: 9_000,
        ..Document::new(Kind::Feedback, &id(40), &id(7), seen_by)
    });
    index.apply(&BTreeSet::new(), &documents, &mark()).unwrap();
    index
}

fn all(text: &str) -> SearchQuery {
    SearchQuery::of(Kind::Need, text, Scope::Everything, 0)
}

fn places(index: &Index, query: &SearchQuery) -> Vec<usize> {
    let found = index.search(query).unwrap();
    found.hits.iter().map(|hit| (0..50).find(|place| id(*place) == hit.id).unwrap()).collect()
}

#[test]
fn typed_in_any_form_it_is_found_first() {
    let index = index();
    let cases = [
        ("知识产权", 0),
        ("数据知识产权", 0),
        ("遥感", 0),
        ("专利侵权", 1),
        ("專利侵權警告函", 1),
        ("德国", 1),
        ("warning letter", 1),
        ("ＰＣＴ", 2),
        ("pct", 2),
        ("license", 2),
        ("licensing europe", 2),
        ("營業秘密", 3),
        ("trade secrets", 3),
        ("外观", 4),
        ("熊", 5),
        ("猫", 5),
        ("熊猫新材料", 5),
        ("請問石墨烯塗層如何排查風險", 5),
        ("軟體著作權", 6),
        ("独占许可 北航", 7),
        ("普通许可", 7),
        ("Haidian data", 0),
        ("昌平", 7),
        ("亦庄 外观", 4),
    ];
    for (typed, wanted) in cases {
        let found = places(&index, &all(typed));
        assert_eq!(found.first(), Some(&wanted), "{typed}: {found:?}");
    }
    for typed in ["量子通信", "！！！", "zzz"] {
        assert_eq!(places(&index, &all(typed)), [0; 0], "{typed}");
    }
    assert_eq!(index.search(&all("石墨烯 遥感")).unwrap().total, 0, "both words of a short query must match");
}

#[test]
fn a_character_left_over_asks_for_nothing() {
    let index = index();
    for typed in ["外观的三", "2026年外观"] {
        assert_eq!(places(&index, &all(typed)), [4], "{typed}");
    }
    assert_eq!(places(&index, &all("石墨烯膜")), [0; 0], "unless it ends the word a concept begins");
    assert_eq!(places(&index, &all("石墨烯涂")), [5]);
    assert_eq!(places(&index, &all("外观 熊")), [0; 0], "one that stands apart is a word");
}

#[test]
fn a_pasted_paragraph_finds_what_it_is_about() {
    let index = index();
    let pasted = "各位老师好，我们公司准备把一批涂层产品出口到海外，客户要求先说明石墨烯相关的专利情况，麻烦帮忙看看有没有风险，\
                  需要做哪些排查，大概要多长时间，费用怎么算，是否需要提供配方和工艺说明，谢谢。";
    assert_eq!(places(&index, &all(pasted)).first(), Some(&5));
    let long = "商业秘密".repeat(5_000);
    assert_eq!(places(&index, &all(&long)).first(), Some(&3));
}

#[test]
fn weird_input_is_answered_like_any_other() {
    let index = index();
    for typed in [
        "\"",
        "(",
        "AND",
        "title:x",
        "*",
        "专利*",
        "[a TO b]",
        "\\",
        "\u{0}",
        "🙂",
        "%_",
        "-",
        "a".repeat(9_000).as_str(),
    ] {
        index.search(&SearchQuery::new(typed, Scope::Everything, 0)).unwrap_or_else(|fault| panic!("{typed}: {fault}"));
    }
    assert_eq!(places(&index, &all("   ")).len(), TITLES.len(), "nothing typed lists everything");
}

#[test]
fn numbers_are_found_exactly_and_first() {
    let index = index();
    for typed in ["XQ-2026-000002", "xq-2026-2", "ＸＱ－２０２６－０００００２", "XQ2026000002", "2026-000002"]
    {
        let found = places(&index, &all(typed));
        assert_eq!(found.first(), Some(&1), "{typed}");
        assert!(
            found.iter().all(|place| [1, 3].contains(place)),
            "{typed}: only itself and who mentions it: {found:?}"
        );
    }
    for typed in ["2", "000002", " 02 "] {
        assert_eq!(places(&index, &all(typed)).first(), Some(&1), "{typed}");
    }
    assert_eq!(places(&index, &all("PD-2026-000503")), [2], "an assignment's number leads to its need");
    assert_eq!(places(&index, &all("XQ-2025-000002")), [0; 0]);
    let of = |kind, typed| places(&index, &SearchQuery::of(kind, typed, Scope::Everything, 0));
    assert_eq!(of(Kind::Expert, "BA-2026-000020"), [20]);
    assert_eq!(of(Kind::Enterprise, "91110108ma01abcd1x"), [30]);
    assert_eq!(of(Kind::Enterprise, "91110108MA01"), [30]);
    assert_eq!(of(Kind::Enterprise, "91110108").len(), 2);
}

#[test]
fn names_are_found_in_pinyin_and_by_initials() {
    let index = index();
    let of = |kind, typed| places(&index, &SearchQuery::of(kind, typed, Scope::Everything, 0));
    for typed in ["shanxiongxin", "Shan Xiongxin", "shanx", "sxx", "yunxiu", "单雄信", "雄信", "云岫"] {
        assert_eq!(of(Kind::Expert, typed), [20], "{typed}");
    }
    for typed in ["Müller", "acme"] {
        assert_eq!(of(Kind::Expert, typed).first(), Some(&21), "{typed}");
    }
    for typed in ["xiongmao", "xmxcl", "xiongmaoxin", "熊猫"] {
        assert_eq!(of(Kind::Enterprise, typed), [30], "{typed}");
    }
    assert_eq!(of(Kind::Expert, "dan"), [0; 0], "a surname is read as it is spoken");
}

/// A liaison of the other station: neither found nor counted, in no kind and no facet.
#[test]
fn scope_hides_and_does_not_count() {
    let index = index();
    let everything = index.search(&all("专利")).unwrap();
    let scopes = [
        (Scope::Regions(vec!["110105".to_owned(), "110112".to_owned()]), vec!["110105", "110112"]),
        (Scope::Regions(Vec::new()), vec![]),
        (Scope::Regions(vec!["110000-kfq".to_owned()]), vec!["110000-kfq"]),
    ];
    for (scope, regions) in scopes {
        for text in ["专利", ""] {
            let query = SearchQuery { facets: true, ..SearchQuery::of(Kind::Need, text, scope.clone(), 0) };
            let found = index.search(&query).unwrap();
            assert_eq!(found.total, found.hits.len());
            assert!(text.is_empty() || found.total < everything.total);
            for place in places(&index, &query) {
                assert!(regions.contains(&TITLES[place].2));
            }
            assert!(found.facets.regions.keys().all(|code| regions.contains(&code.as_str())));
        }
    }
    let own = Scope::Station(station(1));
    let theirs = SearchQuery { facets: true, ..SearchQuery::new("", own.clone(), 0) };
    let found = index.search(&theirs).unwrap();
    assert_eq!(places(&index, &SearchQuery { kind: Some(Kind::Need), ..theirs.clone() }), [7, 5, 3, 1]);
    assert_eq!(
        (found.facets.of_kind(Kind::Need), found.facets.of_kind(Kind::Feedback), found.facets.of_kind(Kind::Expert)),
        (4, 1, 2),
        "the register of experts is everybody's"
    );
    assert_eq!(
        found.facets.of_kind(Kind::Enterprise),
        1,
        "an enterprise that never came to this station is unknown to it"
    );
    assert_eq!(found.facets.stations.keys().collect::<Vec<_>>(), [&station(1).to_string()]);
    assert_eq!(
        places(&index, &SearchQuery::of(Kind::Need, "XQ-2026-000001", own.clone(), 0)),
        [0; 0],
        "not even by number"
    );
    let other = Scope::Station(station(0));
    for text in ["普通许可", "独占许可", "xiongmao", "91110108MA01", "熊猫"] {
        for kind in [Kind::Need, Kind::Feedback, Kind::Enterprise] {
            let query = SearchQuery { facets: true, ..SearchQuery::of(kind, text, other.clone(), 0) };
            let found = index.search(&query).unwrap();
            assert_eq!((found.total, found.hits.len()), (0, 0), "{text} {kind}");
            assert_eq!(found.facets.of_kind(kind), 0, "{text} {kind}");
        }
    }
}

#[test]
fn facets_count_what_is_found_and_the_kinds_beside_it() {
    let index = index();
    let query = SearchQuery { facets: true, ..all("专利") };
    let found = index.search(&query).unwrap();
    assert_eq!(found.facets.of_kind(Kind::Need), found.total);
    assert!(found.facets.of_kind(Kind::Expert) > 0, "the other kinds are counted beside the one asked for");
    for counts in [&found.facets.states, &found.facets.regions, &found.facets.services, &found.facets.stations] {
        assert_eq!(counts.values().sum::<usize>(), found.total, "{counts:?}");
    }
    let whole = index.search(&SearchQuery { facets: true, ..SearchQuery::new("专利", Scope::Everything, 0) }).unwrap();
    assert_eq!(whole.total, whole.facets.all());
    assert_eq!(whole.facets.kinds, found.facets.kinds);
    let by_count = index.search(&SearchQuery::new("专利", Scope::Everything, 0)).unwrap();
    assert_eq!(by_count.total, whole.total);
}

#[test]
fn filters_combine_and_an_empty_text_lists_the_newest_first() {
    let index = index();
    let list = |change: fn(&mut SearchQuery)| {
        let mut query = all("");
        change(&mut query);
        places(&index, &query)
    };
    assert_eq!(list(|_| {}), [7, 6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(list(|query| query.state = Some("open".to_owned())), [3, 2, 1, 0]);
    assert_eq!(list(|query| query.service = Some("application".to_owned())), [6, 4, 2]);
    assert_eq!(list(|query| query.region = Some("110105".to_owned())), [5, 1]);
    assert_eq!(list(|query| query.station = Some(station(0).to_string())), [6, 4, 2, 0]);
    assert_eq!(list(|query| query.enterprise = Some("e1".to_owned())), [5]);
    assert_eq!(list(|query| (query.from, query.to) = (Some(2000), Some(5000))), [4, 3, 2]);
    assert_eq!(list(|query| (query.limit, query.offset) = (2, 3)), [4, 3]);
    let counted = index.search(&SearchQuery { limit: 0, ..all("") }).unwrap();
    assert_eq!(counted, Found { total: 8, ..Found::default() });
}

#[test]
fn equal_matches_come_newest_first_and_pages_neither_repeat_nor_leave_out() {
    let index = Index::in_memory().unwrap();
    let mut documents = Vec::new();
    let day = 86_400_000_000_i64;
    for place in 0..450_i64 {
        let id = format!("n{place}");
        documents.push(Document {
            heading: "石墨烯".to_owned(),
            created_at: ((place * 7) % 450) * day,
            ..Document::new(Kind::Need, &id, &id, SeenBy::Everybody)
        });
    }
    index.apply(&BTreeSet::new(), &documents, &mark()).unwrap();
    let page = |offset: usize, limit: usize| -> Vec<String> {
        let query = SearchQuery {
            offset,
            limit,
            counted: false,
            ..SearchQuery::of(Kind::Need, "石墨烯", Scope::Everything, 450 * day)
        };
        index.search(&query).unwrap().hits.into_iter().map(|hit| hit.id).collect()
    };
    let whole = page(0, 500);
    assert_eq!(whole.len(), 450);
    let mut paged = Vec::new();
    while paged.len() < 450 {
        let next = page(paged.len(), 33);
        assert!(!next.is_empty());
        paged.extend(next);
    }
    assert_eq!(paged, whole);
    assert_eq!(paged.iter().collect::<BTreeSet<_>>().len(), 450);
    let came = |id: &String| (id[1..].parse::<i64>().unwrap() * 7) % 450;
    assert!(whole[..200].windows(2).all(|pair| came(&pair[0]) > came(&pair[1])), "newest first among equals");
}

#[test]
fn a_better_match_beats_a_newer_one_and_among_alike_the_newer_wins() {
    let index = Index::in_memory().unwrap();
    let day = 86_400_000_000_i64;
    let add = |id: &str, heading: &str, body: &str, days: i64| Document {
        heading: heading.to_owned(),
        body: vec![body.to_owned()],
        created_at: days * day,
        ..Document::new(Kind::Need, id, id, SeenBy::Everybody)
    };
    let documents = [
        add("old", "石墨烯涂层排查", "", 0),
        add("new", "石墨烯涂层排查", "", 900),
        add("aside", "水杯上市", "顺便问问石墨烯涂层排查的事，其他都是别的内容，与此没有什么关系", 1_000),
    ];
    index.apply(&BTreeSet::new(), &documents, &mark()).unwrap();
    let found = index.search(&SearchQuery::of(Kind::Need, "石墨烯涂层", Scope::Everything, 1_000 * day)).unwrap();
    assert_eq!(found.hits.iter().map(|hit| hit.id.as_str()).collect::<Vec<_>>(), ["new", "old", "aside"]);
}

#[test]
fn highlights_mark_what_made_the_hit() {
    let index = index();
    let cases = [
        ("licence 专利", "Licensing of 專利", vec!["Licensing", "專利"]),
        ("trade secret", "商业秘密保护", vec!["商业秘密保护"]),
    ];
    for (typed, shown, wanted) in cases {
        let found = index.search(&all(typed)).unwrap();
        let marked: Vec<&str> =
            crate::search::marks(shown, &found.highlights).into_iter().map(|range| &shown[range]).collect();
        assert_eq!(marked, wanted, "{:?}", found.highlights);
    }
}

/// Of an enterprise that several stations served each learns of itself alone, in the counts and by the filter.
#[test]
fn of_a_shared_enterprise_no_station_learns_of_another() {
    let index = Index::in_memory().unwrap();
    let both = vec![station(0).to_string(), station(1).to_string()];
    index
        .apply(&BTreeSet::new(), &[enterprise(30, "北京熊猫新材料有限公司", "91110108MA01ABCD1X", both)], &mark())
        .unwrap();
    let asked = |scope: Scope, by: Option<usize>, known: &[usize]| {
        let mut query = SearchQuery { facets: true, ..SearchQuery::of(Kind::Enterprise, "熊猫", scope, 0) };
        query.station = by.map(|place| station(place).to_string());
        query.stations_known = known.iter().map(|place| station(*place).to_string()).collect();
        let found = index.search(&query).unwrap();
        let stations: Vec<String> = found.facets.stations.into_keys().collect();
        (found.hits.len(), found.total, stations)
    };
    let of = |places: &[usize]| places.iter().map(|place| station(*place).to_string()).collect::<Vec<_>>();
    let own = Scope::Station(station(1));
    assert_eq!(asked(own.clone(), None, &[]), (1, 1, of(&[1])));
    assert_eq!(asked(own.clone(), Some(1), &[]), (1, 1, of(&[1])));
    assert_eq!(asked(own, Some(0), &[]), (0, 0, of(&[])), "asking for the other finds nothing");
    let region = Scope::Regions(vec!["110108".to_owned()]);
    assert_eq!(asked(region.clone(), None, &[0]), (1, 1, of(&[0])));
    assert_eq!(asked(region.clone(), Some(1), &[0]), (0, 0, of(&[])));
    assert_eq!(asked(region, Some(0), &[0]), (1, 1, of(&[0])));
    assert_eq!(asked(Scope::Everything, Some(0), &[]), (1, 1, of(&[0, 1])));
}
