//! What is known of a formula's value for all values ≥ 1 of its symbols: a least and a greatest number.
//!
//! Main function: [`Polynomial::bounds`]. Bounds are sound, not tight: interval arithmetic where every atom is counted
//! from its own least value, and floors, minima and maxima replaced by what they cannot pass.

use super::divide::{ceil, floor};
use super::{Atom, Extremum, Operation, Polynomial, Term};

/// How many replacements of floors, minima and maxima one bound may try.
const MAX_REPLACEMENTS: usize = 8;
/// The most terms that counting atoms from their least values may expand a formula to.
const MAX_EXPANDED: u32 = 512;

/// The least and the greatest value, where known. Both may be missed by some way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::ir) struct Bounds {
    pub(in crate::ir) least: Option<i128>,
    pub(in crate::ir) greatest: Option<i128>,
}

impl Bounds {
    /// Nothing.
    pub(in crate::ir) const UNKNOWN: Bounds = Bounds { least: None, greatest: None };

    /// Of a number.
    pub(in crate::ir) fn exactly(n: i128) -> Bounds {
        Bounds { least: Some(n), greatest: Some(n) }
    }

    fn plus(self, other: Bounds) -> Bounds {
        let sum = |a: Option<i128>, b: Option<i128>| a?.checked_add(b?);
        Bounds { least: sum(self.least, other.least), greatest: sum(self.greatest, other.greatest) }
    }

    /// Of products: the least and the greatest are products of ends.
    fn times(self, other: Bounds) -> Bounds {
        let corners = self.ends().map(|a| other.ends().map(|b| a.times(b)));
        let corners = || corners.iter().flatten().copied();
        Bounds {
            least: corners().min().and_then(|end| match end {
                End::Below => None,
                End::At(n) => Some(n),
                End::Above => Some(i128::MAX),
            }),
            greatest: corners().max().and_then(|end| match end {
                End::Below => Some(i128::MIN),
                End::At(n) => Some(n),
                End::Above => None,
            }),
        }
    }

    fn ends(self) -> [End; 2] {
        [self.least.map_or(End::Below, End::At), self.greatest.map_or(End::Above, End::At)]
    }
}

/// An end of an interval. What passes 128 bits is as good as open.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Below,
    At(i128),
    Above,
}

impl End {
    fn times(self, other: End) -> End {
        let product = match (self, other) {
            (End::At(0), _) | (_, End::At(0)) => Some(End::At(0)),
            (End::At(a), End::At(b)) => a.checked_mul(b).map(End::At),
            _ => None,
        };
        let is_negative = |end| end < End::At(0);
        let open = if is_negative(self) == is_negative(other) { End::Above } else { End::Below };
        product.unwrap_or(open)
    }
}

impl Polynomial {
    /// The least and the greatest value.
    pub(in crate::ir) fn bounds(&self) -> Bounds {
        Bounds { least: self.least(), greatest: self.greatest() }
    }

    /// A number that it is never less than.
    pub(in crate::ir) fn least(&self) -> Option<i128> {
        let mut replacements = MAX_REPLACEMENTS;
        self.least_with(&mut replacements)
    }

    /// A number that it is never greater than.
    pub(in crate::ir) fn greatest(&self) -> Option<i128> {
        self.scaled(-1)?.least()?.checked_neg()
    }

    /// True if it is known to be 0 for no values of the symbols: by its bounds, or because all else is a multiple of
    /// what its constant is no multiple of (`2·T - 3`).
    pub(in crate::ir) fn is_never_zero(&self) -> bool {
        let Bounds { least, greatest } = self.bounds();
        let content = self.symbolic_content(0);
        least.is_some_and(|least| least > 0)
            || greatest.is_some_and(|greatest| greatest < 0)
            || self.constant().unsigned_abs().checked_rem(content).is_some_and(|rest| rest != 0)
    }

    fn least_with(&self, replacements: &mut usize) -> Option<i128> {
        let plain = self.interval(Atom::bounds).least;
        let has_both_signs = self.symbolic_terms().any(|term| term.coefficient < 0)
            && self.symbolic_terms().any(|term| term.coefficient > 0);
        if !has_both_signs {
            return plain;
        }
        let from_least =
            self.counted_from_least().and_then(|formula| formula.interval(Atom::bounds_from_least).least);
        plain.max(from_least).max(self.least_by_replacement(replacements))
    }

    /// Interval arithmetic.
    fn interval(&self, of_atom: impl Fn(&Atom) -> Bounds) -> Bounds {
        let of_term = |term: &Term| {
            let powers = term.monomial.powers.iter();
            let factors = powers.flat_map(|power| (0..power.exponent).map(|_| of_atom(&power.atom)));
            factors.fold(Bounds::exactly(term.coefficient), Bounds::times)
        };
        self.terms.iter().map(of_term).fold(Bounds::exactly(0), Bounds::plus)
    }

    /// Every atom a written as its least value plus a′ ≥ 0, and a′ named a again: `T² - T` becomes `T + T²`, plainly ≥ 0.
    fn counted_from_least(&self) -> Option<Polynomial> {
        let expanded = |term: &Term| {
            let factors = term.monomial.powers.iter().map(|power| power.exponent.saturating_add(1));
            factors.fold(1, u32::saturating_mul)
        };
        if self.terms.iter().map(expanded).fold(0, u32::saturating_add) > MAX_EXPANDED {
            return None;
        }
        let mut sum: Vec<Term> = Vec::new();
        for term in &self.terms {
            let mut product = Polynomial::number(term.coefficient);
            for power in term.monomial.powers.iter() {
                let least = Polynomial::number(power.atom.bounds().least?);
                let shifted = Polynomial::from_atom(power.atom.clone())?.plus(&least)?;
                product = product.times(&shifted.to_the(power.exponent)?)?;
            }
            sum.extend(product.terms);
        }
        Polynomial::from_terms(sum)
    }

