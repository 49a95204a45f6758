//! A model as rules see it: its graph, its analysis, and numbers at the defaults of its symbolic sizes.

use std::borrow::Borrow;
use std::fmt;

use foldhash::{HashMap, HashMapExt};
use smallvec::SmallVec;

use super::graph_index::{GraphIndex, NodeClass};
use super::kinds::Taps;
use super::rule::Threshold;
use super::settings::{Choice, Settings};
use crate::analysis::{Analysis, Axis, ReceptiveField};
use crate::ir::{Count, Family, Graph, Inputs, Node, NodeId, Port, Role, ScopeId, Size, WeightId};
use crate::source::{FileId, Location, Sources};

/// The extents of a tensor; most have no more than four axes.
pub type Extents = SmallVec<[u128; 4]>;

/// A node that reads a result of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The node that reads.
    pub node: NodeId,
    /// Which of its inputs it is.
    pub slot: u32,
    /// Which result it reads.
    pub output: u32,
}

/// Those that read a node; most are read by no more than a few.
pub type Readers = SmallVec<[Reader; 4]>;

/// A model to judge.
#[derive(Clone, Copy)]
pub struct LintContext<'m> {
    /// Its graph.
    pub graph: &'m Graph,
    /// What follows from it, which may be made only when it is asked for.
    pub(super) analysis: &'m dyn Borrow<Analysis>,
    /// The files that its places are in.
    pub sources: &'m Sources,
    /// Whether it was built from Weft text, so that its places are places in that text.
    pub(super) is_text: bool,
    /// Its wires.
    pub(super) index: &'m GraphIndex,
    /// What the project decided of the rule that is asked.
    pub(super) choice: &'m Choice,
    /// What the project decided.
    pub(super) settings: &'m Settings,
}

impl fmt::Debug for LintContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LintContext").field("graph", &self.graph.name).finish_non_exhaustive()
    }
}

impl<'m> LintContext<'m> {
    /// The value of one of the rule's thresholds.
    pub fn limit(&self, threshold: &Threshold) -> u128 {
        self.choice.thresholds.get(threshold.name).copied().unwrap_or(threshold.default)
    }

