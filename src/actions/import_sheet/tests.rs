//! Sheets and notices imported into an office on a real database.

use super::{Difference, StationRecord, import_experts, import_stations};
use crate::actions::account::{self, NewAccount};
use crate::actions::assign_expert::{AssignExpert, assign_expert};
use crate::actions::import_calendar::{decide_calendar, import_calendar};
use crate::actions::keep_station::StationInput;
use crate::actions::record_notice::enter_notice;
use crate::actions::register_expert::ExpertInput;
use crate::actions::submit_need::{EnterpriseInput, SubmitNeed, submit_need};
use crate::actions::{ActionError, Actor, Office, Settings, found_office};
use crate::clock::{Chance, VirtualClock};
use crate::db::{self, Db};
use crate::domain::assignment::NotifiedBy;
use crate::domain::refusal::Refusal;
use crate::domain::role::{Role, Scope, Staff};
use crate::seal::Keyring;
use crate::search::IndexHome;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

struct House {
    office: Office,
    manager: Actor,
    folder: PathBuf,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
}

fn house(name: &str, start: &str) -> House {
    let folder = std::env::temp_dir().join(format!("zhipai-import-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let db = Db::open(&format!("sqlite:{}", folder.join("x.db").display()), 2).expect("a database");
    db.write::<(), ActionError>(|conn| Ok(db::migrate::migrate(conn)?)).expect("migrates");
    let keys = Keyring::new(BTreeMap::from([(1, [7; 32])])).expect("keys");
    found_office::found_office(&db, &keys, at(start)).expect("founded");
    let settings =
        Settings { base_url: "http://127.0.0.1".to_owned(), connections: 2, second_factor: false, mail_off: true };
    let clock = Arc::new(VirtualClock::standing(at(start)));
    let index = IndexHome::in_memory();
    let office = Office::open(db, clock, Chance::seeded(3), keys, settings, (index, None)).expect("an office");
    let new = NewAccount {
        role: Role::Manager,
        name: "范雪松".to_owned(),
        email: "fan@city.test".to_owned(),
        phone: None,
        station: None,
        region: None,
        head: false,
        language: "zh".to_owned(),
        password: Some("kettle-orbit-92-salt".to_owned()),
    };
    let (account, _) = account::add_account(&office, &Actor::Operator, &new).expect("an account");
    let manager = Actor::Staff(Staff { account, role: Role::Manager, scope: Scope::Everything, station: None });
    House { office, manager, folder }
}

fn expert(email: &str, region: &str, phone: &str) -> ExpertInput {
    ExpertInput {
        name: "江叙白".to_owned(),
        firm: "明砥律师事务所".to_owned(),
        firm_type: Some("law-firm".to_owned()),
        email: email.to_owned(),
        phone: Some(phone.to_owned()),
        region: region.to_owned(),
        services: vec!["dispute".to_owned()],
        standing: Some("active".to_owned()),
        ..ExpertInput::default()
    }
}

fn station() -> StationRecord {
    StationRecord {
        station: StationInput {
            name: "中关村工作站".to_owned(),
            region: "海淀区".to_owned(),
            address: "海淀大街 1 号".to_owned(),
            phone: "010-62510000".to_owned(),
            supervision_phone: "12330".to_owned(),
            ..StationInput::default()
        },
        head: Some(("李站长".to_owned(), "li@station.test".to_owned())),
    }
}

fn kept(house: &House) -> usize {
    db::expert::all(&mut house.office.read().expect("a reader")).expect("experts").len()
}

#[test]
fn good_rows_are_kept_bad_ones_told_and_the_second_time_changes_nothing() {
    let house = house("experts", "2026-05-08T01:40:00Z");
    let rows = vec![
        (2, expert("a@example.test", "海淀区", "13800138000")),
        (3, expert("b@example.test", "火星", "123")),
        (4, expert("c@example.test", "朝阳区", "13800138001")),
    ];
    let trial = import_experts(&house.office, &house.manager, &rows, true, &|_| ()).expect("tried out");
    assert_eq!((trial.created, kept(&house)), (2, 0), "a trial leaves nothing");
    let done = import_experts(&house.office, &house.manager, &rows, false, &|_| ()).expect("imported");
    assert_eq!(done, trial);
    assert_eq!(
        done.problems.iter().map(|(row, problem)| (*row, problem.field.as_str())).collect::<Vec<_>>(),
        [(3, "phone"), (3, "region")]
    );
    assert_eq!(kept(&house), 2);
    let again = import_experts(&house.office, &house.manager, &rows, false, &|_| ()).expect("imported");
    assert_eq!((again.created, again.changed, again.unchanged), (0, 0, 2));
    let mut moved = rows;
    moved[0].1.region = "东城区".to_owned();
    let third = import_experts(&house.office, &house.manager, &moved, false, &|_| ()).expect("imported");
    assert_eq!((third.created, third.changed, third.unchanged), (0, 1, 1));
    let told: Vec<_> = third.changes.iter().map(|change| (change.row, change.name.as_str())).collect();
    assert_eq!(told, [(2, "江叙白")]);
    let field = Difference { field: "region", old: "110108".to_owned(), new: "110101".to_owned() };
    assert_eq!(third.changes[0].fields, [field], "what is on record, and what would stand there");
    assert_eq!(trial.added, [(2, "江叙白".to_owned()), (4, "江叙白".to_owned())]);
}

/// More rows than are looked up together, with bad ones, one address typed in two ways, and one in two places.
#[test]
fn a_long_sheet_is_taken_in_parts_and_verifies() {
    let house = house("long", "2026-05-08T01:40:00Z");
    let mut rows: Vec<(usize, ExpertInput)> = (0..900)
        .map(|at| (at + 2, expert(&format!("e{at}@example.test"), "海淀区", &format!("138{:08}", at))))
        .collect();
    rows[500].1.region = "火星".to_owned();
    rows[10].1.email = "E9@example.test".to_owned();
    rows[899].1.email = "e1@EXAMPLE.test".to_owned();
    rows[20].1.bio = "身份证 11010519491231002X".to_owned();
    let looked = std::cell::RefCell::new(Vec::new());
    let done = import_experts(&house.office, &house.manager, &rows, false, &|at| looked.borrow_mut().push(at))
        .expect("imported");
    assert_eq!(*looked.borrow(), [400, 800, 900]);
    assert_eq!((done.created, done.changed, kept(&house)), (896, 0, 896));
    let told: Vec<_> = done.problems.iter().map(|(row, one)| (*row, one.field.as_str(), one.code)).collect();
    let expected =
        [(12, "email", "taken"), (22, "bio", "resident-id"), (502, "region", "not-a-region"), (901, "email", "taken")];
    assert_eq!(told, expected);
    let again = import_experts(&house.office, &house.manager, &rows, false, &|_| ()).expect("imported");
    assert_eq!((again.created, again.changed, again.unchanged, again.problems), (0, 0, 896, done.problems));
    let mut reader = house.office.read().expect("a reader");
    let all = db::expert::all(&mut reader).expect("experts");
    let mut numbers: Vec<_> = all.iter().filter_map(|row| row.filed_number.clone()).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 896, "everybody has a number of their own");
    for row in all.iter().take(3) {
        let trail = db::audit::trail(&mut reader, row.id.as_str()).expect("a trail");
        assert_eq!(trail.len(), 1);
        assert_eq!(trail[0].hash, db::audit::chain_hash(&trail[0]));
        assert_eq!(db::expert::qualifications_of(&mut reader, row.id).expect("papers").len(), 0);
        let contact = crate::actions::contact::of_expert(&house.office.keys, &mut reader, row.id).expect("reads");
        assert!(contact.email.is_some_and(|email| email.ends_with("@example.test")) && contact.phone.is_some());
    }
}

#[test]
fn a_region_s_manager_imports_only_there() {
    let house = house("region", "2026-05-08T01:40:00Z");
    let Actor::Staff(staff) = &house.manager else { panic!("staff") };
    let delegated = Actor::Staff(Staff { scope: Scope::Regions(vec!["110105".to_owned()]), ..staff.clone() });
    let rows = vec![
        (2, expert("a@example.test", "海淀区", "13800138000")),
        (3, expert("c@example.test", "朝阳区", "13800138001")),
    ];
    let done = import_experts(&house.office, &delegated, &rows, false, &|_| ()).expect("imported");
    assert_eq!((done.created, done.problems.len()), (1, 1));
    assert_eq!((done.problems[0].0, done.problems[0].1.code), (2, "outside-your-region"));
    let liaison = Actor::Staff(Staff { role: Role::Liaison, ..staff.clone() });
    assert!(matches!(
        import_experts(&house.office, &liaison, &rows, true, &|_| ()),
        Err(ActionError::Refused(Refusal::NotYours))
    ));
}

#[test]
fn a_station_brings_its_head_an_account_without_a_password() {
    let house = house("stations", "2026-05-08T01:40:00Z");
    let done = import_stations(&house.office, &house.manager, &[(2, station())], false).expect("imported");
    assert_eq!((done.created, done.heads.len()), (1, 1));
    let mut reader = house.office.read().expect("a reader");
    let head = db::account::by_email(&mut reader, "li@station.test").expect("reads").expect("an account");
    assert!(head.head && head.password_hash.is_none() && head.role == Role::Liaison && head.station.is_some());
    assert!(db::outbox::counts(&mut reader).expect("counts").is_empty(), "no letter is owed");
    drop(reader);
    let again = import_stations(&house.office, &house.manager, &[(2, station())], false).expect("imported");
    assert_eq!((again.unchanged, again.heads.len()), (1, 0));
}

#[test]
fn a_notice_moves_a_provisional_deadline_later_and_never_back() {
    // Told on Wednesday, 30 December 2026: the last day passes New Year's Day and a weekend to Monday, 4 January.
    let house = house("calendar", "2026-12-30T02:00:00Z");
    import_stations(&house.office, &house.manager, &[(2, station())], false).expect("a station");
    import_experts(
        &house.office,
        &house.manager,
        &[(2, expert("a@example.test", "海淀区", "13800138000"))],
        false,
        &|_| (),
    )
    .expect("an expert");
    let mut reader = house.office.read().expect("a reader");
    let station = db::station::all(&mut reader).expect("stations")[0].id;
    let expert = db::expert::all(&mut reader).expect("experts")[0].id;
    drop(reader);
    let need = SubmitNeed {
        enterprise: EnterpriseInput {
            name: "北京云图科技有限公司".to_owned(),
            region: "海淀区".to_owned(),
            contact_name: "赵经理".to_owned(),
            contact_phone: Some("13800138009".to_owned()),
            ..EnterpriseInput::default()
        },
        title: "收到专利侵权警告函怎么办".to_owned(),
        description: "收到一封警告函，称我们的产品侵犯其专利。".to_owned(),
        services: vec!["dispute".to_owned()],
        region: "海淀区".to_owned(),
        mode: "online".to_owned(),
        consent: true,
        station: Some(station),
        ..SubmitNeed::default()
    };
    let need = submit_need(&house.office, &house.manager, &need).expect("submitted").id;
    let asked = AssignExpert { expert_id: expert, reserves: Vec::new(), seat: None, tomorrow: false };
    let offer = assign_expert(&house.office, &house.manager, need, &asked).expect("asked");
    enter_notice(&house.office, &house.manager, offer, NotifiedBy::Phone, house.office.now()).expect("told");
    let due = || {
        let row = db::assignment::find(&mut house.office.read().expect("a reader"), &offer)
            .expect("reads")
            .expect("an offer");
        (row.answer_due_at.expect("due").and_utc(), row.provisional)
    };
    assert_eq!(due(), (at("2027-01-04T16:00:00Z"), true));
    let notice = "date,kind,occasion\n2027-01-01,holiday,元旦\n2027-01-04,holiday,元旦\n2027-10-01,holiday,国庆节\n";
    let trial =
        import_calendar(&house.office, &house.manager, notice, "国办发明电〔2026〕9号", true).expect("tried out");
    assert_eq!((trial.recounted, trial.moves.len(), due().1, trial.waits_as), (1, 1, true, None));
    let waits =
        import_calendar(&house.office, &house.manager, notice, "国办发明电〔2026〕9号", false).expect("imported");
    assert!(due().1 && !house.office.calendar().knows_year(2027), "nothing counts before a second person said yes");
    let id = waits.waits_as.expect("waits");
    let own = decide_calendar(&house.office, &house.manager, id, true, "");
    assert!(matches!(own, Err(ActionError::Refused(Refusal::AnotherManager))), "{own:?}");
    let done = decide_calendar(&house.office, &Actor::Operator, id, true, "").expect("approved");
    assert_eq!((done.years.as_slice(), done.moves.len()), ([2027].as_slice(), 1));
    assert_eq!(done.moves, trial.moves, "what was shown is what happened");
    assert_eq!(due(), (at("2027-01-05T16:00:00Z"), false));
    assert!(house.office.calendar().knows_year(2027) && house.office.calendar().knows_year(2026));
    let shorter = "date,kind,occasion\n2027-01-01,holiday,元旦\n2027-10-01,holiday,国庆节\n";
    let id = import_calendar(&house.office, &house.manager, shorter, "更正", false).expect("imported").waits_as;
    decide_calendar(&house.office, &Actor::Operator, id.expect("waits"), true, "").expect("approved");
    assert_eq!(due().0, at("2027-01-05T16:00:00Z"), "what was told stands");
    let trail = db::audit::trail(&mut house.office.read().expect("a reader"), need.as_str()).expect("a trail");
    assert_eq!(trail.iter().filter(|event| event.event == "due-moved").count(), 1);
}
