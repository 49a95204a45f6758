//! What the targets that draw have in common: a model as boxes and arrows, and where they are placed.
//!
//! Main type: [`Picture`]. Repetitions are folded as `× n`, and a shared layer is drawn once with all its uses leading
//! to it. A target decides how a picture is written, never what is in it.

pub(super) mod caption;
mod captions;
mod detail_level;
mod fold;
pub(super) mod layout;
pub(super) mod palette;
mod picture;

#[cfg(test)]
mod tests;

pub use detail_level::DetailLevel;
pub use picture::{Arrow, BoxId, BoxKind, Picture, PictureBox};

use crate::analysis::Analysis;
use crate::ir::Graph;

/// A model and what follows from it.
pub type Drawn<'a> = (&'a Graph, &'a Analysis);

/// The ways to open the blocks of a drawing that are tried until one fits: the asked depth, or from the most to the least.
pub(super) fn detail_levels(depth: Option<usize>) -> Vec<DetailLevel> {
    depth.map_or(DetailLevel::FROM_MOST.to_vec(), |depth| vec![DetailLevel::to(depth)])
}

/// `layer3.1 … 5  Bottleneck × 5`
pub(super) fn naming(part: &PictureBox) -> String {
    let texts = [&*part.name, &*part.kind, &*part.repeats];
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("  ")
}

/// The name of an opened block with its sums.
pub(super) fn heading(part: &PictureBox) -> String {
    let texts = [naming(part), part.shape.clone(), part.parameters.clone()];
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("   ")
}

/// `use 1`, `uses 1, 2`, `uses 1–12`
pub(super) fn uses(numbers: &[u32]) -> String {
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
