//! Forms: their fields in order, their files, and what to say beside each field that cannot be taken.

use super::error::field_sentence;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::i18n::L;
use actix_web::web::Bytes;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The fields of a form, in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of that name as typed; empty when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The first value of that name, trimmed; `None` when it is absent or empty.
    #[must_use]
    pub fn opt(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// The whole number that has to stand there; what does not do is added to the problems, and is 0.
    pub fn figure(&self, name: &str, problems: &mut Vec<FieldProblem>) -> u32 {
        let why = match self.opt(name).map(str::parse) {
            Some(Ok(figure)) => return figure,
            Some(Err(_)) => "not-a-number",
            None => "missing",
        };
        problems.push(FieldProblem::new(name, why));
        0
    }

    /// Every value of that name that is not empty: checkboxes, repeated fields.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// Whether a checkbox is ticked.
    #[must_use]
    pub fn checked(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// Whether one of the values of that name is this.
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(known, given)| known == name && given == value)
    }

    /// Sets a value, for pages that fill a form before it is first shown.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// The fields worth keeping as a draft: without the form's token.
    #[must_use]
    pub fn for_draft(&self) -> Vec<(String, String)> {
        self.0.iter().filter(|(name, _)| name != super::csrf::FIELD).cloned().collect()
    }
}

/// A file that came with a form. Name and media type are what the sender says: check the content.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The field's name.
    pub field: String,
    /// The file's name, without folders.
    pub name: String,
    /// The media type as sent.
    pub media_type: String,
    /// Content.
    pub bytes: Bytes,
}

/// A form as read.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Fields.
    pub fields: Fields,
    /// Files.
    pub files: Vec<Upload>,
}

/// How many fields a form may have.
const MOST_FIELDS: usize = 2_000;

impl Parsed {
    /// Reads a form of either kind; an empty body is an empty form.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when it cannot be read.
    pub fn read(content_type: &str, body: &Bytes) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "multipart/form-data" => Self::read_multipart(content_type, body),
            "application/x-www-form-urlencoded" => {
                let fields: Vec<(String, String)> = form_urlencoded::parse(body)
                    .take(MOST_FIELDS)
                    .map(|(name, value)| (name.into_owned(), value.into_owned()))
                    .collect();
                Ok(Self { fields: Fields(fields), files: Vec::new() })
            }
            _ => Err(unreadable("wrong-media-type")),
        }
    }

    fn read_multipart(content_type: &str, body: &Bytes) -> Result<Self, Refusal> {
        let boundary = multer::parse_boundary(content_type).map_err(|_| unreadable("wrong-media-type"))?;
        let reading = async {
            let mut form = multer::Multipart::with_reader(body.as_ref(), boundary);
            let mut parsed = Self::default();
            while let Some(field) = form.next_field().await? {
                let Some(name) = field.name().map(str::to_owned) else { continue };
                if parsed.fields.0.len() + parsed.files.len() >= MOST_FIELDS {
                    break;
                }
                let file_name =
                    field.file_name().map(|text| text.rsplit(['/', '\\']).next().unwrap_or_default().to_owned());
                let media_type = field.content_type().map(ToString::to_string).unwrap_or_default();
                let bytes = field.bytes().await?;
                match file_name {
                    Some(file) if file.is_empty() && bytes.is_empty() => {}
                    Some(file) => parsed.files.push(Upload { field: name, name: file, media_type, bytes }),
                    None => parsed.fields.0.push((name, String::from_utf8_lossy(&bytes).into_owned())),
                }
            }
            Ok::<Self, multer::Error>(parsed)
        };
        finish(reading).and_then(Result::ok).ok_or_else(|| unreadable("not-known"))
    }
}

fn unreadable(code: &'static str) -> Refusal {
    Refusal::Invalid(vec![FieldProblem::new("body", code)])
}

/// Runs a future that only reads from memory, and so is always ready soon; gives up on one that is not.
fn finish<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..100_000).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    })
}

/// One line of the summary above a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongField {
    /// The id of the input it leads to.
    pub field: String,
    /// The sentence.
    pub text: String,
}

/// What is wrong with a form: for `m::errors(f.l, wrong.list)` and `error = wrong.of("title")`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wrong {
    /// Every problem, in order.
    pub list: Vec<WrongField>,
}

impl Wrong {
    /// Nothing is.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One sentence that leads to the page's content.
    #[must_use]
    pub fn said(text: String) -> Self {
        Self { list: vec![WrongField { field: "main".to_owned(), text }] }
    }

    /// What a refusal says: each field, after its label where the words have one (`label-<field>`, dots as hyphens); or, for every other reason, one line that leads to the page's content.
    #[must_use]
    pub fn of_refusal(l: L, refusal: &Refusal) -> Self {
        let list = match refusal {
            Refusal::Invalid(problems) => problems.iter().map(|problem| wrong_field(l, problem)).collect(),
            other => {
                vec![WrongField { field: "main".to_owned(), text: l.t(&format!("refused-{}-text", other.code())) }]
            }
        };
        Self { list }
    }

    /// The sentence beside a field; empty when there is nothing wrong with it.
    #[must_use]
    pub fn of(&self, field: &str) -> &str {
        self.list.iter().find(|wrong| wrong.field == field).map_or("", |wrong| &wrong.text)
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

fn wrong_field(l: L, problem: &FieldProblem) -> WrongField {
    let sentence = field_sentence(l, problem);
    let key = format!("label-{}", problem.field.replace(['.', '_'], "-"));
    let text = if l.has(&key) { format!("{}{}{sentence}", l.t(&key), l.pick("：", ": ")) } else { sentence };
    WrongField { field: problem.field.clone(), text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_told_with_its_label() {
        let refusal = Refusal::Invalid(vec![
            FieldProblem::new("password", "missing"),
            FieldProblem::new("no-such-label", "missing"),
        ]);
        let wrong = Wrong::of_refusal(L(crate::i18n::Lang::Zh), &refusal);
        assert_eq!(wrong.of("password"), "密码：请填写");
        assert_eq!(wrong.of("no-such-label"), "请填写");
        assert_eq!(wrong.of("email"), "");
    }

    #[test]
    fn fields_keep_their_order_and_repeat() {
        let body = Bytes::from_static("title=%E5%95%86%E6%A0%87&services=a&services=b&services=".as_bytes());
        let parsed = Parsed::read("application/x-www-form-urlencoded; charset=utf-8", &body).expect("reads");
        assert_eq!(parsed.fields.get("title"), "商标");
        assert_eq!(parsed.fields.all("services"), ["a", "b"]);
        assert!(!parsed.fields.checked("absent"));
    }

    #[test]
    fn a_multipart_form_gives_fields_and_files_without_folders() {
        let body = Bytes::from_static(
            b"--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--x\r\nContent-Disposition: form-data; \
              name=\"file\"; filename=\"C:\\\\a\\\\b.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--x\r\n\
              Content-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--x--\r\n",
        );
        let parsed = Parsed::read("multipart/form-data; boundary=x", &body).expect("reads");
        assert_eq!(parsed.fields.get("csrf"), "abc");
        assert_eq!(parsed.files.len(), 1);
        assert_eq!((parsed.files[0].name.as_str(), parsed.files[0].bytes.as_ref()), ("b.pdf", b"%PDF".as_slice()));
        assert!(Parsed::read("multipart/form-data; boundary=x", &Bytes::from_static(b"--x\r\nnonsense")).is_err());
        assert!(Parsed::read("text/xml", &Bytes::from_static(b"<a/>")).is_err());
    }
}
