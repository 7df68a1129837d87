//! Full text and text affinity, in Chinese and English.
//!
//! Read in this order: [`analyzer`] (what a term is) · [`lexicon`] (the office's vocabulary) · [`suggest`](mod@suggest)
//! (what a text seems to ask for) · [`same_matter`] (whether two needs are one) · [`schema`] and [`writer`] (the index of
//! needs on disk) · [`query`] (finding) · [`matters`] (what an expert is asked for) · [`mend`] (slips of the keyboard) ·
//! [`affinity`] (experts against a need) · [`pinyin`] (names from a Latin keyboard) · [`highlight`] and [`wordbreak`] (for
//! the pages) · [`relevance`] (how good an order is, by what people judged).
//!
//! Contract: knows `ids` and, of `domain`, names of firms, regions and the catalogue; whoever follows the database hands in
//! documents and texts. What is found is ids: the page loads them under its own permissions. Every word list is a file under
//! `index/` built into the binary; changing one makes each node rebuild its index.
//! Deliberately absent: the database, ranking (`domain::matching` weighs the affinity given here).

pub mod affinity;
pub mod analyzer;
pub mod highlight;
pub mod lexicon;
pub mod matters;
pub mod mend;
pub mod pinyin;
pub mod query;
pub mod relevance;
pub mod same_matter;
pub mod schema;
pub mod suggest;
pub mod wordbreak;
pub mod writer;

pub use affinity::{Affinity, Fits};
pub use highlight::marks;
pub use query::{Found, NeedQuery, Scope};
pub use suggest::{PlaceNamed, Suggestion, suggest};
pub use wordbreak::word_breaks;
pub use writer::{Index, IndexFault, NeedDoc};
