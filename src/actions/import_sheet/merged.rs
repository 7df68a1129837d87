//! An expert's record with a sheet's row laid over it.

use crate::actions::register_expert::{ExpertInput, QualificationInput};
use crate::domain::contact::Phone;
use crate::domain::{catalogue, region};

/// The record with every filled cell of the row in it; `None` when that changes nothing. Order inside lists says nothing.
#[must_use]
pub(super) fn merged(recorded: &ExpertInput, row: &ExpertInput) -> Option<ExpertInput> {
    let mut input = recorded.clone();
    let mut differs = false;
    let mut take = |field: &mut String, filled: String| {
        if !filled.is_empty() && *field != filled {
            *field = filled;
            differs = true;
        }
    };
    take(&mut input.name, row.name.trim().to_owned());
    take(&mut input.firm, row.firm.trim().to_owned());
    take(&mut input.bio, row.bio.trim().to_owned());
    take(
        &mut input.region,
        region::named(&row.region).map_or_else(|| row.region.trim().to_owned(), |found| found.code.to_owned()),
    );
    if let Some(firm_type) = row.firm_type.as_ref().filter(|word| recorded.firm_type.as_ref() != Some(word)) {
        input.firm_type = Some(firm_type.clone());
        differs = true;
    }
    if let Some(typed) = row.phone.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let phone = typed.parse::<Phone>().map_or_else(|_| typed.to_owned(), |phone| phone.as_str().to_owned());
        if recorded.phone.as_ref() != Some(&phone) {
            input.phone = Some(phone);
            differs = true;
        }
    }
    if row.lat.is_some() && (row.lat, row.lon) != (recorded.lat, recorded.lon) {
        (input.lat, input.lon) = (row.lat, row.lon);
        differs = true;
    }
    if row.years != 0 && row.years != recorded.years {
        input.years = row.years;
        differs = true;
    }
    let services: Vec<String> = row
        .services
        .iter()
        .map(|wanted| catalogue::named(wanted).map_or_else(|| wanted.clone(), |item| item.slug.to_owned()))
        .collect();
    for (field, filled) in [
        (&mut input.services, &services),
        (&mut input.industries, &row.industries),
        (&mut input.languages, &row.languages),
        (&mut input.modes, &row.modes),
    ] {
        if !filled.is_empty() && !same_set(field, filled) {
            filled.clone_into(field);
            differs = true;
        }
    }
    if !row.qualifications.is_empty() && !same_papers(&recorded.qualifications, &row.qualifications) {
        row.qualifications.clone_into(&mut input.qualifications);
        differs = true;
    }
    for (field, filled) in
        [(&mut input.max_distance_km, row.max_distance_km), (&mut input.monthly_cap, row.monthly_cap)]
    {
        if filled.is_some() && *field != filled {
            *field = filled;
            differs = true;
        }
    }
    differs.then_some(input)
}

fn same_set(a: &[String], b: &[String]) -> bool {
    let sorted = |list: &[String]| {
        let mut list: Vec<String> = list.iter().map(|entry| entry.trim().to_owned()).collect();
        list.sort_unstable();
        list.dedup();
        list
    };
    sorted(a) == sorted(b)
}

fn same_papers(a: &[QualificationInput], b: &[QualificationInput]) -> bool {
    let sorted = |list: &[QualificationInput]| {
        let mut list: Vec<(String, String, Option<chrono::NaiveDate>)> = list
            .iter()
            .map(|one| {
                (one.kind.trim().to_owned(), one.number.clone().unwrap_or_default().trim().to_owned(), one.valid_until)
            })
            .collect();
        list.sort_unstable();
        list
    };
    sorted(a) == sorted(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded() -> ExpertInput {
        ExpertInput {
            name: "江叙白".to_owned(),
            firm: "明砥律师事务所".to_owned(),
            firm_type: Some("law-firm".to_owned()),
            email: "jiang@example.test".to_owned(),
            phone: Some("13800138000".to_owned()),
            region: "110108".to_owned(),
            qualifications: vec![
                QualificationInput { kind: "律师".to_owned(), number: Some("1101".to_owned()), ..Default::default() },
                QualificationInput { kind: "专利代理师".to_owned(), ..Default::default() },
            ],
            years: 12,
            services: vec!["policy".to_owned(), "risk".to_owned()],
            languages: vec!["zh".to_owned()],
            monthly_cap: Some(4),
            standing: Some("active".to_owned()),
            ..ExpertInput::default()
        }
    }

    #[test]
    fn the_same_said_in_other_words_changes_nothing() {
        let mut row = recorded();
        row.phone = Some("+86 138 0013 8000".to_owned());
        row.region = "海淀区".to_owned();
        row.services = vec!["知识产权风险防控服务".to_owned(), "policy".to_owned()];
        row.qualifications.reverse();
        row.standing = Some("applied".to_owned());
        assert_eq!(merged(&recorded(), &row).map(|input| input.phone), None);
    }

    #[test]
    fn an_empty_cell_takes_nothing_away_and_a_filled_one_counts() {
        let bare = ExpertInput { email: "jiang@example.test".to_owned(), ..ExpertInput::default() };
        assert!(merged(&recorded(), &bare).is_none());
        let moved = ExpertInput { region: "朝阳区".to_owned(), years: 13, ..bare };
        let changed = merged(&recorded(), &moved).expect("differs");
        assert_eq!((changed.region.as_str(), changed.years, changed.name.as_str()), ("110105", 13, "江叙白"));
        assert_eq!(changed.qualifications, recorded().qualifications);
    }
}
