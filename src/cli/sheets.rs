//! `zhipai import` and `zhipai export`: the sheets people keep, in and out. A bad row never hides a good one.

use super::data::{at_work, line};
use super::opening::Failure;
use crate::actions::Actor;
use crate::actions::import_calendar::import_calendar;
use crate::config::Config;
use crate::i18n::L;
use crate::sheet::{write_csv, write_xlsx};
use crate::web::pages::sheet_rows::{SheetKind, changes, export as rows_of, import as take, told};
use std::io::IsTerminal;
use std::path::PathBuf;

/// What can be read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Into {
    /// 专家
    Experts,
    /// 工作站
    Stations,
    /// 企业
    Enterprises,
    /// 放假安排: date,kind,occasion
    Holidays,
}

/// What can be written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OutOf {
    /// 专家
    Experts,
    /// 工作站
    Stations,
    /// 企业
    Enterprises,
    /// 需求, of the last twelve months
    Needs,
}

/// What `import` was told.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// What the file holds
    #[arg(value_enum)]
    pub what: Into,
    /// .xlsx or .csv; holidays as .csv
    pub file: PathBuf,
    /// Only says what would happen
    #[arg(long)]
    pub dry_run: bool,
    /// For holidays: the notice, such as 国办发明电〔2025〕7号
    #[arg(long, default_value = "")]
    pub source: String,
    /// For experts: the standing of new ones, applied or active
    #[arg(long, default_value = "applied")]
    pub standing: String,
}

/// What `export` was told.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// What to write
    #[arg(value_enum)]
    pub what: OutOf,
    /// .xlsx or .csv, a new file
    pub file: PathBuf,
}

/// Reads a sheet in and prints what came of it, row by row where something is wrong.
///
/// # Errors
/// One clear line; also when rows were left out, so that a script notices.
pub fn import(config: &Config, l: L, arguments: &ImportArgs) -> Result<(), Failure> {
    let bytes = std::fs::read(&arguments.file).map_err(|error| format!("{}: {error}", arguments.file.display()))?;
    let office = at_work(config)?;
    let kind = match arguments.what {
        Into::Experts => SheetKind::Experts,
        Into::Stations => SheetKind::Stations,
        Into::Enterprises => SheetKind::Enterprises,
        Into::Holidays => {
            let text = String::from_utf8_lossy(&bytes);
            let report = import_calendar(&office, &Actor::Operator, &text, &arguments.source, arguments.dry_run)
                .map_err(|error| line(l, &error))?;
            let years: Vec<String> = report.years.iter().map(ToString::to_string).collect();
            println!(
                "{}",
                l.a(
                    "cli-holidays",
                    &[
                        ("years", &years.join(", ")),
                        ("days", &report.days.to_string()),
                        ("moved", &report.moves.len().to_string())
                    ]
                )
            );
            for moved in &report.moves {
                println!(
                    "{}",
                    l.a(
                        "calendar-move",
                        &[("number", &moved.number), ("from", &l.due(moved.from)), ("to", &l.due(moved.to))]
                    )
                );
            }
            println!("{}", l.t(if arguments.dry_run { "cli-dry-run" } else { "cli-holidays-wait" }));
            return Ok(());
        }
    };
    let terminal = std::io::stderr().is_terminal();
    let shown = |rows: usize| {
        if terminal {
            eprint!("\r{rows}");
        }
    };
    let imported = take(&office, &Actor::Operator, kind, &bytes, &arguments.standing, arguments.dry_run, &shown)
        .map_err(|error| line(l, &error))?;
    if terminal {
        eprintln!();
    }
    for change in changes(l, kind, &imported) {
        let row = change.row.to_string();
        for (column, old, new) in change.fields {
            let text = format!("{} · {column}: {old} → {new}", change.name);
            println!("{}", l.a("cli-row", &[("row", &row), ("text", &text)]));
        }
    }
    let mut left_out = 0;
    for problem in told(l, kind, &imported) {
        left_out += usize::from(!problem.note);
        match problem.row {
            Some(row) => println!("{}", l.a("cli-row", &[("row", &row.to_string()), ("text", &problem.text)])),
            None => println!("{}", problem.text),
        }
    }
    let report = &imported.report;
    println!(
        "{}",
        l.a(
            "cli-imported",
            &[
                ("created", &report.created.to_string()),
                ("changed", &report.changed.to_string()),
                ("unchanged", &report.unchanged.to_string()),
            ],
        )
    );
    if arguments.dry_run {
        println!("{}", l.t("cli-dry-run"));
    }
    if left_out == 0 { Ok(()) } else { Err(l.a("cli-left-out", &[("n", &left_out.to_string())])) }
}

/// Writes a sheet to a new file.
///
/// # Errors
/// One clear line; the file must not exist.
pub fn export(config: &Config, l: L, arguments: &ExportArgs) -> Result<(), Failure> {
    let office = at_work(config)?;
    let kind = match arguments.what {
        OutOf::Experts => SheetKind::Experts,
        OutOf::Stations => SheetKind::Stations,
        OutOf::Enterprises => SheetKind::Enterprises,
        OutOf::Needs => SheetKind::Needs,
    };
    let sheet = rows_of(&office, &Actor::Operator, l, kind, None).map_err(|error| line(l, &error))?;
    let headers: Vec<&str> = sheet.header.iter().map(String::as_str).collect();
    let ending = arguments.file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let bytes = match ending.as_str() {
        "xlsx" => write_xlsx(&headers, &sheet.rows).map_err(|error| error.to_string())?,
        "csv" => write_csv(&headers, &sheet.rows),
        _ => return Err(l.t("cli-xlsx-or-csv")),
    };
    super::opening::write_private(&arguments.file, &bytes)?;
    println!("{}", sheet.rows.len());
    Ok(())
}
