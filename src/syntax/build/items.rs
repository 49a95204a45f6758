//! Items: what stands at the top of a file.
//!
//! Main function: [`Builder::chunk`].

use std::sync::Arc;

use super::statements::Line;
use super::{Builder, Node, Parts, missing};
use crate::source::Span;
use crate::syntax::ast::{Arg, BlockBody, Expr, Item, ItemKind, Name, Parameter, Stmt, StmtKind, UseSource};
use crate::syntax::grammar::Rule;

/// An item's name, and what stands between it and its body.
struct Head {
    name: Option<Name>,
    parameters: Option<(Vec<Parameter>, Span)>,
}

impl Builder<'_> {
    /// The items of a stretch; what else stands there is reported once.
    pub(in crate::syntax) fn chunk(&mut self, nodes: Parts) -> Vec<Item> {
        let mut items = Vec::new();
        let mut line = Line::default();
        let mut outside = false;
        for node in nodes {
            let span = self.reach(&node);
            match node.rule() {
                Rule::EOI => {}
                Rule::import | Rule::constant | Rule::block | Rule::model => {
                    items.extend(self.on_line(&mut line, span, |builder, _| builder.item(node)));
                }
                Rule::bad if !outside => {
                    self.bad(&node, &mut line);
                    self.lost.extend(self.words(span));
                }
                _ => {
                    self.lost.extend(self.words(span));
                    let first = items.is_empty();
                    self.on_line(&mut line, span, |builder, _| {
                        let before = builder.errors.len();
                        if !std::mem::replace(&mut outside, true) {
                            builder.outside(span, first);
                        }
                        builder.settle(before, span);
                    });
                }
            }
        }
        items
    }

    /// A statement that stands in no item.
    fn outside(&mut self, span: Span, first: bool) {
        if self.has_extra_brace() || self.lacks_brace {
            return;
        }
        let line = self.first_line(span);
        let help = if first {
            "statements stand in the braces of a `block` or `model`; a value of the whole file is a `const`"
        } else {
            "statements stand in the braces of a `block` or `model`: does an earlier `}` end it too soon?"
        };
        self.report_with_help(line, "this statement stands in no block and no model", help);
    }

    fn item(&mut self, node: Node) -> Option<Item> {
        let span = self.reach(&node);
        let doc = self.doc_above(span.start);
        let before = self.errors.len();
        let body = node.parts().find(|part| part.rule() == Rule::body);
        let end = body.map_or(span.end, |body| body.span().start);
        let head = Span { start: span.start, end };
        let kind = match node.rule() {
            Rule::import => self.import(node),
            Rule::constant => self.constant(node),
            Rule::block => self.block(node, before, head),
            _ => self.model(node, before, head),
        };
        if kind.is_none() {
            self.lost.extend(self.words(head));
        }
        if matches!(kind, None | Some(ItemKind::Use { .. } | ItemKind::Const { .. })) {
            self.settle(before, head);
        }
        kind.map(|kind| Item { doc, span, kind })
    }

    fn import(&mut self, node: Node) -> Option<ItemKind> {
        let mut parts = node.parts();
        let source = parts.next()?;
        let source_span = source.span();
        let source = match source.rule() {
            Rule::string => UseSource::File(self.string(&source)),
            Rule::path => UseSource::Path(Arc::from(self.written(&source))),
            _ => {
                let help = "write `use \"blocks.weft\": Name` or `use std.vision: Name`";
                self.expected_with_help(source_span.start, "a file or a path", help);
                return None;
            }
        };
        let mut names = Vec::new();
        for node in parts {
            if node.rule() == Rule::no_colon {
                let written = self.clipped(source_span);
                let help = format!("name what is taken: `use {written}: Name`");
                self.expected_with_help(node.span().start, "`:`", help);
            } else {
                names.extend(self.declared(&node, "what is imported"));
            }
        }
        Some(ItemKind::Use { source, source_span, names })
    }

    fn constant(&mut self, node: Node) -> Option<ItemKind> {
        let mut parts = node.parts();
        let head = self.head(&mut parts, "a constant");
        let value = parts.next()?;
        let value = if value.rule() == Rule::no_equals {
            self.expected_with_help(value.span().start, "`=`", "a constant is written `const name = value`");
            missing(value.span())
        } else {
            self.value(value)
        };
        let parameters = head.parameters.map(|(parameters, _)| parameters);
        Some(ItemKind::Const { name: head.name?, parameters, value })
    }

    fn block(&mut self, node: Node, before: usize, head_span: Span) -> Option<ItemKind> {
        let mut parts = node.parts();
        let head = self.head(&mut parts, "a block");
        let body = parts.next()?;
        let body = match body.rule() {
            Rule::body => {
                self.settle(before, head_span);
                BlockBody::Statements(self.body(body))
            }
            Rule::no_body => {
                self.no_body(&body, "block", &head, before);
                BlockBody::Layer(missing(body.span()))
            }
            _ => BlockBody::Layer(self.value(body)),
        };
        if !matches!(body, BlockBody::Statements(_)) {
            self.settle(before, head_span);
        }
        let parameters = head.parameters.map(|(parameters, _)| parameters).unwrap_or_default();
        Some(ItemKind::Block { name: head.name?, parameters, body })
    }

    fn model(&mut self, node: Node, before: usize, head_span: Span) -> Option<ItemKind> {
        let mut parts = node.parts();
        let head = self.head(&mut parts, "a model");
        let body = parts.next()?;
        match body.rule() {
            Rule::body => {
                self.settle(before, head_span);
                let body = self.body(body);
                let parameters = head.parameters.map(|(parameters, _)| parameters).unwrap_or_default();
                Some(ItemKind::Model { name: head.name?, parameters, body })
            }
            Rule::base => {
                let variant = self.variant(head, body);
                self.settle(before, head_span);
                let asserts = parts.next().map(|body| self.asserts(body)).unwrap_or_default();
                let (name, base, arguments) = variant?;
                Some(ItemKind::Variant { name, base, arguments, asserts })
            }
            Rule::no_base => {
                let help = "a variant is written `model Small = Base(depth=2)`";
                self.expected_with_help(body.span().start, "a model's name", help);
                None
            }
            _ => {
                self.no_body(&body, "model", &head, before);
                self.settle(before, head_span);
                let parameters = head.parameters.map(|(parameters, _)| parameters).unwrap_or_default();
                let lost = Stmt { doc: None, span: head_span, kind: StmtKind::Bad { words: Vec::new() } };
                Some(ItemKind::Model { name: head.name?, parameters, body: vec![lost] })
            }
        }
    }

    fn no_body(&mut self, node: &Node, keyword: &str, head: &Head, before: usize) {
        if self.errors.len() == before {
            let name = head.name.as_ref().map_or("Name", |name| &name.text);
            let help = format!("a {keyword} is written `{keyword} {name}(parameters) {{ … }}`");
            self.expected_with_help(node.span().start, "`{` or `=`", help);
        }
        self.lacks_brace = true;
    }

    fn variant(&mut self, head: Head, base: Node) -> Option<(Name, Name, Vec<Arg>)> {
        if let Some((_, span)) = head.parameters {
            let help = "it keeps its base's, and its arguments are their new defaults";
            self.report_with_help(span, "a variant has no parameters of its own", help);
        }
        let mut parts = base.parts();
        let name = parts.next()?;
        let name = self.name(&name);
        let arguments = parts.next().map(|call| self.arguments(call)).unwrap_or_default();
        Some((head.name?, name, arguments))
    }

    /// The statements of a variant's braces: asserts only.
    fn asserts(&mut self, body: Node) -> Vec<Stmt> {
        let mut statements = self.body(body);
        let is_assert = |kind: &StmtKind| matches!(kind, StmtKind::Assert { .. });
        let wrong = |stmt: &&Stmt| !is_assert(&stmt.kind) && !matches!(stmt.kind, StmtKind::Bad { .. });
        if let Some(span) = statements.iter().find(wrong).map(|stmt| stmt.span) {
            let span = self.first_line(span);
            let help = "what else a model needs belongs to its base";
            self.report_with_help(span, "the braces of a variant hold `assert` only", help);
        }
        statements.retain(|stmt| is_assert(&stmt.kind));
        statements
    }

    /// Everything up to an item's body or value.
    fn head(&mut self, parts: &mut Parts, what: &str) -> Head {
        let mut head = Head { name: None, parameters: None };
        if let Some(node) = parts.next() {
            head.name = self.declared(&node, what);
        }
        if let Some(node) = parts.next_of(Rule::parameters) {
            let span = node.span();
            head.parameters = Some((self.parameters(node), span));
        }
        if let Some(rest) = parts.next_of(Rule::item_rest) {
            self.unexpected_in_item_head(&rest);
        }
        head
    }

    fn parameters(&mut self, node: Node) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for node in node.parts() {
            match node.rule() {
                Rule::parameter => parameters.extend(self.parameter(node)),
                _ => self.unexpected(&node),
            }
        }
        parameters
    }

    fn parameter(&mut self, node: Node) -> Option<Parameter> {
        let mut parts = node.parts();
        let name = parts.next()?;
        let default: Option<Expr> = parts.next().map(|default| self.value(default));
        Some(Parameter { name: self.name(&name), default })
    }

    /// A name that is declared; `None` where none stands, which is reported.
    pub(super) fn declared(&mut self, node: &Node, what: &str) -> Option<Name> {
        match node.rule() {
            Rule::name => Some(self.name(node)),
            Rule::wrong_name => {
                let written = self.written(node);
                let keyword = written.starts_with(|first: char| first.is_alphabetic());
                let message = if keyword {
                    format!("`{written}` is a keyword and cannot name {what}")
                } else {
                    format!("`{written}` is no name")
                };
                let help = if keyword { "choose another name" } else { "a name begins with a letter or `_`" };
                self.report_with_help(node.span(), message, help);
                None
            }
            _ => {
                self.expected(node.span().start, &format!("the name of {what}"));
                None
            }
        }
    }
}
