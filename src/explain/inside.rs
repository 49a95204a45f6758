//! Blocks and models: what is inside, and what it adds up to.

use std::collections::HashSet;

use super::{Explainer, Page, Phrase, Section, told};
use crate::analysis::{Sharing, Totals, totals_of};
use crate::blocks::{Series, range_label, series};
use crate::ir::{Count, Graph, Node, NodeId, Role, ScopeId, WeightId, is_automatic};
use crate::report::numbers::{bytes, percent};

/// What stands directly in a block: a layer, or consecutive calls of one block.
struct BlockPart {
    label: String,
    kind: String,
    nodes: Vec<NodeId>,
}

impl<'a> Explainer<'a> {
    pub(super) fn model(&self) -> Page {
        let inputs = self.graph.inputs().iter().filter_map(|id| self.graph.node(*id));
        let inputs: Vec<String> = inputs
            .filter_map(|node| Some(format!("{} {}", node.path, node.operation.outputs.first()?)))
            .collect();
        let outputs: Vec<String> = self
            .graph
            .outputs
            .iter()
            .filter_map(|output| Some(format!("{} {}", output.name, self.graph.type_of(output.source)?)))
            .collect();
        let title = format!("{}: {} → {}", self.graph.name, inputs.join(", "), outputs.join(", "));
        let mut page =
            Page { title: std::iter::once(title).chain(self.at_defaults()).collect(), sections: Vec::new() };
        self.parts(&mut page, ScopeId::ROOT);
        self.sums(&mut page, &self.analysis.totals, 1);
        self.memory(&mut page);
        page
    }

    pub(super) fn block(&self, scopes: &[ScopeId]) -> Page {
        let Some((first, scope)) = scopes.first().and_then(|id| Some((*id, self.graph.scope(*id)?))) else {
            return Page::default();
        };
        let arguments: Vec<_> =
            scope.arguments.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let call = match arguments.is_empty() {
            true => scope.definition.to_string(),
            false => format!("{}({})", scope.definition, arguments.join(", ")),
        };
        let title = format!("{}: {call}", scope.path);
        let mut page =
            Page { title: std::iter::once(title).chain(self.at_defaults()).collect(), sections: Vec::new() };
        self.parts(&mut page, first);
        let totals = self.analysis.scopes.get(first.0 as usize).cloned().unwrap_or_default();
        self.sums(&mut page, &totals, scopes.len());
        page
    }

    /// The parameters and the arithmetic of each part, and their sums.
    fn parts(&self, page: &mut Page, scope: ScopeId) {
        let parts = parts(self.graph, scope);
        let mut seen: HashSet<WeightId> = HashSet::new();
        let mut rows: Vec<(String, Count, String)> = Vec::new();
        let mut silent = 0usize;
        for part in &parts {
            let (own, foreign) = self.learned(&part.nodes, &mut seen);
            if own == Count::ZERO && foreign.is_none() {
                silent = silent.saturating_add(part.nodes.len());
                continue;
            }
            let whose = foreign.filter(|_| own == Count::ZERO);
            let unit = whose.map(|name| self.say(Phrase::AboveWeights, &[&name])).unwrap_or_default();
            rows.push((part.text(), own, unit));
        }
        let mut section = self.section(Phrase::Inside);
        let sum: Count = rows.iter().map(|(_, own, _)| own).sum();
        self.added(&mut section, rows, &sum, self.say(Phrase::Parameters, &[&told(&sum, self.defaults)]));
        if silent > 0 {
            section.prose(self.say(Phrase::Nothing, &[&silent.to_string()]));
        }
        page.add(section);
        self.arithmetic_of(page, &parts);
    }

