//! The office on a virtual clock: the real deeds, jobs, letters and database code, with people and faults around them, and
//! every invariant looked at after every step.
//!
//! Contract: the same plan gives the same run, event by event, on SQLite and on PostgreSQL: time and chance are ours, and
//! a run is told by the hash of its trail, letters and states. A violation ends the run with its seed, its step and a
//! diary of the need in Chinese and English. Read in this order: [`plan`] · [`dice`] · [`time`] · [`post`] · [`world`] ·
//! [`people`] · [`run`] · [`days`] · [`deeds`] · [`troubles`] · [`managers`] · [`mailbox`] · [`looks`] · [`ledger`] · [`diary`] ·
//! [`many`] · [`aftermath`]. Deliberately absent: rules; whatever is decided is decided by `actions`.

pub mod aftermath;
pub mod days;
pub mod deeds;
pub mod diary;
pub mod dice;
pub mod ledger;
pub mod looks;
pub mod mailbox;
pub mod managers;
pub mod many;
pub mod people;
pub mod plan;
pub mod post;
pub mod run;
pub mod scanner;
pub mod staff;
pub mod time;
pub mod troubles;
pub mod world;
