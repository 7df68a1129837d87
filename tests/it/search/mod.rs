//! The index is a cache of the database: whatever happens, it comes back, and holds what the database holds.

mod deeds;
mod kill;
mod life_cycle;
mod pruning;

use crate::support::app::App;
use zhipai::actions::index_documents::every_document;
use zhipai::search::{Fingerprint, Index, Mark};

/// What an index holds that is made from the database at this moment.
pub fn built(app: &App) -> Fingerprint {
    let index = Index::in_memory().expect("an index");
    let mut reader = app.office.read().expect("a reader");
    every_document(&mut reader, |documents| Ok(index.add(&documents)?)).expect("every document");
    index.finish(&Mark { database: "built".to_owned(), watermark: 0 }).expect("finished");
    index.fingerprint().expect("a fingerprint")
}

/// What the app's own index holds.
pub fn followed(app: &App) -> Fingerprint {
    app.office.follow_index().expect("follows");
    app.office.index.current().expect("an index").fingerprint().expect("a fingerprint")
}
