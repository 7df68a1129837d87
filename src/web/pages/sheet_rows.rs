//! Sheets and deeds put together: what a file's rows ask of the office, and what the office's rows look like in a file.
//!
//! It stands here because `sheet` knows files and no deeds, `actions` deeds and no files, and both the pages and the
//! command line need the same answer. Deliberately absent: HTTP, and any rule about what may be kept.

use crate::actions::export_sheet::{self, ExportedNeed};
use crate::actions::import_sheet::job::ImportRows;
use crate::actions::import_sheet::{self, Change, EnterpriseRecord, ImportReport, StationRecord};
use crate::actions::keep_station::StationInput;
use crate::actions::register_expert::{ExpertInput, QualificationInput};
use crate::actions::{Actor, Done, Office};
use crate::domain::calendar::beijing_date;
use crate::domain::need::Mode;
use crate::domain::refusal::FieldProblem;
use crate::domain::{catalogue, region};
use crate::i18n::{L, Lang};
use crate::sheet::enterprise::EnterpriseDraft;
use crate::sheet::expert::{ExpertDraft, QualificationDraft};
use crate::sheet::station::StationDraft;
use crate::sheet::{self, Cell, Column, Lookup, Problem, SheetRead};
use crate::web::error::field_sentence;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

crate::domain::text_enum! {
    /// What a sheet holds.
    pub enum SheetKind {
        /// 志愿服务专家.
        Experts = "experts",
        /// 工作站.
        Stations = "stations",
        /// 企业.
        Enterprises = "enterprises",
        /// 需求: goes out only.
        Needs = "needs",
    }
}

/// What an import did, or would do, with what could not be read of the file.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// What the office took and refused.
    pub report: ImportReport,
    /// What could not be read; notes among them hinder nothing.
    pub unread: Vec<Problem>,
}

/// One line about a file: what is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The row as Excel numbers it; none for the whole file.
    pub row: Option<usize>,
    /// The column as typed, or as the reader writes it; empty for a whole row or file.
    pub column: String,
    /// The sentence.
    pub text: String,
    /// A note: nothing was left out because of it.
    pub note: bool,
}

pub(super) fn columns(kind: SheetKind) -> &'static [&'static Column] {
    match kind {
        SheetKind::Experts => sheet::expert::COLUMNS,
        SheetKind::Stations => sheet::station::COLUMNS,
        SheetKind::Enterprises => sheet::enterprise::COLUMNS,
        SheetKind::Needs => &[],
    }
}

/// The header of a sheet to be filled in or read.
#[must_use]
pub fn header(l: L, kind: SheetKind) -> Vec<String> {
    if kind == SheetKind::Needs {
        return NEED_COLUMNS.iter().map(|key| l.t(&format!("sheets-need-{key}"))).collect();
    }
    columns(kind).iter().map(|column| l.pick(column.zh, column.name).to_owned()).collect()
}

/// Reads a file into rows as they could be typed, and what could not be read of it. New experts get `standing` (`active`,
/// `applied`). A sheet of needs goes out only, and has no rows.
#[must_use]
pub fn read(kind: SheetKind, bytes: &[u8], standing: &str) -> (ImportRows, Vec<Problem>) {
    let lookup = Lookup {
        region: &|text| region::named(text).map(|found| found.code.to_owned()),
        service: &|text| catalogue::named(text).map(|item| item.slug.to_owned()),
    };
    match kind {
        SheetKind::Experts => {
            let (rows, unread) = rows(sheet::expert::read(bytes, &lookup), |draft| expert_input(draft, standing));
            (ImportRows::Experts(rows), unread)
        }
        SheetKind::Stations => {
            let (rows, unread) = rows(sheet::station::read(bytes, &lookup), station_record);
            (ImportRows::Stations(rows), unread)
        }
        SheetKind::Enterprises => {
            let (rows, unread) = rows(sheet::enterprise::read(bytes, &lookup), |draft| EnterpriseRecord {
                name: draft.name,
                uscc: draft.uscc,
                region: draft.region,
            });
            (ImportRows::Enterprises(rows), unread)
        }
        SheetKind::Needs => (ImportRows::Enterprises(Vec::new()), Vec::new()),
    }
}

