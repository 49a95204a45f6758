//! Where a file comes in.

use std::path::Path;

use crate::ide::Snapshot;
use crate::source::{FileId, Span};
use crate::syntax::ast::{ItemKind, UseSource};

/// The place of the import by which a file comes in: its own, or the first one where it comes by way of others. `None`
/// where the text imports nothing.
pub fn import_of(snapshot: &Snapshot, file: FileId) -> Option<Span> {
    let name = snapshot.program.sources.get(file)?.name();
    let folder = snapshot.path.as_deref().and_then(Path::parent).map(Path::to_path_buf).unwrap_or_default();
    let imports = snapshot.program.tree.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Use { source, source_span, .. } => Some((source, *source_span)),
        _ => None,
    });
    let imports: Vec<_> = imports.collect();
    let is_it = |source: &UseSource| match source {
        UseSource::Path(path) => **path == *name,
        UseSource::File(relative) => folder.join(&**relative) == Path::new(name),
    };
    let own = imports.iter().find(|(source, _)| is_it(source));
    own.or(imports.first()).map(|(_, span)| *span)
}
