//! What stands in the brackets of `input`, `param` and `buffer`.
//!
//! Main functions: [`Builder::pattern`] for an input, [`Builder::shape`] for a stored tensor.

use super::precedence::Terms;
use super::{Builder, Node, missing};
use crate::source::Span;
use crate::syntax::ast::{DimPattern, DimPatternKind, Expr, ExprKind};
use crate::syntax::grammar::Rule;

/// A pattern or shape, its element type, and its place.
pub(super) struct Extents<T> {
    pub(super) integer: bool,
    pub(super) dims: Vec<T>,
    pub(super) span: Span,
}

impl Builder<'_> {
    /// An input's pattern.
    pub(super) fn pattern(&mut self, node: Node) -> Extents<DimPattern> {
        let span = node.span();
        let mut extents = Extents { integer: false, dims: Vec::new(), span };
        for node in node.parts() {
            match node.rule() {
                Rule::element => extents.integer = self.is_integer(&node),
                Rule::rest => self.unexpected(&node),
                _ => extents.dims.push(self.dim_pattern(node)),
            }
        }
        extents
    }

    /// The shape of a stored tensor: expressions only.
    pub(super) fn shape(&mut self, node: Node) -> Extents<Expr> {
        let Extents { integer, dims, span } = self.pattern(node);
        let dims = dims.into_iter().map(|dim| self.extent(dim)).collect();
        Extents { integer, dims, span }
    }

    fn extent(&mut self, dim: DimPattern) -> Expr {
        let message = match dim.kind {
            DimPatternKind::Expr(expr) => return expr,
            DimPatternKind::Any => "`_` is no extent of a stored tensor",
            DimPatternKind::Leading => "`...` is no extent of a stored tensor",
            DimPatternKind::Default(..) => {
                "a default belongs to an `input`: a stored tensor's extents are known"
            }
        };
        self.report_with_help(dim.span, message, "write a number or an expression of known names");
        missing(dim.span)
    }

    fn is_integer(&mut self, node: &Node) -> bool {
        let word = self.written(node);
        if word != "int" {
            let help = if matches!(word, "float" | "float32" | "half" | "tensor" | "Tensor") {
                "without a prefix a tensor is floating point: leave it out"
            } else {
                "`int` is the only prefix of a shape; without it a tensor is floating point"
            };
            self.report_with_help(node.span(), format!("`{word}` is no element type"), help);
        }
        word == "int"
    }

    fn dim_pattern(&mut self, node: Node) -> DimPattern {
        let span = self.reach(&node);
        let kind = match node.rule() {
            Rule::leading => DimPatternKind::Leading,
            Rule::dim_default => return self.dim_default(node, span),
            _ => any_or(self.value(node)),
        };
        DimPattern { span, kind }
    }

    /// `W = 224`, `32 * h = 224`
    fn dim_default(&mut self, node: Node, span: Span) -> DimPattern {
        let mut parts = node.parts();
        let left = parts.next().map_or_else(|| missing(span), |left| self.dim_left(left));
        let default = parts.next().map_or_else(|| missing(span), |default| self.value(default));
        DimPattern { span, kind: DimPatternKind::Default(left, default) }
    }

    fn dim_left(&mut self, node: Node) -> Expr {
        let mut parts = node.parts();
        let mut terms = Terms::default();
        while let Some(operand) = self.operand_parts(&mut parts) {
            self.push_term(&mut terms, operand);
            self.push_sign(&mut terms, &mut parts);
        }
        self.by_precedence(terms)
    }
}

fn any_or(expr: Expr) -> DimPatternKind {
    match &expr.kind {
        ExprKind::Name(name) if &**name == "_" => DimPatternKind::Any,
        _ => DimPatternKind::Expr(expr),
    }
}
