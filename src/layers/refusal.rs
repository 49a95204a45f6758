//! Why a layer cannot be applied, in words for its user.

use std::fmt::Display;

use crate::ir::{Shape, Size};

/// So many things: `1 axis`, `2 axes`.
pub(super) fn counted(n: usize, one: &str, several: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { several })
}

/// What a refusal is about, so that it can be shown at the right place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The layer as a whole.
    Layer,
    /// The argument of this canonical name.
    Argument(&'static str),
    /// The input of this number.
    Input(usize),
    /// Two inputs that do not fit each other.
    Inputs(usize, usize),
}

/// Why a layer cannot be applied: a structural error without its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The structural error: `shape-mismatch`, `invalid-argument` …
    pub code: &'static str,
    /// What is wrong, with names in backticks and all numbers.
    pub message: String,
    /// What it is about.
    pub about: About,
    /// What to do; perhaps the nearest valid value.
    pub help: Vec<String>,
    /// What may be meant, as it would be written in the place of what the refusal is about.
    pub meant: Option<String>,
}

impl Refusal {
    /// What may be meant, as it would be written.
    pub fn meant(mut self, text: impl Into<String>) -> Refusal {
        self.meant = Some(text.into());
        self
    }

    /// A refusal of any code.
    pub fn new(code: &'static str, about: About, message: impl Into<String>) -> Refusal {
        Refusal { code, about, message: message.into(), help: Vec::new(), meant: None }
    }

    /// Inputs whose shapes do not fit: `cannot …`, `expected …, found …`.
    pub fn shape(message: impl Into<String>) -> Refusal {
        Refusal::new("shape-mismatch", About::Layer, message)
    }

    /// An input that does not have the axes this layer reads.
    pub fn rank(layer: &str, expected: impl Display, found: &Shape) -> Refusal {
        Refusal::shape(format!("`{layer}` takes {expected}, but this is {found}"))
    }

    /// An argument whose value cannot be.
    pub fn argument(name: &'static str, message: impl Into<String>) -> Refusal {
        Refusal::new("invalid-argument", About::Argument(name), message)
    }

    /// A number that does not divide another.
    pub fn indivisible(about: About, message: impl Into<String>) -> Refusal {
        Refusal::new("indivisible", about, message)
    }

    /// A result that would hold nothing.
    pub fn empty(message: impl Into<String>) -> Refusal {
        Refusal::new("empty-output", About::Layer, message)
    }

    /// A formula where a number is needed.
    pub fn undecided(about: About, what: impl Display, size: &Size) -> Refusal {
        let symbols = size.symbols().join("`, `");
        Refusal::new("undecided", about, format!("{what} must be a number, but is `{size:#}`"))
            .help(format!("give `{symbols}` a number with `--set`, or make it a parameter of the model"))
    }

    /// What to do.
    pub fn help(mut self, text: impl Into<String>) -> Refusal {
        self.help.push(text.into());
        self
    }
}
