//! The journey: submit → candidates → send → accept on a phone → feedback → rating → the manager's board.

use crate::driver::{Browser, Driver};
use crate::support::app::{App, PASSWORD};
use crate::support::backend::Backend;
use crate::support::people::{address, expert};

/// Gives an account the password everybody has.
pub fn can_sign_in(app: &App, name: &str) {
    let hash = zhipai::actions::sign_in::hash_password(&app.office, PASSWORD).expect("hashed");
    app.office
        .write(|tx| {
            let mut row =
                zhipai::db::account::by_email(tx.conn, &format!("{name}@staff.example"))?.expect("an account");
            row.password_hash = Some(hash.clone());
            zhipai::db::account::save(tx.conn, &row)?;
            Ok(())
        })
        .expect("a password");
}

pub async fn signs_in(browser: &Browser, app: &App, name: &str) {
    browser.open(&format!("{}/sign-in", app.base_url)).await;
    browser.types("email", &format!("{name}@staff.example")).await;
    browser.types("password", PASSWORD).await;
    browser.clicks("main form button[type='submit'], form .btn--primary").await;
}

/// Does something with the service that waits for it, away from the threads that drive browsers.
pub async fn meanwhile<T: Send + 'static>(app: App, deed: impl FnOnce(&App) -> T + Send + 'static) -> (App, T) {
    tokio::task::spawn_blocking(move || {
        let done = deed(&app);
        (app, done)
    })
    .await
    .expect("done")
}

/// An expert comes to the own page by the link of a letter.
pub async fn comes_in(phone: &Browser, app: App, name: &str) -> App {
    phone.open(&format!("{}/me/sign-in", app.base_url)).await;
    phone.types("email", &address(name)).await;
    phone.presses("main form button.btn--primary").await;
    phone.shows("10 分钟").await;
    let (app, _) = meanwhile(app, App::tick).await;
    let links = app.letters_to(&address(name)).into_iter().flat_map(|letter| letter.links);
    let enter = links.into_iter().find(|link| link.contains("/me/enter/")).expect("a link in");
    phone.open(&enter).await;
    phone.shows(name).await;
    phone.presses("main form button").await;
    app
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_liaison_an_expert_an_enterprise_and_a_manager() {
    let app = tokio::task::spawn_blocking(|| {
        let app = App::start(Backend::Sqlite);
        app.manager.registers(&expert("沈知行"));
        app.manager.registers(&expert("许望舒"));
        can_sign_in(&app, "lin");
        can_sign_in(&app, "meng");
        app
    })
    .await
    .expect("a service");
    let driver = Driver::start();

    // The liaison, at a desk.
    let desk = driver.browser(1440, 1000, true).await;
    signs_in(&desk, &app, "lin").await;
    desk.shows("Lin").await;
    desk.picture("1-desk").await;
    desk.open(&format!("{}/needs/new", app.base_url)).await;
    desk.types("enterprise.name", "云岫传感科技有限公司").await;
    desk.types("enterprise.contact_name", "周小满").await;
    desk.types("enterprise.contact_phone", "13900139000").await;
    desk.types("enterprise.contact_email", "zhou@yunxiu.example").await;
    desk.chooses("enterprise.region", "110108").await;
    desk.types("title", "收到专利侵权警告函，需判断是否侵权").await;
    desk.types(
        "description",
        "收到对方律师函，称我司压力传感器落入其发明专利保护范围，要求停止销售。想请专家看是否构成侵权。",
    )
    .await;
    desk.ticks("input[name='services'][value='dispute']").await;
    desk.chooses("region", "110108").await;
    desk.ticks("input[name='mode'][value='onsite']").await;
    desk.picture("2-new-need").await;
    desk.clicks("form[data-draft] button.btn--primary").await;
    let candidates = desk.shows("沈知行").await;
    assert!(candidates.contains("许望舒"), "the candidates stand there with reasons: {candidates}");
    desk.picture("3-candidates").await;
    desk.clicks("button[name='do'][value='send']").await;
    desk.shows("PD-2026-").await;
    desk.picture("4-case").await;

    let (app, _) = meanwhile(app, App::tick).await;
    let asked = ["沈知行", "许望舒"]
        .into_iter()
        .find(|name| !app.letters_to(&address(name)).is_empty())
        .expect("somebody was asked");

    // The expert, on a phone that runs no scripts.
    let phone = driver.browser(390, 844, false).await;
    phone.open(&app.link_to(&address(asked))).await;
    phone.shows("压力传感器").await;
    phone.picture("5-offer-phone").await;
    phone.presses("button[name='answer'][value='accept']").await;
    phone.shows("13900139000").await;
    phone.picture("6-accepted-phone").await;
    phone.types("done", "到企业比对了权利要求，整理了现有技术，改好回函。").await;
    phone.types("hours", "3").await;
    phone.ticks("[name='outcome'][value='solved']").await;
    for declaration in ["no_gift", "no_promotion", "no_touting"] {
        phone.ticks(&format!("input[name='{declaration}']")).await;
    }
    phone.presses("button[name='act'][value='feedback']").await;
    phone.shows("谢谢").await;
    phone.picture("7-feedback-phone").await;
    let (app, _) = meanwhile(app, App::tick).await;

    // The enterprise rates.
    phone.open(&app.link_to("zhou@yunxiu.example")).await;
    phone.ticks("input[name='score'][value='5']").await;
    phone.types("text", "讲得很清楚，回函已经发出。").await;
    phone.picture("8-rating-phone").await;
    phone.presses("main form button.btn--primary").await;
    phone.shows("010-62000012").await;
    phone.close().await;

    // The manager's board.
    let board = driver.browser(1440, 1000, true).await;
    signs_in(&board, &app, "meng").await;
    board.shows("Meng").await;
    board.open(&format!("{}/board", app.base_url)).await;
    board.shows("100").await;
    board.picture("9-board").await;
    for (browser, page) in [(&board, "/desk"), (&board, "/needs"), (&board, "/experts"), (&desk, "/needs/new")] {
        browser.open(&format!("{}{page}", app.base_url)).await;
        assert_eq!(browser.overflow().await, 0, "{page} scrolls sideways");
    }
    desk.close().await;
    board.close().await;
    drop(driver);
    tokio::task::spawn_blocking(move || drop(app)).await.expect("ended");
}
