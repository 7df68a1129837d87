//! Integration tests: the real service on both databases, told as stories.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets the unexpected should end at once and say where"
)]

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/smtp_sink.rs"]
mod smtp_sink;

mod architecture;
mod backup;
mod crash;
mod db;
mod http;
mod mail;
mod relevance;
mod rota;
mod search;
mod trail;
mod words;
