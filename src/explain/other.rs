//! Every other layer: its tensors one by one, how often they are used, what it computes.

use super::{Explainer, Page, Phrase, plain, product, told};
use crate::analysis::attention_cost;
use crate::ir::declaration::{Inside, Response, Weighting};
use crate::ir::{Attribute, Count, Declaration, Family, Kind, Node, NodeId, Role, Size, WeightSpec};

/// What the layers of a family are.
const FAMILIES: &[(Family, Phrase)] = &[
    (Family::Pooling, Phrase::AboutPooling),
    (Family::Normalisation, Phrase::AboutNorm),
    (Family::Activation, Phrase::AboutPointwise),
    (Family::Regularisation, Phrase::AboutDropout),
    (Family::Shape, Phrase::AboutShape),
    (Family::Merging, Phrase::AboutMerging),
];

/// What a layer is by what it is made of; `None` where its family says it.
fn made_of(layer: &Declaration) -> Option<Phrase> {
    let is_sequence = layer.family == Family::Sequence;
    match (layer.inside, layer.weights) {
        (Inside::Recurrence { gates: 1 }, _) => Some(Phrase::AboutOneGate),
        (Inside::Attention, _) => Some(Phrase::AboutAttention),
        (Inside::TransformerLayer, _) => Some(Phrase::AboutTransformer),
        (Inside::AttentionProducts, _) => Some(Phrase::AboutProducts),
        (Inside::Recurrence { .. }, _) => None,
        (Inside::Plain, _) if layer.family == Family::Mixture => Some(Phrase::AboutExperts),
        (Inside::Plain, Weighting::Several { .. }) => Some(Phrase::AboutSeparable),
        (Inside::Plain, Weighting::Table) if is_sequence => Some(Phrase::AboutBias),
        (Inside::Plain, Weighting::None) if is_sequence => Some(Phrase::AboutPositional),
        (Inside::Plain, Weighting::Product) if layer.response == [Response::Multilinear] => {
            Some(Phrase::AboutBilinear)
        }
        (Inside::Plain, _) if layer.is_product() && !layer.merges() => Some(Phrase::AboutMatMul),
        (Inside::Plain, _) => None,
    }
}

impl<'a> Explainer<'a> {
    pub(super) fn other(&self, page: &mut Page, id: NodeId, node: &'a Node) {
        self.tensors(page, node);
        self.uses(page, node);
        self.attention(page, id, node);
        self.arithmetic(page, id, node);
    }

    fn about(&self, node: &Node) -> Option<String> {
        if node.operation.kind == Kind::Parameter {
            return Some(self.say(Phrase::AboutParam, &[]));
        }
        let layer = node.layer()?;
        if let Inside::Recurrence { gates: gates @ 2.. } = layer.inside {
            return Some(self.say(Phrase::AboutGates, &[&gates.to_string()]));
        }
        let by_family =
            || FAMILIES.iter().find(|(known, _)| *known == layer.family).map(|(_, phrase)| *phrase);
        made_of(layer).or_else(by_family).map(|phrase| self.say(phrase, &[]))
    }

    /// Each tensor with its extents, and their sum.
    fn tensors(&self, page: &mut Page, node: &'a Node) {
        let mut section = self.section(Phrase::WeightsLabel);
        if let Some(about) = self.about(node) {
            section.prose(about);
        }
        let read = node.weights.iter().filter_map(|id| self.graph.weight(*id));
        let stored: Vec<_> = read.filter(|weight| weight.role == Role::Parameter).collect();
        if stored.is_empty() {
            section.prose(self.say(Phrase::StoresNothing, &[]));
        }
        for (at, weight) in stored.iter().enumerate() {
            let step = last_steps(&weight.name, &node.path);
            let text = format!("{step} {}", weight.shape);
            let formula = product(weight.shape.dims().iter().map(|dim| self.length(dim)));
            let formula = if weight.shape.rank() > 1 { formula } else { String::new() };
            let sign = match (stored.len(), at) {
                (1, _) => "=",
                (_, 0) => " ",
                _ => "+",
            };
            section.step(self.step(text, formula, sign, &weight.shape.elements(), String::new()));
        }
        let all: Count = stored.iter().map(|weight| weight.shape.elements()).sum();
        if stored.len() > 1 {
            let unit = self.say(Phrase::Parameters, &[&told(&all, self.defaults)]);
            section.step(self.step(String::new(), String::new(), "=", &all, unit));
        }
        if !stored.is_empty() && stored.iter().all(|weight| !weight.trainable) {
            section.prose(self.say(Phrase::Frozen, &[]));
        }
        let buffers = node.weights.iter().filter_map(|id| self.graph.weight(*id));
        let buffers: Count =
            buffers.filter(|weight| weight.role == Role::Buffer).map(|weight| weight.shape.elements()).sum();
        if buffers != Count::ZERO {
            section.prose(self.say(Phrase::Buffers, &[&told(&buffers, self.defaults)]));
        }
        page.add(section);
    }

