//! Drawings of a model's graph.
//!
//! Main types: [`Picture`], what is drawn, and [`Drawing`], how. [`DRAWINGS`] is the registry, one file a format.
//! Repetitions are folded as `× n`, and a shared layer is drawn once with all its uses leading to it.

mod caption;
mod captions;
mod detail_level;
mod dot;
mod fold;
mod layout;
mod mermaid;
mod palette;
mod picture;
pub mod svg;
mod tree;

#[cfg(test)]
mod tests;

pub use detail_level::DetailLevel;
pub use picture::{Arrow, BoxId, BoxKind, Part, Picture};

use crate::analysis::Analysis;
use crate::ir::Graph;

/// A model and what follows from it.
pub type Drawn<'a> = (&'a Graph, &'a Analysis);

/// A format of drawings.
#[derive(Debug)]
pub struct Drawing {
    /// Its name, as in `--to`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub summary: &'static str,
    /// Draws some models, in order, each opened in the first of these ways that fits the format, or in the last.
    pub draw: fn(&[Drawn], &[DetailLevel]) -> String,
}

/// Every format of drawings.
pub static DRAWINGS: &[Drawing] = &[dot::DRAWING, mermaid::DRAWING, svg::DRAWING];

/// `layer3.1 … 5  Bottleneck × 5`
fn naming(part: &Part) -> String {
    let texts = [&*part.name, &*part.kind, &*part.repeats];
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("  ")
}

/// The name of an opened block with its sums.
fn heading(part: &Part) -> String {
    let texts = [naming(part), part.shape.clone(), part.parameters.clone()];
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("   ")
}

/// `use 1`, `uses 1, 2`, `uses 1–12`
fn uses(numbers: &[u32]) -> String {
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
            _ => spans.push((*number, *number)),
        }
    }
    let spans: Vec<String> = spans
        .into_iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}–{last}") })
        .collect();
    format!("{} {}", if numbers.len() == 1 { "use" } else { "uses" }, spans.join(", "))
}
