//! The layer graph: what a model is, once every name is resolved and every shape inferred.
//!
//! Main type: [`Graph`], on petgraph, whose types stand in no public signature. Knows nothing of syntax:
//! a node carries an opaque [`Origin`]. Nodes are added in execution order, so an edge always leads forward.

mod attribute;
pub mod axes;
mod count;
mod count_sum;
pub mod declaration;
mod formula;
mod graph;
mod kind;
mod operation;
mod path;
mod shape;
mod size;

pub use attribute::Attribute;
pub use axes::{Axes, AxisMap, Connection};
pub use count::Count;
pub use count_sum::CountSum;
pub use declaration::Declaration;
pub use graph::{
    Assertion, Budget, Dimension, Graph, Inputs, Measure, Node, NodeId, Output, Port, Routing, Scope,
    ScopeId, Weight, WeightId, Weights,
};
pub use kind::{Family, Kind};
pub use operation::{Operation, Role, Usage, WeightSpec, Window, WindowAxis};
pub use path::{is_automatic, stem};
pub use shape::{Dtype, Shape, TensorType};
pub use size::{Defaults, Size};
