//! What is drawn once: repetitions of alike parts, and further uses of a shared layer.
//!
//! Main type: [`Folds`]. A repetition is a run of alike parts under names that differ in a number, each reading what
//! the one before it gives, or all reading the same. A part's further members, and a shared layer's further uses,
//! are stood for by the first, layer by layer.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::tree::{Item, Tree};
use crate::analysis::Owners;
use crate::ir::{NodeId, Port, ScopeId, WeightId, stem};

/// The most neighbours that repeat as one: `(DenseLayer, Concat) × 6` is two.
const LONGEST_PERIOD: usize = 4;

/// Layers that stand in no block are folded from this many on.
const FEWEST_LAYERS: usize = 3;

/// A repetition: so many neighbours, so often.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
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

/// What is drawn once.
pub(super) struct Folds {
    /// The repetitions of each block, in order.
    runs: Vec<Vec<Run>>,
    /// For each layer, the one that is drawn for it.
    drawn: Vec<u32>,
    /// Inputs that a repetition reads from its member before: reader and slot.
    carried: HashSet<(u32, usize)>,
    /// For each layer in a shared part that is used several times: the first layer of its first use, and which use.
    uses: Vec<Option<(u32, u32)>>,
    /// How often each shared part is used, by the layers of its first use.
    counts: HashMap<(u32, u32), u32>,
}

impl Folds {
    pub fn of(tree: &Tree) -> Folds {
        let layers = u32::try_from(tree.graph.len()).unwrap_or(u32::MAX);
        let mut folds = Folds {
            runs: Vec::new(),
            drawn: (0..layers).collect(),
            carried: HashSet::new(),
            uses: vec![None; tree.graph.len()],
            counts: HashMap::new(),
        };
        let owners = Owners::of(tree.graph);
        let mut results: Vec<u32> = tree.graph.outputs.iter().map(|output| output.source.node.0).collect();
        results.sort_unstable();
        for (scope, _) in tree.graph.scopes() {
            let runs = Runs { tree, owners: &owners, results: &results, items: tree.children(scope) }.all();
            for run in &runs {
                folds.repeat(tree, scope, run);
            }
            folds.runs.push(runs);
        }
        folds.share(tree);
        // A layer is stood for by an earlier one.
        for layer in 0..folds.drawn.len() {
            let first = folds.drawn.get(layer).and_then(|by| folds.drawn.get(*by as usize)).copied();
            if let (Some(first), Some(by)) = (first, folds.drawn.get_mut(layer)) {
                *by = first;
            }
        }
        folds
    }

