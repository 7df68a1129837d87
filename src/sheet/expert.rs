//! A sheet of volunteer experts (志愿服务专家): the fields of `POST /experts`, one expert a row.
//!
//! Several qualifications stand in one cell as a list; their numbers and dates then stand beside them in lists of the same
//! length, with 「无」 where there is none.

use super::layout::Column;
use super::row::RowReader;
use super::{Cell, Lookup, ProblemCode, SheetRead, read_rows, words};
use crate::domain::expert::FirmType;
use crate::domain::need::Mode;
use chrono::NaiveDate;

const NAME: Column = Column { name: "name", zh: "姓名", also: &["专家姓名"], required: true };
const FIRM: Column =
    Column { name: "firm", zh: "单位", also: &["所在单位", "工作单位", "单位名称"], required: true };
const FIRM_TYPE: Column =
    Column { name: "firm_type", zh: "单位类型", also: &["单位性质", "单位类别"], required: true };
const EMAIL: Column =
    Column { name: "email", zh: "邮箱", also: &["电子邮箱", "电子邮件", "e-mail"], required: true };
const PHONE: Column =
    Column {
        name: "phone", zh: "手机", also: &["手机号", "手机号码", "联系电话", "电话", "mobile"], required: false
    };
const REGION: Column =
    Column { name: "region", zh: "区", also: &["所在区", "区域", "地区", "district"], required: true };
const LAT: Column = Column { name: "lat", zh: "纬度", also: &["latitude"], required: false };
const LON: Column = Column { name: "lon", zh: "经度", also: &["longitude", "lng"], required: false };
const QUALIFICATION: Column =
    Column {
        name: "qualification", zh: "资质类型", also: &["资质", "资格", "qualifications"], required: false
    };
const NUMBER: Column =
    Column {
        name: "number", zh: "证书编号", also: &["资质编号", "证书号", "执业证号"], required: false
    };
const VALID_UNTIL: Column =
    Column { name: "valid_until", zh: "有效期至", also: &["资质有效期", "有效期"], required: false };
const YEARS: Column =
    Column { name: "years", zh: "从业年限", also: &["工作年限", "从业年数"], required: false };
const SERVICES: Column = Column { name: "services", zh: "服务事项", also: &["service"], required: true };
const INDUSTRIES: Column =
    Column {
        name: "industries", zh: "行业", also: &["产业", "擅长行业", "服务行业", "industry"], required: false
    };
const LANGUAGES: Column =
    Column { name: "languages", zh: "语言", also: &["工作语言", "language"], required: false };
const MODES: Column = Column { name: "modes", zh: "服务方式", also: &["方式", "mode"], required: false };
const BIO: Column = Column { name: "bio", zh: "简介", also: &["个人简介", "专家简介"], required: false };
const MAX_DISTANCE: Column =
    Column { name: "max_distance_km", zh: "最远公里", also: &["最远距离", "max_distance"], required: false };
const MONTHLY_CAP: Column =
    Column { name: "monthly_cap", zh: "每月上限", also: &["每月接单上限"], required: false };

/// The columns of a sheet of experts, in the order we write them.
pub static COLUMNS: &[&Column] = &[
    &NAME,
    &FIRM,
    &FIRM_TYPE,
    &EMAIL,
    &PHONE,
    &REGION,
    &LAT,
    &LON,
    &QUALIFICATION,
    &NUMBER,
    &VALID_UNTIL,
    &YEARS,
    &SERVICES,
    &INDUSTRIES,
    &LANGUAGES,
    &MODES,
    &BIO,
    &MAX_DISTANCE,
    &MONTHLY_CAP,
];

/// A qualification (资质) as a sheet gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualificationDraft {
    /// Its kind, as typed: 专利代理师, 律师….
    pub kind: String,
    /// The certificate's number.
    pub number: Option<String>,
    /// The last day on which it is valid; none if it has no end or nobody wrote it.
    pub valid_until: Option<NaiveDate>,
}

/// An expert as a sheet gives them; what a cell left empty is empty or none here, and the importing deed's to decide.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpertDraft {
    /// 姓名.
    pub name: String,
    /// 单位.
    pub firm: String,
    /// 单位类型.
    pub firm_type: FirmType,
    /// 邮箱, checked for its outline only. No two rows have the same.
    pub email: String,
    /// 手机, as typed.
    pub phone: Option<String>,
    /// The region's code.
    pub region: String,
    /// Degrees north; there exactly if `lon` is.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// 资质.
    pub qualifications: Vec<QualificationDraft>,
    /// 从业年限, in whole years.
    pub years: Option<u32>,
    /// Slugs of the catalogue, at least one, each once.
    pub services: Vec<String>,
    /// 行业, as typed, each once.
    pub industries: Vec<String>,
    /// ISO 639-1 codes, each once.
    pub languages: Vec<String>,
    /// 服务方式, each once.
    pub modes: Vec<Mode>,
    /// 简介; may be empty.
    pub bio: String,
    /// 最远公里, in kilometres.
    pub max_distance_km: Option<u32>,
    /// 每月上限, offers a month.
    pub monthly_cap: Option<u32>,
}

