//! Tests of the accepted offer's page and its feedback form.

use super::super::sample;
use super::*;
use crate::domain::feedback::FiledBy;
use crate::mail::letter::sample as letters;
use askama::Template;
use chrono::TimeDelta;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn entry() -> AttachmentEntry {
    AttachmentEntry {
        id: letters::ID.parse().expect("an id"),
        name: "权利要求对照<1>.pdf".into(),
        media_type: "application/pdf".into(),
        size: 1_449_000,
        sha256: String::new(),
        added_at: letters::now().naive_utc(),
    }
}

#[test]
fn an_accepted_offer_shows_contact_files_and_both_forms() {
    for l in sample::languages() {
        let entered = Some(Entered { text: "代录".into(), may_contest: true });
        let typed = Typed { entered, ..Typed::default() };
        let page =
            page(sample::frame(l), "/l/token", &letters::need(), &letters::offer(), &[entry()], typed, letters::now());
        let html = page.render().expect("renders");
        assert!(!html.contains('⟦'), "{html}");
        assert!(html.contains("tel:13900001111") && html.contains("mailto:he@yanshi.example"));
        assert!(html.contains(&format!("/l/token/files/{}", letters::ID)) && html.contains("1.4 MB"));
        assert!(html.contains("data-draft=\"/l/token?act=draft\""));
        assert_eq!(
            html.matches("<details class=\"act\" name=\"act\" open").count(),
            1,
            "feedback is open, the way out is not"
        );
        for act in ["feedback", "draft", "release", "contest"] {
            assert_eq!(html.matches(&format!("name=\"act\" value=\"{act}\"")).count(), 1, "{act}");
        }
        for name in DECLARATIONS {
            assert!(html.contains(&format!("name=\"{name}\" value=\"yes\"")), "{name}");
        }
        // Not later than today, however far off the day that was wanted.
        assert!(html.contains("name=\"served_on\" type=\"date\" max=\"2026-05-06\" value=\"2026-05-06\""));
    }
}

#[test]
fn feedback_that_comes_back_is_filled_and_says_what_is_wrong() {
    for l in sample::languages() {
        let line = |field: &str| crate::web::form::WrongField { field: field.into(), text: "请勾选".into() };
        let typed = Typed {
            feedback: fields(&[
                ("done", "比对了<三处>"),
                ("hours", "四"),
                ("outcome", "partly"),
                ("no_gift", "yes"),
                ("served_on", "2026-05-05"),
            ]),
            kept_at: Some(letters::now()),
            wrong: Wrong { list: vec![line("hours"), line("no_touting")] },
            ..Typed::default()
        };
        let page = page(sample::frame(l), "/l/token", &letters::need(), &letters::offer(), &[], typed, letters::now());
        let html = page.render().expect("renders");
        assert!(
            html.contains("比对了&#60;三处&#62;")
                && html.contains("value=\"四\"")
                && html.contains("value=\"2026-05-05\"")
        );
        assert!(html.contains("value=\"partly\" checked") && html.contains("name=\"no_gift\" value=\"yes\" checked"));
        assert!(html.contains("id=\"no_touting-error\"") && html.contains("href=\"#no_touting\""));
        assert_eq!(html.matches("<details class=\"act\" name=\"act\" open").count(), 1);
    }
}

#[test]
fn what_cannot_be_read_is_named_and_never_filed() {
    let today = NaiveDate::from_ymd_opt(2026, 5, 6).expect("a date");
    let cases: [(&[(&str, &str)], &[&str]); 4] = [
        (&[("hours", "1，5"), ("served_on", "2026-05-05")], &[]),
        (&[("hours", ""), ("served_on", "")], &["hours"]),
        (&[("hours", "半天"), ("served_on", "5月5日")], &["hours", "served_on"]),
        (&[("hours", "2"), ("served_on", "2026-02-30")], &["served_on"]),
    ];
    for (typed, expected) in cases {
        let (input, unread) = feedback(&fields(typed), today);
        let named: Vec<&str> = unread.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(named, expected, "{typed:?}");
        assert_eq!(input.hours.is_nan(), expected.contains(&"hours"));
        assert_eq!(input.served_on.is_some_and(|day| day > today), expected.contains(&"served_on"));
    }
}

#[test]
fn what_was_filed_is_shown_with_thanks() {
    let file = sample::file(AssignmentState::Done, crate::domain::need::SeatState::Done);
    let filed = FeedbackRow {
        id: letters::ID.parse().expect("an id"),
        need: file.need.id,
        assignment: file.row.id,
        done: "比对三处结构。\n给了避让建议。".into(),
        hours: 3.5,
        served_on: NaiveDate::from_ymd_opt(2026, 5, 5).expect("a date"),
        outcome: Outcome::FollowUp,
        follow_up: None,
        no_gift: true,
        no_promotion: true,
        no_touting: true,
        filed_by: FiledBy::Link,
        entered_by: None,
        filed_at: (letters::now() + TimeDelta::hours(1)).naive_utc(),
    };
    for l in sample::languages() {
        let html = done_page(sample::frame(l), &letters::need(), "顾明岚", &filed).render().expect("renders");
        assert!(!html.contains('⟦'), "{html}");
        assert!(html.contains("3.5") && html.contains("给了避让建议。") && !html.contains("<form"));
        assert!(html.contains(&l.t("outcome-follow-up")) && !html.contains("13900001111"));
    }
}

#[test]
fn sizes_are_told_in_whole_kilobytes_or_tenths_of_megabytes() {
    for (bytes, expected) in
        [(0, "1 KB"), (999, "1 KB"), (82_400, "83 KB"), (1_449_000, "1.4 MB"), (20_000_000, "20.0 MB")]
    {
        assert_eq!(size(bytes), expected);
    }
}