    /// What follows from its graph.
    pub fn analysis(&self) -> &'m Analysis {
        self.analysis.borrow()
    }

    /// A count at the defaults; `None` where a symbol has none, which counts as large.
    pub fn number(&self, count: &Count) -> Option<u128> {
        count.at(&|symbol| self.graph.default_of(symbol))
    }

    /// A size at the defaults; `None` where a symbol has none.
    pub fn size(&self, size: &Size) -> Option<u128> {
        size.at(&|symbol| self.graph.default_of(symbol)).and_then(|size| u128::try_from(size).ok())
    }

    /// What feeds a node, in the order of its inputs.
    pub(super) fn inputs(&self, id: NodeId) -> Inputs {
        self.graph.inputs_of(id)
    }

    /// What a node reads as its first input.
    pub(super) fn first_port(&self, id: NodeId) -> Option<Port> {
        self.inputs(id).first().copied()
    }

    /// Who reads a node's results, in execution order.
    pub(super) fn readers(&self, id: NodeId) -> Readers {
        let readers = self.graph.readers_of(id);
        let mut readers: Readers =
            readers.map(|(node, slot, output)| Reader { node, slot, output }).collect();
        readers.sort_unstable_by_key(|reader| (reader.node, reader.slot));
        readers
    }

    /// The family of a node's layer; `None` for inputs, stored tensors and constants.
    pub(super) fn family(&self, id: NodeId) -> Option<Family> {
        self.index.family(id)
    }

    /// True where the model has a node of a kind that is meant.
    pub(super) fn has(&self, is_meant: impl Fn(&NodeClass) -> bool) -> bool {
        self.index.has(is_meant)
    }

    /// True where the model has a node of this kind.
    pub(super) fn has_kind(&self, name: &str) -> bool {
        self.has(|kind| kind.name() == name)
    }

    /// The nodes of the kinds that are meant, in execution order. What a model has nothing of costs nothing.
    pub(super) fn nodes_of(
        &self,
        is_meant: impl Fn(&NodeClass) -> bool,
    ) -> impl Iterator<Item = (NodeId, &'m Node)> {
        let graph = self.graph;
        self.index.of_kinds(is_meant).filter_map(move |id| Some((id, graph.node(id)?)))
    }

    /// For every node, whether an output of the model depends on it.
    pub(super) fn reaches_output(&self) -> &'m [bool] {
        self.index.reaches_output(self.graph)
    }

    /// True where a result of the node is one of the model's.
    pub(super) fn gives_output(&self, id: NodeId) -> bool {
        self.index.gives_output(id)
    }

    /// True where a node's result depends on an input of the model.
    pub(super) fn is_of_data(&self, id: NodeId) -> bool {
        self.index.is_of_data(self.graph, id)
    }

    /// The one node that reads a node, as its first input; `None` where there are others or the model gives it out.
    pub(super) fn only_reader(&self, id: NodeId) -> Option<(NodeId, &'m Node)> {
        match self.readers(id).as_slice() {
            [Reader { node, slot: 0, .. }] if !self.gives_output(id) => {
                Some((*node, self.graph.node(*node)?))
            }
            _ => None,
        }
    }

    /// The node that gives what a node reads as its first input.
    pub fn first_input(&self, id: NodeId) -> Option<(Port, &'m Node)> {
        let port = self.first_port(id)?;
        Some((port, self.graph.node(port.node)?))
    }

    /// The extents of what a node reads as its first input, at the defaults.
    pub(super) fn input_extents(&self, id: NodeId) -> Option<Extents> {
        self.extents(self.first_port(id)?)
    }

    /// The extents of a node's first result, at the defaults.
    pub(super) fn result_extents(&self, id: NodeId) -> Option<Extents> {
        self.extents(Port { node: id, output: 0 })
    }

    /// The channels that a layer reads and those that it gives: of a `Linear` the features.
    pub(super) fn widths(&self, id: NodeId) -> Option<(u128, u128)> {
        let node = self.graph.node(id)?;
        let from_end = node.operation.window.as_ref().map_or(0, |window| window.axes.len());
        let channels = |extents: Extents| extents.into_iter().rev().nth(from_end);
        Some((channels(self.input_extents(id)?)?, channels(self.result_extents(id)?)?))
    }

    /// Whether a receptive field covers, along every axis, the largest of the model's inputs that has these axes.
    pub(super) fn sees_whole_input(&self, field: &ReceptiveField) -> bool {
        let inputs = self.graph.inputs().iter().filter_map(|id| self.result_extents(*id));
        let spatial: Vec<_> =
            inputs.filter(|extents| extents.len() == field.axes.len().saturating_add(1)).collect();
        let covers = |(number, axis): (usize, &Axis)| match axis {
            Axis::Whole => true,
            Axis::Field(reach) => {
                let extents = spatial.iter().filter_map(|extents| extents.get(number.saturating_add(1)));
                extents.max().is_some_and(|extent| {
                    i128::from(reach.size()) >= i128::try_from(*extent).unwrap_or(i128::MAX)
                })
            }
        };
        field.axes.iter().enumerate().all(covers)
    }

    /// True where so many nodes are all that are written at a place, so that a change there changes no other.
    pub(super) fn are_all_at(&self, origin: Location, nodes: usize) -> bool {
        self.index.written_at(self.graph, origin) == nodes
    }

    /// The axes of a node's window with the extents that they slide over and their positions, at the defaults.
    pub(super) fn sliding(&self, id: NodeId) -> Option<&'m [Slide]> {
        self.index.slides(id, || self.slides(id))
    }

    fn slides(&self, id: NodeId) -> Option<Vec<Slide>> {
        let window = self.graph.node(id)?.operation.window.as_ref()?;
        let (input, output) = (self.input_extents(id)?, self.result_extents(id)?);
        let axes = window.axes.len();
        let number = |size: &Size| i128::try_from(self.size(size)?).ok();
        // A global pool drops its axes, and `Unfold` makes one of them.
        let keeps_axes = input.len() == output.len();
        let before = input.len().checked_sub(axes)?;
        let slide = |(at, axis)| {
            let at = before.checked_add(at)?;
            let (taps, extent) = (Taps::of(axis, number)?, i128::try_from(*input.get(at)?).ok()?);
            let positions = match output.get(at).filter(|_| keeps_axes) {
                Some(positions) => i128::try_from(*positions).ok()?,
                None => taps.positions(extent)?,
            };
            Some(Slide { taps, extent, positions })
        };
        window.axes.iter().enumerate().map(slide).collect()
    }

    /// The extents of a node's result, at the defaults.
    pub fn extents(&self, port: Port) -> Option<Extents> {
        self.graph.type_of(port)?.shape.dims().iter().map(|dim| self.size(dim)).collect()
    }

    /// The parameters that a node reads, each with its elements.
    pub fn parameters(&self, node: &'m Node) -> impl Iterator<Item = (WeightId, u128)> + use<'m> {
        let graph = self.graph;
        let learned = move |id: &WeightId| graph.weight(*id).filter(|weight| weight.role == Role::Parameter);
        node.weights.iter().filter_map(move |id| Some((*id, learned(id)?.shape.elements().as_number()?)))
    }

    /// Whether a scope is another or lies in it.
    pub fn is_within(&self, scope: ScopeId, outer: ScopeId) -> bool {
        let parent = |id: &ScopeId| self.graph.scope(*id).and_then(|scope| scope.parent);
        std::iter::successors(Some(scope), parent).any(|id| id == outer)
    }
}

