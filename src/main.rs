//! The one binary. The only place that builds the machine's clock and entropy, reads the configuration and the
//! arguments, and turns a failure into an exit code: 0 done, 1 failed (one clear line on standard error), 2 bad usage.

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use zhipai::cli::{backup, data, doctor, due, eval, serve};
use zhipai::config::Config;
use zhipai::domain::answer_rule::CountingRule;
use zhipai::i18n::{L, Lang};

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 知派 Zhipai: volunteer IP experts for enterprises in need, answered within two days.
#[derive(Parser)]
#[command(name = "zhipai", version, propagate_version = true)]
struct Arguments {
    /// Configuration file (TOML); ZHIPAI_… and DATABASE_URL in the environment go on top
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Language of what is printed: zh or en
    #[arg(long, global = true, value_name = "LANG", env = "ZHIPAI_LANG")]
    lang: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The whole service on embedded SQLite with a believable city, mailbox page and time machine
    Demo(zhipai::demo::run::DemoArgs),
    /// The service
    Serve,
    /// Brings the database's schema up to this binary and seals contact data an older one left in the clear
    Migrate,
    /// Reads experts, stations, enterprises (.xlsx, .csv) or holidays (.csv); a bad row never hides a good one
    Import(zhipai::cli::sheets::ImportArgs),
    /// Writes experts, stations, enterprises or needs as .xlsx or .csv
    Export(zhipai::cli::sheets::ExportArgs),
    /// Makes the search index anew (stop the service first)
    Reindex,
    /// Says what is wrong with the configuration, one line each
    Doctor {
        /// Sends a test letter to this address and says what the mail server made of it
        #[arg(long, value_name = "ADDRESS")]
        send_test: Option<String>,
    },
    /// Accounts
    #[command(subcommand)]
    User(UserCommand),
    /// API tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Mail that comes in
    #[command(subcommand)]
    Mail(MailCommand),
    /// Keys of links and sealed texts
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Prints the OpenAPI document
    Openapi,
    /// Writes database, attachments and key ids to one file, under load
    Backup {
        /// A new file
        file: PathBuf,
    },
    /// Puts a backup in the place of an empty database (stop the service first)
    Restore {
        /// The backup
        file: PathBuf,
    },
    /// Measures the product on judged data
    #[command(subcommand)]
    Eval(EvalCommand),
    /// Replays a past period by other weights, caps or leave, side by side with what was; writes nothing
    #[command(name = "what-if", after_long_help = zhipai::cli::what_if::HELP)]
    WhatIf(zhipai::cli::what_if::WhatIfArgs),
    /// Duty rotas: plans made, explained, repaired, written out
    #[command(subcommand, after_long_help = zhipai::cli::rota::HELP)]
    Rota(zhipai::cli::rota::RotaCommand),
    /// Says whether the trail is whole and every invariant holds; exit 1 and the offenders if not
    Verify(zhipai::cli::verify::VerifyArgs),
    /// Runs the real code on a virtual clock with people and faults, and looks at every invariant after every step
    Simulate(zhipai::simulation::plan::SimulateArgs),
    /// The trail's daily roots
    #[command(subcommand)]
    Audit(AuditCommand),
    /// When an answer is due for a notice, with the day-by-day count
    Due {
        /// civil-code, calendar-days, working-days or hours-48
        #[arg(long, default_value = "civil-code")]
        rule: CountingRule,
        /// Never less than so many waking hours (08:00–22:00 in Beijing)
        #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=336))]
        floor: Option<u32>,
        /// How to print
        #[arg(long, value_enum, default_value = "text")]
        format: due::Format,
        /// Instants (RFC 3339), or - to read them from standard input, one a line
        #[arg(required = true, value_name = "INSTANT", allow_hyphen_values = true)]
        instants: Vec<String>,
    },
}

#[derive(Subcommand)]
enum EvalCommand {
    /// Scores the ranking on a judged collection: nDCG@10, MRR, recall@20, exclusion violations, per class, worst needs
    #[command(after_long_help = eval::HELP)]
    Relevance(eval::RelevanceArgs),
}

#[derive(Subcommand)]
enum MailCommand {
    /// Reads one message from standard input, as Postfix' pipe hands it over: bounces, automatic answers, replies.
    /// Exits with 75 (try again) when it cannot be dealt with now
    Ingest,
}

