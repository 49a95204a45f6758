//! Operands: numbers, names, brackets, `if` expressions, and the calls, indices and fields behind them.
//!
//! Main function: [`Builder::operand`].

use std::sync::Arc;

use super::expressions::{Parts, is_value, next_of};
use super::foreign::{FRAMEWORKS, PYTHON_LITERALS};
use super::{Builder, Node, missing};
use crate::source::Span;
use crate::syntax::ast::{Arg, Expr, ExprKind, Name, Trailer, TrailerKind};
use crate::syntax::grammar::Rule;

impl Builder<'_> {
    /// An operand without its prefixes.
    pub(super) fn operand(&mut self, head: Node, trailers: Vec<Node>) -> Expr {
        if head.as_rule() == Rule::name && !trailers.is_empty() && self.is_foreign_call(&head, &trailers) {
            return missing(self.span(&head));
        }
        let head = self.primary(head);
        if trailers.is_empty() { head } else { self.postfix(head, trailers) }
    }

    /// A primary with what follows it without a blank.
    #[inline(never)]
    fn postfix(&mut self, head: Expr, trailers: Vec<Node>) -> Expr {
        let Some(last) = trailers.last() else {
            return head;
        };
        let span = head.span.to(self.span(last));
        let mut read = Vec::with_capacity(trailers.len());
        for trailer in trailers {
            match self.trailer(&head, trailer) {
                Some(trailer) => read.push(trailer),
                None => return missing(span),
            }
        }
        Expr { span, kind: ExprKind::Postfix(Box::new(head), read) }
    }

    fn primary(&mut self, node: Node) -> Expr {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::name => return self.name_use(&node),
            Rule::number => return self.number(&node),
            Rule::if_expr => return self.if_expression(node),
            Rule::paren => return self.parenthesised(node),
            Rule::missing => return self.missing_operand(&node),
            Rule::string => ExprKind::Str(self.string(&node)),
            Rule::list => ExprKind::List(self.list(node)),
            Rule::literal => self.literal(&node),
            _ => {
                self.keyword_as_value(&node);
                ExprKind::Missing
            }
        };
        Expr { span, kind }
    }

    #[inline(never)]
    fn literal(&self, node: &Node) -> ExprKind {
        match self.written(node) {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            _ => ExprKind::None,
        }
    }

    #[cold]
    #[inline(never)]
    fn keyword_as_value(&mut self, node: &Node) {
        let word = self.written(node);
        let message = format!("`{word}` is a keyword, and here only a label may be one");
        self.report_with_help(self.span(node), message, "a label is followed by `:` and its layer");
    }

    #[inline(never)]
    fn name_use(&mut self, node: &Node) -> Expr {
        let (span, word) = (self.span(node), self.written(node));
        match PYTHON_LITERALS.iter().find(|(foreign, _)| *foreign == word) {
            Some((_, own)) => {
                self.report(span, format!("`{word}` is written `{own}`"));
                missing(span)
            }
            None => Expr { span, kind: ExprKind::Name(Arc::from(word)) },
        }
    }

    /// `nn.Conv2d(…)`, `self.conv(x)`: reported, and true.
    #[inline(never)]
    fn is_foreign_call(&mut self, head: &Node, trailers: &[Node]) -> bool {
        let root = self.written(head);
        let called = trailers.iter().position(|trailer| trailer.as_rule() == Rule::call);
        let field = called.and_then(|call| call.checked_sub(1)).and_then(|before| trailers.get(before));
        let Some(field) = field.filter(|field| field.as_rule() == Rule::field) else {
            return false;
        };
        let layer = self.written(field).trim_start_matches('.');
        let span = self.span(head).to(self.span(field));
        let written = self.slice(span).to_owned();
        let (message, help) = match root {
            "self" => (
                "there is no `self`".to_owned(),
                format!("declare `layer {layer} = …` and send a tensor through it: `x -> {layer}`"),
            ),
            _ if FRAMEWORKS.contains(&root) => (
                format!("`{written}` is written `{layer}`"),
                "layers stand without a module's name".to_owned(),
            ),
            _ => return false,
        };
        self.report_with_help(span, message, help);
        true
    }

    fn trailer(&mut self, before: &Expr, node: Node) -> Option<Trailer> {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::call => TrailerKind::Call(self.arguments(node)),
            Rule::index if has_colon(&node) => {
                let help = format!("write `{}[a..b]`", self.clipped(before.span));
                self.report_with_help(span, "a range is written with `..`, not with `:`", help);
                return None;
            }
            Rule::index => TrailerKind::Index(Box::new(self.bracketed(node))),
            Rule::brace => {
                let written = self.clipped(before.span.to(span));
                let message =
                    format!("`{{ }}` behind a name belongs to a label, and no `:` follows `{written}`");
                let word = self.word_at(span.end);
                let help = if word.is_empty() {
                    format!("write `{written}: LAYER` with the layer's name")
                } else {
                    format!("a label whose word goes on is a string: `\"{written}{word}\": LAYER`")
                };
                self.report_with_help(span, message, help);
                return None;
            }
            _ => TrailerKind::Field(self.field(before, node)?),
        };
        Some(Trailer { span, kind })
    }

    #[inline(never)]
    fn field(&mut self, before: &Expr, node: Node) -> Option<Name> {
        let span = self.span(&node);
        if matches!(before.kind, ExprKind::Int(_) | ExprKind::Float(_)) {
            self.report(before.span.to(span), "a number has no fields");
            return None;
        }
        let word = node.into_inner().next();
        if word.is_none() {
            self.expected_behind(span.end, "a name");
        }
        word.map(|word| self.name(&word))
    }

    /// The arguments in a `call`.
    #[inline(never)]
    pub(super) fn arguments(&mut self, node: Node) -> Vec<Arg> {
        let mut arguments = Vec::new();
        for node in node.into_inner() {
            match node.as_rule() {
                Rule::arg => arguments.push(self.argument(node)),
                _ => self.unexpected(&node),
            }
        }
        arguments
    }

    fn argument(&mut self, node: Node) -> Arg {
        let span = self.span(&node);
        let mut parts = node.into_inner().peekable();
        let name = next_of(&mut parts, Rule::arg_name).map(|name| self.name(&name));
        let mut values = Vec::with_capacity(1);
        self.push_ranged(&mut values, &mut parts);
        Arg { name, value: values.pop().unwrap_or_else(|| missing(span)) }
    }

    /// An expression, or with `..` behind it a range; false where none follows.
    fn push_ranged(&mut self, list: &mut Vec<Expr>, parts: &mut Parts) -> bool {
        let Some(start) = parts.next_if(|node| is_value(node.as_rule())) else {
            return false;
        };
        let start = self.value(start);
        list.push(start);
        if next_of(parts, Rule::dotdot).is_some() {
            self.push_ranged(list, parts);
            join_range(list);
        }
        true
    }

    /// The one expression in an index, or in the braces of a label or a branch.
    #[inline(never)]
    pub(super) fn bracketed(&mut self, node: Node) -> Expr {
        let span = self.span(&node);
        let mut parts = node.into_inner().peekable();
        let mut values = Vec::with_capacity(1);
        self.push_ranged(&mut values, &mut parts);
        for rest in parts {
            self.unexpected(&rest);
        }
        values.pop().unwrap_or_else(|| missing(span))
    }

    #[inline(never)]
    pub(super) fn list(&mut self, node: Node) -> Vec<Expr> {
        let mut entries = Vec::new();
        for node in node.into_inner() {
            match node.as_rule() {
                Rule::rest => self.unexpected(&node),
                _ => entries.push(self.value(node)),
            }
        }
        entries
    }

    /// `(a)`, `(a, b)`, `(a,)`
    #[inline(never)]
    fn parenthesised(&mut self, node: Node) -> Expr {
        let span = self.span(&node);
        let mut parts = node.into_inner().peekable();
        let mut entries = Vec::new();
        while self.push_ranged(&mut entries, &mut parts) {}
        Expr { span, kind: self.in_parentheses(entries, parts, span) }
    }

    /// What entries mean, by what follows them before the `)`.
    #[inline(never)]
    fn in_parentheses(&mut self, mut entries: Vec<Expr>, mut parts: Parts, span: Span) -> ExprKind {
        let trailing = next_of(&mut parts, Rule::trailing).is_some();
        let wrong = parts.peek().is_some();
        for rest in parts {
            self.unexpected(&rest);
        }
        match entries.len() {
            _ if wrong => ExprKind::Missing,
            0 => {
                self.report_with_help(span, "`( )` holds nothing", "a list without entries is `[]`");
                ExprKind::Missing
            }
            1 if !trailing => {
                entries.pop().map_or(ExprKind::Missing, |entry| ExprKind::Paren(Box::new(entry)))
            }
            _ => ExprKind::Tuple(entries),
        }
    }

    #[inline(never)]
    fn if_expression(&mut self, node: Node) -> Expr {
        let span = self.span(&node);
        let mut arms = Vec::new();
        let mut otherwise = None;
        let mut parts = node.into_inner();
        while let Some(node) = parts.next() {
            if node.as_rule() != Rule::if_head {
                otherwise = Some(Box::new(self.branch(node)));
                continue;
            }
            let condition = self.if_head(node);
            let branch = parts.next().map_or_else(|| missing(span), |branch| self.branch(branch));
            arms.push((condition, branch));
        }
        Expr { span, kind: ExprKind::If(arms, otherwise) }
    }

    fn branch(&mut self, node: Node) -> Expr {
        match node.as_rule() {
            Rule::branch => self.bracketed(node),
            _ => {
                let span = self.span(&node);
                let help = "both branches of an `if` stand in braces: `if c { a } else { b }`";
                self.expected_with_help(span.start, "`{`", help);
                missing(span)
            }
        }
    }

    /// The condition of an `if`.
    pub(super) fn if_head(&mut self, node: Node) -> Expr {
        let span = self.span(&node);
        let mut condition = None;
        for node in node.into_inner() {
            match node.as_rule() {
                Rule::head_rest => self.unexpected_in_head(&node),
                Rule::bare_if => self.bare_if(&node),
                _ => condition = Some(node),
            }
        }
        match condition {
            // A bare `if` where the condition should be says more than that it is missing.
            Some(node) if node.as_rule() == Rule::cond || !self.ahead(span.start).starts_with("if") => {
                self.value(node)
            }
            _ => missing(span),
        }
    }

    #[cold]
    fn bare_if(&mut self, node: &Node) {
        let span = self.reach(node);
        self.report_with_help(span, "a condition holds no bare `if`", "put it in parentheses");
    }

    /// The place of a span without the blanks and comments at its end.
    pub(super) fn trimmed(&self, span: Span) -> Span {
        Span { start: span.start, end: self.end_before(span.end).max(span.start) }
    }
}

/// Whether an index looks like Python's `a:b`, where nobody writes a label.
fn has_colon(index: &Node) -> bool {
    let mut parts = index.clone().into_inner();
    parts.any(|part| match part.as_rule() {
        Rule::chain => part.into_inner().any(|part| part.as_rule() == Rule::colon),
        Rule::rest => part.as_str().starts_with([':', ';']),
        _ => false,
    })
}

/// The last two expressions as a range.
#[inline(never)]
fn join_range(list: &mut Vec<Expr>) {
    if let (Some(end), Some(start)) = (list.pop(), list.pop()) {
        let span = start.span.to(end.span);
        list.push(Expr { span, kind: ExprKind::Range(Box::new(start), Box::new(end)) });
    }
}
