//! Stories over HTTP, each on SQLite and on PostgreSQL.

mod admission;
mod answer;
mod bad_input;
mod batch;
mod chain;
mod conduct;
mod conflicts;
mod doors;
mod fairness;
mod figures;
mod guards;
mod just;
mod letters;
mod life;
mod links;
mod mail_off;
mod once;
mod own_page;
mod personal;
mod promise;
mod rule;
mod search;
mod stuck;
mod suggest;
mod waiting;
mod what_if;
