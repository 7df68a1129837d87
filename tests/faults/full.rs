//! F6: the disk is full. Whoever hands a need in is told so (507), never 201; what was answered before is there; and with
//! room again needs are taken on within ten seconds.

use crate::clients::{Told, client};
use crate::rounds;
use crate::served::{Place, Served, stamp};
use crate::until;
use diesel::prelude::*;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use zhipai::db::schema::needs;

/// Within this, needs are taken on again once there is room.
const WELL_AGAIN: Duration = Duration::from_secs(10);

/// A small disk of its own; `None` where none may be made (it takes the right to mount).
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn make() -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("zhipai-disk-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        // Room for what the long run's rounds leave behind: a disk that the needs themselves fill is never well again.
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=48m", "tmpfs"]).arg(&folder).output();
        mounted.is_ok_and(|said| said.status.success()).then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
        let _ = std::fs::remove_dir(&self.0);
    }
}

#[test]
fn full() {
    let Some(disk) = SmallDisk::make() else {
        println!("full: left out, this user may not mount a small disk; run it as root");
        return;
    };
    let place = Place::at(format!("sqlite:{}", disk.0.join("zhipai.db").display()), disk.0.join("service"));
    let token = place.seeded.liaison.1.clone();
    let told = Told::default();
    let run = stamp();
    let served = Served::start(&place, "node", None);
    let client = client();
    let mut slowest = Duration::ZERO;
    let mut unkeyed = 0;
    for _ in 0..rounds(2, 20) {
        assert!(told.post(&client, &served.base_url, &token, &told.fresh_key(&run)), "there is room at first");
        let ballast = disk.0.join("ballast");
        let filled = Command::new("dd")
            .args(["if=/dev/zero", "bs=4k", &format!("of={}", ballast.display())])
            .output()
            .expect("dd runs");
        assert!(!filled.status.success(), "the disk should be full");
        // The log the database keeps may have room for a few more; then whoever hands a need in is told so.
        let mut refused = String::new();
        for _ in 0..3_000 {
            let answer = client
                .post(format!("{}/api/v1/needs", served.base_url))
                .bearer_auth(&token)
                .header("Accept-Language", "zh-CN")
                .json(&crate::support::people::need())
                .send()
                .expect("an answer");
            let status = answer.status().as_u16();
            if status == 429 {
                // One token asks faster than any may.
                std::thread::park_timeout(Duration::from_millis(20));
                continue;
            }
            assert!(matches!(status, 201 | 507), "{status}: {:?}", answer.text());
            if status == 507 {
                refused = answer.text().expect("text");
                break;
            }
            unkeyed += 1;
        }
        assert!(
            refused.contains("storage-full") && refused.contains("磁盘已满"),
            "507 once there is no room: {refused}"
        );
        for _ in 0..40 {
            told.post(&client, &served.base_url, &token, &told.fresh_key(&run));
        }
        std::fs::remove_file(&ballast).expect("room again");
        let since = Instant::now();
        until("needs are taken on again", WELL_AGAIN, || {
            told.post(&client, &served.base_url, &token, &told.fresh_key(&run)).then_some(())
        });
        slowest = slowest.max(since.elapsed());
        told.settle(&served.base_url, &token);
    }
    assert!(told.odd.lock().unwrap().is_empty(), "{:?}", told.odd.lock().unwrap());
    let answered = told.answered();
    let office = place.office();
    let there: Vec<zhipai::ids::NeedId> =
        needs::table.select(needs::id).load(&mut *office.read().expect("a reader")).expect("reads");
    for (key, id) in &answered {
        assert!(there.iter().any(|known| known.as_str() == id), "{key} was answered 201 and is lost");
    }
    assert_eq!(there.len(), answered.len() + unkeyed, "what was refused is not there, and nothing is there twice");
    println!("full: clear 507, no false 201, well again after at most {slowest:.1?}");
}
