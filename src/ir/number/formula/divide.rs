//! Division rounded down, in normal form: `⌊p / q⌋` is a quotient plus, where one is left, a floor of a proper rest.
//!
//! Main function: [`Polynomial::floor_div`]. All rules hold for every value of the symbols at which `q` is not 0.

use super::{Atom, Compound, MAX_TERMS, Monomial, Operation, Polynomial, Power, Term};

impl Polynomial {
    /// `⌊self / divisor⌋`, for a divisor that is not the number 0.
    pub(in crate::ir) fn floor_div(&self, divisor: &Polynomial) -> Option<Polynomial> {
        if divisor.leading()?.coefficient < 0 {
            return self.scaled(-1)?.floor_div(&divisor.scaled(-1)?);
        }
        let (quotient, rest) =
            self.divided_by(divisor).unwrap_or_else(|| (Polynomial::number(0), self.clone()));
        quotient.plus(&rest.proper_floor(divisor)?)
    }

    /// `⌈self / divisor⌉`, for a divisor that is not the number 0: `⌊(self + divisor - 1) / divisor⌋` as people write it,
    /// where the divisor is positive.
    pub(in crate::ir) fn ceil_div(&self, divisor: &Polynomial) -> Option<Polynomial> {
        if divisor.least().is_some_and(|least| least > 0) {
            return self.plus(divisor)?.minus(&Polynomial::number(1))?.floor_div(divisor);
        }
        self.scaled(-1)?.floor_div(divisor)?.scaled(-1)
    }

    /// Long division: `self = quotient · divisor + rest`, where no term of the rest can be divided further.
    /// Coefficients round down, so `(3·T - 1) / 2` leaves `T + 1` of `T - 1`.
    fn divided_by(&self, divisor: &Polynomial) -> Option<(Polynomial, Polynomial)> {
        if let Some(divisor) = divisor.as_number() {
            return self.divided_by_number(divisor);
        }
        let lead = divisor.leading()?;
        let mut quotient = Vec::new();
        let mut rest = self.clone();
        for _ in 0..MAX_TERMS {
            let Some(step) = rest.terms.iter().rev().find_map(|term| quotient_of_terms(term, lead)) else {
                return Some((Polynomial::from_terms(quotient)?, rest));
            };
            let part = divisor.terms.iter().map(|term| term.times(&step)).collect::<Option<_>>()?;
            rest = rest.minus(&Polynomial::from_terms(part)?)?;
            quotient.push(step);
        }
        None
    }

    fn divided_by_number(&self, divisor: i128) -> Option<(Polynomial, Polynomial)> {
        let map = |f: &dyn Fn(i128) -> Option<i128>| {
            let term = |term: &Term| {
                Some(Term { monomial: term.monomial.clone(), coefficient: f(term.coefficient)? })
            };
            Polynomial::from_terms(self.terms.iter().map(term).collect::<Option<_>>()?)
        };
        Some((map(&|n| n.checked_div_euclid(divisor))?, map(&|n| n.checked_rem_euclid(divisor))?))
    }

    /// `⌊self / divisor⌋` where long division finds nothing more to take out.
    fn proper_floor(&self, divisor: &Polynomial) -> Option<Polynomial> {
        if let Some(n) = self.floor_between_bounds(divisor) {
            return Some(Polynomial::number(n));
        }
        if let Some((dividend, divisor)) = self.cancelled(divisor).or_else(|| self.merged(divisor)) {
            return dividend.floor_div(&divisor);
        }
        Polynomial::operation(Operation::Floor { dividend: self.clone(), divisor: divisor.clone() })
    }

    /// The floor, where the bounds leave one value: `⌊(T - 1) / T⌋` takes out 1 and leaves `⌊-1 / T⌋`, which is -1.
    fn floor_between_bounds(&self, divisor: &Polynomial) -> Option<i128> {
        if self.terms.is_empty() {
            return Some(0);
        }
        let own = self.bounds();
        if let Some(divisor) = divisor.as_number() {
            let (least, greatest) = (floor(own.least?, divisor)?, floor(own.greatest?, divisor)?);
            return (least == greatest).then_some(least);
        }
        let divisor_is_positive = divisor.least()? >= 0;
        if own.least.is_some_and(|least| least >= 0) {
            let is_less = divisor.minus(self)?.least()? >= 1;
            return (divisor_is_positive && is_less).then_some(0);
        }
        let is_negative = own.greatest? <= -1;
        let is_no_less = divisor.plus(self)?.least()? >= 0;
        (divisor_is_positive && is_negative && is_no_less).then_some(-1)
    }