    /// The repetitions of a block, in order.
    pub fn runs(&self, scope: ScopeId) -> &[Run] {
        self.runs.get(scope.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The layer that is drawn for a layer.
    pub fn drawn(&self, layer: u32) -> u32 {
        self.drawn.get(layer as usize).copied().unwrap_or(layer)
    }

    /// True where a repetition reads from its member before.
    pub fn is_carried(&self, reader: NodeId, slot: usize) -> bool {
        self.carried.contains(&(reader.0, slot))
    }

    /// The shared part that a layer stands in, and in which of its uses.
    pub fn shared(&self, layer: u32) -> Option<(u32, u32)> {
        self.uses.get(layer as usize).copied().flatten()
    }

    /// How often the shared part of these layers is used; 1 where it is not.
    pub fn uses(&self, part: &Range<u32>) -> u32 {
        self.counts.get(&(part.start, part.end)).copied().unwrap_or(1)
    }

    fn repeat(&mut self, tree: &Tree, scope: ScopeId, run: &Run) {
        let window = |k: usize| window(tree, tree.children(scope), run, k);
        let first = window(0);
        for k in 1..run.times {
            let (before, here) = (window(k.saturating_sub(1)), window(k));
            for (layer, by) in here.clone().zip(first.clone()) {
                self.stand_in(layer, by);
                for (slot, port) in tree.graph.inputs_of(NodeId(layer)).into_iter().enumerate() {
                    if before.contains(&port.node.0) {
                        self.carried.insert((layer, slot));
                    }
                }
            }
        }
    }

    fn stand_in(&mut self, layer: u32, by: u32) {
        if let Some(drawn) = self.drawn.get_mut(layer as usize).filter(|drawn| **drawn == layer) {
            *drawn = by;
        }
    }

    /// Further uses of shared blocks, the outermost first, then of single layers.
    fn share(&mut self, tree: &Tree) {
        let mut first: HashMap<(&str, &str), ScopeId> = HashMap::new();
        for (id, scope) in tree.graph.scopes().skip(1) {
            let span = tree.span(Item::Block(id));
            if span.is_empty() || self.drawn(span.start) != span.start {
                continue;
            }
            let known = *first.entry((&scope.path, &scope.definition)).or_insert(id);
            if known != id && is_use(tree, known, id) {
                self.merge(tree.span(Item::Block(known)), span);
            }
        }
        for (id, node) in tree.graph.nodes() {
            if let Some(first) = node.first_use.filter(|_| self.drawn(id.0) == id.0) {
                self.merge(first.0..first.0.saturating_add(1), id.0..id.0.saturating_add(1));
            }
        }
    }

    fn merge(&mut self, first: Range<u32>, further: Range<u32>) {
        let count = self.counts.entry((first.start, first.end)).or_insert(1);
        *count = count.saturating_add(1);
        let number = *count;
        for (layer, by) in further.zip(first.clone()) {
            self.stand_in(layer, by);
            for (of, number) in [(by, 1), (layer, number)] {
                if let Some(of) = self.uses.get_mut(of as usize) {
                    of.get_or_insert((first.start, number));
                }
            }
        }
    }
}

/// True where one block is a further use of another: the same layers, each marked as one.
fn is_use(tree: &Tree, first: ScopeId, further: ScopeId) -> bool {
    let (a, b) = (Item::Block(first), Item::Block(further));
    let mut marked = 0usize;
    tree.likeness(a) == tree.likeness(b)
        && tree.span(a).zip(tree.span(b)).all(|(of, by)| {
            let use_of = tree.graph.node(NodeId(by)).and_then(|node| node.first_use);
            marked = marked.saturating_add(usize::from(use_of.is_some()));
            use_of.is_none_or(|first| first.0 == of)
        })
        && marked > 0
}

/// The layers of one member of a run.
pub(super) fn window(tree: &Tree, items: &[Item], run: &Run, member: usize) -> Range<u32> {
    let start = run.start.saturating_add(run.period.saturating_mul(member));
    let members = items.get(start..start.saturating_add(run.period)).unwrap_or(&[]);
    match members {
        [first, .., last] => tree.span(*first).start..tree.span(*last).end,
        [only] => tree.span(*only),
        [] => 0..0,
    }
}

/// Finds the repetitions of a block.
struct Runs<'a> {
    tree: &'a Tree<'a>,
    owners: &'a Owners<'a>,
    /// The layers that give the model's outputs, sorted.
    results: &'a [u32],
    items: &'a [Item],
}

impl Runs<'_> {
    fn all(&self) -> Vec<Run> {
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
        let holds_block = members.iter().any(|item| matches!(item, Item::Block(_)));
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
        let step = Step { before, here: spans.0, next: spans.1 };
        let mut chained = false;
        for (a, b) in here.iter().zip(next) {
            for (a, b) in self.tree.sources(*a).into_iter().zip(self.tree.sources(*b)) {
                chained |= step.reads(a, b)?;
            }
        }
        let one_set = self.same_weights(&step)?;
        (self.is_left_alone(&step)).then_some(Run { chained, one_set, ..run.clone() })
    }

    fn members(&self, run: &Run, member: usize) -> Option<&[Item]> {
        let start = run.start.saturating_add(run.period.saturating_mul(member));
        self.items.get(start..start.saturating_add(run.period))
    }

    /// Alike, under names that differ in a number at most, and reading something.
    fn is_kin(&self, a: Item, b: Item) -> bool {
        let same_sort = matches!((a, b), (Item::Layer(_), Item::Layer(_)) | (Item::Block(_), Item::Block(_)));
        same_sort
            && self.tree.likeness(a) == self.tree.likeness(b)
            && stem(self.tree.path(a)) == stem(self.tree.path(b))
            && !(self.tree.sources(a).is_empty() && matches!(a, Item::Layer(_)))
    }

    /// Whether two members use one set of weights; `None` where one has weights of its own and the other does not.
    fn same_weights(&self, step: &Step) -> Option<bool> {
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
    fn is_left_alone(&self, step: &Step) -> bool {
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
struct Step {
    before: Option<Range<u32>>,
    here: Range<u32>,
    next: Range<u32>,
}

impl Step {
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
