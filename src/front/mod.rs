//! Front ends: each reads one source format and builds a [`Graph`](crate::ir::Graph).

pub mod weft;