/// Reads a file and imports its rows in one sitting, or tries it out: what the command line does. New experts get
/// `standing` (`active`, `applied`).
///
/// # Errors
/// As the import deeds; a file that cannot be read is no error but a problem of the whole file.
pub fn import(
    office: &Office,
    actor: &Actor,
    kind: SheetKind,
    bytes: &[u8],
    standing: &str,
    dry_run: bool,
    progress: &dyn Fn(usize),
) -> Done<Imported> {
    let (rows, unread) = read(kind, bytes, standing);
    let report = match &rows {
        ImportRows::Experts(rows) => import_sheet::import_experts(office, actor, rows, dry_run, progress)?,
        ImportRows::Stations(rows) => import_sheet::import_stations(office, actor, rows, dry_run)?,
        ImportRows::Enterprises(_) if kind == SheetKind::Needs => ImportReport::default(),
        ImportRows::Enterprises(rows) => import_sheet::import_enterprises(office, actor, rows, dry_run)?,
    };
    Ok(Imported { report, unread })
}

fn rows<D, T>(read: SheetRead<D>, as_typed: impl Fn(D) -> T) -> (Vec<(usize, T)>, Vec<Problem>) {
    let rows = read
        .rows
        .into_iter()
        .map(|(number, draft)| (usize::try_from(number).unwrap_or(usize::MAX), as_typed(draft)))
        .collect();
    (rows, read.problems)
}

fn expert_input(draft: ExpertDraft, standing: &str) -> ExpertInput {
    let whole = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
    ExpertInput {
        name: draft.name,
        firm: draft.firm,
        firm_type: Some(draft.firm_type.as_str().to_owned()),
        email: draft.email,
        phone: draft.phone,
        region: draft.region,
        lat: draft.lat,
        lon: draft.lon,
        qualifications: draft
            .qualifications
            .into_iter()
            .map(|one| QualificationInput {
                kind: one.kind,
                number: one.number,
                valid_until: one.valid_until,
                ..QualificationInput::default()
            })
            .collect(),
        years: whole(draft.years).unwrap_or(0),
        services: draft.services,
        industries: draft.industries,
        languages: draft.languages,
        modes: draft.modes.iter().map(|mode| mode.as_str().to_owned()).collect(),
        bio: draft.bio,
        max_distance_km: whole(draft.max_distance_km),
        monthly_cap: whole(draft.monthly_cap),
        standing: Some(standing.to_owned()),
    }
}

fn station_record(draft: StationDraft) -> StationRecord {
    StationRecord {
        station: StationInput {
            name: draft.name,
            region: draft.region,
            address: draft.address,
            phone: draft.phone,
            supervision_phone: draft.supervision_phone,
            lat: draft.lat,
            lon: draft.lon,
            automatic: None,
        },
        head: draft.head_name.zip(draft.head_email),
    }
}

/// Everything there is to say about a file, the whole file's first, then row by row.
#[must_use]
pub fn told(l: L, kind: SheetKind, imported: &Imported) -> Vec<Told> {
    let mut lines: Vec<Told> = imported
        .unread
        .iter()
        .map(|problem| Told {
            row: problem.row.and_then(|row| usize::try_from(row).ok()),
            column: problem.column.clone(),
            text: l.a(&format!("sheet-problem-{}", problem.code.code()), &problem.arguments()),
            note: problem.code.is_note(),
        })
        .collect();
    lines.extend(imported.report.problems.iter().map(|(row, problem)| Told {
        row: Some(*row),
        column: column_name(l, kind, problem),
        text: l.a(
            "sheets-field-problem",
            &[("column", &column_name(l, kind, problem)), ("problem", &field_sentence(l, problem))],
        ),
        note: false,
    }));
    lines.sort_by_key(|line| line.row);
    lines
}

/// One row that would be, or was, changed, in the reader's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTold {
    /// The row as Excel numbers it.
    pub row: usize,
    /// Whose record.
    pub name: String,
    /// Column, what is on record, what would stand there.
    pub fields: Vec<(String, String, String)>,
}

/// The changed rows in the reader's words, as far as the report names them.
#[must_use]
pub fn changes(l: L, kind: SheetKind, imported: &Imported) -> Vec<ChangeTold> {
    let fields = |change: &Change| {
        let told = change.fields.iter().map(|one| {
            let column = column_name(l, kind, &FieldProblem::new(one.field, "changed"));
            (column, worded(l, one.field, &one.old), worded(l, one.field, &one.new))
        });
        told.collect()
    };
    let told = |change: &Change| ChangeTold { row: change.row, name: change.name.clone(), fields: fields(change) };
    imported.report.changes.iter().map(told).collect()
}

