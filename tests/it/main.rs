//! Integration tests: the real service on both databases, told as stories.

#[path = "../support/mod.rs"]
mod support;

mod architecture;
mod db;
mod http;
mod mail;
mod words;
