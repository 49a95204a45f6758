//! Convolutions: one kernel at every position; transposed ones, and those without sharing.

use super::{Explainer, Page, Phrase, plain, product, told};
use crate::ir::declaration::Weighting;
use crate::ir::{Count, Node, NodeId, Size, Window, WindowAxis};

/// True for a layer whose first weight is a kernel that the window says the extents of.
pub(super) fn has_kernel(node: &Node) -> bool {
    let kernels = node.operation.weights.iter().filter(|weight| &*weight.name == "weight").count();
    kernels == 1 && node.operation.weights.len() <= 2
}

/// True for a kernel of its own at every position.
fn is_local(node: &Node) -> bool {
    node.layer().is_some_and(|layer| layer.weights == Weighting::Local)
}

impl<'a> Explainer<'a> {
    pub(super) fn convolution(&self, page: &mut Page, id: NodeId, node: &'a Node) {
        let (Some(window), Some(kernel)) = (&node.operation.window, node.operation.weights.first()) else {
            return;
        };
        let is_local = is_local(node);
        let all: Count = node.operation.parameters();
        let weights = kernel.shape.elements();
        let bias = node.operation.weights.get(1);
        let positions = if is_local { self.entries(node, window) } else { kernel.usage.positions.clone() };
        self.kernel(page, node, window, &positions);
        self.positions(page, id, node, window, &positions);
        let many = self.number(&positions) > 1;
        if many && !is_local {
            let mut section = self.section(Phrase::WithoutIt);
            let formula = product([plain(&positions, self.defaults), plain(&weights, self.defaults)]);
            let own = kernel.usage.total(&weights);
            let with_biases: Count =
                node.operation.weights.iter().map(|spec| spec.usage.total(&spec.shape.elements())).sum();
            let times = self.times(&with_biases, &all);
            let unit = if bias.is_some() { self.say(Phrase::Weights, &[]) } else { times.clone() };
            section.step(self.step(self.say(Phrase::OwnWeights, &[]), formula, "=", &own, unit));
            if bias.is_some_and(|bias| bias.usage == kernel.usage) {
                let formula = product([plain(&positions, self.defaults), plain(&all, self.defaults)]);
                section.step(self.step(self.say(Phrase::AndBiases, &[]), formula, "=", &with_biases, times));
            } else if let Some(bias) = bias {
                let biases = bias.usage.total(&bias.shape.elements());
                section.step(self.step(
                    self.say(Phrase::AndBiases, &[]),
                    String::new(),
                    "+",
                    &biases,
                    String::new(),
                ));
                section.step(self.step(String::new(), String::new(), "=", &with_biases, times));
            }
            page.add(section);
        }
        self.dense(page, id, &all);
        let each = if is_local { weights.exact_div(&positions).unwrap_or(weights) } else { weights };
        self.macs_of_positions(page, node, &positions, &each, many && !is_local);
    }

    /// The positions of a layer that has weights for each.
    fn entries(&self, node: &Node, window: &Window) -> Count {
        let extents =
            node.operation.outputs.first().map(|kind| kind.shape.dims().to_vec()).unwrap_or_default();
        extents
            .iter()
            .rev()
            .take(window.axes.len())
            .map(Count::from)
            .fold(Count::ONE, |product, n| product * n)
    }

    fn kernel(&self, page: &mut Page, node: &Node, window: &Window, positions: &Count) {
        let Some(kernel) = node.operation.weights.first() else { return };
        let mut section = self.section(Phrase::OneKernel);
        let extents: Vec<i128> = window.axes.iter().map(|axis| self.extent(&axis.kernel)).collect();
        let taps = extents.iter().fold(Count::ONE, |product, n| product * Count::from(Size::from(*n)));
        let is_local = is_local(node);
        let places = if is_local { positions.clone() } else { Count::ONE };
        let output = node.operation.outputs.first().map(|kind| kind.shape.clone()).unwrap_or_default();
        let out = output.dim_from_end(window.axes.len()).map_or(Count::ONE, Count::from);
        // A grouped kernel sees its group's channels; a transposed one writes to them.
        let kernels =
            if window.transposed { kernel.shape.dim(0).map_or(Count::ONE, Count::from) } else { out };
        let weights = kernel.shape.elements();
        let each = weights.exact_div(&(&kernels * &places)).unwrap_or_else(|| weights.clone());
        let depth = each.exact_div(&taps).unwrap_or(Count::ONE);
        let wide = extents.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × ");
        let text = self.say(Phrase::KernelFlat, &[&wide, &told(&depth, self.defaults)]);
        let formula = product(extents.iter().map(ToString::to_string).chain([plain(&depth, self.defaults)]));
        section.step(self.step(text, formula, "=", &each, self.say(Phrase::Weights, &[])));
        let bias = node.operation.weights.get(1);
        let all = node.operation.parameters();
        let unit = self.say(Phrase::Parameters, &[&told(&all, self.defaults)]);
        let each = plain(&each, self.defaults);
        let many = told(&kernels, self.defaults);
        let kernels_text = self.say(Phrase::OutputChannels, &[&many]);
        let kernels = plain(&kernels, self.defaults);
        match bias.filter(|_| !window.transposed) {
            Some(_) => {
                section.step(self.step(
                    self.say(Phrase::OneBias, &[]),
                    String::new(),
                    "+",
                    &Count::ONE,
                    String::new(),
                ));
                let formula = self.placed(&places, format!("{kernels}·({each}+1)"));
                section.step(self.step(kernels_text, formula, "=", &all, unit));
            }
            None => {
                let formula = self.placed(&places, product([kernels, each]));
                let formula = match bias {
                    Some(bias) => format!("{formula} + {}", plain(&bias.shape.elements(), self.defaults)),
                    None => formula,
                };
                section.step(self.step(kernels_text, formula, "=", &all, unit));
            }
        }
        self.groups(&mut section, node, &depth);
        for axis in window.axes.iter().take(1).filter(|axis| self.extent(&axis.dilation) > 1) {
            let (kernel, dilation) = (self.extent(&axis.kernel), self.extent(&axis.dilation));
            let values = [kernel.to_string(), dilation.to_string(), self.span(axis).to_string()];
            section.prose(self.say(Phrase::Dilated, &values.each_ref().map(String::as_str)));
        }
        page.add(section);
    }

