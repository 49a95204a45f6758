//! The lines between the boxes of a block that have their places.
//!
//! Main function: [`routed`]. A line to the next row of the same column goes straight there; every other goes down or
//! up beside a column, in a lane of its own unless another from the same box is in it already.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::place::{BoxColumn, BoxRow, Grid, Spot, TRACK, Wire};
use super::{ArrowLine, Inside, PADDING, Point};

/// How far a line beside the column leaves and arrives from a box's own axis.
const APART: f64 = 9.0;

/// The space between two columns, lanes aside.
const GUTTER: f64 = 16.0;

/// A vertical piece of lines from one spot, beside a column.
#[derive(Clone, Copy, Debug)]
struct Lane {
    top: f64,
    bottom: f64,
    /// Its number from the column outwards.
    number: usize,
}

/// Lanes by the column they are right of, and the spot that their lines come from.
type Lanes = HashMap<(usize, usize), Lane>;

/// Draws the lines and gives the block's inside, moved so that its corner is at 0.
pub(super) fn routed(mut grid: Grid) -> Inside {
    let lanes = lanes(&grid);
    let widths = gutters(&grid, &lanes);
    let width = columns(&mut grid, &widths);
    let router = Router { grid: &grid, lanes: &lanes, tracks: Tracks::of(&grid) };
    let lines: Vec<ArrowLine> =
        grid.wires.iter().enumerate().filter_map(|(place, wire)| router.line(place, wire)).collect();
    let bottoms = grid.rows.iter().map(|row| row.top + row.height);
    let corners = lines.iter().flat_map(|line| line.points.iter());
    let height = bottoms.chain(corners.clone().map(|(_, y)| *y)).fold(0.0, f64::max);
    let top = corners.map(|(_, y)| *y).fold(0.0, f64::min);
    let lift = |y: f64| y - top;
    let doors = |doors: &[(usize, usize)]| {
        let places = doors.iter().filter_map(|(from, spot)| Some((*from, grid.spots.get(*spot)?)));
        places.map(|(from, spot)| (from, (spot.x + spot.axis, lift(spot.y)))).collect::<Vec<_>>()
    };
    let (entries, exits) = (doors(&grid.entries), doors(&grid.exits));
    let boxes = grid.spots.iter().filter_map(|spot| Some((spot.part?, (spot.x, lift(spot.y)))));
    let lifted = |mut line: ArrowLine| {
        line.points.iter_mut().for_each(|(_, y)| *y = lift(*y));
        // What leaves the block goes on to its border.
        if let (false, Some((_, y))) = (line.head, line.points.last_mut()) {
            *y = lift(height) + PADDING;
        }
        line
    };
    Inside {
        width,
        height: lift(height),
        boxes: boxes.collect(),
        lines: lines.into_iter().map(lifted).collect(),
        ports: entries.iter().map(|(_, place)| *place).collect(),
        entries: entries.into_iter().map(|(from, (x, _))| (from, x)).collect(),
        exits: exits.into_iter().map(|(from, (x, _))| (from, x)).collect(),
    }
}

/// True for a line that goes straight to the next row.
fn is_direct(grid: &Grid, wire: &Wire) -> bool {
    grid.spots
        .get(wire.from)
        .zip(grid.spots.get(wire.to))
        .is_some_and(|(from, to)| from.column == to.column && from.rank.checked_add(1) == Some(to.rank))
}

/// The columns right of which a line goes: one, or first and last.
fn ways(from: usize, to: usize) -> (usize, usize) {
    match from.cmp(&to) {
        Ordering::Less => (from, to.saturating_sub(1)),
        Ordering::Equal => (from, from),
        Ordering::Greater => (from.saturating_sub(1), to),
    }
}

/// The lanes beside each column, overlapping ones with different numbers; outer ones around inner ones.
fn lanes(grid: &Grid) -> Lanes {
    let mut lanes: Lanes = HashMap::new();
    for wire in grid.wires.iter().filter(|wire| !is_direct(grid, wire)) {
        let (Some(from), Some(to)) = (grid.spots.get(wire.from), grid.spots.get(wire.to)) else { continue };
        let (first, last) = ways(from.column, to.column);
        let (leaves, arrives) = (bottom(grid, from.rank), to.y);
        let spans = if first == last {
            vec![(first, leaves.min(arrives), leaves.max(arrives))]
        } else {
            vec![(first, f64::MIN, leaves), (last, f64::MIN, arrives)]
        };
        for (column, top, bottom) in spans {
            let lane = lanes.entry((column, wire.from)).or_insert(Lane { top, bottom, number: 0 });
            (lane.top, lane.bottom) = (lane.top.min(top), lane.bottom.max(bottom));
        }
    }
    number(&mut lanes);
    lanes
}

