//! `zhipai rota`: plans made, explained, repaired and written out, beside a running service.

use super::data::{at_work, line};
use super::opening::Failure;
use crate::actions::explain_duty::{explain_duty, sentence};
use crate::actions::plan_duty::{PlanInput, plan_duty, repair_duty};
use crate::actions::{Actor, Office};
use crate::config::Config;
use crate::db;
use crate::i18n::L;
use crate::ids::{DutyPlanId, DutyTurnId, ExpertId};
use std::io::{Read, Write};
use std::path::PathBuf;

/// What `--help` says besides.
pub const HELP: &str = "\
A plan is read from a JSON file of the form of POST /api/v1/duty/plans; - reads standard input. Nobody is asked or told.

  zhipai rota plan may.json
  zhipai rota explain TURN EXPERT
  zhipai rota repair PLAN
  zhipai rota export PLAN > may.csv";

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum RotaCommand {
    /// Makes a plan and its first proposal, and prints its id, proof and fingerprint
    Plan {
        /// The plan (JSON), or - for standard input
        file: PathBuf,
    },
    /// Says how an expert stands to a turn: takes it, stands by, could, or may not and why
    Explain {
        /// The turn's id
        turn: DutyTurnId,
        /// The expert's id
        expert: ExpertId,
    },
    /// Plans anew around what was said, with the fewest changes
    Repair {
        /// The plan's id
        plan: DutyPlanId,
    },
    /// Writes the turns of a plan, one a line (CSV)
    Export {
        /// The plan's id
        plan: DutyPlanId,
    },
}

/// Does it.
///
/// # Errors
/// One clear line naming what cannot be taken.
pub fn run(config: &Config, l: L, command: &RotaCommand) -> Result<(), Failure> {
    let office = at_work(config)?;
    match command {
        RotaCommand::Plan { file } => {
            let text = if file.as_os_str() == "-" {
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text).map_err(|error| error.to_string())?;
                text
            } else {
                std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?
            };
            let input: PlanInput = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            let id = plan_duty(&office, &Actor::Operator, &input).map_err(|error| line(l, &error))?;
            told(&office, l, id)
        }
        RotaCommand::Explain { turn, expert } => {
            let found = explain_duty(&office, &Actor::Operator, *turn, *expert).map_err(|error| line(l, &error))?;
            let words = |key: &str| l.t(key);
            said(&sentence(found.as_ref(), &words))
        }
        RotaCommand::Repair { plan } => {
            let changed = repair_duty(&office, &Actor::Operator, *plan).map_err(|error| line(l, &error))?;
            said(&l.a("flash-duty-repaired", &[("n", &changed.to_string())]))?;
            told(&office, l, *plan)
        }
        RotaCommand::Export { plan } => export(&office, l, *plan),
    }
}

fn said(text: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{text}").map_err(|error| error.to_string())
}

fn told(office: &Office, l: L, id: DutyPlanId) -> Result<(), Failure> {
    let mut reader = office.read().map_err(|error| line(l, &error))?;
    let plan = db::duty::find(&mut reader, &id).map_err(|error| error.to_string())?.ok_or("no such plan")?;
    let mut outcome = plan.outcome.get();
    if let Some(fields) = outcome.as_object_mut() {
        fields.insert("id".to_owned(), serde_json::json!(plan.id));
        fields.insert("version".to_owned(), serde_json::json!(plan.version));
    }
    said(&outcome.to_string())
}

fn export(office: &Office, l: L, id: DutyPlanId) -> Result<(), Failure> {
    let mut reader = office.read().map_err(|error| line(l, &error))?;
    let turns = db::duty_turn::of_plan(&mut reader, id).map_err(|error| error.to_string())?;
    if turns.is_empty() {
        return Err("no such plan".to_owned());
    }
    let mut out = csv::Writer::from_writer(std::io::stdout());
    let written = |error: csv::Error| error.to_string();
    out.write_record(["turn", "station", "day", "part", "seat", "state", "expert", "why"]).map_err(written)?;
    for turn in turns {
        let expert = turn.expert.map(|id| id.to_string()).unwrap_or_default();
        let record = [
            turn.id.to_string(),
            turn.station.to_string(),
            turn.day.to_string(),
            turn.part.to_string(),
            turn.seat.to_string(),
            turn.state.to_string(),
            expert,
            turn.why.unwrap_or_default(),
        ];
        out.write_record(&record).map_err(written)?;
    }
    out.flush().map_err(|error| error.to_string())
}
