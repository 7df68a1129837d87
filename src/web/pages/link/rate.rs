//! The enterprise's rating of one service: a mark, a word, and what it has to report of conduct; afterwards as recorded.
//!
//! Source: Beijing standard, 服务评价与改进 (外部评价), 行为准则; rules.md, "Feedback, rating, evaluation, closing".

use super::facts::{self, Fact};
use super::offer::Choice;
use super::{OfferFile, back, refused};
use crate::actions::Actor;
use crate::actions::rate_service::{RateService, conduct_reports, rate_service};
use crate::db;
use crate::db::feedback::RatingRow;
use crate::domain::assignment::AssignmentState;
use crate::domain::feedback::{ConductReport, RatingChannel};
use crate::domain::notice::{NeedFacts, StationFacts};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;

/// A mark with its word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// One to five.
    pub value: u8,
    /// 很满意.
    pub label: String,
    /// Whether it is chosen.
    pub checked: bool,
}

/// A rating as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// One to five.
    pub score: i32,
    /// The same in words.
    pub label: String,
    /// When, the remark, what was reported.
    pub facts: Vec<Fact>,
}

/// The page.
#[derive(Debug, askama::Template)]
#[template(path = "pages/link_rate.html", config = "src/web/askama.toml")]
pub struct RatePage {
    /// Frame.
    pub f: Frame,
    /// The page's own address.
    pub action: String,
    /// Headline.
    pub title: String,
    /// What is asked, or thanks.
    pub lede: String,
    /// Which service.
    pub facts: Vec<Fact>,
    /// Whether it may be rated.
    pub may_rate: bool,
    /// What was recorded.
    pub recorded: Option<Recorded>,
    /// The marks.
    pub marks: Vec<Mark>,
    /// The word as typed.
    pub remark: String,
    /// What may be reported.
    pub reports: Vec<Choice>,
    /// What is wrong.
    pub wrong: Wrong,
    /// Whom to call.
    pub station: StationFacts,
}

/// Words the page.
#[must_use]
pub fn page(
    f: Frame,
    action: &str,
    need: &NeedFacts,
    file: &OfferFile,
    rating: Option<&RatingRow>,
    typed: &Fields,
    wrong: Wrong,
) -> RatePage {
    let l = f.l;
    let may_rate = rating.is_none() && matches!(file.row.state, AssignmentState::Accepted | AssignmentState::Done);
    let stem = if rating.is_some() {
        "link-rate-thanks"
    } else if may_rate {
        "link-rate-title"
    } else {
        "link-rate-not"
    };
    let expert = if may_rate || rating.is_some() { file.expert.as_str() } else { "" };
    let rows = [
        Fact::of(l, "letter-fact-matter", &facts::title(l, need)),
        Fact::of(l, "letter-fact-expert", expert),
        Fact::of(l, "letter-fact-number", &need.number),
    ];
    let recorded = rating.map(|rating| {
        let reported: Vec<String> =
            rating.conduct.get().iter().map(|report| l.t(&format!("conduct-report-{report}"))).collect();
        let rows = [
            Fact::of(l, "link-rate-remark", rating.remark.as_deref().unwrap_or_default()),
            Fact::of(l, "link-rate-reported", &l.list(&reported)),
            Fact::of(l, "link-rate-at", &l.instant(rating.created_at.and_utc())),
        ];
        Recorded {
            score: rating.score,
            label: l.t(&format!("link-score-{}", rating.score)),
            facts: rows.into_iter().flatten().collect(),
        }
    });
    let marks = (1..=5).map(|value: u8| Mark {
        value,
        label: l.t(&format!("link-score-{value}")),
        checked: typed.get("score") == value.to_string(),
    });
    let reports = ConductReport::ALL.iter().map(|report| Choice {
        value: report.as_str(),
        label: l.t(&format!("conduct-report-{report}")),
        note: String::new(),
        checked: typed.has("conduct", report.as_str()),
        suggested: false,
    });
    RatePage {
        action: action.to_owned(),
        title: l.t(stem),
        lede: l.a(&format!("{stem}-text"), &[("expert", expert)]),
        facts: rows.into_iter().flatten().collect(),
        may_rate,
        recorded,
        marks: marks.collect(),
        remark: typed.get("text").to_owned(),
        reports: reports.collect(),
        wrong,
        station: need.station.clone(),
        f,
    }
}

fn worded(call: &Call, file: &OfferFile, typed: &Fields, wrong: Wrong) -> Result<RatePage, WebError> {
    let mut reader = call.office.read()?;
    let rated = db::feedback::ratings_of_need(&mut reader, file.need.id)?;
    let rating = rated.iter().find(|rating| rating.assignment == file.row.id && rating.channel == RatingChannel::Link);
    // The enterprise reads its own matter: nothing is confidential to it.
    let need = crate::actions::compose_notice::need_facts(&call.office, &mut reader, &file.need, false, false)?;
    drop(reader);
    Ok(page(call.frame(""), &call.path, &need, file, rating, typed, wrong))
}