    /// A formula for each of so many places.
    fn placed(&self, places: &Count, formula: String) -> String {
        if *places == Count::ONE { formula } else { format!("{}·{formula}", plain(places, self.defaults)) }
    }

    fn groups(&self, section: &mut super::Section, node: &Node, depth: &Count) {
        let groups =
            node.operation.argument("groups").and_then(crate::ir::Attribute::as_integer).unwrap_or(1);
        if groups > 1 {
            let all = depth * &Count::from(Size::from(groups));
            let values = [groups.to_string(), told(depth, self.defaults), told(&all, self.defaults)];
            section.prose(self.say(Phrase::Groups, &values.each_ref().map(String::as_str)));
        }
    }

    fn positions(&self, page: &mut Page, id: NodeId, node: &Node, window: &Window, positions: &Count) {
        let mut section = self.section(Phrase::Positions);
        let from = self.graph.inputs_of(id).first().and_then(|port| self.graph.type_of(*port));
        let (Some(from), Some(to)) = (from, node.operation.outputs.first()) else { return };
        // A transposed convolution is used once at each position of its input.
        let (over, along) =
            if window.transposed { (&to.shape, &from.shape) } else { (&from.shape, &to.shape) };
        let spatial = window.axes.len();
        let (before, after) = (last(over.dims(), spatial), last(along.dims(), spatial));
        let pairs = window.axes.iter().zip(before.iter().zip(after));
        let formulas: Vec<String> = pairs
            .map(
                |(axis, (from, to))| {
                    if window.transposed { self.length(to) } else { self.slides(axis, from, to) }
                },
            )
            .collect();
        let each: Count = after.iter().fold(Count::ONE, |product, n| product * Count::from(n));
        let factors =
            if spatial > 1 { product(after.iter().map(|dim| self.length(dim))) } else { String::new() };
        match formulas.split_first() {
            Some((first, rest)) if rest.iter().all(|other| other == first) => {
                let text = if spatial > 1 { self.say(Phrase::EachWay, &[first]) } else { first.clone() };
                section.step(self.step(text, factors, "=", &each, String::new()));
            }
            _ => {
                for (at, formula) in formulas.iter().enumerate() {
                    section.prose(self.say(Phrase::AxisIs, &[&at.saturating_add(1).to_string(), formula]));
                }
                section.step(self.step(String::new(), factors, "=", &each, String::new()));
            }
        }
        if each != *positions {
            let leading = positions.exact_div(&each).unwrap_or(Count::ONE);
            let text = self.say(Phrase::LeadingAxes, &[&told(&leading, self.defaults)]);
            let formula = product([plain(&leading, self.defaults), plain(&each, self.defaults)]);
            section.step(self.step(text, formula, "=", positions, String::new()));
        }
        let all = told(&node.operation.parameters(), self.defaults);
        let phrase = match self.number(positions) {
            1 => Phrase::OnePosition,
            _ if is_local(node) => Phrase::OwnEverywhere,
            _ if window.transposed => Phrase::Spread,
            _ => Phrase::SameEverywhere,
        };
        section.prose(self.say(phrase, &[&all]));
        page.add(section);
    }

    /// `(32 − 3) / 1 + 1 = 30`
    fn slides(&self, axis: &WindowAxis, from: &Size, to: &Size) -> String {
        let (Some(from), Some(to)) = (self.defaults.size(from), self.defaults.size(to)) else {
            return self.length(to);
        };
        let (span, stride) = (self.span(axis), self.extent(&axis.stride));
        let (before, after) = (self.extent(&axis.before), self.extent(&axis.after));
        let room = from.saturating_add(before).saturating_add(after).saturating_sub(span);
        let whole = room.checked_div_euclid(stride).unwrap_or(0).saturating_add(1);
        if whole != to {
            return to.to_string();
        }
        let padded = match (before, after) {
            (0, 0) => from.to_string(),
            _ if before == after => format!("{from} + 2·{before}"),
            _ => format!("{from} + {before} + {after}"),
        };
        if room.checked_rem_euclid(stride) == Some(0) {
            format!("({padded} − {span}) / {stride} + 1 = {to}")
        } else {
            format!("⌊({padded} − {span}) / {stride}⌋ + 1 = {to}")
        }
    }
}

/// The last axes.
fn last(dims: &[Size], count: usize) -> &[Size] {
    dims.get(dims.len().saturating_sub(count)..).unwrap_or(&[])
}
