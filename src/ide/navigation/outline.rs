//! What a file holds: its items, and what stands in them; and the items of a whole workspace.

use std::path::PathBuf;

use crate::front::weft::names::SymbolKind;
use crate::ide::workspace::Workspace;
use crate::source::{FileId, Span};
use crate::syntax::ast::{
    BlockBody, Expr, ExprKind, File, Item, ItemKind, Label, Name, Parameter, Stmt, StmtKind, Targets,
};
use crate::syntax::parse;

/// The longest detail, in characters.
const DETAIL: usize = 60;

/// How many characters of the source of a detail are read.
const READ: usize = 400;

/// Something that a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// Its name, or the label of a stage.
    pub name: String,
    /// What stands behind the name, on one line: parameters, a shape, a layer.
    pub detail: String,
    /// What it is.
    pub kind: OutlineKind,
    /// All of it.
    pub whole: Span,
    /// Its name, inside of the whole.
    pub selection: Span,
    /// What stands in it.
    pub children: Vec<Outline>,
}

/// What something is that a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutlineKind {
    /// Something with a name.
    Symbol(SymbolKind),
    /// A stage of a chain that has a label: its weights have a name.
    Stage,
}

/// The items of a text, with what stands in them. What could not be read is not among them.
pub fn outline(text: &str, tree: &File) -> Vec<Outline> {
    tree.items.iter().filter_map(|item| Outliner { text }.item(item)).collect()
}

/// The items of a file of the workspace.
#[derive(Clone, Debug)]
pub struct FileOutline {
    /// The file, by its canonical path.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Its items that were asked for.
    pub items: Vec<Outline>,
}

/// The items of every file whose names hold the letters of a query in their order, whatever their case.
pub fn workspace_outline(query: &str, workspace: Workspace) -> Vec<FileOutline> {
    let files = workspace.paths().into_iter().filter_map(|path| {
        let text = workspace.files.read(&path).ok()?;
        let mut items = outline(&text, &parse(FileId(0), &text).file);
        items.retain(|item| holds(&item.name, query));
        (!items.is_empty()).then_some(FileOutline { path, text, items })
    });
    files.collect()
}

fn holds(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
}

struct Outliner<'t> {
    text: &'t str,
}

