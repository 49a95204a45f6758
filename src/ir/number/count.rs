//! Counts: how many elements, uses, multiply-accumulates. Never negative, checked 128-bit.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul};

use super::count_sum::CountSum;
use super::formula;
use super::size::{Defaults, Size};

/// A count: a number up to 2¹²⁸ − 1, or a formula in the symbolic sizes.
///
/// Like [`Size`], it becomes an absorbing overflow rather than wrap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Count(Form);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Form {
    Number(u128),
    /// A formula or the overflow; never a number.
    Size(Size),
}

impl Count {
    /// Nothing.
    pub const ZERO: Count = Count(Form::Number(0));
    /// One.
    pub const ONE: Count = Count(Form::Number(1));
    /// The overflow.
    pub const OVERFLOW: Count = Count(Form::Size(Size::OVERFLOW));

    /// The product of some sizes; a negative number counts as 0.
    pub fn product(sizes: &[Size]) -> Count {
        let number = |size: &Size| size.as_number().map(|n| u128::try_from(n).unwrap_or(0));
        let numbers = sizes.iter().try_fold(1u128, |product, size| product.checked_mul(number(size)?));
        let formula = || sizes.iter().fold(Count::ONE, |product, size| product * Count::from(size));
        numbers.map_or_else(formula, Count::from)
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<u128> {
        match self.0 {
            Form::Number(n) => Some(n),
            Form::Size(_) => None,
        }
    }

    /// True if a symbol stands in it.
    pub fn is_symbolic(&self) -> bool {
        matches!(&self.0, Form::Size(size) if size.is_symbolic())
    }

    /// True if it passed 128 bits, or the limits of a formula.
    pub fn is_overflow(&self) -> bool {
        matches!(&self.0, Form::Size(size) if size.is_overflow())
    }

    /// The number at given values of the symbols; `None` where one has none or it overflows. Where a size in it is
    /// negative at these values it may be so too, and then counts as 0.
    pub fn at(&self, values: Defaults) -> Option<u128> {
        match &self.0 {
            Form::Number(n) => Some(*n),
            Form::Size(size) => size.at(values).map(|n| u128::try_from(n).unwrap_or(0)),
        }
    }

    /// The names of the symbols in it, sorted, each once.
    pub fn symbols(&self) -> Vec<String> {
        match &self.0 {
            Form::Number(_) => Vec::new(),
            Form::Size(size) => size.symbols(),
        }
    }

    /// `self / by`, where that is known to be exact.
    pub fn exact_div(&self, by: &Count) -> Option<Count> {
        if let (Form::Number(a), Form::Number(b)) = (&self.0, &by.0) {
            return if a.checked_rem(*b)? == 0 { a.checked_div(*b).map(Count::from) } else { None };
        }
        self.to_size().exact_div(&by.to_size()).map(Count::from)
    }

    /// `self - other`, where that is known to be no less than 0.
    pub fn minus(&self, other: &Count) -> Option<Count> {
        if let (Form::Number(a), Form::Number(b)) = (&self.0, &other.0) {
            return a.checked_sub(*b).map(Count::from);
        }
        let difference = self.to_size() - other.to_size();
        let is_known = difference.is_overflow() || difference.least().is_some_and(|least| least >= 0);
        is_known.then(|| Count::from(difference))
    }

    /// The same formula as a size, where it is one (no number past 2¹²⁷).
    pub fn to_size(&self) -> Size {
        match &self.0 {
            Form::Number(n) => i128::try_from(*n).map_or(Size::OVERFLOW, Size::from),
            Form::Size(size) => size.clone(),
        }
    }

    /// Whether `self < other`, where the normal forms decide it.
    pub fn is_less(&self, other: &Count) -> Option<bool> {
        if let (Form::Number(a), Form::Number(b)) = (&self.0, &other.0) {
            return Some(a < b);
        }
        self.to_size().is_less(&other.to_size())
    }

    /// Where its formula lies; the same for counts that share one, as long as one of them lives.
    pub(super) fn formula_address(&self) -> Option<usize> {
        match &self.0 {
            Form::Number(_) => None,
            Form::Size(size) => size.formula_address(),
        }
    }

    /// An operation on two: on numbers where both are, else on sizes. `None` is an overflow.
    fn with(
        &self,
        other: &Count,
        of_numbers: impl FnOnce(u128, u128) -> Option<u128>,
        of_sizes: impl FnOnce(Size, Size) -> Size,
    ) -> Count {
        match (&self.0, &other.0) {
            (Form::Number(a), Form::Number(b)) => of_numbers(*a, *b).map_or(Count::OVERFLOW, Count::from),
            _ => Count::from(of_sizes(self.to_size(), other.to_size())),
        }
    }
}

/// Nothing.
impl Default for Count {
    fn default() -> Count {
        Count::ZERO
    }
}

/// A size that is known to be no less than 0; a negative number counts as 0.
impl From<Size> for Count {
    fn from(size: Size) -> Count {
        match size.as_number() {
            Some(n) => Count(Form::Number(u128::try_from(n).unwrap_or(0))),
            None => Count(Form::Size(size)),
        }
    }
}

impl From<&Size> for Count {
    fn from(size: &Size) -> Count {
        Count::from(size.clone())
    }
}

impl From<u128> for Count {
    fn from(n: u128) -> Count {
        Count(Form::Number(n))
    }
}

impl Add<&Count> for &Count {
    type Output = Count;
    fn add(self, other: &Count) -> Count {
        self.with(other, u128::checked_add, Size::add)
    }
}

/// In place where that is possible: most sums are of many counts in the same symbols.
impl AddAssign<&Count> for Count {
    fn add_assign(&mut self, other: &Count) {
        if let (Form::Number(sum), Form::Number(by)) = (&mut self.0, &other.0)
            && let Some(all) = sum.checked_add(*by)
        {
            *sum = all;
            return;
        }
        let is_added = match (&mut self.0, &other.0) {
            (_, Form::Number(0)) => true,
            (Form::Size(sum), Form::Size(by)) => sum.absorb(by),
            (Form::Size(sum), Form::Number(by)) => i128::try_from(*by).is_ok_and(|by| sum.absorb(&by.into())),
            (Form::Number(_), _) => false,
        };
        if !is_added {
            *self = if *self == Count::ZERO { other.clone() } else { &*self + other };
        }
    }
}

impl Mul<&Count> for &Count {
    type Output = Count;
    fn mul(self, other: &Count) -> Count {
        self.with(other, u128::checked_mul, Size::mul)
    }
}

impl Add<Count> for Count {
    type Output = Count;
    fn add(self, other: Count) -> Count {
        &self + &other
    }
}
impl Add<&Count> for Count {
    type Output = Count;
    fn add(self, other: &Count) -> Count {
        &self + other
    }
}
impl Mul<Count> for Count {
    type Output = Count;
    fn mul(self, other: Count) -> Count {
        &self * &other
    }
}
impl Mul<&Count> for Count {
    type Output = Count;
    fn mul(self, other: &Count) -> Count {
        &self * other
    }
}
impl Mul<u128> for Count {
    type Output = Count;
    fn mul(self, other: u128) -> Count {
        &self * &Count::from(other)
    }
}

impl Sum for Count {
    fn sum<I: Iterator<Item = Count>>(counts: I) -> Count {
        let mut sum = Count::ZERO;
        counts.for_each(|count| sum += &count);
        sum
    }
}
impl<'a> Sum<&'a Count> for Count {
    fn sum<I: Iterator<Item = &'a Count>>(counts: I) -> Count {
        let mut tally = CountSum::default();
        counts.for_each(|count| tally.add(count));
        tally.total()
    }
}