    /// How often this use of the layer uses each of its tensors.
    fn uses(&self, page: &mut Page, node: &'a Node) {
        let mut section = self.section(Phrase::UsesLabel);
        let specs: Vec<&WeightSpec> = self.parameters(node).into_iter().map(|(_, spec)| spec).collect();
        let bare = node.operation.kind == Kind::Parameter;
        let mut known: Vec<(Count, Vec<&str>, &WeightSpec)> = Vec::new();
        for spec in specs.iter().filter(|_| !bare) {
            let most = spec.usage.most();
            match known.iter_mut().find(|(uses, _, of)| *uses == most && of.usage == spec.usage) {
                Some((_, names, _)) => names.push(&spec.name),
                None => known.push((most, vec![&spec.name], spec)),
            }
        }
        let alike = known.len() == 1;
        for (most, names, spec) in &known {
            let text = if alike { self.say(Phrase::UsesEach, &[]) } else { shortened(names) };
            let (steps, positions) =
                (told(&spec.usage.steps, self.defaults), told(&spec.usage.positions, self.defaults));
            let how = match (self.number(&spec.usage.steps), self.number(&spec.usage.positions)) {
                (1, _) => text.clone(),
                (_, 1) => self.say(Phrase::Steps, &[&steps]),
                _ => self.say(Phrase::StepsPositions, &[&steps, &positions]),
            };
            let unit = match &spec.usage.uneven {
                Some((least, _)) => self.say(Phrase::Uneven, &[&told(least, self.defaults)]),
                None => String::new(),
            };
            section.step(self.step(how, String::new(), "=", most, unit));
        }
        if known.iter().any(|(_, _, spec)| self.number(&spec.usage.steps) > 1) {
            section.prose(self.say(Phrase::OverTime, &[]));
        }
        if let [(most, _, spec)] = known.as_slice()
            && self.number(&spec.usage.steps) == 1
        {
            let all = told(&node.operation.parameters(), self.defaults);
            match self.number(most) {
                0 | 1 => section.prose(self.say(Phrase::OnePosition, &[])),
                _ => section.prose(self.say(Phrase::SameEverywhere, &[&all])),
            }
        }
        page.add(section);
        let own: Count = specs.iter().map(|spec| spec.usage.total(&spec.shape.elements())).sum();
        let all: Count = specs.iter().map(|spec| spec.shape.elements()).sum();
        if !bare && self.number(&own) > self.number(&all) {
            let mut section = self.section(Phrase::WithoutIt);
            let formula = match known.as_slice() {
                [(most, _, spec)] if spec.usage.uneven.is_none() => {
                    product([plain(most, self.defaults), plain(&all, self.defaults)])
                }
                _ => String::new(),
            };
            section.step(self.step(
                self.say(Phrase::OwnWeights, &[]),
                formula,
                "=",
                &own,
                self.times(&own, &all),
            ));
            page.add(section);
        }
    }

    /// The scores, and the two products.
    fn attention(&self, page: &mut Page, id: NodeId, node: &Node) {
        let Some(layer) = attention_cost(self.graph, id) else { return };
        let mut section = self.section(Phrase::Products);
        let inputs = self.graph.inputs_of(id);
        let length = |at: usize| {
            let port = inputs.get(at).or(inputs.first())?;
            self.graph.type_of(*port)?.shape.dim_from_end(1).cloned()
        };
        let heads = node.operation.argument("heads").and_then(Attribute::as_size);
        if let (Some(heads), Some(queries), Some(keys)) = (heads, length(0), length(1)) {
            let factors = [heads, &queries, &keys].map(|size: &Size| self.length(size));
            let text = self.say(Phrase::Scores, &factors.each_ref().map(String::as_str));
            let scores = Count::from(heads) * Count::from(&queries) * Count::from(&keys);
            section.step(self.step(text, product(&factors), "=", &scores, self.say(Phrase::ScoresUnit, &[])));
        }
        let macs = self.say(Phrase::Macs, &[]);
        let text = self.say(Phrase::QueriesKeys, &[]);
        section.step(self.step(text, String::new(), "=", &layer.products, macs.clone()));
        if layer.masked != layer.products {
            section.step(self.step(self.say(Phrase::Masked, &[]), String::new(), "=", &layer.masked, macs));
        }
        page.add(section);
    }

    fn arithmetic(&self, page: &mut Page, id: NodeId, node: &Node) {
        let operation = &node.operation;
        let mut section = self.section(Phrase::Arithmetic);
        let products = attention_cost(self.graph, id).map_or(Count::ZERO, |layer| layer.products);
        let unit = self.say(Phrase::Macs, &[]);
        match operation.macs.minus(&products).filter(|rest| *rest != Count::ZERO && products != Count::ZERO) {
            Some(rest) => {
                section.step(self.step(
                    self.say(Phrase::ByWeights, &[]),
                    String::new(),
                    " ",
                    &rest,
                    String::new(),
                ));
                let text = self.say(Phrase::Products, &[]);
                section.step(self.step(text, String::new(), "+", &products, String::new()));
                section.step(self.step(String::new(), String::new(), "=", &operation.macs, unit));
            }
            None if operation.macs != Count::ZERO => {
                let text = self.say(Phrase::MultiplyAccumulates, &[]);
                section.step(self.step(text, String::new(), "=", &operation.macs, unit));
            }
            None => section.prose(self.say(Phrase::NoMacs, &[])),
        }
        if operation.elementwise != Count::ZERO {
            let text = self.say(Phrase::ElementOperations, &[]);
            section.step(self.step(text, String::new(), "=", &operation.elementwise, String::new()));
        }
        page.add(section);
    }
}

/// A tensor's name within its layer.
fn last_steps<'n>(name: &'n str, path: &str) -> &'n str {
    name.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name)
}

/// A few names, or the first of many.
fn shortened(names: &[&str]) -> String {
    match names {
        [first, second, _, ..] => format!("{first}, {second}, …"),
        few => few.join(", "),
    }
}
