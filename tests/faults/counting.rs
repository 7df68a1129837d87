//! Counting against an independent oracle: `oracle.py` reads the shipped holidays in its own way and says what
//! `zhipai due -` must say, for every minute of 2024–2026 under each rule, with and without a floor.

use crate::rounds;
use std::process::Command;

#[test]
fn counting() {
    // Every minute in the long run; every 1,009th in the quick one, which still meets every hour and weekday.
    let step = rounds(1_009, 1);
    let said = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/oracle.py"))
        .args([env!("CARGO_BIN_EXE_zhipai"), concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain/holidays-cn.csv")])
        .arg(step.to_string())
        .output()
        .expect("python3 runs");
    let told = String::from_utf8_lossy(&said.stdout);
    print!("{told}");
    assert!(said.status.success(), "{told}{}", String::from_utf8_lossy(&said.stderr));
}
