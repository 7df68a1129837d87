//! Tells cargo what the macros read beside Rust: words, templates, migrations, static files, the index' words.

fn main() {
    for folder in [
        "src/i18n",
        "src/web/templates",
        "src/web/static",
        "src/mail/letters",
        "migrations",
        "index",
        "src/demo/corpus",
    ] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