/// A window along one axis of what it slides over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slide {
    /// The window.
    pub taps: Taps,
    /// Entries of the input.
    pub extent: i128,
    /// Positions of the window.
    pub positions: i128,
}

/// Nodes by where they are written, in the order of the first of each place.
pub(super) fn by_site<'m, T>(found: impl IntoIterator<Item = (&'m Node, T)>) -> Vec<Vec<(&'m Node, T)>> {
    let mut sites: Vec<Vec<(&Node, T)>> = Vec::new();
    // Takes no room until something is found.
    let mut numbers = HashMap::new();
    for (node, what) in found {
        // What is written nowhere has no place in common.
        let number = match node.origin.file {
            FileId::NOWHERE => sites.len(),
            _ => *numbers.entry(node.origin).or_insert(sites.len()),
        };
        match sites.get_mut(number) {
            Some(site) => site.push((node, what)),
            None => sites.push(vec![(node, what)]),
        }
    }
    sites
}

/// `` `conv1` ``, or `` `features.0` (and 12 more written here) ``: one subject, whose verb is the singular.
pub(super) fn named(first: &str, nodes: usize) -> String {
    match nodes {
        0 | 1 => format!("`{first}`"),
        nodes => format!("`{first}` (and {} more written here)", grouped(nodes.saturating_sub(1) as u128)),
    }
}

/// A number grouped by thousands.
pub(super) fn grouped(n: u128) -> String {
    Count::from(n).to_string()
}

/// `part` of `whole` in per cent: `74.3%`, `0.66%`.
pub(super) fn percent(part: u128, whole: u128) -> String {
    let share = if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 };
    let digits = if share < 1.0 { 2 } else { 1 };
    format!("{share:.digits$}%")
}

/// `1 layer`, `3 layers`.
pub(super) fn several(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_shares_keep_two_digits_after_the_point() {
        assert_eq!(percent(743, 1000), "74.3%");
        assert_eq!(percent(66, 10_000), "0.66%");
        assert_eq!(percent(1, 0), "0.00%");
    }
}
