//! What people type finds what they mean, and nothing outside their scope.

use super::*;
use crate::ids::uuid_v7;
use crate::search::NeedDoc;

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

fn id(place: usize) -> NeedId {
    NeedId::from_minted(uuid_v7(1_760_000_000_000, &[u8::try_from(place).unwrap(); 10]))
}

fn index() -> Index {
    let index = Index::in_memory().unwrap();
    let mut docs = Vec::new();
    for (place, (title, description, region, service)) in TITLES.iter().enumerate() {
        docs.push(NeedDoc {
            id: id(place),
            number: format!("XQ-2026-{:06}", place + 1),
            title: (*title).to_owned(),
            description: (*description).to_owned(),
            enterprise: if place == 5 { "北京熊猫新材料有限公司" } else { "北京云谷科技有限公司" }.to_owned(),
            feedback: (place == 7).then(|| "已说明普通许可与独占许可的区别".to_owned()),
            region: (*region).to_owned(),
            station: format!("station-{}", place % 2),
            state: if place < 4 { "open" } else { "closed" }.to_owned(),
            services: vec![(*service).to_owned()],
            created_at: i64::try_from(place).unwrap() * 1000,
        });
    }
    index.apply(&docs, &[], 1).unwrap();
    index
}

fn places(index: &Index, query: &NeedQuery) -> Vec<usize> {
    let found = index.search(query).unwrap();
    found.ids.iter().map(|found| (0..TITLES.len()).find(|place| id(*place) == *found).unwrap()).collect()
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
        let found = places(&index, &NeedQuery::new(typed, Scope::All));
        assert_eq!(found.first(), Some(&wanted), "{typed}: {found:?}");
    }
    for typed in ["量子通信", "！！！", "zzz"] {
        assert_eq!(places(&index, &NeedQuery::new(typed, Scope::All)), [0; 0], "{typed}");
    }
    let found = index.search(&NeedQuery::new("石墨烯 遥感", Scope::All)).unwrap();
    assert_eq!(found.total, 0, "both words of a short query must match");
}

#[test]
fn numbers_are_found_exactly_and_first() {
    let index = index();
    for typed in ["XQ-2026-000002", "xq-2026-2", "ＸＱ－２０２６－０００００２", "XQ2026000002", "2026-000002"]
    {
        let found = places(&index, &NeedQuery::new(typed, Scope::All));
        assert_eq!(found.first(), Some(&1), "{typed}");
        assert!(
            found.iter().all(|place| [1, 3].contains(place)),
            "{typed}: only itself and who mentions it: {found:?}"
        );
    }
    for typed in ["2", "000002", " 02 "] {
        assert_eq!(places(&index, &NeedQuery::new(typed, Scope::All)).first(), Some(&1), "{typed}");
    }
    assert_eq!(places(&index, &NeedQuery::new("XQ-2025-000002", Scope::All)), [0; 0]);
    assert_eq!(number("专利 2"), None);
    assert_eq!(number("2026-01-02"), None);
}

#[test]
fn scope_hides_and_does_not_count() {
    let index = index();
    let all = index.search(&NeedQuery::new("专利", Scope::All)).unwrap();
    let scopes = [
        (Scope::Regions(vec!["110105".to_owned(), "110112".to_owned()]), vec!["110105", "110112"]),
        (Scope::Regions(Vec::new()), vec![]),
        (Scope::Regions(vec!["110000-kfq".to_owned()]), vec!["110000-kfq"]),
    ];
    for (scope, regions) in scopes {
        for text in ["专利", ""] {
            let found = index.search(&NeedQuery::new(text, scope.clone())).unwrap();
            assert_eq!(found.total, found.ids.len());
            assert!(text.is_empty() || found.total < all.total);
            for place in places(&index, &NeedQuery::new(text, scope.clone())) {
                assert!(regions.contains(&TITLES[place].2));
            }
        }
    }
    let own = Scope::Stations(vec!["station-1".to_owned()]);
    assert_eq!(places(&index, &NeedQuery::new("", own.clone())), [7, 5, 3, 1]);
    assert_eq!(places(&index, &NeedQuery::new("XQ-2026-000001", own)), [0; 0], "not even by number");
}

#[test]
fn filters_combine_and_an_empty_text_lists_the_newest_first() {
    let index = index();
    let list = |change: fn(&mut NeedQuery)| {
        let mut query = NeedQuery::new("", Scope::All);
        change(&mut query);
        places(&index, &query)
    };
    assert_eq!(list(|_| {}), [7, 6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(list(|query| query.state = Some("open".to_owned())), [3, 2, 1, 0]);
    assert_eq!(list(|query| query.service = Some("application".to_owned())), [6, 4, 2]);
    assert_eq!(list(|query| query.region = Some("110105".to_owned())), [5, 1]);
    assert_eq!(list(|query| query.station = Some("station-0".to_owned())), [6, 4, 2, 0]);
    assert_eq!(list(|query| (query.from, query.to) = (Some(2000), Some(5000))), [4, 3, 2]);
    assert_eq!(list(|query| (query.limit, query.offset) = (2, 3)), [4, 3]);
    let mut counted = NeedQuery::new("", Scope::All);
    counted.limit = 0;
    assert_eq!(index.search(&counted).unwrap(), Found { total: 8, ..Found::default() });
}

#[test]
fn equal_matches_come_newest_first() {
    let index = Index::in_memory().unwrap();
    for (place, created_at) in [(0, 5), (1, 9), (2, 7)] {
        let doc = NeedDoc {
            id: id(place),
            number: String::new(),
            title: "石墨烯".to_owned(),
            description: String::new(),
            enterprise: String::new(),
            feedback: None,
            region: "110108".to_owned(),
            station: String::new(),
            state: "open".to_owned(),
            services: Vec::new(),
            created_at,
        };
        index.apply(&[doc], &[], 1).unwrap();
    }
    let found = index.search(&NeedQuery::new("石墨烯", Scope::All)).unwrap();
    assert_eq!(found.ids, [id(1), id(2), id(0)]);
}

#[test]
fn highlights_mark_what_made_the_hit() {
    let index = index();
    let cases = [
        ("licence 专利", "Licensing of 專利", vec!["Licensing", "專利"]),
        ("trade secret", "商业秘密保护", vec!["商业秘密保护"]),
    ];
    for (typed, shown, wanted) in cases {
        let found = index.search(&NeedQuery::new(typed, Scope::All)).unwrap();
        let marked: Vec<&str> =
            crate::search::marks(shown, &found.highlights).into_iter().map(|range| &shown[range]).collect();
        assert_eq!(marked, wanted, "{:?}", found.highlights);
    }
}
