//! Every statement and expression of a file, an outer one before those in it. Depth is bounded by the nesting of
//! brackets.

use crate::syntax::ast::{
    Arg, BlockBody, DimPatternKind, Expr, ExprKind, File, ItemKind, Label, LabelPart, Parameter, Stmt,
    StmtKind, TrailerKind,
};

/// A part of a file.
#[derive(Clone, Copy)]
pub(in crate::ide) enum Subtree<'f> {
    Statement(&'f Stmt),
    Expression(&'f Expr),
}

/// Shows every part of a file to a function.
pub(in crate::ide) fn walk<'f>(file: &'f File, see: &mut dyn FnMut(Subtree<'f>)) {
    for item in &file.items {
        match &item.kind {
            ItemKind::Use { .. } => {}
            ItemKind::Const { parameters, value, .. } => {
                defaults(parameters.iter().flatten(), see);
                expression(value, see);
            }
            ItemKind::Block { parameters, body, .. } => {
                defaults(parameters.iter(), see);
                match body {
                    BlockBody::Statements(body) => statements(body, see),
                    BlockBody::Layer(layer) => expression(layer, see),
                }
            }
            ItemKind::Model { parameters, body, .. } => {
                defaults(parameters.iter(), see);
                statements(body, see);
            }
            ItemKind::Variant { arguments, asserts, .. } => {
                self::arguments(arguments, see);
                statements(asserts, see);
            }
        }
    }
}

fn defaults<'f>(parameters: impl Iterator<Item = &'f Parameter>, see: &mut dyn FnMut(Subtree<'f>)) {
    parameters
        .filter_map(|parameter| parameter.default.as_ref())
        .for_each(|default| expression(default, see));
}

fn statements<'f>(body: &'f [Stmt], see: &mut dyn FnMut(Subtree<'f>)) {
    body.iter().for_each(|statement| self::statement(statement, see));
}

fn statement<'f>(statement: &'f Stmt, see: &mut dyn FnMut(Subtree<'f>)) {
    see(Subtree::Statement(statement));
    match &statement.kind {
        StmtKind::Input { pattern, default, .. } => {
            for dim in pattern {
                match &dim.kind {
                    DimPatternKind::Any | DimPatternKind::Leading => {}
                    DimPatternKind::Expr(expr) => expression(expr, see),
                    DimPatternKind::Default(expr, default) => {
                        expression(expr, see);
                        expression(default, see);
                    }
                }
            }
            expressions(default, see);
        }
        StmtKind::Assign { value, .. } | StmtKind::Let { value, .. } => expression(value, see),
        StmtKind::Layer { label, value, .. } => {
            label.iter().for_each(|label| self::label(label, see));
            expression(value, see);
        }
        StmtKind::Param { label, shape, trainable, .. } => {
            label.iter().for_each(|label| self::label(label, see));
            expressions(shape, see);
            expressions(trainable, see);
        }
        StmtKind::For { over, body, .. } => {
            expression(over, see);
            statements(body, see);
        }
        StmtKind::If { arms, otherwise } => {
            for (condition, body) in arms {
                expression(condition, see);
                statements(body, see);
            }
            otherwise.iter().for_each(|body| statements(body, see));
        }
        StmtKind::Assert { condition, .. } => expression(condition, see),
        StmtKind::Output { values, .. } => expressions(values, see),
        StmtKind::Bad { .. } => {}
    }
}

fn expressions<'f>(all: impl IntoIterator<Item = &'f Expr>, see: &mut dyn FnMut(Subtree<'f>)) {
    all.into_iter().for_each(|one| expression(one, see));
}

fn expression<'f>(expr: &'f Expr, see: &mut dyn FnMut(Subtree<'f>)) {
    see(Subtree::Expression(expr));
    match &expr.kind {
        ExprKind::Missing
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Str(_)
        | ExprKind::Bool(_)
        | ExprKind::None
        | ExprKind::Name(_) => {}
        ExprKind::List(all) | ExprKind::Tuple(all) | ExprKind::Power(all) => expressions(all, see),
        ExprKind::Paren(inner) | ExprKind::Prefix(_, inner) => expression(inner, see),
        ExprKind::Infix(first, rest) => {
            expression(first, see);
            expressions(rest.iter().map(|(_, _, operand)| operand), see);
        }
        ExprKind::Postfix(first, trailers) => {
            expression(first, see);
            for trailer in trailers {
                match &trailer.kind {
                    TrailerKind::Call(arguments) => self::arguments(arguments, see),
                    TrailerKind::Index(index) => expression(index, see),
                    TrailerKind::Field(_) => {}
                }
            }
        }
        ExprKind::Range(from, to) => {
            expression(from, see);
            expression(to, see);
        }
        ExprKind::If(arms, otherwise) => {
            for (condition, branch) in arms {
                expression(condition, see);
                expression(branch, see);
            }
            expressions(otherwise.as_deref(), see);
        }
        ExprKind::Chain(stages) => {
            for stage in stages {
                stage.label.iter().for_each(|label| self::label(label, see));
                expression(&stage.value, see);
            }
        }
    }
}

fn arguments<'f>(arguments: &'f [Arg], see: &mut dyn FnMut(Subtree<'f>)) {
    expressions(arguments.iter().map(|argument| &argument.value), see);
}

fn label<'f>(label: &'f Label, see: &mut dyn FnMut(Subtree<'f>)) {
    for part in &label.parts {
        match part {
            LabelPart::Text(_) => {}
            LabelPart::Step(expr) | LabelPart::Join(expr) => expression(expr, see),
        }
    }
}
