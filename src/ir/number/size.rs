//! Sizes: integers, or formulas in symbolic sizes, kept in one normal form.
//!
//! Main type: [`Size`]. Numbers are computed as numbers; all else goes to [`Polynomial`]. Invariant: a formula is never a number.

use std::fmt;
use std::ops::{Add, Mul, Sub};
use std::sync::Arc;

use super::formula::{Bounds, Extremum, Polynomial, ceil, floor, remainder};

/// A symbolic size's values: what a symbol is at the defaults. `None` for a symbol without one.
pub type Defaults<'a> = &'a dyn Fn(&str) -> Option<i128>;

/// A size: an integer, or a formula of integers and symbols. Two sizes are equal (`==`) when their normal forms are.
///
/// Arithmetic never panics or wraps: what passes 128 bits becomes an overflow that absorbs all it meets,
/// and is reported once, as `count-overflow`, where a layer's result is taken. So does a formula of more than
/// 256 terms, of a degree above 16 or with floors, minima and maxima nested too deep: no architecture needs one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Size(Form);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Form {
    Number(i128),
    Formula(Arc<Polynomial>),
    Overflow,
}

impl Size {
    /// A symbol: an integer ≥ 1 of which nothing else is known.
    pub fn symbol(name: &str) -> Size {
        Size::from_formula(Some(Polynomial::symbol(name)))
    }

    /// The overflow.
    pub const OVERFLOW: Size = Size(Form::Overflow);

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<i128> {
        match self.0 {
            Form::Number(n) => Some(n),
            Form::Formula(_) | Form::Overflow => None,
        }
    }

    /// True if a symbol stands in it.
    pub fn is_symbolic(&self) -> bool {
        matches!(self.0, Form::Formula(_))
    }

    /// True if it passed 128 bits, or the limits of a formula.
    pub fn is_overflow(&self) -> bool {
        self.0 == Form::Overflow
    }

    /// `⌊self / by⌋`. `None` where `by` is the number 0.
    pub fn floor_div(&self, by: &Size) -> Option<Size> {
        (by.as_number() != Some(0)).then(|| self.with(by, floor, Polynomial::floor_div))
    }

    /// `⌈self / by⌉`. `None` where `by` is the number 0.
    pub fn ceil_div(&self, by: &Size) -> Option<Size> {
        (by.as_number() != Some(0)).then(|| self.with(by, ceil, Polynomial::ceil_div))
    }

    /// `self - by·⌊self / by⌋`. `None` where `by` is the number 0.
    pub fn modulo(&self, by: &Size) -> Option<Size> {
        let of_formulas = |a: &Polynomial, b: &Polynomial| a.minus(&a.floor_div(b)?.times(b)?);
        (by.as_number() != Some(0)).then(|| self.with(by, remainder, of_formulas))
    }

    /// `self / by` where that is known to be exact; `None` where it is not, or not known to be.
    pub fn exact_div(&self, by: &Size) -> Option<Size> {
        let rest = self.modulo(by)?;
        if rest.is_overflow() || rest.as_number() == Some(0) { self.floor_div(by) } else { None }
    }

    /// `self` to a power of an integer ≥ 0.
    pub fn pow(&self, exponent: u32) -> Size {
        match &self.0 {
            Form::Number(n) => n.checked_pow(exponent).map_or(Size::OVERFLOW, Size::from),
            Form::Formula(formula) => Size::from_formula(formula.to_the(exponent)),
            Form::Overflow => Size::OVERFLOW,
        }
    }

    /// The smaller of two.
    pub fn min(&self, other: &Size) -> Size {
        self.extremum(Extremum::Min, other)
    }

    /// The larger of two.
    pub fn max(&self, other: &Size) -> Size {
        self.extremum(Extremum::Max, other)
    }

    /// Whether `self < other`, where the normal forms decide it.
    pub fn is_less(&self, other: &Size) -> Option<bool> {
        if let (Form::Number(a), Form::Number(b)) = (&self.0, &other.0) {
            return Some(a < b);
        }
        let Bounds { least, greatest } = (other - self).bounds();
        if least.is_some_and(|least| least > 0) {
            return Some(true);
        }
        greatest.is_some_and(|greatest| greatest <= 0).then_some(false)
    }

    /// Whether `self == other`: `Some(false)` only where they are known to differ for every value of the symbols.
    pub fn is_equal(&self, other: &Size) -> Option<bool> {
        if self.is_overflow() || other.is_overflow() {
            return None;
        }
        if self == other {
            return Some(true);
        }
        match (self - other).0 {
            Form::Number(difference) => Some(difference == 0),
            Form::Formula(difference) => difference.is_never_zero().then_some(false),
            Form::Overflow => None,
        }
    }

    /// A number that it is never less than, whatever the symbols are; `None` where there is none, or none was found.
    pub fn least(&self) -> Option<i128> {
        self.bounds().least
    }

    /// A number that it is never greater than, whatever the symbols are; `None` where there is none, or none was found.
    pub fn greatest(&self) -> Option<i128> {
        self.bounds().greatest
    }