/// sysexits.h, EX_TEMPFAIL: a mail server keeps the message and hands it over again.
const TRY_AGAIN: u8 = 75;

#[derive(Subcommand)]
enum AuditCommand {
    /// Prints daily roots, one JSON object a line, oldest first; keep them where this machine cannot reach
    Root {
        /// Only that Beijing day (2026-05-08)
        #[arg(long)]
        date: Option<chrono::NaiveDate>,
    },
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Adds a key to the key file and prints its id; restart every node with it, then reseal
    Add,
    /// Seals contact data anew under the newest key of the file; may run beside the service
    Reseal,
    /// Both at once, for a single machine (stop the service first)
    Rotate,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Makes an account and prints a link to set its password
    Add(data::UserAdd),
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Makes an API token and prints it once
    Add {
        /// Whose: the account's mail address
        #[arg(long)]
        email: String,
        /// What it is for
        #[arg(long)]
        label: String,
        /// read, write
        #[arg(long, value_delimiter = ',', default_value = "read")]
        scopes: Vec<String>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let spoken = arguments.lang.clone().unwrap_or_else(|| "zh".to_owned());
    let failed =
        if matches!(arguments.command, Command::Mail(_)) { ExitCode::from(TRY_AGAIN) } else { ExitCode::FAILURE };
    match run(arguments, L(Lang::of(&spoken))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("zhipai: {why}");
            failed
        }
    }
}

fn run(arguments: Arguments, l: L) -> Result<(), String> {
    if let Command::Due { rule, floor, format, instants } = &arguments.command {
        return due::run(*rule, *floor, *format, instants, l);
    }
    if let Command::Eval(EvalCommand::Relevance(relevance)) = &arguments.command {
        return eval::run(relevance, l, zhipai::clock::Clock::now(&zhipai::clock::SystemClock));
    }
    if let Command::Openapi = &arguments.command {
        println!("{}", zhipai::web::api::openapi::text());
        return Ok(());
    }
    if let Command::Simulate(plan) = &arguments.command {
        return zhipai::cli::simulate::run(plan);
    }
    if let Command::Demo(demo) = arguments.command {
        return zhipai::demo::run::run(demo);
    }
    let config = Config::load(arguments.config.as_deref()).map_err(|fault| fault.to_string())?;
    zhipai::telemetry::init_logging(&config.log, config.log_format == zhipai::config::LogFormat::Json)
        .map_err(|error| error.to_string())?;
    match arguments.command {
        Command::Serve => serve::run(&config),
        Command::Migrate => zhipai::cli::opening::migrated(&config, &zhipai::clock::SystemClock),
        Command::Import(import) => zhipai::cli::sheets::import(&config, l, &import),
        Command::Export(export) => zhipai::cli::sheets::export(&config, l, &export),
        Command::Reindex => data::reindex(&config),
        Command::Mail(MailCommand::Ingest) => zhipai::cli::mail::ingest(&config),
        Command::Doctor { send_test } => doctor::run(&config, send_test.as_deref()),
        Command::Verify(verify) => zhipai::cli::verify::run(&config, l, &verify),
        Command::Audit(AuditCommand::Root { date }) => zhipai::cli::audit::roots(&config, date),
        Command::User(UserCommand::Add(input)) => data::user_add(&config, l, &input),
        Command::Token(TokenCommand::Add { email, label, scopes }) => {
            data::token_add(&config, l, &email, &label, &scopes)
        }
        Command::Rota(command) => zhipai::cli::rota::run(&config, l, &command),
        Command::WhatIf(input) => zhipai::cli::what_if::run(&config, l, &input),
        Command::Keys(KeysCommand::Add) => zhipai::cli::keys::add(&config),
        Command::Keys(KeysCommand::Reseal) => zhipai::cli::keys::reseal(&config, l, &zhipai::clock::SystemClock),
        Command::Keys(KeysCommand::Rotate) => zhipai::cli::keys::rotate(&config, l, &zhipai::clock::SystemClock),
        Command::Backup { file } => backup::back_up(&config, &file),
        Command::Restore { file } => backup::restore(&config, &file),
        Command::Demo(_) | Command::Due { .. } | Command::Eval(_) | Command::Openapi | Command::Simulate(_) => Ok(()),
    }
}