    /// A common factor removed: of numbers by `⌊(g·a + c) / (g·b)⌋ = ⌊(a + ⌊c / g⌋) / b⌋`, or of atoms.
    fn cancelled(&self, divisor: &Polynomial) -> Option<(Polynomial, Polynomial)> {
        let factor = divisor.symbolic_content(self.symbolic_content(0));
        let factor = i128::try_from(gcd(factor, divisor.constant().unsigned_abs())).ok()?;
        if factor > 1 {
            let exact = self.constant().checked_rem(factor)? == 0;
            if exact || divisor.least().is_some_and(|least| least >= 0) {
                return Some((self.divided_by_number(factor)?.0, divisor.divided_by_number(factor)?.0));
            }
        }
        let monomials = || self.terms.iter().chain(&divisor.terms).map(|term| &term.monomial);
        let common = monomials().skip(1).fold(monomials().next()?.clone(), |a, b| a.common(b));
        (common.degree > 0).then(|| Some((self.over(&common)?, divisor.over(&common)?)))?
    }

    /// A floor in a floor made one, where both divisors allow: `⌊(⌊x / a⌋ + y) / b⌋ = ⌊(x + a·y) / (a·b)⌋` for b > 0.
    fn merged(&self, divisor: &Polynomial) -> Option<(Polynomial, Polynomial)> {
        if divisor.as_number().is_none() {
            let (dividend, inner) = self.as_atom()?.as_floor()?;
            let is_positive = divisor.least()? >= 0;
            return is_positive.then(|| Some((dividend.clone(), inner.times(divisor)?)))?;
        }
        self.terms.iter().filter(|term| term.coefficient == 1).find_map(|term| {
            let (dividend, inner) = term.monomial.as_atom()?.as_floor()?;
            inner.as_number()?;
            let others = self.minus(&Polynomial::from_terms(vec![term.clone()])?)?;
            Some((dividend.plus(&others.times(inner)?)?, inner.times(divisor)?))
        })
    }

    /// The greatest common divisor of `start` and the coefficients of all terms but the constant.
    pub(super) fn symbolic_content(&self, start: u128) -> u128 {
        self.symbolic_terms().fold(start, |common, term| gcd(common, term.coefficient.unsigned_abs()))
    }

    /// `self / monomial`, where it divides every term.
    fn over(&self, monomial: &Monomial) -> Option<Polynomial> {
        let term = |term: &Term| {
            Some(Term { monomial: term.monomial.divided_by(monomial)?, coefficient: term.coefficient })
        };
        Polynomial::from_terms(self.terms.iter().map(term).collect::<Option<_>>()?)
    }
}

impl Monomial {
    /// The greatest common divisor of two.
    fn common(&self, other: &Monomial) -> Monomial {
        let shared = |power: &Power| {
            let twin = other.powers.iter().find(|twin| twin.atom == power.atom)?;
            Some(Power { atom: power.atom.clone(), exponent: power.exponent.min(twin.exponent) })
        };
        let powers: Vec<Power> = self.powers.iter().filter_map(shared).collect();
        let degree = powers.iter().fold(0, |sum: u32, power| sum.saturating_add(power.exponent));
        Monomial { degree, powers: powers.into() }
    }
}

impl Atom {
    /// Dividend and divisor, if it is a floor.
    pub(super) fn as_floor(&self) -> Option<(&Polynomial, &Polynomial)> {
        match self {
            Atom::Compound(compound) => match compound.as_ref() {
                Compound { operation: Operation::Floor { dividend, divisor }, .. } => {
                    Some((dividend, divisor))
                }
                _ => None,
            },
            Atom::Symbol(_) => None,
        }
    }
}

/// How often the divisor's leading term goes into a term; `None` where it does not.
fn quotient_of_terms(term: &Term, lead: &Term) -> Option<Term> {
    let monomial = term.monomial.divided_by(&lead.monomial)?;
    let coefficient = term.coefficient.checked_div_euclid(lead.coefficient)?;
    (coefficient != 0).then_some(Term { monomial, coefficient })
}

/// `⌊a / b⌋` of numbers. `None` where b is 0, or the result passes 128 bits.
pub(in crate::ir) fn floor(a: i128, b: i128) -> Option<i128> {
    let truncated = a.checked_div(b)?;
    let is_exact = truncated.checked_mul(b)? == a;
    if is_exact || (a < 0) == (b < 0) { Some(truncated) } else { truncated.checked_sub(1) }
}

/// `a - b·⌊a / b⌋` of numbers. `None` where b is 0.
pub(in crate::ir) fn remainder(a: i128, b: i128) -> Option<i128> {
    // i128::MIN / -1 passes 128 bits, although nothing is left over.
    let truncated = if b == -1 { 0 } else { a.checked_rem(b)? };
    if truncated == 0 || (truncated < 0) == (b < 0) { Some(truncated) } else { truncated.checked_add(b) }
}

/// `⌈a / b⌉` of numbers.
pub(in crate::ir) fn ceil(a: i128, b: i128) -> Option<i128> {
    floor(a.checked_neg()?, b)?.checked_neg()
}

/// The greatest common divisor, by Euclid; that of 0 and n is n.
pub(super) fn gcd(a: u128, b: u128) -> u128 {
    a.checked_rem(b).map_or(a, |rest| gcd(b, rest))
}
