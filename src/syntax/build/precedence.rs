//! Operators by precedence: a flat list of operands and signs becomes a tree, one flat node for each level.
//!
//! Main function: [`Builder::by_precedence`]. Its depth is the number of levels, however long the list.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::{Builder, missing};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, InfixOp, PrefixOp};

/// A sign between two operands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Infix(InfixOp),
    Power,
}

/// Operands, and the signs between them: one sign fewer than operands.
#[derive(Default)]
pub(super) struct Terms {
    /// The prefixes before each operand, up to the last that has any.
    prefixes: Vec<Vec<(PrefixOp, Span)>>,
    pub(super) values: Vec<Expr>,
    pub(super) signs: Vec<(Sign, Span)>,
}

impl Terms {
    pub(super) fn push(&mut self, prefixes: Vec<(PrefixOp, Span)>, value: Expr) {
        if !prefixes.is_empty() {
            self.prefixes.resize_with(self.values.len(), Vec::new);
            self.prefixes.push(prefixes);
        }
        self.values.push(value);
    }

    /// The place of the first operand, its prefixes included.
    pub(super) fn first_span(&self) -> Span {
        let value = self.values.first().map(|value| value.span).unwrap_or_default();
        self.prefixes
            .first()
            .and_then(|prefixes| prefixes.first())
            .map_or(value, |(_, first)| first.to(value))
    }
}

