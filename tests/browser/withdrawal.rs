//! The journey: an expert who has an open offer withdraws on the own page, on a phone; the offer finds a new home in the
//! same act, the next in the chain accepts, and the file at the desk tells it.

use crate::driver::Driver;
use crate::journey::{can_sign_in, comes_in, meanwhile, signs_in};
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{address, expert, need};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_withdraws_leaves_nothing_behind() {
    let (app, shen, offer) = tokio::task::spawn_blocking(|| {
        let app = App::start(Backend::Sqlite);
        let shen = app.manager.registers(&expert("沈知行"));
        let xu = app.manager.registers(&expert("许望舒"));
        let id = app.liaison.submits(&need());
        let offer = app.liaison.asks(&id, &shen, &[&xu]);
        app.tick();
        can_sign_in(&app, "meng");
        (app, shen, offer)
    })
    .await
    .expect("a service");
    let driver = Driver::start();

    // In by a link, on a phone that runs no scripts.
    let phone = driver.browser(390, 844, false).await;
    let app = comes_in(&phone, app, "沈知行").await;
    phone.shows("申请退出").await;
    // Without the tick it asks first, and keeps what was typed.
    phone.types("withdraw_reason", "工作调动，离开本市").await;
    phone.presses("form[action='/me/withdrawal'] button").await;
    phone.shows("有 1 处需要改正").await;
    assert!(phone.source().await.contains("工作调动，离开本市"), "nothing typed is lost");
    phone.picture("w1-sure-phone").await;
    phone.ticks("form[action='/me/withdrawal'] input[name='sure']").await;
    phone.presses("form[action='/me/withdrawal'] button").await;
    phone.shows("您已退出").await;
    phone.picture("w2-left-phone").await;

    // The offer has moved on in the same act; the next in the chain reads it on a phone and accepts.
    let (app, state) = meanwhile(app, move |app| {
        app.tick();
        app.liaison.assignment(&offer)["state"].as_str().unwrap_or_default().to_owned()
    })
    .await;
    assert_eq!(state, "void");
    phone.open(&app.link_to(&address("许望舒"))).await;
    phone.shows("压力传感器").await;
    phone.presses("button[name='answer'][value='accept']").await;
    phone.shows("13900139000").await;
    phone.picture("w3-next-phone").await;
    phone.close().await;

    // The manager's file of whoever left.
    let desk = driver.browser(1440, 1000, true).await;
    signs_in(&desk, &app, "meng").await;
    desk.shows("Meng").await;
    desk.open(&format!("{}/experts/{shen}/file", app.base_url)).await;
    desk.shows("每月承担").await;
    let file = desk.shows("已退出").await;
    assert!(file.contains("工作调动，离开本市"), "the reason that was typed: {file}");
    assert_eq!(desk.overflow().await, 0, "the file scrolls sideways");
    desk.picture("w4-file").await;
    desk.close().await;
    drop(driver);
    tokio::task::spawn_blocking(move || drop(app)).await.expect("ended");
}
