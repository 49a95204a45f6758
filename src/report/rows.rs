//! The lines of a report with their numbers.
//!
//! Main function: [`lines`]. Of a column of parameters, uses or MACs, every number stands in one line only, so that
//! each column adds up to the model's total.

use crate::analysis::{Analysis, AtDefaults, Owners};
use crate::blocks::range_label;
use crate::ir::{Count, Graph, Node, NodeId, Port, Scope, ScopeId, Shape, WeightId, is_automatic};
use crate::report::fold::{LinePlan, Shows, entries};

/// A line of the report.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportLine {
    /// How many opened blocks it stands in.
    pub level: usize,
    /// The path, as seen from the opened block it stands in; empty for a layer without a name of its own.
    pub label: String,
    /// The layer or block: `Conv2d`, `Bottleneck × 6`.
    pub kind: String,
    /// The shape of its result.
    pub output: Option<Shape>,
    /// Its numbers.
    pub cells: Cells,
    /// Whose weights it uses, where they are not its own.
    pub note: Option<String>,
    /// The whole path, or the kind of a layer without a name.
    pub path: String,
    /// The layers it stands for.
    pub nodes: Vec<NodeId>,
    /// The parameters it owns.
    pub owned: Vec<WeightId>,
}

/// The numbers of a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells {
    /// The parameters it owns; `None` where it owns none.
    pub parameters: Option<Count>,
    /// Uses of the tensor that is used least, and of the one that is used most.
    pub uses: Option<(Count, Count)>,
    /// What would be stored if every use had weights of its own.
    pub without_sharing: Option<Count>,
    /// Multiply-accumulates; `None` where there are none.
    pub macs: Option<Count>,
}

/// The lines of a model, blocks opened to a depth.
pub fn lines(graph: &Graph, analysis: &Analysis, depth: usize) -> Vec<ReportLine> {
    let rows = Rows { graph, analysis, owners: Owners::of(graph) };
    let entries = entries(graph, depth);
    let unread = rows.owners.unread().map(|weight| rows.unread(weight));
    entries.iter().map(|entry| rows.line(entry)).chain(unread).collect()
}

struct Rows<'a> {
    graph: &'a Graph,
    analysis: &'a Analysis,
    owners: Owners<'a>,
}

impl<'a> Rows<'a> {
    fn line(&self, entry: &LinePlan) -> ReportLine {
        let line = match &entry.shows {
            Shows::Layer(id) => self.graph.node(*id).map(|node| self.layer(*id, node)),
            Shows::Opened(scope) => self.graph.scope(*scope).map(opened),
            Shows::Folded(scopes, nodes) => Some(self.folded(scopes, nodes)),
        };
        let line = line.unwrap_or_else(|| named(String::new(), String::new()));
        let around = self.graph.scope(entry.inside).map_or("", |scope| &scope.path);
        let path = if line.label.is_empty() { line.kind.clone() } else { line.label.clone() };
        ReportLine { level: entry.level, label: relative(&line.label, around), path, ..line }
    }

    fn layer(&self, id: NodeId, node: &'a Node) -> ReportLine {
        let owned: Vec<WeightId> = self.owners.owned(id, node).collect();
        let label = if owned.is_empty() && is_automatic(node) { "" } else { &*node.path };
        ReportLine {
            output: node.operation.outputs.first().map(|output| output.shape.clone()),
            cells: self.cells(&owned, Some(node.operation.macs.clone())),
            note: self.whose(&[(id, node)]),
            nodes: vec![id],
            owned,
            ..named(label.to_string(), node.kind().to_string())
        }
    }

    fn folded(&self, scopes: &[ScopeId], ids: &[NodeId]) -> ReportLine {
        let nodes: Vec<(NodeId, &Node)> =
            ids.iter().filter_map(|id| Some((*id, self.graph.node(*id)?))).collect();
        let owned: Vec<WeightId> = nodes.iter().flat_map(|(id, node)| self.owners.owned(*id, node)).collect();
        let macs = nodes.iter().map(|(_, node)| &node.operation.macs).sum();
        let blocks: Vec<&Scope> = scopes.iter().filter_map(|id| self.graph.scope(*id)).collect();
        let definition = blocks.first().map_or("", |scope| &scope.definition);
        let kind = match blocks.len() {
            0 | 1 => definition.to_string(),
            n => format!("{definition} × {n}"),
        };
        let repeated =
            blocks.len() > 1 && blocks.windows(2).all(|pair| matches!(pair, [a, b] if a.path == b.path));
        let once = || repeated.then(|| "one set of weights".to_string());
        ReportLine {
            output: self.result(&nodes),
            cells: self.cells(&owned, Some(macs)),
            note: self.whose(&nodes).or_else(once),
            nodes: ids.to_vec(),
            owned,
            ..named(folded_label(&blocks), kind)
        }
    }

