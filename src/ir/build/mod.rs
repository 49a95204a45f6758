//! Making a graph: the builder, where layers are applied, names, and parts that are instantiated once more.

mod build_error;
mod builder;
mod instance;
mod instantiate;
mod name_table;
mod site;

pub use build_error::BuildError;
pub use builder::Builder;
pub(crate) use instance::{Instance, InstanceCopy};
pub(crate) use instantiate::Mark;
pub(crate) use name_table::Reservation;
pub use site::{InstanceSite, Routed, Tensor, join, join_numbered};
