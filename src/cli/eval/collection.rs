//! A judged collection as the product would hold it: experts and needs as rows, judgments by their places in the files.
//!
//! Source: contract.md, "Judged collections". What is wrong with the form of a line is an error that names the line; a
//! value the office does not know (a service of another city, say) is left out, and said.

use super::line::Line;
use super::line::lines;
use super::line::text_of;
use crate::actions::expert_pool::point;
use crate::db::JsonText;
use crate::db::expert::ExpertRow;
use crate::db::expert::LeaveRow;
use crate::db::expert::QualificationRow;
use crate::db::need::NeedRow;
use crate::domain::calendar::beijing_date;
use crate::domain::catalogue;
use crate::domain::expert::FirmType;
use crate::domain::firm;
use crate::domain::need::Form;
use crate::domain::need::Mode;
use crate::domain::need::NeedState;
use crate::domain::need::Urgency;
use crate::domain::place::Point;
use crate::domain::policy::Policy;
use crate::domain::region;
use crate::domain::standing::Standing;
use crate::ids::AccountId;
use crate::ids::EnterpriseId;
use crate::ids::ExpertId;
use crate::ids::LeaveId;
use crate::ids::NeedId;
use crate::ids::QualificationId;
use crate::ids::StationId;
use crate::ids::uuid_v7;
use crate::search::analyzer;
use crate::search::lexicon;
use crate::search::relevance::EXCLUDED;
use crate::search::relevance::HIGHEST;
use chrono::DateTime;
use chrono::Days;
use chrono::NaiveDate;
use chrono::Utc;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

/// An expert's rows: the record, the qualifications, the absences.
pub type ExpertRows = (ExpertRow, Vec<QualificationRow>, Vec<LeaveRow>);

/// One expert of a collection.
pub struct JudgedExpert {
    /// The id in the file.
    pub id: String,
    /// As the register would hold him.
    pub rows: ExpertRows,
}

/// One need of a collection.
pub struct JudgedNeed {
    /// The id in the file.
    pub id: String,
    /// How it is written, where the collection says.
    pub class: Option<String>,
    /// As the office would hold it; its services are empty where the file names none.
    pub row: NeedRow,
    /// The enterprise's name.
    pub enterprise: String,
    /// Whether the file says by which channel. Where it does not, every expert is taken to offer it.
    pub mode_stated: bool,
    /// Grades by the expert's place in the file.
    pub grades: HashMap<usize, i8>,
}

/// A collection, read.
pub struct Collection {
    /// The experts, in the order of the file.
    pub experts: Vec<JudgedExpert>,
    /// The needs, in the order of the file.
    pub needs: Vec<JudgedNeed>,
    /// How many judgments.
    pub judgments: usize,
    /// What was left out, each once, with file and line of the first.
    pub remarks: Vec<String>,
}

/// Reads the three files.
///
/// # Errors
/// One line with file and line number for the first that cannot be read.
pub fn read(experts: &Path, needs: &Path, judgments: &Path, now: DateTime<Utc>) -> Result<Collection, String> {
    let mut collection = Collection { experts: Vec::new(), needs: Vec::new(), judgments: 0, remarks: Vec::new() };
    let mut expert_places = HashMap::new();
    for line in lines(experts)? {
        let expert = expert(&line, collection.experts.len(), now, &mut collection.remarks)?;
        once(&mut expert_places, &expert.id, collection.experts.len(), line.place())?;
        collection.experts.push(expert);
    }
    let mut need_places = HashMap::new();
    for line in lines(needs)? {
        let need = need(&line, collection.needs.len(), now, &mut collection.remarks)?;
        once(&mut need_places, &need.id, collection.needs.len(), line.place())?;
        collection.needs.push(need);
    }
    for (number, line) in text_of(judgments)?.lines().enumerate() {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let heading = number == 0 && cells.first() == Some(&"need_id");
        if heading || line.trim().is_empty() {
            continue;
        }
        let place = format!("{}:{}", judgments.display(), number + 1);
        let [need, expert, grade] = cells.as_slice() else {
            return Err(format!("{place}: expected need_id, expert_id and grade, parted by tabs"));
        };
        let grade = grade.parse::<i8>().ok().filter(|grade| (EXCLUDED..=HIGHEST).contains(grade));
        let grade = grade.ok_or_else(|| format!("{place}: grade: expected -1, 0, 1, 2 or 3"))?;
        let expert = expert_places.get(*expert).ok_or_else(|| format!("{place}: expert {expert} is in no line"))?;
        let need = need_places.get(*need).and_then(|at: &usize| collection.needs.get_mut(*at));
        let need = need.ok_or_else(|| format!("{place}: need {} is in no line", cells.first().unwrap_or(&"")))?;
        if need.grades.insert(*expert, grade).is_some() {
            return Err(format!("{place}: judged twice"));
        }
        collection.judgments += 1;
    }
    collection.remarks = each_once(collection.remarks);
    if collection.judgments == 0 {
        return Err(format!("{}: holds no judgment", judgments.display()));
    }
    Ok(collection)
}

