//! Where everything of a picture stands: boxes in rows from top to bottom, rows in columns from left to right.
//!
//! Main function: [`lay_out`]. Each block is laid out by itself and then stands in the block around it as one box, its
//! arrows entering at the top and leaving at the bottom. Arrows between neighbouring rows are drawn between them, all
//! others beside the column. Time is n log n in boxes and arrows.

mod level;
mod order;
mod place;
mod rank;
mod route;

use std::collections::HashMap;

use self::level::{Level, levels};
use super::caption;
use super::picture::{BoxId, Picture};

/// A point, in units of the drawing.
pub(in crate::back) type Point = (f64, f64);

/// Where everything stands.
#[derive(Clone, Debug, Default)]
pub(in crate::back) struct Layout {
    pub width: f64,
    pub height: f64,
    /// Each box, by its number; without extent where it is not drawn.
    pub boxes: Vec<Rectangle>,
    /// The lines of arrows.
    pub lines: Vec<ArrowLine>,
    /// Where arrows go on inside opened blocks.
    pub ports: Vec<Point>,
}

/// A rectangle by its upper left corner and its size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::back) struct Rectangle {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A line of an arrow.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::back) struct ArrowLine {
    /// The arrow it belongs to, by its place.
    pub arrow: usize,
    /// Its corners.
    pub points: Vec<Point>,
    /// True where it ends in a head.
    pub head: bool,
    /// True where it says which uses it belongs to.
    pub labelled: bool,
}

/// A block's inside, laid out by itself.
#[derive(Clone, Debug, Default)]
struct Inside {
    width: f64,
    height: f64,
    /// The upper left corner of each box in it.
    boxes: Vec<(BoxId, Point)>,
    lines: Vec<ArrowLine>,
    /// Where the arrows of each box outside enter, and where those of each box inside leave.
    entries: HashMap<BoxId, f64>,
    exits: HashMap<BoxId, f64>,
    ports: Vec<Point>,
}

/// The space between a block's border and what is inside.
const PADDING: f64 = 10.0;

/// Lays a picture out, or the inside of one of its blocks, in columns that are at most this high where that is
/// possible, those inside blocks likewise.
pub(in crate::back) fn lay_out(
    picture: &Picture,
    block: Option<BoxId>,
    most_height: f64,
    most_inside: f64,
) -> Layout {
    let levels = levels(picture);
    let mut work = Work {
        picture,
        levels: &levels,
        sizes: vec![(0.0, 0.0); picture.boxes.len()],
        insides: HashMap::new(),
        most_inside,
    };
    let root = work.inside(block, most_height);
    let mut layout = Layout {
        width: root.width + 2.0 * PADDING,
        height: root.height + 2.0 * PADDING,
        boxes: vec![Rectangle::default(); picture.boxes.len()],
        ..Layout::default()
    };
    work.settle(&root, (PADDING, PADDING), &mut layout);
    layout
}

struct Work<'a> {
    picture: &'a Picture,
    levels: &'a [Level],
    sizes: Vec<(f64, f64)>,
    insides: HashMap<BoxId, Inside>,
    most_inside: f64,
}

impl Work<'_> {
    /// Lays out the inside of a block, its blocks first; `None` is the model.
    fn inside(&mut self, block: Option<BoxId>, most_height: f64) -> Inside {
        let picture = self.picture;
        let children = match block {
            None => picture.outermost.as_slice(),
            Some(id) => picture.boxes.get(id).map_or(&[][..], |part| &part.inside),
        };
        for id in children {
            let Some(part) = picture.boxes.get(*id) else { continue };
            let caption = caption::size(part);
            let size = if part.inside.is_empty() {
                caption
            } else {
                let inside = self.inside(Some(*id), self.most_inside - caption.1 - 2.0 * PADDING);
                let size =
                    (inside.width.max(caption.0) + 2.0 * PADDING, inside.height + caption.1 + 2.0 * PADDING);
                self.insides.insert(*id, inside);
                size
            };
            if let Some(known) = self.sizes.get_mut(*id) {
                *known = size;
            }
        }
        let level = self.levels.get(block.map_or(0, |id| id.saturating_add(1)));
        let Some(level) = level else { return Inside::default() };
        let mut grid = place::Grid::new(level, children, self);
        grid.place(most_height);
        route::routed(grid)
    }

    fn size(&self, id: BoxId) -> (f64, f64) {
        self.sizes.get(id).copied().unwrap_or_default()
    }

    /// Where an arrow from a box outside enters a box, from its left.
    fn entry(&self, id: BoxId, from: BoxId) -> f64 {
        let port = self.insides.get(&id).and_then(|inside| inside.entries.get(&from));
        port.map_or(self.size(id).0 / 2.0, |x| x + PADDING)
    }

    /// Where an arrow from a box inside leaves a box, from its left.
    fn exit(&self, id: BoxId, from: BoxId) -> f64 {
        let port = self.insides.get(&id).and_then(|inside| inside.exits.get(&from));
        port.map_or(self.size(id).0 / 2.0, |x| x + PADDING)
    }

    /// The line from top to bottom that a box's own arrows follow, from its left.
    fn axis(&self, id: BoxId) -> f64 {
        let inside = self.insides.get(&id);
        let port = inside.and_then(|inside| {
            inside.exits.values().chain(inside.entries.values()).copied().reduce(f64::min)
        });
        port.map_or(self.size(id).0 / 2.0, |x| x + PADDING)
    }

    /// Moves what was laid out by itself to where it stands.
    fn settle(&self, inside: &Inside, (x, y): Point, layout: &mut Layout) {
        let moved = |point: &Point| (point.0 + x, point.1 + y);
        for line in &inside.lines {
            layout.lines.push(ArrowLine { points: line.points.iter().map(moved).collect(), ..line.clone() });
        }
        layout.ports.extend(inside.ports.iter().map(moved));
        for (id, corner) in &inside.boxes {
            let (x, y) = moved(corner);
            let (width, height) = self.size(*id);
            if let Some(known) = layout.boxes.get_mut(*id) {
                *known = Rectangle { x, y, width, height };
            }
            if let (Some(inner), Some(part)) = (self.insides.get(id), self.picture.boxes.get(*id)) {
                self.settle(inner, (x + PADDING, y + caption::size(part).1 + PADDING), layout);
            }
        }
    }
}
