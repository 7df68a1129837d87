//! One index: opening, following the database, filling from nothing, and proving what it holds.
//!
//! The index is a cache of the database. Each commit carries how far it has followed (the watermark) and what it was built
//! with; what does not fit, cannot be read or fails its checksums is not opened.
//!
//! Contract: `apply` is one commit, all or nothing, and searchable when it returns; applying the same changes twice is
//! harmless. `add` and `finish` fill an empty index: until `finish` there is no commit, so a crash on the way leaves
//! nothing that could be taken for an index. Deliberately absent: the database, and where indexes lie ([`super::home`]).

use std::collections::BTreeSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tantivy::collector::Count;
use tantivy::directory::error::OpenWriteError;
use tantivy::index::{SegmentComponent, SegmentMeta};
use tantivy::postings::Postings;
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::store::Compressor;
use tantivy::{
    DocSet, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TERMINATED, TantivyDocument, TantivyError, Term,
};

use super::analyzer::{self, ANALYZER_V};
use super::document::{Document, Kind};
use super::held::Held;
use super::parted::{NameKeys, PARTED, Parted};
use super::schema::{self, Fields, SCHEMA_V};

/// Memory the indexing thread fills before it writes a segment while following, in bytes.
const HEAP: usize = 40_000_000;
/// The same for each of two threads while filling an empty index.
const HEAP_FILLING: usize = 200_000_000;

/// The files every segment has.
const SEGMENT: [SegmentComponent; 5] = [
    SegmentComponent::Terms,
    SegmentComponent::Postings,
    SegmentComponent::FieldNorms,
    SegmentComponent::FastFields,
    SegmentComponent::Store,
];

/// The index could not do its work. Never the caller's mistake: fall back to the database.
#[derive(Debug)]
pub enum IndexFault {
    /// There is no index now: it is being built, or this process keeps none.
    Absent,
    /// Another process keeps its index in the same folder.
    Busy,
    /// Files could not be read, written or removed.
    Files(io::Error),
    /// The engine failed.
    Engine(TantivyError),
    /// The engine stopped in the middle: it met what it never writes.
    Panicked,
}

impl IndexFault {
    /// Whether there was no room on the disk, or no more is allowed to us.
    #[must_use]
    pub fn is_full_disk(&self) -> bool {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        let full = |error: &io::Error| matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge);
        match self {
            Self::Files(error) => full(error),
            Self::Engine(TantivyError::IoError(error)) => full(error),
            Self::Engine(TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. })) => full(io_error),
            // What happened in one of the engine's threads arrives as words only.
            Self::Engine(other) => other.to_string().contains("StorageFull"),
            _ => false,
        }
    }
}

impl fmt::Display for IndexFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("there is no search index now"),
            Self::Busy => f.write_str("the index directory is in use by another process"),
            Self::Files(cause) => write!(f, "the index directory cannot be used: {cause}"),
            Self::Engine(cause) => write!(f, "the search engine failed: {cause}"),
            Self::Panicked => f.write_str("the search engine met what it never writes"),
        }
    }
}

impl std::error::Error for IndexFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Absent | Self::Busy | Self::Panicked => None,
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

/// How far an index has followed which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The change log's identity: a watermark of another database means nothing here.
    pub database: String,
    /// Every change up to here is in.
    pub watermark: i64,
}

/// What a commit was built with, and its mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    database: String,
    watermark: i64,
    schema: u32,
    analyzer: u32,
    dictionary: String,
}

impl Stamp {
    fn of(mark: &Mark) -> Self {
        Self {
            database: mark.database.clone(),
            watermark: mark.watermark,
            schema: SCHEMA_V,
            analyzer: ANALYZER_V,
            dictionary: analyzer::dictionary_hash().to_owned(),
        }
    }

    fn mark(&self) -> Mark {
        Mark { database: self.database.clone(), watermark: self.watermark }
    }
}

/// What is stored of a document is one short string: kept as it is and in small blocks, so that a page of hits from all over
/// the index unpacks next to nothing.
fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        docstore_blocksize: 1024,
        ..IndexSettings::default()
    }
}

/// One index. Share it behind an `Arc`: searching takes no lock, writing takes one.
pub struct Index {
    pub(super) fields: Fields,
    pub(super) reader: IndexReader,
    engine: tantivy::Index,
    /// Made when first asked for, and again after a failure: what was not committed is gone with the old one.
    writer: Mutex<Option<IndexWriter>>,
    threads: usize,
    heap: usize,
    keys: NameKeys,
    pub(super) held: Option<Held>,
}

