//! Chains cut at their arrows, and stages at their colons.
//!
//! Main function: [`Builder::value`]. A chain's parts are one flat list that is read in loops: only brackets and the
//! branches of an `if` recurse.

use super::precedence::{Sign, Terms, sign};
use super::{Builder, Node, Parts, missing};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, InfixOp, Label, PrefixOp, Stage};
use crate::syntax::grammar::Rule;

/// An operand as it stands; a `:` behind it may make it a label.
pub(super) struct Operand<'n> {
    pub(super) prefixes: Vec<(PrefixOp, Span)>,
    pub(super) head: Node<'n>,
    pub(super) trailers: Parts<'n>,
}

/// How far a chain reaches so far.
struct Reach {
    span: Option<Span>,
    /// The label of the stage at hand.
    label: Option<Label>,
    /// False once an error says that it may mean something else.
    readable: bool,
}

impl Reach {
    /// True before the first stage, if it has no label: it may be all there is.
    fn is_untouched(&self) -> bool {
        self.span.is_none() && self.label.is_none() && self.readable
    }

    fn push(&mut self, stages: &mut Vec<Stage>, value: Expr) {
        let label = self.label.take();
        let span = label.as_ref().map_or(value.span, |label| label.span.to(value.span));
        self.span = Some(self.span.map_or(span, |before| before.to(span)));
        stages.push(Stage { label, value });
    }
}

