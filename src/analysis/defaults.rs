//! A graph's formulas as numbers, at the defaults of its symbolic sizes.
//!
//! Main type: [`AtDefaults`]. What is shown has a number only where every symbol has a default; what is
//! judged always has one, because there a symbol without a default counts as large.

use crate::ir::{Count, Graph, Shape, Size};

/// What a symbol without a default is taken for where something is judged.
pub const LARGE: i128 = 1 << 20;

/// A graph's symbolic sizes at their defaults.
#[derive(Clone, Copy, Debug)]
pub struct AtDefaults<'a>(pub &'a Graph);

impl AtDefaults<'_> {
    /// The count's number; `None` where a symbol has no default or the number is too large.
    pub fn count(self, count: &Count) -> Option<u128> {
        count.at(&|symbol| self.0.default_of(symbol))
    }

    /// The size's number; `None` where a symbol has no default or the number is too large.
    pub fn size(self, size: &Size) -> Option<i128> {
        size.at(&|symbol| self.0.default_of(symbol))
    }

    /// The extents' numbers; `None` where one has none.
    pub fn shape(self, shape: &Shape) -> Option<Vec<i128>> {
        shape.dims().iter().map(|dim| self.size(dim)).collect()
    }

    /// The count's number for a judgement; the largest there is where it overflows.
    pub fn value_at_defaults(self, count: &Count) -> u128 {
        count.at(&|symbol| Some(self.0.default_of(symbol).unwrap_or(LARGE))).unwrap_or(u128::MAX)
    }

    /// The size's number for a judgement; the largest there is where it overflows.
    pub fn size_at_defaults(self, size: &Size) -> i128 {
        size.at(&|symbol| Some(self.0.default_of(symbol).unwrap_or(LARGE))).unwrap_or(i128::MAX)
    }
}
