//! Where the boxes of a block stand: rows below each other, cut into columns where they grow too high.
//!
//! Main type: [`Grid`].

use std::collections::HashMap;

use super::Work;
use super::level::{Level, Segment};
use super::order::{ordered, spread};
use super::rank::ranks;
use crate::back::drawing::picture::{BoxId, BoxKind};

/// The least space between two boxes of a row, and between two rows.
const ASIDE: f64 = 14.0;
const BELOW: f64 = 16.0;

/// The space that an arrow takes which says to which use of a shared layer it belongs.
const ROOM_FOR_USE: f64 = 44.0;

/// The space that one more line beside takes.
pub(super) const TRACK: f64 = 6.0;

/// The rows are placed by the rows above, then by those below, and so on; last by those above, so that a chain that
/// does not branch is straight.
const SWEEPS: usize = 5;

/// How much what only feeds others counts against the rest.
const LIGHT: f64 = 0.001;

/// Something that stands in a row: a box, or a point of the block's border.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub part: Option<BoxId>,
    pub width: f64,
    pub height: f64,
    /// The line that its arrows follow, from its left.
    pub axis: f64,
    /// Its left and top, once placed.
    pub x: f64,
    pub y: f64,
    pub rank: usize,
    pub column: usize,
    /// True for a block with boxes inside, whose arrows have points of its border of their own.
    pub is_open: bool,
    /// True for what only feeds others: a parameter by itself, a constant.
    feeds: bool,
}

/// A line between two spots.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    pub segment: Segment,
    pub from: usize,
    pub to: usize,
    /// Where it leaves and arrives, from the left of its spots.
    pub leaves: f64,
    pub arrives: f64,
    /// True where it ends in a head: not at the block's lower border.
    pub head: bool,
}

/// The spots of a block and the wires between them.
pub(super) struct Grid {
    pub spots: Vec<Spot>,
    pub wires: Vec<Wire>,
    pub rows: Vec<BoxRow>,
    pub columns: Vec<BoxColumn>,
    /// The spot of each entry and exit, by the box that its arrows come from.
    pub entries: Vec<(BoxId, usize)>,
    pub exits: Vec<(BoxId, usize)>,
}

/// A row.
#[derive(Clone, Debug, Default)]
pub(super) struct BoxRow {
    pub spots: Vec<usize>,
    pub height: f64,
    pub column: usize,
    pub top: f64,
}

/// A column of rows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BoxColumn {
    pub right: f64,
}

impl Grid {
    pub fn new(level: &Level, children: &[BoxId], work: &Work) -> Grid {
        let mut spots: Vec<Spot> = Vec::new();
        let mut entries: Vec<(BoxId, usize)> = Vec::new();
        let mut at: HashMap<BoxId, usize> = HashMap::new();
        let mut doors: HashMap<(bool, BoxId), usize> = HashMap::new();
        for segment in &level.entering {
            doors.entry((true, segment.from)).or_insert_with(|| {
                entries.push((segment.from, spots.len()));
                let is_use =
                    work.picture.arrows.get(segment.arrow).is_some_and(|arrow| !arrow.uses.is_empty());
                spots.push(Spot::door(if is_use { ROOM_FOR_USE } else { 0.0 }));
                spots.len().saturating_sub(1)
            });
        }
        for id in children {
            at.insert(*id, spots.len());
            spots.push(Spot::of(*id, work));
        }
        let mut exits: Vec<(BoxId, usize)> = Vec::new();
        for segment in &level.leaving {
            doors.entry((false, segment.from)).or_insert_with(|| {
                exits.push((segment.from, spots.len()));
                spots.push(Spot::door(0.0));
                spots.len().saturating_sub(1)
            });
        }
        let wire = |segment: &Segment, from: Option<&usize>, to: Option<&usize>, head: bool| {
            let (from, to) = (*from?, *to?);
            let part = |spot: usize| spots.get(spot).and_then(|spot| spot.part);
            let axis = |spot: usize| spots.get(spot).map_or(0.0, |spot| spot.axis);
            let leaves = part(from).map_or(axis(from), |id| work.exit(id, segment.from));
            let arrives = part(to).map_or(axis(to), |id| work.entry(id, segment.from));
            Some(Wire { segment: *segment, from, to, leaves, arrives, head })
        };
        let between = level.between.iter().map(|s| wire(s, at.get(&s.start), at.get(&s.end), true));
        let entering =
            level.entering.iter().map(|s| wire(s, doors.get(&(true, s.from)), at.get(&s.end), true));
        let leaving =
            level.leaving.iter().map(|s| wire(s, at.get(&s.start), doors.get(&(false, s.from)), false));
        let wires = entering.chain(between).chain(leaving).flatten().collect();
        Grid { spots, wires, rows: Vec::new(), columns: Vec::new(), entries, exits }
    }

