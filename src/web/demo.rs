//! The door to the demo's own pages and calls, `/demo/…`: they exist only where the demo hands its hooks in.

use super::call::Call;
use super::error::Answered;
use crate::domain::refusal::Refusal;

/// What the demo adds to the site: the time machine and the mailbox (contract.md, "Demo only").
pub trait DemoHooks: Send + Sync {
    /// Answers a call under `/demo/`; `call.param("rest")` is the path behind it (`clock`, `mailbox`, `mailbox.json`).
    /// Access has been checked: a POST came with an administrator's token or from our own form.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for paths it does not have, and what its deeds say.
    fn answer(&self, call: &Call) -> Answered;
}

/// `/demo/…`.
///
/// # Errors
/// What the demo says; [`Refusal::NotFound`] in service.
pub fn answer(call: &Call) -> Answered {
    match &call.site.demo {
        Some(demo) => demo.answer(call),
        None => Err(Refusal::NotFound.into()),
    }
}
