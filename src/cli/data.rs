//! Commands that work on the data beside a running service: accounts, tokens, the index.

use super::opening::{Failure, hold, office, office_for_a_command};
use crate::actions::account::{NewAccount, add_account, add_token};
use crate::actions::{ActionError, Actor, Office};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::db;
use crate::domain::refusal::Refusal;
use crate::domain::role::Role;
use crate::i18n::L;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// An office for one command.
///
/// # Errors
/// One clear line.
pub fn at_work(config: &Config) -> Result<Office, Failure> {
    office_for_a_command(config, Arc::new(SystemClock))
}

/// A refusal or fault as one clear line in the language of the terminal.
#[must_use]
pub fn line(l: L, error: &ActionError) -> Failure {
    match error {
        ActionError::Refused(Refusal::Invalid(problems)) => {
            let told: Vec<String> = problems
                .iter()
                .map(|problem| format!("{}: {}", problem.field, crate::web::error::field_sentence(l, problem)))
                .collect();
            told.join("; ")
        }
        ActionError::Refused(refusal) => l.t(&format!("refused-{}", refusal.code())),
        ActionError::Fault(fault) => fault.to_string(),
    }
}

/// What `user add` was told.
#[derive(Debug, clap::Args)]
pub struct UserAdd {
    /// liaison, manager, admin or auditor
    #[arg(long)]
    pub role: Role,
    /// Name
    #[arg(long)]
    pub name: String,
    /// Mail address, also the name one signs in by
    #[arg(long)]
    pub email: String,
    /// A liaison's station, by name
    #[arg(long)]
    pub station: Option<String>,
    /// A delegated manager's region, by name or code
    #[arg(long)]
    pub region: Option<String>,
    /// 站长 of the station
    #[arg(long)]
    pub head: bool,
}

/// Makes an account and prints the link to set its password.
///
/// # Errors
/// One clear line naming what cannot be taken.
pub fn user_add(config: &Config, l: L, input: &UserAdd) -> Result<(), Failure> {
    let office = at_work(config)?;
    let station = match &input.station {
        None => None,
        Some(name) => {
            let mut reader = office.read().map_err(|error| line(l, &error))?;
            let found = db::station::by_name(&mut reader, name).map_err(|error| error.to_string())?;
            Some(found.ok_or_else(|| format!("station: {name}?"))?.id)
        }
    };
    let region = match &input.region {
        None => None,
        Some(name) => {
            Some(crate::domain::region::named(name).ok_or_else(|| format!("region: {name}?"))?.code.to_owned())
        }
    };
    let new = NewAccount {
        role: input.role,
        name: input.name.clone(),
        email: input.email.clone(),
        phone: None,
        station,
        region,
        head: input.head,
        language: l.0.short().to_owned(),
        password: None,
    };
    let (id, secret) = add_account(&office, &Actor::Operator, &new).map_err(|error| line(l, &error))?;
    println!("{id}");
    if let Some(secret) = secret {
        println!("{}/password/{secret}", office.settings.base_url);
    }
    Ok(())
}

/// Makes an API token for an account and prints it once.
///
/// # Errors
/// One clear line.
pub fn token_add(config: &Config, l: L, email: &str, label: &str, scopes: &[String]) -> Result<(), Failure> {
    let office = at_work(config)?;
    let account = {
        let mut reader = office.read().map_err(|error| line(l, &error))?;
        db::account::by_email(&mut reader, &email.trim().to_lowercase())
            .map_err(|error| error.to_string())?
            .ok_or_else(|| format!("{email}: {}", l.t("refused-not-found")))?
    };
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let (_, token) =
        add_token(&office, &Actor::Operator, account.id, label, &scopes).map_err(|error| line(l, &error))?;
    println!("{token}");
    Ok(())
}

/// Makes the search index anew beside the old one, which stays in its place until the new one is whole; refuses while a
/// service runs on the same SQLite file or keeps its index in the same folder.
///
/// # Errors
/// One clear line.
pub fn reindex(config: &Config) -> Result<(), Failure> {
    let _held = hold(config.database())?;
    let office = office(config, Arc::new(SystemClock))?;
    let done = AtomicBool::new(false);
    let built = std::thread::scope(|scope| {
        if std::io::stderr().is_terminal() {
            scope.spawn(|| show_progress(&office, &done));
        }
        let built = office.rebuild_index();
        done.store(true, Ordering::SeqCst);
        built
    });
    println!("{}", built.map_err(|error| error.to_string())?);
    Ok(())
}

/// One line on the terminal, written over itself until it is done.
fn show_progress(office: &Office, done: &AtomicBool) {
    while !done.load(Ordering::SeqCst) {
        if let Some((written, total)) = office.index.building() {
            eprint!("\r{written} / {total}");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    eprintln!();
}
