//! Two lists of a managing centre: applications and papers that wait, and papers that end soon.

use super::super::expert::{Tag, standing_tag};
use super::super::options;
use crate::db::document;
use crate::domain::calendar::beijing_date;
use crate::domain::document::{DocumentKind, NOTICE_DAYS, RENEWAL_CLOSES, Validity};
use crate::i18n::L;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use chrono::{Days, NaiveDate};

/// The most lines of a list; what is looked at first stands first.
const MOST: i64 = 200;

struct Waiting {
    href: String,
    name: String,
    firm: String,
    region: String,
    since: String,
    tag: Tag,
}

struct Handed {
    href: String,
    name: String,
    what: String,
    since: String,
}

#[derive(askama::Template)]
#[template(path = "pages/admission_waiting.html", config = "src/web/askama.toml")]
struct WaitingPage {
    f: Frame,
    applicants: Vec<Waiting>,
    papers: Vec<Handed>,
    more: bool,
}

/// `GET /experts/applications`.
///
/// # Errors
/// A fault.
pub fn applications(call: &Call) -> Answered {
    let l = call.l;
    let scope = call.scope()?;
    let mut reader = call.office.read()?;
    let regions = options::region_names(&mut reader, l)?;
    let applicants = document::applicants(&mut reader, scope, MOST)?;
    let papers = document::waiting(&mut reader, scope, MOST)?;
    let full = usize::try_from(MOST).unwrap_or(usize::MAX);
    let page = WaitingPage {
        f: call.frame("experts"),
        more: applicants.len() >= full || papers.len() >= full,
        applicants: applicants
            .into_iter()
            .map(|row| Waiting {
                href: format!("/experts/{}/admission", row.id),
                name: row.name,
                firm: row.firm,
                region: regions.get(&row.region).cloned().unwrap_or(row.region),
                since: l.date(beijing_date(row.created_at.and_utc())),
                tag: standing_tag(l, row.standing),
            })
            .collect(),
        papers: papers
            .into_iter()
            .map(|(paper, row)| Handed {
                href: format!("/experts/{}/admission#papers", row.id),
                name: row.name,
                what: named(l, paper.kind, &paper.name),
                since: l.date(beijing_date(paper.added_at.and_utc())),
            })
            .collect(),
    };
    Answer::page(&page)
}

/// A certificate's name, or what kind of paper it is.
#[must_use]
pub fn named(l: L, kind: DocumentKind, name: &str) -> String {
    if name.is_empty() { l.t(&format!("document-{kind}")) } else { name.to_owned() }
}

struct EndingLine {
    href: String,
    name: String,
    firm: String,
    what: String,
    number: String,
    until: String,
    left: String,
    tag: Tag,
}

struct Choice {
    href: String,
    label: String,
    current: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/admission_expiring.html", config = "src/web/askama.toml")]
struct ExpiringPage {
    f: Frame,
    choices: Vec<Choice>,
    lines: Vec<EndingLine>,
    more: bool,
}

/// `GET /experts/expiring?within=7|30|60|past`.
///
/// # Errors
/// A fault.
pub fn expiring(call: &Call) -> Answered {
    let l = call.l;
    let today = beijing_date(call.now);
    let asked = call.query_value("within").unwrap_or_default();
    let within = NOTICE_DAYS.into_iter().find(|days| days.to_string() == asked);
    let past = asked == "past";
    let span = if past {
        (today - Days::new(RENEWAL_CLOSES), today - Days::new(1))
    } else {
        (today, today + Days::new(within.unwrap_or(NOTICE_DAYS[0])))
    };
    let found = document::ending(&mut *call.office.read()?, call.scope()?, span, MOST)?;
    let mut choices: Vec<Choice> = NOTICE_DAYS
        .into_iter()
        .map(|days| Choice {
            href: format!("/experts/expiring?within={days}"),
            label: l.a("admission-within", &[("n", &days.to_string())]),
            current: !past && within.unwrap_or(NOTICE_DAYS[0]) == days,
        })
        .collect();
    choices.push(Choice {
        href: "/experts/expiring?within=past".to_owned(),
        label: l.a("admission-past", &[("n", &RENEWAL_CLOSES.to_string())]),
        current: past,
    });
    let page = ExpiringPage {
        f: call.frame("experts"),
        choices,
        more: found.len() >= usize::try_from(MOST).unwrap_or(usize::MAX),
        lines: found
            .into_iter()
            .map(|(paper, row)| EndingLine {
                href: format!("/experts/{}/admission", row.id),
                name: row.name,
                firm: row.firm,
                what: named(l, paper.kind, &paper.name),
                number: paper.number.unwrap_or_default(),
                until: paper.until.map_or_else(String::new, |day| l.date(day)),
                left: left(l, paper.until, today),
                tag: tag(l, paper.until, today),
            })
            .collect(),
    };
    Answer::page(&page)
}

fn left(l: L, until: Option<NaiveDate>, today: NaiveDate) -> String {
    let Some(until) = until else { return String::new() };
    let days = (until - today).num_days();
    if days < 0 {
        l.a("admission-days-past", &[("n", &(-days).to_string())])
    } else {
        l.a("admission-days-left", &[("n", &days.to_string())])
    }
}

fn tag(l: L, until: Option<NaiveDate>, today: NaiveDate) -> Tag {
    let validity = Validity { from: None, until };
    match validity.notice_on(today) {
        _ if !validity.valid_on(today) => Tag { kind: "late", symbol: "alert", text: l.t("expert-expired") },
        Some(7) => Tag { kind: "late", symbol: "clock", text: l.t("expert-expiring") },
        _ => Tag { kind: "soon", symbol: "clock", text: l.t("expert-expiring") },
    }
}
