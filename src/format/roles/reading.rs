//! One pass over the tokens with a stack of open brackets.

use std::collections::BTreeSet;

use super::{Group, Holds, Role, Roles, Seam};
use crate::format::tokens::{Kind, Token, Tokens};
use crate::syntax::KEYWORDS;

/// What the words before a `{` make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brace {
    /// Part of a label.
    Join,
    Statements,
    Branch,
}

/// An open pair of brackets, as far as it is read.
struct Open {
    group: usize,
    /// What the next `{` directly inside is.
    brace: Brace,
    /// The braces of statements that were closed last in the statement at hand.
    branch: Option<usize>,
    /// Whether the statement at hand is an item up to its `=`, where brackets hold parameters.
    declares: bool,
    /// Whether a line may break behind the `=` of the statement at hand.
    value_may_break: bool,
    /// The first and the last arrow of the element at hand.
    arrows: Option<(usize, usize)>,
    /// The tokens of the element at hand, signs in front of operands not counted.
    tokens: usize,
}

impl Open {
    fn new(group: usize) -> Open {
        Open {
            group,
            brace: Brace::Join,
            branch: None,
            declares: false,
            value_may_break: false,
            arrows: None,
            tokens: 0,
        }
    }
}

/// Where the reading stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// An operand ends here: an operator may follow, a bracket that touches goes on.
    Ended,
    /// An operand is due.
    Due,
}

struct Reading<'r, 't> {
    tokens: &'r Tokens<'t>,
    starts: &'r BTreeSet<u32>,
    open: Vec<Open>,
    place: Place,
    out: Roles,
}

/// Reads the tokens of a text.
pub(super) fn read(tokens: &Tokens, starts: &BTreeSet<u32>) -> Roles {
    let mut reading = Reading { tokens, starts, open: Vec::new(), place: Place::Due, out: Roles::default() };
    reading.push(Holds::Statements, usize::MAX, 0);
    for (at, token) in tokens.list.iter().enumerate() {
        let role = reading.token(at, token);
        reading.out.list.push(role);
    }
    let end = tokens.list.len().saturating_sub(1);
    reading.end_element();
    if let Some(file) = reading.out.groups.first_mut() {
        file.close = end;
    }
    reading.out
}

impl Reading<'_, '_> {
    fn push(&mut self, holds: Holds, open: usize, parent: usize) {
        let number = self.out.groups.len();
        let depth = self.open.len();
        self.out.groups.push(Group {
            holds,
            open,
            close: open,
            parent,
            depth,
            tuple: false,
            commas: Vec::new(),
            plain: true,
            starts: Vec::new(),
            first_branch: number,
            next_branch: None,
        });
        self.open.push(Open::new(number));
    }

    fn holds(&self) -> Holds {
        let group = self.open.last().and_then(|open| self.out.groups.get(open.group));
        group.map_or(Holds::Statements, |group| group.holds)
    }

    fn token(&mut self, at: usize, token: &Token) -> Role {
        let before = self.tokens.before(at);
        let holds = self.holds();
        let starts = holds == Holds::Statements && self.starts.contains(&token.start);
        if starts {
            self.start(at, token);
        }
        let group = self.open.last().map_or(0, |open| open.group);
        let mut role = Role { group, ..Role::default() };
        role.touches = at == 0 || !starts && self.touches(at, token, before);
        role.seam = if starts { Some(Seam::Start) } else { self.seam_behind(at, before) };
        self.count(token);
        match token.kind {
            Kind::Open => self.opener(at, token, before, &mut role),
            Kind::Close => self.closer(at, &mut role),
            Kind::Comma => self.comma(at),
            Kind::Equals => self.equals(before, &mut role),
            Kind::Arrow => self.arrow(at, &mut role),
            Kind::Sign => self.sign(token, &mut role),
            Kind::Word => self.word(at, token, before, starts, &mut role),
            Kind::Number | Kind::Text => self.place = Place::Ended,
            Kind::Colon => self.colon(),
            Kind::Point | Kind::Range | Kind::Leading => self.place = Place::Due,
            Kind::End => {}
        }
        if holds == Holds::Step {
            role.seam = None;
        }
        role
    }

    fn start(&mut self, at: usize, token: &Token) {
        self.end_element();
        self.place = Place::Due;
        let Some(open) = self.open.last_mut() else { return };
        let braced = matches!(token.text, "block" | "model" | "for" | "if");
        open.brace = if braced { Brace::Statements } else { Brace::Join };
        open.branch = None;
        open.declares = matches!(token.text, "block" | "model" | "const");
        open.value_may_break = token.text != "model";
        if let Some(group) = self.out.groups.get_mut(open.group) {
            group.starts.push(at);
        }
    }