/// Remarks that differ only in where they stand become one, which says how often.
fn each_once(remarks: Vec<String>) -> Vec<String> {
    let mut told: Vec<(String, String, usize)> = Vec::new();
    for remark in remarks {
        let (place, what) = remark.split_once(": ").unwrap_or(("", &remark));
        match told.iter_mut().find(|(_, known, _)| known == what) {
            Some((_, _, times)) => *times += 1,
            None => told.push((place.to_owned(), what.to_owned(), 1)),
        }
    }
    let line = |(place, what, times): (String, String, usize)| {
        if times == 1 { format!("{place}: {what}") } else { format!("{place}: {what} ({times} times)") }
    };
    told.into_iter().map(line).collect()
}

fn once(places: &mut HashMap<String, usize>, id: &str, at: usize, place: &str) -> Result<(), String> {
    match places.entry(id.to_owned()) {
        Entry::Vacant(free) => {
            free.insert(at);
            Ok(())
        }
        Entry::Occupied(_) => Err(format!("{place}: id {id} occurs twice")),
    }
}

/// An id for a row that never meets a database: the same every time, rising with the place in the file.
fn minted(at: usize) -> [u8; 36] {
    uuid_v7(u64::try_from(at).unwrap_or(u64::MAX), &[0; 10])
}

fn id(line: &Line) -> Result<String, String> {
    line.text("id")?.ok_or_else(|| format!("{}: id: missing", line.place()))
}

fn expert(line: &Line, at: usize, now: DateTime<Utc>, remarks: &mut Vec<String>) -> Result<JudgedExpert, String> {
    let id = id(line)?;
    let policy = Policy::default();
    let expert_id = ExpertId::from_minted(minted(at));
    let firm = line.name("firm")?.unwrap_or_default();
    let today = beijing_date(now);
    let services = services(line, remarks)?;
    let place = coordinates(line, remarks)?;
    let mut modes = Vec::new();
    for text in line.texts("modes")? {
        match mode(&text) {
            Some(mode) => modes.push(mode),
            None => remarks.push(format!("{}: modes: {text} is no channel we know", line.place())),
        }
    }
    let row = ExpertRow {
        id: expert_id,
        name: line.text("name")?.unwrap_or_default(),
        firm_key: firm::normalised(&firm),
        firm,
        firm_type: line.text("firm_type")?.and_then(|text| text.parse().ok()).unwrap_or(FirmType::Other),
        email_mark: String::new(),
        phone_mark: None,
        region: region_code(line, remarks)?,
        lat: place.map(Point::lat),
        lon: place.map(Point::lon),
        years: whole(line.number("years")?).unwrap_or(0),
        bio: line.text("bio")?.unwrap_or_default(),
        services: JsonText::of(&services),
        industries: JsonText::of(&line.texts("industries")?),
        languages: JsonText::of(&line.texts("languages")?),
        modes: JsonText::of(&modes),
        max_distance_km: whole(line.number("max_distance_km")?),
        monthly_cap: whole(line.number("monthly_cap")?).unwrap_or(policy.monthly_cap),
        open_cap: policy.open_cap,
        standing: standing(line, remarks)?,
        standing_why: None,
        filed_number: None,
        language: "zh".to_owned(),
        created_at: long_ago(now).naive_utc(),
        updated_at: now.naive_utc(),
        version: 1,
    };
    let mut leaves = Vec::new();
    if line.flag("on_leave")?.unwrap_or(false) {
        // The state holds for the whole run, on whatever day a service is wanted.
        let id = LeaveId::from_minted(minted(at));
        leaves.push(LeaveRow { id, expert: expert_id, from_on: today, to_on: NaiveDate::MAX, reason: None });
    }
    let qualifications = qualifications(line, at, expert_id, today, remarks)?;
    Ok(JudgedExpert { id, rows: (row, qualifications, leaves) })
}

