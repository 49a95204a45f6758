//! Statements, run one after the other.

use std::sync::Arc;

use super::frame::{BodyResult, Frame};
use super::{DeclaredLayer, Evaluator};
use crate::diagnostic::Diagnostic;
use crate::front::weft::value::{DeclaredLayerId, Label, Layer, LayerTemplate, Value};
use crate::ir::{ElementType, Role, Shape, Size, Tensor, Weight, join};
use crate::source::Location;
use crate::syntax::ast::{self, Expr, ExprKind, Name, Stmt, StmtKind, Targets};

impl<'p> Evaluator<'p, '_> {
    /// Runs statements in order.
    pub fn run(&mut self, frame: &mut Frame<'p>, body: &'p [Stmt]) {
        for stmt in body {
            let place = self.at(frame, stmt.span);
            if !self.lower.step(1, place) {
                return;
            }
            frame.site.doc = stmt.doc.as_deref().map(Arc::from);
            self.statement(frame, stmt);
            frame.site.doc = None;
        }
    }

    fn statement(&mut self, frame: &mut Frame<'p>, stmt: &'p Stmt) {
        match &stmt.kind {
            StmtKind::Input { .. } => self.input(frame, stmt),
            StmtKind::Assign { targets, value } => self.assign(frame, targets, value),
            StmtKind::Let { targets, value } => self.bind_let(frame, targets, value),
            StmtKind::Layer { name, label, value } => self.declare(frame, name, label.as_ref(), value),
            StmtKind::Param { .. } => self.parameter(frame, stmt),
            StmtKind::For { index, element, over, body } => {
                self.repeat(frame, index.as_ref(), element, over, body);
            }
            StmtKind::If { arms, otherwise } => self.choose(frame, arms, otherwise.as_deref()),
            StmtKind::Assert { .. } => self.assert(frame, stmt),
            StmtKind::Output { name, values } => self.output(frame, name.as_ref(), values),
            StmtKind::Bad { words } => self.unread(frame, words),
        }
    }

    /// A statement that could not be read: what it binds is unknown.
    fn unread(&mut self, frame: &mut Frame<'p>, words: &[Arc<str>]) {
        self.lower.failed = true;
        frame.unread.extend(words.iter().cloned());
        if let Some(first) = words.first() {
            self.bind_poison(frame, first);
        }
    }

    fn bind_poison(&mut self, frame: &mut Frame<'p>, name: &Arc<str>) {
        self.lower.failed = true;
        frame.bind(name.clone(), Value::Poison);
    }

    // ── bindings ─────────────────────────────────────────────────────────────────────────────────────────

    fn assign(&mut self, frame: &mut Frame<'p>, targets: &'p Targets, value: &'p Expr) {
        let place = self.at(frame, value.span);
        let value = self.eval(frame, value);
        match targets {
            Targets::One(name) => {
                let value = value.first();
                let value = self.tensor_value(frame, name, value, place);
                bind(frame, name, value);
            }
            Targets::Tuple(names, span) => {
                let values = self.apart(value, names.len(), self.at(frame, *span), place);
                for (i, name) in names.iter().enumerate() {
                    let value = values.get(i).cloned().unwrap_or(Value::Poison);
                    let value = self.tensor_value(frame, name, value, place);
                    bind(frame, name, value);
                }
            }
        }
    }

    /// A value that `=` may name: tensors and lists of them.
    fn tensor_value(&mut self, frame: &Frame<'p>, name: &Name, value: Value, place: Location) -> Value {
        if value.is_poison() {
            return self.lower.poison();
        }
        if value.is_tensors() {
            return value;
        }
        let at = self.at(frame, name.span);
        let error = Diagnostic::structural(
            "wrong-kind",
            at,
            format!("`{} = …` names a tensor, but this is {}", name.text, value.what()),
        )
        .related(place, value.what());
        self.lower.report(match value {
            Value::Layer(_) => error
                .help(format!(
                    "`layer {} = …` declares a layer whose uses share their weights; `let {} = …` names a template, \
                     whose uses have weights of their own",
                    name.text, name.text
                )),
            _ => error.help(format!("a value is named by `let {} = …`", name.text)),
        })
    }

    fn bind_let(&mut self, frame: &mut Frame<'p>, targets: &'p Targets, value: &'p Expr) {
        let place = self.at(frame, value.span);
        let value = self.eval(frame, value);
        match targets {
            Targets::One(name) => {
                let value = self.let_value(frame, name, value, place);
                bind(frame, name, value);
            }
            Targets::Tuple(names, span) => {
                let values = self.apart(value, names.len(), self.at(frame, *span), place);
                for (i, name) in names.iter().enumerate() {
                    let value = values.get(i).cloned().unwrap_or(Value::Poison);
                    let value = self.let_value(frame, name, value, place);
                    bind(frame, name, value);
                }
            }
        }
    }

    fn let_value(&mut self, frame: &Frame<'p>, name: &Name, value: Value, place: Location) -> Value {
        let empty = matches!(&value, Value::List(values) if values.is_empty());
        if value.is_poison() {
            return self.lower.poison();
        }
        if empty || !value.is_tensors() {
            return value;
        }
        let at = self.at(frame, name.span);
        let message = format!("`let` names values and recipes, but this is {}", value.what());
        let error = Diagnostic::structural("wrong-kind", at, message)
            .related(place, value.what())
            .help(format!("a tensor is named without `let`: `{} = …`", name.text));
        self.lower.report(error)
    }

    /// The parts of a value that is taken apart.
    fn apart(&mut self, value: Value, count: usize, targets: Location, place: Location) -> Vec<Value> {
        let values = match value {
            Value::Outputs(values) | Value::List(values) => values,
            Value::Poison => {
                self.lower.failed = true;
                return Vec::new();
            }
            other => {
                let message = format!("{count} names are bound, but this is {}", other.what());
                self.lower.error("wrong-count", place, message);
                return Vec::new();
            }
        };
        if values.len() != count {
            let message = format!("{count} names are bound, but there are {} values", values.len());
            let error = Diagnostic::structural("wrong-count", targets, message)
                .related(place, format!("{} values", values.len()))
                .help("`_` stands for a value that is not needed");
            self.lower.report(error);
            return Vec::new();
        }
        values.to_vec()
    }

    // ── what is stored ───────────────────────────────────────────────────────────────────────────────────

    /// `layer f = …`
    fn declare(
        &mut self,
        frame: &mut Frame<'p>,
        name: &'p Name,
        label: Option<&'p ast::Label>,
        value: &'p Expr,
    ) {
        let here = self.at(frame, name.span.to(value.span));
        let path = match label {
            None => Some(join(&frame.site.path, &name.text)),
            Some(label) => match self.label(frame, label) {
                Some(Label::Path(path)) => Some(join(&frame.site.path, &path)),
                Some(Label::Splice) => Some(frame.site.path.clone()),
                None => None,
            },
        };
        let place = self.at(frame, value.span);
        let value = match (self.eval(frame, value), path) {
            (Value::Layer(layer), Some(path)) => self.thing_of(frame, layer, path, here),
            (Value::Poison, _) | (_, None) => self.lower.poison(),
            (other, _) => {
                let error = Diagnostic::structural(
                    "wrong-kind",
                    place,
                    format!("`layer {} = …` declares a layer, but this is {}", name.text, other.what()),
                );
                self.lower.report(if other.is_tensors() {
                    error.help(format!("a tensor is named by `{} = …`", name.text))
                } else {
                    error.help(format!("a value is named by `let {} = …`", name.text))
                })
            }
        };
        bind(frame, name, value);
    }

    fn thing_of(&mut self, frame: &mut Frame<'p>, layer: Layer, path: Arc<str>, here: Location) -> Value {
        if matches!(layer.template, LayerTemplate::DeclaredLayer(_)) {
            return Value::Layer(layer);
        }
        if path != frame.site.path {
            self.lower.reserve(&frame.site.at(path.clone()), here);
        }
        let id = DeclaredLayerId(u32::try_from(self.declared_layers.len()).unwrap_or(u32::MAX));
        self.declared_layers.push(DeclaredLayer {
            path,
            layer,
            uses: 0,
            is_further_use: frame.site.is_further_use,
            is_frozen: frame.site.is_frozen,
            is_broken: false,
            origin: here,
        });
        Value::Layer(Layer::new(LayerTemplate::DeclaredLayer(id), here))
    }

    /// `param p: […]`, `buffer b: […]`
    fn parameter(&mut self, frame: &mut Frame<'p>, stmt: &'p Stmt) {
        let StmtKind::Param { buffer, name, label, integer, shape, trainable, .. } = &stmt.kind else {
            return;
        };
        let value = self.stored_tensor(
            frame,
            stmt,
            *buffer,
            name,
            label.as_ref(),
            *integer,
            shape,
            trainable.as_ref(),
        );
        let value = value.unwrap_or_else(|| self.lower.poison());
        bind(frame, name, value);
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one statement")]
    fn stored_tensor(
        &mut self,
        frame: &mut Frame<'p>,
        stmt: &'p Stmt,
        buffer: bool,
        name: &'p Name,
        label: Option<&'p ast::Label>,
        integer: bool,
        shape: &'p [Expr],
        trainable: Option<&'p Expr>,
    ) -> Option<Value> {
        let here = self.at(frame, stmt.span);
        let own = match label {
            None => name.text.clone(),
            Some(label) => match self.label(frame, label)? {
                Label::Path(path) => path,
                Label::Splice => name.text.clone(),
            },
        };
        let mut dims = Vec::new();
        for extent in shape {
            let value = self.eval(frame, extent).first();
            let at = self.at(frame, extent.span);
            let n = self.number(&value, "an extent of a stored tensor", at)?;
            if n < 1 {
                self.lower.error(
                    "empty-output",
                    at,
                    format!("an extent of a stored tensor is at least 1, but this is {n}"),
                );
                return None;
            }
            dims.push(Size::from(n));
        }
        let shape = Shape::from(dims);
        if shape.elements().is_overflow() {
            self.lower.error(
                "count-overflow",
                here,
                format!("the elements of {shape} cannot be counted in 128 bits"),
            );
            return None;
        }
        let trainable = match trainable {
            None => true,
            Some(expr) => self.condition(frame, expr)?,
        };
        let weight = Weight {
            name: join(&frame.site.path, &own),
            aliases: Vec::new(),
            shape,
            dtype: if integer { ElementType::Int64 } else { ElementType::Float32 },
            role: if buffer { Role::Buffer } else { Role::Parameter },
            trainable: trainable && !buffer && !frame.site.is_frozen,
            origin: here,
            routing: frame.site.routed.map(|routed| routed.routing),
        };
        let id = self.lower.store(weight, &frame.site, here)?;
        Some(Value::Tensor(Tensor::Weight(id)))
    }

    // ── control ──────────────────────────────────────────────────────────────────────────────────────────

    fn repeat(
        &mut self,
        frame: &mut Frame<'p>,
        index: Option<&'p Name>,
        element: &'p Targets,
        over: &'p Expr,
        body: &'p [Stmt],
    ) {
        let place = self.at(frame, over.span);
        let values = match self.eval(frame, over) {
            Value::List(values) => values,
            Value::Poison => return self.poison_bound(frame, body),
            other => {
                let error = Diagnostic::structural(
                    "wrong-kind",
                    place,
                    format!("`for` goes through a list or a range, but this is {}", other.what()),
                );
                self.lower.report(match &other {
                    Value::Size(n) => error.help(format!("`0..{n:#}` goes from 0 to one below")),
                    _ => error,
                });
                return self.poison_bound(frame, body);
            }
        };
        let around = frame.site.scope;
        let rounds = u32::try_from(values.len()).unwrap_or(u32::MAX);
        for ((i, value), round) in values.iter().enumerate().zip(0u32..) {
            if !self.lower.step(1, place) {
                return;
            }
            frame.site.scope = self.lower.open_round(round, rounds, &frame.site, place);
            frame.enter_round();
            if let Some(index) = index {
                bind_here(frame, index, Value::size(i));
            }
            match element {
                Targets::One(name) => bind_here(frame, name, value.clone()),
                Targets::Tuple(names, span) => {
                    let parts = self.apart(value.clone(), names.len(), self.at(frame, *span), place);
                    for (i, name) in names.iter().enumerate() {
                        bind_here(frame, name, parts.get(i).cloned().unwrap_or(Value::Poison));
                    }
                }
            }
            self.run(frame, body);
            frame.leave_round();
            let inside = std::mem::replace(&mut frame.site.scope, around);
            if inside != around {
                self.lower.builder.close_round(inside);
            }
        }
    }

    fn choose(
        &mut self,
        frame: &mut Frame<'p>,
        arms: &'p [(Expr, Vec<Stmt>)],
        otherwise: Option<&'p [Stmt]>,
    ) {
        for (condition, branch) in arms {
            match self.condition(frame, condition) {
                Some(true) => return self.run(frame, branch),
                Some(false) => {}
                None => {
                    arms.iter().for_each(|(_, branch)| self.poison_bound(frame, branch));
                    otherwise.into_iter().for_each(|branch| self.poison_bound(frame, branch));
                    return;
                }
            }
        }
        if let Some(branch) = otherwise {
            self.run(frame, branch);
        }
    }

    /// What statements would have bound says nothing more.
    fn poison_bound(&mut self, frame: &mut Frame<'p>, body: &'p [Stmt]) {
        self.lower.failed = true;
        for stmt in body {
            match &stmt.kind {
                StmtKind::Assign { targets, .. } | StmtKind::Let { targets, .. } => {
                    let names = match targets {
                        Targets::One(name) => std::slice::from_ref(name),
                        Targets::Tuple(names, _) => names.as_slice(),
                    };
                    for name in names {
                        self.bind_poison(frame, &name.text);
                    }
                }
                StmtKind::Layer { name, .. } | StmtKind::Param { name, .. } => {
                    self.bind_poison(frame, &name.text);
                }
                StmtKind::Output { name, .. } => {
                    if let Some(name) = name {
                        self.bind_poison(frame, &name.text);
                    }
                    let place = self.at(frame, stmt.span);
                    frame.outputs.push(BodyResult { name: None, value: Value::Poison, place });
                }
                StmtKind::For { body, .. } => self.poison_bound(frame, body),
                StmtKind::If { arms, otherwise } => {
                    arms.iter().for_each(|(_, branch)| self.poison_bound(frame, branch));
                    otherwise.iter().for_each(|branch| self.poison_bound(frame, branch));
                }
                StmtKind::Input { .. } | StmtKind::Assert { .. } | StmtKind::Bad { .. } => {}
            }
        }
    }

    // ── results ──────────────────────────────────────────────────────────────────────────────────────────

    fn output(&mut self, frame: &mut Frame<'p>, name: Option<&'p Name>, values: &'p [Expr]) {
        for expr in values {
            let place = self.at(frame, expr.span);
            let value = self.eval(frame, expr).first();
            let value = if value.is_poison() {
                self.lower.poison()
            } else if value.is_tensors() {
                value
            } else {
                let message = format!("an output is a tensor, but this is {}", value.what());
                self.lower.error("wrong-kind", place, message)
            };
            let own = match (name, &expr.kind) {
                (Some(name), _) => {
                    bind(frame, name, value.clone());
                    Some(name.text.clone())
                }
                (None, ExprKind::Name(name)) => Some(name.clone()),
                (None, _) => None,
            };
            frame.outputs.push(BodyResult { name: own, value, place });
        }
    }
}

/// Binds a name where it is known; `_` binds nothing.
fn bind(frame: &mut Frame, name: &Name, value: Value) {
    if &*name.text != "_" {
        frame.bind(name.text.clone(), value);
    }
}

/// Binds a loop's variable.
fn bind_here(frame: &mut Frame, name: &Name, value: Value) {
    if &*name.text != "_" {
        frame.bind_here(name.text.clone(), value);
    }
}
