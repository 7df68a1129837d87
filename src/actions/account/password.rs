//! Passwords: how they are kept and which are good enough.
//!
//! Argon2id with the OWASP minimum (19 MiB, two passes, one lane), a few at a time, so that a flood of sign-ins cannot
//! take the machine's memory. Good enough (OWASP ASVS 5, 6.2): twelve characters or more, of any kind, not the
//! account's own name or address, not one of the commonest or of a single repeated piece.

use crate::actions::{Done, Fault};
use crate::clock::Chance;
use crate::domain::refusal::{FieldProblem, Problems};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

/// The fewest characters.
pub const SHORTEST: usize = 12;
/// The most.
pub const LONGEST: usize = 200;

/// Pieces that make up the commonest long passwords.
const COMMON: [&str; 16] = [
    "password",
    "passw0rd",
    "qwerty",
    "asdfgh",
    "zxcvbn",
    "123456",
    "12345678",
    "iloveyou",
    "admin",
    "welcome",
    "letmein",
    "woaini",
    "abc123",
    "zhipai",
    "mima",
    "zhishichanquan",
];

/// Lets a few through at a time.
struct Turnstile {
    free: Mutex<usize>,
    freed: Condvar,
}

fn turnstile() -> &'static Turnstile {
    static TURNSTILE: OnceLock<Turnstile> = OnceLock::new();
    TURNSTILE.get_or_init(|| {
        let at_once = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
        Turnstile { free: Mutex::new(at_once), freed: Condvar::new() }
    })
}

fn in_turn<T>(work: impl FnOnce() -> T) -> T {
    let turnstile = turnstile();
    let mut free = turnstile.free.lock().unwrap_or_else(PoisonError::into_inner);
    while *free == 0 {
        free = turnstile.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
    }
    *free -= 1;
    drop(free);
    let done = work();
    *turnstile.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    turnstile.freed.notify_one();
    done
}

fn hash_with_salt(given: &str, salt: &[u8; 16]) -> Result<String, argon2::password_hash::Error> {
    in_turn(|| Argon2::default().hash_password_with_salt(given.as_bytes(), salt))
        .map(|hash: PasswordHash| hash.to_string())
}

/// The hash of a password, in PHC text form.
///
/// # Errors
/// A fault when it cannot be made.
pub fn hash(chance: &Chance, given: &str) -> Done<String> {
    hash_with_salt(given, &chance.bytes()).map_err(|error| {
        crate::actions::ActionError::Fault(Fault::new(format!("a password could not be hashed: {error}")))
    })
}

/// Whether a password is the one behind the hash. Without a hash it takes as long and is never right.
#[must_use]
pub fn matches(hash: Option<&str>, given: &str) -> bool {
    static DUMMY: OnceLock<String> = OnceLock::new();
    let dummy = DUMMY.get_or_init(|| {
        hash_with_salt("nobody's", b"no account's salt"[..16].try_into().unwrap_or(&[0; 16])).unwrap_or_default()
    });
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(dummy)) else { return false };
    let right = in_turn(|| Argon2::default().verify_password(given.as_bytes(), &parsed)).is_ok();
    right && hash.is_some()
}

/// Adds to `problems` what is wrong with a new password; `own` are the account's name and address.
pub fn judge(problems: &mut Problems, field: &str, given: &str, own: &[&str]) {
    let length = given.chars().count();
    if length == 0 {
        problems.add(FieldProblem::new(field, "missing"));
    } else if length < SHORTEST {
        problems.add(FieldProblem::with(field, "too-short", SHORTEST));
    } else if length > LONGEST {
        problems.add(FieldProblem::with(field, "too-long", LONGEST));
    } else if is_weak(given, own) {
        problems.add(FieldProblem::new(field, "weak-password"));
    }
}

fn is_weak(given: &str, own: &[&str]) -> bool {
    let mut left = given.to_lowercase();
    for text in own {
        for piece in text.to_lowercase().split(['@', '.', ' ']).filter(|piece| piece.chars().count() >= 3) {
            left = left.replace(piece, "");
        }
    }
    for piece in COMMON {
        left = left.replace(piece, "");
    }
    let mut kinds: Vec<char> = left.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    // What remains once the guessable pieces are gone has to be a secret of its own.
    left.chars().count() < 6 || kinds.len() < 5
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::refusal::Refusal;

    #[test]
    fn a_password_opens_only_its_own_hash() {
        let hash = hash(&Chance::seeded(1), "correct horse battery").expect("a hash");
        assert!(hash.starts_with("$argon2id$"));
        assert!(matches(Some(&hash), "correct horse battery"));
        assert!(!matches(Some(&hash), "correct horse batterx"));
        assert!(!matches(None, "nobody's"));
    }

    #[test]
    fn guessable_passwords_are_refused() {
        for (given, code) in [
            ("", Some("missing")),
            ("short", Some("too-short")),
            ("password123456", Some("weak-password")),
            ("aaaaaaaaaaaaaa", Some("weak-password")),
            ("linxiaoyun2026", Some("weak-password")),
            ("专家库里种了三棵海棠树和竹", None),
            ("kettle-orbit-92-salt", None),
        ] {
            let mut problems = Problems::default();
            judge(&mut problems, "password", given, &["林晓云", "linxiaoyun@station.example"]);
            let found = match problems.settle() {
                Err(Refusal::Invalid(found)) => found.first().map(|problem| problem.code),
                _ => None,
            };
            assert_eq!(found, code, "{given}");
        }
    }
}
