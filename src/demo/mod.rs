//! The demo: the whole service over a believable city, with a mailbox to read and a clock to turn.
//!
//! Read in this order: [`corpus`] (texts and names) · [`world`] (the city and its year) · [`accounts`] (who may sign in) ·
//! [`time_machine`] (the virtual clock) · [`pages`] (`/demo/…`) · [`run`] (the command). None of it exists in `serve`.

pub mod accounts;
pub mod corpus;
pub mod pages;
pub mod run;
pub mod time_machine;
pub mod world;