impl Outliner<'_> {
    fn item(&self, item: &Item) -> Option<Outline> {
        let (name, kind, detail, children) = match &item.kind {
            ItemKind::Use { .. } => return None,
            ItemKind::Const { name, parameters: None, value } => {
                (name, SymbolKind::Constant, self.line(value.span), Vec::new())
            }
            ItemKind::Const { name, parameters: Some(parameters), .. } => {
                (name, SymbolKind::Function, self.parameters(parameters), Vec::new())
            }
            ItemKind::Block { name, parameters, body } => {
                let children = match body {
                    BlockBody::Statements(body) => self.body(body),
                    BlockBody::Layer(layer) => self.stages(layer),
                };
                (name, SymbolKind::Block, self.parameters(parameters), children)
            }
            ItemKind::Model { name, parameters, body } => {
                (name, SymbolKind::Model, self.parameters(parameters), self.body(body))
            }
            ItemKind::Variant { name, base, arguments, .. } => {
                let end = arguments.last().map_or(base.span, |argument| base.span.to(argument.span()));
                let close = if arguments.is_empty() { "" } else { ")" };
                (name, SymbolKind::Variant, self.line(end) + close, Vec::new())
            }
        };
        self.entry(name, detail, OutlineKind::Symbol(kind), item.span, children)
    }

    fn body(&self, body: &[Stmt]) -> Vec<Outline> {
        body.iter().flat_map(|stmt| self.statement(stmt)).collect()
    }

    fn statement(&self, stmt: &Stmt) -> Vec<Outline> {
        let named = |name: &Name, kind, detail: Span, value: Option<&Expr>| {
            let children = value.map_or_else(Vec::new, |value| self.stages(value));
            let kind = OutlineKind::Symbol(kind);
            self.entry(name, self.line(detail), kind, stmt.span, children).into_iter().collect()
        };
        match &stmt.kind {
            StmtKind::Input { name, pattern_span, .. } => named(name, SymbolKind::Input, *pattern_span, None),
            StmtKind::Let { targets: Targets::One(name), value } => {
                named(name, SymbolKind::Let, value.span, None)
            }
            StmtKind::Let { targets: Targets::Tuple(names, _), value } => {
                names.iter().flat_map(|name| named(name, SymbolKind::Let, value.span, None)).collect()
            }
            StmtKind::Layer { name, value, .. } => named(name, SymbolKind::Layer, value.span, Some(value)),
            StmtKind::Param { buffer, name, shape_span, .. } => {
                let kind = if *buffer { SymbolKind::Buffer } else { SymbolKind::Param };
                named(name, kind, *shape_span, None)
            }
            StmtKind::Output { name: Some(name), values } => {
                let value = values.first();
                named(name, SymbolKind::Output, value.map_or(name.span, |value| value.span), value)
            }
            StmtKind::Output { name: None, values } => {
                values.iter().flat_map(|value| self.result(stmt, value)).collect()
            }
            StmtKind::Assign { value, .. } => self.stages(value),
            StmtKind::For { body, .. } => self.body(body),
            StmtKind::If { arms, otherwise } => {
                let branches = arms.iter().map(|(_, branch)| branch).chain(otherwise);
                branches.flat_map(|branch| self.body(branch)).collect()
            }
            StmtKind::Assert { .. } | StmtKind::Bad { .. } => Vec::new(),
        }
    }

    /// A result without a name of its own.
    fn result(&self, stmt: &Stmt, value: &Expr) -> Vec<Outline> {
        let kind = OutlineKind::Symbol(SymbolKind::Output);
        let (name, detail, whole) = match &value.kind {
            ExprKind::Missing => return Vec::new(),
            ExprKind::Name(text) => (text.clone(), String::new(), value.span),
            _ => ("output".into(), self.line(value.span), stmt.span),
        };
        let name = Name { text: name, span: value.span };
        self.entry(&name, detail, kind, whole, self.stages(value)).into_iter().collect()
    }

    /// The labelled stages of a chain, and of the chains in parentheses that stand in it, each in its place.
    fn stages(&self, value: &Expr) -> Vec<Outline> {
        match &value.kind {
            ExprKind::Chain(stages) => {
                let entries = stages.iter().flat_map(|stage| {
                    let inside = self.stages(&stage.value);
                    match &stage.label {
                        Some(label) => self.stage(label, &stage.value, inside),
                        None => inside,
                    }
                });
                entries.collect()
            }
            ExprKind::Paren(inner) => self.stages(inner),
            ExprKind::Infix(first, rest) => {
                let operands = std::iter::once(&**first).chain(rest.iter().map(|(_, _, operand)| operand));
                operands.flat_map(|operand| self.stages(operand)).collect()
            }
            ExprKind::Tuple(values) | ExprKind::List(values) => {
                values.iter().flat_map(|value| self.stages(value)).collect()
            }
            ExprKind::If(arms, otherwise) => {
                let branches = arms.iter().map(|(_, branch)| branch).chain(otherwise.as_deref());
                branches.flat_map(|branch| self.stages(branch)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn stage(&self, label: &Label, value: &Expr, children: Vec<Outline>) -> Vec<Outline> {
        let name = self.line(label.span).trim_matches('"').to_owned();
        if name == "_" {
            return children;
        }
        let (detail, whole) = (self.line(value.span), label.span.to(value.span));
        vec![Outline { name, detail, kind: OutlineKind::Stage, whole, selection: label.span, children }]
    }

    /// `None` where the name is missing.
    fn entry(
        &self,
        name: &Name,
        detail: String,
        kind: OutlineKind,
        whole: Span,
        children: Vec<Outline>,
    ) -> Option<Outline> {
        let named = !name.text.is_empty() && &*name.text != "_";
        let whole = whole.to(name.span);
        named.then(|| Outline {
            name: name.text.to_string(),
            detail,
            kind,
            whole,
            selection: name.span,
            children,
        })
    }

    fn parameters(&self, parameters: &[Parameter]) -> String {
        match (parameters.first(), parameters.last()) {
            (Some(first), Some(last)) => format!("({})", self.line(first.span().to(last.span()))),
            _ => String::new(),
        }
    }

    /// A piece of the text on one line, cut where it is long.
    fn line(&self, span: Span) -> String {
        let piece: String = self.text.get(span.range()).unwrap_or("").chars().take(READ).collect();
        let words: Vec<_> = piece.split_whitespace().collect();
        let line = words.join(" ").replace("( ", "(").replace(" )", ")").replace(",)", ")");
        match line.char_indices().nth(DETAIL) {
            Some((at, _)) => format!("{}…", line.get(..at).unwrap_or("").trim_end()),
            None => line,
        }
    }
}
