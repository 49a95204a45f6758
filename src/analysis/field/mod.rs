//! Receptive fields: which positions of the input each position of a tensor depends on.
//!
//! Main function: [`receptive_fields`], in one pass over the layers. Along each axis a tensor's positions are a
//! [`Reach`]; branches that meet are joined. A layer that is in no table of [`rules`] mixes every axis, so that a field
//! is never told too small; a norm over positions mixes them too. Symbolic sizes stand at their defaults.

mod reach;
mod rules;

#[cfg(test)]
mod tests;

pub use reach::Reach;

use super::AtDefaults;
use crate::ir::{Graph, Kind, NodeId};
use reach::LONGEST;
use rules::{Sent, Step, View};

/// What a tensor depends on along one of its axes.
#[derive(Clone, Debug, PartialEq)]
pub enum Axis {
    /// Each position on some positions of the input.
    Field(Reach),
    /// Each position on the whole input.
    Whole,
}

/// The receptive field of a tensor: one entry for each spatial axis.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceptiveField {
    /// Its spatial axes, in order.
    pub axes: Vec<Axis>,
}

impl ReceptiveField {
    /// Its extents: `7×7`, `all`.
    pub fn extents(&self) -> String {
        self.told(|reach| reach.size().to_string(), "×")
    }

    /// Steps of the input between two positions, `2`, `1/2`; one number where the axes agree.
    pub fn stride(&self) -> String {
        self.told(Reach::stride_text, "×")
    }

    /// Where on the input the field of the first position has its centre, counted from 0.
    pub fn centre(&self) -> String {
        self.told(Reach::centre_text, ", ")
    }

    fn told(&self, what: impl Fn(&Reach) -> String, between: &str) -> String {
        let texts: Vec<String> = self
            .axes
            .iter()
            .map(|axis| match axis {
                Axis::Field(reach) => what(reach),
                Axis::Whole => "all".to_string(),
            })
            .collect();
        match texts.split_first() {
            Some((first, rest)) if between != "×" || first == "all" => {
                if rest.iter().all(|other| other == first) { first.clone() } else { texts.join(between) }
            }
            _ => texts.join(between),
        }
    }
}

/// So many positions of periods longer than 1 are worked out, taps counted one by one; where there are more, layers
/// that make such periods are said to mix everything.
const MOST_FOLLOWED: u64 = 1 << 24;

/// The receptive field of every node's results, by [`NodeId`]; `None` where a tensor has no spatial axes, which is
/// where no window slides over it.
pub fn receptive_fields(graph: &Graph) -> Vec<Option<ReceptiveField>> {
    let mut views: Vec<View> = Vec::with_capacity(graph.len());
    let mut followed = 0u64;
    for (id, node) in graph.nodes() {
        let longest = if followed > MOST_FOLLOWED { 1 } else { LONGEST };
        let view = view(graph, &views, id, longest);
        followed = followed.saturating_add(view.work(&node.operation));
        views.push(view);
    }
    views.into_iter().map(View::receptive_field).collect()
}

fn view(graph: &Graph, views: &[View], id: NodeId, longest: i64) -> View {
    let Some(node) = graph.node(id) else { return View::Free };
    let judge = AtDefaults(graph);
    let extents = |shape: &crate::ir::Shape| -> Vec<i128> {
        shape.dims().iter().map(|dim| judge.size_at_defaults(dim)).collect()
    };
    let result = node.operation.outputs.first();
    let outputs = result.map(|kind| extents(&kind.shape)).unwrap_or_default();
    if node.operation.kind == Kind::Input {
        return View::of_input(outputs.len());
    }
    let sent: Vec<Sent> = graph
        .inputs_of(id)
        .into_iter()
        .filter_map(|port| {
            let kind = graph.type_of(port)?;
            let view = views.get(port.node.0 as usize)?;
            Some(Sent { view, shape: &kind.shape, extents: extents(&kind.shape) })
        })
        .collect();
    rules::applied(&Step { operation: &node.operation, sent: &sent, outputs: &outputs, judge, longest })
}
