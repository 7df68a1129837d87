//! A need as it is read from the database for one page: with its enterprise, its people and the words for its facts.
//!
//! Contract: nothing outside the account's scope is ever loaded. Contact data of the enterprise is shown in full to those
//! who work on needs, masked to everybody else; experts' contact data is not here at all.

use super::similar::{MOST_SIMILAR, Similar, similar_line};
use super::words::{region_name, service_names};
use crate::actions::contact::{self, Contact};
use crate::actions::submit_need::matter_of;
use crate::db;
use crate::db::enterprise::EnterpriseRow;
use crate::db::need::NeedRow;
use crate::db::station::StationRow;
use crate::domain::consent;
use crate::domain::contact::{Email, Phone, masked_name};
use crate::domain::need::Urgency;
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::i18n::L;
use crate::ids::{AccountId, NeedId};
use crate::web::call::Call;
use crate::web::error::WebError;
use crate::web::reasons::industry_name;

/// A need with what belongs to it.
pub struct NeedView {
    /// The need.
    pub need: NeedRow,
    /// Its enterprise.
    pub enterprise: EnterpriseRow,
    /// Its station.
    pub station: StationRow,
    /// The name of its owner.
    pub owner: String,
    /// How to reach the enterprise, in the clear: only [`NeedView::contact`] decides who is shown it.
    pub reach: Contact,
    /// Whether the account works on needs.
    pub may_work: bool,
}

/// One line of facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What.
    pub label: String,
    /// In how many lines it takes; the later ones small.
    pub lines: Vec<String>,
}

impl Fact {
    /// A fact.
    #[must_use]
    pub fn new(label: impl Into<String>, lines: Vec<String>) -> Self {
        Self { label: label.into(), lines: lines.into_iter().filter(|line| !line.is_empty()).collect() }
    }
}

/// Loads a need within the account's scope.
///
/// # Errors
/// [`Refusal::NotFound`] alike for unknown and for foreign needs; a fault.
pub fn load(call: &Call, id: NeedId) -> Result<NeedView, WebError> {
    let staff = call.staff()?;
    let mut reader = call.office.read()?;
    let need = db::need::find(&mut reader, &id)?
        .filter(|need| staff.scope.covers(&need.region, need.station))
        .ok_or(Refusal::NotFound)?;
    let enterprise = db::enterprise::find(&mut reader, &need.enterprise)?.ok_or(Refusal::NotFound)?;
    let station = db::station::find(&mut reader, &need.station)?.ok_or(Refusal::NotFound)?;
    let owner =
        db::account::names_of(&mut reader, &[need.owner])?.into_iter().next().map(|(_, name)| name).unwrap_or_default();
    let reach = contact::of_need(&call.office.keys, &need);
    Ok(NeedView { may_work: staff.role.has(Right::WorkNeeds), reach, need, enterprise, station, owner })
}

/// A phone number with its middle left out; the whole of it is left out when it cannot be read.
#[must_use]
pub fn masked_phone(phone: &str) -> String {
    phone.parse::<Phone>().map_or_else(|_| "…".to_owned(), |phone| phone.masked())
}

/// An address with its middle left out; the whole of it is left out when it cannot be read.
#[must_use]
pub fn masked_email(email: &str) -> String {
    email.parse::<Email>().map_or_else(|_| "…".to_owned(), |email| email.masked())
}

impl NeedView {
    /// Name, phone and mail of the enterprise's contact, as this account may see them.
    #[must_use]
    pub fn contact(&self) -> (String, String, String) {
        let (phone, email) = (self.reach.phone.as_deref(), self.reach.email.as_deref());
        if self.may_work {
            return (
                self.need.contact_name.clone(),
                phone.unwrap_or_default().to_owned(),
                email.unwrap_or_default().to_owned(),
            );
        }
        (
            masked_name(&self.need.contact_name),
            phone.map(masked_phone).unwrap_or_default(),
            email.map(masked_email).unwrap_or_default(),
        )
    }

    /// How the service is wanted, in words.
    #[must_use]
    pub fn manner(&self, l: L) -> Vec<String> {
        let need = &self.need;
        let mut first = vec![
            l.t(&format!("mode-{}", need.mode)),
            l.t(&format!("form-{}", need.form)),
            l.t(&format!("language-{}", need.language)),
        ];
        if need.urgency == Urgency::Urgent {
            first.push(l.t("urgency-urgent"));
        }
        let mut lines = vec![first.join(" · ")];
        lines.extend(need.wanted_by.map(|day| l.a("need-wanted-by-day", &[("day", &l.short_date(day))])));
        lines.extend(need.expected_hours.map(|hours| l.a("need-hours-about", &[("hours", &hours.to_string())])));
        lines
    }

