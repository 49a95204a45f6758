//! The concrete syntax tree: what pest read of a chunk, as one flat list in which each node precedes what is in it.
//!
//! Main function: [`read`]. The rest of the parser knows nodes only, and none of pest's pairs: a node is a copy of four
//! words, and knows its place in the text.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use pest::error::ErrorVariant;
use pest::{Parser as _, Token};

use super::canonical::Canonical;
use super::grammar::{Grammar, Rule};
use crate::source::Span;

/// A node without what is in it.
#[derive(Clone, Copy, Debug)]
struct Entry {
    rule: Rule,
    /// How many nodes it is, with itself and all that is in it.
    size: u32,
    span: Span,
}

/// All nodes of a stretch.
#[derive(Debug)]
pub(super) struct Nodes {
    list: Vec<Entry>,
}

/// A node, with all that is in it: the first of its entries is itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'n> {
    entry: Entry,
    inner: &'n [Entry],
}

/// Nodes side by side.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts<'n> {
    rest: &'n [Entry],
}

/// Why pest gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// The stack is too small.
    Stack,
    /// It took more steps than the length of the text allows.
    Steps,
}

/// The steps that a text may take: so many for each token, and so many at least. What can be measured takes at most
/// a tenth of it.
const STEPS_PER_TOKEN: usize = 200;
const STEPS: usize = 2_000;

/// Lets pest take the steps that a text of so many tokens may take.
///
/// pest's limit belongs to the process, and each parse takes it over where it begins. So it only ever grows: no parse gets
/// less than its text may take, whatever other threads parse, and none more than the longest text so far.
fn allow_steps(tokens: usize) {
    static ALLOWED: AtomicUsize = AtomicUsize::new(0);
    static GROWING: Mutex<()> = Mutex::new(());
    let steps = tokens.saturating_mul(STEPS_PER_TOKEN).saturating_add(STEPS);
    if ALLOWED.load(Ordering::Acquire) >= steps {
        return;
    }
    let _growing = GROWING.lock();
    if ALLOWED.load(Ordering::Acquire) < steps {
        pest::set_call_limit(NonZeroUsize::new(steps));
        ALLOWED.store(steps, Ordering::Release);
    }
}

/// Reads canonical text by a rule.
pub(super) fn read(rule: Rule, canonical: &Canonical) -> Result<Nodes, Unreadable> {
    allow_steps(canonical.len());
    let pairs = Grammar::parse(rule, canonical.as_str()).map_err(|error| match error.variant {
        ErrorVariant::CustomError { message } if message.starts_with("stack") => Unreadable::Stack,
        _ => Unreadable::Steps,
    })?;
    let events = pairs.tokens();
    let mut list: Vec<Entry> = Vec::with_capacity(events.len() / 2);
    let mut open = Vec::new();
    // Events come in the order of their places, so the token of each is found by going on from the one before.
    let mut token = 0;
    for event in events {
        match event {
            Token::Start { rule, pos } => {
                token = canonical.token_from(token, pos.pos());
                let start = canonical.start(token);
                open.push((list.len(), token));
                list.push(Entry { rule, size: 1, span: Span { start, end: start } });
            }
            Token::End { pos, .. } => {
                let Some((at, first)) = open.pop() else { continue };
                token = canonical.token_from(token, pos.pos());
                let size = list.len().saturating_sub(at);
                if let Some(entry) = list.get_mut(at) {
                    entry.size = u32::try_from(size).unwrap_or(u32::MAX);
                    if token > first {
                        entry.span.end = canonical.end_before(token);
                    }
                }
            }
        }
    }
    Ok(Nodes { list })
}

impl Nodes {
    /// What is in the one node of the rule that was read.
    pub(super) fn parts(&self) -> Parts<'_> {
        Parts { rest: self.list.get(1..).unwrap_or_default() }
    }
}

impl<'n> Node<'n> {
    pub(super) fn rule(&self) -> Rule {
        self.entry.rule
    }

    /// Its place in the text; that of an empty node is where the next token begins.
    pub(super) fn span(&self) -> Span {
        self.entry.span
    }

    /// What is in it.
    pub(super) fn parts(&self) -> Parts<'n> {
        Parts { rest: self.inner }
    }
}

impl<'n> Parts<'n> {
    /// The next node, which stays.
    pub(super) fn peek(&self) -> Option<Node<'n>> {
        self.clone().next()
    }

    /// Takes the next node if it is as wanted.
    pub(super) fn next_if(&mut self, wanted: impl FnOnce(Rule) -> bool) -> Option<Node<'n>> {
        let next = self.rest.first()?;
        if wanted(next.rule) { self.next() } else { None }
    }

    /// Takes the next node if it is of a rule.
    pub(super) fn next_of(&mut self, rule: Rule) -> Option<Node<'n>> {
        self.next_if(|next| next == rule)
    }

    /// Takes all nodes up to the first that is not as wanted.
    pub(super) fn take_all(&mut self, wanted: impl Fn(Rule) -> bool) -> Parts<'n> {
        let all = self.rest;
        while self.next_if(&wanted).is_some() {}
        let taken = all.len().saturating_sub(self.rest.len());
        Parts { rest: all.get(..taken).unwrap_or_default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

impl<'n> Iterator for Parts<'n> {
    type Item = Node<'n>;

    fn next(&mut self) -> Option<Node<'n>> {
        let (entry, rest) = self.rest.split_first()?;
        let inner = (entry.size as usize).saturating_sub(1);
        let (inner, rest) = rest.split_at_checked(inner)?;
        self.rest = rest;
        Some(Node { entry: *entry, inner })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::lexer::{Lexeme, Lexer};

    /// Shows the nodes of the chain that a text is.
    fn with_chain(text: &str, see: impl Fn(Parts)) {
        let lexemes: Vec<Lexeme> = Lexer::new(text, 0).collect();
        let nodes = read(Rule::expression, &Canonical::of(&lexemes, text, text.len())).unwrap();
        see(nodes.parts().next().unwrap().parts());
    }

    #[test]
    fn nodes_side_by_side_are_passed_over_with_what_is_in_them() {
        let text = "f(a, b) + g(c)";
        let written = |node: Node| text[node.span().range()].to_owned();
        with_chain(text, |mut parts| {
            assert_eq!(parts.clone().map(written).collect::<Vec<_>>(), ["f", "(a, b)", "+", "g", "(c)"]);
            assert_eq!(parts.take_all(|rule| rule != Rule::link).count(), 2);
            assert_eq!(parts.next_of(Rule::call).map(written), None);
            assert_eq!(parts.next_of(Rule::link).map(written).as_deref(), Some("+"));
            let call = parts.take_all(|rule| rule != Rule::EOI).last().unwrap();
            assert_eq!(call.parts().map(written).collect::<Vec<_>>(), ["c"]);
            assert!(parts.is_empty());
        });
    }

    #[test]
    fn an_empty_node_is_where_the_next_token_begins() {
        let text = "a +  ";
        with_chain(text, |parts| {
            let last = parts.last().unwrap();
            assert_eq!((last.rule(), last.span()), (Rule::missing, Span::new(text.len(), text.len())));
        });
    }
}
