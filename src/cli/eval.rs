//! `zhipai eval relevance`: how good the ranking is on a judged collection, anybody's, by the code that ranks in service.
//!
//! Source: contract.md, "Judged collections". No database is opened and nothing is written but what `--run` and
//! `--suggest` ask for.

pub mod collection;
pub mod floor;
mod line;
pub mod scored;
mod told;

use crate::i18n::L;
use chrono::DateTime;
use chrono::Utc;
use collection::read;
use floor::Floors;
use scored::Scored;
use std::path::Path;
use std::path::PathBuf;

/// What `--help` says of the files.
pub const HELP: &str = "\
Files are UTF-8.
  experts.jsonl   one object a line: id, name, firm, region, services, industries, languages, modes, bio, qualifications,
                  lat, lon, max_distance_km, standing, on_leave, qualification_expired …
  needs.jsonl     one object a line: id, title, description, services, industries, region, mode, language, enterprise,
                  opposing_party, opposing_agent, lat, lon, class … ; all but id may be absent or null
  judgments.tsv   need_id, expert_id, grade (0-3; -1 must be excluded), parted by tabs; unjudged counts 0
Regions by name or code, services by slug or Chinese name; a missing point is the region's centre. A need that names no
service is ranked with those its text suggests.

nDCG@10: gain 2^grade-1, discount log2(rank+1). MRR and recall@20 count grades from 1. A violation is an expert graded -1
among those returned. Suggestion top-1 and top-3: the best one or three services suggested from the text hold one that the
need names.

Exit codes: 0 scored, 1 a file cannot be read (file and line on standard error) or a floor was missed, 2 bad usage.

  zhipai eval relevance --experts experts.jsonl --needs needs.jsonl --judgments judgments.tsv --run run.tsv";

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One object: overall, classes, needs.
    Json,
}

/// What `eval relevance` was told.
#[derive(Debug, clap::Args)]
pub struct RelevanceArgs {
    /// The experts, one JSON object a line
    #[arg(long, value_name = "F.jsonl")]
    pub experts: PathBuf,
    /// The needs, one JSON object a line
    #[arg(long, value_name = "F.jsonl")]
    pub needs: PathBuf,
    /// need_id, expert_id, grade, parted by tabs
    #[arg(long, value_name = "F.tsv")]
    pub judgments: PathBuf,
    /// Writes every returned expert in rank order: need_id, expert_id, score
    #[arg(long, value_name = "OUT.tsv")]
    pub run: Option<PathBuf>,
    /// Writes the services suggested from title and description alone: need_id, slug, score
    #[arg(long, value_name = "OUT.tsv")]
    pub suggest: Option<PathBuf>,
    /// Fails, naming the needs, where a figure is below the floors in this file
    #[arg(long, value_name = "F.toml")]
    pub floors: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// Reads, ranks, scores and prints.
///
/// # Errors
/// One clear line for what cannot be read or written; the needs that fell, where floors are given.
pub fn run(arguments: &RelevanceArgs, l: L, now: DateTime<Utc>) -> Result<(), String> {
    let floors = match &arguments.floors {
        Some(file) => {
            Some(Floors::read(&line::text_of(file)?).map_err(|error| format!("{}: {error}", file.display()))?)
        }
        None => None,
    };
    let collection = read(&arguments.experts, &arguments.needs, &arguments.judgments, now)?;
    for remark in &collection.remarks {
        eprintln!("{remark}");
    }
    let scored = scored::score(&collection, now);
    if let Some(file) = &arguments.run {
        write(file, &run_lines(&scored))?;
    }
    if let Some(file) = &arguments.suggest {
        write(file, &suggest_lines(&scored))?;
    }
    match arguments.format {
        Format::Text => print!("{}", told::text(&collection, &scored, l)),
        Format::Json => println!("{}", serde_json::to_string(&scored).map_err(|error| error.to_string())?),
    }
    let fallen = floors.map(|floors| floors.fallen(&scored)).unwrap_or_default();
    if fallen.is_empty() { Ok(()) } else { Err(format!("{}\n{}", l.t("eval-fallen"), fallen.join("\n"))) }
}

fn run_lines(scored: &Scored) -> String {
    let mut text = String::new();
    for need in &scored.needs {
        for (expert, score) in &need.returned {
            text.push_str(&format!("{}\t{expert}\t{score:.2}\n", need.id));
        }
    }
    text
}

fn suggest_lines(scored: &Scored) -> String {
    let mut text = String::new();
    for need in &scored.needs {
        for (slug, score) in &need.suggested {
            text.push_str(&format!("{}\t{slug}\t{score:.4}\n", need.id));
        }
    }
    text
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
