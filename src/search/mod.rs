//! Full text and text affinity, in Chinese and English.
//!
//! Read in this order: [`analyzer`] (what a term is) · [`reading`] (a text taken apart) · [`lexicon`] (the office's vocabulary) · [`suggest`](mod@suggest)
//! (what a text seems to ask for) · [`same_matter`] (whether two needs are one) · [`pinyin`] (names from a Latin keyboard) ·
//! [`schema`], `document`, `parted` (terms on their way to the engine) and [`writer`] (one index) · [`home`] (where it lies, and how another takes its place) ·
//! [`follower`] (what the change log asks for) · [`query`], `wording`, `at_least` and [`facets`] (finding) · [`matters`] (what an expert
//! is asked for) · [`mend`] (slips of the keyboard) · [`affinity`] (experts against a need) · [`highlight`], [`snippet`] and
//! [`wordbreak`] (for the pages) · [`relevance`] (how good an order is, by what people judged).
//!
//! Contract: knows `ids` and, of `domain`, names of firms, regions, the catalogue and scopes; whoever follows the database hands in
//! documents and texts. What is found is ids: the page loads them under its own permissions. Every word list is a file under
//! `index/` built into the binary; changing one makes each node rebuild its index.
//! Deliberately absent: the database, ranking (`domain::matching` weighs the affinity given here).

pub mod affinity;
pub mod analyzer;
mod at_least;
pub mod declared;
mod document;
pub mod facets;
pub mod follower;
mod held;
pub mod highlight;
pub mod home;
pub mod lexicon;
pub mod matters;
pub mod mend;
mod number;
mod parted;
pub mod pinyin;
pub mod query;
pub mod reading;
pub mod relevance;
pub mod same_matter;
pub mod schema;
pub mod snippet;
pub mod suggest;
pub mod wordbreak;
mod wording;
pub mod writer;

pub use affinity::{Affinity, Fits};
pub use document::{Document, Kind, SeenBy};
pub use facets::FacetCounts;
pub use follower::{Changed, Entry, Follower};
pub use highlight::marks;
pub use home::IndexHome;
pub use query::{Found, Hit, SearchQuery};
pub use snippet::{Piece, marked, snippet};
pub use suggest::{PlaceNamed, Suggestion, suggest};
pub use wordbreak::word_breaks;
pub use writer::{Fingerprint, Index, IndexFault, Mark};
