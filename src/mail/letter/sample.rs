//! A believable notice of every kind, for tests: typed, so a new field cannot be forgotten.

use crate::domain::answer_rule::{CountedDay, CountingRule, Why};
use crate::domain::assignment::{AnswerKind, DeclineReason};
use crate::domain::conduct::{AppealOutcome, CaseKind, Decision};
use crate::domain::document::DocumentKind;
use crate::domain::duty::{DutyPart, Span};
use crate::domain::need::{Mode, Urgency};
use crate::domain::notice::{
    AdmissionFacts, Audience, CaseFacts, DocumentFacts, DutyFacts, DutyLine, Enclosure, NeedFacts, Notice, NoticeKind,
    OfferFacts, OwedNotice, Person, Recipient, StationFacts, TaskFacts,
};
use crate::domain::task::TaskKind;
use crate::ids::OutboxId;
use crate::seal::Keyring;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;

/// An id that is none of anybody's.
pub const ID: &str = "0190b4a2-1111-7abc-8def-0123456789ab";
/// Contact data that no letter before acceptance may show.
pub const CONTACTS: [&str; 4] = ["13900001111", "he@yanshi.example", "13700002222", "gu.private@firm.example"];

/// 6 May 2026, 15:12 in Beijing.
pub fn now() -> DateTime<Utc> {
    instant("2026-05-06T07:12:00Z")
}

/// Keys for links.
pub fn keyring() -> Keyring {
    Keyring::new(BTreeMap::from([(1, [7; 32])])).expect("keys")
}

fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a date")
}

/// A need with everything told, contact data too.
pub fn need() -> NeedFacts {
    NeedFacts {
        id: ID.parse().expect("an id"),
        number: "XQ-2026-000123".into(),
        title: Some("减速器出口欧盟前的专利风险排查".into()),
        description: Some("三处啮合结构 <A&B> 会不会落入在先专利？\n想请专家做特征比对。".into()),
        enterprise: "砚石智能装备有限公司".into(),
        opposing_party: Some("Nordgetriebe GmbH".into()),
        opposing_agent: Some("德衡专利代理".into()),
        services: vec!["risk".into(), "search".into()],
        region: "110108".into(),
        mode: Mode::Online,
        urgency: Urgency::Urgent,
        wanted_by: Some(day(5, 20)),
        expected_hours: Some(4),
        station: StationFacts {
            name: "云杉科技园工作站".into(),
            address: "云杉路 1 号".into(),
            phone: "010-00000000".into(),
            supervision_phone: "010-12330123".into(),
        },
        contact: Some(Person {
            name: "何工".into(),
            firm: "砚石智能装备有限公司".into(),
            phone: Some(CONTACTS[0].into()),
            email: Some(CONTACTS[1].into()),
        }),
    }
}

/// An offer under way, contact data too.
pub fn offer() -> OfferFacts {
    OfferFacts {
        id: ID.parse().expect("an id"),
        number: "PD-2026-000456".into(),
        round: 1,
        notified_at: Some(now()),
        answer_due_at: Some(instant("2026-05-08T16:00:00Z")),
        provisional: false,
        rule: CountingRule::CivilCode,
        count: vec![
            CountedDay { date: day(5, 6), counted: false, why: Why::NoticeDay },
            CountedDay { date: day(5, 7), counted: true, why: Why::Counted { n: 1 } },
            CountedDay {
                date: day(5, 8), counted: true, why: Why::CountedHoliday { n: 2, occasion: "劳动节".into() }
            },
        ],
        decline_reason: Some(DeclineReason::Travel),
        question: Some("样机能否先寄来看看？".into()),
        reply: Some("可以，周五前寄到。".into()),
        answer: Some(AnswerKind::Decline),
        feedback_due_at: Some(instant("2026-05-27T16:00:00Z")),
        expert: Person {
            name: "顾明岚".into(),
            firm: "知行律师事务所".into(),
            phone: Some(CONTACTS[2].into()),
            email: Some(CONTACTS[3].into()),
        },
        next: Some("沈知行".into()),
    }
}

/// A case.
pub fn case() -> CaseFacts {
    CaseFacts {
        id: ID.parse().expect("an id"),
        number: "CQ-2026-000007".into(),
        kind: CaseKind::Removal,
        grounds: "两次推介有偿服务，经查属实。".into(),
        decision: Some(Decision::Remove),
        reason: Some("证据充分。".into()),
        expert: "顾明岚".into(),
        expert_id: ID.parse().expect("an id"),
        statement_days: 5,
        appeal_days: 10,
        due_at: Some(instant("2026-05-20T16:00:00Z")),
        appeal_outcome: Some(AppealOutcome::Upheld),
        appeal_reason: Some("申诉没有新的事实。".into()),
        scan: Some(Enclosure {
            name: "决定书.pdf".into(),
            media_type: "application/pdf".into(),
            content: b"%PDF-1.7".to_vec(),
        }),
    }
}

