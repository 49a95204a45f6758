//! The names that statements bind and read.

use std::sync::Arc;

use super::scope::{self, Kind};
use super::{Position, Resolver};
use crate::diagnostic::Diagnostic;
use crate::front::weft::resolve::built_in::function;
use crate::source::Span;
use crate::syntax::ast::{
    DimPattern, DimPatternKind, ExprKind, Label, LabelPart, Name, Stmt, StmtKind, Targets,
};

/// In what a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nest {
    Body,
    If,
    For,
}

impl Nest {
    fn what(self) -> &'static str {
        match self {
            Nest::Body => "a body",
            Nest::If => "an `if`: what a model or block takes does not depend on a condition",
            Nest::For => "a `for`: every input has a name of its own",
        }
    }
}

impl Resolver<'_> {
    pub fn body(&mut self, name: &Name, body: &[Stmt], model: bool) {
        scope::unread_words(body, &mut self.unread);
        body.iter().for_each(|stmt| self.statement(stmt, model, Nest::Body));
        if self.unread.is_empty() && !scope::has_output(body) {
            let what = if model { "model" } else { "block" };
            let error = Diagnostic::structural(
                "wrong-count",
                self.at(name.span),
                format!("the {what} `{}` has no `output`", name.text),
            );
            self.errors.push(error.help("its result is what `output` names: `output y = x -> …`"));
        }
    }

    pub fn statements(&mut self, body: &[Stmt], model: bool, nest: Nest) {
        body.iter().for_each(|stmt| self.statement(stmt, model, nest));
    }

    pub fn statement(&mut self, stmt: &Stmt, model: bool, nest: Nest) {
        self.documented(stmt.doc.as_ref());
        match &stmt.kind {
            StmtKind::Input { name, pattern, default, .. } => {
                if nest != Nest::Body {
                    self.error(
                        "syntax",
                        stmt.span,
                        format!("`input {}` stands in {}", name.text, nest.what()),
                    );
                }
                if let Some(default) = default {
                    self.expr(default, Position::Value);
                }
                pattern.iter().for_each(|dim| self.dimension(dim, model));
                self.declare_once(name, Kind::Input, stmt.span);
            }
            StmtKind::Assign { targets, value } => {
                self.expr(value, Position::Value);
                self.bind_targets(targets, Kind::Tensor, stmt.span);
            }
            StmtKind::Let { targets, value } => {
                self.expr(value, Position::Value);
                let kind = if matches!(targets, Targets::One(_)) { Kind::Let } else { Kind::Part };
                self.bind_targets(targets, kind, stmt.span);
            }
            StmtKind::Layer { name, label, value } => {
                self.label(label.as_ref());
                self.expr(value, Position::Layer);
                self.bind(name, Kind::Layer, stmt.span);
            }
            StmtKind::Param { buffer, name, label, shape, trainable, .. } => {
                self.label(label.as_ref());
                shape.iter().chain(trainable).for_each(|expr| self.expr(expr, Position::Value));
                self.bind(name, if *buffer { Kind::Buffer } else { Kind::Param }, stmt.span);
            }
            StmtKind::For { index, element, over, body } => {
                self.expr(over, Position::Value);
                self.scopes.enter();
                self.enter(stmt.span);
                for name in index.iter().chain(names_of(element)) {
                    self.bind_loop(name, stmt.span);
                }
                self.statements(body, model, Nest::For);
                self.end_scope();
            }
            StmtKind::If { arms, otherwise } => {
                let inside = if nest == Nest::For { Nest::For } else { Nest::If };
                for (condition, branch) in arms {
                    self.expr(condition, Position::Value);
                    self.statements(branch, model, inside);
                }
                otherwise.iter().for_each(|branch| self.statements(branch, model, inside));
            }
            StmtKind::Assert { condition, .. } => {
                self.asserting = true;
                self.expr(condition, Position::Value);
                self.asserting = false;
            }
            StmtKind::Output { name, values } => {
                if nest == Nest::For {
                    let error = Diagnostic::structural(
                        "syntax",
                        self.at(stmt.span),
                        "`output` stands in a `for`, where it would be said many times",
                    );
                    self.errors
                        .push(error.help("collect a list, `ys = ys + [y]`, and put it out after the loop"));
                }
                values.iter().for_each(|value| self.expr(value, Position::Value));
                if let Some(name) = name {
                    self.bind(name, Kind::Output, stmt.span);
                }
            }
            StmtKind::Bad { .. } => {}
        }
    }

    fn bind_targets(&mut self, targets: &Targets, kind: Kind, whole: Span) {
        for name in names_of(targets) {
            if &*name.text != "_" {
                self.bind(name, kind, whole);
            }
        }
    }

    fn dimension(&mut self, dim: &DimPattern, model: bool) {
        let (expr, default) = match &dim.kind {
            DimPatternKind::Any | DimPatternKind::Leading => return,
            DimPatternKind::Expr(expr) => (expr, None),
            DimPatternKind::Default(expr, default) => (expr, Some(default)),
        };
        if let Some(default) = default {
            self.expr(default, Position::Value);
            if !model {
                let error = Diagnostic::structural(
                    "wrong-kind",
                    self.at(dim.span),
                    "a block's input takes its sizes from the caller, so a default says nothing",
                );
                self.errors.push(error.help("leave it out, and the name stands for the caller's size"));
            }
        }
        match (&expr.kind, model) {
            (ExprKind::Name(name), _) => self.dimension_name(name, expr.span),
            (_, true) => {
                let mut names = Vec::new();
                scope::collect_names(expr, &mut names);
                names.iter().for_each(|(name, span)| self.dimension_name(name, *span));
            }
            (_, false) => {}
        }
        self.expr(expr, Position::Value);
    }

    /// Binds a name of a pattern, unless it stands for something already.
    fn dimension_name(&mut self, name: &Arc<str>, span: Span) {
        let known = self.scopes.find(name).is_some() || self.library.find(self.unit, name).is_some();
        if !known && function(name).is_none() {
            self.bind(&Name { text: name.clone(), span }, Kind::Dimension, span);
        }
    }

    pub fn label(&mut self, label: Option<&Label>) {
        for part in label.into_iter().flat_map(|label| &label.parts) {
            match part {
                LabelPart::Text(_) => {}
                LabelPart::Step(expr) | LabelPart::Join(expr) => self.expr(expr, Position::Value),
            }
        }
    }
}

fn names_of(targets: &Targets) -> &[Name] {
    match targets {
        Targets::One(name) => std::slice::from_ref(name),
        Targets::Tuple(names, _) => names,
    }
}
