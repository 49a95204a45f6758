//! What one application of a layer does: its result, the weights it reads and how often, its cost.
//!
//! Main type: [`Operation`], made by a catalogue entry and shared by every node that does the same.

use std::sync::Arc;

use super::{Attribute, Count, Declaration, Kind, Shape, Size, TensorType};

/// What a layer does to inputs of given types.
#[derive(Clone, Debug)]
pub struct Operation {
    /// What it is: a layer of the catalogue, a source, or a foreign operation.
    pub kind: Kind,
    /// Every argument with its value, defaults filled in and sizes per axis spelled out, in the layer's order.
    pub arguments: Vec<(&'static str, Attribute)>,
    /// The results, in order.
    pub outputs: Vec<TensorType>,
    /// True where the results are one list of tensors (`Split`, `Chunk`).
    pub gives_list: bool,
    /// The tensors it reads that are stored with the model, in PyTorch's order.
    pub weights: Vec<WeightSpec>,
    /// Multiply-accumulates for one sample, by the convention of costs.
    pub macs: Count,
    /// Element operations for one sample (additions, activations, norms, pooling).
    pub elementwise: Count,
    /// The sliding window of a convolution or pool.
    pub window: Option<Window>,
}

impl Operation {
    /// An operation without weights or cost.
    pub fn new(kind: impl Into<Kind>, outputs: Vec<TensorType>) -> Operation {
        Operation {
            kind: kind.into(),
            arguments: Vec::new(),
            outputs,
            gives_list: false,
            weights: Vec::new(),
            macs: Count::ZERO,
            elementwise: Count::ZERO,
            window: None,
        }
    }

    /// What its layer declares, if it is one of the catalogue.
    pub fn layer(&self) -> Option<&'static Declaration> {
        self.kind.layer()
    }

    /// The argument of this name.
    pub fn argument(&self, name: &str) -> Option<&Attribute> {
        self.arguments.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// What of it cannot be counted in 128 bits; `None` where all can.
    pub fn overflow(&self) -> Option<&'static str> {
        if self.outputs.iter().any(|output| output.shape.elements().is_overflow()) {
            Some("the elements of its result")
        } else if self.weights.iter().any(|weight| weight.shape.elements().is_overflow()) {
            Some("the elements of its weights")
        } else if self.macs.is_overflow() || self.elementwise.is_overflow() {
            Some("its cost")
        } else {
            None
        }
    }

    /// The elements of its parameters; buffers not included.
    pub fn parameters(&self) -> Count {
        self.weights.iter().filter(|weight| weight.role == Role::Parameter).map(|w| w.shape.elements()).sum()
    }
}

/// Whether a stored tensor is learned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Learned.
    #[default]
    Parameter,
    /// Stored, but not learned: running statistics, indices.
    Buffer,
}

/// A tensor that a layer stores.
#[derive(Clone, Debug)]
pub struct WeightSpec {
    /// PyTorch's name of it within the layer: `weight`, `in_proj_weight`, `running_mean`.
    pub name: Arc<str>,
    /// Its shape.
    pub shape: Shape,
    /// Whether it is learned.
    pub role: Role,
    /// How often this application uses its elements.
    pub usage: Usage,
}

/// How often one application of a layer uses the elements of a weight, for one sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Positions at which the most used element is applied: output positions, tokens.
    pub positions: Count,
    /// Steps of a recurrence at each of these positions; 1 elsewhere.
    pub steps: Count,
    /// Where elements differ: the uses of the least used one, and the sum over all elements.
    pub uneven: Option<(Count, Count)>,
}

impl Usage {
    /// Every element used at this many positions.
    pub fn at(positions: Count) -> Usage {
        Usage { positions, steps: Count::ONE, uneven: None }
    }

    /// Uses of the most used element.
    pub fn most(&self) -> Count {
        &self.positions * &self.steps
    }

    /// Uses of the least used element.
    pub fn least(&self) -> Count {
        self.uneven.as_ref().map_or_else(|| self.most(), |(least, _)| least.clone())
    }

    /// The sum of the uses over a tensor's elements.
    pub fn total(&self, elements: &Count) -> Count {
        self.uneven.as_ref().map_or_else(|| elements * &self.most(), |(_, total)| total.clone())
    }
}

/// The window of a convolution or pool, over the last axes of its input.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// One entry a spatial axis, in order.
    pub axes: Vec<WindowAxis>,
    /// True where what surrounds the input is zeros (or, in a max pool, never wins).
    pub zero_padded: bool,
    /// True for a transposed convolution: the window slides over the output.
    pub transposed: bool,
}

/// The window along one axis.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowAxis {
    /// Taps.
    pub kernel: Size,
    /// Steps between two positions.
    pub stride: Size,
    /// Steps between two taps.
    pub dilation: Size,
    /// Padding before the first entry.
    pub before: Size,
    /// Padding after the last entry.
    pub after: Size,
}
