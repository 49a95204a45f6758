//! Counts: how many elements, uses, multiply-accumulates. Never negative, checked 128-bit.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul};

use super::size::{Defaults, Size};

/// A count: a number up to 2¹²⁸ − 1, or a formula in the symbolic sizes.
///
/// Like [`Size`], it becomes an absorbing overflow rather than wrap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Count(Form);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Form {
    Number(u128),
    Overflow,
}

impl Count {
    /// Nothing.
    pub const ZERO: Count = Count(Form::Number(0));
    /// One.
    pub const ONE: Count = Count(Form::Number(1));

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<u128> {
        match self.0 {
            Form::Number(n) => Some(n),
            Form::Overflow => None,
        }
    }

    /// True if a symbol stands in it.
    pub fn is_symbolic(&self) -> bool {
        false
    }

    /// True if it passed 128 bits.
    pub fn is_overflow(&self) -> bool {
        self.0 == Form::Overflow
    }

    /// The number at given values of the symbols; `None` where one has none or it overflows.
    pub fn at(&self, _values: Defaults) -> Option<u128> {
        self.as_number()
    }

    /// `self / by`, where that is known to be exact.
    pub fn exact_div(&self, by: &Count) -> Option<Count> {
        let (a, b) = (self.as_number()?, by.as_number()?);
        if a.checked_rem(b)? == 0 { Some(Count(Form::Number(a.checked_div(b)?))) } else { None }
    }

    /// `self - other`, where that is known to be no less than 0.
    pub fn minus(&self, other: &Count) -> Option<Count> {
        Some(Count(Form::Number(self.as_number()?.checked_sub(other.as_number()?)?)))
    }

    /// The same formula as a size, where it is one (no number past 2¹²⁷).
    pub fn to_size(&self) -> Size {
        self.as_number().and_then(|n| i128::try_from(n).ok()).map_or(Size::OVERFLOW, Size::from)
    }

    /// Whether `self < other`, where the normal forms decide it.
    pub fn is_less(&self, other: &Count) -> Option<bool> {
        Some(self.as_number()? < other.as_number()?)
    }
}

/// Nothing.
impl Default for Count {
    fn default() -> Count {
        Count::ZERO
    }
}

/// A size that is known to be no less than 0; a negative number counts as 0.
impl From<&Size> for Count {
    fn from(size: &Size) -> Count {
        size.as_number()
            .map_or(Count(Form::Overflow), |n| Count(Form::Number(u128::try_from(n).unwrap_or(0))))
    }
}

impl From<Size> for Count {
    fn from(size: Size) -> Count {
        Count::from(&size)
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
        Count(match (&self.0, &other.0) {
            (Form::Number(a), Form::Number(b)) => a.checked_add(*b).map_or(Form::Overflow, Form::Number),
            _ => Form::Overflow,
        })
    }
}

impl Mul<&Count> for &Count {
    type Output = Count;
    fn mul(self, other: &Count) -> Count {
        Count(match (&self.0, &other.0) {
            (Form::Number(a), Form::Number(b)) => a.checked_mul(*b).map_or(Form::Overflow, Form::Number),
            _ => Form::Overflow,
        })
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
        counts.fold(Count::ZERO, |sum, count| sum + count)
    }
}
impl<'a> Sum<&'a Count> for Count {
    fn sum<I: Iterator<Item = &'a Count>>(counts: I) -> Count {
        counts.fold(Count::ZERO, |sum, count| sum + count)
    }
}

/// Grouped by thousands: `24,300`, `7,077,888·T + 1,536·T²`.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Number(n) => write!(f, "{n}"),
            Form::Overflow => write!(f, "overflow"),
        }
    }
}
