//! Operands: numbers, names, brackets, `if` expressions, and the calls, indices and fields behind them.
//!
//! Main function: [`Builder::operand`].

use std::sync::Arc;

use super::expressions::is_name;
use super::foreign::{FRAMEWORKS, PYTHON_LITERALS};
use super::{Builder, Node, Parts, missing};
use crate::source::Span;
use crate::syntax::ast::{Arg, Expr, ExprKind, Name, Trailer, TrailerKind};
use crate::syntax::grammar::Rule;

impl Builder<'_> {
    /// An operand without its prefixes.
    pub(super) fn operand(&mut self, head: Node, trailers: Parts) -> Expr {
        if is_name(&head) && !trailers.is_empty() && self.is_foreign_call(&head, trailers.clone()) {
            return missing(head.span());
        }
        let head = self.primary(head);
        if trailers.is_empty() { head } else { self.postfix(head, trailers) }
    }

    #[cold]
    fn behind_if(&mut self, trailers: &Parts) {
        let place = trailers.peek().map(|first| first.span()).unwrap_or_default();
        let message = "an `if` expression ends at its last brace";
        self.report_with_help(place, message, "put it in parentheses to go on with its value");
    }

    /// A primary with what follows it without a blank.
    #[inline(never)]
    fn postfix(&mut self, head: Expr, trailers: Parts) -> Expr {
        let end = trailers.clone().last().map_or(head.span, |last| last.span());
        let span = head.span.to(end);
        if matches!(head.kind, ExprKind::If(..)) {
            self.behind_if(&trailers);
            return missing(span);
        }
        let mut read = Vec::with_capacity(1);
        for trailer in trailers {
            match self.trailer(&head, trailer) {
                Some(trailer) => read.push(trailer),
                None => return missing(span),
            }
        }
        Expr { span, kind: ExprKind::Postfix(Box::new(head), read) }
    }

    fn primary(&mut self, node: Node) -> Expr {
        let span = node.span();
        let kind = match node.rule() {
            Rule::name | Rule::reference => return self.name_use(&node),
            Rule::number => return self.number(&node),
            Rule::if_expr => return self.if_expression(node),
            Rule::parenthesised => return self.parenthesised(node),
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
        self.report_with_help(node.span(), message, "a label is followed by `:` and its layer");
    }

    #[inline(never)]
    fn name_use(&mut self, node: &Node) -> Expr {
        let (span, word) = (node.span(), self.written(node));
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
    fn is_foreign_call(&mut self, head: &Node, mut trailers: Parts) -> bool {
        let root = self.written(head);
        let before = trailers.take_all(|rule| rule != Rule::call);
        let field = before.last().filter(|field| field.rule() == Rule::field && !trailers.is_empty());
        let Some(field) = field else {
            return false;
        };
        let layer = self.written(&field).trim_start_matches('.');
        let span = head.span().to(field.span());
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
        let span = node.span();
        let kind = match node.rule() {
            Rule::call => TrailerKind::Call(self.arguments(node)),
            Rule::index if self.has_colon(&node) => {
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
        let span = node.span();
        if matches!(before.kind, ExprKind::Int(_) | ExprKind::Float(_)) {
            self.report(before.span.to(span), "a number has no fields");
            return None;
        }
        let word = node.parts().next();
        if word.is_none() {
            self.expected_behind(span.end, "a name");
        }
        word.map(|word| self.name(&word))
    }

    /// The arguments in a `call`.
    #[inline(never)]
    pub(super) fn arguments(&mut self, node: Node) -> Vec<Arg> {
        let mut parts = node.parts();
        let values = parts.clone().filter(|part| part.rule() != Rule::argument_name);
        let mut arguments = Vec::with_capacity(values.count());
        while let Some(node) = parts.next() {
            match node.rule() {
                Rule::rest => self.unexpected(&node),
                Rule::argument_name => {
                    let name = Some(self.name(&node));
                    let value = parts.next().map(|value| self.ranged(value, &mut parts));
                    arguments.extend(value.map(|value| Arg { name, value }));
                }
                _ => arguments.push(Arg { name: None, value: self.ranged(node, &mut parts) }),
            }
        }
        arguments
    }

    /// An expression, or with `..` behind it a range.
    #[inline(never)]
    fn ranged(&mut self, node: Node, parts: &mut Parts) -> Expr {
        let start = self.value(node);
        let end = parts.next_of(Rule::range_end).and_then(|end| end.parts().next());
        match end {
            Some(end) => range(start, self.value(end)),
            None => start,
        }
    }

    /// The one expression in an index, or in the braces of a label or a branch.
    #[inline(never)]
    pub(super) fn bracketed(&mut self, node: Node) -> Expr {
        let span = node.span();
        let mut parts = node.parts();
        let value = parts.next_if(|rule| rule != Rule::rest);
        let value = value.map(|value| self.ranged(value, &mut parts));
        for rest in parts {
            self.unexpected(&rest);
        }
        value.unwrap_or_else(|| missing(span))
    }

    #[inline(never)]
    pub(super) fn list(&mut self, node: Node) -> Vec<Expr> {
        let mut entries = Vec::with_capacity(node.parts().count());
        for node in node.parts() {
            match node.rule() {
                Rule::rest => self.unexpected(&node),
                _ => entries.push(self.value(node)),
            }
        }
        entries
    }

    /// `(a)`, `(a, b)`, `(a,)`
    #[inline(never)]
    fn parenthesised(&mut self, node: Node) -> Expr {
        let span = node.span();
        let mut parts = node.parts();
        let mut entries = Vec::new();
        while let Some(entry) = parts.next_if(|rule| !matches!(rule, Rule::trailing | Rule::rest)) {
            let entry = self.ranged(entry, &mut parts);
            entries.push(entry);
        }
        Expr { span, kind: self.in_parentheses(entries, parts, span) }
    }

    /// What entries mean, by what follows them before the `)`.
    #[inline(never)]
    fn in_parentheses(&mut self, mut entries: Vec<Expr>, mut parts: Parts, span: Span) -> ExprKind {
        let trailing = parts.next_of(Rule::trailing).is_some();
        let wrong = !parts.is_empty();
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
        let span = node.span();
        let mut arms = Vec::new();
        let mut otherwise = None;
        let mut parts = node.parts();
        while let Some(node) = parts.next() {
            if node.rule() != Rule::if_head {
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
        match node.rule() {
            Rule::branch => self.bracketed(node),
            _ => {
                let span = node.span();
                let help = "both branches of an `if` stand in braces: `if c { a } else { b }`";
                self.expected_with_help(span.start, "`{`", help);
                missing(span)
            }
        }
    }

    /// The condition of an `if`.
    pub(super) fn if_head(&mut self, node: Node) -> Expr {
        let span = node.span();
        let mut condition = None;
        for node in node.parts() {
            match node.rule() {
                Rule::head_rest => self.unexpected_in_head(&node),
                Rule::bare_if => self.bare_if(&node),
                _ => condition = Some(node),
            }
        }
        match condition {
            // A bare `if` where the condition should be says more than that it is missing.
            Some(node) if node.rule() == Rule::condition || !self.ahead(span.start).starts_with("if") => {
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

    /// Whether an index looks like Python's `a:b`, where nobody writes a label.
    fn has_colon(&self, index: &Node) -> bool {
        let mut parts = index.parts();
        parts.any(|part| match part.rule() {
            Rule::chain => part.parts().any(|part| self.is_colon(&part)),
            Rule::rest => self.written(&part).starts_with(':'),
            _ => false,
        })
    }

    /// The place of a span without the blanks and comments at its end.
    pub(super) fn trimmed(&self, span: Span) -> Span {
        Span { start: span.start, end: self.end_before(span.end).max(span.start) }
    }
}

#[inline(never)]
fn range(start: Expr, end: Expr) -> Expr {
    Expr { span: start.span.to(end.span), kind: ExprKind::Range(Box::new(start), Box::new(end)) }
}
