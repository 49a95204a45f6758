//! What each token is to its neighbours: which brackets hold it, whether it touches the token before it, and whether a
//! line may break there.
//!
//! Main function: [`roles`]. Where statements begin comes from the tree; the rest follows from the tokens, because the
//! text can be read.

mod reading;

use std::collections::BTreeSet;

use super::tokens::{Kind, Tokens};
use crate::syntax::ast::File;
use crate::syntax::visit;

/// What a pair of brackets holds. The whole file is one as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// `{ … }` of statements, or the file's items.
    Statements,
    /// `{ … }` of an expression.
    Branch,
    /// `( … )` and `[ … ]` of any number of things, behind which a comma may stand.
    Elements,
    /// The same behind an item's name.
    Parameters,
    /// `( … )` of one thing.
    One,
    /// An index, or a part of a label: never broken.
    Step,
}

/// A pair of brackets.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) holds: Holds,
    /// The tokens of its brackets; the file's lie before the first and at the last.
    pub(super) open: usize,
    pub(super) close: usize,
    pub(super) parent: usize,
    /// How many pairs it stands in.
    pub(super) depth: usize,
    /// True for `(a, b)` and `(a,)` that are no arguments.
    pub(super) tuple: bool,
    /// The commas between its elements.
    pub(super) commas: Vec<usize>,
    /// True where every element is one token, a sign not counted.
    pub(super) plain: bool,
    /// Where its statements or items begin.
    pub(super) starts: Vec<usize>,
    /// The braces of the same `if` statement, the first's number and the next's.
    pub(super) first_branch: usize,
    pub(super) next_branch: Option<usize>,
}

impl Group {
    pub(super) fn is_list(&self) -> bool {
        matches!(self.holds, Holds::Elements | Holds::Parameters)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.close == self.open.saturating_add(1)
    }
}

/// A place where a line may break, by what makes it one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seam {
    /// Behind an opening bracket.
    Open,
    /// Before a closing one.
    Close,
    Comma,
    /// Before `->`.
    Arrow,
    /// Before `and` and `or`.
    Logic,
    /// Before another operator.
    Operator,
    /// Behind the `=` of a statement or item.
    Equals,
    /// Before a statement or an item.
    Start,
}

/// What a token is.
#[derive(Clone, Debug, Default)]
pub(super) struct Role {
    /// True where nothing stands between it and the token before it.
    pub(super) touches: bool,
    /// Whether a line may break before it.
    pub(super) seam: Option<Seam>,
    /// The brackets that hold the gap before it: its own where it closes them.
    pub(super) group: usize,
    /// The brackets that it opens.
    pub(super) opens: Option<usize>,
    /// True for an `=` that stands between blanks.
    pub(super) binds: bool,
    /// True for a `-` in front of its operand.
    pub(super) negates: bool,
    /// True for an arrow that is its chain's only one.
    pub(super) only_arrow: bool,
    /// True for an arrow with a label behind it.
    pub(super) labelled: bool,
    /// True for a comma that is left out.
    pub(super) dropped: bool,
    /// True for a closing bracket that gets a comma before it.
    pub(super) comma_before: bool,
    /// True where its line must not break before it, because a comment speaks of that line.
    pub(super) locked: bool,
    /// True where its line must begin with it for the same reason.
    pub(super) pinned: bool,
}

/// The roles of a text's tokens, and its brackets, an outer pair before those in it.
#[derive(Debug, Default)]
pub(super) struct Roles {
    pub(super) list: Vec<Role>,
    pub(super) groups: Vec<Group>,
}

impl Roles {
    pub(super) fn get(&self, at: usize) -> Option<&Role> {
        self.list.get(at)
    }

    pub(super) fn group(&self, number: usize) -> Option<&Group> {
        self.groups.get(number)
    }

    /// The brackets that hold the gap before a token.
    pub(super) fn group_of(&self, at: usize) -> Option<&Group> {
        self.get(at).and_then(|role| self.group(role.group))
    }

    /// The braces of an `if` statement, from one of them on.
    pub(super) fn branches(&self, number: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(number), |branch| self.group(*branch)?.next_branch)
    }

    pub(super) fn seam(&self, at: usize) -> Option<Seam> {
        self.get(at).and_then(|role| role.seam)
    }

    /// The columns of a token with the blank before it.
    pub(super) fn width(&self, tokens: &Tokens, at: usize) -> usize {
        let Some(role) = self.get(at) else { return 0 };
        let own = tokens.get(at).map_or(0, |token| token.width);
        let own = if role.dropped { 0 } else { own };
        own.saturating_add(usize::from(role.comma_before)).saturating_add(usize::from(!role.touches))
    }
}

/// Finds the roles of a file's tokens.
pub(super) fn roles(tokens: &Tokens, file: &File) -> Roles {
    let mut starts = BTreeSet::new();
    for item in &file.items {
        starts.insert(item.span.start);
        visit::statements(item, &mut |stmt| {
            starts.insert(stmt.span.start);
        });
    }
    let mut roles = reading::read(tokens, &starts);
    lock(tokens, &mut roles);
    roles
}

/// A comment that allows something on its line keeps that line as it is: the one it ends, or, inside a statement, the
/// one below it.
fn lock(tokens: &Tokens, roles: &mut Roles) {
    let mut lines = BTreeSet::new();
    for (at, token) in tokens.list.iter().enumerate() {
        let orders = tokens.remarks(at);
        if orders.first().is_some_and(|remark| remark.order && remark.beside) {
            lines.extend(tokens.before(at).map(|before| before.line));
        }
        let inside = roles.seam(at) != Some(Seam::Start) && token.kind != Kind::Close;
        if inside && orders.iter().any(|remark| remark.order && !remark.beside) {
            lines.insert(token.line);
        }
    }
    if lines.is_empty() {
        return;
    }
    for (at, (token, role)) in tokens.list.iter().zip(&mut roles.list).enumerate() {
        let after = at.checked_sub(1).and_then(|before| tokens.get(before));
        let speaks = lines.contains(&token.line);
        role.locked = tokens.same_line(at) && speaks;
        role.pinned = token.first && (speaks || after.is_some_and(|after| lines.contains(&after.line)));
    }
}