/// Reads a sheet of experts.
#[must_use]
pub fn read(bytes: &[u8], lookup: &Lookup<'_>) -> SheetRead<ExpertDraft> {
    read_rows(bytes, COLUMNS, |row| draft(row, lookup), |draft| (&EMAIL, draft.email.clone()))
}

fn draft(row: &mut RowReader<'_>, lookup: &Lookup<'_>) -> ExpertDraft {
    let name = row.text(&NAME);
    let firm = row.text(&FIRM);
    let firm_type = firm_type(row);
    let email = row.email(&EMAIL).unwrap_or_default();
    let phone = row.optional_text(&PHONE);
    let region = row.region(&REGION, lookup);
    let (lat, lon) = row.place(&LAT, &LON);
    ExpertDraft {
        name,
        firm,
        firm_type,
        email,
        phone,
        region,
        lat,
        lon,
        qualifications: qualifications(row),
        years: row.whole(&YEARS, 0..=80, "12"),
        services: row.services(&SERVICES, lookup),
        industries: row.list(&INDUSTRIES),
        languages: row.meanings(&LANGUAGES, words::language, &words::languages()),
        modes: row.meanings(&MODES, words::mode, &words::modes()),
        bio: row.text(&BIO),
        max_distance_km: row.whole(&MAX_DISTANCE, 0..=6000, "20"),
        monthly_cap: row.whole(&MONTHLY_CAP, 0..=100, "4"),
    }
}

fn firm_type(row: &mut RowReader<'_>) -> FirmType {
    let typed = row.text(&FIRM_TYPE);
    words::firm_type(&typed).unwrap_or_else(|| {
        if !typed.is_empty() {
            row.problem(&FIRM_TYPE, &typed, ProblemCode::UnknownWord, &words::firm_types());
        }
        FirmType::Other
    })
}

fn qualifications(row: &mut RowReader<'_>) -> Vec<QualificationDraft> {
    let kinds: Vec<String> = row.list(&QUALIFICATION).into_iter().filter(|kind| !words::is_none(kind)).collect();
    let numbers = row.aligned(&NUMBER, kinds.len());
    let dates = row.aligned_dates(&VALID_UNTIL, kinds.len());
    let beside = numbers.into_iter().zip(dates);
    kinds
        .into_iter()
        .zip(beside)
        .map(|(kind, (number, valid_until))| QualificationDraft { kind, number, valid_until })
        .collect()
}

/// The words a column of this sheet may hold, for a drop-down; none where any text will do, or where the office's own
/// names stand (regions, services).
#[must_use]
pub fn offered(column: &Column, english: bool) -> Vec<&'static str> {
    match column.name {
        "firm_type" => words::offered_firm_types(english),
        "languages" => words::offered_languages(english),
        "modes" => words::offered_modes(english),
        _ => Vec::new(),
    }
}

/// The expert's cells under [`COLUMNS`]. Regions and services are written as the draft holds them: a caller who wants names
/// puts names there first.
#[must_use]
pub fn cells(draft: &ExpertDraft) -> Vec<Cell> {
    let beside = |entry: &dyn Fn(&QualificationDraft) -> Option<String>| {
        let entries: Vec<Option<String>> = draft.qualifications.iter().map(entry).collect();
        if entries.iter().all(Option::is_none) {
            return Cell::Empty;
        }
        Cell::text(
            &entries.into_iter().map(|entry| entry.unwrap_or_else(|| "无".to_owned())).collect::<Vec<_>>().join("、"),
        )
    };
    let list = |entries: &[String]| Cell::text(&entries.join("、"));
    let kinds: Vec<String> = draft.qualifications.iter().map(|qualification| qualification.kind.clone()).collect();
    let modes: Vec<&str> = draft.modes.iter().map(|mode| words::of_mode(*mode)).collect();
    vec![
        Cell::text(&draft.name),
        Cell::text(&draft.firm),
        Cell::text(words::of_firm_type(draft.firm_type)),
        Cell::text(&draft.email),
        Cell::text(draft.phone.as_deref().unwrap_or_default()),
        Cell::text(&draft.region),
        Cell::number(draft.lat),
        Cell::number(draft.lon),
        list(&kinds),
        beside(&|qualification| qualification.number.clone()),
        match draft.qualifications.as_slice() {
            [only] => only.valid_until.map_or(Cell::Empty, Cell::Date),
            _ => beside(&|qualification| qualification.valid_until.map(|date| date.to_string())),
        },
        Cell::number(draft.years.map(f64::from)),
        list(&draft.services),
        list(&draft.industries),
        list(&draft.languages),
        Cell::text(&modes.join("、")),
        Cell::text(&draft.bio),
        Cell::number(draft.max_distance_km.map(f64::from)),
        Cell::number(draft.monthly_cap.map(f64::from)),
    ]
}

#[cfg(test)]
#[path = "expert_tests.rs"]
mod tests;
