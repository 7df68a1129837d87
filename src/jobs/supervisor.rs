//! Runs the jobs in a thread of their own until it is told to stop; a panic or a fault is logged and the next round goes
//! on.

use super::{Desk, tick};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long the desk rests between two rounds.
const REST: Duration = Duration::from_millis(500);

struct Bell {
    rung: Mutex<bool>,
    heard: Condvar,
}

/// The running jobs; dropping it stops them.
pub struct Supervisor {
    stop: Arc<AtomicBool>,
    bell: Arc<Bell>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// Starts the jobs.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(desk: Desk) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let bell = Arc::new(Bell { rung: Mutex::new(false), heard: Condvar::new() });
        let (stopping, hearing) = (Arc::clone(&stop), Arc::clone(&bell));
        let thread = std::thread::Builder::new().name("jobs".to_owned()).spawn(move || {
            while !stopping.load(Ordering::SeqCst) {
                match catch_unwind(AssertUnwindSafe(|| tick(&desk))) {
                    Ok(Ok(_)) => {}
                    Ok(Err(fault)) => tracing::error!(%fault, "a round of the jobs failed"),
                    Err(_) => tracing::error!("a round of the jobs panicked"),
                }
                let rung = hearing.rung.lock().unwrap_or_else(PoisonError::into_inner);
                let (mut rung, _) =
                    hearing.heard.wait_timeout_while(rung, REST, |rung| !*rung).unwrap_or_else(PoisonError::into_inner);
                *rung = false;
            }
        })?;
        Ok(Self { stop, bell, thread: Some(thread) })
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        *self.bell.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.heard.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the jobs ended with a panic");
        }
    }
}
