//! A backup taken under load restores whole, and restore refuses what would lose something.

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::{Backend, TestDatabase};
use crate::support::people::{address, expert, need};
use std::path::{Path, PathBuf};
use zhipai::actions::contact;
use zhipai::cli::backup::{back_up, restore};
use zhipai::cli::keys;
use zhipai::config::Config;
use zhipai::db::{self, Db};
use zhipai::i18n::{L, Lang};
use zhipai::seal::Keyring;

on_both!(
    what_was_answered_201_is_in_the_backup,
    a_missing_key_or_a_full_database_refuses,
    a_key_is_added_beside_the_service_and_all_contacts_sealed_anew,
);

fn configured(folder: &Path, url: &str, name: &str) -> Config {
    let file = folder.join(format!("{name}.toml"));
    let text = format!(
        "database_url = \"{url}\"\ndata_dir = \"{0}/{name}-data\"\nkeys_file = \"{0}/keys\"\n",
        folder.display()
    );
    std::fs::write(&file, text).expect("a file");
    Config::load(Some(&file)).expect("a configuration")
}

/// An app whose keys lie in a file, as a service's do.
fn with_key_file(backend: Backend) -> (App, PathBuf) {
    let app = App::start(backend);
    let folder = app.database.folder.clone();
    std::fs::write(folder.join("keys"), app.office.keys.to_text()).expect("keys");
    (app, folder)
}

fn what_was_answered_201_is_in_the_backup(backend: Backend) {
    let (app, folder) = with_key_file(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let first = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&first, &shen, &[]);
    app.tick();
    let link = app.link_to(&address("沈知行"));
    let config = configured(&folder, &app.database.url, "live");
    let backup = folder.join("zhipai.backup");
    let before: Vec<String> = (0..5).map(|_| app.liaison.submits(&need())).collect();
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| (0..15).map(|_| app.liaison.submits(&need())).collect::<Vec<_>>().len());
        back_up(&config, &backup).expect("backed up under load");
        assert_eq!(writing.join().expect("written"), 15);
    });
    assert!(back_up(&config, &backup).is_err(), "an existing file is not overwritten");

    let empty = TestDatabase::bare(backend);
    let elsewhere = configured(&folder, &empty.url, "elsewhere");
    restore(&elsewhere, &backup).expect("restored");
    let restored = Db::open(&empty.url, 1).expect("opens");
    let mut reader = restored.reader().expect("a reader");
    for id in before.iter().chain([&first]) {
        let id = id.parse().expect("an id");
        assert!(
            db::need::find(&mut reader, &id).expect("found").is_some(),
            "a need answered 201 before the backup is in it"
        );
    }
    let row =
        db::assignment::find(&mut reader, &assignment.parse().expect("an id")).expect("found").expect("the offer");
    assert!(row.answer_due_at.is_some());
    // The number series goes on above what was given out.
    let next = restored
        .write_alone(|conn| Ok(db::dialect::next_number(conn, zhipai::domain::number::Series::Need)?))
        .expect("a number");
    assert!(next > 6, "{next}");
    // Links already mailed still open: the seal is the keys', and those were kept.
    let token = link.rsplit('/').next().expect("a token");
    assert!(app.office.keys.open_link(token, app.office.now()).is_some());
}

fn a_missing_key_or_a_full_database_refuses(backend: Backend) {
    let (app, folder) = with_key_file(backend);
    app.liaison.submits(&need());
    let config = configured(&folder, &app.database.url, "live");
    let backup = folder.join("zhipai.backup");
    back_up(&config, &backup).expect("backed up");
    let full = restore(&config, &backup).expect_err("a full database");
    assert!(full.contains("not empty"), "{full}");
    let empty = TestDatabase::bare(backend);
    let elsewhere = configured(&folder, &empty.url, "elsewhere");
    std::fs::write(folder.join("keys"), "2 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n").expect("other keys");
    let missing = restore(&elsewhere, &backup).expect_err("another key");
    assert!(missing.contains("key 1 is missing"), "{missing}");
}

fn a_key_is_added_beside_the_service_and_all_contacts_sealed_anew(backend: Backend) {
    let (app, folder) = with_key_file(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    app.liaison.submits(&need());
    let config = configured(&folder, &app.database.url, "live");
    keys::add(&config).expect("added");
    keys::reseal(&config, L(Lang::Zh), &*app.clock).expect("sealed anew");
    let ring = Keyring::from_text(&std::fs::read_to_string(folder.join("keys")).expect("keys")).expect("a ring");
    assert_eq!((ring.newest(), app.office.keys.newest()), (2, 1));
    let mut reader = app.office.read().expect("a reader");
    let id = shen.parse().expect("an id");
    let row = db::contact::find(&mut reader, &id).expect("reads").expect("a row");
    assert_eq!(row.data_key.expect("a key")[0], 2, "wrapped by the new key");
    let open = contact::of_expert(&ring, &mut reader, id).expect("reads");
    assert_eq!(open.email.as_deref(), Some(address("沈知行").as_str()));
    // Links mailed before open by the old key, which stays.
    let until = app.office.now() + chrono::TimeDelta::days(1);
    let link = app.office.keys.seal_link(zhipai::seal::Purpose::Status, &shen, 0, until);
    assert!(ring.open_link(&link, app.office.now()).is_some());
}
