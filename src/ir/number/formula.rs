//! The one normal form of symbolic sizes and counts: a polynomial over symbols, floors, minima and maxima.
//!
//! Main type: [`Polynomial`]. Equal normal forms compare equal (`==`); the reverse holds for what the rules of
//! [`divide`] and [`extremum`] can see. Every operation gives `None` where a coefficient passes 128 bits or a limit
//! below is passed, so that the cost of one operation is bounded, whatever a program writes.

mod bounds;
mod display;
mod divide;
mod evaluate;
mod extremum;

use std::cmp::Ordering;
use std::sync::Arc;

use smallvec::SmallVec;

pub(super) use bounds::Bounds;
pub(super) use display::number;
pub(super) use divide::{ceil, floor, remainder};
pub(super) use extremum::Extremum;

/// The most terms a polynomial has. (The costs of a U-Net over free height, width and depth need some 60.)
const MAX_TERMS: usize = 256;
/// The most products of terms that one multiplication makes.
const MAX_PRODUCTS: usize = 4096;
/// The highest degree.
const MAX_DEGREE: u32 = 16;
/// The most nodes of a formula written out as a tree. Sharing inside never makes work grow past it.
const MAX_NODES: usize = 2048;
/// How deep floors, minima and maxima may nest, and so how deep any recursion here goes.
const MAX_DEPTH: usize = 64;

/// A sum of terms.
///
/// Invariant: terms ascend by monomial, no monomial stands twice, no coefficient is 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Polynomial {
    /// The nodes of the tree; first, so that comparing different formulas is cheap.
    nodes: usize,
    depth: usize,
    terms: Vec<Term>,
}

/// A coefficient times a monomial.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Term {
    monomial: Monomial,
    coefficient: i128,
}

/// A product of powers of atoms, ascending by atom; 1 if there are none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Monomial {
    degree: u32,
    powers: Arc<[Power]>,
}

/// An atom to an exponent ≥ 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Power {
    atom: Atom,
    exponent: u32,
}

/// What the algebra does not look into.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Atom {
    /// An integer ≥ 1.
    Symbol(Arc<str>),
    /// Shared, so that a copy is cheap.
    Compound(Arc<Compound>),
}

/// An operation that is no polynomial, and what is known of its value.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Compound {
    nodes: usize,
    depth: usize,
    operation: Operation,
    /// Computed once, from the operation alone: nested formulas would else be bounded exponentially often.
    bounds: Bounds,
}

/// The operations that are no polynomials. Their arguments are normal forms.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Operation {
    /// `⌊dividend / divisor⌋`
    Floor { dividend: Polynomial, divisor: Polynomial },
    /// The least, or the greatest, of two or more arguments, ascending.
    Extremum(Extremum, Vec<Polynomial>),
}

impl Polynomial {
    /// A number.
    pub(super) fn number(n: i128) -> Polynomial {
        let terms =
            if n == 0 { Vec::new() } else { vec![Term { monomial: Monomial::one(), coefficient: n }] };
        Polynomial { nodes: terms.len(), depth: 0, terms }
    }

    /// A symbol: an integer ≥ 1 of which nothing else is known.
    pub(super) fn symbol(name: &str) -> Polynomial {
        let term = Term { monomial: Monomial::atom(Atom::Symbol(name.into())), coefficient: 1 };
        Polynomial { nodes: 2, depth: 0, terms: vec![term] }
    }

    /// The operation as a formula of its own.
    fn operation(operation: Operation) -> Option<Polynomial> {
        let arguments = operation.arguments();
        let nodes = arguments.iter().fold(1, |sum: usize, argument| sum.saturating_add(argument.nodes));
        let depth = arguments.iter().map(|argument| argument.depth).max()?.saturating_add(1);
        let bounds = operation.bounds();
        let atom = Atom::Compound(Arc::new(Compound { nodes, depth, operation, bounds }));
        Polynomial::from_terms(vec![Term { monomial: Monomial::atom(atom), coefficient: 1 }])
    }

    /// The sum of terms in any order: the one place where the invariant and the limits are made.
    fn from_terms(mut unsorted: Vec<Term>) -> Option<Polynomial> {
        unsorted.sort_by(|a, b| a.monomial.cmp(&b.monomial));
        let mut terms: Vec<Term> = Vec::with_capacity(unsorted.len());
        for term in unsorted {
            match terms.last_mut() {
                Some(last) if last.monomial == term.monomial => {
                    last.coefficient = last.coefficient.checked_add(term.coefficient)?;
                }
                _ => terms.push(term),
            }
        }
        terms.retain(|term| term.coefficient != 0);
        let nodes = terms.iter().fold(0, |sum: usize, term| sum.saturating_add(term.monomial.nodes()));
        let depth = terms.iter().map(|term| term.monomial.depth()).max().unwrap_or(0);
        let degree = terms.last().map_or(0, |term| term.monomial.degree);
        let small =
            terms.len() <= MAX_TERMS && nodes <= MAX_NODES && degree <= MAX_DEGREE && depth <= MAX_DEPTH;
        small.then_some(Polynomial { nodes, depth, terms })
    }

