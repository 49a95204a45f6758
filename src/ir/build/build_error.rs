//! Why a graph cannot be built as it was asked for.

use std::fmt;
use std::sync::Arc;

use crate::ir::{Kind, Shape, Size, WeightId};
use crate::source::Location;

/// Why the [`Builder`](super::Builder) refuses. A front end adds where its user wrote it, and what to do.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BuildError {
    /// Two layers or blocks have one path.
    PathTaken {
        /// The path.
        path: Arc<str>,
        /// Where the first is.
        first: Location,
    },
    /// Two results of the model have one name.
    OutputTaken {
        /// The name.
        name: Arc<str>,
        /// Where the first is.
        first: Location,
    },
    /// Two stored tensors have one name.
    TensorTaken {
        /// The name.
        name: Arc<str>,
        /// Where the first is, if that is known.
        first: Option<Location>,
    },
    /// The further name that a tie gives to a tensor is another tensor's.
    TieTaken {
        /// The layer's name for the tensor.
        tensor: Arc<str>,
        /// The full name.
        name: Arc<str>,
    },
    /// A further use of a declared layer needs another shape than the first.
    OtherShape {
        /// The tensor's full name.
        name: Arc<str>,
        /// The shape that this use needs.
        shape: Shape,
        /// The shape since the first use.
        known: Shape,
        /// Where the first use is.
        first: Location,
    },
    /// A tied tensor has another shape than the layer needs.
    TieMismatch {
        /// The layer's name for the tensor.
        tensor: Arc<str>,
        /// The full name.
        name: Arc<str>,
        /// The shape that the layer needs.
        wanted: Shape,
        /// The shape of the tensor it is tied to.
        shape: Shape,
        /// The tensor it is tied to.
        weight: WeightId,
    },
    /// The shape of a stored tensor is not known in numbers.
    SymbolicWeight {
        /// The layer.
        layer: Kind,
        /// Its name for the tensor.
        tensor: Arc<str>,
        /// The shape.
        shape: Shape,
        /// The extent that is symbolic.
        extent: Size,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuildError::PathTaken { path, .. } => write!(f, "two layers are stored at `{path}`"),
            BuildError::OutputTaken { name, .. } => write!(f, "two outputs are called `{name}`"),
            BuildError::TensorTaken { name, .. } | BuildError::TieTaken { name, .. } => {
                write!(f, "two tensors are called `{name}`")
            }
            BuildError::OtherShape { name, shape, known, .. } => {
                write!(f, "`{name}` is {known} since its first use, but this use needs it to be {shape}")
            }
            BuildError::TieMismatch { name, wanted, shape, .. } => {
                write!(f, "`{name}` is {wanted}, but the tensor that it is tied to is {shape}")
            }
            BuildError::SymbolicWeight { layer, tensor, shape, .. } => {
                write!(f, "the shape of a weight must be known, but `{tensor}` of `{layer}` is {shape}")
            }
        }
    }
}

impl std::error::Error for BuildError {}
