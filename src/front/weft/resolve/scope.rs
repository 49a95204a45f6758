//! Which names are bound where, and which of them are read.

use std::sync::Arc;

use foldhash::HashSet;

use crate::diagnostic::nearest;
use crate::front::weft::resolve::name_map::NameMap;
use crate::front::weft::resolve::names::{SymbolId, SymbolKind};
use crate::layers;
use crate::source::{Location, Span};
use crate::syntax::ast::{DimPatternKind, Expr, ExprKind, Name, Stmt, StmtKind, Targets};

/// How a name was bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Parameter,
    Input,
    Dimension,
    Tensor,
    Output,
    Let,
    /// One of several names of a `let`.
    Part,
    Layer,
    Param,
    Buffer,
    Loop,
}

impl Kind {
    /// What an editor calls it.
    pub fn symbol(self) -> SymbolKind {
        match self {
            Kind::Parameter => SymbolKind::Parameter,
            Kind::Input => SymbolKind::Input,
            Kind::Dimension => SymbolKind::Dimension,
            Kind::Tensor => SymbolKind::Tensor,
            Kind::Output => SymbolKind::Output,
            Kind::Let | Kind::Part => SymbolKind::Let,
            Kind::Layer => SymbolKind::Layer,
            Kind::Param => SymbolKind::Param,
            Kind::Buffer => SymbolKind::Buffer,
            Kind::Loop => SymbolKind::Loop,
        }
    }
}

/// A bound name.
#[derive(Clone, Debug)]
pub struct Local {
    pub kind: Kind,
    /// Where it was bound first.
    pub place: Location,
    /// What an editor knows it as, where that is written down; not so of what is bound in another item.
    pub symbol: Option<SymbolId>,
    whole: Span,
    read: bool,
}

impl Local {
    /// A parameter or an input.
    pub fn is_argument(&self) -> bool {
        matches!(self.kind, Kind::Parameter | Kind::Input)
    }
}

/// The names of a body: one table for it, and one for each round of a `for` around the statement.
#[derive(Debug, Default)]
pub struct Scopes {
    tables: Vec<NameMap<Local>>,
    /// A table that was left, empty again.
    spare: NameMap<Local>,
}

impl Scopes {
    pub fn find(&self, name: &str) -> Option<&Local> {
        self.tables.iter().rev().find_map(|table| table.get(name))
    }

    /// Marks a name as read; `None` if it is not bound.
    pub fn read(&mut self, name: &str) -> Option<&Local> {
        let local = self.tables.iter_mut().rev().find_map(|table| table.get_mut(name))?;
        local.read = true;
        Some(local)
    }

    /// Binds a name where it is known, else in the innermost table.
    pub fn bind(&mut self, name: &Arc<str>, kind: Kind, place: Location, whole: Span) -> Option<&mut Local> {
        let depth = self.tables.iter().rposition(|table| table.get(name).is_some());
        let Some(depth) = depth else { return self.bind_new(name, kind, place, whole) };
        let known = self.tables.get_mut(depth)?.get_mut(name)?;
        known.kind = if known.kind == Kind::Let { Kind::Let } else { kind };
        Some(known)
    }

    /// Binds a name in the innermost table.
    pub fn bind_new(
        &mut self,
        name: &Arc<str>,
        kind: Kind,
        place: Location,
        whole: Span,
    ) -> Option<&mut Local> {
        let local = Local { kind, place, symbol: None, whole, read: false };
        Some(self.tables.last_mut()?.enter(name.clone(), local))
    }

    pub fn enter(&mut self) {
        self.tables.push(std::mem::take(&mut self.spare));
    }

    /// Leaves the innermost table; gives its `let`s that nothing read, in order.
    pub fn leave(&mut self) -> Vec<(Arc<str>, Location, Location)> {
        self.spare = self.tables.pop().unwrap_or_default();
        let unread = self.spare.drain().filter(|(_, local)| local.kind == Kind::Let && !local.read);
        let whole = |local: &Local| local.whole.within(local.place.file);
        let mut unread: Vec<_> = unread.map(|(name, local)| (name, local.place, whole(&local))).collect();
        unread.sort_by_key(|(_, place, _)| *place);
        unread
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().flat_map(NameMap::names)
    }
}

