//! What a matter is, in rows of label and value, as the page of a sealed link tells it.
//!
//! Contract: the rows are made of [`NeedFacts`], which hold no contact data before acceptance and no title of a
//! confidential need; nothing here looks further. Labels are those of the letters, so page and letter say the same.

use crate::domain::need::Urgency;
use crate::domain::notice::{NeedFacts, Person};
use crate::domain::{catalogue, region};
use crate::i18n::L;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What it says, a paragraph each.
    pub lines: Vec<String>,
    /// A `tel:` or `mailto:` address the value leads to; empty for none.
    pub href: String,
}

impl Fact {
    /// A row, or nothing where there is nothing to say.
    #[must_use]
    pub fn of(l: L, label: &str, value: &str) -> Option<Self> {
        let lines = paragraphs(value);
        (!lines.is_empty()).then(|| Self { label: l.t(label), lines, href: String::new() })
    }

    fn leading(mut self, scheme: &str, target: &str) -> Self {
        let target: String = target.chars().filter(|c| !c.is_whitespace()).collect();
        self.href = format!("{scheme}:{target}");
        self
    }
}

/// The lines of a text that say something.
#[must_use]
pub fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The name of a service item, or its slug where a centre has added one.
#[must_use]
pub fn service(l: L, slug: &str) -> String {
    catalogue::by_slug(slug).map_or(slug, |item| l.pick(item.zh, item.en)).to_owned()
}

/// The title, or the first service where the title is not to be seen.
#[must_use]
pub fn title(l: L, need: &NeedFacts) -> String {
    match &need.title {
        Some(title) => title.split_whitespace().collect::<Vec<_>>().join(" "),
        None => {
            let service = need.services.first().map(|slug| service(l, slug)).unwrap_or_default();
            l.a("letter-confidential-matter", &[("service", &service)])
        }
    }
}

/// The title in pieces between which a line may break.
#[must_use]
pub fn pieces(title: &str) -> Vec<String> {
    crate::search::word_breaks(title).into_iter().map(str::to_owned).collect()
}

/// Everything but the title: what an expert sees before accepting and, the text of a confidential need included, after.
#[must_use]
pub fn of_need(l: L, need: &NeedFacts) -> Vec<Fact> {
    let services: Vec<String> = need.services.iter().map(|slug| service(l, slug)).collect();
    let place = region::by_code(&need.region).map_or(need.region.as_str(), |known| l.pick(known.name, known.name_en));
    let place = l.list(&[l.t(&format!("mode-{}", need.mode)), place.to_owned()]);
    let when = match need.wanted_by {
        Some(day) => l.a("letter-when-by", &[("day", &l.date(day))]),
        None => l.t("letter-when-open"),
    };
    let hours = need.expected_hours.map(|hours| l.a("letter-hours", &[("hours", &hours.to_string())]));
    let urgency = (need.urgency == Urgency::Urgent).then(|| l.t("urgency-urgent"));
    let rows = [
        Fact::of(l, "letter-fact-description", need.description.as_deref().unwrap_or_default()),
        Fact::of(l, "letter-fact-services", &l.list(&services)),
        Fact::of(l, "letter-fact-enterprise", &need.enterprise),
        Fact::of(l, "letter-fact-opposing-party", need.opposing_party.as_deref().unwrap_or_default()),
        Fact::of(l, "letter-fact-opposing-agent", need.opposing_agent.as_deref().unwrap_or_default()),
        Fact::of(l, "letter-fact-place", &place),
        Fact::of(l, "letter-fact-when", &when),
        Fact::of(l, "letter-fact-hours", &hours.unwrap_or_default()),
        Fact::of(l, "letter-fact-urgency", &urgency.unwrap_or_default()),
        Fact::of(l, "letter-fact-number", &need.number),
    ];
    rows.into_iter().flatten().collect()
}

/// How to reach somebody, each value leading there. Only for those who may see it.
#[must_use]
pub fn of_person(l: L, person: &Person) -> Vec<Fact> {
    let phone = person.phone.as_deref().unwrap_or_default();
    let email = person.email.as_deref().unwrap_or_default();
    let rows = [
        Fact::of(l, "letter-contact-name", &person.name),
        Fact::of(l, "letter-contact-firm", &person.firm),
        Fact::of(l, "letter-contact-phone", phone).map(|fact| fact.leading("tel", phone)),
        Fact::of(l, "letter-contact-email", email).map(|fact| fact.leading("mailto", email)),
    ];
    rows.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::mail::letter::sample;

    #[test]
    fn rows_say_what_is_known_and_leave_out_the_rest() {
        let mut need = sample::need();
        let rows = of_need(L(Lang::Zh), &need);
        let place = rows.iter().find(|row| row.label == "在哪里").expect("a place");
        assert_eq!(place.lines, ["线上、海淀区"]);
        assert_eq!(rows.iter().find(|row| row.label == "情况").expect("a text").lines.len(), 2);
        need.opposing_party = None;
        need.description = None;
        assert_eq!(of_need(L(Lang::Zh), &need).len(), rows.len() - 2);
        need.title = None;
        assert_eq!(title(L(Lang::Zh), &need), "一件保密需求（知识产权风险防控服务）");
    }

    #[test]
    fn a_number_can_be_called_and_an_address_written_to() {
        let person =
            Person { name: "何工".into(), firm: String::new(), phone: Some("010-0000 0000".into()), email: None };
        let rows = of_person(L(Lang::En), &person);
        assert_eq!(rows.iter().map(|row| row.href.as_str()).collect::<Vec<_>>(), ["", "tel:010-00000000"]);
    }
}
