//! What is drawn once: repetitions, and further uses of a shared layer.
//!
//! Main type: [`Folds`]. The further members of a repetition, and the further uses of a shared layer, are drawn as the
//! first, layer by layer.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::analysis::Owners;
use crate::blocks::{Run, Runs, Tree, TreeItem, window};
use crate::ir::{NodeId, ScopeId};

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
        for (id, scope) in tree.graph.modules().skip(1) {
            let span = tree.span(TreeItem::Block(id));
            if span.is_empty() || self.drawn(span.start) != span.start {
                continue;
            }
            let known = *first.entry((&scope.path, &scope.definition)).or_insert(id);
            if known != id && is_use(tree, known, id) {
                self.merge(tree.span(TreeItem::Block(known)), span);
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
    let (a, b) = (TreeItem::Block(first), TreeItem::Block(further));
    let mut marked = 0usize;
    tree.class(a) == tree.class(b)
        && tree.span(a).zip(tree.span(b)).all(|(of, by)| {
            let use_of = tree.graph.node(NodeId(by)).and_then(|node| node.first_use);
            marked = marked.saturating_add(usize::from(use_of.is_some()));
            use_of.is_none_or(|first| first.0 == of)
        })
        && marked > 0
}
