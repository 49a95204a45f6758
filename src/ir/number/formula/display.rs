//! Formulas as people write them: `7,077,888·T + 1,536·T²`, `T - 1`, `(T + 1) // 2`, `3·min(S, T)`.
//!
//! Main function: [`Polynomial::write`]. Terms ascend by degree and the constant stands last, but what is subtracted
//! follows what it is subtracted from.

use std::fmt::{self, Write};

use super::{Atom, Compound, Operation, Polynomial, Power, Term};

impl Polynomial {
    /// Writes it, numbers grouped by thousands or not.
    pub(in crate::ir) fn write(&self, out: &mut impl Write, group: bool) -> fmt::Result {
        let mut terms: Vec<&Term> = self.terms.iter().collect();
        terms.sort_by_key(|term| (term.coefficient < 0, term.monomial.degree == 0));
        if terms.is_empty() {
            return out.write_char('0');
        }
        for (i, term) in terms.into_iter().enumerate() {
            out.write_str(match (i, term.coefficient < 0) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            })?;
            term.write(out, group)?;
        }
        Ok(())
    }

    /// In parentheses, unless it is one factor.
    fn write_operand(&self, out: &mut impl Write, group: bool) -> fmt::Result {
        let is_one_factor = match self.terms.as_slice() {
            [] => true,
            [term] => match (term.coefficient, term.monomial.powers.as_ref()) {
                (0.., []) => true,
                (1, [power]) => power.exponent > 1 || power.atom.as_floor().is_none(),
                _ => false,
            },
            _ => false,
        };
        if is_one_factor {
            return self.write(out, group);
        }
        out.write_char('(')?;
        self.write(out, group)?;
        out.write_char(')')
    }
}

impl Term {
    /// Without its sign.
    fn write(&self, out: &mut impl Write, group: bool) -> fmt::Result {
        let coefficient = self.coefficient.unsigned_abs();
        let powers = self.monomial.powers.as_ref();
        if let (1, [Power { atom, exponent: 1 }]) = (coefficient, powers) {
            return atom.write(out, group);
        }
        if coefficient != 1 || powers.is_empty() {
            out.write_str(&number(coefficient, group))?;
        }
        for (i, power) in powers.iter().enumerate() {
            if i > 0 || coefficient != 1 {
                out.write_char('·')?;
            }
            power.write(out, group)?;
        }
        Ok(())
    }
}

impl Power {
    /// As a factor of a product.
    fn write(&self, out: &mut impl Write, group: bool) -> fmt::Result {
        if self.atom.as_floor().is_some() {
            out.write_char('(')?;
            self.atom.write(out, group)?;
            out.write_char(')')?;
        } else {
            self.atom.write(out, group)?;
        }
        if self.exponent == 1 { Ok(()) } else { write_superscript(out, self.exponent) }
    }
}

impl Atom {
    fn write(&self, out: &mut impl Write, group: bool) -> fmt::Result {
        match self {
            Atom::Symbol(name) => out.write_str(name),
            Atom::Compound(compound) => compound.write(out, group),
        }
    }
}

impl Compound {
    fn write(&self, out: &mut impl Write, group: bool) -> fmt::Result {
        match &self.operation {
            Operation::Floor { dividend, divisor } => {
                dividend.write_operand(out, group)?;
                out.write_str(" // ")?;
                divisor.write_operand(out, group)
            }
            Operation::Extremum(extremum, arguments) => {
                write!(out, "{}(", extremum.name())?;
                // Ascending, as everywhere, but numbers last: `min(T, 5)`.
                let (numbers, formulas): (Vec<_>, Vec<_>) =
                    arguments.iter().partition(|argument| argument.as_number().is_some());
                for (i, argument) in formulas.into_iter().chain(numbers).enumerate() {
                    out.write_str(if i == 0 { "" } else { ", " })?;
                    argument.write(out, group)?;
                }
                out.write_char(')')
            }
        }
    }
}

/// The number, grouped by thousands or not.
pub(in crate::ir) fn number(n: u128, group: bool) -> String {
    let digits = n.to_string();
    if !group {
        return digits;
    }
    let mut grouped = String::with_capacity(digits.len().saturating_mul(2));
    for (digit, left) in digits.chars().zip((0..digits.len()).rev()) {
        grouped.push(digit);
        if left > 0 && left.is_multiple_of(3) {
            grouped.push(',');
        }
    }
    grouped
}

fn write_superscript(out: &mut impl Write, exponent: u32) -> fmt::Result {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = exponent.to_string();
    let raised = digits.bytes().filter_map(|digit| DIGITS.get(usize::from(digit.checked_sub(b'0')?)));
    raised.copied().try_for_each(|digit| out.write_char(digit))
}
