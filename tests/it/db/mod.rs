//! What both databases must hold to.

mod migrations;
mod nodes;
