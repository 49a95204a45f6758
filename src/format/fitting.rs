//! Where a line that is too long breaks.
//!
//! Main function: [`fit`]. It looks at one line, from its first token to the next break, and at nothing else but the
//! breaks that are there, so a line that was broken once is not broken otherwise the next time.

use super::breaks::Breaks;
use super::layout::Frame;
use super::roles::{Holds, Roles, Seam};
use super::tokens::{Kind, Tokens};
use super::WIDTH;

/// A place where the line may break.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    at: usize,
    /// How many brackets it stands in, then how good a place it is: less is better.
    rank: (usize, usize),
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
    let mut column = indent.saturating_add(tokens.get(from).map_or(0, |token| token.width));
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut at = from.saturating_add(1);
    while column <= WIDTH {
        if breaks.at(at) || tokens.kind(at) == Kind::End {
            return;
        }
        candidates.extend(candidate(tokens, roles, breaks, frames, from, at));
        column = column.saturating_add(roles.width(tokens, at));
        at = at.saturating_add(1);
    }
    let over = at.saturating_sub(1);
    let chosen = candidates
        .iter()
        .filter(|candidate| candidate.until >= over)
        .min_by_key(|candidate| (candidate.rank, std::cmp::Reverse(candidate.at)))
        .map(|candidate| candidate.at);
    if let Some(at) = chosen.or_else(|| beyond(tokens, roles, breaks, frames, from, at)) {
        apply(tokens, roles, breaks, at);
    }
}

/// The first place behind the room there is.
fn beyond(
    tokens: &Tokens,
    roles: &Roles,
    breaks: &Breaks,
    frames: &[Frame],
    from: usize,
    over: usize,
) -> Option<usize> {
    (over..tokens.list.len().saturating_sub(1))
        .take_while(|at| !breaks.at(*at))
        .find(|at| candidate(tokens, roles, breaks, frames, from, *at).is_some())
}

/// The place before a token, if the line that begins with `from` may break there.
fn candidate(
    tokens: &Tokens,
    roles: &Roles,
    breaks: &Breaks,
    frames: &[Frame],
    from: usize,
    at: usize,
) -> Option<Candidate> {
    let role = roles.get(at).filter(|role| !role.locked)?;
    let group = roles.group(role.group)?;
    // What stands in brackets that this line opens waits until they are opened.
    let outside = group.depth == 0 || group.open < from;
    let (depth, grade, until) = match role.seam? {
        Seam::Start => (0, 0, usize::MAX),
        Seam::Open => (group.depth.saturating_sub(1), 4, group.close),
        _ if !outside => return None,
        Seam::Comma => (group.depth, 1, usize::MAX),
        Seam::Arrow(only) => {
            let better = !only || stage_fits(tokens, roles, breaks, frames, at);
            (group.depth, if better { 2 } else { 6 }, usize::MAX)
        }
        Seam::Logic => (group.depth, 3, usize::MAX),
        Seam::Operator => (group.depth, 5, usize::MAX),
        Seam::Equals => (group.depth, 7, usize::MAX),
        Seam::Close => return None,
    };
    Some(Candidate { at, rank: (depth, grade), until })
}

/// Whether the last stage of a chain fits on a line of its own, as far as that goes.
fn stage_fits(tokens: &Tokens, roles: &Roles, breaks: &Breaks, frames: &[Frame], arrow: usize) -> bool {
    let Some(number) = roles.get(arrow).map(|role| role.group) else { return false };
    let Some(group) = roles.group(number) else { return false };
    let mut column = frames.get(group.depth).map_or(0, |frame| frame.continuation);
    column = column.saturating_add(tokens.get(arrow).map_or(0, |token| token.width));
    for at in arrow.saturating_add(1)..tokens.list.len() {
        let ends = roles.get(at).is_none_or(|role| {
            role.group == number && matches!(role.seam, Some(Seam::Comma | Seam::Start | Seam::Close))
        });
        if ends || breaks.at(at) || column > WIDTH {
            break;
        }
        column = column.saturating_add(roles.width(tokens, at));
    }
    column <= WIDTH
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
        }
        _ => breaks.set(roles, at, true),
    }
    if seam == Some(Seam::Open) && holds == Holds::Branch {
        breaks.set(roles, close, true);
    }
    if seam == Some(Seam::Open) && holds == Holds::Parameters {
        breaks.set(roles, close, true);
        let trailing = tokens.before(close).is_some_and(|last| last.kind == Kind::Comma);
        if let Some(role) = roles.list.get_mut(close) {
            role.comma_before = !trailing;
        }
        if let Some(comma) = roles.list.get_mut(close.saturating_sub(1)).filter(|_| trailing) {
            comma.dropped = false;
        }
    }
}
