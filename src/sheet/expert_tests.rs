//! Sheets of experts, as real bytes.

use super::super::{LARGEST_FILE, Problem, write_csv, write_xlsx};
use super::*;

fn with_lookup<T>(ask: impl FnOnce(&Lookup<'_>) -> T) -> T {
    let region = |text: &str| ["海淀区", "海淀", "Haidian", "110108"].contains(&text).then(|| "110108".to_owned());
    let service = |text: &str| match text {
        "知识产权风险防控服务" | "risk" => Some("risk".to_owned()),
        "知识产权维权援助服务" | "rights-aid" => Some("rights-aid".to_owned()),
        "咨询、培训" => Some("mixed".to_owned()),
        _ => None,
    };
    ask(&Lookup { region: &region, service: &service })
}

fn read_bytes(bytes: &[u8]) -> SheetRead<ExpertDraft> {
    with_lookup(|lookup| read(bytes, lookup))
}

fn told(problems: &[Problem]) -> Vec<(Option<u32>, &str, &str, ProblemCode)> {
    problems
        .iter()
        .map(|problem| (problem.row, problem.column.as_str(), problem.value.as_str(), problem.code))
        .collect()
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

fn wang() -> ExpertDraft {
    ExpertDraft {
        name: "王立群".into(),
        firm: "北京中科专利商标代理有限责任公司".into(),
        firm_type: FirmType::Agency,
        email: "wang@agency.test".into(),
        phone: Some("13800138000".into()),
        region: "110108".into(),
        lat: Some(39.95),
        lon: Some(116.3),
        qualifications: vec![
            QualificationDraft {
                kind: "专利代理师".into(),
                number: Some("1103/2".into()),
                valid_until: Some(date(2028, 1, 31)),
            },
            QualificationDraft { kind: "高级职称".into(), number: None, valid_until: None },
        ],
        years: Some(12),
        services: vec!["risk".into(), "rights-aid".into()],
        industries: vec!["生物医药".into(), "人工智能".into()],
        languages: vec!["zh".into(), "en".into()],
        modes: vec![Mode::Online, Mode::Station],
        bio: "曾任审查员。".into(),
        max_distance_km: Some(20),
        monthly_cap: Some(4),
    }
}

#[test]
fn a_sheet_as_an_office_keeps_it_is_read() {
    let sheet = "北京市知识产权志愿服务专家名单,,,\n\
        序号,邮箱,姓名,单位,单位性质,手机号码,所在区,纬度,经度,资质类型,证书编号,有效期至,从业年限,服务事项,行业,语言,服务方式,简介,最远公里（km）,每月上限\n\
        1,ｗａｎｇ@agency.test,王立群,北京中科专利商标代理有限责任公司,专利代理机构,13800138000,海淀,39.95,116.3,\
        专利代理师、高级职称,\"1103/2,无\",2028年1月31日；长期,12年,知识产权风险防控服务；rights-aid,生物医药/人工智能、生物医药,中文 、英语,线上|工作站,曾任审查员。,20km,4\n";
    let read = read_bytes(sheet.as_bytes());
    assert_eq!(read.rows, [(3, wang())]);
    assert_eq!(told(&read.problems), [(None, "序号", "", ProblemCode::UnknownColumn)]);
    assert!(read.problems.iter().all(|problem| problem.code.is_note()));
}

#[test]
fn the_smallest_row_leaves_the_rest_to_the_office() {
    let read = read_bytes(
        "Name,Firm,Firm type,Email,District,Services\nWang,W,law-firm,w@firm.test,Haidian,\"咨询、培训\"\n".as_bytes(),
    );
    assert_eq!(read.problems, []);
    let expected = ExpertDraft {
        name: "Wang".into(),
        firm: "W".into(),
        firm_type: FirmType::LawFirm,
        email: "w@firm.test".into(),
        phone: None,
        region: "110108".into(),
        lat: None,
        lon: None,
        qualifications: Vec::new(),
        years: None,
        services: vec!["mixed".into()],
        industries: Vec::new(),
        languages: Vec::new(),
        modes: Vec::new(),
        bio: String::new(),
        max_distance_km: None,
        monthly_cap: None,
    };
    assert_eq!(read.rows, [(2, expected)]);
}

#[test]
fn what_is_written_is_read_back_from_both_formats_in_both_languages() {
    let one_qualification = ExpertDraft {
        email: "li@court.test".into(),
        firm_type: FirmType::Authority,
        qualifications: vec![QualificationDraft {
            kind: "律师".into(),
            number: None,
            valid_until: Some(date(2027, 12, 31)),
        }],
        bio: "=HYPERLINK(\"http://evil.test\")\n第二行".into(),
        ..wang()
    };
    let no_qualification = ExpertDraft {
        email: "zhao@firm.test".into(),
        qualifications: Vec::new(),
        phone: Some("+86 10 6251".into()),
        ..wang()
    };
    let drafts = [wang(), one_qualification, no_qualification];
    let rows = drafts.each_ref().map(cells);
    for chinese in [true, false] {
        let headers: Vec<&str> = COLUMNS.iter().map(|column| if chinese { column.zh } else { column.name }).collect();
        for bytes in [write_csv(&headers, &rows), write_xlsx(&headers, &rows).expect("a workbook")] {
            let read = read_bytes(&bytes);
            assert_eq!(read.problems, []);
            assert_eq!(read.rows.into_iter().map(|(_, draft)| draft).collect::<Vec<_>>(), drafts);
        }
    }
}

#[test]
fn a_bad_row_tells_all_its_flaws_and_hides_no_good_one() {
    let headers = [
        "姓名",
        "单位",
        "单位类型",
        "邮箱",
        "区",
        "服务事项",
        "纬度",
        "经度",
        "资质类型",
        "证书编号",
        "有效期至",
        "从业年限",
        "语言",
        "服务方式",
        "每月上限",
    ];
    let good = |email: &str| {
        ["王", "所", "律所", email, "海淀区", "risk", "", "", "", "", "", "", "", "", ""].map(Cell::text).to_vec()
    };
    let bad = [
        "",
        "所",
        "工厂",
        "wang.firm",
        "火星区",
        "risk、修电脑",
        "116.3",
        "北纬",
        "律师、工程师",
        "甲",
        "2028-02-30、无",
        "三",
        "英语、火星语",
        "心灵感应",
        "200",
    ];
    let mut shared = good("WANG@firm.test");
    if let Some(date) = shared.get_mut(10) {
        *date = Cell::Number(46_783.0);
    }
    let rows =
        [good("wang@firm.test"), bad.map(Cell::text).to_vec(), good("wang@firm.test"), good("li@firm.test"), shared];
    for bytes in [write_csv(&headers, &rows), write_xlsx(&headers, &rows).expect("a workbook")] {
        let read = read_bytes(&bytes);
        assert_eq!(
            read.rows.iter().map(|(row, draft)| (*row, draft.email.as_str())).collect::<Vec<_>>(),
            [(2, "wang@firm.test"), (5, "li@firm.test")]
        );
        let expected = [
            (Some(3), "姓名", "", ProblemCode::MissingValue),
            (Some(3), "单位类型", "工厂", ProblemCode::UnknownWord),
            (Some(3), "邮箱", "wang.firm", ProblemCode::BadEmail),
            (Some(3), "区", "火星区", ProblemCode::UnknownRegion),
            (Some(3), "纬度", "116.3", ProblemCode::OutOfRange),
            (Some(3), "经度", "北纬", ProblemCode::BadNumber),
            (Some(3), "证书编号", "甲", ProblemCode::UnevenList),
            (Some(3), "有效期至", "2028-02-30", ProblemCode::BadDate),
            (Some(3), "从业年限", "三", ProblemCode::BadNumber),
            (Some(3), "服务事项", "修电脑", ProblemCode::UnknownService),
            (Some(3), "语言", "火星语", ProblemCode::UnknownWord),
            (Some(3), "服务方式", "心灵感应", ProblemCode::UnknownWord),
            (Some(3), "每月上限", "200", ProblemCode::OutOfRange),
            (Some(4), "邮箱", "wang@firm.test", ProblemCode::Repeated),
            (
                Some(6),
                "有效期至",
                if bytes.starts_with(b"PK") { "2028-01-31" } else { "46783" },
                ProblemCode::UnevenList,
            ),
        ];
        assert_eq!(told(&read.problems), expected);
    }
}

#[test]
fn dates_and_numbers_of_excel_are_read_however_they_were_typed() {
    let headers = ["姓名", "单位", "单位类型", "邮箱", "区", "服务事项", "资质类型", "有效期至", "从业年限"];
    let row = |email: &str, date: Cell, years: Cell| {
        let mut cells = ["王", "所", "律所", email, "海淀区", "risk", "律师"].map(Cell::text).to_vec();
        cells.extend([date, years]);
        cells
    };
    let rows = [
        row("a@f.test", Cell::Date(date(2028, 1, 31)), Cell::Number(12.0)),
        row("b@f.test", Cell::text("2028/1/31"), Cell::text("１２ 年")),
        row("c@f.test", Cell::Number(46_783.0), Cell::text("12.0")),
        row("d@f.test", Cell::Number(20_280_131.0), Cell::text("12")),
        row("e@f.test", Cell::Number(7.0), Cell::Number(3.5)),
    ];
    let read = read_bytes(&write_xlsx(&headers, &rows).expect("a workbook"));
    assert_eq!(read.rows.len(), 4);
    for (_, draft) in read.rows {
        assert_eq!(
            (draft.qualifications[0].valid_until, draft.years),
            (Some(date(2028, 1, 31)), Some(12)),
            "{}",
            draft.email
        );
    }
    assert_eq!(
        told(&read.problems),
        [(Some(6), "有效期至", "7", ProblemCode::BadDate), (Some(6), "从业年限", "3.5", ProblemCode::BadNumber)]
    );
}

#[test]
fn flaws_of_the_whole_sheet_are_told() {
    let full = "姓名,单位,单位类型,邮箱,区,服务事项\n";
    let cases: [(&[u8], ProblemCode); 7] = [
        (b"", ProblemCode::Empty),
        (b"\n , \n", ProblemCode::Empty),
        (full.as_bytes(), ProblemCode::Empty),
        (b"PK\x03\x04 no workbook", ProblemCode::NotASheet),
        (b"%PDF-1.7\n\x01\x02", ProblemCode::NotASheet),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", ProblemCode::OldOrLocked),
        (&vec![b'a'; LARGEST_FILE + 1], ProblemCode::TooLarge),
    ];
    for (bytes, code) in cases {
        let read = read_bytes(bytes);
        assert_eq!((read.rows.len(), told(&read.problems)), (0, vec![(None, "", "", code)]));
    }
    let read = read_bytes("姓名,单位,单位类型,区\n王,所,律所,海淀区\n".as_bytes());
    let missing = [
        (None, "邮箱 / email", "", ProblemCode::MissingColumn),
        (None, "服务事项 / services", "", ProblemCode::MissingColumn),
    ];
    assert_eq!((read.rows.len(), told(&read.problems)), (0, missing.to_vec()));
}
