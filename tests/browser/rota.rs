//! The journey of a rota: the draft at a desk → each expert's yes on a phone, by the link of a letter → published → two
//! experts swap → one cannot come → somebody else covers; and what of it goes on paper.

use crate::driver::{Browser, Driver};
use crate::journey::{can_sign_in, meanwhile, signs_in};
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{address, expert};
use serde_json::Value;
use std::collections::BTreeMap;

const PEOPLE: [&str; 4] = ["沈知行", "许望舒", "顾明岚", "陆清和"];

/// The turns of a plan: id, and the name of who sits there, by day.
fn turns(app: &App, plan: &str) -> Vec<(String, Option<String>)> {
    let body = app.manager.get(&format!("/api/v1/duty/plans/{plan}")).expect(200).body;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut turns: Vec<_> = body["turns"].as_array().expect("turns").clone();
    turns.sort_by_key(|turn| text(&turn["day"]));
    turns.iter().map(|turn| (text(&turn["id"]).expect("an id"), text(&turn["name"]))).collect()
}

/// Opens the acts of the one turn an expert has.
async fn opens_own_turn(phone: &Browser) {
    phone.shows("我的班次").await;
    phone.presses("details.act > summary").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rota_from_draft_to_cover() {
    let app = tokio::task::spawn_blocking(|| {
        let app = App::start(Backend::Sqlite);
        for name in PEOPLE {
            app.manager.registers(&expert(name));
        }
        can_sign_in(&app, "meng");
        app
    })
    .await
    .expect("a service");
    let base = app.base_url.clone();
    let driver = Driver::start();

    // The draft: three mornings, so that with three days' rest three of the four have one each.
    let desk = driver.browser(1440, 1000, true).await;
    signs_in(&desk, &app, "meng").await;
    desk.shows("今日待办").await;
    desk.open(&format!("{base}/duty/plans/new")).await;
    desk.shows("近期需求").await;
    assert_eq!(desk.overflow().await, 0, "the form scrolls sideways");
    desk.types("title", "三月下旬值班").await;
    desk.sets("from", "2026-03-23").await;
    desk.sets("to", "2026-03-25").await;
    desk.ticks(&format!("input[name='station'][value='{}']", app.station)).await;
    desk.chooses("hours", "morning").await;
    desk.picture("r1-new-plan").await;
    desk.presses("form[action='/duty/plans'] button.btn--primary").await;
    desk.shows("草案已排好").await;
    desk.picture("r2-draft").await;
    assert_eq!(desk.overflow().await, 0, "the plan scrolls sideways");
    let here = desk.address().await;
    let plan = here.rsplit('/').next().expect("an id").split(['?', '#']).next().expect("an id").to_owned();
    desk.presses("form[action$='/asking'] button").await;
    desk.shows("征求意见中").await;

    // Everybody who is proposed says yes on a phone that runs no scripts: the first turn by turn, the others to all.
    let of_plan = plan.clone();
    let (app, proposed) = meanwhile(app, move |app| {
        app.tick();
        turns(app, &of_plan)
    })
    .await;
    assert_eq!(proposed.len(), 3);
    let names: Vec<String> = proposed.iter().map(|(_, name)| name.clone().expect("somebody is proposed")).collect();
    let phone = driver.browser(390, 844, false).await;
    for (place, name) in names.iter().enumerate() {
        phone.open(&app.link_to(&address(name))).await;
        phone.shows("请您看看是否方便").await;
        assert_eq!(phone.overflow().await, 0, "the question scrolls sideways");
        if place == 0 {
            phone.picture("r3-asked-phone").await;
            phone.ticks("input[type='radio'][value='yes']").await;
            phone.presses("button[name='act'][value='answer']").await;
        } else {
            phone.presses("button[name='act'][value='yes-to-all']").await;
        }
        phone.shows("已记下您的答复").await;
    }
    phone.picture("r4-said-yes-phone").await;

    // Previewed, and published in one act.
    desk.open(&format!("{base}/duty/plans/{plan}/publication")).await;
    desk.shows("3 班有人").await;
    assert_eq!(desk.overflow().await, 0, "the preview scrolls sideways");
    desk.picture("r5-preview").await;
    desk.presses("form[action$='/publication'] button.btn--primary").await;
    desk.shows("已发布").await;
    desk.picture("r6-published").await;

    // The first asks the second to swap; nothing moves before the second's yes.
    let (app, _) = meanwhile(app, App::tick).await;
    let (mine, theirs) = (proposed[0].0.clone(), proposed[1].0.clone());
    phone.open(&app.link_to(&address(&names[0]))).await;
    opens_own_turn(&phone).await;
    phone.chooses("other", &theirs).await;
    phone.picture("r7-swap-phone").await;
    assert_eq!(phone.overflow().await, 0, "the expert's month scrolls sideways");
    phone.presses("button[name='act'][value='swap']").await;
    phone.shows("等对方答复").await;
    let of_plan = plan.clone();
    let (app, still) = meanwhile(app, move |app| {
        app.tick();
        turns(app, &of_plan)
    })
    .await;
    assert_eq!(still, proposed, "asking alone moves nothing");
    phone.open(&app.link_to(&address(&names[1]))).await;
    phone.shows("有人请您帮忙").await;
    phone.picture("r8-wish-phone").await;
    phone.presses("button[name='act'][value='swap-yes']").await;
    phone.shows("已记下您的答复").await;
    let of_plan = plan.clone();
    let (app, swapped) = meanwhile(app, move |app| {
        app.tick();
        turns(app, &of_plan).into_iter().collect::<BTreeMap<String, Option<String>>>()
    })
    .await;
    assert_eq!((&swapped[&mine], &swapped[&theirs]), (&Some(names[1].clone()), &Some(names[0].clone())));

    // The third cannot come: a gap, which the desk sees, and whoever is free is asked at once.
    let gone = proposed[2].0.clone();
    phone.open(&app.link_to(&address(&names[2]))).await;
    opens_own_turn(&phone).await;
    phone.presses("button[name='act'][value='release']").await;
    phone.shows("会另请他人").await;
    let (app, _) = meanwhile(app, App::tick).await;
    let spare = PEOPLE.into_iter().find(|name| !names.iter().any(|taken| taken == name)).expect("one had no turn");
    desk.open(&format!("{base}/duty?week=2026-03-23")).await;
    let week = desk.shows("能补的有").await;
    assert!(week.contains(spare), "the desk reads who can cover: {week}");
    assert_eq!(desk.overflow().await, 0, "the week scrolls sideways");
    desk.picture("r9-gap").await;
    desk.open(&format!("{base}/duty/turns/{gone}")).await;
    desk.shows("请人补班").await;
    desk.picture("r10-gap-turn").await;

    // Why not the one who swapped? The page says what stands in the way.
    desk.clicks("a[href$='/why']").await;
    desk.shows("选一位专家").await;
    let of_name = names[0].clone();
    let (app, asked) = meanwhile(app, move |app| {
        let listed = app.manager.get("/api/v1/experts").expect(200).body;
        let items = listed["items"].as_array().expect("experts").clone();
        let found = items.iter().find(|one| one["name"] == of_name.as_str()).expect("that expert");
        found["id"].as_str().expect("an id").to_owned()
    })
    .await;
    desk.chooses("expert", &asked).await;
    desk.presses("form[action$='/why'] button").await;
    let said = desk.shows("现在不能值这一班").await;
    assert!(said.contains("间隔") && said.contains("换给别人"), "why not, and what would change it: {said}");
    desk.picture("r11-why-not").await;
    assert_eq!(desk.overflow().await, 0, "the reasons scroll sideways");

    // Whoever had no turn covers, on the phone.
    phone.open(&app.link_to(&address(spare))).await;
    phone.shows("请您看看是否方便").await;
    phone.presses("button[name='act'][value='yes-to-all']").await;
    phone.shows("已记下您的答复").await;
    phone.shows("我的班次").await;
    phone.picture("r12-covered-phone").await;
    let of_plan = plan.clone();
    let (app, covered) = meanwhile(app, move |app| {
        app.tick();
        turns(app, &of_plan).into_iter().collect::<BTreeMap<String, Option<String>>>()
    })
    .await;
    assert_eq!(covered[&gone].as_deref(), Some(spare));
    desk.open(&format!("{base}/duty/turns/{gone}")).await;
    desk.shows("已同意").await;

    // On paper: the month on the wall and the sign-in sheet, in both languages; and the rota on a phone.
    let wall = format!("/duty/print?station={}&month=2026-03", app.station);
    let sheet = format!("/duty/turns/{gone}/attendance");
    for (page, name, switch) in [(&wall, "rota-wall", "&lang="), (&sheet, "rota-attendance", "?lang=")] {
        for language in ["en", "zh"] {
            desk.open(&format!("{base}{page}{switch}{language}")).await;
            desk.shows(spare).await;
            assert!(!desk.source().await.contains('⟦'), "{page} in {language} lacks words");
            desk.picture(&format!("{name}-{language}")).await;
            let pdf = desk.pdf(&format!("{name}-{language}")).await;
            assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 8_000, "{page}: {} bytes", pdf.len());
        }
    }
    let pocket = driver.browser(390, 844, true).await;
    signs_in(&pocket, &app, "meng").await;
    pocket.shows("今日待办").await;
    // Each with words that only it has, and that it has always.
    for (page, words) in [
        ("/duty?week=2026-03-23".to_owned(), "今天值班"),
        ("/duty/plans/new".to_owned(), "系统按就近、专业、均衡排出草案"),
        (format!("/duty/plans/{plan}"), "没有答复不算同意"),
        (format!("/duty/turns/{gone}"), "停开这一班"),
        (format!("/duty/turns/{gone}/why"), "选一位专家"),
        (sheet, "工作人员签名"),
    ] {
        pocket.open(&format!("{base}{page}")).await;
        pocket.shows(words).await;
        assert_eq!(pocket.overflow().await, 0, "{page} scrolls sideways on a phone");
    }
    pocket.picture("r13-attendance-phone").await;
    pocket.close().await;
    phone.close().await;
    desk.close().await;
    drop(driver);
    tokio::task::spawn_blocking(move || drop(app)).await.expect("ended");
}