/// The known name that may be meant; one letter is taken for another only where it differs by its case. Of names that
/// are as near, a layer's second spelling comes last: `MultieadAttention` is a `MultiheadAttention`.
pub fn suggestion<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let is_second = |name: &str| layers::find(name).is_some_and(|(_, alias)| alias.is_some());
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable_by_key(|name| (is_second(name), *name));
    if wrong.chars().count() < 2 {
        return known.into_iter().find(|name| name.eq_ignore_ascii_case(wrong));
    }
    nearest(wrong, known.into_iter().filter(|name| name.chars().count() > 1))
}

/// True if a body has an `output`, in an `if` too.
pub fn has_output(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Output { .. } => true,
        StmtKind::If { arms, otherwise } => {
            arms.iter().any(|(_, branch)| has_output(branch))
                || otherwise.as_ref().is_some_and(|branch| has_output(branch))
        }
        StmtKind::For { body, .. } => has_output(body),
        _ => false,
    })
}

/// The words of statements that could not be read.
pub fn unread_words(body: &[Stmt], words: &mut HashSet<Arc<str>>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Bad { words: bad } => {
                words.extend(bad.iter().cloned());
                words.insert("".into());
            }
            StmtKind::For { body, .. } => unread_words(body, words),
            StmtKind::If { arms, otherwise } => {
                arms.iter().for_each(|(_, branch)| unread_words(branch, words));
                otherwise.iter().for_each(|branch| unread_words(branch, words));
            }
            _ => {}
        }
    }
}

/// Every name that statements bind.
pub fn bound(body: &[Stmt], names: &mut Vec<Name>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Input { name, pattern, .. } => {
                names.push(name.clone());
                for dim in pattern {
                    if let DimPatternKind::Expr(expr) | DimPatternKind::Default(expr, _) = &dim.kind {
                        let mut found = Vec::new();
                        collect_names(expr, &mut found);
                        names.extend(found.into_iter().map(|(text, span)| Name { text, span }));
                    }
                }
            }
            StmtKind::Assign { targets, .. } | StmtKind::Let { targets, .. } => match targets {
                Targets::One(name) => names.push(name.clone()),
                Targets::Tuple(several, _) => names.extend(several.iter().cloned()),
            },
            StmtKind::Layer { name, .. } | StmtKind::Param { name, .. } => names.push(name.clone()),
            StmtKind::Output { name, values } => {
                names.extend(name.clone());
                for value in values {
                    if let ExprKind::Name(text) = &value.kind {
                        names.push(Name { text: text.clone(), span: value.span });
                    }
                }
            }
            StmtKind::If { arms, otherwise } => {
                arms.iter().for_each(|(_, branch)| bound(branch, names));
                otherwise.iter().for_each(|branch| bound(branch, names));
            }
            StmtKind::For { .. } | StmtKind::Assert { .. } | StmtKind::Bad { .. } => {}
        }
    }
}

/// Every name in an expression that is not called.
pub fn collect_names(expr: &Expr, names: &mut Vec<(Arc<str>, Span)>) {
    match &expr.kind {
        ExprKind::Name(name) => names.push((name.clone(), expr.span)),
        ExprKind::Paren(inner) | ExprKind::Prefix(_, inner) => collect_names(inner, names),
        ExprKind::Infix(first, rest) => {
            collect_names(first, names);
            rest.iter().for_each(|(_, _, operand)| collect_names(operand, names));
        }
        ExprKind::Power(operands) => operands.iter().for_each(|operand| collect_names(operand, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::suggestion;

    #[test]
    fn a_layers_own_name_is_meant_rather_than_a_second_spelling_as_near() {
        let known = ["MultiHeadAttention", "Linear", "MultiheadAttention"];
        assert_eq!(suggestion("MultieadAttention", known.into_iter()), Some("MultiheadAttention"));
        assert_eq!(suggestion("MultiHeadAttentino", known.into_iter()), Some("MultiHeadAttention"));
    }
}
