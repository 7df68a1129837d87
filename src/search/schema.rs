//! The fields of the index of needs.
//!
//! Contract: one term lives in exactly one text field, chosen by script; text comes in already cut by our analyzer, so
//! tantivy's own tokenizers never run. Any change here must raise [`SCHEMA_V`]. Deliberately absent: stored bodies. A hit
//! is an id; the page loads the need from the database, where permissions are checked again.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

/// Version of the fields. An index built under another version is rebuilt.
pub const SCHEMA_V: u32 = 1;

/// The fields, by what they hold.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// The need's id: what is deleted by and what a hit returns.
    pub id: Field,
    /// Year and running part of its number without padding, `2026-123`.
    pub number: Field,
    /// The running part of its number alone.
    pub serial: Field,
    /// Dictionary words.
    pub words: Field,
    /// Two-character grams.
    pub grams: Field,
    /// Stemmed Latin and digit words.
    pub latin: Field,
    /// Ids of the concepts it speaks of.
    pub concepts: Field,
    /// Region code.
    pub region: Field,
    /// Station id.
    pub station: Field,
    /// State of the need.
    pub state: Field,
    /// Service slugs.
    pub services: Field,
    /// When it was submitted, microseconds since 1970.
    pub created_at: Field,
}

/// The schema and its fields.
#[must_use]
pub fn needs() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::WithFreqs)
            .set_fieldnorms(true),
    );
    let fields = Fields {
        id: builder.add_text_field("id", STRING | STORED),
        number: builder.add_text_field("number", STRING),
        serial: builder.add_u64_field("serial", INDEXED),
        words: builder.add_text_field("words", text.clone()),
        grams: builder.add_text_field("grams", text.clone()),
        latin: builder.add_text_field("latin", text),
        concepts: builder.add_text_field("concepts", STRING),
        region: builder.add_text_field("region", STRING),
        station: builder.add_text_field("station", STRING),
        state: builder.add_text_field("state", STRING),
        services: builder.add_text_field("services", STRING),
        created_at: builder.add_i64_field("created_at", INDEXED | FAST),
    };
    (builder.build(), fields)
}