    /// A parameter that is declared and not read.
    fn unread(&self, weight: WeightId) -> ReportLine {
        let stored = self.graph.weight(weight);
        let name = stored.map_or(String::new(), |stored| stored.name.to_string());
        ReportLine {
            path: name.clone(),
            owned: vec![weight],
            output: stored.map(|stored| stored.shape.clone()),
            cells: self.cells(&[weight], None),
            note: Some("nothing reads it".to_string()),
            ..named(name, "Param".to_string())
        }
    }

    fn cells(&self, owned: &[WeightId], macs: Option<Count>) -> Cells {
        let macs = macs.filter(|macs| *macs != Count::ZERO);
        let uses: Vec<_> =
            owned.iter().filter_map(|weight| self.analysis.uses.get(weight.0 as usize)).collect();
        if uses.is_empty() {
            return Cells { macs, ..Cells::default() };
        }
        let judge = AtDefaults(self.graph);
        let most = || uses.iter().map(|uses| &uses.most);
        let extremes = (
            most().min_by_key(|most| judge.value_at_defaults(most)),
            most().max_by_key(|most| judge.value_at_defaults(most)),
        );
        Cells {
            parameters: Some(uses.iter().map(|uses| &uses.elements).sum()),
            uses: extremes.0.cloned().zip(extremes.1.cloned()),
            without_sharing: Some(uses.iter().map(|uses| &uses.unshared).sum()),
            macs,
        }
    }

    /// Whose weights some layers use, where those are not their own.
    fn whose(&self, nodes: &[(NodeId, &'a Node)]) -> Option<String> {
        let inside = |owner: NodeId| nodes.binary_search_by_key(&owner, |(id, _)| *id).is_ok();
        let mut shared: Vec<&str> = Vec::new();
        let mut tied: Vec<&str> = Vec::new();
        for (id, node) in nodes {
            for (weight, owner) in self.owners.foreign(*id, node).filter(|(_, owner)| !inside(*owner)) {
                let (Some(weight), Some(owner)) = (self.graph.weight(weight), self.graph.node(owner)) else {
                    continue;
                };
                if owner.path == node.path { shared.push(&node.path) } else { tied.push(&weight.name) }
            }
        }
        match (common(&shared), tied.as_slice()) {
            (None, []) => None,
            (Some(path), []) => Some(format!("the weights of {path}, above")),
            (None, tied) => Some(format!("tied → {}", listed(tied))),
            (Some(path), tied) => Some(format!("the weights of {path}, above; tied → {}", listed(tied))),
        }
    }

    /// The shape of what the last layer gives that others read.
    fn result(&self, nodes: &[(NodeId, &Node)]) -> Option<Shape> {
        let inside = |id: NodeId| nodes.binary_search_by_key(&id, |(known, _)| *known).is_ok();
        let leaves = |id: NodeId| {
            let given = self.graph.outputs.iter().filter(|output| output.source.node == id);
            let read = self.graph.readers_of(id).filter(|(reader, ..)| !inside(*reader));
            given.map(|output| output.source.output).chain(read.map(|(.., output)| output)).min()
        };
        let port = nodes.iter().rev().find_map(|(id, _)| Some(Port { node: *id, output: leaves(*id)? }));
        let last = || nodes.last().map(|(id, _)| Port { node: *id, output: 0 });
        self.graph.type_of(port.or_else(last)?).map(|known| known.shape.clone())
    }
}

fn named(label: String, kind: String) -> ReportLine {
    ReportLine {
        level: 0,
        label,
        kind,
        output: None,
        cells: Cells::default(),
        note: None,
        path: String::new(),
        nodes: Vec::new(),
        owned: Vec::new(),
    }
}

fn opened(scope: &Scope) -> ReportLine {
    named(scope.path.to_string(), scope.definition.to_string())
}

/// A path without the path of the block around it.
fn relative(path: &str, around: &str) -> String {
    if path == around {
        return String::new();
    }
    let inside = path.strip_prefix(around).and_then(|rest| rest.strip_prefix('.'));
    inside.filter(|_| !around.is_empty()).unwrap_or(path).to_string()
}

/// The path that consecutive calls of a block have in common.
fn folded_label(blocks: &[&Scope]) -> String {
    match blocks {
        [] => String::new(),
        [first, .., last] => range_label(&first.path, &last.path),
        [only] => only.path.to_string(),
    }
}

/// The longest path that all of these are, or begin with.
fn common<'p>(paths: &[&'p str]) -> Option<&'p str> {
    let (first, rest) = paths.split_first()?;
    let steps = |path: &'p str| std::iter::successors(Some(path), |path| Some(path.rsplit_once('.')?.0));
    let holds = |step: &&str| rest.iter().all(|path| steps(path).any(|known| known == *step));
    steps(first).find(holds).or(Some(first))
}

/// `wte.weight`, or that and how many more.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}