    fn arithmetic_of(&self, page: &mut Page, parts: &[BlockPart]) {
        let macs = |part: &BlockPart| totals_of(self.graph, &self.analysis.uses, &part.nodes).macs;
        let rows = parts.iter().map(|part| (part.text(), macs(part), String::new()));
        let rows: Vec<_> = rows.filter(|(_, macs, _)| *macs != Count::ZERO).collect();
        let sum: Count = rows.iter().map(|(_, macs, _)| macs).sum();
        let mut section = self.section(Phrase::Arithmetic);
        if rows.is_empty() {
            section.prose(self.say(Phrase::NoMacs, &[]));
        } else {
            self.added(&mut section, rows, &sum, self.say(Phrase::Macs, &[]));
            let flops = &sum * &Count::from(2);
            let formula = "2·MACs".to_string();
            section.step(self.step(String::new(), formula, "=", &flops, self.say(Phrase::Flops, &[])));
        }
        page.add(section);
    }

    /// Numbers under each other, and their sum; a single one is its own.
    fn added(&self, section: &mut Section, rows: Vec<(String, Count, String)>, sum: &Count, unit: String) {
        if let [(text, only, _)] = rows.as_slice() {
            section.step(self.step(text.clone(), String::new(), "=", only, unit));
            return;
        }
        for (at, (text, count, unit)) in rows.into_iter().enumerate() {
            section.step(self.step(text, String::new(), if at == 0 { " " } else { "+" }, &count, unit));
        }
        section.step(self.step(String::new(), String::new(), "=", sum, unit));
    }

    /// The elements of the parameters that these layers read and none before did; and one that another before did.
    fn learned(&self, nodes: &[NodeId], seen: &mut HashSet<WeightId>) -> (Count, Option<String>) {
        let mut own = Count::ZERO;
        let mut foreign = None;
        for id in nodes.iter().filter_map(|id| self.graph.node(*id)).flat_map(|node| node.weights.iter()) {
            let Some(weight) = self.graph.weight(*id).filter(|weight| weight.role == Role::Parameter) else {
                continue;
            };
            if seen.insert(*id) {
                own = own + weight.shape.elements();
            } else {
                foreign.get_or_insert_with(|| weight.name.to_string());
            }
        }
        (own, foreign)
    }

    /// What is shared, in which ways, and what would be stored without it.
    fn sums(&self, page: &mut Page, totals: &Totals, places: usize) {
        let all = self.number(&totals.parameters);
        if all == 0 {
            return;
        }
        let mut section = self.section(Phrase::SharingLabel);
        if places > 1 {
            section.prose(self.say(Phrase::OneSet, &[&places.to_string()]));
        }
        let share = |part: &Count| format!("{}%", percent(self.number(part), all));
        let add = |section: &mut Section, phrase, count: &Count, unit: String| {
            section.step(self.step(self.say(phrase, &[]), String::new(), "=", count, unit));
        };
        add(&mut section, Phrase::Shared, &totals.shared, share(&totals.shared));
        for way in Sharing::ALL.into_iter().filter(|way| *totals.by_sharing.of(*way) != Count::ZERO) {
            let phrase = match way {
                Sharing::Positions => Phrase::ByPosition,
                Sharing::Time => Phrase::ByTime,
                Sharing::CallSites => Phrase::ByCallSite,
                Sharing::Tied => Phrase::ByTie,
            };
            let text = format!("  {}", self.say(phrase, &[]));
            section.step(self.step(text, String::new(), "=", totals.by_sharing.of(way), String::new()));
        }
        add(&mut section, Phrase::Unshared, &totals.unshared_tensors, share(&totals.unshared_tensors));
        if totals.without_sharing != totals.parameters {
            let times = self.times(&totals.without_sharing, &totals.parameters);
            add(&mut section, Phrase::WithoutSharing, &totals.without_sharing, times);
        }
        let others = [
            (Phrase::Gross, &totals.parameters_gross),
            (Phrase::Trainable, &totals.trainable),
            (Phrase::Active, &totals.active),
        ];
        for (phrase, count) in others.into_iter().filter(|(_, count)| **count != totals.parameters) {
            add(&mut section, phrase, count, String::new());
        }
        page.add(section);
    }

