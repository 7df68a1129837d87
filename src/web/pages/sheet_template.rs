//! What stands in an empty sheet: the note on each column, and the words its cells may hold.

use super::sheet_rows::{SheetKind, columns as known};
use crate::domain::{catalogue, region};
use crate::i18n::{L, Lang};
use crate::sheet::{self, Column, Takes, TemplateColumn};

/// The columns of an empty sheet of that kind, in the reader's language.
#[must_use]
pub fn columns(l: L, kind: SheetKind) -> Vec<TemplateColumn> {
    known(kind)
        .iter()
        .map(|column| TemplateColumn {
            header: l.pick(column.zh, column.name).to_owned(),
            note: l.t(&format!("template-note-{kind}-{}", column.name.replace('_', "-"))),
            required: column.required,
            takes: takes(l, kind, column),
        })
        .collect()
}

fn takes(l: L, kind: SheetKind, column: &Column) -> Takes {
    let english = l.0 == Lang::En;
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect::<Vec<String>>();
    match (kind, column.name) {
        (_, "region") => Takes::One(owned(region::SHIPPED.iter().map(|one| l.pick(one.name, one.name_en)).collect())),
        (_, "lat") => Takes::Number(-90.0, 90.0),
        (_, "lon") => Takes::Number(-180.0, 180.0),
        (SheetKind::Experts, "services") => {
            Takes::Many(owned(catalogue::CATALOGUE.iter().map(|item| l.pick(item.zh, item.en)).collect()))
        }
        (SheetKind::Experts, "firm_type") => Takes::One(owned(sheet::expert::offered(column, english))),
        (SheetKind::Experts, "languages" | "modes") => Takes::Many(owned(sheet::expert::offered(column, english))),
        (SheetKind::Experts, "valid_until") => Takes::Day,
        (SheetKind::Experts, "years") => Takes::Number(0.0, 70.0),
        (SheetKind::Experts, "max_distance_km") => Takes::Number(1.0, 500.0),
        (SheetKind::Experts, "monthly_cap") => Takes::Number(1.0, 100.0),
        _ => Takes::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Lookup, write_template};

    #[test]
    fn every_column_has_its_note_and_every_word_offered_is_one_the_reader_knows() {
        for lang in [Lang::Zh, Lang::En] {
            for kind in [SheetKind::Experts, SheetKind::Stations, SheetKind::Enterprises] {
                let columns = columns(L(lang), kind);
                for column in &columns {
                    assert!(!column.note.contains('⟦') && column.note.chars().count() > 3, "{column:?}");
                }
                write_template(&columns).expect("a workbook");
            }
            let lookup = Lookup {
                region: &|text| region::named(text).map(|found| found.code.to_owned()),
                service: &|text| catalogue::named(text).map(|item| item.slug.to_owned()),
            };
            let columns = columns(L(lang), SheetKind::Experts);
            let most = columns.iter().map(|column| words(column).len()).max().unwrap_or(0);
            for at in 0..most {
                let cells: Vec<sheet::Cell> = columns
                    .iter()
                    .zip(sheet::expert::COLUMNS)
                    .map(|(column, known)| match words(column) {
                        [] if known.name == "email" => sheet::Cell::text("a@b.example"),
                        [] if known.required => sheet::Cell::text("甲"),
                        [] => sheet::Cell::Empty,
                        words => sheet::Cell::text(&words[at % words.len()]),
                    })
                    .collect();
                let header: Vec<&str> = columns.iter().map(|column| column.header.as_str()).collect();
                let bytes = sheet::write_xlsx(&header, &[cells]).expect("a workbook");
                let read = sheet::expert::read(&bytes, &lookup);
                assert_eq!((read.problems, read.rows.len()), (Vec::new(), 1), "{lang:?} {at}");
            }
        }
    }

    fn words(column: &TemplateColumn) -> &[String] {
        match &column.takes {
            Takes::One(words) | Takes::Many(words) => words,
            _ => &[],
        }
    }
}
