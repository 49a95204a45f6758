//! Sums of many counts of which many are the same one.
//!
//! Main type: [`CountSum`]. Equal layers share what they cost, so a model's thousands of costs are some twenty formulas.

use foldhash::HashMap;

use super::Count;

/// A sum in the making. A formula that comes again is counted, and all of it is added at the end.
#[derive(Clone, Debug, Default)]
pub struct CountSum<'c> {
    numbers: Count,
    /// Each formula with how often it stands in the sum, in the order in which they came.
    formulas: Vec<(&'c Count, u128)>,
    /// The places of the formulas there, by where they lie in memory.
    places: HashMap<usize, usize>,
}

impl<'c> CountSum<'c> {
    /// Adds a count.
    pub fn add(&mut self, count: &'c Count) {
        let Some(address) = count.formula_address() else {
            self.numbers += count;
            return;
        };
        let place = *self.places.entry(address).or_insert(self.formulas.len());
        match self.formulas.get_mut(place) {
            Some((_, times)) => *times = times.saturating_add(1),
            None => self.formulas.push((count, 1)),
        }
    }

    /// The sum.
    pub fn total(self) -> Count {
        let mut total = self.numbers;
        for (count, times) in self.formulas {
            total += &(count * &Count::from(times));
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Size;

    #[test]
    fn a_tally_is_the_sum_of_what_was_added() {
        let t = Count::from(Size::symbol("T"));
        let (square, line) = (&t * &t, t.clone() * 3 + Count::ONE);
        let equal = t.clone() * 3 + Count::ONE;
        let shared = line.clone();
        let counts = [&square, &line, &shared, &Count::from(7), &equal, &square, &Count::ZERO, &line];
        let sum = counts.iter().fold(Count::ZERO, |sum, count| &sum + *count);
        assert_eq!(sum.to_string(), "12·T + 2·T² + 11");
        assert_eq!(counts.into_iter().sum::<Count>(), sum);
        let mut tally = CountSum::default();
        counts.into_iter().for_each(|count| tally.add(count));
        assert_eq!(tally.formulas.len(), 3, "what is shared stands there once");
        assert_eq!(tally.total(), sum);
        assert!([&square, &Count::OVERFLOW, &square].into_iter().sum::<Count>().is_overflow());
    }
}
