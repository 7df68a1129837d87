//! What every letter is written with: the names of things, the table of facts, the box with the deadline.

use super::{Action, ContactBlock, DueBox, Letter};
use crate::domain::answer_rule::{CountedDay, last_day};
use crate::domain::calendar::beijing_date;
use crate::domain::need::{Mode, Urgency};
use crate::domain::notice::{Audience, CaseFacts, NeedFacts, Notice, OfferFacts, Person};
use crate::domain::{catalogue, region};
use crate::i18n::L;
use crate::mail::invite::Invite;
use crate::mail::links::Links;

/// Characters of a description a letter quotes; the rest is behind the link.
const EXCERPT: usize = 400;

/// A notice, the links it may use, and the language it is written in.
pub struct Pen<'a> {
    /// What is told.
    pub notice: &'a Notice,
    /// Makes the links.
    pub links: &'a Links<'a>,
    /// Speaks the language.
    pub l: L,
}

impl<'a> Pen<'a> {
    /// The need, where the notice has one.
    pub fn need(&self) -> Option<&'a NeedFacts> {
        self.notice.need.as_ref()
    }

    /// The offer, where the notice has one.
    pub fn offer(&self) -> Option<&'a OfferFacts> {
        self.notice.offer.as_ref()
    }

    /// The case, where the notice has one.
    pub fn case(&self) -> Option<&'a CaseFacts> {
        self.notice.case.as_ref()
    }

    /// A letter with what all have: greeting, headline, first paragraph, subject.
    pub fn blank(&self) -> Letter {
        let kind = self.notice.kind;
        let audience = kind.audience();
        let greeting = match audience {
            Audience::Expert => "letter-greeting-expert",
            Audience::Enterprise | Audience::Staff => "letter-greeting",
        };
        let heading = self.say(&format!("letter-{kind}-heading"));
        let station = self.need().map(|need| need.station.name.as_str()).unwrap_or_default();
        let brand = self.l.t("letter-brand");
        Letter {
            kind,
            lang: self.l.0,
            subject: self.subject(&heading, audience),
            preheader: String::new(),
            brand: if station.is_empty() { brand } else { format!("{brand} · {station}") },
            heading,
            greeting: self.say(greeting),
            paragraphs: vec![self.say(&format!("letter-{kind}-lead"))],
            facts: Vec::new(),
            due: None,
            actions: Vec::new(),
            contacts: Vec::new(),
            closing: Vec::new(),
            supervision_phone: None,
            wechat: String::new(),
            invite: None,
            turns: Vec::new(),
            enclosure: None,
            entries: Vec::new(),
        }
    }

    fn subject(&self, heading: &str, audience: Audience) -> String {
        let Some(need) = self.need() else { return heading.to_owned() };
        let key = if audience == Audience::Staff { "letter-subject-staff" } else { "letter-subject" };
        self.l.a(key, &[("heading", heading), ("matter", &self.matter()), ("number", &need.number)])
    }

    /// A key's text with everything a letter can name. A name that is not known is empty.
    pub fn say(&self, key: &str) -> String {
        let need = self.need();
        let offer = self.offer();
        let matter = self.matter();
        let due = offer.and_then(|offer| offer.answer_due_at);
        let feedback_due = offer.and_then(|offer| offer.feedback_due_at);
        let answer = offer.and_then(|offer| offer.answer).map(|answer| self.l.t(&format!("answer-{answer}")));
        let case_kind = self.case().map(|case| self.l.t(&format!("case-kind-{}", case.kind)));
        let case_due = self.case().and_then(|case| case.due_at);
        let task = self.notice.task.as_ref().map(|task| self.l.t(&format!("task-{}", task.kind)));
        let until = self.notice.document.as_ref().and_then(|document| document.until);
        let since = self.notice.task.as_ref().map(|task| self.l.instant(task.since));
        let duty = self.notice.duty.as_ref();
        let duty_due = duty.and_then(|duty| duty.due_at).map(|at| self.l.due(at));
        let duty_place = duty.and_then(|duty| duty.turns.first()).map(|turn| turn.station.name.as_str());
        self.l.a(
            key,
            &[
                ("name", &self.notice.to.name),
                ("matter", &matter),
                ("enterprise", need.map(|need| need.enterprise.as_str()).unwrap_or_default()),
                ("station", need.map(|need| need.station.name.as_str()).unwrap_or_default()),
                ("number", self.number()),
                ("expert", self.expert()),
                ("next", offer.and_then(|offer| offer.next.as_deref()).unwrap_or_default()),
                ("answer", answer.as_deref().unwrap_or_default()),
                ("due", &due.map(|due| self.l.due(due)).unwrap_or_default()),
                ("short_due", &due.map(|due| self.l.short_due(due)).unwrap_or_default()),
                ("feedback_due", &feedback_due.map(|due| self.l.due(due)).unwrap_or_default()),
                ("case_due", &case_due.map(|due| self.l.due(due)).unwrap_or_default()),
                ("case_kind", case_kind.as_deref().unwrap_or_default()),
                ("task", task.as_deref().unwrap_or_default()),
                ("since", since.as_deref().unwrap_or_default()),
                ("plan", duty.map(|duty| duty.title.as_str()).unwrap_or_default()),
                ("turns", &duty.map_or(0, |duty| duty.turns.len()).to_string()),
                ("duty_due", duty_due.as_deref().unwrap_or_default()),
                ("duty_place", duty_place.unwrap_or_default()),
                ("document", &self.document()),
                ("until", &until.map(|day| self.l.date(day)).unwrap_or_default()),
                ("n", &self.notice.ordinal.map(|n| n.to_string()).unwrap_or_default()),
                ("statement_days", &self.case().map(|case| case.statement_days.to_string()).unwrap_or_default()),
                ("appeal_days", &self.case().map(|case| case.appeal_days.to_string()).unwrap_or_default()),
            ],
        )
    }

    /// What it is about, in a few words: the title, or the service where the title is not to be seen.
    pub fn matter(&self) -> String {
        let Some(need) = self.need() else { return String::new() };
        match &need.title {
            Some(title) => one_line(title),
            None => {
                let service = need.services.first().map(|slug| self.service(slug)).unwrap_or_default();
                self.l.a("letter-confidential-matter", &[("service", &service)])
            }
        }
    }

    /// The number people read: of the case, the need, or the offer.
    pub fn number(&self) -> &'a str {
        self.case()
            .map(|case| case.number.as_str())
            .or_else(|| self.need().map(|need| need.number.as_str()))
            .or_else(|| self.offer().map(|offer| offer.number.as_str()))
            .unwrap_or_default()
    }

    fn expert(&self) -> &'a str {
        self.offer()
            .map(|offer| offer.expert.name.as_str())
            .or_else(|| self.case().map(|case| case.expert.as_str()))
            .or_else(|| self.notice.admission.as_ref().map(|admission| admission.name.as_str()))
            .unwrap_or_default()
    }

    /// The paper it is about: the certificate's name, or what kind of paper.
    pub fn document(&self) -> String {
        self.notice.document.as_ref().map_or_else(String::new, |document| {
            if document.name.is_empty() {
                self.l.t(&format!("document-{}", document.kind))
            } else {
                document.name.clone()
            }
        })
    }

    /// The name of a service item, or its slug where a centre has added one.
    fn service(&self, slug: &str) -> String {
        catalogue::by_slug(slug).map_or(slug, |item| self.l.pick(item.zh, item.en)).to_owned()
    }

    /// The name of a region, or its code where it is not one of those shipped.
    fn region(&self, code: &str) -> String {
        region::by_code(code).map_or(code, |region| self.l.pick(region.name, region.name_en)).to_owned()
    }

    /// A row of the table, unless it has nothing to say.
    pub fn fact(&self, letter: &mut Letter, label: &str, value: &str) {
        let value = value.trim();
        if !value.is_empty() {
            letter.facts.push((self.l.t(label), value.to_owned()));
        }
    }

    /// What the need is: all an expert sees before accepting, and no contact data.
    pub fn need_facts(&self, letter: &mut Letter) {
        let Some(need) = self.need() else { return };
        let services: Vec<String> = need.services.iter().map(|slug| self.service(slug)).collect();
        let mut place = self.l.t(&format!("mode-{}", need.mode));
        place.push_str(self.l.pick("，", ", "));
        place.push_str(&self.region(&need.region));
        self.fact(letter, "letter-fact-title", need.title.as_deref().unwrap_or_default());
        self.fact(letter, "letter-fact-description", &excerpt(need.description.as_deref().unwrap_or_default()));
        self.fact(letter, "letter-fact-services", &self.l.list(&services));
        self.fact(letter, "letter-fact-enterprise", &need.enterprise);
        self.fact(letter, "letter-fact-opposing-party", need.opposing_party.as_deref().unwrap_or_default());
        self.fact(letter, "letter-fact-opposing-agent", need.opposing_agent.as_deref().unwrap_or_default());
        self.fact(letter, "letter-fact-place", &place);
        self.when_facts(letter);
        self.fact(letter, "letter-fact-number", &need.number);
    }

    /// By when and how long.
    pub fn when_facts(&self, letter: &mut Letter) {
        let Some(need) = self.need() else { return };
        let when = match need.wanted_by {
            Some(day) => self.l.a("letter-when-by", &[("day", &self.l.date(day))]),
            None => self.l.t("letter-when-open"),
        };
        self.fact(letter, "letter-fact-when", &when);
        if let Some(hours) = need.expected_hours {
            let hours = self.l.a("letter-hours", &[("hours", &hours.to_string())]);
            self.fact(letter, "letter-fact-hours", &hours);
        }
        if need.urgency == Urgency::Urgent {
            let urgency = self.l.t("urgency-urgent");
            self.fact(letter, "letter-fact-urgency", &urgency);
        }
    }

    /// The box with the answer's deadline: in words, the rule it was counted by, from when, and day by day.
    pub fn answer_due(&self) -> Option<DueBox> {
        let offer = self.offer()?;
        let rule = self.l.a(
            "letter-due-rule",
            &[
                ("rule", &self.l.t(&format!("rule-{}", offer.rule))),
                ("text", &self.l.t(&format!("rule-{}-text", offer.rule))),
            ],
        );
        // After a question or an outage the deadline is later than the count that was told: then only the instant is said.
        let moved = match (offer.count.last(), offer.answer_due_at) {
            (Some(told), Some(due_at)) => told.date < last_day(due_at),
            _ => false,
        };
        let mut notes = vec![match offer.notified_at {
            _ if moved => self.l.t("letter-due-moved"),
            Some(at) => self.l.a("letter-due-notified", &[("at", &self.l.instant(at))]),
            None => self.l.t("letter-due-from-delivery"),
        }];
        if offer.provisional {
            notes.push(self.l.t("letter-due-provisional"));
        }
        let words = if offer.answer_due_at.is_some() { "letter-due-answer" } else { "letter-due-answer-undated" };
        Some(DueBox {
            words: self.say(words),
            instant: offer.answer_due_at,
            rule: (!moved).then_some(rule),
            notes,
            count: offer.count.iter().filter(|_| !moved).map(|day| self.counted(day)).collect(),
        })
    }

    /// One row of the count.
    fn counted(&self, day: &CountedDay) -> (String, String) {
        (self.l.short_date(day.date), self.l.why(&day.why))
    }

    /// A button.
    pub fn action(&self, letter: &mut Letter, label: &str, url: String) {
        let primary = letter.actions.is_empty();
        letter.actions.push(Action { label: self.l.t(label), url, primary });
    }

    /// The expert's page of the offer.
    pub fn answer_action(&self, letter: &mut Letter, label: &str) {
        if let Some(offer) = self.offer() {
            self.action(letter, label, self.links.answer(offer.id, offer.round));
        }
    }

    /// Somebody's name, firm, phone and mail. Only for readers who may see them.
    pub fn contact(&self, letter: &mut Letter, heading: &str, person: &Person) {
        let mut lines = Vec::new();
        let values = [
            ("letter-contact-name", Some(person.name.as_str())),
            ("letter-contact-firm", Some(person.firm.as_str())),
            ("letter-contact-phone", person.phone.as_deref()),
            ("letter-contact-email", person.email.as_deref()),
        ];
        for (label, value) in values {
            if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
                lines.push((self.l.t(label), value.to_owned()));
            }
        }
        if !lines.is_empty() {
            letter.contacts.push(ContactBlock { heading: self.l.t(heading), lines });
        }
    }

    /// A closing line.
    pub fn close(&self, letter: &mut Letter, key: &str) {
        letter.closing.push(self.say(key));
    }

    /// Which station writes, and its phone.
    pub fn signature(&self) -> Option<String> {
        let station = &self.need()?.station;
        let parts: Vec<&str> = [station.name.as_str(), station.phone.as_str()]
            .into_iter()
            .filter(|part| !part.trim().is_empty())
            .collect();
        (!parts.is_empty()).then(|| parts.join(self.l.pick("　", ", ")))
    }

    /// The station's name and phone as the last closing line.
    pub fn sign(&self, letter: &mut Letter) {
        letter.closing.extend(self.signature());
    }

    /// The calendar file of the service's day, or its cancellation. Where no day was said, an expert is given the day on
    /// which feedback is due; a cancellation needs some day and takes today.
    pub fn invite(&self, cancelled: bool) -> Option<Invite> {
        let (need, offer) = (self.need()?, self.offer()?);
        let for_expert = self.notice.kind.audience() == Audience::Expert;
        let feedback_day = offer.feedback_due_at.filter(|_| for_expert).map(last_day);
        let today = cancelled.then(|| beijing_date(self.links.now));
        let summary = match need.wanted_by {
            None if feedback_day.is_some() => "letter-invite-feedback",
            _ => "letter-invite-summary",
        };
        Some(Invite {
            assignment: offer.id,
            round: offer.round,
            cancelled,
            day: need.wanted_by.or(feedback_day).or(today)?,
            summary: self.say(summary),
            description: self.say("letter-invite-description"),
            place: Some(self.place(need)),
            lang: self.l.0,
        })
    }

    /// Where the service is given: the station's address for 到站, else the channel's name.
    fn place(&self, need: &NeedFacts) -> String {
        let address = need.station.address.trim();
        match need.mode {
            Mode::Station if !address.is_empty() => format!("{} {address}", need.station.name),
            Mode::Station => need.station.name.clone(),
            mode => self.l.t(&format!("mode-{mode}")),
        }
    }
}

/// The beginning of a long text, cut between characters.
fn excerpt(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= EXCERPT {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(EXCERPT).collect();
    short.push('…');
    short
}

fn one_line(text: &str) -> String {
    text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
