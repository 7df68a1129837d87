//! The index of needs on disk: opening, and following the database.
//!
//! The index is a cache of the database. Each commit carries how far it has followed (the watermark) and what it was built
//! with; whatever does not fit, cannot be read or fails its checksums is thrown away and comes back empty, to be rebuilt.
//!
//! Contract: `apply` is one commit, all or nothing, and searchable when it returns; applying the same changes twice is
//! harmless. One process per directory: a second one gets [`IndexFault::Busy`]. Deliberately absent: the database. Whoever
//! follows it hands in documents.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tantivy::directory::{INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{Directory, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term};

use super::analyzer::{self, ANALYZER_V};
use super::lexicon::lexicon;
use super::query;
use super::schema::{self, Fields, SCHEMA_V};
use crate::ids::NeedId;

/// Memory the one indexing thread fills before it writes a segment, in bytes.
const HEAP: usize = 40_000_000;
/// A word of the title counts as often as this.
const TITLE_TIMES: usize = 3;

/// A need as the index sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedDoc {
    /// Its id.
    pub id: NeedId,
    /// Its number, `XQ-2026-000123`.
    pub number: String,
    /// Title.
    pub title: String,
    /// Description.
    pub description: String,
    /// Name of the enterprise.
    pub enterprise: String,
    /// What the experts wrote after the service.
    pub feedback: Option<String>,
    /// Region code.
    pub region: String,
    /// Station id as text.
    pub station: String,
    /// State, as the API spells it.
    pub state: String,
    /// Service slugs.
    pub services: Vec<String>,
    /// When it was submitted, microseconds since 1970.
    pub created_at: i64,
}

/// The index could not do its work. Never the caller's mistake: answer 5xx or fall back to the database.
#[derive(Debug)]
pub enum IndexFault {
    /// Another process writes to the same directory.
    Busy,
    /// Files could not be read, written or removed.
    Files(io::Error),
    /// The engine failed.
    Engine(TantivyError),
}

impl fmt::Display for IndexFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("the index directory is in use by another process"),
            Self::Files(_) => f.write_str("the index directory cannot be used"),
            Self::Engine(_) => f.write_str("the search engine failed"),
        }
    }
}

impl std::error::Error for IndexFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Busy => None,
            Self::Files(cause) => Some(cause),
            Self::Engine(cause) => Some(cause),
        }
    }
}

impl From<io::Error> for IndexFault {
    fn from(cause: io::Error) -> Self {
        Self::Files(cause)
    }
}

impl From<TantivyError> for IndexFault {
    fn from(cause: TantivyError) -> Self {
        match cause {
            TantivyError::LockFailure(..) => Self::Busy,
            other => Self::Engine(other),
        }
    }
}

/// What a commit was built with and how far it has followed the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    watermark: u64,
    schema: u32,
    analyzer: u32,
    dictionary: String,
}

impl Stamp {
    fn of(watermark: u64) -> Self {
        Self { watermark, schema: SCHEMA_V, analyzer: ANALYZER_V, dictionary: analyzer::dictionary_hash().to_owned() }
    }
}

/// The index of needs. Share it behind an `Arc`: searching takes no lock, writing takes one.
pub struct Index {
    pub(super) fields: Fields,
    pub(super) reader: IndexReader,
    writer: Mutex<IndexWriter>,
}

impl Index {
    /// Opens the index in a directory that is ours alone, or makes a new one there.
    ///
    /// The second value is the watermark of the last commit, or `None` when the index is empty and everything has to be
    /// applied: it is new, was built by another version or with other word lists, or was damaged.
    ///
    /// # Errors
    /// [`IndexFault::Busy`] when another process has it open; otherwise the directory or the engine failed.
    pub fn open_or_create(directory: &Path) -> Result<(Self, Option<u64>), IndexFault> {
        std::fs::create_dir_all(directory)?;
        match Self::open(directory) {
            Ok(Some(opened)) => return Ok(opened),
            Err(IndexFault::Busy) => return Err(IndexFault::Busy),
            Ok(None) | Err(_) => {}
        }
        empty(directory)?;
        let (schema, fields) = schema::needs();
        let engine = tantivy::Index::create_in_dir(directory, schema)?;
        Ok((Self::over(&engine, fields)?, None))
    }

    /// An index in memory that is gone with the process.
    ///
    /// # Errors
    /// The engine failed.
    pub fn in_memory() -> Result<Self, IndexFault> {
        let (schema, fields) = schema::needs();
        Self::over(&tantivy::Index::create_in_ram(schema), fields)
    }

    /// The index as it stands, if it is ours, of this version and undamaged.
    fn open(directory: &Path) -> Result<Option<(Self, Option<u64>)>, IndexFault> {
        let engine = tantivy::Index::open_in_dir(directory)?;
        let (schema, fields) = schema::needs();
        let payload = engine.load_metas()?.payload.unwrap_or_default();
        let Ok(stamp) = serde_json::from_str::<Stamp>(&payload) else { return Ok(None) };
        if stamp != Stamp::of(stamp.watermark) || engine.schema() != schema || !engine.validate_checksum()?.is_empty() {
            return Ok(None);
        }
        Ok(Some((Self::over(&engine, fields)?, Some(stamp.watermark))))
    }