    /// The number, if it is one.
    pub(super) fn as_number(&self) -> Option<i128> {
        match self.terms.as_slice() {
            [] => Some(0),
            [term] if term.monomial.degree == 0 => Some(term.coefficient),
            _ => None,
        }
    }

    /// The constant term.
    fn constant(&self) -> i128 {
        self.terms.first().filter(|term| term.monomial.degree == 0).map_or(0, |term| term.coefficient)
    }

    /// The terms that are no constant.
    fn symbolic_terms(&self) -> impl Iterator<Item = &Term> {
        self.terms.iter().filter(|term| term.monomial.degree > 0)
    }

    /// The term of the highest monomial.
    fn leading(&self) -> Option<&Term> {
        self.terms.last()
    }

    /// The atom, if the formula is one and nothing else.
    fn as_atom(&self) -> Option<&Atom> {
        match self.terms.as_slice() {
            [term] if term.coefficient == 1 => term.monomial.as_atom(),
            _ => None,
        }
    }

    /// `self + other`
    pub(super) fn plus(&self, other: &Polynomial) -> Option<Polynomial> {
        Polynomial::from_terms(self.terms.iter().chain(&other.terms).cloned().collect())
    }

    /// Adds a formula of which every monomial stands here, without making a formula anew; false, and nothing added, where
    /// one does not or the sum has fewer.
    pub(super) fn absorb(&mut self, other: &Polynomial) -> bool {
        let sum = |(same, term): (usize, &Term)| {
            let is_term = |own: &Term| own.monomial == term.monomial;
            // Most formulas that are added up have the same terms.
            let at = match self.terms.get(same) {
                Some(own) if is_term(own) => same,
                _ => self.terms.iter().position(is_term)?,
            };
            let sum = self.terms.get(at)?.coefficient.checked_add(term.coefficient)?;
            (sum != 0).then_some((at, sum))
        };
        let sums: Option<SmallVec<[_; 8]>> = other.terms.iter().enumerate().map(sum).collect();
        let Some(sums) = sums else { return false };
        for (at, sum) in sums {
            if let Some(own) = self.terms.get_mut(at) {
                own.coefficient = sum;
            }
        }
        true
    }

    /// The same for a number.
    pub(super) fn absorb_number(&mut self, number: i128) -> bool {
        let constant = self.terms.first_mut().filter(|term| term.monomial.degree == 0);
        let Some(constant) = constant else { return false };
        match constant.coefficient.checked_add(number) {
            None | Some(0) => false,
            Some(sum) => {
                constant.coefficient = sum;
                true
            }
        }
    }

    /// `self - other`
    pub(super) fn minus(&self, other: &Polynomial) -> Option<Polynomial> {
        self.plus(&other.scaled(-1)?)
    }

    /// `self · other`
    pub(super) fn times(&self, other: &Polynomial) -> Option<Polynomial> {
        if let Some(factor) = other.as_number() {
            return self.scaled(factor);
        }
        if let Some(factor) = self.as_number() {
            return other.scaled(factor);
        }
        if self.terms.len().checked_mul(other.terms.len())? > MAX_PRODUCTS {
            return None;
        }
        let products = self.terms.iter().flat_map(|a| other.terms.iter().map(move |b| a.times(b)));
        Polynomial::from_terms(products.collect::<Option<_>>()?)
    }

    /// `factor · self`
    fn scaled(&self, factor: i128) -> Option<Polynomial> {
        if factor == 0 {
            return Some(Polynomial::number(0));
        }
        self.map_coefficients(|coefficient| coefficient.checked_mul(factor))
    }

    /// The same monomials with other coefficients, of which none may be 0.
    fn map_coefficients(&self, f: impl Fn(i128) -> Option<i128>) -> Option<Polynomial> {
        let term =
            |term: &Term| Some(Term { monomial: term.monomial.clone(), coefficient: f(term.coefficient)? });
        let terms = self.terms.iter().map(term).collect::<Option<_>>()?;
        Some(Polynomial { nodes: self.nodes, depth: self.depth, terms })
    }