    /// Whether a token touches the one before it, apart from statements and signs.
    fn touches(&self, at: usize, token: &Token, before: Option<&Token>) -> bool {
        let Some(before) = before else { return true };
        match token.kind {
            Kind::Comma | Kind::Colon | Kind::Point | Kind::Range => return true,
            Kind::Close => {
                let spaced = matches!(self.holds(), Holds::Statements | Holds::Branch);
                return !spaced || before.kind == Kind::Open;
            }
            _ => {}
        }
        let previous = at.checked_sub(1).and_then(|before| self.out.list.get(before));
        match before.kind {
            Kind::Point | Kind::Range => true,
            Kind::Open => !matches!(self.holds(), Holds::Statements | Holds::Branch),
            Kind::Equals => previous.is_some_and(|role| !role.binds),
            Kind::Sign if previous.is_some_and(|role| role.negates) => true,
            _ => token.kind == Kind::Open && self.continues(at, token),
        }
    }

    /// Whether a bracket goes on with the operand that it touches.
    fn continues(&self, at: usize, token: &Token) -> bool {
        let touching = self.tokens.same_line(at) && token.blanks == 0;
        let brace = self.open.last().map_or(Brace::Join, |open| open.brace);
        touching && self.place == Place::Ended && (token.text != "{" || brace == Brace::Join)
    }

    /// Whether a line may break between the token before and this one because of the former.
    fn seam_behind(&self, at: usize, before: Option<&Token>) -> Option<Seam> {
        let before = before?;
        let role = at.checked_sub(1).and_then(|before| self.out.list.get(before))?;
        match before.kind {
            Kind::Open => (self.tokens.kind(at) != Kind::Close).then_some(Seam::Open),
            Kind::Comma => Some(Seam::Comma),
            Kind::Equals if role.binds && self.holds() == Holds::Statements => {
                self.open.last().filter(|open| open.value_may_break).map(|_| Seam::Equals)
            }
            _ => None,
        }
    }

    /// Counts the tokens of the element at hand.
    fn count(&mut self, token: &Token) {
        let Some(open) = self.open.last_mut() else { return };
        let simple = matches!(token.kind, Kind::Word | Kind::Number | Kind::Text);
        match token.kind {
            Kind::Comma | Kind::Close => {}
            Kind::Sign if self.place == Place::Due => {}
            _ => {
                open.tokens = open.tokens.saturating_add(1);
                if let Some(group) = self.out.groups.get_mut(open.group) {
                    group.plain &= simple && open.tokens == 1;
                }
            }
        }
    }

    fn opener(&mut self, at: usize, token: &Token, before: Option<&Token>, role: &mut Role) {
        let continues = self.continues(at, token);
        let named = before.is_some_and(|before| before.kind == Kind::Word);
        let declares = self.open.last().is_some_and(|open| open.declares);
        let holds = match (token.text, self.open.last().map(|open| open.brace)) {
            ("{", Some(Brace::Statements)) => Holds::Statements,
            ("{", Some(Brace::Branch)) => Holds::Branch,
            ("{", _) => Holds::Step,
            ("[", _) if continues && !self.is_kind(at) => Holds::Step,
            ("[", _) => Holds::Elements,
            (_, _) if continues && named && declares => Holds::Parameters,
            (_, _) if continues => Holds::Elements,
            // Until a comma shows otherwise.
            _ => Holds::One,
        };
        let number = self.out.groups.len();
        role.opens = Some(number);
        let mut first_branch = number;
        if let Some(open) = self.open.last_mut().filter(|_| token.text == "{") {
            open.brace = Brace::Join;
            if let Some(last) = open.branch.and_then(|branch| self.out.groups.get_mut(branch)) {
                last.next_branch = Some(number);
                first_branch = last.first_branch;
            }
        }
        self.push(holds, at, role.group);
        if let Some(group) = self.out.groups.last_mut() {
            group.first_branch = first_branch;
        }
        self.place = Place::Due;
    }

    /// `int` before a shape, which is no index.
    fn is_kind(&self, at: usize) -> bool {
        let colon = at.checked_sub(2).map(|colon| self.tokens.kind(colon));
        let statement = matches!(self.holds(), Holds::Statements);
        statement
            && colon == Some(Kind::Colon)
            && self.tokens.before(at).is_some_and(|kind| kind.text == "int")
    }

