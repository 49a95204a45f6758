//! Stored tensors: parameters and buffers.

use std::sync::Arc;

use super::{ElementType, Role, Shape};
use crate::source::Location;

/// A stored tensor of a [`Graph`](super::Graph), by its position in the order of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WeightId(pub u32);

/// How a mixture of experts routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Routing {
    /// The number of experts; a node stands for all of them, its weights are one expert's or stacked.
    pub experts: u32,
    /// How many of them a position meets.
    pub top_k: u32,
}

/// A stored tensor.
#[derive(Clone, Debug)]
pub struct Weight {
    /// Its full name: path, point, the layer's name for it.
    pub name: Arc<str>,
    /// Further names, by ties.
    pub aliases: Vec<Arc<str>>,
    /// Its shape; always numbers.
    pub shape: Shape,
    /// What its elements are.
    pub dtype: ElementType,
    /// Whether it is learned.
    pub role: Role,
    /// False where frozen.
    pub trainable: bool,
    /// Where it is declared.
    pub origin: Location,
    /// Where it belongs to an expert: how many alternatives there are and how many a position meets.
    pub routing: Option<Routing>,
}