/// The flag decides whether they are valid; only where it is absent do the dates.
fn qualifications(
    line: &Line,
    at: usize,
    expert: ExpertId,
    today: NaiveDate,
    remarks: &mut Vec<String>,
) -> Result<Vec<QualificationRow>, String> {
    let mut rows = Vec::new();
    for [kind, number, valid_until] in line.records("qualifications", ["type", "number", "valid_until"])? {
        let read = valid_until.as_deref().map(str::parse::<NaiveDate>);
        if let (Some(text), Some(Err(_))) = (&valid_until, &read) {
            remarks.push(format!("{}: valid_until: {text} is no date such as 2027-06-30", line.place()));
        }
        let id = QualificationId::from_minted(minted(at));
        let valid_until = read.and_then(Result::ok);
        rows.push(QualificationRow::plain(id, expert, kind.unwrap_or_default(), number, valid_until));
    }
    let Some(expired) = line.flag("qualification_expired")? else { return Ok(rows) };
    if expired && rows.is_empty() {
        let id = QualificationId::from_minted(minted(at));
        rows.push(QualificationRow::plain(id, expert, String::new(), None, None));
    }
    let yesterday = today.checked_sub_days(Days::new(1));
    for row in &mut rows {
        row.valid_until = yesterday.filter(|_| expired);
    }
    Ok(rows)
}

fn need(line: &Line, at: usize, now: DateTime<Utc>, remarks: &mut Vec<String>) -> Result<JudgedNeed, String> {
    let id = id(line)?;
    let stated = match line.text("mode")? {
        None => None,
        Some(text) => {
            let known = mode(&text);
            if known.is_none() {
                remarks.push(format!("{}: mode: {text} is no channel we know", line.place()));
            }
            known
        }
    };
    let place = coordinates(line, remarks)?;
    let languages = line.texts("language")?;
    let row = NeedRow {
        id: NeedId::from_minted(minted(at)),
        number: id.clone(),
        state: NeedState::Open,
        title: line.text("title")?.unwrap_or_default(),
        description: line.text("description")?.unwrap_or_default(),
        enterprise: EnterpriseId::from_minted(minted(at)),
        contact_name: String::new(),
        contact_phone: None,
        contact_email: None,
        consent: None,
        station: StationId::from_minted(minted(0)),
        owner: AccountId::from_minted(minted(0)),
        services: JsonText::of(&services(line, remarks)?),
        industries: JsonText::of(&line.texts("industries")?),
        region: region_code(line, remarks)?,
        lat: place.map(Point::lat),
        lon: place.map(Point::lon),
        mode: stated.unwrap_or(Mode::Online),
        form: if stated == Some(Mode::Training) { Form::Training } else { Form::Consultation },
        language: languages.into_iter().next().unwrap_or_else(|| "zh".to_owned()),
        urgency: Urgency::Normal,
        wanted_by: None,
        expected_hours: None,
        confidential: false,
        opposing_party: several(line, "opposing_party")?,
        opposing_agent: several(line, "opposing_agent")?,
        automatic: false,
        created_by: AccountId::from_minted(minted(0)),
        created_at: now.naive_utc(),
        updated_at: now.naive_utc(),
    };
    Ok(JudgedNeed {
        id,
        class: line.text("class")?,
        row,
        enterprise: line.name("enterprise")?.unwrap_or_default(),
        mode_stated: stated.is_some(),
        grades: HashMap::new(),
    })
}

