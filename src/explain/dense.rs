//! Linear layers and look-up tables, and what all layers with weights have in common: the dense layer in their place,
//! the arithmetic of positions and weights.

use super::{Explainer, Page, Phrase, plain, product, told};
use crate::analysis::dense_equivalent;
use crate::ir::{Count, Node, NodeId};

impl<'a> Explainer<'a> {
    pub(super) fn linear(&self, page: &mut Page, id: NodeId, node: &'a Node) {
        let Some(weight) = node.operation.weights.first() else { return };
        let (Some(out), Some(inputs)) = (weight.shape.dim(0), weight.shape.dim(1)) else { return };
        let (out, inputs) = (Count::from(out), Count::from(inputs));
        let all = node.operation.parameters();
        let mut section = self.section(Phrase::WeightsLabel);
        let text =
            self.say(Phrase::InputsToOutputs, &[&told(&inputs, self.defaults), &told(&out, self.defaults)]);
        let formula = product([plain(&inputs, self.defaults), plain(&out, self.defaults)]);
        section.step(self.step(text, formula, "=", &weight.shape.elements(), self.say(Phrase::Weights, &[])));
        if node.operation.weights.len() > 1 {
            let biases = told(&out, self.defaults);
            let unit = self.say(Phrase::Biases, &[&biases]);
            section.step(self.step(self.say(Phrase::OneForEachOutput, &[]), String::new(), "+", &out, unit));
            let unit = self.say(Phrase::Parameters, &[&told(&all, self.defaults)]);
            section.step(self.step(String::new(), String::new(), "=", &all, unit));
        }
        page.add(section);
        let positions = weight.usage.positions.clone();
        let shared = self.tokens(page, id, &positions, &all);
        if shared {
            self.own_weights(page, node, &positions, &all);
            self.dense(page, id, &all);
        }
        self.macs_of_positions(page, node, &positions, &weight.shape.elements(), shared);
    }

    /// The positions of the leading axes; true where there are several.
    fn tokens(&self, page: &mut Page, id: NodeId, positions: &Count, all: &Count) -> bool {
        let mut section = self.section(Phrase::Positions);
        let shared = self.number(positions) > 1;
        if shared {
            let from = self.graph.inputs_of(id).first().and_then(|port| self.graph.type_of(*port));
            let leading =
                from.and_then(|kind| kind.shape.split_trailing(1)).map_or(&[][..], |(leading, _)| leading);
            let shape = crate::ir::Shape::from(leading.to_vec());
            let factors: Vec<String> = leading.iter().map(|dim| self.length(dim)).collect();
            let formula = if factors.len() > 1 { product(&factors) } else { String::new() };
            let text = self.say(Phrase::EveryToken, &[&shape.to_string()]);
            section.step(self.step(text, formula, "=", positions, String::new()));
            section.prose(self.say(Phrase::SameEverywhere, &[&told(all, self.defaults)]));
        } else {
            section.prose(self.say(Phrase::OnePosition, &[]));
        }
        page.add(section);
        shared
    }

    /// What each position would store.
    fn own_weights(&self, page: &mut Page, node: &Node, positions: &Count, all: &Count) {
        let mut section = self.section(Phrase::WithoutIt);
        let own: Count =
            node.operation.weights.iter().map(|spec| spec.usage.total(&spec.shape.elements())).sum();
        let formula = product([plain(positions, self.defaults), plain(all, self.defaults)]);
        section.step(self.step(self.say(Phrase::OwnWeights, &[]), formula, "=", &own, self.times(&own, all)));
        page.add(section);
    }

    pub(super) fn embedding(&self, page: &mut Page, id: NodeId, node: &'a Node) {
        let Some(weight) = node.operation.weights.first() else { return };
        let (Some(rows), Some(width)) = (weight.shape.dim(0), weight.shape.dim(1)) else { return };
        let (rows, width) = (Count::from(rows), Count::from(width));
        let all = node.operation.parameters();
        let mut section = self.section(Phrase::WeightsLabel);
        let text =
            self.say(Phrase::RowsOfWidth, &[&told(&rows, self.defaults), &told(&width, self.defaults)]);
        let formula = product([plain(&rows, self.defaults), plain(&width, self.defaults)]);
        let unit = self.say(Phrase::Parameters, &[&told(&all, self.defaults)]);
        section.step(self.step(text, formula, "=", &all, unit));
        page.add(section);
        let used = node.weights.first().and_then(|id| self.analysis.uses.get(id.0 as usize));
        let in_order = used.is_some_and(|uses| self.number(&uses.most) == 1);
        let mut section = self.section(Phrase::Positions);
        let positions = &weight.usage.positions;
        if let Some(kind) = self.graph.inputs_of(id).first().and_then(|port| self.graph.type_of(*port)) {
            let text = self.say(Phrase::EveryToken, &[&kind.to_string()]);
            section.step(self.step(text, String::new(), "=", positions, String::new()));
        }
        section.prose(self.say(if in_order { Phrase::LookedUpInOrder } else { Phrase::LookedUp }, &[]));
        page.add(section);
        if !in_order {
            self.own_weights(page, node, positions, &all);
        }
        let mut section = self.section(Phrase::Arithmetic);
        section.prose(self.say(Phrase::LookUpFree, &[]));
        page.add(section);
    }

    /// What one dense layer in its place would store.
    pub(super) fn dense(&self, page: &mut Page, id: NodeId, all: &Count) {
        let Some(dense) = dense_equivalent(self.graph, id) else { return };
        let inputs = self.graph.inputs_of(id);
        let entering: Count = inputs
            .iter()
            .filter_map(|port| self.graph.type_of(*port))
            .map(|kind| kind.shape.elements())
            .sum();
        let outputs = self.graph.node(id).map(|node| &node.operation.outputs);
        let leaving: Count = outputs.into_iter().flatten().map(|kind| kind.shape.elements()).sum();
        let mut section = self.section(Phrase::AsDense);
        let text =
            self.say(Phrase::FromTo, &[&told(&entering, self.defaults), &told(&leaving, self.defaults)]);
        let (from, to) = (plain(&entering, self.defaults), plain(&leaving, self.defaults));
        let times = self.times(&dense, all);
        section.step(self.step(text, format!("{from}·{to} + {to}"), "=", &dense, times));
        page.add(section);
    }

    /// `900 positions × 27 weights = 24,300 MACs`
    pub(super) fn macs_of_positions(
        &self,
        page: &mut Page,
        node: &Node,
        positions: &Count,
        weights: &Count,
        shared: bool,
    ) {
        let mut section = self.section(Phrase::Arithmetic);
        let values = [told(weights, self.defaults), told(positions, self.defaults)];
        let text = self.say(Phrase::PositionsTimesWeights, &values.each_ref().map(String::as_str));
        let formula = product([plain(positions, self.defaults), plain(weights, self.defaults)]);
        section.step(self.step(text, formula, "=", &node.operation.macs, self.say(Phrase::Macs, &[])));
        if shared {
            section.prose(self.say(Phrase::SharingOrNot, &[]));
        }
        page.add(section);
    }
}
