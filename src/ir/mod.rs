//! The layer graph: what a model is, once every name is resolved and every shape inferred.
//!
//! Main type: [`Graph`], on petgraph, whose types stand in no public signature. Knows nothing of syntax:
//! a node carries an opaque [`Origin`]. Nodes are added in execution order, so an edge always leads forward.

mod attribute;
mod count;
mod count_sum;
mod formula;
mod graph;
mod operation;
mod path;
mod shape;
mod size;

pub use attribute::Attribute;
pub use count::Count;
pub use count_sum::CountSum;
pub use graph::{
    Assertion, Budget, Dimension, Graph, Inputs, Measure, Node, NodeId, Origin, Output, Port, Routing, Scope,
    ScopeId, Weight, WeightId, Weights,
};
pub use operation::{Operation, Role, Usage, WeightSpec, Window, WindowAxis};
pub use path::{is_automatic, stem};
pub use shape::{Dtype, Shape, TensorType};
pub use size::{Defaults, Size};
