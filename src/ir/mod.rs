//! The layer graph: what a model is, once every name is resolved and every shape inferred.
//!
//! Main types: [`Graph`], and [`Builder`], the one way to make one. A front end turns a source into calls of the builder; an
//! analysis, a rule or a back end reads the graph. None of it knows the source's syntax: what is kept of the source is a
//! [`Location`](crate::source::Location) on everything. This page is enough to write either.
//!
//! # Nodes, ports, wires
//!
//! A [`Node`] is one application of a layer: of `Conv2d`, of an operator such as `Add`, of an input of the model (`Input`), of
//! a stored tensor that is read by itself (`Param`, `Buffer`) or of a constant (`Arange`, `Zeros`, `Randn`). What it does is
//! its [`Operation`]: the layer, its arguments with all defaults filled in, the types of its results, the tensors that it
//! stores, its cost. Nodes that do the same to inputs of the same types share one operation, so it is compared by address
//! first and by value where that fails.
//!
//! A [`Port`] is one result of a node. Wires lead from ports to the inputs of nodes: [`Graph::inputs_of`] gives them in the
//! order of the layer's inputs, [`Graph::readers_of`] the other way round. petgraph holds them.
//!
//! Shapes are those of one sample: the batch is not an axis. A [`Size`] is a number or a formula in the model's symbolic
//! sizes ([`Dimension`]), and so is a [`Count`] of elements or multiply-accumulates. Neither wraps: what passes 128 bits is an
//! overflow that absorbs everything, and which the front end reports.
//!
//! # Weights and uses
//!
//! A [`Weight`] is a stored tensor: a parameter, which is learned, or a buffer, which is not. A *use* is the application of one
//! of its elements at one position for one sample: an operation states for each of its tensors how often it uses it
//! ([`Usage`]). A tensor has one full name, PyTorch's in `state_dict`, and further names where it is tied.
//!
//! A layer that is declared once and applied several times is several nodes with one path and the same weights. The second
//! and later ones name the first ([`Node::first_use`]).
//!
//! # Names
//!
//! The path of a node is where its weights are stored: `layer1.0.conv1`. Its [`Node::id`] is unique: the path, with `@2` for the
//! second node of one path. Paths are reserved ([`Builder::reserve`]), so that no two layers store their tensors under one.
//!
//! # Scopes
//!
//! A [`Scope`] is a use of a block or of a chain, one round of a repetition, or the expert that stands for all experts of a
//! mixture; [`ScopeId::ROOT`] is the model itself. Scopes nest, parents come before what is inside, and the nodes of a scope,
//! those of inner scopes among them, follow each other in the execution order. A scope states what enters and what leaves it.
//! Blocks, chains and the model are *modules*, which a person sees as parts; rounds and experts structure them.
//!
//! # Invariants
//!
//! - A node comes after every node that feeds it, so its number is a topological order.
//! - Ids are unique, full names of tensors are unique, and so are the names of outputs.
//! - A node reads the tensors of its operation, in the operation's order; inside the expert of a mixture that is not stacked,
//!   those of the first expert, followed by those of every further one.
//! - Shapes of weights are numbers.
//!
//! # Example
//!
//! ```
//! use weft::analysis::analyse;
//! use weft::ir::{Attribute, Builder, InstanceSite, Tensor, TensorType};
//! use weft::layers::{self, Arguments, Call};
//! use weft::source::Location;
//!
//! // image -> conv: Conv2d(1, kernel=3)
//! let written = Location::default();
//! let mut builder = Builder::new("Kernel".into(), written);
//! let image = Tensor::Port(builder.input("image", TensorType::float([3, 32, 32]), None, written)?);
//!
//! let (conv2d, _) = layers::find("Conv2d").unwrap();
//! let mut arguments = Arguments::default();
//! for (name, value) in [("out_channels", 1), ("kernel", 3)] {
//!     arguments.set(conv2d, Arguments::named(conv2d, name).unwrap(), Attribute::from(value)).unwrap();
//! }
//! let conv = Call::apply(conv2d, None, &arguments, &[builder.type_of(image)], &|_| None).unwrap();
//! let site = InstanceSite { is_named: true, ..InstanceSite::root().at("conv".into()) };
//! let conv = builder.apply(conv.into(), &[image], &[], &site, written)?;
//! builder.output("map", builder.first_result(conv), written)?;
//!
//! let graph = builder.finish();
//! assert_eq!(graph.weights().map(|(_, weight)| &*weight.name).collect::<Vec<_>>(), ["conv.weight", "conv.bias"]);
//! let totals = analyse(&graph).totals;
//! assert_eq!((totals.parameters.to_string(), totals.without_sharing.to_string()), ("28".into(), "25,200".into()));
//! # Ok::<(), weft::ir::BuildError>(())
//! ```

mod attribute;
pub mod axes;
mod build;
pub mod declaration;
mod element_type;
mod graph;
mod kind;
mod model;
mod node;
mod number;
mod operation;
mod path;
mod scope;
mod shape;
#[cfg(test)]
pub(crate) mod test_graph;
mod weight;

pub use attribute::Attribute;
pub use axes::{Axes, AxisMap, Connection};
pub use build::{BuildError, Builder, InstanceSite, Routed, Tensor, join, join_numbered};
pub(crate) use build::{Instance, InstanceCopy, Mark, Reservation};
pub use declaration::Declaration;
pub use element_type::ElementType;
pub use graph::Graph;
pub use kind::{Family, Kind};
pub use model::{Assertion, Budget, Dimension, Measure, Output};
pub use node::{Inputs, Node, NodeId, Port, Weights};
pub use number::{Count, CountSum, Defaults, Size};
pub use operation::{Operation, Role, Usage, WeightSpec, Window, WindowAxis};
pub use path::is_automatic;
pub use scope::{Scope, ScopeId, ScopeKind, ScopePort};
pub use shape::{Shape, TensorType};
pub use weight::{Routing, Weight, WeightId};
