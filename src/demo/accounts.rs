//! `accounts.json`: who may sign in to the demo, with passwords and tokens, for people and for scripts.
//!
//! Contract (contract.md, "Commands"): `[{"role","name","email","password","token","station"?}]`; tokens stay valid over
//! restarts, so a file that is there is kept and read again.

use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// One account as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintedAccount {
    /// `liaison`, `manager`, `admin` or `auditor`.
    pub role: String,
    /// Name.
    pub name: String,
    /// Address to sign in with.
    pub email: String,
    /// Password.
    pub password: String,
    /// API bearer token.
    pub token: String,
    /// The station of a liaison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
}

/// Writes the file whole, or not at all.
///
/// # Errors
/// What the file system says.
pub fn write(path: &Path, accounts: &[PrintedAccount]) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(accounts)?;
    text.push(b'\n');
    replace(path, &text)
}

/// Reads the file; `None` when there is none, or none that can be read.
#[must_use]
pub fn read(path: &Path) -> Option<Vec<PrintedAccount>> {
    let accounts: Vec<PrintedAccount> = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    (!accounts.is_empty()).then_some(accounts)
}

/// Puts new content in a file's place in one step.
///
/// # Errors
/// What the file system says.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    std::fs::write(&part, content)?;
    std::fs::rename(&part, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_as_promised_and_comes_back() {
        let path = std::env::temp_dir().join(format!("zhipai-accounts-{}.json", std::process::id()));
        let liaison = PrintedAccount {
            role: "liaison".into(),
            name: "顾明".into(),
            email: "ming.gu@zhipai.example".into(),
            password: "zhipai-demo-2026".into(),
            token: "zp_x".into(),
            station: Some("砚池北里知识产权工作站".into()),
        };
        let manager = PrintedAccount { role: "manager".into(), station: None, ..liaison.clone() };
        let all = vec![liaison, manager];
        write(&path, &all).expect("written");
        let value: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).expect("reads")).expect("json");
        let keys = |at: usize| value[at].as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(0), ["email", "name", "password", "role", "station", "token"]);
        assert_eq!(keys(1), ["email", "name", "password", "role", "token"]);
        assert_eq!(read(&path), Some(all));
        std::fs::write(&path, "[{torn").expect("written");
        assert_eq!(read(&path), None);
        std::fs::remove_file(&path).expect("removed");
    }
}
