//! Pooling: a window, or a whole map, becomes one entry a channel. None has weights.
//!
//! `windowed` holds pools with a kernel, `adaptive` those that are told the result's size or reduce it to nothing.

mod adaptive;
mod windowed;

pub(super) use adaptive::LAYERS as ADAPTIVE;
pub(super) use windowed::LAYERS as WINDOWED;

use super::entry::{Layer, UNDECLARED};
use crate::ir::{Window, WindowAxis};

/// What the entries here have in common.
const POOL: Layer = Layer {
    declaration: UNDECLARED,
    aliases: &[],
    summary: "",
    arguments: &[],
    inputs: &["x"],
    spatial: 0,
    shape: "",
    weights: &[],
    cost: "",
    example: "",
    reference: "",
    apply: windowed::pool,
};

/// A pool's window: padding never wins a maximum, and an average takes it for zeros or leaves it out.
fn window(axes: Vec<WindowAxis>) -> Option<Window> {
    Some(Window { axes, zero_padded: true, transposed: false })
}
