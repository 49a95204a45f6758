//! What can be imported: files, the standard library, and what they offer.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use super::{Completion, CompletionKind, Documentation, parentheses};
use crate::front::weft::names::SymbolKind;
use crate::front::weft::stdlib::{self, StandardBlock};
use crate::ide::context::cursor::Cursor;
use crate::ide::navigation::outline::{Outline, OutlineKind, outline};
use crate::ide::workspace::{FileKey, Text, Workspace};
use crate::source::FileId;
use crate::syntax::ast::{File, ItemKind, UseSource};
use crate::syntax::parse;

/// How far a block of the standard library is that is not imported yet.
const RANK: u8 = 6;

/// The files of the standard library.
pub(super) fn modules() -> impl Iterator<Item = Completion> {
    stdlib::names().map(|name| {
        let doc = stdlib::text(name).and_then(|text| parse(FileId(0), text).file.doc);
        Completion { summary: doc.unwrap_or_default(), ..Completion::plain(name, CompletionKind::Module, 0) }
    })
}

/// The other files of the workspace, as this one would name them, in quotes or for between them.
pub(super) fn files(text: Text, workspace: Workspace, quoted: bool) -> Vec<Completion> {
    let keys = text.keys(workspace.files);
    let Some(FileKey::File(this)) = keys.of(FileId(0)) else { return Vec::new() };
    let folder = this.parent().unwrap_or(Path::new(""));
    let others = workspace.paths().into_iter();
    let root = workspace.files.root(this);
    let others = others.filter(|path| path != this && path.starts_with(&root));
    let named = others.filter_map(|path| relative(folder, &path));
    let entry = |name: String| {
        let name = if quoted { format!("\"{name}\"") } else { name };
        Completion::plain(name, CompletionKind::File, 1)
    };
    named.map(entry).collect()
}

/// A path as it is written from a folder: with `/`, and `..` where it leads outside.
fn relative(folder: &Path, path: &Path) -> Option<String> {
    let (from, to): (Vec<_>, Vec<_>) = (folder.components().collect(), path.components().collect());
    let common = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = from.iter().skip(common).map(|_| Component::ParentDir);
    let way = up.chain(to.into_iter().skip(common));
    let steps: Option<Vec<_>> = way.map(|step| step.as_os_str().to_str()).collect();
    steps.map(|steps| steps.join("/"))
}

/// The items of what a `use` imports from, but for those that are listed.
pub(super) fn offered(text: Text, source: &str, listed: &[&str], workspace: Workspace) -> Vec<Completion> {
    let content = match source.strip_prefix('"') {
        Some(path) => file(text, path.trim_end_matches('"'), workspace),
        None => stdlib::text(source).map(str::to_owned),
    };
    let Some(content) = content else { return Vec::new() };
    let parsed = parse(FileId(0), &content).file;
    let docs = parsed.items.iter().map(|item| (item.span, item.doc.clone().unwrap_or_default()));
    let docs: Vec<_> = docs.collect();
    let items = outline(&content, &parsed).into_iter().filter(|item| !listed.contains(&item.name.as_str()));
    let entry = |item: Outline| {
        let OutlineKind::Symbol(kind) = item.kind else { return None };
        let doc =
            docs.iter().find(|(span, _)| *span == item.whole).map(|(_, doc)| doc.as_str()).unwrap_or("");
        Some(Completion {
            detail: item.detail,
            summary: doc.lines().next().unwrap_or("").to_owned(),
            documentation: Documentation::Text(doc.to_owned()),
            ..Completion::plain(item.name, CompletionKind::Symbol(kind), 0)
        })
    };
    items.filter_map(entry).collect()
}

/// The text of a file that a `use` names.
fn file(text: Text, name: &str, workspace: Workspace) -> Option<String> {
    let folder = text.path.and_then(Path::parent).map_or_else(PathBuf::new, Path::to_path_buf);
    let path = workspace.files.canonical(&folder.join(name)).ok()?;
    workspace.files.read(&path).ok()
}

/// A block of the standard library, with what a completion says of it.
struct Shelved {
    block: StandardBlock,
    /// Its parameters, as they are written.
    detail: String,
    /// The names of those that must be given.
    required: Vec<String>,
}

/// Every block of the standard library. It comes with the program, so it is read once.
static SHELF: LazyLock<Vec<Shelved>> = LazyLock::new(|| stdlib::blocks().into_iter().map(shelved).collect());

fn shelved(block: StandardBlock) -> Shelved {
    let parsed = parse(FileId(0), &block.source).file;
    let outline = outline(&block.source, &parsed).into_iter().next();
    let parameters = parsed.items.iter().find_map(|item| match &item.kind {
        ItemKind::Block { parameters, .. } => Some(parameters.as_slice()),
        _ => None,
    });
    let required = parameters.unwrap_or(&[]).iter().filter(|known| known.default.is_none());
    let required = required.map(|known| known.name.text.to_string()).collect();
    Shelved { detail: outline.map_or_else(String::new, |item| item.detail), required, block }
}

/// The blocks of the standard library that are not imported yet, each with its import.
pub(super) fn standard(text: Text, cursor: &Cursor) -> Vec<Completion> {
    let visible = text.program.names.visible(FileId(0), cursor.word.start);
    let known: HashSet<&str> =
        visible.iter().filter_map(|id| text.program.names.symbol(*id)).map(|symbol| &*symbol.name).collect();
    let free = SHELF.iter().filter(|shelved| {
        let name = shelved.block.name.as_str();
        !known.contains(name) && crate::layers::find(name).is_none()
    });
    free.map(|shelved| entry(text, cursor, shelved)).collect()
}

fn entry(text: Text, cursor: &Cursor, Shelved { block, detail, required }: &Shelved) -> Completion {
    let call = parentheses(cursor, required.iter().map(String::as_str));
    let documentation = format!("```weft\nuse {}: {}\n```\n{}", block.file, block.name, block.doc);
    Completion {
        detail: detail.clone(),
        summary: format!("{}: {}", block.file, block.doc.lines().next().unwrap_or("")),
        snippet: call.map(|call| format!("{}{call}", block.name)),
        documentation: Documentation::Text(documentation),
        import: Some(import(text.content(), &text.program.tree, block)),
        ..Completion::plain(&*block.name, CompletionKind::Symbol(SymbolKind::Block), RANK)
    }
}

/// Where a block's import is written, and what: among the names of a `use` of its file, else in a line of its own.
fn import(content: &str, tree: &File, block: &StandardBlock) -> (u32, String) {
    let mut line = None;
    for item in &tree.items {
        let ItemKind::Use { source, names, .. } = &item.kind else { continue };
        line = Some(item.span.end);
        match (source, names.last()) {
            (UseSource::Path(path), Some(last)) if **path == *block.file => {
                return (last.span.end, format!(", {}", block.name));
            }
            _ => {}
        }
    }
    let written = format!("use {}: {}", block.file, block.name);
    match line {
        Some(end) => (end, format!("\n{written}")),
        None => (top(content, tree), format!("{written}\n\n")),
    }
}

/// The first line that may hold an item: after the paragraph that belongs to the file, and its blank line.
fn top(content: &str, tree: &File) -> u32 {
    let mark = if content.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if tree.doc.is_none() {
        return u32::try_from(mark).unwrap_or(0);
    }
    let mut at = mark;
    for line in content.get(mark..).unwrap_or("").split_inclusive('\n') {
        at = at.saturating_add(line.len());
        if line.trim().is_empty() && content.get(mark..at).is_some_and(|before| !before.trim().is_empty()) {
            break;
        }
    }
    u32::try_from(at).unwrap_or(0)
}
