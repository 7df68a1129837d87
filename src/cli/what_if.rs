//! `zhipai what-if`: a past period replayed by other weights, caps or leave, beside a running service and without writing.

use super::data::{at_work, line};
use super::due::Format;
use super::opening::Failure;
use crate::actions::Office;
use crate::actions::what_if::{NamedShift, OtherChoice, TriedLeave, WhatIf, WhatIfReport, what_if};
use crate::config::Config;
use crate::domain::matching::{Signal, Weights};
use crate::domain::role::Scope;
use crate::domain::what_if::{SideFigures, hundredths};
use crate::i18n::L;
use crate::web::pages::what_if::table::{leave_line, rows};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// What `--help` says besides.
pub const HELP: &str = "\
Needs are replayed in the order they came; an earlier choice counts for the later ones. Three sides are told: as it really
was, by the rules in force, and by the rules tried. The same data and settings give the same output. Nothing is written.

A file of weights has the form of index/ranking.toml: nine signals in points, together 100.

  zhipai what-if --from 2026-01-01 --to 2026-03-31 --monthly-cap 2
  zhipai what-if --from 2026-01-01 --to 2026-03-31 --weights tried.toml --leave 沈知行:2026-02-01..2026-02-28 --format json";

/// What `what-if` was told.
#[derive(Debug, clap::Args)]
pub struct WhatIfArgs {
    /// Needs submitted from this Beijing date on
    #[arg(long, value_name = "DATE")]
    pub from: NaiveDate,
    /// To this one, counted
    #[arg(long, value_name = "DATE")]
    pub to: NaiveDate,
    /// Other weights (TOML)
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Offers a month, for everybody
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    pub monthly_cap: Option<u16>,
    /// Offers open at once, for everybody
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    pub open_cap: Option<u16>,
    /// An absence to suppose, by id or whole name; may be given several times
    #[arg(long, value_name = "EXPERT:FROM..TO")]
    pub leave: Vec<String>,
    /// The most needs replayed; a longer period is shortened from its beginning, and the output says so
    #[arg(long, value_name = "N", default_value_t = 300_000)]
    pub most: usize,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// Replays and prints.
///
/// # Errors
/// One clear line naming what cannot be taken.
pub fn run(config: &Config, l: L, input: &WhatIfArgs) -> Result<(), Failure> {
    let weights = input.weights.as_deref().map(weights_of).transpose()?;
    let office = at_work(config)?;
    let mut leaves = Vec::with_capacity(input.leave.len());
    for text in &input.leave {
        leaves.push(leave_of(&office, l, text)?);
    }
    let asked = WhatIf {
        from: input.from,
        to: input.to,
        weights,
        monthly_cap: input.monthly_cap,
        open_cap: input.open_cap,
        leaves,
        most: input.most,
    };
    let on_a_terminal = std::io::stderr().is_terminal();
    let mut progress = |done: u64, all: u64| {
        if on_a_terminal {
            let told = l.a("what-if-cli-replayed", &[("done", &done.to_string()), ("all", &all.to_string())]);
            let _ = write!(std::io::stderr(), "\r{told} ");
        }
    };
    let report = what_if(&office, &Scope::Everything, &asked, &mut progress).map_err(|error| line(l, &error))?;
    if on_a_terminal {
        eprintln!();
    }
    let text = match input.format {
        Format::Text => told(l, &asked, &report),
        Format::Json => json_of(&asked, &report).to_string(),
    };
    println!("{text}");
    Ok(())
}

/// Reads a file in the form of `index/ranking.toml`.
fn weights_of(path: &Path) -> Result<Weights, Failure> {
    let named = |why: String| format!("{}: {why}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
    let file: toml::Table = text.parse().map_err(|error: toml::de::Error| named(error.message().to_owned()))?;
    let table = file.get("weights").and_then(toml::Value::as_table).ok_or_else(|| named("no [weights]".to_owned()))?;
    if let Some(unknown) = table.keys().find(|key| key.parse::<Signal>().is_err()) {
        return Err(named(format!("weights.{unknown}: no such signal")));
    }
    let mut all = *Weights::SHIPPED.hundredths();
    for (signal, weight) in Signal::ALL.iter().zip(&mut all) {
        let value = table.get(signal.as_str()).ok_or_else(|| named(format!("weights.{signal} is missing")))?;
        let wrong = || named(format!("weights.{signal}: points with at most two decimals"));
        // Through its text, so that 0.07 is seven hundredths and not a little less.
        let typed = match value {
            toml::Value::Integer(whole) => whole.to_string(),
            toml::Value::Float(points) => format!("{points}"),
            toml::Value::String(text) => text.clone(),
            _ => return Err(wrong()),
        };
        *weight = hundredths(&typed).ok_or_else(wrong)?;
    }
    let version = file.get("version").and_then(toml::Value::as_integer).and_then(|version| u32::try_from(version).ok());
    Weights::new(version.unwrap_or(0), all).map_err(|error| named(error.to_string()))
}

fn leave_of(office: &Office, l: L, text: &str) -> Result<TriedLeave, Failure> {
    let (who, from, to) = leave_line(text).ok_or_else(|| format!("--leave {text}: EXPERT:2026-03-01..2026-03-20"))?;
    let found = office
        .with_pool(|pool| {
            let same = pool.briefs.iter().filter(|brief| brief.name == who || brief.id.as_str() == who);
            Ok(same.map(|brief| brief.id).take(2).collect::<Vec<_>>())
        })
        .map_err(|error| line(l, &error))?;
    match found.as_slice() {
        [expert] => Ok(TriedLeave { expert: *expert, from, to }),
        [] => Err(l.a("field-leave-unknown", &[("detail", who)])),
        _ => Err(l.a("field-leave-several", &[("detail", who)])),
    }
}

fn told(l: L, asked: &WhatIf, report: &WhatIfReport) -> String {
    let replayed = report.sides.present.needs.to_string();
    let days = [("from", l.date(report.from)), ("to", l.date(report.to))];
    let mut text = l.a("what-if-say", &[("from", &days[0].1), ("to", &days[1].1), ("n", &replayed)]);
    if report.from > asked.from {
        let all = report.needs.to_string();
        text.push('\n');
        text.push_str(&l.a("what-if-cut", &[("all", &all), ("from", &days[0].1), ("n", &replayed)]));
    }
    let mut heads = vec![l.t("what-if-really"), l.t("what-if-present")];
    if report.sides.tried.is_some() {
        heads.push(l.t("what-if-tried"));
    }
    text.push_str(&format!("\n\n{}", heads.join(" | ")));
    for row in rows(l, &report.sides) {
        let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
        text.push_str(&format!("\n{}: {}", row.name, cells.join(" | ")));
    }
    for (key, shifts) in [("what-if-gains", &report.gains), ("what-if-losses", &report.losses)] {
        text.push_str(&format!("\n\n{}", l.t(key)));
        for shift in shifts {
            let (before, after) = (shift.before.to_string(), shift.after.to_string());
            let said = l.a("what-if-shift", &[("before", &before), ("after", &after)]);
            text.push_str(&format!("\n  {} ({}): {said}", shift.expert.name, shift.expert.firm));
        }
    }
    text.push_str(&format!("\n\n{}: {}", l.t("what-if-others"), report.others));
    text
}

fn side(figures: &SideFigures) -> Value {
    let evenness = &figures.evenness;
    json!({
        "needs": figures.needs, "covered": figures.covered, "fitting": figures.fitting,
        "travelled": figures.travelled, "median_metres": figures.metres, "p90_metres": figures.metres_p90,
        "expected_on_time_permille": figures.on_time, "expected_hours": figures.hours,
        "experts": evenness.experts, "asked": evenness.asked, "gini_permille": evenness.gini,
        "top_tenth_permille": evenness.top_tenth, "top_ten_permille": evenness.top_ten,
    })
}

fn json_of(asked: &WhatIf, report: &WhatIfReport) -> Value {
    let shifts = |all: &[NamedShift]| -> Vec<Value> {
        all.iter().map(|one| json!({"expert": one.expert, "before": one.before, "after": one.after})).collect()
    };
    let case = |one: &OtherChoice| json!({"need": {"id": one.need, "number": one.number}, "really": one.really, "present": one.present, "tried": one.tried});
    json!({
        "from": report.from, "to": report.to, "asked_from": asked.from, "needs": report.needs,
        "really": side(&report.sides.really), "present": side(&report.sides.present),
        "tried": report.sides.tried.as_ref().map(side),
        "gains": shifts(&report.gains), "losses": shifts(&report.losses),
        "chosen_otherwise": report.others, "cases": report.cases.iter().map(case).collect::<Vec<_>>(),
        "uncovered": report.uncovered.iter().map(|(id, number)| json!({"id": id, "number": number})).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Weights, Failure> {
        let path = std::env::temp_dir().join(format!("zhipai-weights-{}-{}.toml", std::process::id(), text.len()));
        std::fs::write(&path, text).expect("written");
        let read = weights_of(&path);
        std::fs::remove_file(&path).expect("removed");
        read
    }

    #[test]
    fn weights_are_read_in_the_form_of_the_file_that_ships() {
        let shipped = include_str!("../../index/ranking.toml");
        assert_eq!(read(shipped).expect("read").hundredths(), Weights::SHIPPED.hundredths());
        // Ten points each but for the first, so that the cases do not depend on what ships.
        let with = |first: &str, value: &str| {
            let rest = Signal::ALL.iter().skip(1).map(|signal| format!("{signal} = 10\n"));
            format!("[weights]\n{first} = {value}\n{}", rest.collect::<String>())
        };
        assert_eq!(read(&with("service", "20.00")).expect("read").of(Signal::Service), 2_000);
        let wrong = [
            (String::new(), "no [weights]"),
            ("[weights]\nservice = 30".to_owned(), "industry is missing"),
            (with("sevrice", "20"), "sevrice"),
            (with("service", "21"), "sum to"),
            (with("service", "20.001"), "at most two decimals"),
            (with("service", "-20"), "at most two decimals"),
        ];
        for (text, why) in wrong {
            let told = read(&text).expect_err(why);
            assert!(told.contains(why), "{told}");
        }
    }
}