    /// The least value after the first replaceable factor is replaced by what makes its term no greater.
    fn least_by_replacement(&self, replacements: &mut usize) -> Option<i128> {
        let (term, alternatives) = self.terms.iter().find_map(|term| Some((term, term.alternatives()?)))?;
        let others = self.minus(&Polynomial::from_terms(vec![term.clone()])?)?;
        let mut best = None;
        for (divisor, replacement) in alternatives {
            let Some(left) = replacements.checked_sub(1) else { break };
            *replacements = left;
            let scaled = others.scaled(divisor).and_then(|others| others.plus(&replacement));
            let least = scaled.and_then(|formula| ceil(formula.least_with(replacements)?, divisor));
            best = best.max(least);
        }
        best
    }

    fn from_atom(atom: Atom) -> Option<Polynomial> {
        Polynomial::from_terms(vec![Term { monomial: super::Monomial::atom(atom), coefficient: 1 }])
    }
}

impl Term {
    /// Pairs (d, p) of which every `p / d` is no greater than the term, `c·r·a` with r ≥ 0:
    /// for a floor a = ⌊x / d⌋, `c·r·(x - d + 1)` if c > 0, `c·r·x` if c < 0; for `c·r·min(…)` with c < 0 every argument in
    /// the minimum's place, for `c·r·max(…)` with c > 0 likewise.
    fn alternatives(&self) -> Option<Vec<(i128, Polynomial)>> {
        let is_found = |atom: &Atom| {
            let floor =
                atom.as_floor().is_some_and(|(_, divisor)| divisor.as_number().is_some_and(|n| n > 0));
            let kind = if self.coefficient < 0 { Extremum::Min } else { Extremum::Max };
            floor || atom.as_extremum().is_some_and(|(extremum, _)| extremum == kind)
        };
        let atom = &self.monomial.powers.iter().find(|power| is_found(&power.atom))?.atom;
        let rest = self.monomial.divided_by(&super::Monomial::atom(atom.clone()))?;
        let rest = Polynomial::from_terms(vec![Term { monomial: rest, coefficient: self.coefficient }])?;
        let sign = rest.interval(Atom::bounds);
        let is_sound = if self.coefficient > 0 { sign.least? >= 0 } else { sign.greatest? <= 0 };
        if !is_sound {
            return None;
        }
        if let Some((dividend, divisor)) = atom.as_floor() {
            let divisor = divisor.as_number()?;
            let slack = if self.coefficient > 0 { divisor.checked_sub(1)? } else { 0 };
            let replacement = rest.times(&dividend.minus(&Polynomial::number(slack))?)?;
            return Some(vec![(divisor, replacement)]);
        }
        let (_, arguments) = atom.as_extremum()?;
        arguments.iter().map(|argument| Some((1, rest.times(argument)?))).collect()
    }
}

impl Atom {
    fn bounds(&self) -> Bounds {
        match self {
            Atom::Symbol(_) => Bounds { least: Some(1), greatest: None },
            Atom::Compound(compound) => compound.bounds,
        }
    }

    /// Of the atom less its least value.
    fn bounds_from_least(&self) -> Bounds {
        let bounds = self.bounds();
        let span = |least: i128, greatest: i128| greatest.checked_sub(least);
        let greatest = bounds.least.and_then(|least| span(least, bounds.greatest?));
        Bounds { least: bounds.least.and(Some(0)), greatest }
    }
}

impl Operation {
    pub(super) fn bounds(&self) -> Bounds {
        match self {
            Operation::Floor { dividend, divisor } => floor_bounds(dividend.bounds(), divisor.bounds()),
            Operation::Extremum(extremum, arguments) => {
                let bounds: Vec<Bounds> = arguments.iter().map(Polynomial::bounds).collect();
                let least = bounds.iter().map(|bounds| bounds.least);
                let greatest = bounds.iter().map(|bounds| bounds.greatest);
                match extremum {
                    // None is the smallest Option, which is what an open end means below, not above.
                    Extremum::Min => {
                        Bounds { least: least.min().flatten(), greatest: greatest.flatten().min() }
                    }
                    Extremum::Max => Bounds {
                        least: least.max().flatten(),
                        greatest: greatest.collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max()),
                    },
                }
            }
        }
    }
}

/// Of a quotient rounded down. Nothing is known where the divisor may be negative.
fn floor_bounds(dividend: Bounds, divisor: Bounds) -> Bounds {
    // Where the divisor is 0 there is no value to bound.
    let Some(smallest @ 0..) = divisor.least else { return Bounds::UNKNOWN };
    let smallest = smallest.max(1);
    let least = dividend.least.and_then(|least| match divisor.greatest {
        _ if least < 0 => floor(least, smallest),
        Some(largest) => floor(least, largest),
        None => Some(0),
    });
    let greatest = dividend.greatest.and_then(|greatest| match divisor.greatest {
        _ if greatest >= 0 => floor(greatest, smallest),
        Some(largest) => floor(greatest, largest),
        None => Some(-1),
    });
    Bounds { least, greatest }
}