/// A level of precedence.
enum Level {
    /// Operators that may follow each other.
    Left(&'static [InfixOp]),
    /// `not`
    Not,
    /// Operators of which one may stand.
    Single(&'static [InfixOp]),
}

/// From the weakest to the strongest; prefixes `-` and `**` bind more strongly than all.
const LEVELS: [Level; 6] = [
    Level::Left(&[InfixOp::Or]),
    Level::Left(&[InfixOp::And]),
    Level::Not,
    Level::Single(&[
        InfixOp::Equal,
        InfixOp::NotEqual,
        InfixOp::Less,
        InfixOp::LessEqual,
        InfixOp::Greater,
        InfixOp::GreaterEqual,
    ]),
    Level::Left(&[InfixOp::Add, InfixOp::Subtract]),
    Level::Left(&[
        InfixOp::Multiply,
        InfixOp::Divide,
        InfixOp::FloorDivide,
        InfixOp::Modulo,
        InfixOp::MatMul,
    ]),
];

/// The signs as they are written.
const SIGNS: [(&str, InfixOp); 15] = [
    ("*", InfixOp::Multiply),
    ("+", InfixOp::Add),
    ("-", InfixOp::Subtract),
    ("/", InfixOp::Divide),
    ("//", InfixOp::FloorDivide),
    ("%", InfixOp::Modulo),
    ("@", InfixOp::MatMul),
    ("==", InfixOp::Equal),
    ("!=", InfixOp::NotEqual),
    ("<", InfixOp::Less),
    ("<=", InfixOp::LessEqual),
    (">", InfixOp::Greater),
    (">=", InfixOp::GreaterEqual),
    ("and", InfixOp::And),
    ("or", InfixOp::Or),
];

/// The sign of a text.
pub(super) fn sign(text: &str) -> Sign {
    let infix = SIGNS.iter().find(|(written, _)| *written == text).map(|(_, op)| Sign::Infix(*op));
    infix.unwrap_or(Sign::Power)
}

struct Grouping {
    prefixes: Peekable<IntoIter<Vec<(PrefixOp, Span)>>>,
    values: IntoIter<Expr>,
    signs: Peekable<IntoIter<(Sign, Span)>>,
}

impl Builder<'_> {
    /// The tree of a list of operands.
    #[inline(never)]
    pub(super) fn by_precedence(&mut self, mut list: Terms) -> Expr {
        if list.signs.len() <= 1 && list.prefixes.is_empty() {
            return pair(&mut list);
        }
        list.prefixes.resize_with(list.values.len(), Vec::new);
        let mut grouping = Grouping {
            prefixes: list.prefixes.into_iter().peekable(),
            values: list.values.into_iter(),
            signs: list.signs.into_iter().peekable(),
        };
        self.level(&mut grouping, &LEVELS)
    }

    fn level(&mut self, grouping: &mut Grouping, levels: &[Level]) -> Expr {
        let Some((level, stronger)) = levels.split_first() else {
            return self.negation(grouping);
        };
        match level {
            Level::Not => self.not(grouping, stronger),
            Level::Left(ops) => self.infix(grouping, stronger, ops),
            Level::Single(ops) => {
                let expr = self.infix(grouping, stronger, ops);
                self.refuse_chained(expr, ops)
            }
        }
    }

    fn infix(&mut self, grouping: &mut Grouping, stronger: &[Level], ops: &[InfixOp]) -> Expr {
        let first = self.level(grouping, stronger);
        let mut others = Vec::new();
        while let Some((op, place)) = grouping.next_of(ops) {
            let right = self.level(grouping, stronger);
            others.push((op, place, right));
        }
        let Some((_, _, last)) = others.last() else {
            return first;
        };
        let span = first.span.to(last.span);
        Expr { span, kind: ExprKind::Infix(Box::new(first), others) }
    }

    /// Of these operators one may stand, not two in a row.
    fn refuse_chained(&mut self, expr: Expr, ops: &[InfixOp]) -> Expr {
        let ExprKind::Infix(first, others) = &expr.kind else {
            return expr;
        };
        let [(one, _, middle), (two, place, last), ..] = others.as_slice() else {
            return expr;
        };
        if !ops.contains(one) {
            return expr;
        }
        let [first, middle, last] = [first.span, middle.span, last.span].map(|span| self.clipped(span));
        let (one, two) = (one.sign(), two.sign());
        let help = format!("write `{first} {one} {middle} and {middle} {two} {last}`");
        let place = *place;
        self.report_with_help(place, "comparisons do not chain", help);
        missing(expr.span)
    }

    fn not(&mut self, grouping: &mut Grouping, stronger: &[Level]) -> Expr {
        let prefixes = grouping.take_prefixes(PrefixOp::Not);
        let value = self.level(grouping, stronger);
        prefixed(prefixes, value)
    }

    fn negation(&mut self, grouping: &mut Grouping) -> Expr {
        let prefixes = grouping.take_prefixes(PrefixOp::Negate);
        let value = self.power(grouping);
        prefixed(prefixes, value)
    }

    /// `a ** b ** c`. Only the last exponent may have a prefix, so that the list says all.
    fn power(&mut self, grouping: &mut Grouping) -> Expr {
        let first = self.term(grouping);
        if grouping.signs.peek().is_none_or(|(sign, _)| *sign != Sign::Power) {
            return first;
        }
        let mut operands = vec![first];
        while let Some((_, place)) = grouping.signs.next_if(|(sign, _)| *sign == Sign::Power) {
            let prefixes = grouping.take_prefixes(PrefixOp::Negate);
            let more = grouping.signs.peek().is_some_and(|(sign, _)| *sign == Sign::Power);
            if let (Some((_, negation)), true) = (prefixes.first(), more) {
                let message = "a `-` between two `**` can be read in two ways";
                self.report_with_help(place.to(*negation), message, "put the exponent in parentheses");
            }
            let exponent = self.term(grouping);
            operands.push(prefixed(prefixes, exponent));
        }
        match operands.as_slice() {
            [first, .., last] => {
                let span = first.span.to(last.span);
                Expr { span, kind: ExprKind::Power(operands) }
            }
            _ => operands.pop().unwrap_or_else(|| missing(Span::default())),
        }
    }

    /// An operand whose prefixes are taken, all but a `not` that stands where it cannot.
    fn term(&mut self, grouping: &mut Grouping) -> Expr {
        let (Some(prefixes), Some(value)) = (grouping.prefixes.next(), grouping.values.next()) else {
            return missing(Span::default());
        };
        if let Some((_, place)) = prefixes.first() {
            let operand = self.clipped(place.to(value.span));
            self.report_with_help(
                *place,
                "`not` binds more weakly than what stands before it",
                format!("write `({operand})`"),
            );
            return missing(place.to(value.span));
        }
        value
    }
}

/// One operand, or two with a sign between them, as most lists are: there is nothing to group.
fn pair(list: &mut Terms) -> Expr {
    let last = list.values.pop().unwrap_or_else(|| missing(Span::default()));
    let (Some((sign, place)), Some(first)) = (list.signs.pop(), list.values.pop()) else {
        return last;
    };
    let span = first.span.to(last.span);
    let kind = match sign {
        Sign::Infix(op) => ExprKind::Infix(Box::new(first), vec![(op, place, last)]),
        Sign::Power => ExprKind::Power(vec![first, last]),
    };
    Expr { span, kind }
}

impl Grouping {
    fn next_of(&mut self, ops: &[InfixOp]) -> Option<(InfixOp, Span)> {
        match self.signs.peek() {
            Some((Sign::Infix(op), place)) if ops.contains(op) => {
                let found = (*op, *place);
                self.signs.next();
                Some(found)
            }
            _ => None,
        }
    }

    /// Takes the prefixes of one kind that stand first before the next operand.
    fn take_prefixes(&mut self, kind: PrefixOp) -> Vec<(PrefixOp, Span)> {
        let Some(prefixes) = self.prefixes.peek_mut() else {
            return Vec::new();
        };
        let count = prefixes.iter().take_while(|(prefix, _)| *prefix == kind).count();
        let rest = prefixes.split_off(count);
        std::mem::replace(prefixes, rest)
    }
}

fn prefixed(prefixes: Vec<(PrefixOp, Span)>, value: Expr) -> Expr {
    match prefixes.first() {
        None => value,
        Some((_, first)) => {
            Expr { span: first.to(value.span), kind: ExprKind::Prefix(prefixes, Box::new(value)) }
        }
    }
}