/// Grouped by thousands, `24,300`, `7,077,888·T + 1,536·T²`; with `{:#}` not.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Number(n) => f.pad(&formula::number(*n, !f.alternate())),
            Form::Size(size) => size.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(count: &Count, t: i128) -> Option<u128> {
        count.at(&|name| (name == "T").then_some(t))
    }

    /// The multiply-accumulates of GPT-2: twelve layers of four projections and two products of attention, and the head.
    #[test]
    fn the_cost_of_a_transformer_is_one_formula_in_its_context() {
        let t = Count::from(Size::symbol("T"));
        let projections = t.clone() * (12 * 768 * 768);
        let attention = &t * &t * (2 * 768);
        let layers: Count = std::iter::repeat_n(projections + attention, 12).sum();
        let macs = layers + t * (768 * 50_257);
        assert_eq!(macs.to_string(), "123,532,032·T + 18,432·T²");
        assert_eq!(format!("{macs:#}"), "123532032·T + 18432·T²");
        assert_eq!(at(&macs, 1024), Some(145_824_153_600));
        assert_eq!(at(&macs, 1), Some(123_550_464));
        assert_eq!(macs.symbols(), ["T"]);
        assert_eq!(macs.at(&|_| None), None);
    }

    #[test]
    fn a_sum_in_place_is_the_sum() {
        let (t, n) = (Size::symbol("T"), Size::symbol("N"));
        let sizes = [
            Size::from(0),
            Size::from(3),
            t.clone(),
            &t * 5 + &n * 2,
            &n * &n + &t * 7 + 1,
            &t * -5 + &n,
            &t * i128::MAX,
            Size::OVERFLOW,
        ];
        for (a, b) in sizes.iter().flat_map(|a| sizes.iter().map(move |b| (Count::from(a), Count::from(b)))) {
            let mut sum = a.clone();
            sum += &b;
            assert_eq!(sum, &a + &b, "{a} and {b}");
        }
    }

    #[test]
    fn a_product_is_that_of_its_factors() {
        let t = Size::symbol("T");
        let sizes = [
            Size::from(0),
            Size::from(3),
            Size::from(-2),
            t.clone(),
            &t * 2 - 1,
            Size::from(i128::MAX),
            Size::OVERFLOW,
        ];
        for (a, b) in sizes.iter().flat_map(|a| sizes.iter().map(move |b| (a.clone(), b.clone()))) {
            let both = Count::from(&a) * Count::from(&b);
            assert_eq!(Count::product(&[a.clone(), b.clone()]), both, "{a} and {b}");
        }
        assert_eq!(Count::product(&[]), Count::ONE);
    }

    #[test]
    fn numbers_reach_all_128_bits() {
        let most = Count::from(u128::MAX);
        assert_eq!(most.to_string(), "340,282,366,920,938,463,463,374,607,431,768,211,455");
        assert!((most.clone() + Count::ONE).is_overflow());
        assert!((most.clone() * 2).is_overflow());
        assert!(most.to_size().is_overflow());
        assert_eq!(most.exact_div(&Count::from(3)), Some(Count::from(u128::MAX / 3)));
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let grouped = [0, 28, 999, 1_000, 24_300, 1_000_000].map(|n| Count::from(n).to_string());
        assert_eq!(grouped, ["0", "28", "999", "1,000", "24,300", "1,000,000"]);
        assert_eq!(format!("{:#} {:>7}", Count::from(24_300), Count::from(24_300)), "24300  24,300");
    }

    #[test]
    fn a_count_is_never_negative() {
        assert_eq!(Count::from(Size::from(-1)), Count::ZERO);
        assert_eq!(at(&Count::from(Size::symbol("T") - 4), 2), Some(0));
        assert_eq!(Count::ONE.minus(&Count::from(2)), None);
        let t = Count::from(Size::symbol("T"));
        assert_eq!(t.minus(&Count::ONE), Some(Count::from(Size::symbol("T") - 1)));
        assert_eq!(t.minus(&Count::from(2)), None);
        assert_eq!(t.minus(&t), Some(Count::ZERO));
    }

    #[test]
    fn formulas_divide_and_compare_like_sizes() {
        let t = Count::from(Size::symbol("T"));
        assert_eq!((t.clone() * 6).exact_div(&(t.clone() * 2)), Some(Count::from(3)));
        assert_eq!((t.clone() * 3).exact_div(&Count::from(2)), None);
        assert_eq!(Count::ONE.exact_div(&Count::ZERO), None);
        assert_eq!(t.is_less(&(&t * &t + Count::ONE)), Some(true));
        assert_eq!(t.is_less(&Count::from(2)), None);
        assert!(t.is_symbolic() && !t.is_overflow());
    }
}
