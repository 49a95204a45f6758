//! Assertions, judged at the defaults of the symbolic sizes.

use std::sync::Arc;

use foldhash::HashSet;

use super::Evaluator;
use super::frame::Frame;
use crate::front::weft::resolve::collect_names;
use crate::front::weft::value::Value;
use crate::ir::{Assertion, Budget, Count, CountSum, Measure, NodeId, Role, Size, WeightId};
use crate::syntax::ast::{Expr, ExprKind, InfixOp, Stmt, StmtKind};

impl<'p> Evaluator<'p, '_> {
    /// `assert condition, "message"`: at its place, or at the end of its item where it is about totals.
    pub fn assert(&mut self, frame: &mut Frame<'p>, stmt: &'p Stmt) {
        let StmtKind::Assert { condition, .. } = &stmt.kind else { return };
        if measures(frame, condition) {
            frame.asserts.push((frame.unit, stmt));
        } else {
            self.value_at_defaults(frame, stmt, None);
        }
    }

    /// The assertions about totals, once these are known.
    pub fn deferred(&mut self, frame: &mut Frame<'p>) {
        if frame.asserts.is_empty() {
            return;
        }
        let (params, macs) = self.totals_since(frame.first);
        let waiting = std::mem::take(&mut frame.asserts);
        let own = frame.unit;
        for (unit, stmt) in waiting {
            frame.unit = unit;
            frame.enter_round();
            for (name, count) in [("params", &params), ("macs", &macs)] {
                if frame.find(name).is_none() {
                    frame.bind_here(name.into(), Value::Size(count.to_size()));
                }
            }
            self.value_at_defaults(frame, stmt, Some((&params, &macs)));
            frame.leave_round();
        }
        frame.unit = own;
    }

    /// Parameters and MACs of what was added since.
    fn totals_since(&self, (node, tensor): (usize, usize)) -> (Count, Count) {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let mut tensors: HashSet<WeightId> =
            (number(tensor)..number(self.lower.builder.graph().weight_count())).map(WeightId).collect();
        let mut macs = CountSum::default();
        for id in (number(node)..number(self.lower.builder.graph().len())).map(NodeId) {
            if let Some(node) = self.lower.builder.graph().node(id) {
                tensors.extend(node.weights.iter().copied());
                macs.add(&node.operation.macs);
            }
        }
        let learned = tensors.into_iter().filter_map(|id| self.lower.builder.graph().weight(id));
        let params = learned.filter(|w| w.role == Role::Parameter).map(|w| w.shape.elements()).sum();
        (params, macs.total())
    }

    fn value_at_defaults(&mut self, frame: &mut Frame<'p>, stmt: &'p Stmt, totals: Option<(&Count, &Count)>) {
        let StmtKind::Assert { condition, message } = &stmt.kind else { return };
        self.lower.judging = true;
        self.at_defaults = false;
        let holds = self.condition(frame, condition);
        let sides = self.sides(frame, condition);
        self.lower.judging = false;
        let Some(holds) = holds else { return };
        let budget = totals.and_then(|totals| self.budget(&sides, totals));
        let assertion = Assertion {
            holds,
            at_defaults: self.at_defaults,
            message: message.clone(),
            sides: sides.map(|sides| (shown(&sides.left), shown(&sides.right))),
            budget,
            scope: frame.site.scope,
            origin: self.at(frame, stmt.span),
        };
        self.lower.builder.assertion(assertion);
    }

    fn sides(&mut self, frame: &mut Frame<'p>, condition: &'p Expr) -> Option<Sides> {
        let ExprKind::Infix(left, rest) = &condition.kind else { return None };
        let [(op, _, right)] = rest.as_slice() else { return None };
        let compares = matches!(
            op,
            InfixOp::Equal
                | InfixOp::NotEqual
                | InfixOp::Less
                | InfixOp::LessEqual
                | InfixOp::Greater
                | InfixOp::GreaterEqual
        );
        compares.then(|| Sides {
            measures: (measured(left), measured(right)),
            op: *op,
            left: self.eval(frame, left),
            right: self.eval(frame, right),
        })
    }

    /// The bound from above that a comparison puts on a total.
    fn budget(&self, sides: &Option<Sides>, (params, macs): (&Count, &Count)) -> Option<Budget> {
        let sides = sides.as_ref()?;
        let (measure, bound) = match (sides.measures, sides.op) {
            ((Some(measure), None), InfixOp::Less | InfixOp::LessEqual) => (measure, &sides.right),
            ((None, Some(measure)), InfixOp::Greater | InfixOp::GreaterEqual) => (measure, &sides.left),
            _ => return None,
        };
        let count = match measure {
            Measure::Parameters => params,
            Measure::Macs => macs,
        };
        let Value::Size(bound) = bound else { return None };
        let large = self.lower.large();
        Some(Budget { measure, actual: count.at(&large)?, bound: bound.at(&large)? })
    }
}

/// A comparison's two sides.
struct Sides {
    measures: (Option<Measure>, Option<Measure>),
    op: InfixOp,
    left: Value,
    right: Value,
}

fn measured(expr: &Expr) -> Option<Measure> {
    match &expr.kind {
        ExprKind::Name(name) if &**name == "params" => Some(Measure::Parameters),
        ExprKind::Name(name) if &**name == "macs" => Some(Measure::Macs),
        _ => None,
    }
}

/// True where a condition reads the totals of its item.
fn measures(frame: &Frame, condition: &Expr) -> bool {
    let mut names = Vec::new();
    every_name(condition, &mut names);
    names.iter().any(|name| matches!(&**name, "params" | "macs") && frame.find(name).is_none())
}

fn every_name(expr: &Expr, names: &mut Vec<Arc<str>>) {
    let mut own = Vec::new();
    collect_names(expr, &mut own);
    names.extend(own.into_iter().map(|(name, _)| name));
    match &expr.kind {
        ExprKind::List(values) | ExprKind::Tuple(values) => {
            values.iter().for_each(|value| every_name(value, names));
        }
        ExprKind::Postfix(base, trailers) => {
            every_name(base, names);
            for trailer in trailers {
                if let crate::syntax::ast::TrailerKind::Call(arguments) = &trailer.kind {
                    arguments.iter().for_each(|argument| every_name(&argument.value, names));
                }
            }
        }
        ExprKind::Infix(first, rest) => {
            every_name(first, names);
            rest.iter().for_each(|(_, _, operand)| every_name(operand, names));
        }
        ExprKind::Prefix(_, inner) | ExprKind::Paren(inner) => every_name(inner, names),
        ExprKind::If(arms, otherwise) => {
            arms.iter().for_each(|(condition, value)| {
                every_name(condition, names);
                every_name(value, names);
            });
            otherwise.iter().for_each(|value| every_name(value, names));
        }
        _ => {}
    }
}

/// A value as a message shows it: large integers are grouped.
fn shown(value: &Value) -> String {
    match value {
        Value::Size(size) if size.is_less(&Size::from(0)) == Some(false) => Count::from(size).to_string(),
        value => value.attribute().map_or_else(|| value.what().to_string(), |value| value.to_string()),
    }
}