/// Services by slug or name; what the catalogue does not hold is left out, and said.
fn services(line: &Line, remarks: &mut Vec<String>) -> Result<Vec<String>, String> {
    let mut slugs: Vec<String> = Vec::new();
    for text in line.texts("services")? {
        match catalogue::named(&text) {
            Some(item) if !slugs.iter().any(|slug| slug == item.slug) => slugs.push(item.slug.to_owned()),
            Some(_) => {}
            None => remarks.push(format!("{}: services: {text} is not in the catalogue", line.place())),
        }
    }
    Ok(slugs)
}

/// A region by code or name, a place within it included (望京).
fn region_code(line: &Line, remarks: &mut Vec<String>) -> Result<String, String> {
    let Some(text) = line.name("region")? else { return Ok(String::new()) };
    if let Some(known) = region::named(&text) {
        return Ok(known.code.to_owned());
    }
    let folded = analyzer::fold(&text);
    for concept in lexicon::lexicon().named(&folded) {
        let place = concept.votes.first().filter(|_| concept.kind == lexicon::Kind::Place);
        if let Some((code, _)) = place {
            return Ok((*code).to_owned());
        }
    }
    remarks.push(format!("{}: region: {text} is no region we know", line.place()));
    Ok(String::new())
}

fn coordinates(line: &Line, remarks: &mut Vec<String>) -> Result<Option<Point>, String> {
    let (lat, lon) = (line.number("lat")?, line.number("lon")?);
    let found = point(lat, lon);
    if found.is_none() && (lat.is_some() || lon.is_some()) {
        remarks.push(format!("{}: lat, lon: no point on the map", line.place()));
    }
    Ok(found)
}

fn mode(text: &str) -> Option<Mode> {
    let word = text.trim().to_lowercase();
    let chinese = [
        (Mode::Online, ["线上", "在线", "远程"]),
        (Mode::Station, ["到站", "驻站", "坐班"]),
        (Mode::Onsite, ["上门", "现场", "入企"]),
        (Mode::Phone, ["电话", "致电", "来电"]),
        (Mode::Training, ["培训", "讲座", "授课"]),
    ];
    word.parse().ok().or_else(|| Some(chinese.iter().find(|(_, words)| words.contains(&word.as_str()))?.0))
}

fn standing(line: &Line, remarks: &mut Vec<String>) -> Result<Standing, String> {
    let Some(text) = line.text("standing")? else { return Ok(Standing::Active) };
    let chinese = [
        ("在册", Standing::Active),
        ("已申请", Standing::Applied),
        ("审核中", Standing::Reviewing),
        ("暂停", Standing::Paused),
        ("停派", Standing::Suspended),
        ("退出", Standing::Withdrawn),
        ("除名", Standing::Removed),
    ];
    let known = text.to_lowercase().parse().ok();
    let known = known.or_else(|| Some(chinese.iter().find(|(word, _)| *word == text)?.1));
    Ok(known.unwrap_or_else(|| {
        remarks.push(format!("{}: standing: {text} is none we know, so he is not asked", line.place()));
        Standing::Suspended
    }))
}

/// Several names in one field, as the form takes them.
fn several(line: &Line, field: &str) -> Result<Option<String>, String> {
    let text = line.texts(field)?.join("、");
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn whole(number: Option<f64>) -> Option<i32> {
    let number = number?.round();
    #[expect(clippy::cast_possible_truncation, reason = "checked against the bounds before")]
    (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number).then_some(number as i32)
}

/// Nobody in a collection counts as a newcomer.
fn long_ago(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_sub_days(Days::new(3650)).unwrap_or(now)
}
