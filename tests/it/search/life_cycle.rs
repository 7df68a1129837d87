//! The index is lost, damaged, or does not fit while the service runs: search falls back to the database and says so, the
//! index comes back by itself, and nobody restarts anything.

use super::{built, followed};
use crate::on_both;
use crate::support::app::{App, Shape};
use crate::support::backend::Backend;
use crate::support::people::{expert, need};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use zhipai::domain::role::Scope;
use zhipai::search::{IndexHome, SearchQuery};

on_both!(
    lost_or_damaged_while_it_runs_it_comes_back,
    an_index_of_another_database_is_not_used,
    a_log_that_no_longer_reaches_back_means_a_new_index,
    what_is_committed_while_it_is_built_is_found_after,
    the_database_keeps_the_filters_the_index_has,
);

fn on_disk(backend: Backend) -> App {
    App::shaped(backend, Shape { index_on_disk: true, ..Shape::default() })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.file_name().is_some_and(|name| name != "lock") {
            found.push(path);
        }
    }
    found
}

fn searched(app: &App, q: &str) -> Value {
    app.liaison.get(&format!("/api/v1/search?q={q}")).expect(200).body
}

fn ids(found: &Value) -> Vec<String> {
    found["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn lost_or_damaged_while_it_runs_it_comes_back(backend: Backend) {
    let app = on_disk(backend);
    app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    let folder = app.database.folder.join("index");
    let damages: [(&str, fn(&Path)); 4] = [
        ("deleted", |file| fs::remove_file(file).expect("removed")),
        ("truncated", |file| fs::File::create(file).and_then(|file| file.set_len(3)).expect("truncated")),
        ("emptied", |file| fs::write(file, b"").expect("emptied")),
        ("bit-flipped", |file| {
            let mut bytes = fs::read(file).expect("read");
            let middle = bytes.len() / 2;
            if let Some(byte) = bytes.get_mut(middle) {
                *byte ^= 1;
            }
            fs::write(file, bytes).expect("flipped");
        }),
    ];
    for (name, damage) in damages {
        let whole = followed(&app);
        assert_eq!(whole, built(&app), "{name}");
        assert_eq!(searched(&app, "壓力傳感器")["without_index"], false, "{name}");
        for file in files(&folder) {
            damage(&file);
        }
        // Nobody is hurt at the moment it happens.
        assert_eq!(ids(&searched(&app, "压力传感器")).first(), Some(&id), "{name}");
        // No search looks at the files, however many there are.
        for _ in 0..300 {
            app.office.freshen_index();
        }
        assert!(app.office.index.current().is_some(), "{name}");
        // Whoever follows does, sooner or later.
        let mut looks = 0;
        while app.office.index.current().is_some() {
            app.office.follow_index().expect("follows");
            looks += 1;
            assert!(looks < 4_000, "{name} is never seen");
        }
        let fallen = searched(&app, "压力传感器");
        assert_eq!((&fallen["without_index"], &fallen["total"]), (&json!(true), &Value::Null), "{name}");
        assert_eq!(ids(&fallen).first(), Some(&id), "{name}: the database finds it");
        assert!(ids(&app.other_liaison.get("/api/v1/search?q=压力传感器").expect(200).body).is_empty(), "{name}");
        assert_eq!(app.liaison.get("/readyz").expect(200).body["index"]["state"], "absent");
        assert_eq!(app.liaison.get("/api/v1/needs?q=压力传感器").expect(200).body["items"][0]["id"], json!(id));
        // The service stays up, and the next round builds another.
        app.office.follow_index().expect("builds");
        let back = searched(&app, "壓力傳感器");
        assert_eq!((&back["without_index"], ids(&back).first()), (&json!(false), Some(&id)), "{name}");
        assert_eq!(followed(&app), whole, "{name}");
        assert_eq!(app.liaison.get("/readyz").expect(200).body["index"]["state"], "ready");
    }
}

/// A filter finds the same kinds with the index and without.
fn the_database_keeps_the_filters_the_index_has(backend: Backend) {
    let app = on_disk(backend);
    app.manager.registers(&expert("沈知行"));
    app.liaison.submits(&need());
    followed(&app);
    let filters = [
        "service=dispute".to_owned(),
        "industry=传感器".to_owned(),
        "state=open".to_owned(),
        "state=active".to_owned(),
        format!("station={}", app.station),
        "region=海淀区".to_owned(),
        "from=2999-01-01".to_owned(),
        "to=2001-01-01".to_owned(),
    ];
    let kinds = |filter: &String| {
        let told = app.manager.get(&format!("/api/v1/search?{filter}")).expect(200).body;
        let mut kinds: Vec<String> = told["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| format!("{} {}", item["kind"].as_str().unwrap(), item["id"].as_str().unwrap()))
            .collect();
        kinds.sort();
        (kinds, told["without_index"].as_bool().unwrap())
    };
    let with: Vec<_> = filters.iter().map(|filter| kinds(filter).0).collect();
    assert!(with.iter().any(|found| found.len() == 1) && with.iter().any(Vec::is_empty), "{with:?}");
    let index = app.office.index.current().expect("an index");
    app.office.index.give_up(&index, "given up by a test");
    for (filter, with) in filters.iter().zip(with) {
        assert_eq!(kinds(filter), (with, true), "{filter}");
    }
}

fn an_index_of_another_database_is_not_used(backend: Backend) {
    let app = on_disk(backend);
    app.liaison.submits(&need());
    followed(&app);
    app.office
        .write(|tx| {
            use diesel::RunQueryDsl;
            diesel::sql_query("UPDATE change_log SET identity = 'another'").execute(tx.conn)?;
            Ok(())
        })
        .expect("restored from elsewhere");
    app.office.follow_index().expect("gives up");
    assert!(app.office.index.current().is_none());
    app.office.follow_index().expect("builds");
    assert_eq!(followed(&app), built(&app));
}

fn a_log_that_no_longer_reaches_back_means_a_new_index(backend: Backend) {
    let app = on_disk(backend);
    app.liaison.submits(&need());
    followed(&app);
    app.office
        .write(|tx| {
            use diesel::RunQueryDsl;
            diesel::sql_query("DELETE FROM changes").execute(tx.conn)?;
            let end = zhipai::db::changes::end(tx.conn)?;
            diesel::sql_query(format!("UPDATE change_log SET floor = {}", end + 1_000)).execute(tx.conn)?;
            Ok(())
        })
        .expect("pruned while this node was away");
    app.office.follow_index().expect("gives up");
    assert!(app.office.index.current().is_none());
}

fn what_is_committed_while_it_is_built_is_found_after(backend: Backend) {
    let app = on_disk(backend);
    for _ in 0..30 {
        app.liaison.submits(&need());
    }
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut written = 0;
            while !stop.load(std::sync::atomic::Ordering::SeqCst) || written < 5 {
                app.liaison.submits(&need());
                written += 1;
            }
        });
        // A panic before the writer is stopped would wait for it for ever.
        let rebuilt = [(); 3].map(|()| app.office.rebuild_index());
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        writer.join().expect("wrote");
        for one in rebuilt {
            one.expect("rebuilds beside");
        }
    });
    assert_eq!(followed(&app), built(&app));
    let folder = app.database.folder.join("index");
    assert!(matches!(IndexHome::open(&folder), Err(zhipai::search::IndexFault::Busy)), "one process a folder");
    let found = app.office.index.search(&SearchQuery::new("压力传感器", Scope::Everything, 0)).expect("finds");
    assert!(found.total >= 35, "{}", found.total);
}
