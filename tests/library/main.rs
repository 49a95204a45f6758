//! What the library says of programs: it parses, lays out, elaborates, analyses and judges them in this process.

#[path = "../common/mod.rs"]
mod common;

mod accounts;
mod catalogue;
mod drawings;
mod formatting;
mod gallery;
mod oversized_dense;
mod refusals;
mod reuse;
mod robustness;
mod rooms;
mod rules;
mod standard;
mod suite;
mod suppressions;
mod syntax;
mod syntax_limits;
mod syntax_messages;
mod traps;
mod without_text;