    fn memory(&self, page: &mut Page) {
        let mut section = self.section(Phrase::Memory);
        let memory = &self.analysis.memory;
        let rows = [
            (Phrase::Parameters, &self.analysis.totals.parameters),
            (Phrase::Activations, &memory.peak),
            (Phrase::ActivationsKept, &memory.sum),
        ];
        for (phrase, elements) in rows {
            let Some(number) = self.defaults.count(elements) else { continue };
            let text = match phrase {
                Phrase::Parameters => self.say(Phrase::WeightsLabel, &[]),
                other => self.say(other, &[]),
            };
            let formula = format!("{number}·4 B");
            let unit = self.say(Phrase::AsFloat, &[]);
            section.step(super::ArithmeticStep { text, formula, sign: "=", result: bytes(number), unit });
        }
        page.add(section);
    }
}

impl BlockPart {
    fn text(&self) -> String {
        if self.label.is_empty() { self.kind.clone() } else { format!("{}  {}", self.label, self.kind) }
    }
}

/// What stands directly in a block, in order; consecutive calls of one block as one.
fn parts(graph: &Graph, scope: ScopeId) -> Vec<BlockPart> {
    let mut parts: Vec<(Option<ScopeId>, BlockPart)> = Vec::new();
    let around = graph.scope(scope).map_or("", |scope| &scope.path);
    for (id, node) in graph.nodes().filter(|(_, node)| node.operation.kind != crate::ir::Kind::Input) {
        let Some(child) = child(graph, scope, node) else { continue };
        match (child, parts.last_mut()) {
            (Some(block), Some((Some(last), part))) if *last == block => part.nodes.push(id),
            (Some(block), _) => {
                let inside = graph.scope(block);
                let part = BlockPart {
                    label: inside.map_or(String::new(), |block| relative(&block.path, around)),
                    kind: inside.map_or(String::new(), |block| block.definition.to_string()),
                    nodes: vec![id],
                };
                parts.push((Some(block), part));
            }
            (None, _) => {
                let unnamed = node.weights.is_empty() && is_automatic(node);
                let part = BlockPart {
                    label: if unnamed { String::new() } else { relative(&node.path, around) },
                    kind: node.kind().to_string(),
                    nodes: vec![id],
                };
                parts.push((None, part));
            }
        }
    }
    folded(graph, parts)
}

/// Consecutive members of one series of blocks as one part.
fn folded(graph: &Graph, parts: Vec<(Option<ScopeId>, BlockPart)>) -> Vec<BlockPart> {
    let mut runs: Vec<(Option<Series>, usize, String, BlockPart)> = Vec::new();
    for (scope, part) in parts {
        let own = scope.and_then(|scope| graph.scope(scope)).map(|scope| series(graph, scope));
        match runs.last_mut() {
            Some((Some(known), times, last, folded)) if Some(*known) == own => {
                *times = times.saturating_add(1);
                *last = part.label;
                folded.nodes.extend(part.nodes);
            }
            _ => runs.push((own, 1, String::new(), part)),
        }
    }
    let named = |(_, times, last, part): (_, usize, String, BlockPart)| match times {
        1 => part,
        _ => {
            let label = range_label(&part.label, &last);
            BlockPart { label, kind: format!("{} × {times}", part.kind), ..part }
        }
    };
    runs.into_iter().map(named).collect()
}

/// Of a node inside a block: the block directly inside in which it stands, or none; the outer `None` is outside.
fn child(graph: &Graph, scope: ScopeId, node: &Node) -> Option<Option<ScopeId>> {
    let mut inner = None;
    let mut at = node.scope;
    while at != scope {
        let around = graph.scope(at)?;
        inner = if around.is_module() { Some(at) } else { inner };
        at = around.parent?;
    }
    Some(inner)
}

fn relative(path: &str, around: &str) -> String {
    if around.is_empty() {
        return path.to_string();
    }
    path.strip_prefix(around).and_then(|rest| rest.strip_prefix('.')).unwrap_or(path).to_string()
}
