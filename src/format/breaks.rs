//! Where lines break before anyone asks for the width: behind statements, where comments want it, and where the author
//! broke a line at a seam.
//!
//! Main function: [`kept`]. It is a projection: a text that is laid out keeps exactly its own breaks.

use super::roles::{Holds, Roles, Seam};
use super::tokens::{Kind, Tokens};

/// Before which tokens a line breaks.
#[derive(Debug, Default)]
pub(super) struct Breaks(Vec<bool>);

impl Breaks {
    pub(super) fn at(&self, token: usize) -> bool {
        self.0.get(token).copied().unwrap_or(false)
    }

    /// Breaks a line, or not; not within a line that is to stay whole.
    pub(super) fn set(&mut self, roles: &Roles, token: usize, broken: bool) {
        let locked = roles.get(token).is_none_or(|role| role.locked);
        if let Some(place) = self.0.get_mut(token) {
            *place = broken && !locked;
        }
    }

    /// Gives each statement of a pair of braces lines of its own.
    pub(super) fn open_statements(&mut self, roles: &Roles, number: usize) {
        let Some(group) = roles.group(number).filter(|group| !group.is_empty()) else { return };
        for at in group.starts.iter().chain([&group.close]) {
            self.set(roles, *at, true);
        }
    }
}

/// The breaks that a text has for other reasons than its width, and what they do to commas before closing brackets.
pub(super) fn kept(tokens: &Tokens, roles: &mut Roles) -> Breaks {
    let mut breaks = Breaks(vec![false; tokens.list.len()]);
    for at in 1..tokens.list.len() {
        let broken = authored(tokens, roles, at);
        breaks.set(roles, at, broken);
        let pinned = roles.get(at).is_some_and(|role| role.pinned);
        if (pinned || !tokens.remarks(at).is_empty())
            && let Some(place) = breaks.0.get_mut(at)
        {
            *place = true;
        }
    }
    let mut busy = vec![false; roles.groups.len()];
    for at in 0..tokens.list.len() {
        if breaks.at(at)
            && let Some(busy) = roles.get(at).and_then(|role| busy.get_mut(role.group))
        {
            *busy = true;
        }
    }
    for number in (0..roles.groups.len()).rev() {
        settle(tokens, roles, &mut breaks, &mut busy, number);
    }
    breaks
}

/// Whether the author broke a line at a seam; on the wrong side of a sign is as good.
fn authored(tokens: &Tokens, roles: &Roles, at: usize) -> bool {
    let first = |at: usize| tokens.get(at).is_some_and(|token| token.first);
    let Some(seam) = roles.seam(at) else { return false };
    match seam {
        Seam::Open | Seam::Equals => first(at),
        Seam::Comma => first(at) || first(at.saturating_sub(1)),
        Seam::Arrow | Seam::Logic | Seam::Operator => {
            let behind = at.saturating_add(1);
            first(at) || first(behind) && roles.seam(behind).is_none()
        }
        Seam::Start => first(at) || roles.group_of(at).is_some_and(|group| group.depth == 0),
        Seam::Close => false,
    }
}

/// Brings the breaks of a pair of brackets into one of its forms. Those inside it are settled already.
fn settle(tokens: &Tokens, roles: &mut Roles, breaks: &mut Breaks, busy: &mut [bool], number: usize) {
    let Some(group) = roles.group(number) else { return };
    let (open, close, parent) = (group.open.saturating_add(1), group.close, group.parent);
    let pinned = roles.get(close).is_some_and(|role| role.pinned);
    let closes_alone = number != 0 && (pinned || !tokens.remarks(close).is_empty());
    match group.holds {
        Holds::Statements if number != 0 => statements(roles, breaks, busy, number),
        Holds::Statements | Holds::Step => {}
        Holds::One => {
            let alone = tokens.get(close).is_some_and(|token| token.first);
            breaks.set(roles, open, alone || breaks.at(open));
            breaks.set(roles, close, alone);
        }
        Holds::Branch => {
            let opened = breaks.at(open) || closes_alone;
            breaks.set(roles, open, opened);
            breaks.set(roles, close, opened);
        }
        Holds::Elements | Holds::Parameters => rows(tokens, roles, breaks, number),
    }
    if closes_alone && let Some(place) = breaks.0.get_mut(close) {
        *place = true;
    }
    let broken = busy.get(number).copied().unwrap_or(false) || breaks.at(close);
    if let Some(outer) = busy.get_mut(parent).filter(|_| broken) {
        *outer = true;
    }
}

/// Statements share a line with their braces only where there is one, which is one line, in each branch of an `if`.
fn statements(roles: &Roles, breaks: &mut Breaks, busy: &[bool], number: usize) {
    if roles.group(number).is_none_or(|group| group.first_branch != number) {
        return;
    }
    let branches: Vec<usize> = roles.branches(number).collect();
    let needs_lines = |branch: &usize| {
        let group = roles.group(*branch);
        group.is_some_and(|group| group.starts.len() > 1 || busy.get(*branch) == Some(&true))
    };
    if !branches.iter().any(needs_lines) {
        return;
    }
    for branch in branches {
        breaks.open_statements(roles, branch);
    }
}

/// A closing bracket on a line of its own asks for rows: a line break behind the opening one, a comma behind the last.
fn rows(tokens: &Tokens, roles: &mut Roles, breaks: &mut Breaks, number: usize) {
    let Some(group) = roles.group(number).filter(|group| !group.is_empty()) else { return };
    let (open, close) = (group.open.saturating_add(1), group.close);
    let last = close.saturating_sub(1);
    let trailing = tokens.kind(last) == Kind::Comma;
    let of_one = trailing && group.tuple && group.commas.len() == 1;
    let alone = tokens.get(close).is_some_and(|token| token.first);
    let asked = alone || !tokens.remarks(close).is_empty();
    let locked = roles.get(close).is_some_and(|role| role.locked);
    let in_rows = asked || group.holds == Holds::Parameters && breaks.at(open) && !locked;
    breaks.set(roles, open, in_rows || breaks.at(open));
    breaks.set(roles, close, in_rows);
    if let Some(comma) = roles.list.get_mut(last).filter(|_| trailing) {
        comma.dropped = !in_rows && !of_one;
    }
    if let Some(close) = roles.list.get_mut(close) {
        close.comma_before = in_rows && !trailing;
    }
}
