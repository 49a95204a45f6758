//! `textDocument/formatting`, `textDocument/rangeFormatting`

use lsp_types::{DocumentFormattingParams, DocumentRangeFormattingParams, Range, TextEdit, Uri};

use crate::ide;
use crate::server::dispatch::Answer;
use crate::server::session::Session;
use crate::source::Span;

/// The layout of all of a text. There is one layout, whatever options the editor sends.
pub(in crate::server) fn of_document(
    session: &mut Session,
    params: DocumentFormattingParams,
) -> Answer<Option<Vec<TextEdit>>> {
    edits(session, &params.text_document.uri, None)
}

/// The layout of the lines of a part.
pub(in crate::server) fn of_range(
    session: &mut Session,
    params: DocumentRangeFormattingParams,
) -> Answer<Option<Vec<TextEdit>>> {
    edits(session, &params.text_document.uri, Some(params.range))
}

/// What is to be changed; nothing in a text that cannot be read, which the editor was told of with the place.
fn edits(session: &mut Session, uri: &Uri, range: Option<Range>) -> Answer<Option<Vec<TextEdit>>> {
    let view = session.view(uri)?;
    let within = range.map_or(Span::new(0, view.document.text.len()), |range| view.span(range));
    match ide::formatted(&view.document.text) {
        Ok(edits) => {
            let here = edits.into_iter().filter(|edit| {
                let span = edit.location.span;
                span.start <= within.end && within.start <= span.end
            });
            let shown =
                here.map(|edit| TextEdit { range: view.range(edit.location.span), new_text: edit.text });
            Ok(Some(shown.collect()))
        }
        Err(why) => {
            session.log_error(&format!("`{}` is left as it is: {why}", uri.as_str()));
            Ok(None)
        }
    }
}