impl Index {
    /// An empty index in memory that is gone with the process.
    ///
    /// # Errors
    /// The engine failed.
    pub fn in_memory() -> Result<Self, IndexFault> {
        let (schema, fields) = schema::schema();
        let engine = tantivy::Index::builder().schema(schema).settings(settings()).create_in_ram()?;
        Self::over(engine, fields, None, (1, HEAP))
    }

    /// An empty index to be filled, in a folder of its own that exists.
    pub(super) fn create(folder: &Path) -> Result<Self, IndexFault> {
        let held = Held::open(folder).map_err(TantivyError::from)?;
        let (schema, fields) = schema::schema();
        let engine = tantivy::Index::create(held.clone(), schema, settings())?;
        Self::over(engine, fields, Some(held), (2, HEAP_FILLING))
    }

    /// The index in a folder as it stands, if it is whole, of this version and undamaged.
    pub(super) fn open(folder: &Path) -> Result<Option<(Self, Mark)>, IndexFault> {
        let held = Held::open(folder).map_err(TantivyError::from)?;
        let engine = tantivy::Index::open(held.clone())?;
        let (schema, fields) = schema::schema();
        let metas = engine.load_metas()?;
        // Checksums are asked of the files the engine knows of; without its list it would ask nothing.
        let known = engine.directory().list_managed_files();
        if !metas.segments.iter().flat_map(files_of).all(|file| known.contains(&file)) {
            return Ok(None);
        }
        let payload = metas.payload.unwrap_or_default();
        let Ok(stamp) = serde_json::from_str::<Stamp>(&payload) else { return Ok(None) };
        let mark = stamp.mark();
        if stamp != Stamp::of(&mark) || engine.schema() != schema || !engine.validate_checksum()?.is_empty() {
            return Ok(None);
        }
        Ok(Some((Self::over(engine, fields, Some(held), (1, HEAP))?, mark)))
    }

