//! Why a layer cannot be applied, in words for its user.

use std::fmt::Display;

use crate::ir::{Shape, Size};

/// So many things: `1 axis`, `2 axes`.
pub(super) fn counted(n: usize, one: &str, several: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { several })
}

/// What a error is about, so that it can be shown at the right place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorSubject {
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
pub struct InferenceError {
    /// The structural error: `shape-mismatch`, `invalid-argument` …
    pub code: &'static str,
    /// What is wrong, with names in backticks and all numbers.
    pub message: String,
    /// What it is about.
    pub about: ErrorSubject,
    /// What to do; perhaps the nearest valid value.
    pub help: Vec<String>,
    /// What may be meant, as it would be written in the place of what the error is about.
    pub meant: Option<String>,
}

impl InferenceError {
    /// What may be meant, as it would be written.
    pub fn meant(mut self, text: impl Into<String>) -> InferenceError {
        self.meant = Some(text.into());
        self
    }

    /// A error of any code.
    pub fn new(code: &'static str, about: ErrorSubject, message: impl Into<String>) -> InferenceError {
        InferenceError { code, about, message: message.into(), help: Vec::new(), meant: None }
    }

    /// Inputs whose shapes do not fit: `cannot …`, `expected …, found …`.
    pub fn shape(message: impl Into<String>) -> InferenceError {
        InferenceError::new("shape-mismatch", ErrorSubject::Layer, message)
    }

    /// An input that does not have the axes this layer reads.
    pub fn rank(layer: &str, expected: impl Display, found: &Shape) -> InferenceError {
        InferenceError::shape(format!("`{layer}` takes {expected}, but this is {found}"))
    }

    /// An argument whose value cannot be.
    pub fn argument(name: &'static str, message: impl Into<String>) -> InferenceError {
        InferenceError::new("invalid-argument", ErrorSubject::Argument(name), message)
    }

    /// A number that does not divide another.
    pub fn indivisible(about: ErrorSubject, message: impl Into<String>) -> InferenceError {
        InferenceError::new("indivisible", about, message)
    }

    /// A result that would hold nothing.
    pub fn empty(message: impl Into<String>) -> InferenceError {
        InferenceError::new("empty-output", ErrorSubject::Layer, message)
    }

    /// A formula where a number is needed.
    pub fn undecided(about: ErrorSubject, what: impl Display, size: &Size) -> InferenceError {
        let symbols = size.symbols().join("`, `");
        InferenceError::new("undecided", about, format!("{what} must be a number, but is `{size:#}`"))
            .help(format!("give `{symbols}` a number with `--set`, or make it a parameter of the model"))
    }

    /// What to do.
    pub fn help(mut self, text: impl Into<String>) -> InferenceError {
        self.help.push(text.into());
        self
    }
}
