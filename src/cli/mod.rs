//! The command line: one file a command, each a few steps from arguments to a deed or a file.
//!
//! Contract: contract.md, "Commands". Exit 0 done, 1 failed with one clear line on standard error, 2 bad usage.

pub mod audit;
pub mod backup;
pub mod data;
pub mod doctor;
pub mod due;
pub mod eval;
pub mod keys;
pub mod mail;
pub mod opening;
pub mod rota;
pub mod serve;
pub mod sheets;
pub mod simulate;
pub mod verify;
pub mod what_if;
