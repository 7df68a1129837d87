//! The plan of a batch: seat by seat who is proposed and why, who stands behind, and what stays uncovered.

use crate::actions::plan_batch::{BatchNeed, BatchPlan, BatchSeat, Gap};
use crate::actions::suggest_experts::Suggested;
use crate::domain::need::Urgency;
use crate::i18n::L;
use crate::ids::ExpertId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::Wrong;
use crate::web::frame::Frame;
use crate::web::pages::need::ranking::{self, CandidateView};
use crate::web::pages::need::words::{Pick, region_name, service_names};
use crate::web::reasons::points;
use actix_web::http::StatusCode;

/// Candidates a person may choose from for each seat, beside the one proposed and the reserves.
const CHOICES: usize = 8;

/// One seat of the plan, in words.
pub struct Row {
    /// The seat.
    pub seat: String,
    /// Its need.
    pub need: String,
    /// Title.
    pub title: String,
    /// Number.
    pub number: String,
    /// Enterprise.
    pub enterprise: String,
    /// Services and region.
    pub about: String,
    /// Whether it is urgent.
    pub urgent: bool,
    /// Which of the need's free seats, where there are several; else empty.
    pub place: String,
    /// Whoever may be chosen, the proposed one selected.
    pub choices: Vec<Pick>,
    /// The proposed one's id; empty for nobody.
    pub chosen: String,
    /// In words, with the reasons.
    pub candidate: Option<CandidateView>,
    /// Whether a person decided so.
    pub pinned: bool,
    /// Ids of those behind.
    pub behind: String,
    /// Their names.
    pub behind_names: String,
    /// Why not those who rank above.
    pub passed: Vec<String>,
    /// Why nobody, and what would help.
    pub gap: Vec<String>,
}

#[derive(askama::Template)]
#[template(path = "pages/batch_preview.html", config = "src/web/askama.toml")]
struct PreviewPage {
    f: Frame,
    wrong: Wrong,
    needs: Vec<String>,
    rows: Vec<Row>,
    say: String,
    full: String,
    scale: String,
    width: String,
    fingerprint: String,
}

/// The page.
///
/// # Errors
/// A fault when the template cannot be written.
pub fn page(call: &Call, code: StatusCode, plan: &BatchPlan, wrong: Wrong) -> Answered {
    let l = call.l;
    let mut rows = Vec::with_capacity(plan.seats.len());
    for seat in &plan.seats {
        if let Some(need) = plan.needs.get(seat.need) {
            let several = plan.seats.iter().filter(|other| other.need == seat.need).count() > 1;
            rows.push(row(l, plan, need, seat, several));
        }
    }
    let covered = plan.covered();
    let people: std::collections::BTreeSet<ExpertId> = plan.seats.iter().filter_map(|seat| seat.chosen).collect();
    let say = l.a(
        "batch-say",
        &[
            ("needs", &plan.needs.len().to_string()),
            ("seats", &plan.seats.len().to_string()),
            ("covered", &covered.to_string()),
            ("people", &people.len().to_string()),
        ],
    );
    let page = PreviewPage {
        f: call.frame("needs"),
        wrong,
        needs: plan.needs.iter().map(|need| need.row.id.to_string()).collect(),
        rows,
        say,
        full: if plan.full.is_empty() { String::new() } else { l.a("batch-full", &[("numbers", &l.list(&plan.full))]) },
        scale: ranking::scale(&call.office.weights()?),
        width: ranking::signature_width(),
        fingerprint: format!("{:016x}", plan.fingerprint),
    };
    Answer::page_with(code, &page)
}

fn row(l: L, plan: &BatchPlan, need: &BatchNeed, seat: &BatchSeat, several: bool) -> Row {
    let chosen = seat.chosen.and_then(|expert| need.candidate_of(&seat.seat, expert));
    let behind: Vec<&Suggested> =
        seat.reserves.iter().filter_map(|expert| need.candidate_of(&seat.seat, *expert)).collect();
    let behind_names: Vec<&str> = behind.iter().map(|one| one.expert.name.as_str()).collect();
    Row {
        seat: seat.seat.id.to_string(),
        need: need.row.id.to_string(),
        title: need.row.title.clone(),
        number: need.row.number.clone(),
        enterprise: need.enterprise.clone(),
        about: format!(
            "{} · {}",
            l.list(&service_names(l, &need.row.services.get())),
            region_name(l, &need.row.region)
        ),
        urgent: need.row.urgency == Urgency::Urgent,
        place: if several { l.a("need-seat", &[("n", &seat.seat.position.to_string())]) } else { String::new() },
        choices: choices(l, need, seat),
        chosen: seat.chosen.map(|expert| expert.to_string()).unwrap_or_default(),
        candidate: chosen.map(|one| ranking::candidate(l, one, &plan.industries, Vec::new())),
        pinned: seat.pinned,
        behind: seat.reserves.iter().map(ExpertId::as_str).collect::<Vec<_>>().join(" "),
        behind_names: if behind_names.is_empty() { l.t("batch-no-reserve") } else { l.list(&behind_names) },
        passed: passed(l, plan, need, seat),
        gap: gap(l, plan, need, seat),
    }
}

