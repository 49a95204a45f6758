//! `textDocument/hover`

use lsp_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

use crate::ide;
use crate::server::dispatch::Answer;
use crate::server::session::Session;

pub(in crate::server) fn hover(session: &mut Session, params: HoverParams) -> Answer<Option<Hover>> {
    let asked = params.text_document_position_params;
    let view = session.view(&asked.text_document.uri)?;
    let offset = view.offset(asked.position)?;
    let found = ide::hover(view.snapshot, offset, view.session.settings.language);
    Ok(found.map(|found| {
        // Markdown reads well enough where it is not rendered.
        let kind = if view.session.client.markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
        let contents = HoverContents::Markup(MarkupContent { kind, value: found.markdown });
        Hover { contents, range: Some(view.range(found.span)) }
    }))
}
