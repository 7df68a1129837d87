//! The service file (服务评价档案) of one expert, to be printed: ratings, complaints, call-backs, what was done.
//!
//! Source: Beijing standard, 评价与改进; rules.md, "Feedback, rating, evaluation, closing".

use super::Figures;
use super::record::{Fact, facts, figures};
use crate::db::{self, beside, conduct_list};
use crate::domain::calendar::beijing_date;
use crate::domain::conduct::IncidentKind;
use crate::domain::feedback::RatingChannel;
use crate::domain::refusal::Refusal;
use crate::i18n::L;
use crate::ids::{ExpertId, NeedId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use std::collections::HashMap;

/// The most lines of a kind; older ones are in the trail.
const MOST: i64 = 200;

/// One service as the file tells it.
pub struct RatedLine {
    /// Day.
    pub day: String,
    /// The need's number.
    pub number: String,
    /// Who served, in a station's file; empty in an expert's own.
    pub who: String,
    /// Mark of five.
    pub score: i32,
    /// By link, or by phone (回访).
    pub channel: String,
    /// What the enterprise said, and what it reported about conduct.
    pub said: String,
    /// 内部评价: promptness, expertise, attitude.
    pub evaluation: String,
}

/// One complaint or other incident.
pub struct IncidentLine {
    /// Day.
    pub day: String,
    /// What.
    pub what: String,
    /// The need's number, where there is one.
    pub number: String,
    /// Who, in a station's file.
    pub who: String,
    /// That it was withdrawn; else empty.
    pub note: String,
}

struct MeasureLine {
    day: String,
    what: String,
    number: String,
    outcome: String,
}

#[derive(askama::Template)]
#[template(path = "pages/expert_dossier.html", config = "src/web/askama.toml")]
struct DossierPage {
    f: Frame,
    id: String,
    name: String,
    filed: String,
    standing: String,
    facts: Vec<Fact>,
    figures: Figures,
    rated: Vec<RatedLine>,
    called_back: usize,
    incidents: Vec<IncidentLine>,
    complaints: usize,
    measures: Vec<MeasureLine>,
    made: String,
}

/// `GET /experts/{id}/dossier`.
///
/// # Errors
/// [`Refusal::NotFound`], also for an expert of another region; a fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let id: ExpertId = call.id("id")?;
    let mut reader = call.office.read()?;
    let row = db::expert::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    if !call.scope()?.covers_region(&row.region) {
        return Err(Refusal::NotFound.into());
    }
    let services = conduct_list::rated_services(&mut reader, id, MOST)?;
    let needs: Vec<NeedId> = services.iter().map(|(_, need)| need.id).collect();
    let closures: HashMap<NeedId, db::need::ClosureRow> =
        beside::closures_of(&mut reader, &needs)?.into_iter().map(|row| (row.need, row)).collect();
    let called_back = services.iter().filter(|(rating, _)| rating.channel == RatingChannel::Phone).count();
    let rated = services
        .into_iter()
        .map(|(rating, need)| rated_line(l, &rating, need.number, String::new(), closures.get(&need.id)))
        .collect();
    let found = db::conduct::incidents_of(&mut reader, id)?;
    let ids: Vec<NeedId> = found.iter().filter_map(|row| row.need).collect();
    let numbers: HashMap<NeedId, String> = beside::numbers_of(&mut reader, &ids)?.into_iter().collect();
    let complaints =
        found.iter().filter(|row| row.kind == IncidentKind::Complaint && row.withdrawn_at.is_none()).count();
    let incidents = found
        .iter()
        .map(|row| {
            incident_line(
                l,
                row,
                row.need.and_then(|need| numbers.get(&need).cloned()).unwrap_or_default(),
                String::new(),
            )
        })
        .collect();
    let measures = db::conduct::of_expert(&mut reader, id)?
        .into_iter()
        .map(|case| MeasureLine {
            day: l.date(beijing_date(case.opened_at.and_utc())),
            what: l.t(&format!("case-kind-{}", case.kind)),
            number: case.number,
            outcome: case
                .decision
                .map_or_else(|| l.t("case-state-open"), |decision| l.t(&format!("decision-{decision}"))),
        })
        .collect();
    let page = DossierPage {
        f: call.frame("experts"),
        id: id.to_string(),
        standing: l.t(&format!("standing-{}", row.standing)),
        facts: facts(&mut reader, l, &row)?,
        figures: figures(&mut reader, id, beijing_date(call.now))?,
        name: row.name,
        filed: row.filed_number.unwrap_or_default(),
        rated,
        called_back,
        incidents,
        complaints,
        measures,
        made: l.instant(call.now),
    };
    Answer::page(&page)
}

/// One rating in words.
#[must_use]
pub fn rated_line(
    l: L,
    rating: &db::feedback::RatingRow,
    number: String,
    who: String,
    closure: Option<&db::need::ClosureRow>,
) -> RatedLine {
    let mut said: Vec<String> = rating.remark.iter().cloned().collect();
    let reported = rating.conduct.get();
    if !reported.is_empty() {
        let named: Vec<String> = reported.iter().map(|report| l.t(&format!("conduct-report-{report}"))).collect();
        said.push(l.a("expert-reported", &[("what", &l.list(&named))]));
    }
    let evaluation = closure.and_then(|row| row.evaluation.as_ref()).map_or_else(String::new, |marks| {
        let marks = marks.get();
        l.a(
            "expert-evaluation",
            &[
                ("promptness", &marks.promptness.to_string()),
                ("expertise", &marks.expertise.to_string()),
                ("attitude", &marks.attitude.to_string()),
            ],
        )
    });
    RatedLine {
        day: l.date(beijing_date(rating.created_at.and_utc())),
        number,
        who,
        score: rating.score,
        channel: l.t(&format!("rating-channel-{}", rating.channel)),
        said: said.join(l.pick("；", "; ")),
        evaluation,
    }
}

/// One incident in words.
#[must_use]
pub fn incident_line(l: L, row: &db::conduct::IncidentRow, number: String, who: String) -> IncidentLine {
    IncidentLine {
        day: l.date(beijing_date(row.happened_at.and_utc())),
        what: l.t(&format!("incident-{}", row.kind)),
        number,
        who,
        note: if row.withdrawn_at.is_some() { l.t("expert-withdrawn-incident") } else { String::new() },
    }
}
