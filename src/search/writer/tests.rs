//! What is applied is searchable, once; what does not fit starts over.

use super::*;
use crate::search::{NeedQuery, Scope};
use std::fs;
use std::path::PathBuf;

fn id(low: u8) -> NeedId {
    NeedId::from_minted(crate::ids::uuid_v7(1_760_000_000_000, &[low; 10]))
}

fn need(low: u8, title: &str) -> NeedDoc {
    NeedDoc {
        id: id(low),
        number: format!("XQ-2026-{low:06}"),
        title: title.to_owned(),
        description: String::new(),
        enterprise: "北京云谷科技有限公司".to_owned(),
        feedback: None,
        region: "110108".to_owned(),
        station: "s1".to_owned(),
        state: "open".to_owned(),
        services: vec!["risk".to_owned()],
        created_at: i64::from(low),
    }
}

/// A directory of this test alone, removed at the end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("zhipai-index-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn found(index: &Index, text: &str) -> Vec<NeedId> {
    index.search(&NeedQuery::new(text, Scope::All)).unwrap().ids
}

#[test]
fn update_replaces_and_delete_removes() {
    let index = Index::in_memory().unwrap();
    index.apply(&[need(1, "石墨烯电池"), need(2, "石墨烯涂层")], &[], 5).unwrap();
    assert_eq!(index.len(), 2);
    index.apply(&[need(1, "激光雷达")], &[], 6).unwrap();
    assert_eq!(index.len(), 2);
    assert_eq!(found(&index, "石墨烯"), [id(2)]);
    assert_eq!(found(&index, "激光雷达"), [id(1)]);
    index.apply(&[], &[id(1)], 7).unwrap();
    assert_eq!(found(&index, "激光雷达"), []);
    assert_eq!(index.len(), 1);
    // The same document twice in one call is there once.
    index.apply(&[need(3, "甲醇"), need(3, "乙醇")], &[], 8).unwrap();
    assert_eq!((found(&index, "甲醇"), found(&index, "乙醇")), (vec![], vec![id(3)]));
}

#[test]
fn reopening_keeps_content_and_watermark() {
    let place = Place::new("reopen");
    let (index, watermark) = Index::open_or_create(&place.0).unwrap();
    assert_eq!(watermark, None);
    index.apply(&[need(1, "石墨烯电池")], &[], 41).unwrap();
    index.apply(&[], &[], 42).unwrap();
    assert!(matches!(Index::open_or_create(&place.0), Err(IndexFault::Busy)), "two writers on one directory");
    drop(index);
    let (index, watermark) = Index::open_or_create(&place.0).unwrap();
    assert_eq!(watermark, Some(42));
    assert_eq!(found(&index, "石墨烯"), [id(1)]);
}

#[test]
fn another_version_or_damage_starts_over() {
    let damages: [(&str, fn(&std::path::Path)); 5] = [
        ("analyzer", |path| replace_in_meta(path, "\\\"analyzer\\\":", "\\\"analyzer\\\":9")),
        ("schema", |path| replace_in_meta(path, "\\\"schema\\\":", "\\\"schema\\\":9")),
        ("dictionary", |path| replace_in_meta(path, "\\\"dictionary\\\":\\\"", "\\\"dictionary\\\":\\\"0")),
        ("meta", |path| fs::write(path.join("meta.json"), b"{").unwrap()),
        ("segment", |path| {
            for entry in fs::read_dir(path).unwrap() {
                let file = entry.unwrap().path();
                if file.extension().is_some_and(|extension| extension == "idx") {
                    let mut bytes = fs::read(&file).unwrap();
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 0xff;
                    fs::write(&file, bytes).unwrap();
                }
            }
        }),
    ];
    for (name, damage) in damages {
        let place = Place::new(name);
        let (index, _) = Index::open_or_create(&place.0).unwrap();
        index.apply(&[need(1, "石墨烯电池")], &[], 42).unwrap();
        drop(index);
        damage(&place.0);
        let (index, watermark) = Index::open_or_create(&place.0).unwrap();
        assert_eq!(watermark, None, "{name}");
        assert!(index.is_empty(), "{name}");
        index.apply(&[need(2, "石墨烯涂层")], &[], 43).unwrap();
        drop(index);
        let (index, watermark) = Index::open_or_create(&place.0).unwrap();
        assert_eq!((watermark, found(&index, "石墨烯")), (Some(43), vec![id(2)]), "{name}");
    }
}

fn replace_in_meta(path: &std::path::Path, from: &str, to: &str) {
    let file = path.join("meta.json");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(&file, text.replace(from, to)).unwrap();
}
