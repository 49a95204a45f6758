//! Statements, in the order of their text.
//!
//! Main function: [`Builder::statements`]. What cannot begin a statement and stands on the line of one is reckoned
//! to it, and a statement behind a faulty one on the same line says nothing, as it is the consequence, unless a
//! keyword begins it.

use std::sync::Arc;

use super::repairs::Outcome;
use super::{Builder, Node, missing};
use crate::source::Span;
use crate::syntax::ast::{Expr, Name, Stmt, StmtKind, Targets};
use crate::syntax::grammar::Rule;

/// What was read so far of a sequence of statements or items.
#[derive(Default)]
pub(super) struct Line {
    /// Where the last one ends.
    end: Option<u32>,
    /// True if an error was reported for something on this line.
    wrong: bool,
}

/// Statements that no slip in another one looks like.
const KEYWORDED: &[Rule] =
    &[Rule::let_, Rule::layer, Rule::input, Rule::param, Rule::output, Rule::assert_, Rule::for_];

impl Builder<'_> {
    /// The statements of a `body`.
    pub(super) fn body(&mut self, node: Node) -> Vec<Stmt> {
        let mut line = Line::default();
        let mut statements: Vec<Stmt> = Vec::with_capacity(node.parts().count());
        for node in node.parts() {
            let span = self.reach(&node);
            match node.rule() {
                Rule::bad => statements.push(self.bad(&node, &mut line)),
                // Where a `{` is missing this is the consequence.
                Rule::else_ if self.lacks_brace => {
                    statements.push(self.lost(span));
                    line = Line { end: Some(span.end), wrong: true };
                }
                rule => {
                    line.wrong &= !KEYWORDED.contains(&rule);
                    statements.extend(self.on_line(&mut line, span, |builder, _| builder.statement(node)));
                }
            }
        }
        statements
    }

    /// Reads a statement or an item. `read` learns whether another stands before it on its line; behind an error on
    /// its line that may be its cause it reports nothing of its own.
    pub(super) fn on_line<T>(
        &mut self,
        line: &mut Line,
        span: Span,
        read: impl FnOnce(&mut Self, bool) -> T,
    ) -> T {
        let follows = line.end.is_some_and(|end| self.same_line(end, span.start));
        let silent = follows && line.wrong;
        let before = self.errors.len();
        let result = read(self, follows);
        line.wrong = silent || self.errors.len() > before;
        line.end = Some(span.end);
        if silent {
            self.errors.truncate(before);
        }
        result
    }

    /// Something that is no statement: part of the one before if that is on its line, else a mistake of its own.
    pub(super) fn bad(&mut self, node: &Node, line: &mut Line) -> Stmt {
        let span = self.reach(node);
        self.on_line(line, span, |builder, follows| {
            let before = builder.errors.len();
            if follows {
                builder.unexpected_behind_statement(span);
            } else {
                builder.no_statement(span);
            }
            builder.settle(before, span);
        });
        self.lost(span)
    }

    pub(super) fn same_line(&self, from: u32, to: u32) -> bool {
        !self.slice(Span { start: from, end: to }).contains('\n')
    }

    fn lost(&self, span: Span) -> Stmt {
        Stmt { doc: None, span, kind: StmtKind::Bad { words: self.words(span) } }
    }

    fn statement(&mut self, node: Node) -> Option<Stmt> {
        let span = self.reach(&node);
        let doc = self.doc_above(span.start);
        let kind = match node.rule() {
            Rule::for_ => self.repetition(node),
            Rule::if_ => self.choice(node),
            Rule::else_ => {
                self.lone_else(&node);
                None
            }
            _ => return Some(self.simple(node, span, doc)),
        };
        Some(kind.map_or_else(|| self.lost(span), |kind| Stmt { doc, span, kind }))
    }

    /// A statement without a body.
    fn simple(&mut self, node: Node, span: Span, doc: Option<String>) -> Stmt {
        let before = self.errors.len();
        let kind = match node.rule() {
            Rule::assign | Rule::unpack | Rule::let_ => self.binding(node),
            Rule::layer => self.layer(node),
            Rule::input => self.input(node),
            Rule::param => self.param(node),
            Rule::output => self.output(node),
            _ => self.assertion(node),
        };
        let outcome = self.settle(before, span);
        match kind {
            Some(kind) if outcome != Outcome::Guessed => Stmt { doc, span, kind },
            _ => self.lost(span),
        }
    }

    /// `x = …`, `(a, b) = …`, `let n = …`
    fn binding(&mut self, node: Node) -> Option<StmtKind> {
        let is_let = node.rule() == Rule::let_;
        let what = if is_let { "a value" } else { "a tensor" };
        let mut parts = node.parts();
        let targets = parts.next()?;
        let targets = self.targets(targets, what)?;
        let value = parts.next()?;
        if value.rule() == Rule::no_equals {
            self.expected_with_help(value.span().start, "`=`", "a value is named by `let name = value`");
            return Some(StmtKind::Let { targets, value: missing(value.span()) });
        }
        let value = self.value(value);
        Some(if is_let { StmtKind::Let { targets, value } } else { StmtKind::Assign { targets, value } })
    }

    /// A name or a tuple of names; `None` where it is neither, which is reported.
    fn targets(&mut self, node: Node, what: &str) -> Option<Targets> {
        if !matches!(node.rule(), Rule::tuple | Rule::unpacked) {
            return self.declared(&node, what).map(Targets::One);
        }
        let span = node.span();
        let mut names = Vec::new();
        for node in node.parts() {
            match node.rule() {
                Rule::name => names.push(self.name(&node)),
                _ => self.unexpected(&node),
            }
        }
        if names.is_empty() {
            self.report(span, "`( )` names nothing");
            return None;
        }
        Some(Targets::Tuple(names, span))
    }

    fn layer(&mut self, node: Node) -> Option<StmtKind> {
        let mut parts = node.parts();
        let name = parts.next()?;
        let name = self.declared(&name, "a layer")?;
        let value = parts.next()?;
        if value.rule() == Rule::no_equals {
            let help = format!("a layer is declared by `layer {} = LAYER`", name.text);
            self.expected_with_help(value.span().start, "`=`", help);
            return Some(StmtKind::Layer { name, label: None, value: missing(value.span()) });
        }
        let value = self.value(value);
        let (label, value) = self.label_of_declaration(&name, value);
        Some(StmtKind::Layer { name, label, value })
    }

    fn input(&mut self, node: Node) -> Option<StmtKind> {
        let mut parts = node.parts();
        let name = parts.next()?;
        let name = self.declared(&name, "an input")?;
        let pattern = parts.next()?;
        if pattern.rule() != Rule::pattern {
            let help = format!("write `input {}: [3, 224, 224]`; the batch axis is never written", name.text);
            self.expected_shape(&pattern, help);
            return None;
        }
        let pattern = self.pattern(pattern);
        let default = parts.next().map(|default| self.value(default));
        Some(StmtKind::Input {
            name,
            integer: pattern.integer,
            pattern: pattern.dims,
            pattern_span: pattern.span,
            default,
        })
    }

    fn param(&mut self, node: Node) -> Option<StmtKind> {
        let mut parts = node.parts();
        let buffer = parts.next_of(Rule::buffer).is_some();
        let keyword = if buffer { "buffer" } else { "param" };
        let name = parts.next()?;
        let name = self.declared(&name, if buffer { "a buffer" } else { "a parameter" })?;
        let mut label = None;
        if let Some(node) = parts.next_if(|rule| matches!(rule, Rule::label | Rule::no_label)) {
            let shape = parts.peek().map(|node| node.rule());
            if shape == Some(Rule::no_colon) {
                let span = self.reach(&node);
                let written = self.clipped(span);
                let help = if written.starts_with('[') {
                    format!("write `{keyword} {}: {written}`", name.text)
                } else {
                    format!("write `{keyword} {}: [3, 4]` with the tensor's shape", name.text)
                };
                let message = "the shape of a stored tensor follows a `:`, not a `=`";
                self.report_with_help(span, message, help);
                return None;
            }
            label = Some(self.label_alone(node)?);
        }
        let shape = parts.next()?;
        if shape.rule() != Rule::pattern {
            self.expected_shape(
                &shape,
                format!("write `{keyword} {}: [3, 4]` with the tensor's shape", name.text),
            );
            return None;
        }
        let shape = self.shape(shape);
        let trainable = parts.next().and_then(|node| self.trainable(node));
        Some(StmtKind::Param {
            buffer,
            name,
            label,
            integer: shape.integer,
            shape: shape.dims,
            shape_span: shape.span,
            trainable,
        })
    }

    fn trainable(&mut self, node: Node) -> Option<Expr> {
        if node.rule() == Rule::trainable {
            return node.parts().next().map(|value| self.value(value));
        }
        self.expected_with_help(
            node.span().start,
            "`trainable=`",
            "only `, trainable=false` may follow a shape",
        );
        None
    }

    fn expected_shape(&mut self, node: &Node, help: String) {
        let start = node.span().start;
        let what = if node.rule() == Rule::no_colon { "`:` and a shape" } else { "a shape in `[ ]`" };
        self.expected_with_help(start, what, help);
    }

    fn output(&mut self, node: Node) -> Option<StmtKind> {
        let mut parts = node.parts();
        let mut name = None;
        if let Some(node) = parts.next_of(Rule::output_name) {
            let declared = node.parts().next()?;
            name = Some(self.declared(&declared, "an output")?);
        }
        let values = parts.map(|value| self.value(value)).collect();
        Some(StmtKind::Output { name, values })
    }

    fn assertion(&mut self, node: Node) -> Option<StmtKind> {
        let mut parts = node.parts();
        let condition = parts.next()?;
        let condition = self.value(condition);
        let mut message: Option<Arc<str>> = None;
        if let Some(node) = parts.next() {
            if node.rule() == Rule::string {
                message = Some(self.string(&node));
            } else {
                self.expected(node.span().start, "a message in quotes");
            }
        }
        Some(StmtKind::Assert { condition, message })
    }

    fn repetition(&mut self, node: Node) -> Option<StmtKind> {
        let mut parts = node.parts();
        let head = parts.next()?;
        let span = self.reach(&head);
        let before = self.errors.len();
        let (names, mut over) = self.for_head(head);
        let outcome = self.settle(before, span);
        if outcome == Outcome::Guessed {
            over = missing(over.span);
        }
        let body = parts.next();
        let body =
            body.map(|body| self.body_or_missing(body, outcome, "the head of the `for`")).unwrap_or_default();
        let (index, element) = names?;
        Some(StmtKind::For { index, element, over, body })
    }

    /// The names of a round, and what is gone through.
    fn for_head(&mut self, node: Node) -> (Option<(Option<Name>, Targets)>, Expr) {
        let mut over = missing(self.reach(&node));
        let mut targets = Vec::new();
        let mut bounds = Vec::new();
        for node in node.parts() {
            match node.rule() {
                Rule::condition | Rule::missing => bounds.push(self.value(node)),
                Rule::condition_end => bounds.extend(node.parts().next().map(|end| self.value(end))),
                Rule::no_in => {
                    let help = "a repetition is written `for i in 0..n { … }` or `for entry in list { … }`";
                    self.expected_with_help(node.span().start, "`in`", help);
                }
                Rule::head_rest => self.unexpected_in_head(&node),
                _ => targets.push(self.targets(node, "an entry")),
            }
        }
        let end = bounds.pop();
        over = match (bounds.pop(), end) {
            (Some(start), Some(end)) => {
                let span = start.span.to(end.span);
                Expr { span, kind: crate::syntax::ast::ExprKind::Range(Box::new(start), Box::new(end)) }
            }
            (None, Some(list)) => list,
            _ => over,
        };
        let element = targets.pop().flatten();
        let index = targets.pop();
        let names = match (index, element) {
            (None, Some(element)) => Some((None, element)),
            (Some(Some(Targets::One(index))), Some(element)) => Some((Some(index), element)),
            _ => None,
        };
        (names, over)
    }

    fn choice(&mut self, node: Node) -> Option<StmtKind> {
        let mut arms = Vec::new();
        let mut otherwise = None;
        let mut parts = node.parts();
        while let Some(node) = parts.next() {
            if node.rule() != Rule::if_head {
                otherwise = Some(self.body_or_missing(node, Outcome::Clean, "`else`"));
                continue;
            }
            let span = self.reach(&node);
            let before = self.errors.len();
            let mut condition = self.if_head(node);
            let outcome = self.settle(before, span);
            if outcome == Outcome::Guessed {
                condition = missing(condition.span);
            }
            let body = parts.next();
            let body =
                body.map(|body| self.body_or_missing(body, outcome, "the condition")).unwrap_or_default();
            arms.push((condition, body));
        }
        Some(StmtKind::If { arms, otherwise })
    }

    /// A body, or the report that its `{` is missing.
    fn body_or_missing(&mut self, node: Node, head: Outcome, behind: &str) -> Vec<Stmt> {
        if node.rule() == Rule::body {
            return self.body(node);
        }
        if head == Outcome::Clean && !self.lacks_brace {
            let start = node.span().start;
            if behind != "`else`" && self.refuse_ternary(start) {
                return Vec::new();
            }
            let help = format!("what stands behind {behind} is in braces: `{{ … }}`");
            self.expected_with_help(start, "`{`", help);
        }
        self.lacks_brace = true;
        Vec::new()
    }

    /// An `else` that continues no `if`. Where a brace is missing it is the consequence.
    fn lone_else(&mut self, node: &Node) {
        let start = node.span().start;
        let span = Span { start, end: start.saturating_add(4) };
        self.report_with_help(
            span,
            "this `else` continues no `if`",
            "it stands directly behind the `}` of an `if`",
        );
    }
}
