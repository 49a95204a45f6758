//! What can be folded away: bodies, lists and calls over several lines, long chains, comments, imports.

use std::collections::HashSet;
use std::sync::Arc;

use crate::front::weft::Program;
use crate::source::{FileId, SourceFile, Span};
use crate::syntax::ast::{BlockBody, Item, ItemKind, Stmt, StmtKind};
use crate::syntax::{TokenKind, tokens};

/// Something that can be folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// From where it begins to its last byte that is hidden; over two lines at least.
    pub span: Span,
    /// What is folded.
    pub kind: FoldKind,
}

/// What is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FoldKind {
    /// Comments in lines of their own.
    Comment,
    /// `use` after `use`.
    Imports,
    /// Anything else.
    Region,
}

/// Everything in the text that can be folded, at most one fold a line, by place.
pub fn folds(program: &Program) -> Vec<Fold> {
    let Some(file) = program.sources.get(FileId(0)) else { return Vec::new() };
    let line = |offset: u32| file.line(offset);
    let mut found = brackets(file);
    found.retain(|fold| line(fold.span.start) < line(fold.span.end));
    let opened: HashSet<usize> = found.iter().map(|fold| line(fold.span.start)).collect();
    found.extend(comments(program));
    found.extend(imports(&program.tree.items));
    let mut chains = Vec::new();
    program.tree.items.iter().for_each(|item| item_chains(item, &mut chains));
    chains.retain(|span| !(opened.contains(&line(span.start)) && ends_in_brackets(file, *span)));
    found.extend(chains.into_iter().map(|span| Fold { span, kind: FoldKind::Region }));
    found.retain(|fold| line(fold.span.start) < line(fold.span.end));
    // Of what begins on one line the longest is folded, of equals what begins first.
    found
        .sort_by_key(|fold| (line(fold.span.start), std::cmp::Reverse(line(fold.span.end)), fold.span.start));
    found.dedup_by_key(|fold| line(fold.span.start));
    found
}

/// What stands between brackets, without the line of the closing one.
fn brackets(file: &SourceFile) -> Vec<Fold> {
    let mut open: Vec<(char, u32)> = Vec::new();
    let mut found = Vec::new();
    let mut before = 0;
    for token in tokens(file.text()).filter(|token| token.kind != TokenKind::Comment) {
        match (token.kind, file.slice(token.span)) {
            (TokenKind::Sign, "(") => open.push((')', token.span.end)),
            (TokenKind::Sign, "[") => open.push((']', token.span.end)),
            (TokenKind::Sign, "{") => open.push(('}', token.span.end)),
            (TokenKind::Sign, closer @ (")" | "]" | "}")) => {
                // What was left open inside of it ends here, too.
                let Some(at) = open.iter().rposition(|(wanted, _)| closer.starts_with(*wanted)) else {
                    continue;
                };
                if let Some((_, start)) = open.get(at) {
                    let span = Span { start: *start, end: before.max(*start) };
                    found.push(Fold { span, kind: FoldKind::Region });
                }
                open.truncate(at);
            }
            _ => {}
        }
        before = token.span.end;
    }
    found
}

/// Whether nothing but closing brackets stands on a span's last line: then what they close is folded, and they stay.
fn ends_in_brackets(file: &SourceFile, span: Span) -> bool {
    let last = Span { start: file.line_span(span.end).start, end: span.end };
    file.slice(last).trim().chars().all(|character| matches!(character, ')' | ']' | '}'))
}

fn comments(program: &Program) -> Vec<Fold> {
    let text = program.sources.get(FileId(0)).map_or("", |file| file.text());
    let mut found: Vec<Fold> = Vec::new();
    for comment in program.comments.iter().filter(|comment| comment.own_line) {
        let adjoins = |fold: &&mut Fold| {
            let between = text.get(fold.span.end as usize..comment.span.start as usize);
            between.is_some_and(|between| between.trim().is_empty() && between.matches('\n').count() == 1)
        };
        match found.last_mut().filter(adjoins) {
            Some(fold) => fold.span.end = comment.span.end,
            None => found.push(Fold { span: comment.span, kind: FoldKind::Comment }),
        }
    }
    found
}

fn imports(items: &[Arc<Item>]) -> Vec<Fold> {
    let is_use = |item: &Arc<Item>| matches!(item.kind, ItemKind::Use { .. });
    let runs = items.chunk_by(|one, next| is_use(one) && is_use(next));
    let runs = runs.filter(|run| run.first().is_some_and(is_use));
    let fold = |run: &[Arc<Item>]| {
        let span = run.first()?.span.to(run.last()?.span);
        Some(Fold { span, kind: FoldKind::Imports })
    };
    runs.filter_map(fold).collect()
}

/// The statements and values of an item that are chains.
fn item_chains(item: &Item, found: &mut Vec<Span>) {
    match &item.kind {
        ItemKind::Block { body: BlockBody::Layer(_), .. } | ItemKind::Const { .. } => found.push(item.span),
        ItemKind::Block { body: BlockBody::Statements(body), .. } | ItemKind::Model { body, .. } => {
            body.iter().for_each(|stmt| statement_chains(stmt, found));
        }
        ItemKind::Use { .. } | ItemKind::Variant { .. } => {}
    }
}

fn statement_chains(stmt: &Stmt, found: &mut Vec<Span>) {
    match &stmt.kind {
        StmtKind::For { body, .. } => body.iter().for_each(|stmt| statement_chains(stmt, found)),
        StmtKind::If { arms, otherwise } => {
            let branches = arms.iter().map(|(_, branch)| branch).chain(otherwise);
            branches.flatten().for_each(|stmt| statement_chains(stmt, found));
        }
        StmtKind::Bad { .. } => {}
        _ => found.push(stmt.span),
    }
}