fn choices(l: L, need: &BatchNeed, seat: &BatchSeat) -> Vec<Pick> {
    let chosen = seat.chosen.map(|expert| expert.to_string()).unwrap_or_default();
    let mut picks = vec![Pick::new("", l.t("batch-nobody"), &chosen)];
    for (place, one) in need.of_seat(&seat.seat).iter().enumerate() {
        let named = seat.chosen == Some(one.expert.id) || seat.reserves.contains(&one.expert.id);
        if place < CHOICES || named {
            let label = l.a(
                "batch-choice",
                &[("name", &one.expert.name), ("points", &points(one.score)), ("place", &one.place.to_string())],
            );
            picks.push(Pick::new(one.expert.id.as_str(), label, &chosen));
        }
    }
    picks
}

/// Why the first of the ranking is not the one proposed.
fn passed(l: L, plan: &BatchPlan, need: &BatchNeed, seat: &BatchSeat) -> Vec<String> {
    let mut said = Vec::new();
    for one in &seat.passed {
        let Some(candidate) = need.candidate_of(&seat.seat, one.expert) else { continue };
        let name = candidate.expert.name.as_str();
        let numbers: Vec<&str> = plan
            .needs
            .iter()
            .filter(|other| one.given.contains(&other.row.id))
            .map(|other| other.row.number.as_str())
            .collect();
        let place = candidate.place.to_string();
        said.push(if numbers.is_empty() {
            let (month, cap) = (candidate.month.0.to_string(), candidate.month.1.to_string());
            let open = candidate.open.to_string();
            l.a(
                "batch-passed-load",
                &[("name", name), ("place", &place), ("month", &month), ("cap", &cap), ("open", &open)],
            )
        } else {
            l.a("batch-passed-given", &[("name", name), ("place", &place), ("numbers", &l.list(&numbers))])
        });
    }
    said
}

/// Why nobody is proposed, and what would cover the seat.
fn gap(l: L, plan: &BatchPlan, need: &BatchNeed, seat: &BatchSeat) -> Vec<String> {
    match &seat.gap {
        None => Vec::new(),
        Some(Gap::NobodyMayBeAsked(rules)) => {
            let counts: Vec<String> = rules
                .iter()
                .map(|(rule, n)| {
                    let name = l.t(&format!("excluded-{rule}-tag"));
                    l.a("batch-gap-rule", &[("rule", &name), ("n", &n.to_string())])
                })
                .collect();
            vec![l.t("batch-gap-nobody"), l.list(&counts), l.t("batch-gap-nobody-next")]
        }
        Some(Gap::EverybodyFull(full)) => {
            let name = |expert: &ExpertId| {
                plan.needs.iter().find_map(|other| other.candidate(*expert)).map(|one| one.expert.name.as_str())
            };
            let names: Vec<&str> = full.iter().filter_map(name).take(6).collect();
            let n = full.len().to_string();
            vec![l.a("batch-gap-full", &[("n", &n), ("names", &l.list(&names))]), l.t("batch-gap-full-next")]
        }
        Some(Gap::SameNeed) => {
            vec![l.a("batch-gap-same", &[("n", &need.eligible.to_string())]), l.t("batch-gap-nobody-next")]
        }
        Some(Gap::OtherSide) => vec![l.t("batch-gap-other-side"), l.t("batch-gap-nobody-next")],
        Some(Gap::NobodyKnows(item)) => {
            let names = service_names(l, std::slice::from_ref(item));
            vec![l.a("batch-gap-nobody-knows", &[("item", &l.list(&names))]), l.t("batch-gap-nobody-next")]
        }
    }
}
