//! What the operator sees of the running machine: log lines and figures.
//!
//! A log line is a readable sentence and fields, without names, addresses or tokens; business events are in the trail,
//! not here.

pub mod metrics;

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

/// Starts logging to standard error. `filter` is in the syntax of `RUST_LOG` (`info,zhipai=debug`);
/// `json` asks for one JSON object a line instead of lines for people.
///
/// # Errors
/// When logging was started before.
pub fn init_logging(filter: &str, json: bool) -> Result<(), TryInitError> {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal());
    let registry = tracing_subscriber::registry().with(filter);
    if json { registry.with(lines.json().flatten_event(true)).try_init() } else { registry.with(lines).try_init() }
}
