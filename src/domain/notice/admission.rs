//! What letters about the register say: of an applicant, of a paper.

use super::NoticeKind;
use crate::domain::document::DocumentKind;
use crate::ids::ExpertId;
use chrono::NaiveDate;

/// What a letter says of a paper of an expert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFacts {
    /// What it is.
    pub kind: DocumentKind,
    /// Which certificate; empty for other kinds.
    pub name: String,
    /// Its last day.
    pub until: Option<NaiveDate>,
    /// Why it was sent back.
    pub note: Option<String>,
}

/// What a letter says of an applicant, or of an expert whose papers it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmissionFacts {
    /// Who.
    pub expert: ExpertId,
    /// Name.
    pub name: String,
    /// Firm.
    pub firm: String,
    /// 备案号.
    pub filed_number: Option<String>,
    /// What the reviewer says.
    pub reason: Option<String>,
}

impl NoticeKind {
    /// Whether it says who applied, or whose papers they are.
    #[must_use]
    pub const fn tells_of_admission(self) -> bool {
        matches!(
            self,
            Self::ApplicationReceived
                | Self::Filed
                | Self::MoreWanted
                | Self::NotFiled
                | Self::StaffApplication
                | Self::StaffDocumentEnding
        )
    }
}
