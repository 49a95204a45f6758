//! Where a line that is too long breaks.
//!
//! Main function: [`fit`]. It looks at one line, from its first token to the next break, and at nothing else but the
//! breaks that are there, so a line that was broken once is not broken otherwise the next time.

use super::WIDTH;
use super::breaks::Breaks;
use super::layout::Frame;
use super::roles::{Holds, Roles, Seam};
use super::tokens::{Kind, Tokens};

/// What kind of place it is, the best one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    /// Between braces and their statement.
    Statement,
    /// Behind the `=` of a block or constant, whose layer or value then stands below its head. A list stays.
    Definition,
    Comma,
    /// Before a stage with a label: what has none stays with what has one.
    Label,
    /// Before a stage with arguments, for the same reason.
    Call,
    Arrow,
    /// Before `and` and `or`.
    Logic,
    /// Behind an opening bracket.
    Bracket,
    Comparison,
    Sum,
    Product,
    Power,
    /// Before the only arrow of a chain whose stage would not fit: a bracket in it is opened instead.
    LoneArrow,
    /// Behind the `=` of a statement.
    Equals,
}

/// A place where the line may break.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    at: usize,
    /// How good a place it is, less being better: statements before all else, then by the brackets around it, then by
    /// what it is.
    rank: (bool, usize, Grade),
    /// Where what the break sets apart ends: a bracket is opened only if the line ends inside it.
    until: usize,
}

/// Breaks the line that begins with a token if it is too long: outside of brackets rather than inside, and among equals
/// as far to the right as there is room for.
pub(super) fn fit(
    tokens: &Tokens,
    roles: &mut Roles,
    breaks: &mut Breaks,
    frames: &[Frame],
    from: usize,
    indent: usize,
) {
    let line = Line { tokens, roles, breaks, frames, from };
    let mut column = indent.saturating_add(tokens.get(from).map_or(0, |token| token.width));
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut at = from.saturating_add(1);
    while column <= WIDTH {
        if breaks.at(at) || tokens.kind(at) == Kind::End {
            return;
        }
        candidates.extend(line.candidate(at, column));
        column = column.saturating_add(roles.width(tokens, at));
        at = at.saturating_add(1);
    }
    let over = at.saturating_sub(1);
    let chosen = candidates
        .iter()
        .filter(|candidate| candidate.until >= over)
        .min_by_key(|candidate| (candidate.rank, std::cmp::Reverse(candidate.at)))
        .map(|candidate| candidate.at);
    if let Some(at) = chosen.or_else(|| line.beyond(at)) {
        apply(tokens, roles, breaks, at);
    }
}

/// A line that is looked at.
struct Line<'l, 't> {
    tokens: &'l Tokens<'t>,
    roles: &'l Roles,
    breaks: &'l Breaks,
    frames: &'l [Frame],
    /// Its first token.
    from: usize,
}

impl Line<'_, '_> {
    /// The first place behind the room there is.
    fn beyond(&self, over: usize) -> Option<usize> {
        (over..self.tokens.list.len().saturating_sub(1))
            .take_while(|at| !self.breaks.at(*at))
            .find(|at| self.candidate(*at, WIDTH).is_some())
    }

