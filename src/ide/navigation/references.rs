//! Every place that speaks of what a name means: in one file, and in all of them.

use crate::front::weft::names::{Role, Target};
use crate::ide::workspace::{FileKey, Meaning, Text, Workspace};
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

/// Every place of the workspace that speaks of what the name at a byte means, bindings among them, by file and
/// place. The standard library is left out: nobody can open it.
pub fn references(text: Text, offset: usize, workspace: Workspace) -> Vec<Reference> {
    let Some(here) = text.occurrence(offset) else { return Vec::new() };
    let keys = text.keys(workspace.files);
    let Some(meaning) = text.meaning(&keys, here.target) else { return Vec::new() };
    let mut words = vec![text.program.sources.text(here.at)];
    match here.target {
        Target::Layer(layer) => {
            words.extend(layer.aliases.iter().map(|alias| alias.name).chain([layer.name()]))
        }
        Target::Argument(layer, slot) => {
            let known = layer.arguments.get(slot);
            words.extend(
                known.into_iter().flat_map(|known| known.aliases.iter().copied().chain([known.name])),
            );
        }
        Target::Symbol(_) | Target::Function(_) => {}
    }
    let mut found = in_program(text, workspace.files, &meaning);
    for (path, program) in workspace.mentioning(&words, keys.of(FileId(0))) {
        let other = Text { program: &program, path: Some(&path) };
        found.extend(in_program(other, workspace.files, &meaning));
    }
    found.sort_by(|a, b| (&a.file, a.span).cmp(&(&b.file, b.span)));
    found.dedup();
    found
}

/// Those of the files that one program read.
fn in_program(text: Text, files: &dyn FileSystem, meaning: &Meaning) -> Vec<Reference> {
    let keys = text.keys(files);
    let all = text.program.names.occurrences().iter();
    let same = all.filter(|known| text.meaning(&keys, known.target).as_ref() == Some(meaning));
    let found = same.filter_map(|known| {
        let file = keys.of(known.at.file).filter(|file| !matches!(file, FileKey::Standard(_)))?;
        Some(Reference { file: file.clone(), span: known.at.span, role: known.role })
    });
    found.collect()
}

/// Every place of the text that speaks of what the name at a byte means.
pub fn highlights(text: Text, offset: usize) -> Vec<(Span, Role)> {
    let Some(here) = text.occurrence(offset) else { return Vec::new() };
    let all = text.program.names.occurrences_in(FileId(0)).iter();
    all.filter(|known| same(known.target, here.target)).map(|known| (known.at.span, known.role)).collect()
}

fn same(one: Target, other: Target) -> bool {
    match (one, other) {
        (Target::Symbol(one), Target::Symbol(other)) => one == other,
        (Target::Layer(one), Target::Layer(other)) => one.name() == other.name(),
        (Target::Argument(one, a), Target::Argument(other, b)) => one.name() == other.name() && a == b,
        (Target::Function(one), Target::Function(other)) => one.name == other.name,
        _ => false,
    }
}
