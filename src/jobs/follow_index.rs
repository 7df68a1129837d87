//! The search index follows the database in a thread of its own: what is committed is found a moment later, and an index
//! that has to be built keeps neither letters nor deadlines waiting.

use crate::actions::Office;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long it rests at most between two looks at the change log: what this process commits wakes it at once, what others
/// commit is seen then.
pub(super) const REST: Duration = Duration::from_millis(100);

/// The running follower; dropping it stops it.
pub struct IndexFollower {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl IndexFollower {
    /// Starts following.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(office: Arc<Office>) -> std::io::Result<Self> {
        let (stop, stopped) = channel::<()>();
        let thread = std::thread::Builder::new().name("index".to_owned()).spawn(move || {
            loop {
                match catch_unwind(AssertUnwindSafe(|| office.follow_index())) {
                    Ok(Ok(_)) => {}
                    Ok(Err(fault)) => tracing::error!(%fault, "the search index could not follow"),
                    Err(_) => tracing::error!("following the database with the search index panicked"),
                }
                if !matches!(stopped.try_recv(), Err(TryRecvError::Empty)) {
                    break;
                }
                office.await_change(REST);
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for IndexFollower {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the index's thread ended with a panic");
        }
    }
}
