//! Sums of many counts of which many are the same one.
//!
//! Main type: [`Tally`]. Equal layers share what they cost, so a model's thousands of costs are some twenty formulas.

use foldhash::HashMap;

use super::Count;

/// A sum in the making. A formula that comes again is counted, and all of it is added at the end.
#[derive(Clone, Debug, Default)]
pub struct Tally<'c> {
    numbers: Count,
    /// How often each formula stands in the sum, by where it lies.
    formulas: HashMap<usize, (u128, &'c Count)>,
}

impl<'c> Tally<'c> {
    /// Adds a count.
    pub fn add(&mut self, count: &'c Count) {
        match count.formula_address() {
            None => self.numbers += count,
            Some(address) => {
                let (times, _) = self.formulas.entry(address).or_insert((0, count));
                *times = times.saturating_add(1);
            }
        }
    }

    /// The sum.
    pub fn total(self) -> Count {
        let mut total = self.numbers;
        for (times, count) in self.formulas.into_values() {
            total += &(count * &Count::from(times));
        }
        total
    }
}
