//! Weft: a compiler and linter for neural-network architectures.

#![deny(missing_docs)]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::arithmetic_side_effects
    )
)]

pub mod analysis;
pub mod cli;
pub mod diagnostic;
pub mod document;
pub mod elaborate;
pub mod graph;
pub mod layers;
pub mod lint;
pub mod report;
pub mod source;
pub mod syntax;
