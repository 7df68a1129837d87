//! What every test stands on: databases, a whole office with its web server, the people in it, a mail server.

pub mod app;
pub mod backend;
pub mod holds;
pub mod people;
