//! Every place that speaks of what a name means: in one file, and in all of them.

use super::workspace::{FileKey, Meaning, View, Workspace};
use crate::elaborate::names::{Role, Target};
use crate::source::{FileId, FileSystem, Span};

/// A place that speaks of something by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The file.
    pub file: FileKey,
    /// The name.
    pub span: Span,
    /// How it speaks of it.
    pub role: Role,
}

/// Every place of the workspace that speaks of what the name at a byte means, bindings among them, by file and place.
pub fn references(view: View, offset: usize, workspace: Workspace) -> Vec<Reference> {
    let Some(here) = view.occurrence(offset) else { return Vec::new() };
    let Some(meaning) = view.meaning(workspace.files, here.target) else { return Vec::new() };
    let word = view.program.sources.text(here.at);
    let mut found = in_program(view, workspace.files, &meaning);
    let this = FileKey(view.path.map(|path| path.to_path_buf()));
    let this = view.key(workspace.files, FileId(0)).unwrap_or(this);
    for (path, program) in workspace.mentioning(word, &this) {
        let other = View { program: &program, path: Some(&path) };
        found.extend(in_program(other, workspace.files, &meaning));
    }
    found.sort_by(|a, b| (&a.file, a.span).cmp(&(&b.file, b.span)));
    found.dedup();
    found
}

/// Those of the files that one program read, but for the standard library.
fn in_program(view: View, files: &dyn FileSystem, meaning: &Meaning) -> Vec<Reference> {
    let names = &view.program.names;
    let symbol = names.symbols().find(|(id, _)| view.meaning(files, Target::Symbol(*id)).as_ref() == Some(meaning));
    let symbol = symbol.map(|(id, _)| id);
    let mut found = Vec::new();
    let mut keys: Vec<(FileId, Option<FileKey>)> = Vec::new();
    for known in names.occurrences() {
        let same = match known.target {
            Target::Symbol(id) => Some(id) == symbol,
            built_in => view.meaning(files, built_in).as_ref() == Some(meaning),
        };
        if !same {
            continue;
        }
        if keys.last().is_none_or(|(file, _)| *file != known.at.file) {
            keys.push((known.at.file, view.key(files, known.at.file)));
        }
        if let Some((_, Some(file))) = keys.last() {
            found.push(Reference { file: file.clone(), span: known.at.span, role: known.role });
        }
    }
    found
}

/// Every place of the text that speaks of what the name at a byte means.
pub fn highlights(view: View, offset: usize) -> Vec<(Span, Role)> {
    let Some(here) = view.occurrence(offset) else { return Vec::new() };
    let all = view.program.names.occurrences_in(FileId(0)).iter();
    all.filter(|known| same(known.target, here.target)).map(|known| (known.at.span, known.role)).collect()
}

fn same(one: Target, other: Target) -> bool {
    match (one, other) {
        (Target::Symbol(one), Target::Symbol(other)) => one == other,
        (Target::Layer(one), Target::Layer(other)) => one.name == other.name,
        (Target::Argument(one, a), Target::Argument(other, b)) => one.name == other.name && a == b,
        (Target::Function(one), Target::Function(other)) => one == other,
        _ => false,
    }
}
