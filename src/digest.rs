//! Texts and values by a number, where what is equal is looked for among what was seen before.
//!
//! Main function: [`digest`]. The same program gives the same number in every run.

use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher};

use foldhash::quality::FixedState;

/// 128 bits of a value: two hashes of it by different functions. The second is the quicker; whole files are told apart.
pub(crate) fn digest(value: &impl Hash) -> u128 {
    let mut first = DefaultHasher::new();
    value.hash(&mut first);
    let second = FixedState::default().hash_one(value);
    u128::from(first.finish()) << 64 | u128::from(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_half_tells_values_apart_and_equal_values_are_one() {
        let halves = |text: &str| (digest(&text) as u64, (digest(&text) >> 64) as u64);
        assert_eq!(halves("x -> ReLU"), halves("x -> ReLU"));
        let (low, high) = halves("x -> ReLU");
        let (other_low, other_high) = halves("x -> RelU");
        assert!(low != other_low && high != other_high && low != high);
    }
}
