//! Texts and values by a number, where what is equal is looked for among what was seen before.
//!
//! Main function: [`digest`]. The same program gives the same number in every run.

use std::hash::{DefaultHasher, Hash, Hasher};

/// 128 bits of a value: two hashes of it that differ from the first byte.
pub(crate) fn digest(value: &impl Hash) -> u128 {
    let half = |seed: u64| {
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        value.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
