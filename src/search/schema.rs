//! The fields of the index: needs, feedback, experts and enterprises side by side, told apart by `kind`.
//!
//! Contract: one term lives in exactly one text field, chosen by script; text comes in already cut by our analyzer and is
//! only parted again (`parted`), so that tantivy's own tokenizers never cut texts. Any change here must raise [`SCHEMA_V`].
//! Deliberately absent: stored bodies. A hit is a kind and an id; the page loads the rows from the database, where permissions are checked again.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

use super::parted::PARTED;

/// Version of the fields. An index built under another version is rebuilt.
pub const SCHEMA_V: u32 = 4;

/// The fields, by what they hold.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// Kind and id, `need:0190…`: what a hit returns. Stored, not searched.
    pub hit: Field,
    /// Whose document it is: what is deleted by. A feedback goes with its need.
    pub subject: Field,
    /// `need`, `feedback`, `expert` or `enterprise`.
    pub kind: Field,
    /// Numbers without padding: `xq-2026-123`, `2026-123`, `123`; a 统一社会信用代码 whole and from its first eight characters on.
    pub number: Field,
    /// Beginnings of names as they are typed in pinyin, in full and by initials.
    pub pinyin: Field,
    /// Dictionary words.
    pub words: Field,
    /// Two-character grams.
    pub grams: Field,
    /// Stemmed Latin and digit words.
    pub latin: Field,
    /// Ids of the concepts it speaks of.
    pub concepts: Field,
    /// Who may see it: `*`, `r:<region code>`, `s:<station id>`.
    pub seen_by: Field,
    /// Region code.
    pub region: Field,
    /// Station id.
    pub station: Field,
    /// State of a need, standing of an expert.
    pub state: Field,
    /// Service slugs.
    pub services: Field,
    /// Names of industries.
    pub industries: Field,
    /// The enterprise's id.
    pub enterprise: Field,
    /// When it was submitted, filed or registered, microseconds since 1970.
    pub created_at: Field,
}

/// The schema and its fields.
#[must_use]
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(PARTED)
            .set_index_option(IndexRecordOption::WithFreqs)
            .set_fieldnorms(true),
    );
    // A filter counts how often it stands there (always once), so that the engine can join it to the words of a text and
    // leave out whole blocks; without frequencies it would look at every document.
    let filter = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::WithFreqs)
            .set_fieldnorms(false),
    );
    let name_beginnings = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(PARTED)
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false),
    );
    let counted = filter.clone().set_fast("raw");
    let fields = Fields {
        hit: builder.add_text_field("hit", STORED),
        subject: builder.add_text_field("subject", STRING),
        kind: builder.add_text_field("kind", counted.clone()),
        number: builder.add_text_field("number", STRING),
        pinyin: builder.add_text_field("pinyin", name_beginnings),
        words: builder.add_text_field("words", text.clone()),
        grams: builder.add_text_field("grams", text.clone()),
        latin: builder.add_text_field("latin", text),
        concepts: builder.add_text_field("concepts", STRING),
        seen_by: builder.add_text_field("seen_by", filter.clone()),
        region: builder.add_text_field("region", counted.clone()),
        station: builder.add_text_field("station", counted.clone()),
        state: builder.add_text_field("state", counted.clone()),
        services: builder.add_text_field("services", counted.clone()),
        industries: builder.add_text_field("industries", filter.clone()),
        enterprise: builder.add_text_field("enterprise", filter.clone()),
        created_at: builder.add_i64_field("created_at", INDEXED | FAST),
    };
    (builder.build(), fields)
}
