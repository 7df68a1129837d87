//! Letters over a real socket: a scripted mail server says no in every way, and the promise holds.

mod faults;
mod ingest;
mod smtp;
