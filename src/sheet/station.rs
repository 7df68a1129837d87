//! A sheet of work stations (工作站), one a row, each with its head (站长) if there is one yet.

use super::layout::Column;
use super::row::RowReader;
use super::{Cell, Lookup, SheetRead, read_rows};

const NAME: Column =
    Column { name: "name", zh: "名称", also: &["工作站名称", "工作站", "station"], required: true };
const REGION: Column =
    Column { name: "region", zh: "区", also: &["所在区", "区域", "地区", "district"], required: true };
const ADDRESS: Column =
    Column { name: "address", zh: "地址", also: &["详细地址", "办公地址"], required: true };
const PHONE: Column = Column { name: "phone", zh: "电话", also: &["联系电话", "咨询电话"], required: true };
const SUPERVISION_PHONE: Column =
    Column { name: "supervision_phone", zh: "监督电话", also: &["投诉电话"], required: true };
const LAT: Column = Column { name: "lat", zh: "纬度", also: &["latitude"], required: false };
const LON: Column = Column { name: "lon", zh: "经度", also: &["longitude", "lng"], required: false };
const HEAD_NAME: Column =
    Column { name: "head_name", zh: "站长姓名", also: &["站长", "负责人"], required: false };
const HEAD_EMAIL: Column =
    Column { name: "head_email", zh: "站长邮箱", also: &["负责人邮箱"], required: false };

/// The columns of a sheet of stations, in the order we write them.
pub static COLUMNS: &[&Column] =
    &[&NAME, &REGION, &ADDRESS, &PHONE, &SUPERVISION_PHONE, &LAT, &LON, &HEAD_NAME, &HEAD_EMAIL];

/// A station as a sheet gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct StationDraft {
    /// 名称. No two rows have the same.
    pub name: String,
    /// The region's code.
    pub region: String,
    /// 地址.
    pub address: String,
    /// 电话, as typed.
    pub phone: String,
    /// 监督电话, as typed.
    pub supervision_phone: String,
    /// Degrees north; there exactly if `lon` is.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// 站长姓名; there exactly if `head_email` is.
    pub head_name: Option<String>,
    /// 站长邮箱, checked for its outline only.
    pub head_email: Option<String>,
}

/// Reads a sheet of stations.
#[must_use]
pub fn read(bytes: &[u8], lookup: &Lookup<'_>) -> SheetRead<StationDraft> {
    read_rows(bytes, COLUMNS, |row| draft(row, lookup), |draft| (&NAME, draft.name.clone()))
}

fn draft(row: &mut RowReader<'_>, lookup: &Lookup<'_>) -> StationDraft {
    let name = row.text(&NAME);
    let region = row.region(&REGION, lookup);
    let address = row.text(&ADDRESS);
    let phone = row.text(&PHONE);
    let supervision_phone = row.text(&SUPERVISION_PHONE);
    let (lat, lon) = row.place(&LAT, &LON);
    let head_name = row.optional_text(&HEAD_NAME);
    let head_email = row.email(&HEAD_EMAIL);
    row.both_or_neither((&HEAD_NAME, head_name.is_some()), (&HEAD_EMAIL, head_email.is_some()));
    StationDraft { name, region, address, phone, supervision_phone, lat, lon, head_name, head_email }
}

/// The station's cells under [`COLUMNS`]; the region as the draft holds it.
#[must_use]
pub fn cells(draft: &StationDraft) -> Vec<Cell> {
    vec![
        Cell::text(&draft.name),
        Cell::text(&draft.region),
        Cell::text(&draft.address),
        Cell::text(&draft.phone),
        Cell::text(&draft.supervision_phone),
        Cell::number(draft.lat),
        Cell::number(draft.lon),
        Cell::text(draft.head_name.as_deref().unwrap_or_default()),
        Cell::text(draft.head_email.as_deref().unwrap_or_default()),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::{ProblemCode, write_csv, write_xlsx};
    use super::*;

    fn lookup<T>(ask: impl FnOnce(&Lookup<'_>) -> T) -> T {
        let region = |text: &str| ["海淀区", "110108"].contains(&text).then(|| "110108".to_owned());
        ask(&Lookup { region: &region, service: &|_| None })
    }

    #[test]
    fn what_is_written_is_read_back() {
        let full = StationDraft {
            name: "中关村工作站".into(),
            region: "110108".into(),
            address: "海淀大街 1 号,A 座\n二层".into(),
            phone: "010-62510000".into(),
            supervision_phone: "+86 10 12330".into(),
            lat: Some(39.983_424),
            lon: Some(116.322_987),
            head_name: Some("@李站长".into()),
            head_email: Some("li@station.test".into()),
        };
        let bare = StationDraft {
            name: "=上地".into(),
            lat: None,
            lon: None,
            head_name: None,
            head_email: None,
            ..full.clone()
        };
        let rows = [cells(&full), cells(&bare)];
        for chinese in [true, false] {
            let headers: Vec<&str> =
                COLUMNS.iter().map(|column| if chinese { column.zh } else { column.name }).collect();
            for bytes in [write_csv(&headers, &rows), write_xlsx(&headers, &rows).expect("a workbook")] {
                let read = lookup(|lookup| read(&bytes, lookup));
                assert_eq!(read.problems, []);
                assert_eq!(read.rows, [(2, full.clone()), (3, bare.clone())]);
            }
        }
    }

    #[test]
    fn flaws_are_told_and_good_rows_stay() {
        let sheet = "名称,区,地址,电话,监督电话,纬度,经度,站长,站长邮箱\n\
                     甲站,海淀区,路 1,1,2,39.9,,李,\n\
                     乙站,海淀区,路 2,1,2,,,,\n\
                     乙站,火星区,路 3,1,2,116.3,39.9,,\n\
                     乙站,110108,路 4,1,,,,,\n\
                     乙站,110108,路 5,1,2,,,,\n";
        let read = lookup(|lookup| read(sheet.as_bytes(), lookup));
        assert_eq!(
            read.rows.iter().map(|(row, draft)| (*row, draft.address.as_str())).collect::<Vec<_>>(),
            [(3, "路 2")]
        );
        let told: Vec<_> = read
            .problems
            .iter()
            .map(|p| (p.row, p.column.as_str(), p.value.as_str(), p.code, p.hint.as_str()))
            .collect();
        let expected = [
            (Some(2), "纬度", "", ProblemCode::HalfAPair, "经度"),
            (Some(2), "站长", "", ProblemCode::HalfAPair, "站长邮箱"),
            (Some(4), "区", "火星区", ProblemCode::UnknownRegion, ""),
            (Some(4), "纬度", "116.3", ProblemCode::OutOfRange, "-90–90"),
            (Some(5), "监督电话", "", ProblemCode::MissingValue, ""),
            (Some(6), "名称", "乙站", ProblemCode::Repeated, "3"),
        ];
        assert_eq!(told, expected);
    }
}
