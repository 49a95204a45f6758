//! Numbers and strings: their values, and what to write where one is none.

use std::sync::Arc;

use super::{Builder, Node, missing};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind};

/// Why a text is no number: what to say, and what to do.
struct NoNumber {
    message: String,
    help: Option<String>,
}

impl Builder<'_> {
    #[inline(never)]
    pub(super) fn number(&mut self, node: &Node) -> Expr {
        let span = node.span();
        match number(self.written(node)) {
            Ok(kind) => Expr { span, kind },
            Err(NoNumber { message, help }) => {
                let error = self.error(span, message);
                self.errors.push(help.into_iter().fold(error, |error, help| error.help(help)));
                missing(span)
            }
        }
    }

    /// A string's text, quotes taken off and escapes resolved.
    #[inline(never)]
    pub(super) fn string(&mut self, node: &Node) -> Arc<str> {
        let raw = self.written(node);
        let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or("");
        let start = node.span().start.saturating_add(1);
        Arc::from(self.unescape(inner, start))
    }

    /// Resolves the escapes of a string's part that begins at an offset.
    pub(super) fn unescape(&mut self, raw: &str, start: u32) -> String {
        let mut text = String::with_capacity(raw.len());
        let mut characters = raw.char_indices();
        while let Some((_, character)) = characters.next() {
            if character != '\\' {
                text.push(character);
                continue;
            }
            match characters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, same @ ('"' | '\\'))) => text.push(same),
                Some((at, other)) => {
                    let at = (start as usize).saturating_add(at);
                    let span = Span::new(at.saturating_sub(1), at.saturating_add(other.len_utf8()));
                    let message = format!("`\\{other}` is no escape");
                    self.report_with_help(span, message, "there are `\\\"`, `\\\\`, `\\n` and `\\t`");
                }
                None => {}
            }
        }
        text
    }
}

fn number(text: &str) -> Result<ExprKind, NoNumber> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map(ExprKind::Int).map_err(|_| too_large(text));
    }
    let body_end =
        text.find(|character: char| !character.is_ascii_digit() && !matches!(character, '_' | '.'));
    let (body, tail) = text.split_at_checked(body_end.unwrap_or(text.len())).unwrap_or((text, ""));
    check_body(text, body)?;
    let digits: String = body.chars().filter(|character| *character != '_').collect();
    match tail {
        "" if digits.contains('.') => float(text, &digits),
        "" => digits.parse().map(ExprKind::Int).map_err(|_| too_large(text)),
        "k" => scaled(text, &digits, 3),
        "M" => scaled(text, &digits, 6),
        "G" => scaled(text, &digits, 9),
        _ => match exponent(tail) {
            Some(exponent) => float(text, &format!("{digits}e{exponent}")),
            None => Err(other_tail(text, body, tail)),
        },
    }
}

/// Digits, with single `_` between two of them, and at most one point with digits on both sides.
fn check_body(text: &str, body: &str) -> Result<(), NoNumber> {
    let no_number = |write: String| {
        Err(NoNumber { message: format!("`{text}` is no number: write `{write}`"), help: None })
    };
    if let Some(integer) = body.strip_suffix('.') {
        return no_number(format!("{integer}.0"));
    }
    if body.matches('.').count() > 1 {
        return Err(NoNumber { message: format!("`{text}` is no number: it has two points"), help: None });
    }
    let grouped = |part: &str| !part.starts_with('_') && !part.ends_with('_') && !part.contains("__");
    if !body.split('.').all(grouped) {
        let groups =
            |part: &str| part.split('_').filter(|group| !group.is_empty()).collect::<Vec<_>>().join("_");
        let tail = text.strip_prefix(body).unwrap_or("");
        return no_number(format!("{}{tail}", body.split('.').map(groups).collect::<Vec<_>>().join(".")));
    }
    Ok(())
}

fn float(text: &str, digits: &str) -> Result<ExprKind, NoNumber> {
    digits
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
        .map(ExprKind::Float)
        .ok_or_else(|| too_large(text))
}

fn too_large(text: &str) -> NoNumber {
    NoNumber { message: format!("`{text}` is too large a number"), help: None }
}

/// An integer with a size suffix: the digits after the point must not outnumber its zeros.
fn scaled(text: &str, digits: &str, zeros: usize) -> Result<ExprKind, NoNumber> {
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let Some(missing) = zeros.checked_sub(fraction.len()) else {
        return Err(NoNumber {
            message: format!("`{text}` is no integer"),
            help: Some(
                "a number with a size suffix is an integer: write fewer digits after the point".to_owned(),
            ),
        });
    };
    let all = format!("{integer}{fraction}{}", "0".repeat(missing));
    all.parse().map(ExprKind::Int).map_err(|_| too_large(text))
}

/// The exponent in `e-5`, without its `e`.
fn exponent(tail: &str) -> Option<&str> {
    let exponent = tail.strip_prefix(['e', 'E'])?;
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(exponent)
}

fn other_tail(text: &str, body: &str, tail: &str) -> NoNumber {
    let is_word = tail.chars().all(|character| character.is_alphanumeric() || character == '_');
    let (message, help) = match tail {
        "K" | "m" | "g" => {
            let suffix = if tail == "K" { "k".to_owned() } else { tail.to_uppercase() };
            (format!("`{text}` is no number: write `{body}{suffix}`"), None)
        }
        _ if body == "0" && tail.starts_with(['x', 'b', 'o', 'X']) => {
            (format!("`{text}` is no number: numbers are written in base ten"), None)
        }
        _ if is_word => (
            format!("`{text}` is no number: write `{body} * {tail}`"),
            Some("a number's suffix is `k`, `M` or `G`".to_owned()),
        ),
        _ => (format!("`{text}` is no number"), None),
    };
    NoNumber { message, help }
}