    /// `self` to a power.
    pub(super) fn to_the(&self, exponent: u32) -> Option<Polynomial> {
        if let Some(n) = self.as_number() {
            return n.checked_pow(exponent).map(Polynomial::number);
        }
        if exponent > MAX_DEGREE {
            return None;
        }
        (0..exponent).try_fold(Polynomial::number(1), |product, _| product.times(self))
    }
}

impl Operation {
    fn arguments(&self) -> Vec<&Polynomial> {
        match self {
            Operation::Floor { dividend, divisor } => vec![dividend, divisor],
            Operation::Extremum(_, arguments) => arguments.iter().collect(),
        }
    }
}

impl Term {
    fn times(&self, other: &Term) -> Option<Term> {
        Some(Term {
            monomial: self.monomial.times(&other.monomial)?,
            coefficient: self.coefficient.checked_mul(other.coefficient)?,
        })
    }
}

impl Monomial {
    fn one() -> Monomial {
        Monomial { degree: 0, powers: Arc::default() }
    }

    fn atom(atom: Atom) -> Monomial {
        Monomial { degree: 1, powers: Arc::new([Power { atom, exponent: 1 }]) }
    }

    fn as_atom(&self) -> Option<&Atom> {
        self.powers.first().filter(|_| self.degree == 1).map(|power| &power.atom)
    }

    fn nodes(&self) -> usize {
        self.powers.iter().fold(1, |sum: usize, power| sum.saturating_add(power.atom.nodes()))
    }

    fn depth(&self) -> usize {
        self.powers.iter().map(|power| power.atom.depth()).max().unwrap_or(0)
    }

    fn times(&self, other: &Monomial) -> Option<Monomial> {
        if self.degree == 0 || other.degree == 0 {
            return Some(if self.degree == 0 { other.clone() } else { self.clone() });
        }
        let degree = self.degree.checked_add(other.degree).filter(|degree| *degree <= MAX_DEGREE)?;
        let mut both: Vec<Power> = self.powers.iter().chain(other.powers.iter()).cloned().collect();
        both.sort_by(|a, b| a.atom.cmp(&b.atom));
        let mut powers: Vec<Power> = Vec::with_capacity(both.len());
        for power in both {
            match powers.last_mut() {
                Some(last) if last.atom == power.atom => {
                    last.exponent = last.exponent.checked_add(power.exponent)?;
                }
                _ => powers.push(power),
            }
        }
        Some(Monomial { degree, powers: powers.into() })
    }

    /// `self / divisor`, where `divisor` divides it.
    fn divided_by(&self, divisor: &Monomial) -> Option<Monomial> {
        let degree = self.degree.checked_sub(divisor.degree)?;
        let mut rest = divisor.powers.iter().peekable();
        let mut powers = Vec::with_capacity(self.powers.len());
        for power in self.powers.iter() {
            let taken = rest.next_if(|other| other.atom == power.atom).map_or(0, |other| other.exponent);
            let exponent = power.exponent.checked_sub(taken)?;
            if exponent > 0 {
                powers.push(Power { atom: power.atom.clone(), exponent });
            }
        }
        rest.next().is_none().then(|| Monomial { degree, powers: powers.into() })
    }
}

/// By degree, then towards the earlier atoms: `1, H, W, H², H·W, W²`. Multiplication keeps the order, as the long
/// division needs.
impl Ord for Monomial {
    fn cmp(&self, other: &Monomial) -> Ordering {
        let by_degree = self.degree.cmp(&other.degree);
        let pairs = self.powers.iter().zip(other.powers.iter());
        pairs.fold(by_degree, |order, (a, b)| {
            order.then_with(|| a.atom.cmp(&b.atom)).then_with(|| b.exponent.cmp(&a.exponent))
        })
    }
}

impl PartialOrd for Monomial {
    fn partial_cmp(&self, other: &Monomial) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Atom {
    fn nodes(&self) -> usize {
        match self {
            Atom::Symbol(_) => 1,
            Atom::Compound(compound) => compound.nodes,
        }
    }

    fn depth(&self) -> usize {
        match self {
            Atom::Symbol(_) => 0,
            Atom::Compound(compound) => compound.depth,
        }
    }
}

/// Symbols by name, then operations, the simpler first.
impl Ord for Atom {
    fn cmp(&self, other: &Atom) -> Ordering {
        match (self, other) {
            (Atom::Symbol(a), Atom::Symbol(b)) => a.cmp(b),
            (Atom::Compound(a), Atom::Compound(b)) if Arc::ptr_eq(a, b) => Ordering::Equal,
            (Atom::Compound(a), Atom::Compound(b)) => a.cmp(b),
            (Atom::Symbol(_), Atom::Compound(_)) => Ordering::Less,
            (Atom::Compound(_), Atom::Symbol(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Atom {
    fn partial_cmp(&self, other: &Atom) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests;
