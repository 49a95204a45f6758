//! A diagnostic as lines of text, for formats that have one field for all of it.

use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// The message, what is said of each place, what to do and what else to know, a line each.
pub(super) fn prose(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let said = |text: &&str| !text.is_empty();
    let message = [diagnostic.message.as_str(), diagnostic.primary.text.as_str()];
    let message = message.iter().copied().filter(said).map(str::to_owned);
    let related = diagnostic.related.iter().filter(|label| !label.text.is_empty());
    let related = related.map(|label| match sources.place(label.location) {
        Some(place) => format!("{place}: {}", label.text),
        None => label.text.clone(),
    });
    let help = diagnostic.help.iter().map(|help| format!("help: {help}"));
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    message.chain(related).chain(help).chain(notes).collect::<Vec<_>>().join("\n")
}
