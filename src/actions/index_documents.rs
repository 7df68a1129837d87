//! What the index is told of needs, feedback, experts and enterprises.
//!
//! The one place that decides what can be found and by whom: contact data is left out, a feedback is seen by those who see
//! its need, an expert by everybody (the register is one for the whole city), an enterprise by those who see its region or
//! one of its needs.

use super::Done;
use crate::db;
use crate::db::Conn;
use crate::db::enterprise::EnterpriseRow;
use crate::db::expert::ExpertRow;
use crate::db::indexed::{self, FeedbackText};
use crate::db::need::NeedRow;
use crate::domain::catalogue;
use crate::ids::EnterpriseId;
use crate::ids::ExpertId;
use crate::ids::NeedId;
use crate::search::{Changed, Document, Kind, SeenBy};
use chrono::NaiveDateTime;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Rows read at a time.
const AT_A_TIME: i64 = 1_000;

/// The documents of everything that changed, and whose documents they replace. What is no longer in the database is
/// replaced by nothing. A need takes its enterprise with it (who may see the enterprise depends on where its needs are), and
/// a changed enterprise its needs, which are found by its name.
///
/// # Errors
/// What the database says.
pub fn documents_of(conn: &mut Conn, changed: &Changed) -> Done<(BTreeSet<String>, Vec<Document>)> {
    let mut documents = Vec::new();
    let mut enterprises: BTreeSet<EnterpriseId> = parsed(&changed.enterprises).into_iter().collect();
    let mut needs: BTreeSet<NeedId> = parsed(&changed.needs).into_iter().collect();
    let renamed: Vec<EnterpriseId> = enterprises.iter().copied().collect();
    needs.extend(indexed::needs_of_enterprises(conn, &renamed)?);
    let mut subjects: BTreeSet<String> = changed.needs.union(&changed.experts).cloned().collect();
    subjects.extend(needs.iter().map(ToString::to_string));
    let needs: Vec<NeedId> = needs.into_iter().collect();
    for ids in needs.chunks(AT_A_TIME as usize) {
        let rows = indexed::needs_of(conn, ids)?;
        enterprises.extend(rows.iter().map(|(row, _)| row.enterprise));
        of_needs(conn, rows, &mut documents)?;
    }
    for ids in parsed::<ExpertId>(&changed.experts).chunks(AT_A_TIME as usize) {
        let rows = db::expert::by_ids(conn, ids)?;
        of_experts(conn, rows, &mut documents)?;
    }
    subjects.extend(enterprises.iter().map(ToString::to_string));
    subjects.extend(changed.enterprises.iter().cloned());
    let enterprises: Vec<EnterpriseId> = enterprises.into_iter().collect();
    for ids in enterprises.chunks(AT_A_TIME as usize) {
        let rows = db::enterprise::by_ids(conn, ids)?;
        of_enterprises(conn, rows, &mut documents)?;
    }
    Ok((subjects, documents))
}

/// Everything there is, a page at a time; `take` gets each page's documents.
///
/// # Errors
/// What the database or `take` says.
pub fn every_document(conn: &mut Conn, mut take: impl FnMut(Vec<Document>) -> Done<()>) -> Done<()> {
    let mut last = None;
    loop {
        let rows = indexed::needs_after(conn, last, AT_A_TIME)?;
        let Some((end, _)) = rows.last() else { break };
        last = Some(end.id);
        let mut documents = Vec::with_capacity(rows.len() * 2);
        of_needs(conn, rows, &mut documents)?;
        take(documents)?;
    }
    let mut last = None;
    loop {
        let rows = indexed::experts_after(conn, last, AT_A_TIME)?;
        let Some(end) = rows.last() else { break };
        last = Some(end.id);
        let mut documents = Vec::with_capacity(rows.len());
        of_experts(conn, rows, &mut documents)?;
        take(documents)?;
    }
    let mut last = None;
    loop {
        let rows = indexed::enterprises_after(conn, last, AT_A_TIME)?;
        let Some(end) = rows.last() else { break };
        last = Some(end.id);
        let mut documents = Vec::with_capacity(rows.len());
        of_enterprises(conn, rows, &mut documents)?;
        take(documents)?;
    }
    Ok(())
}

fn parsed<T: std::str::FromStr>(ids: &BTreeSet<String>) -> Vec<T> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}

fn micros(at: NaiveDateTime) -> i64 {
    at.and_utc().timestamp_micros()
}

