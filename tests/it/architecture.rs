//! Holds the import table of `src/lib.rs`, the file budget, and what may not be in `src`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Module → what it may import of our own; anything absent is forbidden.
fn table() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("domain", &["ids"][..]),
        ("flow", &[]),
        ("clock", &["ids"]),
        ("ids", &["domain"]),
        ("seal", &[]),
        ("config", &[]),
        ("i18n", &["domain", "ids"]),
        ("trial", &[]),
        ("db", &["domain", "ids", "trial"]),
        ("search", &["domain", "ids"]),
        ("sheet", &["domain", "ids"]),
        ("mail", &["domain", "ids", "i18n", "seal"]),
        ("actions", &["domain", "flow", "ids", "db", "search", "clock", "seal", "trial"]),
        ("invariants", &["domain", "ids", "db", "search", "seal", "actions"]),
        ("jobs", &["trial", "actions", "invariants", "db", "mail", "search", "clock", "ids", "domain", "i18n"]),
        ("telemetry", &[]),
        (
            "web",
            &["actions", "invariants", "db", "search", "i18n", "mail", "seal", "sheet", "domain", "ids", "telemetry"],
        ),
    ])
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("inside src").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a source"))
        })
        .collect()
}

/// What stands before the tests of a file; a file that is all tests is nothing.
fn product_code(name: &str, text: &str) -> String {
    if name.ends_with("tests.rs") || name.contains("/tests/") || name.ends_with("sample.rs") {
        return String::new();
    }
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
}

#[test]
fn imports_go_only_in_the_tables_direction() {
    let table = table();
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let module = name.split(['/', '.']).next().unwrap_or_default();
        let Some(allowed) = table.get(module) else { continue };
        for line in product_code(&name, &text).lines().filter(|line| !line.trim_start().starts_with("//")) {
            for piece in line.split("crate::").skip(1) {
                let target: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                let grouped = piece.starts_with('{');
                assert!(!grouped, "{name}: write one `use crate::module::…` a line: {line}");
                let known =
                    table.contains_key(target.as_str()) || ["demo", "simulation", "cli"].contains(&target.as_str());
                if known && target != module && !allowed.contains(&target.as_str()) {
                    wrong.push(format!("{name}: {}", line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the table:\n{}", wrong.join("\n"));
}

#[test]
fn the_domain_is_pure() {
    for (name, text) in sources().into_iter().filter(|(name, _)| name.starts_with("domain/")) {
        for word in ["diesel", "actix", "tokio", "tracing", "std::fs", "std::net", "rand::"] {
            let used = product_code(&name, &text)
                .lines()
                .any(|line| !line.trim_start().starts_with("//") && line.contains(word));
            assert!(!used, "{name} knows {word}");
        }
    }
}

#[test]
fn flow_stands_on_std_alone() {
    for (name, text) in sources().into_iter().filter(|(name, _)| name.starts_with("flow")) {
        for line in product_code(&name, &text).lines().filter(|line| line.starts_with("use ")) {
            let own = ["use std::", "use super::", "use crate::flow::"].iter().any(|root| line.starts_with(root));
            assert!(own || line.starts_with("use model::") || line.starts_with("use tree::"), "{name}: {line}");
        }
        for word in ["f64", "f32", "HashMap", "HashSet", "Instant"] {
            assert!(!product_code(&name, &text).contains(word), "{name} knows {word}");
        }
    }
}

#[test]
fn rules_decide_nothing_by_the_machines_clock_or_chance() {
    for (name, text) in sources() {
        if name == "clock.rs" || name == "main.rs" {
            continue;
        }
        for word in ["Utc::now", "Local::now", "SystemTime::now", "Uuid::now_v7", "rand::rng()"] {
            let used = product_code(&name, &text)
                .lines()
                .any(|line| !line.trim_start().starts_with("//") && line.contains(word));
            assert!(!used, "{name} uses {word}");
        }
    }
}

#[test]
fn files_stay_one_thing() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(name, _)| name != "db/schema.rs")
        .map(|(name, text)| (name.clone(), product_code(&name, &text).lines().count()))
        .filter(|(_, lines)| *lines > 450)
        .map(|(name, lines)| format!("{name}: {lines}"))
        .collect();
    assert!(long.is_empty(), "these ask to be two: {long:?}");
}

#[test]
fn nothing_unfinished_is_left() {
    for (name, text) in sources() {
        for word in ["todo!(", "unimplemented!(", "#[allow(", "TODO", "FIXME"] {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn a_standing_changes_in_one_place() {
    // Beside the one deed: a record that is corrected keeps its standing, what is typed says one, and two questions are asked
    // of people as if.
    let allowed = [
        "actions/change_standing.rs",
        "actions/register_expert.rs",
        "actions/what_if/world.rs",
        "actions/suggest_experts/judged.rs",
        "actions/apply_expert.rs",
        "actions/import_sheet/merged.rs",
    ];
    for (name, text) in sources() {
        if allowed.contains(&name.as_str()) || name.starts_with("demo/") || name.starts_with("simulation/") {
            continue;
        }
        let writes = product_code(&name, &text).lines().any(|line| line.contains(".standing = "));
        assert!(!writes, "{name} changes a standing beside `change_standing`, which keeps the history and re-homes");
    }
}
