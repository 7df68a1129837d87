//! Every page a liaison and a manager can open, in both languages, at 1440 and 390 px: no sideways scrolling, no missing
//! word, and a picture of each to look at.

use crate::driver::Driver;
use crate::journey::{can_sign_in, signs_in};
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{expert, need};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_fits_its_window_in_both_languages() {
    let (app, pages) = tokio::task::spawn_blocking(|| {
        let app = App::start(Backend::Sqlite);
        let shen = app.manager.registers(&expert("沈知行"));
        let xu = app.manager.registers(&expert("许望舒"));
        let asked = app.liaison.submits(&need());
        app.liaison.asks(&asked, &shen, &[&xu]);
        app.tick();
        let fresh = app.liaison.submits(&need());
        can_sign_in(&app, "meng");
        let pages = vec![
            "/desk".to_owned(),
            "/needs".to_owned(),
            "/needs/new".to_owned(),
            format!("/needs/{asked}"),
            format!("/needs/{fresh}/candidates"),
            "/experts".to_owned(),
            format!("/experts/{shen}"),
            "/experts/new".to_owned(),
            "/experts/applications".to_owned(),
            "/experts/expiring".to_owned(),
            format!("/experts/{shen}/admission"),
            "/apply".to_owned(),
            "/stations".to_owned(),
            "/board".to_owned(),
            "/conduct".to_owned(),
            "/conduct/ledger".to_owned(),
            "/policy".to_owned(),
            "/policy/register".to_owned(),
            "/mail".to_owned(),
            "/mail/waiting".to_owned(),
            "/sheets".to_owned(),
            "/audit".to_owned(),
            "/account".to_owned(),
        ];
        (app, pages)
    })
    .await
    .expect("a service");
    let driver = Driver::start();
    for (width, height) in [(1440, 1000), (390, 844)] {
        let browser = driver.browser(width, height, true).await;
        signs_in(&browser, &app, "meng").await;
        browser.shows("今日待办").await;
        for language in ["zh", "en"] {
            for page in &pages {
                browser.open(&format!("{}{page}?lang={language}", app.base_url)).await;
                let source = browser.source().await;
                assert!(!source.contains('⟦'), "{page} in {language} lacks words");
                assert!(source.contains("</main>"), "{page} in {language}: {}", source);
                let name = page
                    .trim_matches('/')
                    .split('/')
                    .map(|part| if part.len() == 36 { "one" } else { part })
                    .collect::<Vec<_>>()
                    .join("-");
                browser.picture(&format!("{name}-{width}-{language}")).await;
                assert_eq!(browser.overflow().await, 0, "{page} in {language} at {width} px scrolls sideways");
            }
        }
        browser.close().await;
    }
    drop(driver);
    tokio::task::spawn_blocking(move || drop(app)).await.expect("ended");
}
