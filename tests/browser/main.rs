//! A journey in a real browser, as people would go it: a liaison submits and sends on a desktop, the expert accepts on a
//! phone-width page without JavaScript, files feedback, the enterprise rates, the manager looks at the board.
//!
//! Pictures of every stop are left in `target/tmp/browser/`, to be looked at.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets the unexpected should end at once and say where"
)]

#[expect(dead_code, reason = "these use a part of the support")]
#[path = "../support/mod.rs"]
mod support;

mod admission;
mod conduct;
mod driver;
mod journey;
mod pages;
mod rota;
mod withdrawal;
