//! Labels: an operand in front of a `:`, or the text of a string.
//!
//! Main function: [`Builder::label`].

use std::sync::Arc;

use super::expressions::Operand;
use super::{Builder, Node, expression};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Label, LabelPart, Name, Stage};
use crate::syntax::brackets::repaired_expression;
use crate::syntax::grammar::Rule;

/// How deep brackets may stand in each other inside the braces of a string label.
const NESTING_LIMIT: usize = 16;

impl Builder<'_> {
    /// An operand as a label; `None` where it is none, which is reported.
    #[inline(never)]
    pub(super) fn label(&mut self, operand: &Operand) -> Option<Label> {
        let span = self.operand_span(operand);
        if let Some((_, prefix)) = operand.prefixes.first() {
            self.not_a_label(*prefix, "a label has no sign before it");
            return None;
        }
        let mut parts = Vec::with_capacity(1);
        let head = &operand.head;
        match head.rule() {
            Rule::reference | Rule::name | Rule::label_word => {
                parts.push(LabelPart::Text(Arc::from(self.written(head))))
            }
            Rule::string if operand.trailers.is_empty() => {
                let parts = self.quoted_parts(head)?;
                return Some(Label { span, parts, quoted: true });
            }
            Rule::string => {
                self.not_a_label(
                    span,
                    "nothing may follow the string of a label: write it inside the string",
                );
                return None;
            }
            Rule::list => parts.push(LabelPart::Step(self.only_entry(head)?)),
            Rule::missing => {
                self.expected(head.span().start, "a label");
                return None;
            }
            Rule::number => {
                let number = self.written(head);
                self.not_a_label(span, format!("a number is no label: write `[{number}]:`"));
                return None;
            }
            _ => {
                self.not_a_label(span, "this is no label: a label is a path like `encoder.layer[i]`");
                return None;
            }
        }
        for trailer in operand.trailers.clone() {
            let part = self.label_part(&trailer)?;
            push(&mut parts, part);
        }
        Some(Label { span, parts, quoted: false })
    }

    /// The label of a `label` node, which stands alone.
    pub(super) fn label_alone(&mut self, node: Node) -> Option<Label> {
        let at = node.span().start;
        let mut parts = node.parts();
        let Some(operand) = self.operand_parts(&mut parts) else {
            self.expected(at, "a label");
            return None;
        };
        self.label(&operand)
    }

    /// The label of `layer f = label: A`, taken out of its value; refused where a chain follows it.
    pub(super) fn label_of_declaration(&mut self, name: &Name, value: Expr) -> (Option<Label>, Expr) {
        let ExprKind::Chain(mut stages) = value.kind else {
            return (None, value);
        };
        let span = value.span;
        match stages.as_mut_slice() {
            [Stage { label: label @ Some(_), .. }] => {
                let label = label.take();
                let value = stages.pop().map_or(Expr { span, kind: ExprKind::Missing }, |stage| stage.value);
                (label, value)
            }
            [Stage { label: Some(label), value: first }, ..] => {
                let end = first.span.end;
                let [label, first, rest] = [label.span, first.span, Span { start: end, end: span.end }]
                    .map(|part| self.clipped(part).trim().to_owned());
                let name = &name.text;
                let error = self
                    .error(
                        span,
                        format!("the label `{label}` may belong to the first layer or to all of them"),
                    )
                    .help(format!("write `layer {name} = {label}: ({first} {rest})` for all"))
                    .help(format!("or `layer {name} = ({label}: {first}) {rest}` for the first"));
                self.errors.push(error);
                (None, Expr { span, kind: ExprKind::Missing })
            }
            _ => (None, Expr { span, kind: ExprKind::Chain(stages) }),
        }
    }

    fn not_a_label(&mut self, span: Span, message: impl Into<String>) {
        self.report(span, message);
    }

    /// The `n` of a label that begins with `[n]`.
    fn only_entry(&mut self, list: &Node) -> Option<Expr> {
        let span = list.span();
        let mut entries = self.list(*list);
        match (entries.pop(), entries.is_empty()) {
            (Some(entry), true) => Some(entry),
            _ => {
                self.not_a_label(span, "`[ ]` in a label holds one integer or string");
                None
            }
        }
    }

    fn label_part(&mut self, trailer: &Node) -> Option<LabelPart> {
        let span = trailer.span();
        match trailer.rule() {
            Rule::field => {
                let empty = trailer.parts().is_empty();
                if empty {
                    self.expected_behind(span.end, "a word of the label");
                }
                (!empty).then(|| LabelPart::Text(Arc::from(self.written(trailer))))
            }
            Rule::brace => Some(LabelPart::Join(self.bracketed(*trailer))),
            Rule::index => {
                let step = self.bracketed(*trailer);
                if matches!(step.kind, ExprKind::Range(..)) {
                    self.not_a_label(
                        span,
                        "a range is no step of a label: `[ ]` holds one integer or string",
                    );
                    return None;
                }
                Some(LabelPart::Step(step))
            }
            _ => {
                self.report_with_help(
                    span,
                    "a label takes no arguments",
                    "a label is a path like `encoder.layer[i]`; the layer follows its `:`",
                );
                None
            }
        }
    }

    /// The parts of a string label: text with expressions in braces.
    fn quoted_parts(&mut self, string: &Node) -> Option<Vec<LabelPart>> {
        let span = string.span();
        let mut parts = Vec::new();
        let raw = self.written(string);
        let mut rest = raw.get(1..raw.len().saturating_sub(1)).unwrap_or("");
        let mut at = span.start.saturating_add(1);
        if rest.is_empty() {
            self.not_a_label(span, "a label is not empty");
            return None;
        }
        while let Some((text, opened)) = rest.split_once('{') {
            self.push_text(&mut parts, text, at);
            let start = at.saturating_add(length(text)).saturating_add(1);
            let Some(inside) = braced(opened) else {
                self.report(
                    Span { start: start.saturating_sub(1), end: start },
                    "`{` is never closed in this label",
                );
                return None;
            };
            if inside.trim().is_empty() {
                let span = Span {
                    start: start.saturating_sub(1),
                    end: start.saturating_add(length(inside)).saturating_add(1),
                };
                self.report_with_help(
                    span,
                    "`{ }` in this label holds nothing",
                    "write an integer or a string in it",
                );
                return None;
            }
            parts.push(LabelPart::Join(self.embedded(start, inside)?));
            at = start.saturating_add(length(inside)).saturating_add(1);
            rest = opened.get(inside.len().saturating_add(1)..).unwrap_or("");
        }
        if let Some((text, _)) = rest.split_once('}') {
            let start = at.saturating_add(length(text));
            self.report(Span { start, end: start.saturating_add(1) }, "`}` closes nothing in this label");
            return None;
        }
        self.push_text(&mut parts, rest, at);
        Some(parts)
    }

    fn push_text(&mut self, parts: &mut Vec<LabelPart>, raw: &str, at: u32) {
        if !raw.is_empty() {
            let text = self.unescape(raw, at);
            parts.push(LabelPart::Text(Arc::from(text)));
        }
    }

    /// The expression in the braces of a string label, parsed on its own; `None` where it is reported.
    fn embedded(&mut self, start: u32, text: &str) -> Option<Expr> {
        let (from, end) = (start as usize, (start as usize).saturating_add(text.len()));
        let text = self.text.get(..end).unwrap_or("");
        let repaired = repaired_expression(text, from, NESTING_LIMIT);
        if let Some(comment) = repaired.comments.first() {
            self.report(comment.span, "the braces of a label hold no comment");
            return None;
        }
        expression(self.file, text, &repaired, NESTING_LIMIT)
            .map_err(|errors| self.errors.extend(errors))
            .ok()
    }
}

/// What stands before the `}` that closes a brace.
fn braced(text: &str) -> Option<&str> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth = depth.saturating_add(1),
            b'}' if depth == 0 => return text.get(..at),
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// Appends a part; neighbouring words are one text: `mlp` and `.c_fc` are `mlp.c_fc`.
fn push(parts: &mut Vec<LabelPart>, part: LabelPart) {
    match (parts.last_mut(), part) {
        (Some(LabelPart::Text(before)), LabelPart::Text(text)) => {
            *before = Arc::from(format!("{before}{text}"))
        }
        (_, part) => parts.push(part),
    }
}
