//! What leads to a case: reports and findings, what counts and what was dealt with, and the policy that proposes.

use super::conduct_support::{desk, lapses, opens, page, sends, standing};
use super::doors::signed_in;
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Told, expert};
use serde_json::json;
use zhipai::db;
use zhipai::ids::ExpertId;

on_both!(
    a_report_weighs_once_it_is_proven,
    what_a_case_dealt_with_is_not_counted_again,
    the_policy_of_conduct_is_set_by_its_own_page,
);

fn a_report_weighs_once_it_is_proven(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let lin = signed_in(&app, "lin");
    let at = format!("/experts/{shen}/incidents");
    let empty = sends(&app, &lin, &at, &at, &[("kind", "gift"), ("note", "")]);
    assert_eq!(empty.status, 422);
    assert_eq!(sends(&app, &lin, &at, &at, &[("kind", "lapse"), ("note", "x")]).status, 422, "no report");
    let reported = [("kind", "gift"), ("note", "企业来电：收了购物卡。")];
    assert_eq!(sends(&app, &lin, &at, &at, &reported).status, 303);
    assert!(!page(&app, &lin, &at).contains("购物卡"), "a liaison reports and reads nothing of it");
    app.tick();
    assert!(!app.letters_to("meng@staff.example").is_empty(), "straight to the managers");
    assert!(desk(&app.manager).contains("conduct-report"));
    assert!(!desk(&app.manager).contains("removal-proposed"), "a report is somebody's words");
    let meng = signed_in(&app, "meng");
    let seen = page(&app, &meng, &at);
    assert!(seen.contains("购物卡") && seen.contains("待核实"), "{seen}");
    let incident = seen.split("/incidents/").find_map(|rest| rest.split_once("/finding")).expect("a form").0.to_owned();
    let path = format!("/incidents/{incident}/finding");
    assert_eq!(
        sends(&app, &meng, &at, &path, &[("finding", "proven")]).status,
        422,
        "how it was looked into is needed"
    );
    assert_eq!(sends(&app, &lin, &at, &path, &[("finding", "proven"), ("finding_note", "x")]).status, 403);
    let found = [("finding", "proven"), ("finding_note", "企业书面证明，本人承认。")];
    assert_eq!(sends(&app, &meng, &at, &path, &found).status, 303);
    let text = desk(&app.manager);
    assert!(text.contains("removal-proposed") && !text.contains("conduct-report"), "{text}");
    assert_eq!(standing(&app, &shen), "active", "a proposal never acts by itself");
    // Unfounded is withdrawn, and weighs nothing.
    let xu = app.manager.registers(&expert("许望舒"));
    let other = format!("/experts/{xu}/incidents");
    assert_eq!(sends(&app, &lin, &other, &other, &reported).status, 303);
    let seen = page(&app, &meng, &other);
    let incident = seen.split("/incidents/").find_map(|rest| rest.split_once("/finding")).expect("a form").0.to_owned();
    let fields = [("finding", "unfounded"), ("finding_note", "误会，是会议材料袋。")];
    assert_eq!(sends(&app, &meng, &other, &format!("/incidents/{incident}/finding"), &fields).status, 303);
    let expert_id: ExpertId = xu.parse().unwrap();
    let rows = db::conduct::incidents_of(&mut app.office.read().unwrap(), expert_id).unwrap();
    assert!(rows.iter().all(|row| !row.weighs() && row.withdrawn_at.is_some()));
    assert!(page(&app, &meng, &other).contains("不属实"));
}

fn what_a_case_dealt_with_is_not_counted_again(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    for _ in 0..3 {
        lapses(&app, &shen);
    }
    let case = opens(&app, &shen, "admonitions", &json!({"grounds": "三次未响应。"}));
    app.second_manager
        .post(&format!("/api/v1/conduct-cases/{case}/decision"), &json!({"decision": "admonish", "reason": "改正"}))
        .expect(200);
    lapses(&app, &shen);
    lapses(&app, &shen);
    assert!(!desk(&app.manager).contains("admonition-proposed"), "the first three were dealt with");
    lapses(&app, &shen);
    assert!(desk(&app.manager).contains("admonition-proposed"));
    let again = opens(&app, &shen, "admonitions", &json!({"grounds": "又三次未响应。"}));
    app.second_manager
        .post(&format!("/api/v1/conduct-cases/{again}/decision"), &json!({"decision": "admonish", "reason": "再犯"}))
        .expect(200);
    assert!(desk(&app.manager).contains("removal-proposed"), "two admonitions in 24 months");
    assert_eq!(standing(&app, &shen), "active");
}

fn the_policy_of_conduct_is_set_by_its_own_page(backend: Backend) {
    let app = App::start(backend);
    let meng = signed_in(&app, "meng");
    let shown = page(&app, &meng, "/policy/conduct");
    let mut fields: Vec<(String, String)> = Vec::new();
    for piece in shown.split("<input").skip(1) {
        let part = |name: &str| {
            let (_, rest) = piece.split_once(&format!(" {name}=\""))?;
            Some(rest.split('"').next().unwrap_or_default().to_owned())
        };
        if let (Some(name), Some(value)) = (part("name"), part("value"))
            && name != "csrf"
            && piece.contains("numeric")
        {
            fields.push((name, value));
        }
    }
    assert_eq!(fields.len(), 8 * 3 + 5, "{fields:?}");
    let with = |name: &str, value: &str| -> Vec<(String, String)> {
        fields
            .iter()
            .map(|(known, old)| (known.clone(), if known == name { value.to_owned() } else { old.clone() }))
            .collect()
    };
    let send = |fields: &[(String, String)]| {
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        sends(&app, &meng, "/policy/conduct", "/policy/conduct", &pairs)
    };
    let wrong = send(&with("statement_days", "0"));
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("statement_days-error"), "the field is named");
    assert_eq!(send(&with("lapse.admonish", "2")).status, 303);
    let policy = app.office.policy().unwrap();
    assert_eq!((policy.lapses_to_admonish, policy.reserves), (2, 3), "the rest of the policy stays");
    let shen = app.manager.registers(&expert("沈知行"));
    lapses(&app, &shen);
    assert!(!desk(&app.manager).contains("admonition-proposed"));
    lapses(&app, &shen);
    assert!(desk(&app.manager).contains("admonition-proposed"));
    assert_eq!(
        Told::read(signed_in(&app, "lin").get(format!("{}/policy/conduct", app.base_url)).send().unwrap()).status,
        403
    );
}
