//! `textDocument/signatureHelp`

use lsp_types::{
    Documentation, ParameterInformation, ParameterLabel, SignatureHelp, SignatureHelpOptions,
    SignatureHelpParams, SignatureInformation,
};

use crate::ide;
use crate::server::dispatch::Answer;
use crate::server::session::Session;

pub(in crate::server) fn options() -> SignatureHelpOptions {
    SignatureHelpOptions {
        trigger_characters: Some(vec!["(".to_owned(), ",".to_owned()]),
        retrigger_characters: Some(vec!["=".to_owned()]),
        ..SignatureHelpOptions::default()
    }
}

pub(in crate::server) fn help(
    session: &mut Session,
    params: SignatureHelpParams,
) -> Answer<Option<SignatureHelp>> {
    let asked = params.text_document_position_params;
    let view = session.view(&asked.text_document.uri)?;
    let offset = view.offset(asked.position)?;
    let Some(found) = ide::signature(view.snapshot.named(), offset) else { return Ok(None) };
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    // Places in a label count UTF-16 units, whatever was agreed for texts.
    let units = |end: u32| small(found.label.get(..end as usize).unwrap_or("").encode_utf16().count());
    let parameters = found.parameters.iter().map(|parameter| ParameterInformation {
        label: ParameterLabel::LabelOffsets([units(parameter.span.start), units(parameter.span.end)]),
        documentation: parameter.doc.clone().map(Documentation::String),
    });
    let parameters = parameters.collect();
    // Where no argument is meant, a number past the last one says so.
    let active = Some(small(found.active.unwrap_or(found.parameters.len())));
    let signature = SignatureInformation {
        label: found.label.clone(),
        documentation: found.doc.map(Documentation::String),
        parameters: Some(parameters),
        active_parameter: active,
    };
    Ok(Some(SignatureHelp {
        signatures: vec![signature],
        active_signature: Some(0),
        active_parameter: active,
    }))
}