    /// The place before a token, up to which the line has some columns, if the line may break there.
    fn candidate(&self, at: usize, column: usize) -> Option<Candidate> {
        let role = self.roles.get(at).filter(|role| !role.locked)?;
        let group = self.roles.group(role.group)?;
        let seam = role.seam?;
        // What stands in brackets that this line opens waits until they are opened.
        if !matches!(seam, Seam::Start | Seam::Open) && group.depth > 0 && group.open >= self.from {
            return None;
        }
        let (mut depth, mut until) = (group.depth, usize::MAX);
        let roomy = column > WIDTH * 2 / 5;
        let grade = match seam {
            Seam::Start => Grade::Statement,
            Seam::Open => {
                (depth, until) = (depth.saturating_sub(1), group.close);
                Grade::Bracket
            }
            Seam::Equals if depth == 0 && self.tokens.kind(at) != Kind::Open => Grade::Definition,
            Seam::Comma => Grade::Comma,
            Seam::Arrow if role.only_arrow && !self.stage_fits(at) => Grade::LoneArrow,
            Seam::Arrow if role.labelled && roomy => Grade::Label,
            Seam::Arrow if self.calls(at) && roomy => Grade::Call,
            Seam::Arrow => Grade::Arrow,
            Seam::Logic => Grade::Logic,
            Seam::Operator => match self.tokens.text(at) {
                "+" | "-" => Grade::Sum,
                "*" | "/" | "//" | "%" | "@" => Grade::Product,
                "**" => Grade::Power,
                _ => Grade::Comparison,
            },
            Seam::Equals => Grade::Equals,
            Seam::Close => return None,
        };
        let inside = grade != Grade::Statement;
        Some(Candidate { at, rank: (inside, depth, grade), until })
    }

    /// Whether the stage behind an arrow is a layer with arguments.
    fn calls(&self, arrow: usize) -> bool {
        let bracket = arrow.saturating_add(2);
        self.tokens.text(bracket) == "(" && self.roles.get(bracket).is_some_and(|role| role.touches)
    }

    /// Whether the last stage of a chain fits on a line of its own, as far as that goes.
    fn stage_fits(&self, arrow: usize) -> bool {
        let Some(number) = self.roles.get(arrow).map(|role| role.group) else { return false };
        let Some(group) = self.roles.group(number) else { return false };
        let mut column = self.frames.get(group.depth).map_or(0, |frame| frame.continuation);
        column = column.saturating_add(self.tokens.get(arrow).map_or(0, |token| token.width));
        for at in arrow.saturating_add(1)..self.tokens.list.len() {
            let ends = self.roles.get(at).is_none_or(|role| {
                role.group == number && matches!(role.seam, Some(Seam::Comma | Seam::Start | Seam::Close))
            });
            if ends || self.breaks.at(at) || column > WIDTH {
                break;
            }
            column = column.saturating_add(self.roles.width(self.tokens, at));
        }
        column <= WIDTH
    }
}

fn apply(tokens: &Tokens, roles: &mut Roles, breaks: &mut Breaks, at: usize) {
    let Some(role) = roles.get(at) else { return };
    let (number, seam) = (role.group, role.seam);
    let Some(group) = roles.group(number) else { return };
    let (close, holds) = (group.close, group.holds);
    match seam {
        Some(Seam::Start) => {
            let branches: Vec<usize> = roles.branches(group.first_branch).collect();
            branches.iter().for_each(|branch| breaks.open_statements(roles, *branch));
        }
        Some(Seam::Comma) if group.is_list() && !group.plain => {
            for comma in &group.commas {
                let behind = comma.saturating_add(1);
                breaks.set(roles, behind, behind != close || breaks.at(close));
            }
            // A list of lists is a table.
            let first = group.open.saturating_add(1);
            if breaks.at(first) && tokens.text(group.open) == "[" && tokens.text(first) == "[" {
                in_rows(tokens, roles, breaks, close);
            }
        }
        _ => breaks.set(roles, at, true),
    }
    if seam == Some(Seam::Open) && holds == Holds::Branch {
        breaks.set(roles, close, true);
    }
    if seam == Some(Seam::Open) && holds == Holds::Parameters {
        in_rows(tokens, roles, breaks, close);
    }
}

/// Puts a closing bracket on a line of its own, and a comma before it.
fn in_rows(tokens: &Tokens, roles: &mut Roles, breaks: &mut Breaks, close: usize) {
    breaks.set(roles, close, true);
    let trailing = tokens.before(close).is_some_and(|last| last.kind == Kind::Comma);
    if let Some(role) = roles.list.get_mut(close).filter(|role| !role.locked) {
        role.comma_before = !trailing;
    }
    if let Some(comma) = roles.list.get_mut(close.saturating_sub(1)).filter(|_| trailing) {
        comma.dropped = false;
    }
}
