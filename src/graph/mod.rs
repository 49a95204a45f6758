//! The layer graph: what a model is, once every name is resolved and every shape inferred.
//!
//! Main type: [`Graph`], on petgraph, whose types stand in no public signature. Knows nothing of syntax:
//! a node carries an opaque [`Origin`]. Nodes are added in execution order, so that an edge always leads forward.

mod count;
mod shape;
mod size;

pub use count::Count;
pub use shape::{Dtype, Shape, TensorType};
pub use size::{Defaults, Size};