fn of_needs(conn: &mut Conn, rows: Vec<(NeedRow, String)>, documents: &mut Vec<Document>) -> Done<()> {
    let ids: Vec<NeedId> = rows.iter().map(|(row, _)| row.id).collect();
    let mut written: HashMap<NeedId, Vec<FeedbackText>> = HashMap::new();
    for text in indexed::feedback_of(conn, &ids)? {
        written.entry(text.need).or_default().push(text);
    }
    let mut offers: HashMap<NeedId, Vec<String>> = HashMap::new();
    for (need, number) in indexed::assignment_numbers_of(conn, &ids)? {
        offers.entry(need).or_default().push(number);
    }
    for (row, enterprise) in rows {
        let feedback = written.remove(&row.id).unwrap_or_default();
        let offers = offers.remove(&row.id).unwrap_or_default();
        documents.extend(feedback.iter().map(|text| of_feedback(&row, &enterprise, text)));
        documents.push(of_need(row, enterprise, offers, &feedback));
    }
    Ok(())
}

fn seen_as(row: &NeedRow) -> SeenBy {
    SeenBy::Within { regions: vec![row.region.clone()], stations: vec![row.station.to_string()] }
}

fn of_need(row: NeedRow, enterprise: String, offers: Vec<String>, feedback: &[FeedbackText]) -> Document {
    let id = row.id.to_string();
    let seen_by = seen_as(&row);
    let industries = row.industries.get();
    let names = vec![enterprise.clone()];
    let mut body = vec![row.description, enterprise];
    body.extend(row.opposing_party);
    body.extend(row.opposing_agent);
    body.extend(feedback.iter().map(|text| text.done.clone()));
    let mut numbers = vec![row.number];
    numbers.extend(offers);
    Document {
        heading: row.title,
        body,
        names,
        numbers,
        regions: vec![row.region],
        stations: vec![row.station.to_string()],
        state: row.state.as_str().to_owned(),
        services: row.services.get(),
        industries,
        enterprise: row.enterprise.to_string(),
        created_at: micros(row.created_at),
        ..Document::new(Kind::Need, &id, &id, seen_by)
    }
}

fn of_feedback(need: &NeedRow, enterprise: &str, text: &FeedbackText) -> Document {
    let mut body = vec![text.done.clone(), enterprise.to_owned()];
    body.extend(text.follow_up.clone());
    Document {
        heading: need.title.clone(),
        body,
        names: vec![enterprise.to_owned()],
        numbers: vec![need.number.clone()],
        regions: vec![need.region.clone()],
        stations: vec![need.station.to_string()],
        state: need.state.as_str().to_owned(),
        services: need.services.get(),
        enterprise: need.enterprise.to_string(),
        created_at: micros(text.filed_at),
        ..Document::new(Kind::Feedback, text.id.as_str(), need.id.as_str(), seen_as(need))
    }
}

fn of_experts(conn: &mut Conn, rows: Vec<ExpertRow>, documents: &mut Vec<Document>) -> Done<()> {
    let ids: Vec<ExpertId> = rows.iter().map(|row| row.id).collect();
    let mut held: HashMap<ExpertId, Vec<String>> = HashMap::new();
    for row in indexed::qualifications_of(conn, &ids)? {
        let told = held.entry(row.expert).or_default();
        told.push(row.kind);
        told.extend(row.number);
    }
    for row in rows {
        let qualifications = held.remove(&row.id).unwrap_or_default();
        let id = row.id.to_string();
        let services = row.services.get();
        let industries = row.industries.get();
        let mut body = vec![row.firm.clone(), row.bio, industries.join(" "), qualifications.join("\n")];
        for item in services.iter().filter_map(|slug| catalogue::by_slug(slug)) {
            body.extend([item.zh.to_owned(), item.en.to_owned()]);
        }
        documents.push(Document {
            names: vec![row.name.clone(), row.firm],
            heading: row.name,
            body,
            numbers: row.filed_number.into_iter().collect(),
            regions: vec![row.region],
            state: row.standing.as_str().to_owned(),
            services,
            industries,
            created_at: micros(row.created_at),
            ..Document::new(Kind::Expert, &id, &id, SeenBy::Everybody)
        });
    }
    Ok(())
}

fn of_enterprises(conn: &mut Conn, rows: Vec<EnterpriseRow>, documents: &mut Vec<Document>) -> Done<()> {
    let ids: Vec<EnterpriseId> = rows.iter().map(|row| row.id).collect();
    let mut served: BTreeMap<EnterpriseId, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for (enterprise, station, region) in indexed::where_served(conn, &ids)? {
        let (regions, stations) = served.entry(enterprise).or_default();
        regions.insert(region);
        stations.insert(station.to_string());
    }
    for row in rows {
        let id = row.id.to_string();
        let (mut regions, stations) = served.remove(&row.id).unwrap_or_default();
        regions.insert(row.region.clone());
        let stations: Vec<String> = stations.into_iter().collect();
        let seen_by = SeenBy::Within { regions: regions.into_iter().collect(), stations: stations.clone() };
        documents.push(Document {
            names: vec![row.name.clone()],
            heading: row.name,
            numbers: row.uscc.into_iter().collect(),
            regions: vec![row.region],
            stations,
            enterprise: id.clone(),
            created_at: micros(row.created_at),
            ..Document::new(Kind::Enterprise, &id, &id, seen_by)
        });
    }
    Ok(())
}
