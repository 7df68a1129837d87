//! The search index follows the database in a thread of its own: what is committed is found a moment later, and an index
//! that has to be built keeps neither letters nor deadlines waiting.

use super::follow;
use super::worker::Worker;
use crate::actions::Office;
use std::sync::Arc;
use std::time::Duration;

/// How long it lets changes gather before it takes them in.
const BREATH: Duration = Duration::from_millis(5);
/// How long it waits at most between two looks at the change log: what this process commits wakes it at once, what others
/// commit is seen then.
const REST: Duration = Duration::from_millis(100);
/// How long it rests after a failure: what failed is not tried again with every change.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// Starts following.
///
/// # Errors
/// When the system gives no thread.
pub fn follow_index(office: Arc<Office>) -> std::io::Result<Worker> {
    Worker::start("index", BREATH, move || {
        let followed = follow(&office).map(drop);
        match followed {
            Ok(()) => office.await_change(REST),
            Err(_) => std::thread::sleep(AFTER_FAILURE),
        }
        followed
    })
}
