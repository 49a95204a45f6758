//! What a box says: name, kind, shape, parameters, how often.
//!
//! Main type: [`CaptionSource`]. Of a column of parameters every number stands in one box only: the first layer that reads a
//! tensor owns it.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::fold::Folds;
use super::picture::{BoxKind, Picture, PictureBox};
use crate::analysis::{Analysis, AtDefaults, Owners};
use crate::blocks::{Run, Tree, TreeItem, is_numbered, range, window};
use crate::ir::{Attribute, Count, Node, NodeId, Output, Port, ScopeId, TensorType, is_automatic};
use crate::layers;

/// Says what the boxes of a model's picture show.
pub(super) struct CaptionSource<'a> {
    tree: &'a Tree<'a>,
    folds: &'a Folds,
    analysis: &'a Analysis,
    owners: Owners<'a>,
    /// The parameters that each layer owns.
    owned: Vec<Count>,
    /// For each layer that gives an output of the model, the first result that does.
    given: HashMap<u32, u32>,
    /// For each layer that is drawn, what those that it stands for give and own.
    seen: HashMap<u32, Seen>,
}

/// What the layers that are drawn as one have in common, or not.
#[derive(Default)]
struct Seen {
    shapes: Vec<String>,
    owned: Vec<Count>,
}

impl<'a> CaptionSource<'a> {
    pub fn new(tree: &'a Tree<'a>, folds: &'a Folds, analysis: &'a Analysis) -> CaptionSource<'a> {
        let owners = Owners::of(tree.graph);
        let elements = |weight| tree.graph.weight(weight).map(|weight| weight.shape.elements());
        let owned = |(id, node)| owners.owned(id, node).filter_map(elements).sum();
        let owned = tree.graph.nodes().map(owned).collect();
        let mut given: HashMap<u32, u32> = HashMap::new();
        for Port { node, output } in tree.graph.outputs.iter().map(|output| output.source) {
            given.entry(node.0).and_modify(|first| *first = output.min(*first)).or_insert(output);
        }
        let mut teller = CaptionSource { tree, folds, analysis, owners, owned, given, seen: HashMap::new() };
        for (id, node) in tree.graph.nodes() {
            let shape = node.operation.outputs.first().map_or(String::new(), TensorType::to_string);
            let own = teller.parameters(id.0..id.0.saturating_add(1));
            let seen = teller.seen.entry(folds.drawn(id.0)).or_default();
            if seen.shapes.last() != Some(&shape) {
                seen.shapes.push(shape);
            }
            if own != Count::ZERO && seen.owned.last() != Some(&own) {
                seen.owned.push(own);
            }
        }
        teller
    }

    /// A picture that holds the model's name and sums only.
    pub fn title(&self) -> Picture {
        let graph = self.tree.graph;
        let told = |name: &str, of: Option<&TensorType>| match of {
            Some(of) => format!("{name} {of}"),
            None => name.to_string(),
        };
        let inputs = graph.inputs().iter().filter_map(|id| graph.node(*id));
        let inputs: Vec<_> = inputs.map(|node| told(&node.path, node.operation.outputs.first())).collect();
        let outputs: Vec<_> =
            graph.outputs.iter().map(|output| told(&output.name, graph.type_of(output.source))).collect();
        let totals = &self.analysis.totals;
        Picture {
            name: graph.name.to_string(),
            flow: format!("{} → {}", inputs.join(", "), outputs.join(", ")),
            sums: format!(
                "{} parameters · {} MACs",
                self.number(&totals.parameters),
                self.number(&totals.macs)
            ),
            ..Picture::default()
        }
    }

    pub fn layer(&self, id: NodeId, last: TreeItem, run: Option<&Run>) -> PictureBox {
        let Some(node) = self.tree.graph.node(id) else { return PictureBox::default() };
        let sort = match node.kind() {
            "Input" => BoxKind::Input,
            "Param" | "Buffer" => BoxKind::Stored,
            kind => BoxKind::Layer(layers::find(kind).map(|(layer, _)| layer.family())),
        };
        let unnamed = node.weights.is_empty() && (is_automatic(node) || is_numbered(&node.path));
        let path = self.folded_path(TreeItem::Layer(id), last);
        let name = if unnamed { String::new() } else { self.relative(&path, node.scope) };
        let seen = self.seen.get(&id.0);
        let own = seen.map_or(String::new(), |seen| between(&seen.owned, |count| self.number(count)));
        let buffer = node.kind() == "Buffer";
        PictureBox {
            sort,
            name,
            kind: if sort == BoxKind::Input { String::new() } else { node.kind().to_string() },
            shape: seen.map_or(String::new(), |seen| between(&seen.shapes, String::clone)),
            parameters: joined(" · ", [own, if buffer { "not learned".into() } else { self.tied(id..=id) }]),
            repeats: self.repeats(&self.tree.span(TreeItem::Layer(id)), run),
            details: self.details(node),
            ..PictureBox::default()
        }
    }

    pub fn block(&self, id: ScopeId, last: TreeItem, run: Option<&Run>, is_open: bool) -> PictureBox {
        let Some(scope) = self.tree.graph.scope(id) else { return PictureBox::default() };
        let item = TreeItem::Block(id);
        let span = self.tree.span(item);
        let members = self.members(self.tree.graph.outer_module(id), item, run);
        let path = self.folded_path(item, last);
        let around = self.tree.graph.outer_module(id).unwrap_or_default();
        let tied = if is_open {
            String::new()
        } else {
            self.tied(NodeId(span.start)..=NodeId(span.end.saturating_sub(1)))
        };
        PictureBox {
            sort: BoxKind::Block,
            name: self.relative(&path, around),
            kind: scope.definition.to_string(),
            shape: self.results(&members),
            parameters: joined(" · ", [self.parameters_of(&members), tied]),
            repeats: self.repeats(&span, run),
            details: call(&scope.path, &scope.definition, &scope.arguments),
            block: Some(id),
            ..PictureBox::default()
        }
    }

    pub fn repetition(&self, items: &[TreeItem], run: &Run) -> PictureBox {
        let members: Vec<_> = (0..run.times).map(|k| window(self.tree, items, run, k)).collect();
        PictureBox {
            sort: BoxKind::Repetition,
            parameters: self.parameters_of(&members),
            repeats: self.repeats(&(0..0), Some(run)),
            ..PictureBox::default()
        }
    }

    pub fn output(&self, output: &Output) -> PictureBox {
        PictureBox {
            sort: BoxKind::Output,
            name: output.name.to_string(),
            shape: self.tree.graph.type_of(output.source).map_or(String::new(), TensorType::to_string),
            ..PictureBox::default()
        }
    }

    /// The layers of each member of a run, or of the part itself.
    fn members(&self, around: Option<ScopeId>, item: TreeItem, run: Option<&Run>) -> Vec<Range<u32>> {
        let Some(run) = run else { return vec![self.tree.span(item)] };
        let items = self.tree.siblings(around.unwrap_or_default());
        (0..run.times).map(|k| window(self.tree, items, run, k)).collect()
    }

    fn parameters(&self, span: Range<u32>) -> Count {
        let layers = self.owned.get(span.start as usize..span.end as usize).unwrap_or(&[]);
        layers.iter().sum()
    }

    /// What all members own, and each, where that is the same.
    fn parameters_of(&self, members: &[Range<u32>]) -> String {
        let each: Vec<Count> = members.iter().map(|span| self.parameters(span.clone())).collect();
        let sum: Count = each.iter().sum();
        if sum == Count::ZERO {
            return String::new();
        }
        match each.as_slice() {
            [first, rest @ ..] if !rest.is_empty() && rest.iter().all(|count| count == first) => {
                format!("{} ({} each)", self.number(&sum), self.number(first))
            }
            _ => self.number(&sum),
        }
    }

    /// The shapes of what the members give to others.
    fn results(&self, members: &[Range<u32>]) -> String {
        let graph = self.tree.graph;
        let result = |span: &Range<u32>| {
            let leaves = |layer: u32| {
                let given = self.given.get(&layer).copied().into_iter();
                let read = graph.readers_of(NodeId(layer)).filter(|(reader, ..)| !span.contains(&reader.0));
                given.chain(read.map(|(.., output)| output)).min()
            };
            let last = span
                .clone()
                .rev()
                .find_map(|layer| Some(Port { node: NodeId(layer), output: leaves(layer)? }));
            last.and_then(|port| graph.type_of(port)).map_or(String::new(), TensorType::to_string)
        };
        let mut shapes: Vec<String> = members.iter().map(result).collect();
        shapes.dedup();
        between(&shapes, String::clone)
    }

    fn repeats(&self, part: &Range<u32>, run: Option<&Run>) -> String {
        let run = run.map_or(String::new(), |run| {
            let aside = if run.chained { "" } else { " side by side" };
            let one_set = if run.one_set { ", one set of weights" } else { "" };
            format!("× {}{aside}{one_set}", run.times)
        });
        let uses = match self.folds.uses(part) {
            1 => String::new(),
            n => format!("used {n} times"),
        };
        joined(", ", [run, uses])
    }

    /// Whose weights some layers use, where another layer owns them.
    fn tied(&self, layers: std::ops::RangeInclusive<NodeId>) -> String {
        let (first, last) = (layers.start().0, layers.end().0);
        let mut owners: Vec<&str> = Vec::new();
        for node in (first..=last).filter_map(|layer| self.tree.graph.node(NodeId(layer))) {
            for weight in &node.weights {
                let owner = self.owners.owner(*weight).filter(|owner| !(first..=last).contains(&owner.0));
                let owner = owner.and_then(|owner| self.tree.graph.node(owner));
                owners.extend(owner.filter(|owner| owner.path != node.path).map(|owner| &*owner.path));
            }
        }
        let known: HashSet<&str> = owners.iter().copied().collect();
        match (owners.first(), known.len()) {
            (None, _) => String::new(),
            (Some(first), 0 | 1) => format!("tied → {first}"),
            (Some(first), more) => format!("tied → {first} and {} more", more.saturating_sub(1)),
        }
    }

    /// The path of a part, or of the first and the last that it stands for: `layer3.1 … 5`.
    fn folded_path(&self, first: TreeItem, last: TreeItem) -> String {
        range(self.tree.path(first), self.tree.path(last))
    }

    /// A path as seen from the block it is drawn in.
    fn relative(&self, path: &str, around: ScopeId) -> String {
        let around = self.tree.graph.scope(self.tree.shown_in(around)).map_or("", |scope| &scope.path);
        if path == around {
            return String::new();
        }
        let inside = path.strip_prefix(around).and_then(|rest| rest.strip_prefix('.'));
        inside.filter(|_| !around.is_empty()).unwrap_or(path).to_string()
    }

    fn details(&self, node: &Node) -> String {
        let told = call(&node.path, node.kind(), &node.operation.arguments);
        let macs = &node.operation.macs;
        if *macs == Count::ZERO { told } else { format!("{told}\n{} MACs", self.number(macs)) }
    }

    fn number(&self, count: &Count) -> String {
        let defaults = AtDefaults(self.tree.graph);
        defaults.count(count).map_or_else(|| count.to_string(), |number| Count::from(number).to_string())
    }
}

/// `conv1` / `Conv2d(out_channels=64, …)`
fn call<N: AsRef<str>>(path: &str, kind: &str, arguments: &[(N, Attribute)]) -> String {
    let arguments: Vec<_> =
        arguments.iter().map(|(name, value)| format!("{}={value}", name.as_ref())).collect();
    format!("{path}\n{kind}({})", arguments.join(", "))
}

/// The one, both, or the first and the last.
fn between<T>(values: &[T], told: impl Fn(&T) -> String) -> String {
    match values {
        [] => String::new(),
        [only] => told(only),
        [first, .., last] => format!("{} … {}", told(first), told(last)),
    }
}

fn joined<const N: usize>(by: &str, texts: [String; N]) -> String {
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(by)
}
