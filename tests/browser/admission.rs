//! The journey: application on a phone → review at a desk → 备案 → the letter → the expert's own page.

use crate::driver::Driver;
use crate::journey::{can_sign_in, comes_in, meanwhile, signs_in};
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::address;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_becomes_a_filing_and_the_expert_comes_in() {
    let app = tokio::task::spawn_blocking(|| {
        let app = App::start(Backend::Sqlite);
        can_sign_in(&app, "meng");
        app
    })
    .await
    .expect("a service");
    let scan = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("scan.pdf");
    std::fs::write(&scan, b"%PDF-1.7\n1 0 obj\n").expect("a scan");
    let scan = scan.to_string_lossy().into_owned();
    let driver = Driver::start();

    // The applicant, on a phone that runs no scripts.
    let phone = driver.browser(390, 844, false).await;
    phone.open(&format!("{}/apply", app.base_url)).await;
    phone.shows("报名成为知识产权志愿服务专家").await;
    assert_eq!(phone.overflow().await, 0, "the form scrolls sideways");
    phone.types("name", "沈知行").await;
    phone.types("firm", "明砥专利代理有限公司").await;
    phone.chooses("firm_type", "agency").await;
    phone.types("years", "9").await;
    phone.types("email", &address("沈知行")).await;
    phone.chooses("region", "110108").await;
    phone.ticks("input[name='services'][value='dispute']").await;
    phone.types("qualifications.0.type", "专利代理师").await;
    phone.types("qualifications.0.number", "11-2233").await;
    for field in ["recommendation_file", "pledge_file"] {
        phone.attaches(field, &scan).await;
    }
    phone.ticks("input[name='supports']").await;
    phone.picture("a1-apply-phone").await;
    // Without the consent it comes back with everything typed.
    phone.presses("main form button.btn--primary").await;
    phone.shows("个人信息").await;
    assert!(phone.source().await.contains("value=\"沈知行\""), "nothing typed is lost");
    for field in ["recommendation_file", "pledge_file"] {
        phone.attaches(field, &scan).await;
    }
    phone.ticks("input[name='consent']").await;
    phone.presses("main form button.btn--primary").await;
    phone.shows("报名已收到").await;
    phone.picture("a2-applied-phone").await;

    // The manager, at a desk.
    let desk = driver.browser(1440, 1000, true).await;
    signs_in(&desk, &app, "meng").await;
    desk.shows("审核报名").await;
    desk.open(&format!("{}/experts/applications", app.base_url)).await;
    desk.shows("沈知行").await;
    desk.picture("a3-waiting").await;
    desk.clicks("table a").await;
    desk.shows("须由所在单位推荐").await;
    assert_eq!(desk.overflow().await, 0, "the review scrolls sideways");
    desk.ticks("input[name='stated_integrity'][value='met']").await;
    desk.ticks("input[name='stated_mastery'][value='met']").await;
    desk.chooses("decision", "admit").await;
    desk.types("reason", "材料齐全，准予备案。").await;
    desk.picture("a4-review").await;
    desk.presses("form[action$='/review'] button.btn--primary").await;
    let said = desk.shows("BA-2026-").await;
    let number: String = said.split("BA-2026-").nth(1).expect("a number").chars().take(6).collect();
    desk.picture("a5-filed").await;
    let here = desk.address().await;
    let expert = here.split(['?', '#']).next().expect("an address").trim_end_matches("/admission");
    desk.open(&format!("{expert}/forms/filing")).await;
    desk.shows("现予备案").await;
    desk.picture("a6-filing-letter").await;

    // The letter, and in to the own page.
    let (app, _) = meanwhile(app, App::tick).await;
    let filed = format!("BA-2026-{number}");
    assert!(app.letters_to(&address("沈知行")).iter().any(|letter| letter.text.contains(&filed)), "the letter says so");
    let app = comes_in(&phone, app, "沈知行").await;
    phone.shows(&number).await;
    assert_eq!(phone.overflow().await, 0, "the own page scrolls sideways");
    phone.picture("a7-own-page-phone").await;
    phone.open(&format!("{}/me?lang=en", app.base_url)).await;
    phone.shows("Hello").await;
    assert_eq!(phone.overflow().await, 0, "the own page scrolls sideways in English");
    phone.close().await;
    desk.close().await;
    drop(driver);
    tokio::task::spawn_blocking(move || drop(app)).await.expect("ended");
}
