//! Tokens, comments and breaks to lines.
//!
//! Main function: [`lines`]. An indentation follows from what holds the line: four columns from a bracket's line to what
//! stands in it, four more for what goes on with a statement or an element.

use super::STEP;
use super::breaks::Breaks;
use super::fitting::fit;
use super::roles::{Group, Holds, Roles, Seam};
use super::tokens::{Kind, Remark, Token, Tokens};

/// What may stand in a column with its like on the next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Arrow,
    Equals,
    /// What follows a colon or a comma.
    Value,
}

/// A token on its line.
#[derive(Debug)]
pub(super) struct Cell<'t> {
    pub(super) text: &'t str,
    pub(super) width: usize,
    /// The blanks before it.
    pub(super) blanks: usize,
    pub(super) class: Option<Class>,
    /// Where it stood in the text, and how many blanks before it.
    pub(super) was: (usize, usize, usize),
}

/// A comment at the end of a line.
#[derive(Debug)]
pub(super) struct Beside<'t> {
    pub(super) text: &'t str,
    pub(super) blanks: usize,
    /// The column it stood in, and the blanks before it.
    pub(super) was: (usize, usize),
}

/// A line.
#[derive(Debug, Default)]
pub(super) struct Line<'t> {
    pub(super) blank_above: bool,
    pub(super) indent: usize,
    pub(super) cells: Vec<Cell<'t>>,
    pub(super) beside: Option<Beside<'t>>,
}

impl Line<'_> {
    /// The columns without a comment.
    pub(super) fn width(&self) -> usize {
        let cells = self.cells.iter().map(|cell| cell.blanks.saturating_add(cell.width));
        cells.fold(self.indent, usize::saturating_add)
    }

    pub(super) fn write(&self, out: &mut String) {
        let blanks = |out: &mut String, count: usize| out.extend(std::iter::repeat_n(' ', count));
        blanks(out, self.indent);
        for cell in &self.cells {
            blanks(out, cell.blanks);
            out.push_str(cell.text);
        }
        if let Some(beside) = &self.beside {
            blanks(out, beside.blanks);
            out.push_str(beside.text);
        }
    }
}

/// The indentations inside a pair of brackets.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Frame {
    /// Of what stands in it.
    content: usize,
    /// Of what goes on with that.
    pub(super) continuation: usize,
    /// Of the closing bracket.
    outer: usize,
}

/// Lays the tokens out in lines.
pub(super) fn lines<'t>(tokens: &Tokens<'t>, roles: Roles, breaks: Breaks) -> Vec<Line<'t>> {
    let file = Frame { content: 0, continuation: STEP, outer: 0 };
    let mut layout =
        Layout { tokens, roles, breaks, frames: vec![file], out: Vec::new(), column: 0, items: Vec::new() };
    for (at, token) in tokens.list.iter().enumerate() {
        layout.token(at, token);
    }
    layout.part_items();
    layout.out
}

/// An item's place among the lines.
struct Item {
    /// The first line that belongs to it, comments above it included.
    above: usize,
    /// The line that it begins on.
    begin: usize,
    /// True for what may stand close to its neighbours even where it takes several lines: imports, variants of a model.
    close: bool,
}

struct Layout<'r, 't> {
    tokens: &'r Tokens<'t>,
    roles: Roles,
    breaks: Breaks,
    frames: Vec<Frame>,
    out: Vec<Line<'t>>,
    /// The column behind the last token.
    column: usize,
    items: Vec<Item>,
}

