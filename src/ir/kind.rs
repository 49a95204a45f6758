//! What a node does, as the graph knows it: a layer of the catalogue, a source of data, or a foreign operation.
//!
//! Main type: [`Kind`]. The catalogue owns the declarations and hands out references, so that an analysis asks a node
//! what its layer declares and never compares names.

use std::fmt;
use std::sync::Arc;

use super::Declaration;

/// A family of layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Family {
    /// Linear, Embedding, MatMul …
    LinearAlgebra,
    /// Conv2d …
    Convolution,
    /// MaxPool2d …
    Pooling,
    /// BatchNorm …
    Normalisation,
    /// ReLU …
    Activation,
    /// Dropout …
    Regularisation,
    /// Flatten, Reshape …
    Shape,
    /// LSTM, MultiheadAttention …
    Sequence,
    /// MixtureOfExperts
    Mixture,
    /// Add, Mul …
    Merging,
}

impl Family {
    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Family::LinearAlgebra => "Linear algebra",
            Family::Convolution => "Convolution",
            Family::Pooling => "Pooling",
            Family::Normalisation => "Normalisation",
            Family::Activation => "Activations",
            Family::Regularisation => "Regularisation",
            Family::Shape => "Shape",
            Family::Sequence => "Sequence",
            Family::Mixture => "Mixture of experts",
            Family::Merging => "Merging",
        }
    }
}

/// What a node is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// A layer of the catalogue.
    Layer(&'static Declaration),
    /// An input of the model.
    Input,
    /// A parameter that is read as a tensor.
    Parameter,
    /// A buffer that is read as a tensor.
    Buffer,
    /// Consecutive integers.
    Arange,
    /// Zeros.
    Zeros,
    /// Random numbers, drawn anew in each run.
    Randn,
    /// An operation that the catalogue does not have, by the name that its own framework gives it.
    Foreign(Arc<str>),
}

impl Kind {
    /// The name that messages and documents give it: `Conv2d`, `Input`, `Param`.
    pub fn name(&self) -> &str {
        match self {
            Kind::Layer(layer) => layer.name,
            Kind::Input => "Input",
            Kind::Parameter => "Param",
            Kind::Buffer => "Buffer",
            Kind::Arange => "Arange",
            Kind::Zeros => "Zeros",
            Kind::Randn => "Randn",
            Kind::Foreign(name) => name,
        }
    }

    /// What its layer declares, if it is one of the catalogue.
    pub fn layer(&self) -> Option<&'static Declaration> {
        if let Kind::Layer(layer) = self { Some(layer) } else { None }
    }

    /// True for a stored tensor that is read as it is.
    pub fn is_stored(&self) -> bool {
        matches!(self, Kind::Parameter | Kind::Buffer)
    }

    /// True for a tensor that depends on no input and no weight: its entries are counted, constant or random.
    pub fn is_constant(&self) -> bool {
        matches!(self, Kind::Arange | Kind::Zeros | Kind::Randn)
    }
}

/// Two are the same layer, the same source, or foreign operations of one name.
impl PartialEq for Kind {
    fn eq(&self, other: &Kind) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other) && self.name() == other.name()
    }
}

impl Eq for Kind {}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
