//! How often every stored tensor is used, and in which ways it is shared.

use crate::graph::{Count, Graph};

/// A way in which a tensor is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sharing {
    /// One place applies it at more than one position.
    Positions,
    /// It is used over more than one step of a recurrence.
    Time,
    /// It is used at more than one place.
    CallSites,
    /// It has more than one name.
    Tied,
}

/// How often a tensor's elements are used for one sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TensorUses {
    /// Its elements.
    pub elements: Count,
    /// The uses of its most used element.
    pub most: Count,
    /// The uses of its least used element.
    pub least: Count,
    /// The sum of the uses over its elements: what would be stored if every use had weights of its own.
    pub unshared: Count,
    /// The ways it is shared, sorted, each once.
    pub sharing: Vec<Sharing>,
    /// The number of places that use it.
    pub places: u32,
}

/// The uses of every stored tensor, by [`WeightId`](crate::graph::WeightId).
pub fn sharing(graph: &Graph) -> Vec<TensorUses> {
    let elements = graph.weights().map(|(_, weight)| weight.shape.elements());
    elements.map(|elements| TensorUses { elements, ..TensorUses::default() }).collect()
}
