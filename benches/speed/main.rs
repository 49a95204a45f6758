//! How fast Weft is: `cargo bench`, or `cargo bench --bench speed -- parse` for a part of it.
//!
//! `scripts/performance` turns the figures into the tables of `docs/performance.md`.

mod check;
mod elaborate;
#[path = "../shared/examples.rs"]
mod examples;
mod families;
mod parse;
mod workloads;

fn main() {
    divan::main();
}
