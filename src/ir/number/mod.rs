//! Sizes and counts: numbers, or formulas in symbolic sizes, that never wrap.

mod count;
mod count_sum;
mod formula;
mod size;

pub use count::Count;
pub use count_sum::CountSum;
pub use size::{Defaults, Size};
