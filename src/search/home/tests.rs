//! Whatever happens to the folder, there is an index that is whole or none.

use super::*;
use crate::domain::role::Scope;
use crate::search::{Document, Kind, SeenBy};
use std::collections::BTreeSet;
use std::fs;

/// A folder of this test alone, removed at the end.
struct Here(PathBuf);

impl Here {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("zhipai-index-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    /// The segment files of the index in use.
    fn segments(&self, extension: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for number in generations(&self.0) {
            for entry in fs::read_dir(self.0.join(format!("g{number}"))).unwrap() {
                let file = entry.unwrap().path();
                if file.extension().is_some_and(|ending| ending == extension) {
                    found.push(file);
                }
            }
        }
        found
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn mark(watermark: i64) -> Mark {
    Mark { database: "test".to_owned(), watermark }
}

fn need(id: &str, title: &str) -> Document {
    Document { heading: title.to_owned(), ..Document::new(Kind::Need, id, id, SeenBy::Everybody) }
}

fn build(home: &IndexHome, documents: &[Document], watermark: i64) {
    let beside = home.begin(documents.len() as u64).unwrap();
    beside.index.add(documents).unwrap();
    beside.index.finish(&mark(watermark)).unwrap();
    home.take(beside).unwrap();
}

fn found(home: &IndexHome, text: &str) -> Result<Vec<String>, IndexFault> {
    let found = home.search(&SearchQuery::new(text, Scope::Everything, 0))?;
    Ok(found.hits.into_iter().map(|hit| hit.id).collect())
}

#[test]
fn it_is_there_after_a_restart_and_two_processes_do_not_share_it() {
    let here = Here::new("restart");
    let (home, none) = IndexHome::open(&here.0).unwrap();
    assert_eq!(none, None);
    assert!(matches!(found(&home, "石墨烯"), Err(IndexFault::Absent)));
    build(&home, &[need("a", "石墨烯电池")], 41);
    home.current().unwrap().apply(&BTreeSet::new(), &[], &mark(42)).unwrap();
    assert!(matches!(IndexHome::open(&here.0), Err(IndexFault::Busy)), "two processes on one folder");
    assert!(matches!(look(&here.0), Err(IndexFault::Busy)));
    drop(home);
    assert_eq!(look(&here.0).unwrap(), Some((1, mark(42))));
    let (home, known) = IndexHome::open(&here.0).unwrap();
    assert_eq!(known, Some(mark(42)));
    assert_eq!(found(&home, "石墨烯").unwrap(), ["a"]);
}

#[test]
fn a_new_one_is_filled_beside_and_takes_the_place_when_it_is_whole() {
    let here = Here::new("beside");
    let (home, _) = IndexHome::open(&here.0).unwrap();
    build(&home, &[need("a", "石墨烯电池")], 1);
    let beside = home.begin(1).unwrap();
    beside.index.add(&[need("b", "石墨烯涂层")]).unwrap();
    home.progress(1);
    assert_eq!(home.building(), Some((1, 1)));
    assert_eq!(found(&home, "石墨烯").unwrap(), ["a"], "the old one answers meanwhile");
    home.abandon(beside);
    assert_eq!((home.building(), generations(&here.0).len()), (None, 1));
    let unfinished = home.begin(1).unwrap();
    unfinished.index.add(&[need("c", "石墨烯粉")]).unwrap();
    // As if the process ended here.
    drop(unfinished);
    drop(home);
    let (home, known) = IndexHome::open(&here.0).unwrap();
    assert_eq!(known, Some(mark(1)), "what was not finished is no index");
    assert_eq!(generations(&here.0).len(), 1);
    build(&home, &[need("d", "石墨烯膜")], 2);
    assert_eq!(found(&home, "石墨烯").unwrap(), ["d"]);
    assert_eq!(generations(&here.0).len(), 1, "the old one is gone from the disk");
}

#[test]
fn another_version_or_damage_is_not_opened() {
    let damages: [(&str, fn(&Here)); 8] = [
        ("analyzer", |here| replace_in_meta(here, "\\\"analyzer\\\":", "\\\"analyzer\\\":9")),
        ("schema", |here| replace_in_meta(here, "\\\"schema\\\":", "\\\"schema\\\":9")),
        ("dictionary", |here| replace_in_meta(here, "\\\"dictionary\\\":\\\"", "\\\"dictionary\\\":\\\"0")),
        ("meta", |here| {
            fs::write(here.segments("json").into_iter().find(|file| file.ends_with("meta.json")).unwrap(), b"{")
                .unwrap()
        }),
        ("flipped", |here| {
            for file in here.segments("idx").into_iter().chain(here.segments("fast")) {
                flip(&file);
            }
        }),
        ("truncated", |here| {
            for file in here.segments("term") {
                let bytes = fs::read(&file).unwrap();
                fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
            }
        }),
        ("emptied", |here| {
            for file in here.segments("store") {
                fs::write(&file, b"").unwrap();
            }
        }),
        ("lost", |here| {
            for file in here.segments("fieldnorm") {
                fs::remove_file(&file).unwrap();
            }
        }),
    ];
    for (name, damage) in damages {
        let here = Here::new(name);
        let (home, _) = IndexHome::open(&here.0).unwrap();
        build(&home, &[need("a", "石墨烯电池")], 42);
        drop(home);
        damage(&here);
        let (home, known) = IndexHome::open(&here.0).unwrap();
        assert_eq!(known, None, "{name}");
        assert!(home.current().is_none(), "{name}");
        build(&home, &[need("b", "石墨烯涂层")], 43);
        assert_eq!(found(&home, "石墨烯").unwrap(), ["b"], "{name}");
    }
}

/// While it runs: what is held in memory goes on answering, and the look at the files sees what was done to them.
#[test]
fn damage_while_it_runs_is_seen_and_harms_nobody() {
    let damages: [(&str, fn(&Here)); 4] = [
        ("r-flipped", |here| here.segments("idx").iter().for_each(|file| flip(file))),
        ("r-truncated", |here| here.segments("fast").iter().for_each(|file| fs::write(file, b"").unwrap())),
        ("r-deleted", |here| {
            generations(&here.0)
                .iter()
                .for_each(|number| fs::remove_dir_all(here.0.join(format!("g{number}"))).unwrap())
        }),
        ("r-meta", |here| here.segments("json").iter().for_each(|file| fs::remove_file(file).unwrap())),
    ];
    for (name, damage) in damages {
        let here = Here::new(name);
        let (home, _) = IndexHome::open(&here.0).unwrap();
        build(&home, &[need("a", "石墨烯电池"), need("b", "石墨烯膜")], 1);
        let index = home.current().unwrap();
        index.apply(&BTreeSet::from(["b".to_owned()]), &[], &mark(2)).unwrap();
        assert_eq!(index.damage(), None, "{name}");
        damage(&here);
        assert_eq!(found(&home, "石墨烯").unwrap(), ["a"], "{name}");
        let why = index.damage().unwrap_or_else(|| panic!("{name} is not seen"));
        home.give_up(&index, &why);
        drop(index);
        assert!(matches!(found(&home, "石墨烯"), Err(IndexFault::Absent)));
        build(&home, &[need("a", "石墨烯电池")], 3);
        assert_eq!(found(&home, "石墨烯").unwrap(), ["a"], "{name}");
        assert_eq!(home.current().unwrap().damage(), None, "{name}");
    }
}

#[test]
fn a_full_disk_keeps_what_was_there_and_goes_on_when_there_is_room() {
    let here = Here::new("full");
    let (home, _) = IndexHome::open(&here.0).unwrap();
    build(&home, &[need("a", "石墨烯电池")], 1);
    let index = home.current().unwrap();
    let full = &index.held.as_ref().unwrap().full;
    full.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        let fault = index.apply(&BTreeSet::new(), &[need("b", "石墨烯膜")], &mark(2)).unwrap_err();
        assert!(fault.is_full_disk(), "{fault:?}");
        assert_eq!(index.damage(), None);
        assert_eq!(found(&home, "石墨烯").unwrap(), ["a"]);
    }
    full.store(false, Ordering::SeqCst);
    index.apply(&BTreeSet::new(), &[need("b", "石墨烯膜")], &mark(2)).unwrap();
    assert_eq!(found(&home, "石墨烯膜").unwrap(), ["b"]);
    drop(index);
    drop(home);
    let (home, known) = IndexHome::open(&here.0).unwrap();
    assert_eq!((known, home.len()), (Some(mark(2)), 2));
}

#[test]
fn an_index_of_an_earlier_layout_goes_and_nothing_else_does() {
    let here = Here::new("layout");
    fs::create_dir_all(&here.0).unwrap();
    for name in
        ["meta.json", ".managed.json", ".tantivy-writer.lock", "0123456789abcdef0123456789abcdef.idx", "notes.txt"]
    {
        fs::write(here.0.join(name), b"x").unwrap();
    }
    let (home, known) = IndexHome::open(&here.0).unwrap();
    assert_eq!(known, None);
    let mut left: Vec<String> =
        fs::read_dir(&here.0).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    left.sort();
    assert_eq!(left, ["lock", "notes.txt"]);
    drop(home);
}

fn flip(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x01;
    fs::write(file, bytes).unwrap();
}

fn replace_in_meta(here: &Here, from: &str, to: &str) {
    let file = here.segments("json").into_iter().find(|file| file.ends_with("meta.json")).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(&file, text.replace(from, to)).unwrap();
}
