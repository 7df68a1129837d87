//! A sheet of enterprises (企业), one a row, each with a person to ask for.

use super::layout::Column;
use super::row::RowReader;
use super::{Cell, Lookup, SheetRead, read_rows};

const NAME: Column =
    Column {
        name: "name", zh: "名称", also: &["企业名称", "单位名称", "公司名称", "enterprise"], required: true
    };
const USCC: Column =
    Column {
        name: "uscc", zh: "统一社会信用代码", also: &["社会信用代码", "信用代码"], required: false
    };
const REGION: Column =
    Column { name: "region", zh: "区", also: &["所在区", "区域", "地区", "district"], required: true };
const CONTACT_NAME: Column =
    Column { name: "contact_name", zh: "联系人", also: &["联系人姓名", "contact"], required: false };
const CONTACT_PHONE: Column =
    Column { name: "contact_phone", zh: "电话", also: &["联系电话", "手机", "phone"], required: false };
const CONTACT_EMAIL: Column =
    Column { name: "contact_email", zh: "邮箱", also: &["电子邮箱", "联系邮箱", "email"], required: false };

/// The columns of a sheet of enterprises, in the order we write them.
pub static COLUMNS: &[&Column] = &[&NAME, &USCC, &REGION, &CONTACT_NAME, &CONTACT_PHONE, &CONTACT_EMAIL];

/// An enterprise as a sheet gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnterpriseDraft {
    /// 名称.
    pub name: String,
    /// 统一社会信用代码 in upper case, unchecked. No two rows have the same; nor, without one, the same name.
    pub uscc: Option<String>,
    /// The region's code.
    pub region: String,
    /// 联系人.
    pub contact_name: Option<String>,
    /// 电话, as typed.
    pub contact_phone: Option<String>,
    /// 邮箱, checked for its outline only.
    pub contact_email: Option<String>,
}

/// Reads a sheet of enterprises.
#[must_use]
pub fn read(bytes: &[u8], lookup: &Lookup<'_>) -> SheetRead<EnterpriseDraft> {
    read_rows(
        bytes,
        COLUMNS,
        |row| draft(row, lookup),
        |draft| match &draft.uscc {
            Some(uscc) => (&USCC, uscc.clone()),
            None => (&NAME, draft.name.clone()),
        },
    )
}

fn draft(row: &mut RowReader<'_>, lookup: &Lookup<'_>) -> EnterpriseDraft {
    EnterpriseDraft {
        name: row.text(&NAME),
        uscc: row.optional_text(&USCC).map(|uscc| super::words::half_width(&uscc).to_uppercase()),
        region: row.region(&REGION, lookup),
        contact_name: row.optional_text(&CONTACT_NAME),
        contact_phone: row.optional_text(&CONTACT_PHONE),
        contact_email: row.email(&CONTACT_EMAIL),
    }
}

/// The enterprise's cells under [`COLUMNS`]; the region as the draft holds it.
#[must_use]
pub fn cells(draft: &EnterpriseDraft) -> Vec<Cell> {
    vec![
        Cell::text(&draft.name),
        Cell::text(draft.uscc.as_deref().unwrap_or_default()),
        Cell::text(&draft.region),
        Cell::text(draft.contact_name.as_deref().unwrap_or_default()),
        Cell::text(draft.contact_phone.as_deref().unwrap_or_default()),
        Cell::text(draft.contact_email.as_deref().unwrap_or_default()),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::{ProblemCode, write_csv, write_xlsx};
    use super::*;

    fn lookup<T>(ask: impl FnOnce(&Lookup<'_>) -> T) -> T {
        ask(&Lookup { region: &|text| (text == "海淀区").then(|| "110108".to_owned()), service: &|_| None })
    }

    #[test]
    fn what_is_written_is_read_back() {
        let named = |name: &str, uscc: Option<&str>| EnterpriseDraft {
            name: name.into(),
            uscc: uscc.map(str::to_owned),
            region: "海淀区".into(),
            contact_name: Some("赵\"经理\"".into()),
            contact_phone: Some("13800138000".into()),
            contact_email: None,
        };
        let drafts = [named("北京'云图'科技有限公司", Some("911101085923662400")), named("-小店-", None)];
        let headers: Vec<&str> = COLUMNS.iter().map(|column| column.zh).collect();
        let rows = drafts.each_ref().map(cells);
        for bytes in [write_csv(&headers, &rows), write_xlsx(&headers, &rows).expect("a workbook")] {
            let read = lookup(|lookup| read(&bytes, lookup));
            assert_eq!(read.problems, []);
            let back: Vec<EnterpriseDraft> = read.rows.into_iter().map(|(_, draft)| draft).collect();
            assert_eq!(
                back,
                drafts.each_ref().map(|draft| EnterpriseDraft { region: "110108".into(), ..draft.clone() })
            );
        }
    }

    #[test]
    fn a_code_that_excel_rounded_is_told_and_a_phone_kept_as_a_number_is_read() {
        let headers = ["企业名称", "信用代码", "区", "手机"];
        let row = |name: &str, uscc: Cell| {
            vec![Cell::text(name), uscc, Cell::text("海淀区"), Cell::number(Some(13_800_138_000.0))]
        };
        let rows = [
            row("甲", Cell::number(Some(911_101_085_923_662_400.0))),
            row("乙", Cell::text("91110108mａ01abcd12")),
            row("丙", Cell::text("91110108MA01ABCD12")),
            row("丁", Cell::Empty),
            row("丁", Cell::Empty),
        ];
        let read = lookup(|lookup| read(&write_xlsx(&headers, &rows).expect("a workbook"), lookup));
        let kept: Vec<_> = read
            .rows
            .iter()
            .map(|(row, draft)| (*row, draft.uscc.as_deref(), draft.contact_phone.as_deref()))
            .collect();
        assert_eq!(kept, [(3, Some("91110108MA01ABCD12"), Some("13800138000")), (5, None, Some("13800138000"))]);
        let told: Vec<_> = read
            .problems
            .iter()
            .map(|problem| (problem.row, problem.column.as_str(), problem.code, problem.hint.as_str()))
            .collect();
        let expected = [
            (Some(2), "信用代码", ProblemCode::LostDigits, ""),
            (Some(4), "信用代码", ProblemCode::Repeated, "3"),
            (Some(6), "企业名称", ProblemCode::Repeated, "5"),
        ];
        assert_eq!(told, expected);
    }
}
