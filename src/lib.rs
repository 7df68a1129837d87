//! Zhipai 知派: the dispatch desk of a public IP service centre.
//!
//! Layers at the edges, deeds in the middle, nouns everywhere: a noun has the same file name in each layer.
//!
//! | module | may import |
//! | --- | --- |
//! | [`domain`] | std, serde, chrono types, [`ids`] |
//! | [`flow`] | std only: min-cost flow and what is planned by it |
//! | [`clock`] [`ids`] [`seal`] [`config`] | std and small crates |
//! | [`i18n`] [`db`] [`search`] [`sheet`] | `domain`, `ids`; never each other |
//! | [`mail`] | `domain`, `i18n`, `seal` |
//! | [`actions`] | `domain`, `flow`, `db`, `search`, `clock`, `ids`, `seal`; the only place where a business change is committed |
//! | [`trial`] | std; imported by `db`, `actions` and `jobs` at the points and guards it names |
//! | [`invariants`] | `domain`, `ids`, `db`, `search`, `seal`, `actions` (reading only) |
//! | [`jobs`] | `actions`, `invariants`, `db` (outbox, changes), `mail`, `search`, `clock` |
//! | [`web`] | `actions`, `invariants` (names), `db` (reading), `search` (reading), `i18n`, `mail` (wording what staff pass on), `seal`, `sheet`, `domain`, `telemetry` |
//! | [`demo`], [`simulation`], [`cli`], `main` | everything |
//!
//! `tests/it/architecture.rs` reads the `use` lines and holds this table.

pub mod clock;
pub mod config;
pub mod ids;
pub mod seal;
pub mod trial;

pub mod domain;
pub mod flow;

pub mod db;
pub mod i18n;
pub mod search;
pub mod sheet;

pub mod mail;

pub mod actions;

pub mod invariants;
pub mod jobs;
pub mod telemetry;
pub mod web;

pub mod cli;
pub mod demo;
pub mod simulation;
