//! What is applied is searchable, once; what was followed equals what is built from nothing.

use super::*;
use crate::domain::role::Scope;
use crate::search::{SearchQuery, SeenBy};

fn need(low: u8, title: &str) -> Document {
    let id = format!("n{low}");
    Document {
        heading: title.to_owned(),
        body: vec!["北京云谷科技有限公司".to_owned()],
        numbers: vec![format!("XQ-2026-{low:06}")],
        state: "open".to_owned(),
        services: vec!["risk".to_owned()],
        created_at: i64::from(low),
        ..Document::new(Kind::Need, &id, &id, SeenBy::Everybody)
    }
}

fn subjects(lows: &[u8]) -> BTreeSet<String> {
    lows.iter().map(|low| format!("n{low}")).collect()
}

fn mark(watermark: i64) -> Mark {
    Mark { database: "test".to_owned(), watermark }
}

fn found(index: &Index, text: &str) -> Vec<String> {
    let query = SearchQuery::new(text, Scope::Everything, 0);
    index.search(&query).unwrap().hits.into_iter().map(|hit| hit.id).collect()
}

#[test]
fn update_replaces_and_delete_removes() {
    let index = Index::in_memory().unwrap();
    index.apply(&subjects(&[1, 2]), &[need(1, "石墨烯电池"), need(2, "石墨烯涂层")], &mark(5)).unwrap();
    assert_eq!(index.len(), 2);
    index.apply(&subjects(&[1]), &[need(1, "激光雷达")], &mark(6)).unwrap();
    assert_eq!(index.len(), 2);
    assert_eq!(found(&index, "石墨烯"), ["n2"]);
    assert_eq!(found(&index, "激光雷达"), ["n1"]);
    index.apply(&subjects(&[1]), &[], &mark(7)).unwrap();
    assert_eq!(found(&index, "激光雷达"), [""; 0]);
    assert_eq!(index.len(), 1);
}

#[test]
fn what_goes_with_a_subject_goes_with_it() {
    let index = Index::in_memory().unwrap();
    let feedback =
        Document { heading: "反馈".to_owned(), ..Document::new(Kind::Feedback, "f1", "n1", SeenBy::Everybody) };
    index.apply(&subjects(&[1]), &[need(1, "石墨烯"), feedback], &mark(1)).unwrap();
    assert_eq!((index.count(Kind::Need).unwrap(), index.count(Kind::Feedback).unwrap()), (1, 1));
    index.apply(&subjects(&[1]), &[need(1, "石墨烯")], &mark(2)).unwrap();
    assert_eq!((index.count(Kind::Need).unwrap(), index.count(Kind::Feedback).unwrap()), (1, 0));
}

#[test]
fn a_followed_index_equals_one_built_from_nothing() {
    let followed = Index::in_memory().unwrap();
    for round in 0..5_u8 {
        for low in 0..40_u8 {
            let title = format!("第{}版 石墨烯 {}", round, low % 7);
            followed.apply(&subjects(&[low]), &[need(low, &title)], &mark(i64::from(round))).unwrap();
        }
    }
    followed.apply(&subjects(&[7]), &[], &mark(9)).unwrap();
    let built = Index::in_memory().unwrap();
    let all: Vec<Document> =
        (0..40_u8).rev().filter(|low| *low != 7).map(|low| need(low, &format!("第4版 石墨烯 {}", low % 7))).collect();
    built.add(&all).unwrap();
    built.finish(&mark(9)).unwrap();
    let print = built.fingerprint().unwrap();
    assert_eq!((print.documents, print.distinct), (39, 39));
    assert_eq!(followed.fingerprint().unwrap(), print);
    built.apply(&subjects(&[3]), &[need(3, "别的")], &mark(10)).unwrap();
    assert_ne!(built.fingerprint().unwrap().sum, print.sum, "one changed word is seen");
}

#[test]
fn a_write_that_panics_or_fails_leaves_the_last_commit() {
    let index = Index::in_memory().unwrap();
    index.apply(&subjects(&[1]), &[need(1, "石墨烯")], &mark(1)).unwrap();
    let failed = index.write(|writer| {
        writer.delete_term(Term::from_field_text(index.fields.subject, "n1"));
        Err(IndexFault::Absent)
    });
    assert!(failed.is_err());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        index.write(|writer| {
            writer.delete_term(Term::from_field_text(index.fields.subject, "n1"));
            panic!("in the middle")
        })
    }));
    assert!(panicked.is_err());
    index.apply(&subjects(&[2]), &[need(2, "涂层")], &mark(2)).unwrap();
    let best = |question| found(&index, question).first().cloned();
    assert_eq!((best("石墨烯"), best("涂层")), (Some("n1".to_owned()), Some("n2".to_owned())));
}
