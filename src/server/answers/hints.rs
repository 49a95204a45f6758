//! `textDocument/inlayHint`, `textDocument/codeLens`: what stands beside and above the source.

use lsp_types::{
    CodeLens, CodeLensParams, Command, InlayHint, InlayHintLabel, InlayHintParams, InlayHintTooltip,
};

use crate::ide::{self, HintKinds};
use crate::server::dispatch::Answer;
use crate::server::session::Session;

pub(in crate::server) fn inlay_hints(
    session: &mut Session,
    params: InlayHintParams,
) -> Answer<Option<Vec<InlayHint>>> {
    let view = session.view(&params.text_document.uri)?;
    let within = view.span(params.range);
    let settings = &view.session.settings;
    let wanted = HintKinds { shapes: settings.shapes, parameters: settings.parameters };
    let hints = ide::hints(view.snapshot, within, wanted).into_iter().map(|hint| InlayHint {
        position: view.position(hint.at),
        label: InlayHintLabel::String(hint.text),
        kind: None,
        text_edits: None,
        tooltip: hint.more.map(InlayHintTooltip::String),
        padding_left: Some(true),
        padding_right: None,
        data: None,
    });
    Ok(Some(hints.collect()))
}

pub(in crate::server) fn code_lenses(
    session: &mut Session,
    params: CodeLensParams,
) -> Answer<Option<Vec<CodeLens>>> {
    let view = session.view(&params.text_document.uri)?;
    if !view.session.settings.lenses {
        return Ok(Some(Vec::new()));
    }
    let lenses = ide::lenses(view.snapshot).into_iter().map(|lens| CodeLens {
        range: view.range(lens.span),
        // A lens is a command; one without a name does nothing when it is clicked.
        command: Some(Command { title: lens.text, command: String::new(), arguments: None }),
        data: None,
    });
    Ok(Some(lenses.collect()))
}
