//! Expressions to values. Tensor arithmetic becomes layers of the catalogue on the way.

use std::sync::Arc;

use super::Evaluator;
use super::arithmetic::{self, EvalError};
use super::frame::Frame;
use crate::diagnostic::Diagnostic;
use crate::front::weft::lower::naming::layer_name;
use crate::front::weft::lower::set_help;
use crate::front::weft::value::{Layer, LayerTemplate, Value};
use crate::ir::Tensor;
use crate::source::{Location, Span};
use crate::syntax::ast::{Expr, ExprKind, InfixOp, PrefixOp};

/// The longest list, and the most repetitions.
pub(super) const LIST_LIMIT: i128 = 1_000_000;

impl<'p> Evaluator<'p, '_> {
    /// The value of an expression.
    pub fn eval(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Value {
        let place = self.at(frame, expr.span);
        if !self.lower.step(1, place) {
            return Value::Poison;
        }
        match &expr.kind {
            ExprKind::Missing => self.lower.poison(),
            ExprKind::Int(n) => Value::size(*n),
            ExprKind::Float(x) => Value::Float(*x),
            ExprKind::Str(text) => Value::Text(text.clone()),
            ExprKind::Bool(flag) => Value::Flag(*flag),
            ExprKind::None => Value::None,
            ExprKind::Name(name) => self.name(frame, name, place),
            _ => {
                let value = self.deeper(place, |builder| builder.compound(frame, expr, place));
                self.bounded(value, place)
            }
        }
    }

    fn compound(&mut self, frame: &mut Frame<'p>, expr: &'p Expr, place: Location) -> Value {
        match &expr.kind {
            ExprKind::List(values) | ExprKind::Tuple(values) => {
                let values = values.iter().map(|value| self.eval(frame, value).first()).collect();
                Value::list(values)
            }
            ExprKind::Paren(inner) => self.eval(frame, inner),
            ExprKind::Prefix(operators, operand) => {
                let value = self.eval(frame, operand).first();
                operators.iter().rev().fold(value, |value, (op, _)| self.prefix(frame, *op, value, place))
            }
            ExprKind::Infix(first, rest) => self.infixes(frame, first, rest),
            ExprKind::Power(operands) => self.powers(frame, operands, place),
            ExprKind::Postfix(base, trailers) => self.postfix(frame, base, trailers, place),
            ExprKind::Range(from, to) => self.range(frame, from, to, place),
            ExprKind::If(arms, otherwise) => match self.chosen(frame, arms, otherwise.as_deref()) {
                Chosen::Branch(branch) => self.eval(frame, branch),
                Chosen::Nothing => Value::Layer(Layer::new(LayerTemplate::Pass, place)),
                Chosen::Unknown => self.lower.poison(),
            },
            ExprKind::Chain(stages) => self.chain(frame, stages, place),
            _ => Value::Poison,
        }
    }

    /// The branch that an `if` expression takes.
    pub fn chosen(
        &mut self,
        frame: &mut Frame<'p>,
        arms: &'p [(Expr, Expr)],
        otherwise: Option<&'p Expr>,
    ) -> Chosen<'p> {
        for (condition, branch) in arms {
            match self.condition(frame, condition) {
                Some(true) => return Chosen::Branch(branch),
                Some(false) => {}
                None => return Chosen::Unknown,
            }
        }
        otherwise.map_or(Chosen::Nothing, Chosen::Branch)
    }

    /// Whether a condition holds; `None` where it is no boolean, which is reported.
    pub fn condition(&mut self, frame: &mut Frame<'p>, condition: &'p Expr) -> Option<bool> {
        let value = self.eval(frame, condition);
        self.flag(value, self.at(frame, condition.span))
    }

    fn flag(&mut self, value: Value, place: Location) -> Option<bool> {
        match value {
            Value::Flag(flag) => Some(flag),
            Value::Poison => {
                self.lower.failed = true;
                None
            }
            other => {
                let error = Diagnostic::structural(
                    "wrong-kind",
                    place,
                    format!("a condition is `true` or `false`, but this is {}", other.what()),
                );
                self.lower.report(match other {
                    Value::Size(_) => error.help("compare it: `n > 0`"),
                    Value::None => error.help("compare it: `value == none`"),
                    _ => error,
                });
                None
            }
        }
    }

    // ── operators ────────────────────────────────────────────────────────────────────────────────────────

    fn prefix(&mut self, frame: &mut Frame<'p>, op: PrefixOp, value: Value, place: Location) -> Value {
        match (op, value) {
            (_, Value::Poison) => self.lower.poison(),
            (PrefixOp::Not, value) => match self.flag(value, place) {
                Some(flag) => Value::Flag(!flag),
                None => Value::Poison,
            },
            (PrefixOp::Negate, Value::Tensor(tensor)) => self.operator(frame, "Neg", &[tensor], &[], place),
            (PrefixOp::Negate, value) => match arithmetic::negate(&value) {
                Ok(value) => value,
                Err(fault) => self.eval_error(place, fault),
            },
        }
    }

    fn infixes(
        &mut self,
        frame: &mut Frame<'p>,
        first: &'p Expr,
        rest: &'p [(InfixOp, Span, Expr)],
    ) -> Value {
        if let Some((op @ (InfixOp::Or | InfixOp::And), ..)) = rest.first() {
            return self.logic(frame, first, rest, *op == InfixOp::Or);
        }
        let mut value = self.eval(frame, first).first();
        let mut span = first.span;
        for (op, sign, operand) in rest {
            let other = self.eval(frame, operand).first();
            let left = self.at(frame, span);
            let right = self.at(frame, operand.span);
            span = span.to(operand.span);
            let places = Places { whole: self.at(frame, span), sign: self.at(frame, *sign), left, right };
            value = self.infix(frame, *op, value, other, &places);
        }
        value
    }

    fn logic(
        &mut self,
        frame: &mut Frame<'p>,
        first: &'p Expr,
        rest: &'p [(InfixOp, Span, Expr)],
        ends_at: bool,
    ) -> Value {
        for operand in std::iter::once(first).chain(rest.iter().map(|(_, _, operand)| operand)) {
            match self.condition(frame, operand) {
                Some(flag) if flag == ends_at => return Value::Flag(flag),
                Some(_) => {}
                None => return Value::Poison,
            }
        }
        Value::Flag(!ends_at)
    }

    fn infix(&mut self, frame: &mut Frame<'p>, op: InfixOp, a: Value, b: Value, places: &Places) -> Value {
        if a.is_poison() || b.is_poison() {
            return self.lower.poison();
        }
        match op {
            InfixOp::Equal | InfixOp::NotEqual => {
                let equal = arithmetic::equal(&a, &b);
                self.decided(equal, op == InfixOp::NotEqual, &a, &b, places.whole, |a, b| a == b)
            }
            InfixOp::Less | InfixOp::GreaterEqual => {
                let less = arithmetic::less(&a, &b);
                self.decided(less, op == InfixOp::GreaterEqual, &a, &b, places.whole, |a, b| a < b)
            }
            InfixOp::Greater | InfixOp::LessEqual => {
                let less = arithmetic::less(&b, &a);
                self.decided(less, op == InfixOp::LessEqual, &b, &a, places.whole, |a, b| a < b)
            }
            InfixOp::Multiply if matches!(a, Value::Layer(_)) => self.repeated(a, &b, places),
            _ if matches!(a, Value::Tensor(_)) || matches!(b, Value::Tensor(_)) => {
                self.tensor_infix(frame, op, a, b, places)
            }
            _ => match arithmetic::infix(op, &a, &b) {
                Ok(value) => self.bounded(value, places.whole),
                Err(fault) => self.eval_error(places.whole, fault),
            },
        }
    }

    /// A comparison's outcome. What symbols leave open is an error, but in an `assert`, where the defaults decide.
    fn decided(
        &mut self,
        outcome: Result<Option<bool>, EvalError>,
        negated: bool,
        a: &Value,
        b: &Value,
        place: Location,
        at_defaults: impl Fn(i128, i128) -> bool,
    ) -> Value {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(fault) => return self.eval_error(place, fault),
        };
        if let Some(outcome) = outcome {
            return Value::Flag(outcome != negated);
        }
        if let (Value::List(a), Value::List(b)) = (a, b) {
            let pairs: Vec<_> =
                a.iter().zip(b.iter()).map(|(a, b)| (self.judged(a), self.judged(b))).collect();
            if self.lower.judging {
                self.at_defaults = true;
                return Value::Flag(pairs.iter().all(|(a, b)| a == b) != negated);
            }
        }
        let (Some(x), Some(y)) = (self.judged(a), self.judged(b)) else { return self.lower.poison() };
        if self.lower.judging {
            self.at_defaults = true;
            return Value::Flag(at_defaults(x, y) != negated);
        }
        let symbolic = [a, b].into_iter().filter_map(|value| match value {
            Value::Size(size) if size.is_symbolic() => Some(size),
            _ => None,
        });
        let symbolic: Vec<_> = symbolic.collect();
        let sizes: Vec<_> = symbolic.iter().map(|size| format!("`{size:#}`")).collect();
        let error = Diagnostic::structural(
            "undecided",
            place,
            format!("whether this holds depends on {}", sizes.join(" and ")),
        );
        self.lower
            .report(symbolic.first().map(|size| set_help(size)).into_iter().fold(error, Diagnostic::help))
    }

    /// A size as a number at the defaults; a symbol without one counts as large.
    fn judged(&self, value: &Value) -> Option<i128> {
        match value {
            Value::Size(size) => size.at(&self.lower.large()),
            _ => None,
        }
    }

    fn repeated(&mut self, layer: Value, count: &Value, places: &Places) -> Value {
        let Value::Layer(layer) = layer else { return self.lower.poison() };
        match self.number(count, "the number of repetitions", places.right) {
            None => Value::Poison,
            Some(n) if n < 0 => {
                let message = format!("a layer cannot be repeated {n} times");
                self.lower.error("invalid-argument", places.right, message)
            }
            Some(n) if n > LIST_LIMIT => {
                let message =
                    format!("{n} repetitions are more than the {LIST_LIMIT} layers a model can have");
                self.lower.error("limit", places.right, message)
            }
            Some(0) => Value::Layer(Layer::new(LayerTemplate::Pass, places.whole)),
            Some(n) => match layer.template {
                LayerTemplate::Pass => Value::Layer(layer),
                _ => {
                    let count = u32::try_from(n).unwrap_or(u32::MAX);
                    Value::Layer(Layer::new(LayerTemplate::Repeat(Arc::new(layer), count), places.whole))
                }
            },
        }
    }

    fn tensor_infix(
        &mut self,
        frame: &mut Frame<'p>,
        op: InfixOp,
        a: Value,
        b: Value,
        places: &Places,
    ) -> Value {
        let kind = match op {
            InfixOp::Add => "Add",
            InfixOp::Subtract => "Sub",
            InfixOp::Multiply => "Mul",
            InfixOp::Divide => "Div",
            InfixOp::MatMul => "MatMul",
            _ => {
                let message = format!("`{}` takes numbers, not tensors", op.sign());
                return self.lower.error("wrong-kind", places.sign, message);
            }
        };
        match (&a, &b) {
            (Value::Tensor(a), Value::Tensor(b)) => {
                self.operator_at(frame, kind, &[*a, *b], &[], places.whole, &[places.left, places.right])
            }
            (Value::Tensor(tensor), number @ (Value::Size(_) | Value::Float(_))) if op != InfixOp::MatMul => {
                self.operator(frame, kind, &[*tensor], &[("scalar", number.clone())], places.whole)
            }
            (number @ (Value::Size(_) | Value::Float(_)), Value::Tensor(tensor)) if op != InfixOp::MatMul => {
                let commutes = matches!(op, InfixOp::Add | InfixOp::Multiply);
                let reversed = (!commutes).then_some(("reversed", Value::Flag(true)));
                let arguments: Vec<_> = std::iter::once(("scalar", number.clone())).chain(reversed).collect();
                self.operator(frame, kind, &[*tensor], &arguments, places.whole)
            }
            _ => {
                let error = Diagnostic::structural(
                    "wrong-kind",
                    places.whole,
                    format!(
                        "`{}` takes two tensors or a tensor and a number, but this is {} and {}",
                        op.sign(),
                        a.what(),
                        b.what()
                    ),
                );
                let layer = matches!(a, Value::Layer(_)) || matches!(b, Value::Layer(_));
                let list = matches!(a, Value::List(_)) || matches!(b, Value::List(_));
                self.lower.report(if layer {
                    error.help("a layer is applied to a tensor first: `(x -> Layer) + y`")
                } else if list {
                    error.help("a list of tensors grows by a list: `list + [x]`; its entries are `list[0]` …")
                } else {
                    error
                })
            }
        }
    }

    fn powers(&mut self, frame: &mut Frame<'p>, operands: &'p [Expr], place: Location) -> Value {
        let values: Vec<_> = operands.iter().map(|operand| self.eval(frame, operand).first()).collect();
        let mut values = values.into_iter().rev();
        let Some(mut result) = values.next() else { return self.lower.poison() };
        for base in values {
            if let (Value::Tensor(tensor), Value::Size(exponent)) = (&base, &result)
                && exponent.as_number() == Some(2)
            {
                result = self.operator(frame, "Square", &[*tensor], &[], place);
                continue;
            }
            result = match arithmetic::power(&base, &result) {
                Ok(value) => value,
                Err(fault) => self.eval_error(place, fault),
            };
        }
        if result.is_poison() { self.lower.poison() } else { result }
    }

    fn range(&mut self, frame: &mut Frame<'p>, from: &'p Expr, to: &'p Expr, place: Location) -> Value {
        let (a, b) = (self.eval(frame, from), self.eval(frame, to));
        let (from, to) = (self.at(frame, from.span), self.at(frame, to.span));
        let a = self.number(&a, "where a range begins", from);
        let b = self.number(&b, "where a range ends", to);
        let (Some(a), Some(b)) = (a, b) else { return self.lower.poison() };
        let length = b.saturating_sub(a).max(0);
        if length > LIST_LIMIT {
            let message =
                format!("a range of {length} numbers is longer than the {LIST_LIMIT} that are allowed");
            return self.lower.error("limit", place, message);
        }
        if !self.lower.step(length.unsigned_abs() as u64 / 8, place) {
            return Value::Poison;
        }
        Value::list((a..b.max(a)).map(Value::size).collect())
    }

    /// The integer that shapes the graph; reported where it is none.
    pub fn number(&mut self, value: &Value, what: &str, place: Location) -> Option<i128> {
        match value {
            Value::Size(size) => match size.as_number() {
                Some(n) => return Some(n),
                None => {
                    self.lower.undecided(what, size, place);
                }
            },
            Value::Poison => self.lower.failed = true,
            other => {
                let error = Diagnostic::structural(
                    "wrong-kind",
                    place,
                    format!("{what} is an integer, but this is {}", other.what()),
                );
                self.lower.report(match other {
                    Value::Float(_) => error.help("`floor`, `ceil` or `round` make an integer of a fraction"),
                    _ => error,
                });
            }
        }
        None
    }

    /// A layer of the catalogue, applied by an operator.
    pub fn operator(
        &mut self,
        frame: &mut Frame<'p>,
        kind: &'static str,
        inputs: &[Tensor],
        arguments: &[(&'static str, Value)],
        place: Location,
    ) -> Value {
        self.operator_at(frame, kind, inputs, arguments, place, &[])
    }

    /// The same, where it is known where the operands are.
    pub fn operator_at(
        &mut self,
        frame: &mut Frame<'p>,
        kind: &'static str,
        inputs: &[Tensor],
        arguments: &[(&'static str, Value)],
        here: Location,
        operands: &[Location],
    ) -> Value {
        let Some(call) = self.lower.call_with(kind, arguments, here) else { return self.lower.poison() };
        let site = self.lower.unlabelled(&frame.site, layer_name(kind), &mut frame.counters, here);
        self.lower.apply_leaf(&call, inputs, &site, here, operands)
    }
}

/// Which branch an `if` takes.
pub(super) enum Chosen<'p> {
    Branch(&'p Expr),
    Nothing,
    Unknown,
}

/// Where an operator and its operands stand.
struct Places {
    whole: Location,
    sign: Location,
    left: Location,
    right: Location,
}