    fn over(
        engine: tantivy::Index,
        fields: Fields,
        held: Option<Held>,
        (threads, heap): (usize, usize),
    ) -> Result<Self, IndexFault> {
        engine.tokenizers().register(PARTED, Parted::default());
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { fields, reader, engine, writer: Mutex::new(None), threads, heap, keys: NameKeys::default(), held })
    }

    /// Takes out everything of `subjects`, puts `documents` in, and commits with the mark reached.
    ///
    /// # Errors
    /// The engine or the disk failed; then nothing of this call is kept.
    pub fn apply(&self, subjects: &BTreeSet<String>, documents: &[Document], mark: &Mark) -> Result<(), IndexFault> {
        let made: Vec<TantivyDocument> =
            documents.iter().map(|document| document.made(&self.fields, &self.keys)).collect();
        self.write(|writer| {
            for subject in subjects {
                writer.delete_term(Term::from_field_text(self.fields.subject, subject));
            }
            for document in made {
                writer.add_document(document)?;
            }
            committed(writer, mark)
        })?;
        self.reader.reload()?;
        Ok(())
    }

    /// Adds documents to an index that is being filled; several threads may call it at once.
    ///
    /// # Errors
    /// The engine or the disk failed.
    pub fn add(&self, documents: &[Document]) -> Result<(), IndexFault> {
        // Cutting texts is the work; the lock is held for handing over only.
        let made: Vec<TantivyDocument> =
            documents.iter().map(|document| document.made(&self.fields, &self.keys)).collect();
        self.write(|writer| {
            for document in made {
                writer.add_document(document)?;
            }
            Ok(())
        })
    }

    /// Commits what was added: from here on it is an index that stands for the database at the mark.
    ///
    /// # Errors
    /// The engine or the disk failed.
    pub fn finish(&self, mark: &Mark) -> Result<(), IndexFault> {
        self.write(|writer| committed(writer, mark))?;
        self.reader.reload()?;
        Ok(())
    }

    /// Lets the merges under way end and closes the writer, so that the files are as they will be.
    ///
    /// # Errors
    /// A merge failed.
    pub fn settle(&self) -> Result<(), IndexFault> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(writer.map_or(Ok(()), IndexWriter::wait_merging_threads)?)
    }

    /// How many documents are searchable.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Whether nothing is searchable.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many documents of a kind are searchable.
    ///
    /// # Errors
    /// The engine failed.
    pub fn count(&self, kind: Kind) -> Result<usize, IndexFault> {
        let term = Term::from_field_text(self.fields.kind, kind.as_str());
        Ok(self.reader.searcher().search(&TermQuery::new(term, IndexRecordOption::Basic), &Count)?)
    }

    /// What is wrong with the files of the last commit on disk, if anything is.
    #[must_use]
    pub fn damage(&self) -> Option<String> {
        let held = self.held.as_ref()?;
        let found = self.damaged(held)?;
        // A merge may have taken a file away between listing and looking: only what is found twice is damage.
        self.damaged(held).map(|again| if again == found { found } else { again })
    }

    fn damaged(&self, held: &Held) -> Option<String> {
        let metas = match self.engine.load_metas() {
            Ok(metas) => metas,
            Err(error) => return Some(error.to_string()),
        };
        if metas.payload.is_none_or(|payload| serde_json::from_str::<Stamp>(&payload).is_err()) {
            return Some("meta.json: not a commit of ours".to_owned());
        }
        metas.segments.iter().flat_map(files_of).find_map(|file| held.damage(&file))
    }

    /// A sum over everything that can be found: equal for two indexes exactly when each term leads to the same documents
    /// as often, whatever the order they were written in. With it the number of documents and of distinct ones.
    ///
    /// # Errors
    /// The engine failed.
    pub fn fingerprint(&self) -> Result<Fingerprint, IndexFault> {
        let searcher = self.reader.searcher();
        let mut print = Fingerprint::default();
        let mut distinct = BTreeSet::new();
        for segment in searcher.segment_readers() {
            let store = segment.get_store_reader(8)?;
            let mut names: Vec<Option<String>> = Vec::new();
            for document in 0..segment.max_doc() {
                let name = if segment.is_deleted(document) {
                    None
                } else {
                    let stored: TantivyDocument = store.get(document)?;
                    stored.get_first(self.fields.hit).and_then(|value| value.as_str().map(str::to_owned))
                };
                print.documents += u64::from(name.is_some());
                distinct.extend(name.clone());
                names.push(name);
            }
            let indexed = self.engine.schema();
            for (field, entry) in indexed.fields().filter(|(_, entry)| entry.is_indexed()) {
                let inverted = segment.inverted_index(field)?;
                let mut terms = inverted.terms().stream()?;
                while terms.advance() {
                    let info = terms.value().clone();
                    let mut postings = inverted.read_postings_from_terminfo(&info, IndexRecordOption::WithFreqs)?;
                    while postings.doc() != TERMINATED {
                        if let Some(Some(name)) = names.get(postings.doc() as usize) {
                            let mut hasher = DefaultHasher::new();
                            (entry.name(), terms.key(), name, postings.term_freq()).hash(&mut hasher);
                            print.sum = print.sum.wrapping_add(hasher.finish());
                        }
                        postings.advance();
                    }
                }
            }
        }
        print.distinct = distinct.len() as u64;
        Ok(print)
    }

    /// Works with the writer. After a failure, or a panic in here, it is made anew from the last commit: searching goes on
    /// all the while.
    fn write(&self, work: impl FnOnce(&mut IndexWriter) -> Result<(), IndexFault>) -> Result<(), IndexFault> {
        let mut slot = match self.writer.lock() {
            Ok(slot) => slot,
            Err(poisoned) => {
                let mut slot = poisoned.into_inner();
                *slot = None;
                self.writer.clear_poison();
                slot
            }
        };
        let mut writer = match slot.take() {
            Some(writer) => writer,
            None => self.engine.writer_with_num_threads(self.threads, self.threads * self.heap)?,
        };
        work(&mut writer)?;
        *slot = Some(writer);
        Ok(())
    }
}

/// What an index holds, in three figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// Documents.
    pub documents: u64,
    /// Distinct kinds and ids among them.
    pub distinct: u64,
    /// Sum over every term of every document.
    pub sum: u64,
}

/// The files of a segment.
fn files_of(segment: &SegmentMeta) -> impl Iterator<Item = PathBuf> {
    let deletes = segment.has_deletes().then_some(SegmentComponent::Delete);
    SEGMENT.into_iter().chain(deletes).map(|component| segment.relative_path(component))
}

fn committed(writer: &mut IndexWriter, mark: &Mark) -> Result<(), IndexFault> {
    let stamp = serde_json::to_string(&Stamp::of(mark)).map_err(io::Error::from)?;
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&stamp);
    commit.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests;
