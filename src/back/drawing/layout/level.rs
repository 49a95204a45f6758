//! The arrows of a picture, level by level: what of each is drawn inside which block.
//!
//! Main function: [`levels`]. An arrow is drawn between two neighbours in the innermost block that holds both its
//! ends, and goes on inside the blocks it leads into and comes out of.

use std::collections::HashSet;

use crate::back::drawing::picture::{BoxId, Picture};

/// What of the arrows is drawn inside one block.
#[derive(Clone, Debug, Default)]
pub(super) struct Level {
    /// Between two boxes of the block.
    pub between: Vec<Segment>,
    /// From outside to a box of the block; `start` is the box outside.
    pub entering: Vec<Segment>,
    /// From a box of the block to outside; `end` is `start`.
    pub leaving: Vec<Segment>,
}

/// A part of an arrow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Segment {
    /// The arrow, by its place.
    pub arrow: usize,
    /// The box without boxes inside that the arrow comes from.
    pub from: BoxId,
    /// The box of this level that it comes from.
    pub start: BoxId,
    /// The box of this level that it leads to.
    pub end: BoxId,
}

/// What is drawn inside the model, and then inside each box by its number.
pub(super) fn levels(picture: &Picture) -> Vec<Level> {
    let mut levels = vec![Level::default(); picture.boxes.len().saturating_add(1)];
    let mut drawn: HashSet<(u8, BoxId, BoxId)> = HashSet::new();
    for (arrow, told) in picture.arrows.iter().enumerate() {
        let (mut sources, mut targets) = (ancestry(picture, told.from), ancestry(picture, told.to));
        let mut around = 0usize;
        // From the outermost inwards while both stand in the same block; an arrow to itself stays where its box is.
        while let ([.., a], [.., b]) = (sources.as_slice(), targets.as_slice()) {
            if a != b || sources.len() == 1 || targets.len() == 1 {
                break;
            }
            around = a.saturating_add(1);
            sources.pop();
            targets.pop();
        }
        let (Some(start), Some(end)) = (sources.pop(), targets.pop()) else { continue };
        let from = told.from;
        let mut add = |level: usize, sort: u8, segment: Segment| {
            let key = (sort, from, if sort == 2 { segment.start } else { segment.end });
            if let Some(level) = levels.get_mut(level).filter(|_| drawn.insert(key)) {
                let lines = match sort {
                    0 => &mut level.between,
                    1 => &mut level.entering,
                    _ => &mut level.leaving,
                };
                lines.push(segment);
            }
        };
        add(around, 0, Segment { arrow, from, start, end });
        let mut outer = end;
        while let Some(inner) = targets.pop() {
            add(outer.saturating_add(1), 1, Segment { arrow, from, start: from, end: inner });
            outer = inner;
        }
        let mut outer = start;
        while let Some(inner) = sources.pop() {
            add(outer.saturating_add(1), 2, Segment { arrow, from, start: inner, end: inner });
            outer = inner;
        }
    }
    levels
}

/// A box and those around it, outwards.
fn ancestry(picture: &Picture, id: BoxId) -> Vec<BoxId> {
    std::iter::successors(Some(id), |inner| picture.boxes.get(*inner)?.around).collect()
}
