//! Sizes: integers, or formulas in symbolic sizes, kept in one normal form.

use std::fmt;
use std::ops::{Add, Mul, Sub};

/// A symbolic size's values: what a symbol is at the defaults. `None` for a symbol without one.
pub type Defaults<'a> = &'a dyn Fn(&str) -> Option<i128>;

/// A size: an integer, or a formula of integers and symbols. Two sizes are equal (`==`) when their normal forms are.
///
/// Arithmetic never panics or wraps: what passes 128 bits becomes an overflow that absorbs all it meets,
/// and is reported once, as `count-overflow`, where a layer's result is taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Size(Form);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Form {
    Number(i128),
    Overflow,
}

impl Size {
    /// A symbol: an integer ≥ 1 of which nothing else is known.
    pub fn symbol(_name: &str) -> Size {
        Size(Form::Overflow)
    }

    /// The overflow.
    pub const OVERFLOW: Size = Size(Form::Overflow);

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<i128> {
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

    /// `⌊self / by⌋`. `None` where `by` is the number 0.
    pub fn floor_div(&self, by: &Size) -> Option<Size> {
        self.with(by, i128::checked_div_euclid)
    }

    /// `⌈self / by⌉`. `None` where `by` is the number 0.
    pub fn ceil_div(&self, by: &Size) -> Option<Size> {
        (self.clone() + by - 1).floor_div(by)
    }

    /// `self - by·⌊self / by⌋`. `None` where `by` is the number 0.
    pub fn modulo(&self, by: &Size) -> Option<Size> {
        self.with(by, i128::checked_rem_euclid)
    }

    /// `self / by` where that is known to be exact; `None` where it is not, or not known to be.
    pub fn exact_div(&self, by: &Size) -> Option<Size> {
        if self.modulo(by)?.as_number() == Some(0) { self.floor_div(by) } else { None }
    }

    /// `self` to a power of an integer ≥ 0.
    pub fn pow(&self, exponent: u32) -> Size {
        match self.0 {
            Form::Number(n) => Size(n.checked_pow(exponent).map_or(Form::Overflow, Form::Number)),
            Form::Overflow => Size(Form::Overflow),
        }
    }

    /// The smaller of two.
    pub fn min(&self, other: &Size) -> Size {
        self.with(other, |a, b| Some(a.min(b))).unwrap_or(Size(Form::Overflow))
    }

    /// The larger of two.
    pub fn max(&self, other: &Size) -> Size {
        self.with(other, |a, b| Some(a.max(b))).unwrap_or(Size(Form::Overflow))
    }

    /// Whether `self < other`, where the normal forms decide it.
    pub fn is_less(&self, other: &Size) -> Option<bool> {
        Some(self.as_number()? < other.as_number()?)
    }

    /// Whether `self == other`: `Some(false)` only where they are known to differ for every value of the symbols.
    pub fn is_equal(&self, other: &Size) -> Option<bool> {
        Some(self.as_number()? == other.as_number()?)
    }

    /// The number at given values of the symbols; `None` where one has none or it overflows.
    pub fn at(&self, _values: Defaults) -> Option<i128> {
        self.as_number()
    }

    /// The names of the symbols in it, sorted, each once.
    pub fn symbols(&self) -> Vec<String> {
        Vec::new()
    }

    fn with(&self, other: &Size, f: impl Fn(i128, i128) -> Option<i128>) -> Option<Size> {
        match (&self.0, &other.0) {
            (Form::Number(a), Form::Number(b)) => f(*a, *b).map(|n| Size(Form::Number(n))),
            _ => Some(Size(Form::Overflow)),
        }
    }
}

/// Grouped (`7,077,888·T + 1,536·T²`).
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Form::Number(n) => write!(f, "{n}"),
            Form::Overflow => write!(f, "overflow"),
        }
    }
}

impl Add<&Size> for &Size {
    type Output = Size;
    fn add(self, other: &Size) -> Size {
        self.with(other, i128::checked_add).unwrap_or(Size(Form::Overflow))
    }
}
impl Add<Size> for Size {
    type Output = Size;
    fn add(self, other: Size) -> Size {
        Add::add(&self, &other)
    }
}
impl Add<&Size> for Size {
    type Output = Size;
    fn add(self, other: &Size) -> Size {
        Add::add(&self, other)
    }
}
impl Add<Size> for &Size {
    type Output = Size;
    fn add(self, other: Size) -> Size {
        Add::add(self, &other)
    }
}
impl Add<i128> for Size {
    type Output = Size;
    fn add(self, other: i128) -> Size {
        Add::add(&self, &Size::from(other))
    }
}
impl Add<i128> for &Size {
    type Output = Size;
    fn add(self, other: i128) -> Size {
        Add::add(self, &Size::from(other))
    }
}

impl Sub<&Size> for &Size {
    type Output = Size;
    fn sub(self, other: &Size) -> Size {
        self.with(other, i128::checked_sub).unwrap_or(Size(Form::Overflow))
    }
}
impl Sub<Size> for Size {
    type Output = Size;
    fn sub(self, other: Size) -> Size {
        Sub::sub(&self, &other)
    }
}
impl Sub<&Size> for Size {
    type Output = Size;
    fn sub(self, other: &Size) -> Size {
        Sub::sub(&self, other)
    }
}
impl Sub<Size> for &Size {
    type Output = Size;
    fn sub(self, other: Size) -> Size {
        Sub::sub(self, &other)
    }
}
impl Sub<i128> for Size {
    type Output = Size;
    fn sub(self, other: i128) -> Size {
        Sub::sub(&self, &Size::from(other))
    }
}
impl Sub<i128> for &Size {
    type Output = Size;
    fn sub(self, other: i128) -> Size {
        Sub::sub(self, &Size::from(other))
    }
}

impl Mul<&Size> for &Size {
    type Output = Size;
    fn mul(self, other: &Size) -> Size {
        self.with(other, i128::checked_mul).unwrap_or(Size(Form::Overflow))
    }
}
impl Mul<Size> for Size {
    type Output = Size;
    fn mul(self, other: Size) -> Size {
        Mul::mul(&self, &other)
    }
}
impl Mul<&Size> for Size {
    type Output = Size;
    fn mul(self, other: &Size) -> Size {
        Mul::mul(&self, other)
    }
}
impl Mul<Size> for &Size {
    type Output = Size;
    fn mul(self, other: Size) -> Size {
        Mul::mul(self, &other)
    }
}
impl Mul<i128> for Size {
    type Output = Size;
    fn mul(self, other: i128) -> Size {
        Mul::mul(&self, &Size::from(other))
    }
}
impl Mul<i128> for &Size {
    type Output = Size;
    fn mul(self, other: i128) -> Size {
        Mul::mul(self, &Size::from(other))
    }
}

impl From<i128> for Size {
    fn from(n: i128) -> Size {
        Size(Form::Number(n))
    }
}
impl From<i64> for Size {
    fn from(n: i64) -> Size {
        Size(Form::Number(n.into()))
    }
}
impl From<u64> for Size {
    fn from(n: u64) -> Size {
        Size(Form::Number(n.into()))
    }
}
impl From<i32> for Size {
    fn from(n: i32) -> Size {
        Size(Form::Number(n.into()))
    }
}
impl From<usize> for Size {
    fn from(n: usize) -> Size {
        i128::try_from(n).map_or(Size(Form::Overflow), Size::from)
    }
}
