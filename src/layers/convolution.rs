//! Convolutions: one kernel, used again at every position.

use super::entry::Layer;

pub(super) static LAYERS: &[Layer] = &[];