/// Two turns of duty.
pub fn duty() -> DutyFacts {
    let line = |n: u32, part: DutyPart| DutyLine {
        id: ID.replace("0123456789ab", &format!("0123456789{n:02}")).parse().expect("an id"),
        span: Span { day: day(5, 10 + n), from: part.minutes().0, to: part.minutes().1 },
        part,
        station: need().station,
        event: (n == 2).then(|| "园区会诊".into()),
        sequence: 1,
        why: Some("duty-no-yes".into()),
    };
    DutyFacts {
        expert: Some(ID.parse().expect("an id")),
        title: "2026 年 5 月值班".into(),
        turns: vec![line(1, DutyPart::Morning), line(2, DutyPart::Afternoon)],
        due_at: Some(instant("2026-05-08T16:00:00Z")),
    }
}

/// What a digest carries: notices of these kinds, each of another offer.
fn items(kinds: &[NoticeKind]) -> Vec<(OutboxId, Notice)> {
    let id = |n: usize| ID.replace("0123456789ab", &format!("0123456789{n:02}"));
    let one = |(n, kind): (usize, &NoticeKind)| {
        let mut notice = notice(*kind);
        if let Some(offer) = &mut notice.offer {
            offer.id = id(n).parse().expect("an id");
        }
        if let Some(need) = &mut notice.need {
            need.id = id(n).parse().expect("an id");
        }
        (id(n).parse().expect("an id"), notice)
    };
    kinds.iter().enumerate().map(one).collect()
}

/// A notice of a kind, with every fact its letter could use and more.
pub fn notice(kind: NoticeKind) -> Notice {
    let is_case = matches!(
        kind,
        NoticeKind::CaseOpened
            | NoticeKind::CaseDecided
            | NoticeKind::CaseSealed
            | NoticeKind::AppealDecided
            | NoticeKind::StaffCase
            | NoticeKind::StaffAppeal
            | NoticeKind::StatementReminder
            | NoticeKind::AppealReminder
            | NoticeKind::StaffStatementEnding
            | NoticeKind::StaffAppealEnding
    );
    let by_link = matches!(
        kind,
        NoticeKind::PasswordReset | NoticeKind::EnterPage | NoticeKind::EmailConfirm | NoticeKind::EmailTold
    );
    let of_register =
        kind.tells_of_admission() || matches!(kind, NoticeKind::DocumentEnding | NoticeKind::DocumentReturned);
    let is_reset = by_link || of_register || kind == NoticeKind::Rehomed || kind.is_digest() || kind.is_duty();
    let name = match kind.audience() {
        Audience::Expert => "顾明岚",
        Audience::Enterprise => "何工",
        Audience::Staff => "林晓筠",
    };
    Notice {
        kind,
        ordinal: if kind == NoticeKind::Rehomed { Some(3) } else { OwedNotice::default().ordinal },
        to: Recipient { name: name.into(), address: "reader@firm.example".into(), language: "zh".into() },
        account: None,
        need: (!is_case && !is_reset).then(need),
        offer: (!is_case && !is_reset).then(offer),
        case: is_case.then(case),
        duty: kind.is_duty().then(duty),
        secret: by_link.then(|| "s".repeat(43)),
        task: (kind == NoticeKind::StaffEscalated).then(|| TaskFacts {
            kind: TaskKind::Unanswered,
            since: now(),
            expert: Some("顾明岚".into()),
        }),
        document: matches!(
            kind,
            NoticeKind::DocumentEnding | NoticeKind::DocumentReturned | NoticeKind::StaffDocumentEnding
        )
        .then(|| DocumentFacts {
            kind: DocumentKind::Certificate,
            name: "专利代理师".into(),
            until: Some(day(7, 5)),
            note: Some("扫描件看不清编号。".into()),
        }),
        admission: kind.tells_of_admission().then(|| AdmissionFacts {
            expert: ID.parse().expect("an id"),
            name: "顾明岚".into(),
            firm: "知行律师事务所".into(),
            filed_number: (kind == NoticeKind::Filed).then(|| "BA-2026-000042".into()),
            reason: Some("材料齐全。".into()),
        }),
        items: match kind {
            NoticeKind::Digest => items(&[NoticeKind::OfferLapsed, NoticeKind::Reminder, NoticeKind::FeedbackReminder]),
            NoticeKind::StaffDigest => items(&[NoticeKind::StaffLapsed, NoticeKind::StaffUnanswered]),
            _ => Vec::new(),
        },
    }
}