/// Shows the form, or the rating as recorded.
///
/// # Errors
/// A fault.
pub fn show(call: &Call, file: &OfferFile) -> Answered {
    Answer::page(&worded(call, file, &Fields::default(), Wrong::none())?)
}

/// Takes the rating.
///
/// # Errors
/// A fault; a form that cannot be taken comes back filled.
pub fn submit(call: &Call, file: &OfferFile) -> Answered {
    let form = call.form()?;
    let rated = input(form)
        .map_err(crate::actions::ActionError::from)
        .and_then(|input| rate_service(&call.office, &Actor::Enterprise(file.need.id), file.row.id, &input));
    let refusal = match rated {
        Ok(()) => return Ok(back(call)),
        Err(error) => refused(error)?,
    };
    match refusal {
        Refusal::RatedBefore => Ok(back(call).flash("flash-link-again", &[])),
        Refusal::Invalid(_) => {
            let wrong = Wrong::of_refusal(call.l, &refusal);
            Answer::form_again(&worded(call, file, form, wrong)?)
        }
        _ => Answer::page_with(StatusCode::CONFLICT, &worded(call, file, form, Wrong::of_refusal(call.l, &refusal))?),
    }
}

fn input(form: &Fields) -> Result<RateService, Refusal> {
    let score = match form.opt("score") {
        None => return Err(Refusal::Invalid(vec![FieldProblem::new("score", "missing")])),
        // What is no number is out of range, as the deed says.
        Some(text) => text.parse().unwrap_or(0),
    };
    let reports: Vec<String> = form.all("conduct").into_iter().map(str::to_owned).collect();
    Ok(RateService {
        score,
        remark: form.opt("text").map(str::to_owned),
        conduct: conduct_reports(&reports)?,
        channel: RatingChannel::Link,
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::db::JsonText;
    use crate::domain::need::SeatState;
    use crate::mail::letter::sample as letters;
    use askama::Template;

    #[test]
    fn the_form_keeps_what_was_typed_and_the_page_shows_what_was_recorded() {
        for l in sample::languages() {
            let file = sample::file(AssignmentState::Done, SeatState::Done);
            let need = letters::need();
            let render = |rating: Option<&RatingRow>, typed: &Fields, file: &OfferFile| {
                let html = page(sample::frame(l), "/l/token", &need, file, rating, typed, Wrong::none())
                    .render()
                    .expect("renders");
                assert!(!html.contains('⟦'), "{html}");
                assert!(html.contains("010-12330123"), "the 监督电话 is missing");
                html
            };
            let mut typed = Fields::default();
            typed.set("score", "4");
            typed.set("text", "很<专业>");
            typed.set("conduct", "touting");
            let form = render(None, &typed, &file);
            assert!(form.contains("value=\"4\" checked") && form.contains("value=\"touting\" checked"));
            assert!(form.contains("很&#60;专业&#62;"));
            let rating = RatingRow {
                id: letters::ID.parse().expect("an id"),
                need: file.need.id,
                assignment: file.row.id,
                score: 5,
                remark: Some("帮了大忙".into()),
                conduct: JsonText::of(&vec![ConductReport::Gift]),
                channel: RatingChannel::Link,
                entered_by: None,
                created_at: letters::now().naive_utc(),
            };
            let recorded = render(Some(&rating), &Fields::default(), &file);
            assert!(!recorded.contains("<form") && recorded.contains("帮了大忙"));
            assert!(recorded.contains(&l.t("conduct-report-gift")) && recorded.contains(&l.t("link-score-5")));
            let early = sample::file(AssignmentState::Offered, SeatState::Offered);
            let nothing = render(None, &Fields::default(), &early);
            assert!(!nothing.contains("<form") && !nothing.contains("顾明岚"));
        }
    }

    #[test]
    fn a_mark_is_needed_and_reports_are_those_of_the_form() {
        let fields =
            |pairs: &[(&str, &str)]| Fields(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect());
        let rated = input(&fields(&[("score", "5"), ("conduct", "gift"), ("conduct", "touting")])).expect("taken");
        assert_eq!((rated.score, rated.conduct), (5, vec![ConductReport::Gift, ConductReport::Touting]));
        for wrong in [fields(&[("text", "好")]), fields(&[("score", "5"), ("conduct", "bribe")])] {
            assert!(matches!(input(&wrong), Err(Refusal::Invalid(_))));
        }
    }
}
