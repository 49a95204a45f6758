//! Back ends: each writes a graph as another format. One folder or file a target.

pub mod document;
pub mod drawing;