    /// Gives every spot its place.
    pub fn place(&mut self, most_height: f64) {
        let arrows: Vec<(usize, usize)> = self.wires.iter().map(|wire| (wire.from, wire.to)).collect();
        let pinned = self.entries.len();
        let mut ranks = ranks(self.spots.len(), &arrows, |spot| spot < pinned);
        let last = ranks.iter().max().copied().unwrap_or(0);
        for (_, spot) in &self.exits {
            ranks.get_mut(*spot).into_iter().for_each(|rank| *rank = last);
        }
        let rows = ordered(&ranks, &arrows);
        for (spot, rank) in self.spots.iter_mut().zip(ranks) {
            spot.rank = rank;
        }
        self.rows = rows.into_iter().map(|spots| BoxRow { spots, ..BoxRow::default() }).collect();
        for row in &mut self.rows {
            let heights = row.spots.iter().filter_map(|spot| self.spots.get(*spot)).map(|spot| spot.height);
            row.height = heights.fold(0.0, f64::max);
        }
        self.align();
        self.cut(most_height);
    }

    /// Places each spot of a row near those it is joined to in the rows above and below.
    fn align(&mut self) {
        let mut joined: Vec<Vec<(usize, f64, f64)>> = vec![Vec::new(); self.spots.len()];
        for wire in self.wires.iter().filter(|wire| wire.from != wire.to) {
            let (Some(from), Some(to)) = (self.spots.get(wire.from), self.spots.get(wire.to)) else {
                continue;
            };
            if from.rank.abs_diff(to.rank) != 1 {
                continue;
            }
            let shift = (wire.leaves - from.axis) - (wire.arrives - to.axis);
            let weight = if from.feeds { LIGHT } else { 1.0 };
            joined.get_mut(wire.to).into_iter().for_each(|of| of.push((wire.from, shift, weight)));
            joined.get_mut(wire.from).into_iter().for_each(|of| of.push((wire.to, -shift, weight)));
        }
        for sweep in 0..SWEEPS {
            for step in 0..self.rows.len() {
                let down = sweep % 2 == 0;
                let rank = if down { step } else { self.rows.len().saturating_sub(step).saturating_sub(1) };
                self.align_row(rank, &joined, down);
            }
        }
    }

    /// Places a row by the one above, or by the one below.
    fn align_row(&mut self, rank: usize, joined: &[Vec<(usize, f64, f64)>], down: bool) {
        let Some(row) = self.rows.get(rank) else { return };
        let mut wanted = Vec::with_capacity(row.spots.len());
        let mut distances = Vec::with_capacity(row.spots.len());
        let mut before: Option<&Spot> = None;
        for id in &row.spots {
            let Some(spot) = self.spots.get(*id) else { continue };
            let (mut sum, mut weights) = (0.0, 0.0);
            for (other, shift, weight) in joined.get(*id).map_or(&[][..], Vec::as_slice) {
                let Some(other) = self.spots.get(*other) else { continue };
                if (other.rank < spot.rank) == down {
                    sum += (other.x + other.axis + shift) * weight;
                    weights += weight;
                }
            }
            let place = if weights > 0.0 { sum / weights } else { spot.x + spot.axis };
            wanted.push((place, if spot.feeds { LIGHT } else { 1.0 }));
            if let Some(before) = before {
                distances.push(before.width - before.axis + ASIDE + spot.axis);
            }
            before = Some(spot);
        }
        for (id, axis) in row.spots.iter().zip(spread(&wanted, &distances)) {
            if let Some(spot) = self.spots.get_mut(*id) {
                spot.x = axis - spot.axis;
            }
        }
    }