    fn closer(&mut self, at: usize, role: &mut Role) {
        self.end_element();
        self.place = Place::Ended;
        let Some(closed) = self.open.pop() else { return };
        let Some(group) = self.out.groups.get_mut(closed.group) else { return };
        group.close = at;
        if !group.is_empty() && group.holds != Holds::Step {
            role.seam = Some(Seam::Close);
        }
        if group.holds == Holds::Statements
            && let Some(open) = self.open.last_mut()
        {
            open.branch = Some(closed.group);
        }
    }

    fn comma(&mut self, at: usize) {
        self.end_element();
        self.place = Place::Due;
        let Some(group) = self.open.last().and_then(|open| self.out.groups.get_mut(open.group)) else {
            return;
        };
        if group.holds == Holds::One {
            (group.holds, group.tuple) = (Holds::Elements, true);
        }
        group.commas.push(at);
    }

    /// The element at hand is over.
    fn end_element(&mut self) {
        let Some(open) = self.open.last_mut() else { return };
        if let Some((first, last)) = open.arrows.take()
            && let Some(role) = self.out.list.get_mut(first)
        {
            role.only_arrow = first == last;
        }
        open.tokens = 0;
    }

    fn equals(&mut self, before: Option<&Token>, role: &mut Role) {
        self.place = Place::Due;
        let trainable = before.is_some_and(|name| name.text == "trainable")
            && self.out.list.last().is_some_and(|role| role.seam == Some(Seam::Comma));
        role.binds = match self.holds() {
            Holds::Statements => !trainable,
            holds => holds == Holds::Elements && self.in_square(),
        };
        role.touches = !role.binds;
        let Some(open) = self.open.last_mut() else { return };
        // What follows the `=` of a block is a layer, that of a model another model and perhaps braces.
        if open.declares && open.value_may_break {
            open.brace = Brace::Join;
        }
        open.declares = false;
    }

    fn in_square(&self) -> bool {
        let group = self.open.last().and_then(|open| self.out.groups.get(open.group));
        group.is_some_and(|group| self.tokens.text(group.open) == "[")
    }

    fn arrow(&mut self, at: usize, role: &mut Role) {
        self.place = Place::Due;
        role.seam = Some(Seam::Arrow);
        let Some(open) = self.open.last_mut() else { return };
        let first = open.arrows.map_or(at, |(first, _)| first);
        open.arrows = Some((first, at));
    }

    fn colon(&mut self) {
        self.place = Place::Due;
        let arrow = self.open.last().and_then(|open| open.arrows).map(|(_, last)| last);
        if let Some(role) = arrow.and_then(|arrow| self.out.list.get_mut(arrow)) {
            role.labelled = true;
        }
    }

    fn sign(&mut self, token: &Token, role: &mut Role) {
        if self.place == Place::Ended {
            role.seam = Some(Seam::Operator);
        } else {
            // A sign in front of its operand.
            role.negates = token.text == "-";
        }
        self.place = Place::Due;
    }

    fn word(&mut self, at: usize, token: &Token, before: Option<&Token>, starts: bool, role: &mut Role) {
        let ended = self.place == Place::Ended;
        self.place = Place::Ended;
        if !self.is_keyword(at, token, before, starts, ended) {
            return;
        }
        if !matches!(token.text, "true" | "false" | "none") {
            self.place = Place::Due;
        }
        let Some(open) = self.open.last_mut() else { return };
        match token.text {
            "and" | "or" => role.seam = Some(Seam::Logic),
            "else" if open.branch.is_some() => open.brace = Brace::Statements,
            "else" => open.brace = Brace::Branch,
            "if" if !starts && open.brace != Brace::Statements => open.brace = Brace::Branch,
            _ => {}
        }
    }

    /// Whether a word is a keyword here: not as a part of a label, a field or an argument's name.
    fn is_keyword(
        &self,
        at: usize,
        token: &Token,
        before: Option<&Token>,
        starts: bool,
        ended: bool,
    ) -> bool {
        if starts || !KEYWORDS.contains(&token.text) {
            return starts && KEYWORDS.contains(&token.text);
        }
        if before.is_some_and(|before| before.kind == Kind::Point) {
            return false;
        }
        if matches!(token.text, "and" | "or" | "in" | "else" | "true" | "false" | "none") && ended {
            return true;
        }
        let next = at.saturating_add(1);
        let touching =
            self.tokens.same_line(next) && self.tokens.get(next).is_some_and(|next| next.blanks == 0);
        let names_path = touching && matches!(self.tokens.text(next), "." | "[" | "{" | ":");
        let names_argument = self.tokens.kind(next) == Kind::Equals && self.holds() != Holds::Statements;
        !names_path && !names_argument
    }
}
