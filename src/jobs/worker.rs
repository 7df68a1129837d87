//! A thread that works in rounds until it is dropped.
//!
//! Contract: a round that fails or panics is logged, and the next one comes after the same rest. Dropping a worker wakes it
//! from its rest and waits until its round has ended. Deliberately absent: what is done in a round.

use crate::actions::Done;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// What wakes a worker to its end.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    heard: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.heard.notify_all();
    }

    /// Waits so long, or until it is rung; says which.
    fn is_rung_within(&self, rest: Duration) -> bool {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.heard.wait_timeout_while(rung, rest, |rung| !*rung);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// A running worker.
pub struct Worker {
    name: &'static str,
    bell: Arc<Bell>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts rounds of work with a rest after each; the name is the thread's and stands in the log.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        name: &'static str,
        rest: Duration,
        mut round: impl FnMut() -> Done<()> + Send + 'static,
    ) -> std::io::Result<Self> {
        let bell = Arc::new(Bell::default());
        let hearing = Arc::clone(&bell);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            loop {
                match catch_unwind(AssertUnwindSafe(&mut round)) {
                    Ok(Ok(())) => {}
                    Ok(Err(fault)) => tracing::error!(%fault, "a round of the {name} failed"),
                    Err(_) => tracing::error!("a round of the {name} panicked"),
                }
                if hearing.is_rung_within(rest) {
                    break;
                }
            }
        })?;
        Ok(Self { name, bell, thread: Some(thread) })
    }

    /// Begins no further round; whoever stops several tells them all before waiting for each.
    pub fn stop(&self) {
        self.bell.ring();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the {} ended with a panic", self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::Fault;
    use std::sync::mpsc::channel;

    #[test]
    fn a_round_that_fails_or_panics_is_followed_by_the_next_and_dropping_ends_a_long_rest() {
        let (told, rounds) = channel();
        let mut round = 0;
        let worker = Worker::start("rounds", Duration::ZERO, move || {
            round += 1;
            let _ = told.send(round);
            match round {
                1 => Err(Fault::new("once").into()),
                2 => panic!("once"),
                _ => Ok(()),
            }
        })
        .expect("a thread");
        assert_eq!(rounds.iter().take(3).collect::<Vec<i32>>(), [1, 2, 3]);
        drop(worker);
        assert!(rounds.iter().count() < usize::MAX, "the sender is gone with the thread");
        let (told, began) = channel();
        let resting = Worker::start("rest", Duration::from_secs(3_600), move || {
            let _ = told.send(());
            Ok(())
        })
        .expect("a thread");
        began.recv().expect("a round");
        drop(resting);
    }
}