// What recurses through brackets keeps its frames small: values go straight into the lists that hold them, and what
// is not on that way is not inlined.
impl Builder<'_> {
    /// A chain or a condition, or the empty node where one is missing.
    pub(super) fn value(&mut self, node: Node) -> Expr {
        match node.rule() {
            Rule::chain => self.chain(node),
            Rule::condition => self.condition(node),
            Rule::missing => self.missing_operand(&node),
            _ => self.operand(node, Parts::default()),
        }
    }

    #[inline(never)]
    fn chain(&mut self, node: Node) -> Expr {
        let whole = node.span();
        let mut parts = node.parts();
        let mut stages = Vec::new();
        let mut reach = Reach { span: None, label: None, readable: true };
        loop {
            let Some(operand) = self.stage_start(&mut parts, &mut reach) else {
                return missing(whole);
            };
            if self.is_lone(&operand, &parts) {
                if parts.is_empty() && reach.is_untouched() {
                    return self.operand(operand.head, operand.trailers);
                }
                self.push_lone(&mut stages, operand, &mut reach);
            } else {
                let terms = self.terms(operand, &mut parts);
                if parts.is_empty() && reach.is_untouched() {
                    return self.by_precedence(terms);
                }
                self.push_stage(&mut stages, terms, &mut reach);
            }
            match parts.peek() {
                None => return finished_chain(stages, &reach, whole),
                Some(colon) if self.is_colon(&colon) => {
                    self.operators_before(colon.span());
                    return missing(whole);
                }
                Some(_) => {}
            }
        }
    }

    #[cold]
    fn operators_before(&mut self, colon: Span) {
        let message = "an operator stands before this `:`, and no label holds one";
        self.report_with_help(colon, message, "a label is a path like `encoder.layer[i]`");
    }

    /// The labels of a stage (there should be at most one), and its first operand.
    #[inline(never)]
    fn stage_start<'n>(&mut self, parts: &mut Parts<'n>, reach: &mut Reach) -> Option<Operand<'n>> {
        let mut operand = self.operand_parts(parts);
        let mut labelled = false;
        while let Some(colon) = parts.peek().filter(|next| self.is_colon(next)) {
            parts.next();
            if std::mem::replace(&mut labelled, true) {
                self.report_with_help(
                    colon.span(),
                    "a label is not labelled again",
                    "join the labels by `.`",
                );
                reach.readable = false;
            }
            reach.label = operand.and_then(|operand| self.label(&operand));
            reach.readable &= reach.label.is_some();
            operand = self.operand_parts(parts);
        }
        operand
    }

    /// A stage that is one operand, as most are: there is nothing to group.
    #[inline(never)]
    fn push_lone(&mut self, stages: &mut Vec<Stage>, operand: Operand, reach: &mut Reach) {
        let value = self.operand(operand.head, operand.trailers);
        reach.push(stages, value);
    }

    #[inline(never)]
    fn terms(&mut self, first: Operand, parts: &mut Parts) -> Terms {
        let mut terms = Terms::default();
        let mut next = Some(first);
        while let Some(operand) = next {
            self.push_term(&mut terms, operand);
            next = if self.push_sign(&mut terms, parts) { self.operand_parts(parts) } else { None };
        }
        terms
    }

    #[inline(never)]
    fn push_stage(&mut self, stages: &mut Vec<Stage>, terms: Terms, reach: &mut Reach) {
        if (reach.span.is_some() || reach.label.is_some()) && !terms.signs.is_empty() {
            let start = reach.label.as_ref().map_or_else(|| terms.first_span(), |label| label.span);
            reach.readable &= self.only_repeated(&terms, reach.span.unwrap_or(start).to(start));
        }
        let value = self.by_precedence(terms);
        reach.push(stages, value);
    }

    /// Behind a layer only `* count` may stand: anything else could be meant for the whole chain.
    #[inline(never)]
    fn only_repeated(&mut self, terms: &Terms, chain: Span) -> bool {
        let repeats = |sign: &(Sign, Span)| sign.0 == Sign::Infix(InfixOp::Multiply);
        let wrong = match terms.signs.as_slice() {
            [] => return true,
            [first] if repeats(first) => return true,
            [first, again, ..] if repeats(first) && repeats(again) => {
                let help = "multiply the counts in parentheses: `* (m * n)`";
                self.report_with_help(again.1, "a layer is repeated by one count", help);
                return false;
            }
            [first, other, ..] if repeats(first) => other.1,
            [first, ..] => first.1,
        };
        let layer_start = terms.first_span().start;
        let last_end = terms.values.last().map_or(chain.end, |last| last.span.end);
        let part = |start: u32, end: u32| self.clipped(self.trimmed(Span { start, end }));
        let whole = part(chain.start, wrong.start);
        let before = part(chain.start, layer_start);
        let layer = part(layer_start, wrong.start);
        let rest = part(wrong.start, last_end);
        let message = format!("`{}` behind a layer can be read in two ways", self.slice(wrong));
        let error = self
            .error(wrong, message)
            .help(format!("write `({whole}) {rest}` to go on with the layer's result"));
        self.errors.push(error.help(format!("write `{before} ({layer} {rest})` if all of it is the layer")));
        false
    }

    /// What stands between `if` or `in` and its `{`.
    #[inline(never)]
    fn condition(&mut self, node: Node) -> Expr {
        let mut parts = node.parts();
        let mut terms = Terms::default();
        while let Some(operand) = self.operand_parts(&mut parts) {
            self.push_term(&mut terms, operand);
            self.push_sign(&mut terms, &mut parts);
        }
        self.by_precedence(terms)
    }

    /// The sign behind an operand; false where none follows.
    #[inline(never)]
    pub(super) fn push_sign(&self, list: &mut Terms, parts: &mut Parts) -> bool {
        let op = parts.peek().filter(|next| self.is_operator(next));
        let found = op.is_some();
        if found {
            parts.next();
        }
        list.signs.extend(op.map(|op| (sign(self.written(&op)), op.span())));
        found
    }

    #[inline(always)]
    pub(super) fn push_term(&mut self, list: &mut Terms, operand: Operand) {
        let Operand { prefixes, head, trailers } = operand;
        let value = self.operand(head, trailers);
        list.push(prefixes, value);
    }

    #[inline(never)]
    pub(super) fn operand_parts<'n>(&self, parts: &mut Parts<'n>) -> Option<Operand<'n>> {
        let mut prefixes = Vec::new();
        while let Some(prefix) = parts.next_of(Rule::prefix) {
            let kind = if self.written(&prefix) == "-" { PrefixOp::Negate } else { PrefixOp::Not };
            prefixes.push((kind, prefix.span()));
        }
        let head = parts.next()?;
        let is_trailer = |rule| matches!(rule, Rule::call | Rule::index | Rule::field | Rule::brace);
        let trailers = parts.take_all(is_trailer);
        Some(Operand { prefixes, head, trailers })
    }

    /// Whether an operand has no sign before it, and none behind it.
    fn is_lone(&self, operand: &Operand, parts: &Parts) -> bool {
        operand.prefixes.is_empty() && !parts.peek().is_some_and(|next| self.is_operator(&next))
    }

    /// Whether a node is a colon behind a label.
    pub(super) fn is_colon(&self, node: &Node) -> bool {
        node.rule() == Rule::link && self.written(node) == ":"
    }

    /// Whether a node is an operator between two operands.
    fn is_operator(&self, node: &Node) -> bool {
        node.rule() == Rule::operator || node.rule() == Rule::link && self.written(node) != ":"
    }

    /// The place of an operand, from its first prefix to its last trailer.
    pub(super) fn operand_span(&self, operand: &Operand) -> Span {
        let head = operand.head.span();
        let end = operand.trailers.clone().last().map_or(head, |last| last.span());
        let start = operand.prefixes.first().map_or(head, |(_, place)| *place);
        start.to(head).to(end)
    }
}

/// Whether a node is a name.
pub(super) fn is_name(node: &Node) -> bool {
    matches!(node.rule(), Rule::reference | Rule::name)
}

#[inline(never)]
fn finished_chain(stages: Vec<Stage>, reach: &Reach, whole: Span) -> Expr {
    let span = reach.span.unwrap_or(whole);
    if reach.readable { Expr { span, kind: ExprKind::Chain(stages) } } else { missing(span) }
}
