//! Where the axes of each layer's results come from: the maps that entries declare.
//!
//! One file a kind of layer. A map reads the operation's resolved arguments and the shapes, and nothing else.

pub(super) mod features;
pub(super) mod joins;
pub(super) mod moves;
pub(super) mod reducing;
pub(super) mod sequence;
pub(super) mod windows;

use crate::ir::Size;

/// The product of extents.
fn product<'a>(sizes: impl IntoIterator<Item = &'a Size>) -> Size {
    sizes.into_iter().fold(Size::from(1), |product, size| product * size)
}
