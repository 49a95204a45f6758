//! Weft: a compiler and linter for neural-network architectures.
//!
//! From a text to its layer graph, what is counted, and what is found:
//!
//! ```
//! use weft::{analysis::analyse, front::weft::{Input, Options, elaborate}, lint::{Settings, Subject, lint}, source::Memory};
//!
//! let text = "model M { input image: [3, 32, 32]  output image -> conv: Conv2d(1, kernel=3) }";
//! let input = Input { name: "m.weft".into(), path: None, text: text.into() };
//! let program = elaborate(&Memory::default(), input, &Options::default());
//! let analyses: Vec<_> = program.models.iter().map(|graph| analyse(graph)).collect();
//! assert_eq!(analyses[0].totals.parameters.to_string(), "28");
//! assert_eq!(analyses[0].totals.without_sharing.to_string(), "25,200");
//! assert!(program.errors.is_empty() && lint(Subject::program(&program, &analyses), &Settings::default()).is_empty());
//! ```

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
pub mod back;
mod blocks;
pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod diff;
mod digest;
pub mod explain;
pub mod fix;
pub mod format;
pub mod front;
pub mod ide;
pub mod ir;
pub mod layers;
pub mod lint;
pub mod lock;
pub mod output;
pub mod pages;
pub mod project;
pub mod report;
pub mod server;
pub mod source;
pub mod syntax;
pub mod verify;
