//! Identities: one type per noun, so that an expert's id can never be passed where a need's is wanted.
//!
//! An id is a UUIDv7 (RFC 9562) in its 36-character text form, minted by us from the office's clock and random source,
//! so ids sort by age alike on SQLite and PostgreSQL. What people read aloud (`XQ-2026-000123`) is not an id: see
//! [`Number`](crate::domain::number::Number). Deliberately absent: any way to mint an id from the air.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The text is not a UUID in its 36-character lower-case form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MalformedId;

impl fmt::Display for MalformedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: expected 36 characters such as 0190b4a2-…")
    }
}

impl std::error::Error for MalformedId {}

/// Mints the text of a UUIDv7 from milliseconds since 1970 and ten random bytes.
#[must_use]
pub fn uuid_v7(unix_millis: u64, random: &[u8; 10]) -> [u8; 36] {
    let uuid = uuid::Builder::from_unix_timestamp_millis(unix_millis, random).into_uuid();
    let mut text = [0_u8; 36];
    uuid.hyphenated().encode_lower(&mut text);
    text
}

macro_rules! id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => { $(
        #[$doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 36]);

        impl $name {
            /// Wraps the text of a freshly minted UUIDv7.
            #[must_use]
            pub const fn from_minted(text: [u8; 36]) -> Self { Self(text) }

            /// The 36-character text form.
            #[must_use]
            pub fn as_str(&self) -> &str { std::str::from_utf8(&self.0).unwrap_or_default() }
        }

        impl FromStr for $name {
            type Err = MalformedId;
            fn from_str(text: &str) -> Result<Self, MalformedId> {
                let parsed = uuid::Uuid::try_parse(text).map_err(|_| MalformedId)?;
                let mut canonical = [0_u8; 36];
                parsed.hyphenated().encode_lower(&mut canonical);
                Ok(Self(canonical))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}({})", stringify!($name), self.as_str()) }
        }
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_str(self.as_str()) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+ };
}

id! {
    /// A person who signs in: 账号.
    AccountId,
    /// A work station: 工作站.
    StationId,
    /// A volunteer expert: 志愿服务专家.
    ExpertId,
    /// A qualification of an expert: 资质.
    QualificationId,
    /// A paper of an expert: 申报材料.
    DocumentId,
    /// An application to the register: 申请.
    ApplicationId,
    /// A review of an application: 审核.
    ReviewId,
    /// A change of an expert's mail address: 更换邮箱.
    EmailChangeId,
    /// Dated absence of an expert: 请假.
    LeaveId,
    /// An enterprise: 企业.
    EnterpriseId,
    /// What an enterprise needs: 需求.
    NeedId,
    /// One place to be filled in a need: 席位.
    SeatId,
    /// One expert in a seat's ordered reserve: 候补.
    ReserveId,
    /// One offer of one seat to one expert: 派单.
    AssignmentId,
    /// A reminder of one offer: 催办提醒.
    ReminderId,
    /// What the expert wrote after the service: 书面反馈.
    FeedbackId,
    /// What the enterprise said of the service: 满意度评价.
    RatingId,
    /// Something an expert may have done wrong: 事件.
    IncidentId,
    /// An admonition or removal case: 劝导、除名案件.
    CaseId,
    /// Something a person of the office has to do: 待办.
    TaskId,
    /// A row awaiting delivery: 待发队列.
    OutboxId,
    /// A letter as it was sent: 信件.
    LetterId,
    /// A file that belongs to a need: 附件.
    AttachmentId,
    /// An API token: 访问令牌.
    TokenId,
    /// An unfinished form: 草稿.
    DraftId,
    /// A declared relation of an expert: 利害关系申报.
    RelationId,
    /// A manager's waiver of a conflict: 回避豁免.
    WaiverId,
    /// A question whether somebody conflicts: 利益冲突查询.
    CheckId,
    /// An audit event: 留痕.
    EventId,
    /// A time during which the answer page was down: 服务中断.
    OutageId,
    /// A State Council notice waiting for approval: 放假安排.
    CalendarImportId,
    /// A sheet on its way in: 表格导入.
    SheetImportId,
    /// A plan of duty turns: 值班计划.
    DutyPlanId,
    /// One seat of one duty turn: 班次.
    DutyTurnId,
    /// What one expert said to one turn: 征求意见.
    DutyConsentId,
    /// One letter that asks an expert about a plan's turns.
    DutyAskId,
    /// A change of hands: 换班、让班、接班.
    DutySwapId,
    /// A calendar feed.
    DutyFeedId,
    /// What an expert said in a case: 陈述、申诉.
    StatementId,
    /// A paper of a case: 案件材料.
    PaperId,
    /// What was passed on to an authority: 移送.
    TransferId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_later_moments_sort_later() {
        let early = NeedId::from_minted(uuid_v7(1_000, &[0xff; 10]));
        let late = NeedId::from_minted(uuid_v7(1_001, &[0; 10]));
        assert!(early < late);
        assert_eq!(early.as_str().parse(), Ok(early));
        assert_eq!("nonsense".parse::<NeedId>(), Err(MalformedId));
    }
}