    /// The number at given values of the symbols; `None` where one has none or it overflows.
    pub fn at(&self, values: Defaults) -> Option<i128> {
        match &self.0 {
            Form::Number(n) => Some(*n),
            Form::Formula(formula) => formula.at(values),
            Form::Overflow => None,
        }
    }

    /// The names of the symbols in it, sorted, each once.
    pub fn symbols(&self) -> Vec<String> {
        match &self.0 {
            Form::Formula(formula) => formula.symbols().into_iter().map(str::to_owned).collect(),
            Form::Number(_) | Form::Overflow => Vec::new(),
        }
    }

    fn bounds(&self) -> Bounds {
        match &self.0 {
            Form::Number(n) => Bounds::exactly(*n),
            Form::Formula(formula) => formula.bounds(),
            Form::Overflow => Bounds::UNKNOWN,
        }
    }

    fn extremum(&self, extremum: Extremum, other: &Size) -> Size {
        self.with(other, |a, b| Some(extremum.of(a, b)), |a, b| a.extremum(extremum, b))
    }

    /// An operation on two: on numbers where both are, else on formulas. `None` is an overflow.
    fn with(
        &self,
        other: &Size,
        of_numbers: impl FnOnce(i128, i128) -> Option<i128>,
        of_formulas: impl FnOnce(&Polynomial, &Polynomial) -> Option<Polynomial>,
    ) -> Size {
        match (&self.0, &other.0) {
            (Form::Number(a), Form::Number(b)) => of_numbers(*a, *b).map_or(Size::OVERFLOW, Size::from),
            (Form::Formula(a), Form::Formula(b)) => Size::from_formula(of_formulas(a, b)),
            (Form::Formula(a), Form::Number(b)) => {
                Size::from_formula(of_formulas(a, &Polynomial::number(*b)))
            }
            (Form::Number(a), Form::Formula(b)) => {
                Size::from_formula(of_formulas(&Polynomial::number(*a), b))
            }
            (Form::Overflow, _) | (_, Form::Overflow) => Size::OVERFLOW,
        }
    }

    /// Adds another to a formula in place, where that is no more than adding coefficients; false, and nothing added, where
    /// it is more.
    pub(super) fn absorb(&mut self, other: &Size) -> bool {
        match (&mut self.0, &other.0) {
            (Form::Formula(sum), Form::Formula(by)) => Arc::make_mut(sum).absorb(by),
            (Form::Formula(sum), Form::Number(by)) => Arc::make_mut(sum).absorb_number(*by),
            _ => false,
        }
    }

    /// Where its formula lies; `None` for a number and the overflow.
    pub(super) fn formula_address(&self) -> Option<usize> {
        match &self.0 {
            Form::Formula(formula) => Some(Arc::as_ptr(formula).addr()),
            Form::Number(_) | Form::Overflow => None,
        }
    }

    fn from_formula(formula: Option<Polynomial>) -> Size {
        let Some(formula) = formula else { return Size::OVERFLOW };
        formula.as_number().map_or_else(|| Size(Form::Formula(Arc::new(formula))), Size::from)
    }
}

/// As the language writes it, but with `·` and raised exponents: `50257`, `T // 2 + 1`, `7,077,888·T + 1,536·T²`.
/// Numbers in formulas are grouped by thousands, or, with `{:#}`, not; a lone number never is.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        match &self.0 {
            Form::Number(n) => return f.pad(&n.to_string()),
            Form::Formula(formula) => formula.write(&mut text, !f.alternate())?,
            Form::Overflow => text.push_str("overflow"),
        }
        f.pad(&text)
    }
}

/// The operator on references, and from it those on values and plain integers.
macro_rules! operator {
    ($Operator:ident, $method:ident, $of_numbers:path, $of_formulas:path) => {
        impl $Operator<&Size> for &Size {
            type Output = Size;
            fn $method(self, other: &Size) -> Size {
                self.with(other, $of_numbers, $of_formulas)
            }
        }
        operator!($Operator, $method, &Size, Size, |other| &other);
        operator!($Operator, $method, Size, &Size, |other| other);
        operator!($Operator, $method, Size, Size, |other| &other);
        operator!($Operator, $method, &Size, i128, |other| &Size::from(other));
        operator!($Operator, $method, Size, i128, |other| &Size::from(other));
    };
    ($Operator:ident, $method:ident, $Left:ty, $Right:ty, |$other:ident| $reference:expr) => {
        impl $Operator<$Right> for $Left {
            type Output = Size;
            fn $method(self, $other: $Right) -> Size {
                let left: &Size = std::borrow::Borrow::borrow(&self);
                $Operator::$method(left, $reference)
            }
        }
    };
}

operator!(Add, add, i128::checked_add, Polynomial::plus);
operator!(Sub, sub, i128::checked_sub, Polynomial::minus);
operator!(Mul, mul, i128::checked_mul, Polynomial::times);

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
        i128::try_from(n).map_or(Size::OVERFLOW, Size::from)
    }
}

#[cfg(test)]
mod tests;
