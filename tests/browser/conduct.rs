//! The journey of a conduct case: three lapses → 劝导 → the expert's statement on a phone → a second manager's decision →
//! the letter, printed to PDF as the office would print it for its seal.

use crate::driver::Driver;
use crate::journey::{can_sign_in, meanwhile, signs_in};
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{address, expert, need};
use chrono::TimeDelta;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_lapses_end_in_a_sealed_letter() {
    let (app, expert_id) = tokio::task::spawn_blocking(|| {
        let app = App::start(Backend::Sqlite);
        let id = app.manager.registers(&expert("沈知行"));
        for _ in 0..3 {
            let need = app.liaison.submits(&need());
            app.liaison.asks(&need, &id, &[]);
            app.tick();
            app.advance(TimeDelta::days(6));
        }
        can_sign_in(&app, "meng");
        can_sign_in(&app, "mao");
        (app, id)
    })
    .await
    .expect("a service");
    let driver = Driver::start();

    // The first manager sees the proposal on the desk, and opens the case.
    let desk = driver.browser(1440, 1000, true).await;
    signs_in(&desk, &app, "meng").await;
    desk.shows("建议劝导").await;
    desk.open(&format!("{}/experts/{expert_id}/case/admonition", app.base_url)).await;
    desk.types("grounds", "2026年3月三次接到通知后未在两日内响应。").await;
    desk.picture("conduct-1-open").await;
    desk.clicks("main form .btn--primary").await;
    desk.shows("证据能否成立").await;
    desk.picture("conduct-2-case").await;
    assert_eq!(desk.overflow().await, 0, "the case scrolls sideways");

    let (app, _) = meanwhile(app, App::tick).await;

    // The expert, on a phone that runs no scripts.
    let phone = driver.browser(390, 844, false).await;
    phone.open(&app.link_to(&address("沈知行"))).await;
    phone.shows("三次接到通知后未在两日内响应").await;
    assert_eq!(phone.overflow().await, 0, "the expert's page scrolls sideways");
    phone.picture("conduct-3-link-phone").await;
    phone.types("words", "三月在外地开庭，邮箱无人值守，今后已设转发。").await;
    phone.presses("button[name='act'][value='statement']").await;
    phone.shows("今后已设转发").await;
    phone.picture("conduct-4-said-phone").await;
    phone.close().await;

    // The second manager reads it and decides.
    let second = driver.browser(1440, 1000, true).await;
    signs_in(&second, &app, "mao").await;
    second.shows("待第二人决定").await;
    second.open(&format!("{}/conduct", app.base_url)).await;
    second.shows("待决定").await;
    second.picture("conduct-5-stages").await;
    second.clicks("main .tasks a.btn").await;
    second.shows("今后已设转发").await;
    second.ticks("input[name='decision'][value='admonish']").await;
    second.types("reason", "三次未响应属实。本人已说明情况并改正，改正留任。").await;
    second.picture("conduct-6-decide").await;
    let here = second.address().await;
    second.sends("form[action$='/decision']").await;
    second.shows("改正留任").await;
    second.picture("conduct-7-decided").await;

    // The letters, as they are printed.
    for (of, words) in [("decision", "劝导通知书"), ("notice", "劝导立案告知书")] {
        let letter = format!("{}/letter?of={of}", here.split('#').next().unwrap_or_default());
        second.open(&letter).await;
        second.shows(words).await;
        second.picture(&format!("conduct-8-letter-{of}")).await;
        let pdf = second.pdf(&format!("conduct-letter-{of}")).await;
        assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 10_000, "{} bytes", pdf.len());
    }
    for page in ["/conduct", "/conduct/ledger", "/policy/conduct"] {
        second.open(&format!("{}{page}", app.base_url)).await;
        assert_eq!(second.overflow().await, 0, "{page} scrolls sideways");
    }
    second.open(&format!("{}/experts/{expert_id}/file", app.base_url)).await;
    second.shows("每月承担").await;
    assert_eq!(second.overflow().await, 0, "the file scrolls sideways");
    second.picture("conduct-9-file").await;
    second.open(&format!("{}/conduct/ledger", app.base_url)).await;
    second.shows("知服劝").await;
    second.picture("conduct-9-ledger").await;
    desk.close().await;
    second.close().await;
    drop(driver);
    tokio::task::spawn_blocking(move || drop(app)).await.expect("ended");
}