    /// Cuts the rows into as few columns as keep to a height, those about equally high.
    fn cut(&mut self, most_height: f64) {
        let gaps = self.gaps();
        let heights: Vec<f64> = self.rows.iter().zip(&gaps).map(|(row, gap)| row.height + gap).collect();
        let all: f64 = heights.iter().sum();
        let tallest = heights.iter().copied().fold(0.0, f64::max);
        let columns = (all / most_height.max(tallest).max(1.0)).ceil().max(1.0);
        let limit = lowest_limit(&heights, columns as usize, (all / columns).max(tallest), all);
        let (mut column, mut top) = (0usize, 0.0);
        for (row, (height, gap)) in self.rows.iter_mut().zip(heights.iter().zip(&gaps)) {
            if top > 0.0 && top + height > limit + 0.5 {
                (column, top) = (column.saturating_add(1), 0.0);
            }
            (row.column, row.top) = (column, top + gap);
            top += height;
        }
        for row in &self.rows {
            for id in &row.spots {
                if let Some(spot) = self.spots.get_mut(*id) {
                    (spot.y, spot.column) = (row.top, row.column);
                }
            }
        }
    }

    /// The space above each row: more where lines from beside arrive or leave.
    fn gaps(&self) -> Vec<f64> {
        let mut turning = vec![0.0; self.rows.len().saturating_add(1)];
        let mut counted = std::collections::HashSet::new();
        for wire in &self.wires {
            let ranks = self.spots.get(wire.from).zip(self.spots.get(wire.to));
            let Some((from, to)) = ranks.filter(|(from, to)| from.rank.checked_add(1) != Some(to.rank))
            else {
                continue;
            };
            for (leaves, spot, row) in
                [(true, wire.from, from.rank.saturating_add(1)), (false, wire.to, to.rank)]
            {
                if let Some(turning) = turning.get_mut(row).filter(|_| counted.insert((leaves, spot))) {
                    *turning = f64::min(*turning + 1.0, 6.0);
                }
            }
        }
        let is_first = |rank: usize| rank == 0;
        let above = |rank: usize, turning: &f64| match (is_first(rank), *turning > 0.0) {
            (true, false) => 0.0,
            (true, true) => turning * TRACK + 6.0,
            (false, _) => BELOW + turning * TRACK,
        };
        turning.iter().take(self.rows.len()).enumerate().map(|(rank, turning)| above(rank, turning)).collect()
    }
}

/// The lowest height of columns, of which no more than so many are needed.
fn lowest_limit(heights: &[f64], columns: usize, low: f64, high: f64) -> f64 {
    let needed = |limit: f64| {
        let (mut columns, mut top) = (1usize, 0.0);
        for height in heights {
            if top > 0.0 && top + height > limit {
                (columns, top) = (columns.saturating_add(1), 0.0);
            }
            top += height;
        }
        columns
    };
    let (mut low, mut high) = (low, high);
    if needed(low) <= columns {
        return low;
    }
    while high - low > 1.0 {
        let middle = (low + high) / 2.0;
        if needed(middle) <= columns { high = middle } else { low = middle }
    }
    high
}

impl Spot {
    fn of(id: BoxId, work: &Work) -> Spot {
        let (width, height) = work.size(id);
        let is_open = work.insides.contains_key(&id);
        let feeds = work
            .picture
            .boxes
            .get(id)
            .is_some_and(|part| matches!(part.sort, BoxKind::Stored | BoxKind::Layer(None)));
        Spot { part: Some(id), width, height, axis: work.axis(id), is_open, feeds, ..Spot::door(0.0) }
    }

    /// A point of the block's border.
    fn door(width: f64) -> Spot {
        Spot {
            part: None,
            width,
            height: 0.0,
            axis: width / 2.0,
            x: 0.0,
            y: 0.0,
            rank: 0,
            column: 0,
            is_open: false,
            feeds: false,
        }
    }
}
