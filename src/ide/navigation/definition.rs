//! Where a name is bound.

use crate::front::weft::names::{Role, Target};
use crate::front::weft::stdlib;
use crate::ide::context::inside;
use crate::ide::workspace::Text;
use crate::source::{FileId, Location, Span};

/// Where a name is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The name that was asked about.
    pub origin: Span,
    /// The name where it is bound; the beginning of a file for the source of a `use`.
    pub name: Location,
    /// The item or statement that binds it.
    pub whole: Location,
}

/// Where the name at a byte is bound: the binding that is read there, where it is bound more than once.
///
/// What stands in the standard library lies in no file: where it cannot be shown, it is the name in the `use`.
pub fn definition(text: Text, offset: usize, shows_standard: bool) -> Option<Definition> {
    let names = &text.program.names;
    let at = u32::try_from(offset).ok()?;
    if let Some((source, file)) = names.import_at(FileId(0), at) {
        let start = Span::default().within(file);
        return (shows_standard || !is_standard(text, file)).then_some(Definition {
            origin: source.span,
            name: start,
            whole: start,
        });
    }
    let Some(here) = text.occurrence(offset) else {
        let (origin, name) = inside::named(text, offset)?;
        return Some(Definition { origin, name, whole: name })
            .filter(|_| shows_standard || !is_standard(text, name.file));
    };
    let Target::Symbol(id) = here.target else { return None };
    let symbol = names.symbol(id)?;
    let origin = here.at.span;
    if !shows_standard && is_standard(text, symbol.place().file) {
        let import = |known: &&crate::front::weft::names::Occurrence| {
            known.role == Role::Import && matches!(known.target, Target::Symbol(other) if other == id)
        };
        let import =
            names.occurrences_in(FileId(0)).iter().find(import).filter(|import| import.at != here.at)?;
        return Some(Definition { origin, name: import.at, whole: import.at });
    }
    let name = symbol.binding_before(here.at);
    let whole = if name == symbol.place() { symbol.whole } else { name };
    Some(Definition { origin, name, whole })
}

fn is_standard(text: Text, file: FileId) -> bool {
    text.program.sources.get(file).is_some_and(|file| stdlib::text(file.name()).is_some())
}