/// A stored value as the sheet would write it; a dash for none.
fn worded(l: L, field: &str, text: &str) -> String {
    let each = |word: &dyn Fn(&str) -> String| text.split('、').map(word).collect::<Vec<_>>().join("、");
    match field {
        _ if text.is_empty() => "—".to_owned(),
        "region" => region_name(l, text),
        "services" => each(&|slug| service_names(l, &[slug.to_owned()]).concat()),
        "firm_type" => l.t(&format!("firm-type-{text}")),
        "modes" => each(&|mode| l.t(&format!("mode-{mode}"))),
        _ => text.to_owned(),
    }
}

/// The column a deed's field came from, in the reader's language.
fn column_name(l: L, kind: SheetKind, problem: &FieldProblem) -> String {
    let last = problem.field.rsplit('.').next().unwrap_or_default();
    let wanted = match last {
        "type" => "qualification",
        "station_phone" => "phone",
        other => other,
    };
    columns(kind)
        .iter()
        .find(|column| column.name == wanted)
        .map_or_else(|| problem.field.clone(), |column| l.pick(column.zh, column.name).to_owned())
}

/// Rows that go out, with their header.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The header.
    pub header: Vec<String>,
    /// The cells, row by row.
    pub rows: Vec<Vec<Cell>>,
}

/// Exports what the actor may see; `period` (Beijing dates, both inclusive) is asked of needs only, and is the last
/// twelve months when left out.
///
/// # Errors
/// As the export deeds.
pub fn export(
    office: &Office,
    actor: &Actor,
    l: L,
    kind: SheetKind,
    period: Option<(NaiveDate, NaiveDate)>,
) -> Done<Sheet> {
    let rows = match kind {
        SheetKind::Experts => {
            export_sheet::export_experts(office, actor)?.into_iter().map(|input| expert_cells(l, input)).collect()
        }
        SheetKind::Stations => {
            export_sheet::export_stations(office, actor)?.into_iter().map(|row| station_cells(l, row)).collect()
        }
        SheetKind::Enterprises => export_sheet::export_enterprises(office, actor)?
            .into_iter()
            .map(|row| {
                sheet::enterprise::cells(&EnterpriseDraft {
                    name: row.name,
                    uscc: row.uscc,
                    region: region_name(l, &row.region),
                    contact_name: None,
                    contact_phone: None,
                    contact_email: None,
                })
            })
            .collect(),
        SheetKind::Needs => {
            let today = beijing_date(office.now());
            let (from, to) = period.unwrap_or((today - chrono::Days::new(365), today));
            export_sheet::export_needs(office, actor, from, to)?.iter().map(|row| need_cells(l, row)).collect()
        }
    };
    Ok(Sheet { header: header(l, kind), rows })
}

fn region_name(l: L, code: &str) -> String {
    region::by_code(code).map_or_else(|| code.to_owned(), |found| l.pick(found.name, found.name_en).to_owned())
}

fn service_names(l: L, slugs: &[String]) -> Vec<String> {
    slugs
        .iter()
        .map(|slug| catalogue::by_slug(slug).map_or_else(|| slug.clone(), |item| l.pick(item.zh, item.en).to_owned()))
        .collect()
}

/// An expert's cells, in the reader's language.
#[must_use]
pub fn expert_cells(l: L, input: ExpertInput) -> Vec<Cell> {
    let whole = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    let modes: Vec<Mode> = input.modes.iter().filter_map(|word| word.parse().ok()).collect();
    let firm_type = input.firm_type.as_deref().unwrap_or_default();
    let draft = ExpertDraft {
        firm_type: firm_type.parse().unwrap_or(crate::domain::expert::FirmType::Other),
        name: input.name,
        firm: input.firm,
        email: input.email,
        phone: input.phone,
        region: region_name(l, &input.region),
        lat: input.lat,
        lon: input.lon,
        qualifications: input
            .qualifications
            .into_iter()
            .map(|one| QualificationDraft { kind: one.kind, number: one.number, valid_until: one.valid_until })
            .collect(),
        years: whole(Some(input.years)),
        services: service_names(l, &input.services),
        industries: input.industries,
        languages: input.languages,
        modes,
        bio: input.bio,
        max_distance_km: whole(input.max_distance_km),
        monthly_cap: whole(input.monthly_cap),
    };
    let mut cells = sheet::expert::cells(&draft);
    if l.0 == Lang::En {
        // The readers know both languages' words; the writer's own are Chinese.
        let modes: Vec<&str> = draft.modes.iter().map(Mode::as_str).collect();
        for (cell, column) in cells.iter_mut().zip(sheet::expert::COLUMNS) {
            match column.name {
                "firm_type" => *cell = Cell::text(draft.firm_type.as_str()),
                "modes" => *cell = Cell::text(&modes.join("、")),
                _ => {}
            }
        }
    }
    cells
}

