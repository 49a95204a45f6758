//! Who else uses a layer's weights: further uses, ties.

use super::{Explainer, Page, Phrase, Section, told};
use crate::ir::{Count, Node, NodeId, Weight, WeightId};

/// So many places are named; the others are counted.
const NAMED: usize = 8;

impl<'a> Explainer<'a> {
    /// The other places that use this layer's weights, and their other names.
    pub(super) fn places(&self, page: &mut Page, node: &'a Node) {
        let mut section = self.section(Phrase::SharingLabel);
        let parameters: Vec<WeightId> = self.parameters(node).into_iter().map(|(weight, _)| weight).collect();
        let shared = parameters.iter().copied().find(|weight| {
            self.analysis.uses.get(weight.0 as usize).is_some_and(|uses| uses.places > 1)
                || self.readers(*weight).len() > 1
        });
        if let Some((id, weight)) = shared.and_then(|weight| Some((weight, self.graph.weight(weight)?))) {
            self.readings(&mut section, id, weight);
        }
        for weight in parameters.iter().filter_map(|weight| self.graph.weight(*weight)) {
            for alias in &weight.aliases {
                section.prose(self.say(Phrase::AlsoCalled, &[&weight.name, alias]));
            }
        }
        if node.operation.kind == crate::ir::Kind::Parameter && section.is_empty() {
            self.bare(&mut section, node);
        }
        page.add(section);
    }

    fn readers(&self, weight: WeightId) -> Vec<(NodeId, &'a Node)> {
        self.graph.nodes().filter(|(_, node)| node.weights.contains(&weight)).collect()
    }

    /// Each place's uses, and their sum.
    fn readings(&self, section: &mut Section, id: WeightId, weight: &Weight) {
        let Some(uses) = self.analysis.uses.get(id.0 as usize) else { return };
        let readers = self.readers(id);
        let of = |node: &Node| -> Option<Count> {
            let at = node.weights.iter().position(|known| *known == id)?;
            node.operation.weights.iter().cycle().nth(at).map(|spec| spec.usage.most())
        };
        let each: Option<Vec<Count>> = readers.iter().map(|(_, node)| of(node)).collect();
        // Only where the places' uses add up are they told one by one.
        let each = each.filter(|each| self.number(&each.iter().sum()) == self.number(&uses.most));
        for (at, ((_, node), count)) in readers.iter().zip(each.iter().flatten()).take(NAMED).enumerate() {
            let text = self.say(Phrase::AtPlace, &[&node.id]);
            section.step(self.step(
                text,
                String::new(),
                if at == 0 { " " } else { "+" },
                count,
                String::new(),
            ));
        }
        let further = each.as_ref().map_or(0, |each| each.len().saturating_sub(NAMED));
        if further > 0 {
            let rest: Count = each.iter().flatten().skip(NAMED).sum();
            let text = self.say(Phrase::MorePlaces, &[&further.to_string()]);
            section.step(self.step(text, String::new(), "+", &rest, String::new()));
        }
        let text = if each.is_some() { String::new() } else { weight.name.to_string() };
        let unit = self.say(Phrase::UsesOf, &[&weight.name]);
        section.step(self.step(text, String::new(), "=", &uses.most, unit));
        if readers.len() > 1 {
            section.prose(self.say(Phrase::OneSet, &[&readers.len().to_string()]));
        }
    }

    /// A parameter that stands by itself: how often what reads it uses its elements.
    fn bare(&self, section: &mut Section, node: &Node) {
        for id in &node.weights {
            let (Some(weight), Some(uses)) = (self.graph.weight(*id), self.analysis.uses.get(id.0 as usize))
            else {
                continue;
            };
            let least = (self.number(&uses.least) != self.number(&uses.most))
                .then(|| self.say(Phrase::Uneven, &[&told(&uses.least, self.defaults)]));
            let unit = least.unwrap_or_default();
            let text = self.say(Phrase::UsesOf, &[&weight.name]);
            section.step(self.step(text, String::new(), "=", &uses.most, unit));
        }
    }
}
