//! What the stories of conduct share: lapses, cases opened and read, pages and forms of whoever has signed in.

use super::doors::csrf;
use crate::support::app::{App, staff};
use crate::support::people::{Person, Told, need};
use chrono::TimeDelta;
use reqwest::blocking::Client;
use serde_json::Value;
use zhipai::db;
use zhipai::domain::role::Role;
use zhipai::ids::CaseId;

/// Offers a need to the expert and lets it lapse; answers the offer's id.
pub fn lapses(app: &App, expert: &str) -> String {
    let id = app.liaison.submits(&need());
    let offer = app.liaison.asks(&id, expert, &[]);
    app.tick();
    app.advance(TimeDelta::days(6));
    assert_eq!(app.liaison.assignment(&offer)["state"], "lapsed");
    offer
}

/// A case as it stands in the database.
pub fn case_row(app: &App, id: &str) -> db::conduct::CaseRow {
    let id: CaseId = id.parse().expect("an id");
    db::conduct::find(&mut app.office.read().expect("a reader"), &id).expect("reads").expect("a case")
}

pub fn standing(app: &App, expert: &str) -> String {
    app.manager.get(&format!("/api/v1/experts/{expert}")).expect(200).body["standing"].as_str().unwrap().to_owned()
}

pub fn desk(person: &Person) -> String {
    person.get("/api/v1/dashboard/desk").expect(200).text
}

/// Opens a case against the expert and gives its id.
pub fn opens(app: &App, expert: &str, kind: &str, body: &Value) -> String {
    app.manager.post(&format!("/api/v1/experts/{expert}/{kind}"), body).expect(201).id()
}

/// A page, read by somebody who has signed in.
pub fn page(app: &App, client: &Client, path: &str) -> String {
    let told = Told::read(client.get(format!("{}{path}", app.base_url)).send().expect("an answer")).expect(200);
    assert!(!told.text.contains('⟦'), "{path} lacks words: {}", told.text);
    told.text
}

/// A form of a page, sent.
pub fn sends(app: &App, client: &Client, from: &str, path: &str, fields: &[(&str, &str)]) -> Told {
    let token = csrf(&page(app, client, from));
    let mut all = vec![("csrf", token.as_str())];
    all.extend_from_slice(fields);
    Told::read(client.post(format!("{}{path}", app.base_url)).form(&all).send().expect("an answer"))
}

/// The newest letter of a subject that contains this, and its sealed link.
pub fn link_in(app: &App, to: &str, subject: &str) -> String {
    let letters = app.letters_to(to);
    let letter = letters.iter().find(|letter| letter.subject.contains(subject));
    let letter =
        letter.unwrap_or_else(|| panic!("{subject} in {:?}", letters.iter().map(|l| &l.subject).collect::<Vec<_>>()));
    letter.links.iter().find(|link| link.contains("/l/")).expect("a sealed link").clone()
}

/// A form with a file, as a browser would write it.
pub fn multipart(fields: &[(&str, &str)], name: &str, content: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, value) in fields {
        body.extend_from_slice(
            format!("--zhipai-test\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    body.extend_from_slice(
        format!(
            "--zhipai-test\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: application/pdf\r\n\r\n"
        )
        .as_bytes(),
    );
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--zhipai-test--\r\n");
    body
}

/// A file that is a PDF.
pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";

/// A manager of a district, with a token.
pub fn district_manager(app: &App, name: &str, region: &str) -> Person {
    let made = app.office.write(|tx| staff(tx, Role::Manager, name, None, Some(region)));
    let (id, secret) = made.expect("an account");
    Person::new(&app.base_url, id, &secret)
}