    /// The opposing parties and their agents, as written.
    #[must_use]
    pub fn sides(&self) -> (String, String) {
        let text = |side: &Option<String>| side.clone().unwrap_or_default();
        (text(&self.need.opposing_party), text(&self.need.opposing_agent))
    }

    /// The opposing side and confidentiality, in words.
    #[must_use]
    pub fn conflict(&self, l: L) -> Vec<String> {
        let need = &self.need;
        let mut lines = Vec::new();
        lines.extend(need.opposing_party.clone());
        lines.extend(need.opposing_agent.as_ref().map(|agent| l.a("need-agent-is", &[("agent", agent)])));
        if lines.is_empty() {
            lines.push(l.t("need-no-opposing"));
        }
        lines.push(l.t(if need.confidential { "need-is-confidential" } else { "need-is-open" }));
        lines
    }

    /// The facts in short, for the summary above the candidates.
    #[must_use]
    pub fn summary(&self, l: L) -> Vec<Fact> {
        vec![
            Fact::new(l.t("need-enterprise"), vec![self.enterprise.name.clone(), self.place(l)]),
            Fact::new(l.t("need-part-services"), service_names(l, &self.need.services.get())),
            Fact::new(l.t("need-part-how"), self.manner(l)),
            Fact::new(l.t("need-part-conflict"), self.conflict(l)),
        ]
    }

    /// Region and industries.
    #[must_use]
    pub fn place(&self, l: L) -> String {
        let mut parts = vec![region_name(l, &self.need.region)];
        parts.extend(self.need.industries.get().iter().map(|name| industry_name(l, name).to_owned()));
        parts.join(" · ")
    }

    /// The facts in full, for the case.
    #[must_use]
    pub fn facts(&self, l: L) -> Vec<Fact> {
        let (name, phone, email) = self.contact();
        let consent = match &self.need.consent {
            Some(version) => l.a("need-consent-version", &[("version", version)]),
            None => l.t("need-consent-not"),
        };
        // What was agreed to, in the words of that day.
        let agreed = self.need.consent.as_deref().filter(|version| consent::is_known(version));
        let agreed = agreed.map_or_else(String::new, |version| l.t(&format!("consent-{version}")));
        let contact = if phone.is_empty() && email.is_empty() {
            l.t("need-contact-none")
        } else {
            format!("{phone}  {email}").trim().to_owned()
        };
        let mut facts = vec![
            Fact::new(
                l.t("need-enterprise"),
                vec![self.enterprise.name.clone(), self.place(l), self.enterprise.uscc.clone().unwrap_or_default()],
            ),
            Fact::new(l.t("need-contact-name"), vec![name, contact, consent, agreed]),
            Fact::new(l.t("need-part-services"), service_names(l, &self.need.services.get())),
            Fact::new(l.t("need-part-how"), self.manner(l)),
            Fact::new(l.t("need-part-conflict"), self.conflict(l)),
            Fact::new(l.t("need-station"), vec![self.station.name.clone(), self.station.phone.clone()]),
            Fact::new(l.t("need-owner"), vec![self.owner.clone()]),
        ];
        facts.retain(|fact| !fact.lines.is_empty());
        facts
    }

    /// Other open needs of the enterprise that seem to be the same matter.
    ///
    /// # Errors
    /// A fault.
    pub fn similar(&self, call: &Call) -> Result<Vec<Similar>, WebError> {
        if !self.need.state.is_open() {
            return Ok(Vec::new());
        }
        let own = matter_of(&self.need);
        let scope = call.scope()?;
        let open = db::need::open_of_enterprise(&mut *call.office.read()?, self.need.enterprise)?;
        let mut lines = Vec::new();
        for other in open {
            if other.id != self.need.id
                && scope.covers(&other.region, other.station)
                && let Some(same) = own.same_as(&matter_of(&other))
            {
                lines.push(similar_line(call, other, Some(&same)));
            }
        }
        lines.truncate(MOST_SIMILAR);
        Ok(lines)
    }

    /// The colleagues a need may be handed over to: the station's liaisons and the managers, without the owner.
    ///
    /// # Errors
    /// A fault.
    pub fn colleagues(&self, call: &Call) -> Result<Vec<(AccountId, String)>, WebError> {
        let mut reader = call.office.read()?;
        let mut found = Vec::new();
        for account in db::account::of_station(&mut reader, self.need.station)? {
            found.push((account.id, account.name));
        }
        for account in db::account::managers(&mut reader)? {
            let near = account
                .region
                .as_deref()
                .is_none_or(|code| code == crate::domain::region::CITY || code == self.need.region);
            if near {
                found.push((account.id, format!("{}（{}）", account.name, call.l.t("role-manager"))));
            }
        }
        found.retain(|(id, _)| *id != self.need.owner);
        Ok(found)
    }
}
