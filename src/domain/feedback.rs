//! What the expert writes after the service (书面反馈) and what the enterprise says of it (满意度), kept apart.
//!
//! Source: Beijing standard, 服务要求 d) (written feedback) and a) (no paid services promoted, no touting for the
//! employer), 行为准则 (no gifts); rules.md, "Feedback, rating, evaluation, closing".

text_enum! {
    /// What came of the service.
    pub enum Outcome {
        /// 已解决.
        Solved = "solved",
        /// 部分解决.
        Partly = "partly",
        /// 已转介.
        Referred = "referred",
        /// 需继续跟进.
        FollowUp = "follow-up",
    }
}

text_enum! {
    /// What an enterprise may report about conduct when it rates.
    pub enum ConductReport {
        /// 收受礼金.
        Gift = "gift",
        /// 推介有偿服务.
        Promotion = "promotion",
        /// 为所在单位招揽业务.
        Touting = "touting",
        /// 泄露商业秘密.
        Confidence = "confidence",
        /// 约定的时间没有到场.
        NoShow = "no-show",
        /// 其他投诉: the remark says what.
        Complaint = "complaint",
    }
}

text_enum! {
    /// How a rating reached us.
    pub enum RatingChannel {
        /// By the link in a letter or the QR code of the receipt.
        Link = "link",
        /// 回访 by phone, entered by staff.
        Phone = "phone",
    }
}

text_enum! {
    /// Who filed the feedback.
    pub enum FiledBy {
        /// The expert, by link.
        Link = "link",
        /// Staff, on the expert's behalf.
        Staff = "staff",
    }
}

/// The liaison's 内部评价 at closing, one to five each.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// 及时.
    pub promptness: u8,
    /// 专业.
    pub expertise: u8,
    /// 态度.
    pub attitude: u8,
    /// In words.
    pub note: Option<String>,
}
