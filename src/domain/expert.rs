//! A volunteer expert (志愿服务专家): kinds of firm and of qualification.
//!
//! Source: Beijing standard, 选取条件 b) (professional institutions, 专利代理师, titles) and e) (officials).

text_enum! {
    /// What kind of employer the expert has.
    pub enum FirmType {
        /// 专利、商标代理机构.
        Agency = "agency",
        /// 律师事务所.
        LawFirm = "law-firm",
        /// 企业.
        Enterprise = "enterprise",
        /// 高校、科研院所.
        Institute = "institute",
        /// 行政、司法机关: needs the department's consent (选取条件 e).
        Authority = "authority",
        /// 其他.
        Other = "other",
    }
}

/// The longest texts an expert's record takes, in characters: name, firm, bio.
pub const LONGEST: (usize, usize, usize) = (60, 120, 2000);
