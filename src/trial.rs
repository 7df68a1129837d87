//! What trials may do to this program: end it at a named point of a deed, make a deed fail there, keep the database from
//! it, or take one guard away to see that the invariants notice.
//!
//! Contract: nothing of it happens unless the simulation arms it for its own thread, or, in debug builds alone, the
//! environment names a point in `ZHIPAI_CRASH_AT` or a file in `ZHIPAI_CRASH_LIST`, into which every point passed is then
//! written, one a line; a release build reads neither variable, and an unarmed point costs one look at a thread-local.
//! Points are `<file of the deed>:<moment>`, the moments [`MOMENTS`]; besides, [`OUTSIDE`] lie where something happened
//! outside the database that is not written down yet, or the other way round. `tests/simulation/crash.rs` holds that no
//! deed or job writes without passing them. Deliberately absent: any other way to arm it.

use std::cell::{Cell, RefCell};
use std::panic::Location;

/// The moments of every deed, in order.
pub const MOMENTS: [&str; 4] = ["begin", "decided", "before-commit", "after-commit"];

/// The point after the mail server took a letter and before that is written down.
pub const SENT: &str = "deliver_mail:sent";

/// The point after a message that came in was dealt with and before its mailbox is told.
pub const RECEIVED: &str = "read_mail:received";

/// The points beside the moments of deeds: what happens outside the database and our transaction are two things there.
pub const OUTSIDE: [&str; 2] = [SENT, RECEIVED];

/// What happens at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    GoOn,
    /// The deed fails, as when the database is busy.
    Fail,
    /// The process ends here: unwinds with [`Crash`].
    Crash,
}

/// What a simulated end of the process unwinds with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crash;

/// A guard of the product that a trial may take away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guard {
    /// A letter is settled only by who holds its fence.
    Fence,
    /// An answer is decided on the state as it stands, not as it once was.
    CompareAndSet,
    /// A last day that is a rest day moves on.
    HolidayRoll,
    /// The desk's own letters wait for the morning.
    QuietHours,
}

type Watcher = Box<dyn FnMut(&str) -> Verdict>;

thread_local! {
    static WATCHER: RefCell<Option<Watcher>> = const { RefCell::new(None) };
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static WITHOUT: Cell<Option<Guard>> = const { Cell::new(None) };
    static CUT_OFF: Cell<bool> = const { Cell::new(false) };
}

/// Cuts this thread off from the database, or joins it again: meanwhile nothing can be read or written by an office.
pub fn cut_off(now: bool) {
    CUT_OFF.with(|cut_off| cut_off.set(now));
}

/// Whether this thread is cut off from the database.
#[must_use]
pub fn is_cut_off() -> bool {
    CUT_OFF.with(Cell::get)
}

/// Asks `watcher` at every point this thread passes; `None` asks nobody.
pub fn watch(watcher: Option<Watcher>) {
    WATCHED.with(|watched| watched.set(watcher.is_some()));
    WATCHER.with(|kept| *kept.borrow_mut() = watcher);
}

/// Takes a guard away on this thread, or gives it back.
pub fn take_away(guard: Option<Guard>) {
    WITHOUT.with(|without| without.set(guard));
}

/// Whether a guard was taken away on this thread.
#[must_use]
pub fn without(guard: Guard) -> bool {
    WITHOUT.with(Cell::get) == Some(guard)
}

/// Passes a moment of the deed written in that file. Answers whether the deed must fail here.
#[must_use]
pub fn at(deed: &'static Location<'static>, moment: &str) -> bool {
    if !armed() {
        return false;
    }
    let file = deed.file().rsplit(['/', '\\']).next().unwrap_or_default();
    passes(&format!("{}:{moment}", file.trim_end_matches(".rs")))
}

/// Passes a point by its whole name. Answers whether it must fail here.
#[must_use]
pub fn passes(point: &str) -> bool {
    if !armed() {
        return false;
    }
    write_down(point);
    abort_if_named(point);
    let verdict = WATCHER.with(|watcher| match watcher.borrow_mut().as_mut() {
        Some(watcher) => watcher(point),
        None => Verdict::GoOn,
    });
    match verdict {
        Verdict::GoOn => false,
        Verdict::Fail => true,
        Verdict::Crash => std::panic::resume_unwind(Box::new(Crash)),
    }
}

fn armed() -> bool {
    WATCHED.with(Cell::get) || named_in_environment()
}

#[cfg(not(debug_assertions))]
const fn named_in_environment() -> bool {
    false
}

#[cfg(not(debug_assertions))]
const fn abort_if_named(_: &str) {}

#[cfg(not(debug_assertions))]
const fn write_down(_: &str) {}

/// The point of `ZHIPAI_CRASH_AT`, and at which passing of it: `assign_expert:decided` or `assign_expert:decided#3`.
#[cfg(debug_assertions)]
fn named() -> Option<&'static (String, u32)> {
    use std::sync::OnceLock;
    static NAMED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    NAMED
        .get_or_init(|| {
            let text = std::env::var("ZHIPAI_CRASH_AT").ok()?;
            Some(match text.split_once('#') {
                Some((point, nth)) => (point.to_owned(), nth.parse().unwrap_or(1)),
                None => (text, 1),
            })
        })
        .as_ref()
}

#[cfg(debug_assertions)]
fn named_in_environment() -> bool {
    named().is_some() || listed().is_some()
}

/// The file of `ZHIPAI_CRASH_LIST`, to which every point passed is added.
#[cfg(debug_assertions)]
fn listed() -> Option<&'static std::sync::Mutex<std::fs::File>> {
    use std::sync::{Mutex, OnceLock};
    static LISTED: OnceLock<Option<Mutex<std::fs::File>>> = OnceLock::new();
    LISTED
        .get_or_init(|| {
            let path = std::env::var_os("ZHIPAI_CRASH_LIST")?;
            std::fs::OpenOptions::new().create(true).append(true).open(path).ok().map(Mutex::new)
        })
        .as_ref()
}

#[cfg(debug_assertions)]
fn write_down(point: &str) {
    use std::io::Write;
    if let Some(file) = listed() {
        let mut file = file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Whoever reads the list misses a point that could not be written, and says so.
        let _ = file.write_all(format!("{point}\n").as_bytes());
    }
}

#[cfg(debug_assertions)]
fn abort_if_named(point: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PASSED: AtomicU32 = AtomicU32::new(0);
    if let Some((wanted, nth)) = named()
        && wanted == point
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *nth
    {
        std::process::abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn a_point_does_what_its_watcher_says_and_nothing_when_nobody_watches() {
        assert!(!passes("a:begin"));
        watch(Some(Box::new(|point| match point {
            "a:begin" => Verdict::Fail,
            "a:decided" => Verdict::Crash,
            _ => Verdict::GoOn,
        })));
        assert!(passes("a:begin") && !passes("b:begin"));
        let crashed = catch_unwind(AssertUnwindSafe(|| passes("a:decided"))).expect_err("unwinds");
        assert_eq!(crashed.downcast_ref::<Crash>(), Some(&Crash));
        watch(None);
        assert!(!passes("a:decided"));
        take_away(Some(Guard::Fence));
        assert!(without(Guard::Fence) && !without(Guard::QuietHours));
        take_away(None);
        assert!(!without(Guard::Fence));
        assert!(!is_cut_off());
        cut_off(true);
        assert!(is_cut_off());
        cut_off(false);
        assert!(!is_cut_off());
    }
}