fn number(lanes: &mut Lanes) {
    let mut sorted: Vec<((usize, usize), Lane)> = lanes.iter().map(|(key, lane)| (*key, *lane)).collect();
    sorted.sort_by(|(a, x), (b, y)| {
        a.0.cmp(&b.0).then(x.top.total_cmp(&y.top)).then(y.bottom.total_cmp(&x.bottom)).then(a.1.cmp(&b.1))
    });
    let mut cluster: Vec<((usize, usize), usize)> = Vec::new();
    let mut open: BTreeSet<(u64, usize)> = BTreeSet::new();
    let mut free: BTreeSet<usize> = BTreeSet::new();
    let mut used = 0usize;
    let mut column = 0usize;
    let mut close = |cluster: &mut Vec<((usize, usize), usize)>, used: usize| {
        for (key, number) in cluster.drain(..) {
            if let Some(lane) = lanes.get_mut(&key) {
                lane.number = used.saturating_sub(number).saturating_sub(1);
            }
        }
    };
    for (key, lane) in sorted {
        // What ended above gives its number back; where nothing is open any more, numbers begin anew.
        while let Some((bottom, number)) = open.first().copied() {
            if key.0 == column && f64::from_bits(bottom) > lane.top {
                break;
            }
            open.pop_first();
            free.insert(number);
        }
        if open.is_empty() {
            close(&mut cluster, used);
            free.clear();
            (used, column) = (0, key.0);
        }
        let number = free.pop_first().unwrap_or(used);
        used = used.max(number.saturating_add(1));
        // Bits of numbers that are not negative are in their order.
        open.insert((lane.bottom.max(0.0).to_bits(), number));
        cluster.push((key, number));
    }
    close(&mut cluster, used);
}

/// The space right of each column.
fn gutters(grid: &Grid, lanes: &Lanes) -> Vec<f64> {
    let columns = grid.rows.last().map_or(0, |row| row.column.saturating_add(1));
    let mut widths = vec![0.0; columns];
    for ((column, _), lane) in lanes {
        if let Some(width) = widths.get_mut(*column) {
            *width = f64::max(*width, lane.number as f64 * TRACK + 8.0);
        }
    }
    let last = columns.saturating_sub(1);
    widths
        .iter()
        .enumerate()
        .map(|(column, width)| width + if column < last { GUTTER } else { 0.0 })
        .collect()
}

/// Puts the columns beside each other, and gives the whole width.
fn columns(grid: &mut Grid, gutters: &[f64]) -> f64 {
    let mut extents = vec![(f64::MAX, f64::MIN); gutters.len()];
    for spot in &grid.spots {
        if let Some((left, right)) = extents.get_mut(spot.column) {
            (*left, *right) = (left.min(spot.x), right.max(spot.x + spot.width));
        }
    }
    let mut x = 0.0;
    let mut moves = Vec::new();
    for ((left, right), gutter) in extents.iter().zip(gutters) {
        let width = (right - left).max(0.0);
        moves.push(x - left);
        grid.columns.push(BoxColumn { right: x + width });
        x += width + gutter;
    }
    for spot in &mut grid.spots {
        spot.x += moves.get(spot.column).copied().unwrap_or_default();
    }
    x
}

fn bottom(grid: &Grid, rank: usize) -> f64 {
    grid.rows.get(rank).map_or(0.0, |row: &BoxRow| row.top + row.height)
}

/// Where the lines beside turn: of all that leave below a row, or arrive above one, each in a track of its own, as
/// far as there are tracks; those from one spot leave in one.
#[derive(Default)]
struct Tracks {
    leaving: HashMap<usize, f64>,
    /// The spots that a straight line leaves, `true`, or arrives at.
    straight: HashSet<(bool, usize)>,
    /// By the place of the wire: its track, and which of how many it is at its spot.
    arriving: HashMap<usize, (f64, f64)>,
}

