//! What a model states of itself: its symbolic sizes, its results, its assertions.

use std::sync::Arc;

use super::{Port, ScopeId};
use crate::source::Location;

/// A symbolic size of a model.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Its name.
    pub name: Arc<str>,
    /// What it is unless said otherwise.
    pub default: Option<i128>,
    /// The least value for which every extent is at least 1.
    pub least: i128,
}

/// A result of a model.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: Arc<str>,
    /// What gives it.
    pub source: Port,
    /// Where it is declared.
    pub origin: Location,
}

/// What a budget bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// Parameters.
    Parameters,
    /// Multiply-accumulates.
    Macs,
}

/// The two sides of an assertion that bounds parameters or cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What is bounded.
    pub measure: Measure,
    /// What it is.
    pub actual: u128,
    /// What was asked for.
    pub bound: i128,
}

/// An `assert`, decided at the defaults of the symbolic sizes.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// Whether it holds.
    pub holds: bool,
    /// True where a symbol's default was needed to decide it.
    pub at_defaults: bool,
    /// What to say where it does not.
    pub message: Option<Arc<str>>,
    /// The two sides of its comparison, as text; or nothing.
    pub sides: Option<(String, String)>,
    /// Where it bounds `params` or `macs`.
    pub budget: Option<Budget>,
    /// The scope it is in.
    pub scope: ScopeId,
    /// Where it is written.
    pub origin: Location,
}
