//! A graph as a program: which scopes are parts of it, which are members of one series, which have equal bodies, and which
//! repeat.
//!
//! Main types: [`Tree`], the parts of a graph, each with the class of those that are isomorphic to it, and [`Run`], a
//! repetition of neighbours. Reports, explanations, comparisons and drawings all fold by what is said here.

mod classes;
mod repeats;
mod series;
mod tree;

pub(crate) use classes::Class;
pub(crate) use repeats::{Run, Runs, window};
pub(crate) use series::{Series, is_chain, is_numbered, range, range_label, series, words_and_numbers};
pub(crate) use tree::{Tree, TreeItem};