fn station_cells(l: L, row: StationRecord) -> Vec<Cell> {
    let (head_name, head_email) = row.head.unzip();
    sheet::station::cells(&StationDraft {
        name: row.station.name,
        region: region_name(l, &row.station.region),
        address: row.station.address,
        phone: row.station.phone,
        supervision_phone: row.station.supervision_phone,
        lat: row.station.lat,
        lon: row.station.lon,
        head_name,
        head_email,
    })
}

/// The columns of a sheet of needs; their words are `sheets-need-…`.
const NEED_COLUMNS: [&str; 14] = [
    "number",
    "state",
    "title",
    "enterprise",
    "region",
    "station",
    "services",
    "industries",
    "mode",
    "urgency",
    "contact-name",
    "contact-phone",
    "contact-email",
    "submitted-on",
];

fn need_cells(l: L, row: &ExportedNeed) -> Vec<Cell> {
    let need = &row.need;
    vec![
        Cell::text(&need.number),
        Cell::text(&l.t(&format!("need-state-{}", need.state))),
        Cell::text(&need.title),
        Cell::text(&row.enterprise),
        Cell::text(&region_name(l, &need.region)),
        Cell::text(&row.station),
        Cell::text(&service_names(l, &need.services.get()).join("、")),
        Cell::text(&need.industries.get().join("、")),
        Cell::text(&l.t(&format!("mode-{}", need.mode))),
        Cell::text(&l.t(&format!("urgency-{}", need.urgency))),
        Cell::text(&need.contact_name),
        Cell::text(row.contact.phone.as_deref().unwrap_or_default()),
        Cell::text(row.contact.email.as_deref().unwrap_or_default()),
        Cell::Date(beijing_date(need.created_at.and_utc())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{write_csv, write_xlsx};

    fn input() -> ExpertInput {
        ExpertInput {
            name: "江叙白".to_owned(),
            firm: "明砥律师事务所".to_owned(),
            firm_type: Some("law-firm".to_owned()),
            email: "jiang@example.test".to_owned(),
            phone: Some("13800138000".to_owned()),
            region: "110108".to_owned(),
            qualifications: vec![QualificationInput {
                kind: "律师".to_owned(),
                number: Some("1101".to_owned()),
                ..QualificationInput::default()
            }],
            years: 12,
            services: vec!["policy".to_owned(), "transfer-licensing".to_owned(), "risk".to_owned()],
            languages: vec!["zh".to_owned(), "en".to_owned()],
            modes: vec!["online".to_owned(), "onsite".to_owned()],
            bio: "商标与不正当竞争".to_owned(),
            monthly_cap: Some(4),
            standing: Some("active".to_owned()),
            ..ExpertInput::default()
        }
    }

    #[test]
    fn what_is_exported_in_either_language_is_read_as_the_same_record() {
        let lookup = Lookup {
            region: &|text| region::named(text).map(|found| found.code.to_owned()),
            service: &|text| catalogue::named(text).map(|item| item.slug.to_owned()),
        };
        for lang in [Lang::Zh, Lang::En] {
            let header = header(L(lang), SheetKind::Experts);
            let header: Vec<&str> = header.iter().map(String::as_str).collect();
            let cells = [expert_cells(L(lang), input())];
            for bytes in [write_csv(&header, &cells), write_xlsx(&header, &cells).expect("a workbook")] {
                let (rows, unread) = rows(sheet::expert::read(&bytes, &lookup), |draft| expert_input(draft, "active"));
                assert_eq!(unread, [], "{lang:?}");
                let back = serde_json::to_value(&rows[0].1).expect("json");
                assert_eq!(back, serde_json::to_value(input()).expect("json"), "{lang:?}");
            }
        }
    }

    /// A record of any shape that the register may hold: words that look like formulas, quotes, line ends, papers with and
    /// without numbers and dates.
    fn any_record(dice: &mut crate::demo::world::dice::Dice, at: usize) -> ExpertInput {
        const ODD: [&str; 14] = [
            "=1+1",
            "+86",
            "-5",
            "@SUM(A1)",
            "'引'",
            "\"双引号\"",
            "甲,乙",
            "分号；",
            "顾明岚",
            "O’Neill",
            "a\tb",
            "行一\n行二",
            "１２３",
            "=cmd|' /C calc'!A0",
        ];
        let odd = |dice: &mut crate::demo::world::dice::Dice| {
            let first = ODD[dice.below(ODD.len())];
            if dice.percent(50) { first.to_owned() } else { format!("{first}{}", ODD[dice.below(ODD.len())]) }
        };
        let plain = |dice: &mut crate::demo::world::dice::Dice, words: &[&str]| -> Vec<String> {
            words.iter().filter(|_| dice.percent(40)).map(|word| (*word).to_owned()).collect()
        };
        let placed = dice.percent(60);
        let qualifications = (0..dice.below(4))
            .map(|place| QualificationInput {
                kind: ["专利代理师", "律师执业证", "知识产权师（中级）", "=高级职称"][place].to_owned(),
                number: dice.percent(60).then(|| format!("=11/{}", dice.below(100_000))),
                valid_until: dice.percent(60).then(|| {
                    NaiveDate::from_ymd_opt(2027, 1, 1).expect("a day") + chrono::Days::new(dice.below(4_000) as u64)
                }),
                ..QualificationInput::default()
            })
            .collect();
        let mut services: Vec<String> =
            catalogue::CATALOGUE.iter().filter(|_| dice.percent(25)).map(|item| item.slug.to_owned()).collect();
        if services.is_empty() {
            services.push("risk".to_owned());
        }
        dice.shuffle(&mut services);
        ExpertInput {
            name: odd(dice),
            firm: odd(dice),
            firm_type: Some(
                ["agency", "law-firm", "enterprise", "institute", "authority", "other"][dice.below(6)].to_owned(),
            ),
            email: format!("e{at}+x@example.test"),
            phone: dice.percent(70).then(|| format!("138{:08}", dice.below(100_000_000))),
            region: region::SHIPPED[1 + dice.below(17)].code.to_owned(),
            lat: placed.then(|| 39.0 + dice.fraction()),
            lon: placed.then(|| 116.0 + dice.fraction()),
            qualifications,
            years: i32::try_from(dice.below(71)).expect("small"),
            services,
            industries: plain(dice, &["传感器", "=新能源", "新一代 信息技术", "生物医药（器械）"]),
            languages: plain(dice, &["zh", "en", "ja", "fr"]),
            modes: plain(dice, &["online", "station", "onsite", "phone", "training"]),
            bio: if dice.percent(20) { String::new() } else { odd(dice) },
            max_distance_km: dice.percent(50).then(|| 1 + i32::try_from(dice.below(500)).expect("small")),
            monthly_cap: dice.percent(50).then(|| 1 + i32::try_from(dice.below(100)).expect("small")),
            standing: Some("active".to_owned()),
        }
    }

    #[test]
    fn any_record_exported_and_imported_is_the_same_record() {
        let lookup = Lookup {
            region: &|text| region::named(text).map(|found| found.code.to_owned()),
            service: &|text| catalogue::named(text).map(|item| item.slug.to_owned()),
        };
        let mut dice = crate::demo::world::dice::Dice::of(7, "sheets");
        let records: Vec<ExpertInput> = (0..400).map(|at| any_record(&mut dice, at)).collect();
        for lang in [Lang::Zh, Lang::En] {
            let header = header(L(lang), SheetKind::Experts);
            let header: Vec<&str> = header.iter().map(String::as_str).collect();
            let cells: Vec<Vec<Cell>> = records.iter().map(|one| expert_cells(L(lang), one.clone())).collect();
            for bytes in [write_csv(&header, &cells), write_xlsx(&header, &cells).expect("a workbook")] {
                let (rows, unread) = rows(sheet::expert::read(&bytes, &lookup), |draft| expert_input(draft, "active"));
                assert_eq!(unread, [], "{lang:?}");
                assert_eq!(rows.len(), records.len());
                for ((_, back), one) in rows.iter().zip(&records) {
                    let told = |input: &ExpertInput| serde_json::to_value(input).expect("json");
                    assert_eq!(told(back), told(one), "{lang:?}");
                }
            }
        }
    }

    #[test]
    fn problems_name_the_row_and_the_column_as_the_reader_writes_it() {
        let mut imported = Imported::default();
        imported.report.problems = vec![
            (7, FieldProblem::new("qualifications.0.type", "missing")),
            (3, FieldProblem::new("region", "outside-your-region")),
        ];
        let lines = told(L(Lang::Zh), SheetKind::Experts, &imported);
        assert_eq!(lines.iter().map(|line| line.row).collect::<Vec<_>>(), [Some(3), Some(7)]);
        assert!(lines[1].text.contains("资质类型"), "{}", lines[1].text);
        for lang in [Lang::Zh, Lang::En] {
            for kind in SheetKind::ALL {
                let text = format!("{:?}{:?}", header(L(lang), *kind), told(L(lang), *kind, &imported));
                assert!(!text.contains('⟦'), "{text}");
            }
        }
    }
}
