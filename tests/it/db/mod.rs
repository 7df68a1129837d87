//! What both databases must hold to.

mod answers;
mod migrations;
mod nodes;
