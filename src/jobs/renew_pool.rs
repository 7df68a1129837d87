//! The pool of experts is read anew when the day changes, in a thread of its own, while rankings go on with yesterday's.

use crate::actions::Office;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long it rests between two looks at the date.
const REST: Duration = Duration::from_secs(1);

/// The running renewer; dropping it stops it.
pub struct PoolRenewer {
    office: Arc<Office>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl PoolRenewer {
    /// Starts renewing.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(office: Arc<Office>) -> std::io::Result<Self> {
        let (stop, stopped) = channel::<()>();
        let own = Arc::clone(&office);
        let thread = std::thread::Builder::new().name("pool".to_owned()).spawn(move || {
            loop {
                match catch_unwind(AssertUnwindSafe(|| own.renew_pool())) {
                    Ok(Ok(_)) => {}
                    Ok(Err(fault)) => tracing::error!(%fault, "the pool of experts could not be read anew"),
                    Err(_) => tracing::error!("reading the pool of experts anew panicked"),
                }
                if !matches!(stopped.recv_timeout(REST), Err(RecvTimeoutError::Timeout)) {
                    break;
                }
            }
        })?;
        office.pool_is_renewed(true);
        Ok(Self { office, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for PoolRenewer {
    fn drop(&mut self) {
        self.office.pool_is_renewed(false);
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the pool's thread ended with a panic");
        }
    }
}
