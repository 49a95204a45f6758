//! Minimum and maximum, in normal form: `shared + factor · min(…)` of arguments of which none is known to be needless.
//!
//! Main function: [`Polynomial::extremum`].

use std::collections::BTreeMap;

use super::divide::gcd;
use super::{Atom, Compound, Monomial, Operation, Polynomial, Term};

/// The most arguments of one minimum or maximum.
const MAX_ARGUMENTS: usize = 8;

/// Which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::ir) enum Extremum {
    Min,
    Max,
}

impl Extremum {
    /// As it is written.
    pub(super) fn name(self) -> &'static str {
        match self {
            Extremum::Min => "min",
            Extremum::Max => "max",
        }
    }

    /// Of two numbers.
    pub(in crate::ir) fn of(self, a: i128, b: i128) -> i128 {
        match self {
            Extremum::Min => a.min(b),
            Extremum::Max => a.max(b),
        }
    }

    fn opposite(self) -> Extremum {
        match self {
            Extremum::Min => Extremum::Max,
            Extremum::Max => Extremum::Min,
        }
    }

    /// Whether `a` is known to make `b` needless.
    fn is_decided_by(self, a: &Polynomial, b: &Polynomial) -> bool {
        let (small, large) = if self == Extremum::Min { (a, b) } else { (b, a) };
        let least = large.minus(small).and_then(|difference| difference.least());
        least.is_some_and(|least| least >= 0)
    }
}

impl Polynomial {
    /// The minimum or maximum of two.
    pub(in crate::ir) fn extremum(&self, extremum: Extremum, other: &Polynomial) -> Option<Polynomial> {
        match (extremum.is_decided_by(self, other), extremum.is_decided_by(other, self)) {
            (true, false) => return Some(self.clone()),
            (false, true) => return Some(other.clone()),
            // Equal, though perhaps not in form.
            (true, true) => return Some(Ord::min(self, other).clone()),
            (false, false) => {}
        }
        let mut arguments: Vec<Polynomial> = Vec::new();
        for argument in self.arguments_of(extremum)?.into_iter().chain(other.arguments_of(extremum)?) {
            if !arguments.iter().any(|kept| extremum.is_decided_by(kept, &argument)) {
                arguments.retain(|kept| !extremum.is_decided_by(&argument, kept));
                arguments.push(argument);
            }
        }
        if arguments.len() > MAX_ARGUMENTS {
            return None;
        }
        match arguments.as_slice() {
            [only] => Some(only.clone()),
            _ => of_arguments(extremum, arguments),
        }
    }

    /// The arguments, if it is an extremum plus other terms, else itself: `min(min(a, b) + c, d) = min(a + c, b + c, d)`.
    fn arguments_of(&self, extremum: Extremum) -> Option<Vec<Polynomial>> {
        let found = |term: &&Term| {
            let kind = if term.coefficient > 0 { extremum } else { extremum.opposite() };
            term.monomial.as_atom().and_then(Atom::as_extremum).is_some_and(|(found, _)| found == kind)
        };
        let terms: Vec<&Term> = self.terms.iter().filter(found).collect();
        let [term] = terms.as_slice() else { return Some(vec![self.clone()]) };
        let (_, arguments) = term.monomial.as_atom().and_then(Atom::as_extremum)?;
        let others = self.minus(&Polynomial::from_terms(vec![(*term).clone()])?)?;
        arguments.iter().map(|argument| argument.scaled(term.coefficient)?.plus(&others)).collect()
    }
}

/// Takes out of two or more arguments what they share: terms, a factor, the sign.
fn of_arguments(extremum: Extremum, arguments: Vec<Polynomial>) -> Option<Polynomial> {
    let shared = shared_terms(&arguments)?;
    let arguments = arguments.iter().map(|argument| argument.minus(&shared)).collect::<Option<Vec<_>>>()?;

    let content = |common, argument: &Polynomial| {
        gcd(argument.symbolic_content(common), argument.constant().unsigned_abs())
    };
    let factor = i128::try_from(arguments.iter().fold(0, content)).ok()?;
    let is_negative = |argument: &Polynomial| argument.leading().is_none_or(|term| term.coefficient < 0);
    let mut symbolic = arguments.iter().filter(|argument| argument.as_number().is_none());
    let (extremum, factor) = if symbolic.all(is_negative) {
        (extremum.opposite(), factor.checked_neg()?)
    } else {
        (extremum, factor)
    };

    let divided = |argument: &Polynomial| argument.map_coefficients(|n| n.checked_div(factor));
    let mut arguments = arguments.iter().map(divided).collect::<Option<Vec<_>>>()?;
    arguments.sort();
    Polynomial::operation(Operation::Extremum(extremum, arguments))?.scaled(factor)?.plus(&shared)
}

/// What every argument has of each monomial, and the constant that leaves the least of those with symbols at 0:
/// `min(2·T + 3, T + S + 1)` is `T + 1 + min(T + 2, S)`, and `min(T + 1, 8)` is `1 + min(T, 7)`.
fn shared_terms(arguments: &[Polynomial]) -> Option<Polynomial> {
    let symbolic = || arguments.iter().filter(|argument| argument.as_number().is_none());
    let constant = symbolic().map(Polynomial::constant).min()?;
    let mut coefficients: BTreeMap<&Monomial, Vec<i128>> = BTreeMap::new();
    for term in arguments.iter().flat_map(Polynomial::symbolic_terms) {
        coefficients.entry(&term.monomial).or_default().push(term.coefficient);
    }
    let mut terms = vec![Term { monomial: Monomial::one(), coefficient: constant }];
    for (monomial, found) in coefficients {
        let (least, greatest) = (*found.iter().min()?, *found.iter().max()?);
        let coefficient = if least > 0 { least } else { greatest };
        if found.len() == arguments.len() && (least > 0 || greatest < 0) {
            terms.push(Term { monomial: monomial.clone(), coefficient });
        }
    }
    Polynomial::from_terms(terms)
}

impl Atom {
    /// Kind and arguments, if it is a minimum or maximum.
    pub(super) fn as_extremum(&self) -> Option<(Extremum, &[Polynomial])> {
        match self {
            Atom::Compound(compound) => match compound.as_ref() {
                Compound { operation: Operation::Extremum(extremum, arguments), .. } => {
                    Some((*extremum, arguments.as_slice()))
                }
                _ => None,
            },
            Atom::Symbol(_) => None,
        }
    }
}
