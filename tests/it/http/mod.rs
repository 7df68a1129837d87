//! Stories over HTTP, each on SQLite and on PostgreSQL.

mod answer;
mod bad_input;
mod batch;
mod chain;
mod conduct;
mod conduct_case;
mod conduct_deeds;
mod conflicts;
mod doors;
mod fairness;
mod figures;
mod letters;
mod life;
mod links;
mod mail_off;
mod once;
mod personal;
mod promise;
mod rule;
mod search;
mod suggest;
mod waiting;
mod what_if;
