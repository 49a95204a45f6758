//! Texts that the server has in it, for an editor to show: `weft:/rules/NAME.md`, `weft:/std/NAME.weft`.
//!
//! An editor asks for them by `workspace/textDocumentContent`, as the protocol has it from version 3.18 on.

use std::str::FromStr;

use lsp_types::Uri;
use lsp_types::request::Request;
use serde::{Deserialize, Serialize};

use crate::front::weft::stdlib;
use crate::pages::markdown;
use crate::server::dispatch::Answer;
use crate::server::session::Session;

/// The scheme of their addresses.
pub(in crate::server) const SCHEME: &str = "weft";

/// The request, which the crate of the protocol's types does not know yet.
#[derive(Debug)]
pub(in crate::server) enum TextDocumentContent {}

#[derive(Debug, Deserialize, Serialize)]
pub(in crate::server) struct TextDocumentContentParams {
    uri: Uri,
}

#[derive(Debug, Deserialize, Serialize)]
pub(in crate::server) struct TextDocumentContentResult {
    text: String,
}

impl Request for TextDocumentContent {
    type Params = TextDocumentContentParams;
    type Result = TextDocumentContentResult;
    const METHOD: &'static str = "workspace/textDocumentContent";
}

/// Gives a text.
pub(in crate::server) fn content(
    _: &mut Session,
    params: TextDocumentContentParams,
) -> Answer<TextDocumentContentResult> {
    let uri = params.uri;
    let path = uri.path().as_str().trim_start_matches('/');
    let rule = || markdown::rules::page(path.strip_prefix("rules/")?.strip_suffix(".md")?);
    let library = || {
        let name = path.strip_prefix("std/")?.strip_suffix(".weft")?;
        stdlib::text(&format!("std.{name}")).map(str::to_owned)
    };
    let ours = uri.scheme().is_some_and(|scheme| scheme.as_str() == SCHEME);
    let text = ours.then(|| rule().or_else(library)).flatten();
    text.map(|text| TextDocumentContentResult { text })
        .ok_or_else(|| format!("the server has no text `{}` in it", uri.as_str()))
}

/// The page of a rule or error: the server's own, or one on the web where the user said where they lie.
pub(in crate::server) fn uri_of_rule(code: &str, elsewhere: Option<&str>) -> Option<Uri> {
    let base = elsewhere.map_or_else(|| format!("{SCHEME}:/rules"), str::to_owned);
    Uri::from_str(&format!("{base}/{code}.md")).ok()
}

/// A file of the standard library, by its name: `std.vision`.
pub(in crate::server) fn uri_of_standard(name: &str) -> Option<Uri> {
    Uri::from_str(&format!("{SCHEME}:/std/{}.weft", name.strip_prefix("std.")?)).ok()
}
