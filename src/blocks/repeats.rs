//! Repetitions: neighbours of one class, each reading what the one before it gives, or all reading the same.
//!
//! Main type: [`Run`], found by [`Runs`].

use std::collections::HashSet;
use std::ops::Range;

use super::tree::{Tree, TreeItem};
use crate::analysis::Owners;
use crate::ir::{NodeId, Port, WeightId};

/// The most neighbours that repeat as one: `(DenseLayer, Concat) × 6` is two.
const LONGEST_PERIOD: usize = 4;

/// Layers that stand in no block are folded from this many on.
const FEWEST_LAYERS: usize = 3;

/// A repetition: so many neighbours, so often.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    /// The first of its items among those of its block.
    pub start: usize,
    /// How many items repeat as one.
    pub period: usize,
    /// How often.
    pub times: usize,
    /// True where each reads what the one before it gives; false where they stand side by side.
    pub chained: bool,
    /// True where all are uses of one set of weights.
    pub one_set: bool,
}

/// The layers of one member of a run.
pub(crate) fn window(tree: &Tree, items: &[TreeItem], run: &Run, member: usize) -> Range<u32> {
    let start = run.start.saturating_add(run.period.saturating_mul(member));
    let members = items.get(start..start.saturating_add(run.period)).unwrap_or(&[]);
    match members {
        [first, .., last] => tree.span(*first).start..tree.span(*last).end,
        [only] => tree.span(*only),
        [] => 0..0,
    }
}

/// Finds the repetitions of a block.
pub(crate) struct Runs<'a> {
    pub tree: &'a Tree<'a>,
    pub owners: &'a Owners<'a>,
    /// The layers that give the model's outputs, sorted.
    pub results: &'a [u32],
    pub items: &'a [TreeItem],
}

