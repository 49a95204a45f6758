//! What a formula is at given values of its symbols, and which symbols these are.
//!
//! Both walk the formula as a tree, whose size is limited.

use std::collections::BTreeSet;

use super::divide::floor;
use super::{Atom, Operation, Polynomial};
use crate::ir::Defaults;

impl Polynomial {
    /// The number at given values. `None` where a symbol has none, a divisor is 0, or a step passes 128 bits.
    pub(in crate::ir) fn at(&self, values: Defaults) -> Option<i128> {
        self.terms.iter().try_fold(0, |sum: i128, term| {
            let product = term.monomial.powers.iter().try_fold(term.coefficient, |product, power| {
                product.checked_mul(power.atom.at(values)?.checked_pow(power.exponent)?)
            });
            sum.checked_add(product?)
        })
    }

    /// The names of the symbols.
    pub(in crate::ir) fn symbols(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.collect_symbols(&mut names);
        names
    }

    fn collect_symbols<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        for power in self.terms.iter().flat_map(|term| term.monomial.powers.iter()) {
            match &power.atom {
                Atom::Symbol(name) => {
                    names.insert(name);
                }
                Atom::Compound(compound) => {
                    compound
                        .operation
                        .arguments()
                        .iter()
                        .for_each(|argument| argument.collect_symbols(names));
                }
            }
        }
    }
}

impl Atom {
    fn at(&self, values: Defaults) -> Option<i128> {
        match self {
            Atom::Symbol(name) => values(name),
            Atom::Compound(compound) => match &compound.operation {
                Operation::Floor { dividend, divisor } => floor(dividend.at(values)?, divisor.at(values)?),
                Operation::Extremum(extremum, arguments) => {
                    let numbers = arguments.iter().map(|argument| argument.at(values));
                    numbers.reduce(|a, b| Some(extremum.of(a?, b?)))?
                }
            },
        }
    }
}