    fn over(engine: &tantivy::Index, fields: Fields) -> Result<Self, IndexFault> {
        let writer = engine.writer_with_num_threads(1, HEAP)?;
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { fields, reader, writer: Mutex::new(writer) })
    }

    /// Puts documents in (replacing those with the same id), takes others out, and commits with the watermark reached.
    ///
    /// While rebuilding in several calls, pass watermark 0 in all but the last, so that a crash on the way starts over.
    ///
    /// # Errors
    /// The engine or the disk failed; then nothing of this call is kept.
    pub fn apply(&self, docs: &[NeedDoc], deletes: &[NeedId], watermark: u64) -> Result<(), IndexFault> {
        let mut writer = self.writer()?;
        if let Err(fault) = self.write(&mut writer, docs, deletes, watermark) {
            writer.rollback()?;
            return Err(fault);
        }
        drop(writer);
        self.reader.reload()?;
        Ok(())
    }

    /// How many needs are searchable.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Whether no need is searchable.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The writer; what a panicking thread left half done is undone first.
    fn writer(&self) -> Result<MutexGuard<'_, IndexWriter>, IndexFault> {
        if self.writer.is_poisoned() {
            let mut left = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
            left.rollback()?;
            self.writer.clear_poison();
            return Ok(left);
        }
        Ok(self.writer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(
        &self,
        writer: &mut IndexWriter,
        docs: &[NeedDoc],
        deletes: &[NeedId],
        watermark: u64,
    ) -> Result<(), IndexFault> {
        for id in deletes {
            writer.delete_term(Term::from_field_text(self.fields.id, id.as_str()));
        }
        for doc in docs {
            writer.delete_term(Term::from_field_text(self.fields.id, doc.id.as_str()));
            writer.add_document(self.document(doc))?;
        }
        let stamp = serde_json::to_string(&Stamp::of(watermark)).map_err(io::Error::from)?;
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&stamp);
        commit.commit()?;
        Ok(())
    }

    fn document(&self, need: &NeedDoc) -> TantivyDocument {
        let fields = &self.fields;
        let mut document = TantivyDocument::default();
        document.add_text(fields.id, need.id.as_str());
        if let Some(number) = query::number(&need.number) {
            document.add_text(fields.number, number.key());
            document.add_u64(fields.serial, number.serial);
        }
        let title = analyzer::fold(&need.title);
        let rest =
            [need.description.as_str(), &need.enterprise, need.feedback.as_deref().unwrap_or_default(), &need.number];
        let rest = analyzer::fold(&rest.join("\n"));
        let mut terms = analyzer::terms(&rest);
        for _ in 0..TITLE_TIMES {
            let more = analyzer::terms(&title);
            terms.words.extend(more.words);
            terms.grams.extend(more.grams);
            terms.latin.extend(more.latin);
        }
        document.add_pre_tokenized_text(fields.words, cut_already(terms.words));
        document.add_pre_tokenized_text(fields.grams, cut_already(terms.grams));
        document.add_pre_tokenized_text(fields.latin, cut_already(terms.latin));
        let mut concepts: Vec<&str> = Vec::new();
        for folded in [&title, &rest] {
            concepts.extend(lexicon().touched(folded).iter().map(|concept| concept.id));
        }
        for target in need.services.iter().chain([&need.region]) {
            concepts.extend(lexicon().head(target).map(|concept| concept.id));
        }
        concepts.sort_unstable();
        concepts.dedup();
        for concept in concepts {
            document.add_text(fields.concepts, concept);
        }
        document.add_text(fields.region, &need.region);
        document.add_text(fields.station, &need.station);
        document.add_text(fields.state, &need.state);
        for service in &need.services {
            document.add_text(fields.services, service);
        }
        document.add_i64(fields.created_at, need.created_at);
        document
    }
}

/// Terms as the engine takes them when it is not to cut anything itself.
fn cut_already(terms: Vec<String>) -> PreTokenizedString {
    let tokens = terms.into_iter().enumerate().map(|(position, text)| Token { position, text, ..Token::default() });
    PreTokenizedString { text: String::new(), tokens: tokens.collect() }
}

/// Removes the files of an index nobody has open, and nothing but files.
fn empty(directory: &Path) -> Result<(), IndexFault> {
    let engine_directory = MmapDirectory::open(directory).map_err(TantivyError::from)?;
    let lock =
        engine_directory.acquire_lock(&INDEX_WRITER_LOCK).map_err(|cause| TantivyError::LockFailure(cause, None))?;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let is_lock = Path::new(&entry.file_name()) == INDEX_WRITER_LOCK.filepath;
        if entry.file_type()?.is_file() && !is_lock {
            std::fs::remove_file(entry.path())?;
        }
    }
    drop(lock);
    Ok(())
}

#[cfg(test)]
mod tests;