impl Runs<'_> {
    /// The repetitions, in order.
    pub fn all(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut start = 0usize;
        while start < self.items.len() {
            let found = (1..=LONGEST_PERIOD).map(|period| self.longest(start, period));
            let best = found
                .flatten()
                .max_by_key(|run| (run.period.saturating_mul(run.times), std::cmp::Reverse(run.period)));
            start = match best {
                Some(run) => {
                    let end = start.saturating_add(run.period.saturating_mul(run.times));
                    runs.push(run);
                    end
                }
                None => start.saturating_add(1),
            };
        }
        runs
    }

    /// The run that begins at an item, if there is one.
    fn longest(&self, start: usize, period: usize) -> Option<Run> {
        let mut run = Run { start, period, times: 1, chained: false, one_set: false };
        while let Some(link) = self.link(&run) {
            if run.times > 1 && (link.chained != run.chained || link.one_set != run.one_set) {
                break;
            }
            run = Run { times: run.times.saturating_add(1), ..link };
        }
        let members = self.items.get(start..start.saturating_add(period))?;
        let holds_block = members.iter().any(|item| matches!(item, TreeItem::Block(_)));
        let fewest = if holds_block { 2 } else { FEWEST_LAYERS };
        (run.times >= fewest).then_some(run)
    }

    /// How the last member of a run goes on to the next; `None` where what follows is no member.
    fn link(&self, run: &Run) -> Option<Run> {
        let last = run.times.saturating_sub(1);
        let (here, next) = (self.members(run, last)?, self.members(run, run.times)?);
        let before = last.checked_sub(1).map(|before| window(self.tree, self.items, run, before));
        let spans = (window(self.tree, self.items, run, last), window(self.tree, self.items, run, run.times));
        let alike = here.iter().zip(next).all(|(a, b)| self.is_kin(*a, *b));
        if !alike || spans.0.end != spans.1.start || spans.0.len() != spans.1.len() {
            return None;
        }
        let step = RunStep { before, here: spans.0, next: spans.1 };
        let mut chained = false;
        for (a, b) in here.iter().zip(next) {
            for (a, b) in self.tree.sources(*a).into_iter().zip(self.tree.sources(*b)) {
                chained |= step.reads(a, b)?;
            }
        }
        let one_set = self.same_weights(&step)?;
        (self.is_left_alone(&step)).then_some(Run { chained, one_set, ..run.clone() })
    }

    fn members(&self, run: &Run, member: usize) -> Option<&[TreeItem]> {
        let start = run.start.saturating_add(run.period.saturating_mul(member));
        self.items.get(start..start.saturating_add(run.period))
    }

    /// Isomorphic members of one series that read something.
    fn is_kin(&self, a: TreeItem, b: TreeItem) -> bool {
        let same_sort = matches!(
            (a, b),
            (TreeItem::Layer(_), TreeItem::Layer(_)) | (TreeItem::Block(_), TreeItem::Block(_))
        );
        same_sort
            && self.tree.class(a) == self.tree.class(b)
            && self.tree.series(a) == self.tree.series(b)
            && !(self.tree.sources(a).is_empty() && matches!(a, TreeItem::Layer(_)))
    }

    /// Whether two members use one set of weights; `None` where one has weights of its own and the other does not.
    fn same_weights(&self, step: &RunStep) -> Option<bool> {
        let mut same = true;
        let owned = |weight: &WeightId, span: &Range<u32>| {
            self.owners.owner(*weight).is_some_and(|owner| span.contains(&owner.0))
        };
        let mut any = false;
        for (a, b) in step.here.clone().zip(step.next.clone()) {
            let (a, b) = (self.tree.graph.node(NodeId(a))?, self.tree.graph.node(NodeId(b))?);
            if a.weights.len() != b.weights.len() {
                return None;
            }
            for (a, b) in a.weights.iter().zip(&b.weights) {
                any = true;
                same &= a == b;
                if a != b && !(owned(a, &step.here) && owned(b, &step.next)) {
                    return None;
                }
            }
        }
        Some(same && any)
    }

    /// True where nobody else reads a member, or whoever does reads all: so that no arrow from its middle is lost.
    fn is_left_alone(&self, step: &RunStep) -> bool {
        let first = self.results.partition_point(|layer| *layer < step.here.start);
        if self.results.get(first).is_some_and(|layer| step.here.contains(layer)) {
            return false;
        }
        let others = self.readers(&step.here, &step.next);
        let next = self.readers(&step.next, &(0..0));
        let before = step.before.as_ref().map(|before| self.readers(before, &step.here));
        others.is_subset(&next) && before.is_none_or(|before| before == others)
    }

    /// Who reads a member, itself and the one after it left out.
    fn readers(&self, member: &Range<u32>, after: &Range<u32>) -> HashSet<u32> {
        let readers = member.clone().flat_map(|layer| self.tree.graph.readers_of(NodeId(layer)));
        let readers = readers.map(|(reader, ..)| reader.0);
        readers.filter(|reader| !member.contains(reader) && !after.contains(reader)).collect()
    }
}

/// Two neighbouring members of a run, and the one before them.
struct RunStep {
    before: Option<Range<u32>>,
    here: Range<u32>,
    next: Range<u32>,
}

impl RunStep {
    /// Whether the next member reads this one's result where this one reads `a` and the next reads `b`;
    /// `None` where they read in different ways.
    fn reads(&self, a: Port, b: Port) -> Option<bool> {
        let offset = |port: Port, span: &Range<u32>| {
            span.contains(&port.node.0).then(|| (port.node.0.saturating_sub(span.start), port.output))
        };
        match (offset(a, &self.here), offset(b, &self.next)) {
            (Some(a), Some(b)) => return (a == b).then_some(false),
            (None, None) => {}
            _ => return None,
        }
        match offset(b, &self.here) {
            None => (a == b).then_some(false),
            carried => match &self.before {
                Some(before) => (offset(a, before) == carried).then_some(true),
                None => Some(true),
            },
        }
    }
}
