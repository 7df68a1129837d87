//! What both databases must hold to.

mod answers;
mod busy;
mod migrations;
mod nodes;
