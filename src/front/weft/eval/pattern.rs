//! Shape patterns: a caller's shape matched in a block, a model's input made.

use std::sync::Arc;

use super::Evaluator;
use super::frame::Frame;
use crate::diagnostic::Diagnostic;
use crate::front::weft::resolve::built_in::function;
use crate::front::weft::resolve::collect_names;
use crate::front::weft::value::Value;
use crate::ir::{Dimension, ElementType, Shape, Size, Tensor, TensorType};
use crate::source::{Location, Span};
use crate::syntax::ast::{DimPattern, DimPatternKind, Expr, ExprKind, Name, Stmt, StmtKind};

impl<'p> Evaluator<'p, '_> {
    /// `input x: [C, H, W]`
    pub fn input(&mut self, frame: &mut Frame<'p>, stmt: &'p Stmt) {
        let StmtKind::Input { name, integer, pattern, pattern_span, default } = &stmt.kind else { return };
        let dtype = if *integer { ElementType::Int64 } else { ElementType::Float32 };
        let value = if frame.sent.is_none() {
            self.model_input(frame, stmt, name, pattern, dtype)
        } else {
            let here = self.lower.calls.last().map_or_else(|| self.at(frame, stmt.span), |call| call.place);
            let tensor = match (self.take_sent(frame, &name.text, here), default) {
                (Some(tensor), _) => Some(tensor),
                (None, Some(default)) => {
                    let value = self.eval(frame, default);
                    let place = self.at(frame, default.span);
                    self.lower.tensors(value, place).and_then(|tensors| tensors.first().copied())
                }
                (None, None) => None,
            };
            match tensor {
                Some(tensor) if self.matches(frame, name, pattern, *pattern_span, dtype, tensor, here) => {
                    Value::Tensor(tensor)
                }
                _ => self.poison_pattern(frame, pattern),
            }
        };
        frame.bind_here(name.text.clone(), value);
    }

    /// Names of a pattern that did not match say nothing more.
    fn poison_pattern(&mut self, frame: &mut Frame<'p>, pattern: &'p [DimPattern]) -> Value {
        for dim in pattern {
            if let DimPatternKind::Expr(Expr { kind: ExprKind::Name(name), .. }) = &dim.kind
                && frame.find(name).is_none()
                && self.library.find(frame.unit, name).is_none()
            {
                frame.bind_here(name.clone(), Value::Poison);
            }
        }
        self.lower.poison()
    }

    /// The new name that an axis of a pattern is, if it is one.
    fn new_name<'e>(&self, frame: &Frame<'p>, expr: &'e Expr) -> Option<&'e Arc<str>> {
        match &expr.kind {
            ExprKind::Name(name)
                if frame.find(name).is_none() && self.library.find(frame.unit, name).is_none() =>
            {
                Some(name)
            }
            _ => None,
        }
    }

    // ── in a block ───────────────────────────────────────────────────────────────────────────────────────

    #[allow(clippy::too_many_arguments, reason = "a statement's parts and what is matched against them")]
    fn matches(
        &mut self,
        frame: &mut Frame<'p>,
        name: &Name,
        pattern: &'p [DimPattern],
        span: Span,
        dtype: ElementType,
        tensor: Tensor,
        here: Location,
    ) -> bool {
        let found = self.lower.type_of(tensor);
        let dims = found.shape.dims().to_vec();
        let leading = pattern.iter().position(|dim| matches!(dim.kind, DimPatternKind::Leading));
        let least = pattern.len().saturating_sub(usize::from(leading.is_some()));
        let fits = if leading.is_some() { dims.len() >= least } else { dims.len() == least };
        if !fits {
            let axes = |n: usize| if n == 1 { "1 axis".to_string() } else { format!("{n} axes") };
            let why = format!(
                "it has {}, not {}{}",
                axes(dims.len()),
                least,
                if leading.is_some() { " or more" } else { "" }
            );
            self.mismatch(frame, name, span, &found, &why, tensor, here);
            return false;
        }
        if found.dtype.is_integer() != dtype.is_integer() {
            let why = if dtype.is_integer() {
                "it holds fractions, not integers"
            } else {
                "it holds integers, not fractions"
            };
            self.mismatch(frame, name, span, &found, why, tensor, here);
            return false;
        }
        let before = leading.unwrap_or(0);
        let skipped = dims.len().saturating_sub(least);
        let axes = pattern.iter().enumerate().filter(|(_, dim)| !matches!(dim.kind, DimPatternKind::Leading));
        for (i, dim) in axes {
            let axis =
                if i < before || leading.is_none() { i } else { i.saturating_sub(1).saturating_add(skipped) };
            let Some(size) = dims.get(axis) else { return false };
            if let Some(why) = self.axis_mismatch(frame, dim, size, axis) {
                if !why.is_empty() {
                    self.mismatch(frame, name, span, &found, &why, tensor, here);
                }
                return false;
            }
        }
        true
    }

    /// Why an axis does not match, empty where that is said already; binds a new name.
    fn axis_mismatch(
        &mut self,
        frame: &mut Frame<'p>,
        dim: &'p DimPattern,
        size: &Size,
        axis: usize,
    ) -> Option<String> {
        let expr = match &dim.kind {
            DimPatternKind::Any | DimPatternKind::Leading => return None,
            DimPatternKind::Expr(expr) | DimPatternKind::Default(expr, _) => expr,
        };
        if let Some(new) = self.new_name(frame, expr) {
            frame.bind_here(new.clone(), Value::Size(size.clone()));
            return None;
        }
        let place = self.at(frame, dim.span);
        match self.eval(frame, expr) {
            Value::Size(expected) if expected.is_equal(size) == Some(true) => None,
            Value::Size(expected) => {
                let written = self.library.sources.text(place);
                let expected = format!("{expected:#}");
                let shown = if written == expected { expected } else { format!("`{written}` = {expected}") };
                Some(format!("axis {axis} is {size:#}, not {shown}"))
            }
            Value::Poison => {
                self.lower.failed = true;
                Some(String::new())
            }
            other => {
                let message = format!("an axis of a shape is a size, but this is {}", other.what());
                self.lower.error("wrong-kind", place, message);
                Some(String::new())
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "everything that the message says")]
    fn mismatch(
        &mut self,
        frame: &Frame<'p>,
        name: &Name,
        span: Span,
        found: &TensorType,
        why: &str,
        tensor: Tensor,
        here: Location,
    ) {
        let at = self.at(frame, span);
        let written = self.library.sources.text(at).to_string();
        let message = format!("`{}: {written}` is sent {found}: {why}", name.text);
        let error = Diagnostic::structural("shape-mismatch", here, message)
            .related(at, format!("`{}` is declared here", name.text));
        let from = self.lower.builder.origin_of(tensor).filter(|from| *from != here);
        self.lower.report(match from {
            Some(from) => error.related(from, format!("{found} since here")),
            None => error,
        });
    }

    // ── in a model ───────────────────────────────────────────────────────────────────────────────────────

    fn model_input(
        &mut self,
        frame: &mut Frame<'p>,
        stmt: &'p Stmt,
        name: &Name,
        pattern: &'p [DimPattern],
        dtype: ElementType,
    ) -> Value {
        let mut shape = Vec::new();
        for dim in pattern {
            match self.model_axis(frame, dim) {
                Some(size) => shape.push(size),
                None => return self.poison_pattern(frame, pattern),
            }
        }
        let here = self.at(frame, stmt.span);
        let shape = Shape::from(shape);
        if shape.elements().is_overflow() {
            return self.lower.error(
                "count-overflow",
                here,
                "the elements of this input cannot be counted in 128 bits",
            );
        }
        let doc = stmt.doc.as_deref().map(Arc::from);
        match self.lower.builder.input(&name.text, TensorType { shape, dtype }, doc, here) {
            Ok(port) => Value::Tensor(Tensor::Port(port)),
            Err(error) => {
                self.lower.build_error(error, &[], here);
                self.lower.poison()
            }
        }
    }

    fn model_axis(&mut self, frame: &mut Frame<'p>, dim: &'p DimPattern) -> Option<Size> {
        let place = self.at(frame, dim.span);
        let size = match &dim.kind {
            DimPatternKind::Any | DimPatternKind::Leading => {
                let error = Diagnostic::structural(
                    "wrong-kind",
                    place,
                    "a model's input has a shape of its own: nobody sends it one",
                );
                self.lower.report(
                    error.help("write a number, or a name for a size that stays open: `T`, `T = 1024`"),
                );
                return None;
            }
            DimPatternKind::Expr(expr) => {
                self.new_symbols(frame, expr, None);
                self.eval(frame, expr)
            }
            DimPatternKind::Default(expr, default) => {
                let value = self.eval(frame, default);
                let at = self.at(frame, default.span);
                let default = self.number(&value, "a default", at)?;
                self.new_symbols(frame, expr, Some((default, at)));
                self.eval(frame, expr)
            }
        };
        match size {
            Value::Size(size) if size.is_less(&Size::from(1)) == Some(true) => {
                self.lower.error(
                    "empty-output",
                    place,
                    format!("an input's extent is at least 1, but this is {size:#}"),
                );
                None
            }
            Value::Size(size) => Some(size),
            Value::Poison => {
                self.lower.failed = true;
                None
            }
            Value::Float(_) => {
                let error = Diagnostic::structural(
                    "wrong-kind",
                    place,
                    "a size is an integer, but this is a fraction",
                );
                self.lower.report(
                    error.help("a point or an exponent makes a fraction; `26M` and `2.5k` are integers"),
                );
                None
            }
            other => {
                self.lower.error(
                    "wrong-kind",
                    place,
                    format!("an axis of a shape is a size, but this is {}", other.what()),
                );
                None
            }
        }
    }

    /// Makes symbols of the new names of an axis, with the default that gives the whole axis its own.
    fn new_symbols(&mut self, frame: &mut Frame<'p>, expr: &'p Expr, default: Option<(i128, Location)>) {
        let mut names = Vec::new();
        collect_names(expr, &mut names);
        names.retain(|(name, _)| {
            frame.find(name).is_none()
                && self.library.find(frame.unit, name).is_none()
                && function(name).is_none()
        });
        for (name, span) in names {
            if frame.find(&name).is_some() {
                continue;
            }
            let place = self.at(frame, span);
            if let Some(value) = self.set_value(&name) {
                let known = self.number(&value, &format!("`{name}`"), place).map(Size::from);
                let value = match known {
                    Some(size) if size.is_less(&Size::from(1)) == Some(true) => self.lower.error(
                        "empty-output",
                        place,
                        format!("`{name}` is at least 1, but it is set to {size:#}"),
                    ),
                    Some(size) => Value::Size(size),
                    None => Value::Poison,
                };
                frame.bind_here(name.clone(), value);
                continue;
            }
            frame.bind_here(name.clone(), Value::Size(Size::symbol(&name)));
            let default = match default {
                None => None,
                Some((whole, at)) => {
                    let size = self.eval(frame, expr);
                    let solved = solve(&size, &name, whole);
                    if solved.is_none() && !size.is_poison() {
                        let written = self.library.sources.text(self.at(frame, expr.span)).to_string();
                        let message = format!("`{written}` is {whole} for no `{name}` ≥ 1");
                        self.lower.error("invalid-argument", at, message);
                    }
                    solved
                }
            };
            self.lower.builder.dimension(Dimension { name, default, least: 1 });
        }
    }
}

/// The value of a symbol for which a formula that is linear in it has a given value.
fn solve(size: &Value, symbol: &str, whole: i128) -> Option<i128> {
    let Value::Size(size) = size else { return None };
    let at = |n: i128| size.at(&|name: &str| (name == symbol).then_some(n));
    let (one, two) = (at(1)?, at(2)?);
    let slope = two.checked_sub(one)?;
    let steps = whole.checked_sub(one)?.checked_div(slope)?;
    let solution = steps.checked_add(1)?;
    (solution >= 1 && at(solution)? == whole).then_some(solution)
}