impl Tracks {
    fn of(grid: &Grid) -> Tracks {
        const MOST: f64 = 5.0;
        let mut tracks = Tracks::default();
        for wire in grid.wires.iter().filter(|wire| is_direct(grid, wire)) {
            tracks.straight.extend([(true, wire.from), (false, wire.to)]);
        }
        let mut next: HashMap<(bool, usize), f64> = HashMap::new();
        let mut take = |leaves: bool, rank: usize| {
            let next = next.entry((leaves, rank)).or_insert(0.0);
            let track = *next;
            *next = (track + 1.0) % MOST;
            track
        };
        let mut arrived: HashMap<usize, f64> = HashMap::new();
        for (place, wire) in grid.wires.iter().enumerate().filter(|(_, wire)| !is_direct(grid, wire)) {
            let (Some(from), Some(to)) = (grid.spots.get(wire.from), grid.spots.get(wire.to)) else {
                continue;
            };
            tracks.leaving.entry(wire.from).or_insert_with(|| take(true, from.rank));
            let before = arrived.entry(wire.to).or_insert(0.0);
            tracks.arriving.insert(place, (take(false, to.rank), *before));
            *before = (*before + 1.0) % MOST;
        }
        tracks
    }
}

struct Router<'a> {
    grid: &'a Grid,
    lanes: &'a Lanes,
    tracks: Tracks,
}

impl Router<'_> {
    fn line(&self, place: usize, wire: &Wire) -> Option<ArrowLine> {
        let (from, to) = (self.grid.spots.get(wire.from)?, self.grid.spots.get(wire.to)?);
        let labelled = from.part.is_some() && to.part.is_some();
        let (start, end) = ((from.x + wire.leaves, from.y + from.height), (to.x + wire.arrives, to.y));
        let points = if is_direct(self.grid, wire) {
            let below = bottom(self.grid, from.rank);
            if below > start.1 + 1.0 { vec![start, (start.0, below), end] } else { vec![start, end] }
        } else {
            self.beside(place, wire, start, end)?
        };
        Some(ArrowLine { arrow: wire.segment.arrow, points, head: wire.head, labelled })
    }

    fn beside(&self, place: usize, wire: &Wire, start: Point, end: Point) -> Option<Vec<Point>> {
        let (from, to) = (self.grid.spots.get(wire.from)?, self.grid.spots.get(wire.to)?);
        let (first, last) = ways(from.column, to.column);
        let leaving = self.tracks.leaving.get(&wire.from).copied().unwrap_or_default();
        let (arriving, before) = self.tracks.arriving.get(&place).copied().unwrap_or_default();
        let out = bottom(self.grid, from.rank) + 6.0 + leaving * TRACK;
        let into = to.y - 8.0 - arriving * TRACK;
        let aside = |spot: &Spot, steps: f64| {
            if spot.is_open || spot.part.is_none() {
                0.0
            } else {
                (APART * steps).min(spot.width / 2.0 - 4.0)
            }
        };
        let beside =
            |leaves: bool, spot: usize| f64::from(u8::from(self.tracks.straight.contains(&(leaves, spot))));
        let (leave, arrive) = (beside(true, wire.from), before + beside(false, wire.to));
        // What comes from the left arrives left of the others, what comes from the right on their right.
        let (leaves, arrives) = match from.column.cmp(&to.column) {
            Ordering::Less => (aside(from, leave), -aside(to, arrive)),
            Ordering::Equal => (aside(from, leave), aside(to, arrive)),
            Ordering::Greater => (-aside(from, leave), aside(to, arrive)),
        };
        let (start, end) = ((start.0 + leaves, start.1), (end.0 + arrives, end.1));
        let lane = |column: usize| {
            let right = self.grid.columns.get(column)?.right;
            Some(right + 7.0 + self.lanes.get(&(column, wire.from))?.number as f64 * TRACK)
        };
        let mut points = vec![start, (start.0, out), (lane(first)?, out)];
        if first != last {
            let above = -10.0 - (wire.from % 6) as f64 * TRACK;
            points.extend([(lane(first)?, above), (lane(last)?, above)]);
        }
        points.extend([(lane(last)?, into), (end.0, into), end]);
        Some(points)
    }
}