impl<'t> Layout<'_, 't> {
    fn token(&mut self, at: usize, token: &Token<'t>) {
        let Some(role) = self.roles.get(at).cloned() else { return };
        if role.comma_before {
            self.append(",", 1, 0, None, (usize::MAX, 0, 0));
        }
        let above = self.remarks(at);
        if token.kind == Kind::End {
            return;
        }
        if at == 0 || self.breaks.at(at) {
            let keeps = token.kind != Kind::Close && self.keeps_blank(at, self.out.len() > above);
            let blank = token.blank_above && keeps;
            if role.seam == Some(Seam::Start) && role.group == 0 {
                self.items.push(Item { above, begin: self.out.len(), close: self.stands_close(at, token) });
            }
            let indent = self.indentation(at);
            self.out.push(Line { blank_above: blank, indent, ..Line::default() });
            self.column = indent;
            fit(self.tokens, &mut self.roles, &mut self.breaks, &self.frames, at, indent);
        }
        if !role.dropped {
            let first = self.out.last().is_some_and(|line| line.cells.is_empty());
            let blanks = usize::from(!role.touches && !first);
            let class = self.class(at, token).filter(|_| !first && self.tokens.same_line(at));
            self.append(token.text, token.width, blanks, class, (token.line, token.column, token.blanks));
        }
        match token.kind {
            Kind::Open => self.open(at, role.opens),
            Kind::Close => {
                self.frames.pop();
            }
            _ => {}
        }
    }

    fn append(
        &mut self,
        text: &'t str,
        width: usize,
        blanks: usize,
        class: Option<Class>,
        was: (usize, usize, usize),
    ) {
        self.column = self.column.saturating_add(blanks).saturating_add(width);
        if let Some(line) = self.out.last_mut() {
            line.cells.push(Cell { text, width, blanks, class, was });
        }
    }

    fn class(&self, at: usize, token: &Token) -> Option<Class> {
        let role = self.roles.get(at)?;
        match (token.kind, self.tokens.before(at)?.kind) {
            (Kind::Arrow, _) => Some(Class::Arrow),
            (Kind::Equals, _) => role.binds.then_some(Class::Equals),
            (kind, Kind::Comma | Kind::Colon) if kind != Kind::Close => Some(Class::Value),
            _ => None,
        }
    }

    /// Puts the comments above a token, and says at which line what belongs to the token begins.
    fn remarks(&mut self, at: usize) -> usize {
        let mut remarks = self.tokens.remarks(at);
        if let Some((Remark { text, column, blanks, .. }, rest)) =
            remarks.split_first().filter(|(first, _)| first.beside)
            && let Some(line) = self.out.last_mut()
        {
            line.beside = Some(Beside { text, blanks: 2, was: (*column, *blanks) });
            remarks = rest;
        }
        let above = self.out.len();
        for remark in remarks {
            let blank = remark.blank_above && self.keeps_blank(at, self.out.len() > above);
            let indent = self.remark_indentation(at);
            let whole = Cell { text: remark.text, width: 0, blanks: 0, class: None, was: (usize::MAX, 0, 0) };
            self.out.push(Line { blank_above: blank, indent, cells: vec![whole], beside: None });
        }
        above
    }

    /// Whether an empty line may stay in the gap before a token: between statements, items and elements, never behind an
    /// opening bracket or before a closing one. `inside` is true behind the gap's first comment.
    fn keeps_blank(&self, at: usize, inside: bool) -> bool {
        let Some(group) = self.roles.group_of(at) else { return false };
        let behind_open = !inside && group.open.saturating_add(1) == at;
        let first = self.out.is_empty();
        let parts = match self.roles.seam(at) {
            Some(Seam::Start) => inside || group.starts.first() != Some(&at),
            Some(Seam::Comma) => group.is_list(),
            // The comments before a closing bracket; the bracket itself has no blank line above it in `token`.
            Some(Seam::Close) => true,
            _ => self.tokens.kind(at) == Kind::End,
        };
        parts && !behind_open && !first
    }

    /// The indentation of a line that begins with a token.
    fn indentation(&self, at: usize) -> usize {
        let frame = self.frames.last().copied().unwrap_or_default();
        let holds = self.roles.group_of(at).map(|group| group.holds);
        let opens = self.roles.get(at).and_then(|role| role.opens).and_then(|group| self.roles.group(group));
        let braces = opens.is_some_and(|group| group.holds == Holds::Statements);
        let in_statements = holds == Some(Holds::Statements);
        match self.roles.seam(at) {
            _ if self.tokens.kind(at) == Kind::Close => frame.outer,
            Some(Seam::Start | Seam::Open) => frame.content,
            Some(Seam::Comma) if !in_statements => frame.content,
            None if in_statements && (braces || self.follows_braces(at)) => frame.content,
            _ => frame.continuation,
        }
    }

    /// Whether a token goes on behind the braces of statements: `else`.
    fn follows_braces(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.roles.get(before));
        let group = before.and_then(|role| self.roles.group(role.group));
        self.tokens.kind(at) == Kind::Word
            && self.tokens.before(at).is_some_and(|before| before.text == "}")
            && group.is_some_and(|group| group.holds == Holds::Statements)
    }

    /// The indentation of a comment above a token.
    fn remark_indentation(&self, at: usize) -> usize {
        let frame = self.frames.last().copied().unwrap_or_default();
        match self.tokens.kind(at) {
            Kind::Close => frame.content,
            Kind::End => 0,
            _ => self.indentation(at),
        }
    }

    fn open(&mut self, at: usize, group: Option<usize>) {
        let outer = self.out.last().map_or(0, |line| line.indent);
        let within = self.frames.last().copied().unwrap_or_default().content;
        let Some(group) = group.and_then(|group| self.roles.group(group)) else { return };
        let frame = match group.holds {
            Holds::Statements => {
                let content = within.saturating_add(STEP);
                Frame { content, continuation: content.saturating_add(STEP), outer: within }
            }
            Holds::Elements | Holds::Parameters if self.has_several(group) => {
                let opened = self.breaks.at(at.saturating_add(1));
                let content = if opened { outer.saturating_add(STEP) } else { self.column };
                Frame { content, continuation: content.saturating_add(STEP), outer }
            }
            _ => {
                let content = outer.saturating_add(STEP);
                Frame { content, continuation: content, outer }
            }
        };
        self.frames.push(frame);
    }

    /// Whether a list has more than one element.
    fn has_several(&self, group: &Group) -> bool {
        let trailing = self.tokens.before(group.close).is_some_and(|last| last.kind == Kind::Comma);
        group.commas.len() > usize::from(trailing)
    }

    /// Whether an item is an import, or a model `=` another.
    fn stands_close(&self, at: usize, token: &Token) -> bool {
        let behind_name = at.saturating_add(2);
        let parameters = self.roles.get(behind_name).and_then(|role| role.opens);
        let parameters = parameters.and_then(|group| self.roles.group(group)).filter(|group| group.is_list());
        let next = parameters.map_or(behind_name, |group| group.close.saturating_add(1));
        token.text == "use" || token.text == "model" && self.tokens.kind(next) == Kind::Equals
    }

    /// An empty line stands between two items unless each is one line, or may stand close.
    fn part_items(&mut self) {
        let ends = self.items.iter().skip(1).map(|item| item.above).chain([self.out.len()]);
        let items = self.items.iter().zip(ends);
        let apart: Vec<bool> =
            items.map(|(item, end)| !item.close && end.saturating_sub(item.begin) > 1).collect();
        for (pair, item) in apart.windows(2).zip(self.items.iter().skip(1)) {
            let Some(gap) = self.out.get_mut(item.above..=item.begin) else { continue };
            if pair.contains(&true)
                && gap.iter().all(|line| !line.blank_above)
                && let Some(first) = gap.first_mut()
            {
                first.blank_above = true;
            }
        }
    }
}
