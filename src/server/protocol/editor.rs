//! What the editor can do and what its user wants.

use std::path::PathBuf;

use lsp_types::{DiagnosticTag, InitializeParams, MarkupKind, Uri};
use serde_json::Value;

use crate::diagnostic::nearest;
use crate::explain::Language;
use crate::server::protocol::uris;

/// What the editor can do, as far as an answer depends on it.
#[derive(Clone, Debug, Default)]
pub(in crate::server) struct ClientCapabilities {
    /// Shows other places that belong to a finding.
    pub related: bool,
    /// Opens the page that a finding's code stands for.
    pub code_links: bool,
    /// Fades what is unused, strikes out what is deprecated.
    pub tags: Vec<DiagnosticTag>,
    /// Renders Markdown where it shows documentation.
    pub markdown: bool,
    /// Draws what is written with places where the writer goes on.
    pub snippets: bool,
    /// Takes a definition with the name that was asked about, and all of what is defined.
    pub links: bool,
    /// Shows what stands in what.
    pub nested_symbols: bool,
    /// Shows texts that the server has in it.
    pub shows_texts: bool,
    /// Takes edits with the version of the text that they are made for.
    pub versioned_edits: bool,
    /// Can be asked for its settings.
    pub settings: bool,
    /// Can be asked to watch files.
    pub watches_files: bool,
    /// Asks for inlay hints, code lenses again when it is told to.
    pub refreshes_hints: bool,
    pub refreshes_lenses: bool,
}

impl ClientCapabilities {
    /// Reads what the editor says it can do. That it shows texts of the server's is not known to the crate of the
    /// protocol's types.
    pub fn of(declared: &lsp_types::ClientCapabilities, shows_texts: bool) -> ClientCapabilities {
        let text = declared.text_document.clone().unwrap_or_default();
        let workspace = declared.workspace.clone().unwrap_or_default();
        let publish = text.publish_diagnostics.unwrap_or_default();
        let hover = text.hover.and_then(|hover| hover.content_format).unwrap_or_default();
        let completion =
            text.completion.and_then(|completion| completion.completion_item).unwrap_or_default();
        let links = text.definition.and_then(|definition| definition.link_support);
        let symbols = text.document_symbol.unwrap_or_default();
        ClientCapabilities {
            snippets: completion.snippet_support.unwrap_or_default(),
            links: links.unwrap_or_default(),
            nested_symbols: symbols.hierarchical_document_symbol_support.unwrap_or_default(),
            shows_texts,
            related: publish.related_information.unwrap_or_default(),
            code_links: publish.code_description_support.unwrap_or_default(),
            tags: publish.tag_support.map(|support| support.value_set).unwrap_or_default(),
            markdown: hover.contains(&MarkupKind::Markdown),
            versioned_edits: workspace
                .workspace_edit
                .and_then(|edit| edit.document_changes)
                .unwrap_or_default(),
            settings: workspace.configuration.unwrap_or_default(),
            watches_files: workspace
                .did_change_watched_files
                .and_then(|watch| watch.dynamic_registration)
                .unwrap_or_default(),
            refreshes_hints: workspace.inlay_hint.and_then(|hint| hint.refresh_support).unwrap_or_default(),
            refreshes_lenses: workspace.code_lens.and_then(|lens| lens.refresh_support).unwrap_or_default(),
        }
    }
}

/// What the editor's user wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::server) struct ClientSettings {
    /// The shape after every stage, as an inlay hint.
    pub shapes: bool,
    /// The parameters of every stage that has any, as an inlay hint.
    pub parameters: bool,
    /// Parameters and MACs above every model.
    pub lenses: bool,
    /// Where the pages of rules lie on the web, in place of those that the server has in it.
    pub documentation: Option<String>,
    /// The language of explanations.
    pub language: Language,
}

impl Default for ClientSettings {
    fn default() -> ClientSettings {
        ClientSettings {
            shapes: true,
            parameters: false,
            lenses: true,
            documentation: None,
            language: Language::default(),
        }
    }
}

/// Every setting, as it is written.
const SETTINGS: &[&str] =
    &["inlayHints.shapes", "inlayHints.parameters", "codeLens", "documentation", "language"];
/// Settings of the same section that are for the editor's extension.
const OF_THE_EDITOR: &[&str] = &["path", "arguments", "trace", "server"];

impl ClientSettings {
    /// Reads settings: `{"inlayHints": {"shapes": true}, …}`, alone or under `weft`. What is wrong with them is told, and
    /// the other ones hold.
    pub fn read(declared: &Value) -> (ClientSettings, Vec<String>) {
        let declared = declared.get("weft").unwrap_or(declared);
        let (mut settings, mut wrong) = (ClientSettings::default(), Vec::new());
        for (name, value) in leaves(declared) {
            let Err(expected) = settings.take(&name, value) else { continue };
            wrong.push(match expected {
                Some(expected) => format!("the setting `weft.{name}` takes {expected}, not `{value}`"),
                None => {
                    let near = nearest(&name, SETTINGS.iter().copied());
                    let hint = near.map_or_else(
                        || format!("there is `{}`", SETTINGS.join("`, `")),
                        |near| format!("did you mean `weft.{near}`?"),
                    );
                    format!("there is no setting `weft.{name}`; {hint}")
                }
            });
        }
        (settings, wrong)
    }

    /// Takes one setting; where it cannot, what is expected, or `None` for an unknown name.
    fn take(&mut self, name: &str, value: &Value) -> Result<(), Option<String>> {
        let flag = || value.as_bool().ok_or_else(|| Some("true or false".to_owned()));
        match name {
            _ if value.is_null() => {}
            "inlayHints.shapes" => self.shapes = flag()?,
            "inlayHints.parameters" => self.parameters = flag()?,
            "codeLens" => self.lenses = flag()?,
            "documentation" => {
                let text = value.as_str().ok_or_else(|| Some("an address".to_owned()))?;
                self.documentation =
                    Some(text.trim_end_matches('/').to_owned()).filter(|text| !text.is_empty());
            }
            "language" => {
                let known =
                    || Language::ALL.iter().map(|(code, _)| *code).collect::<Vec<_>>().join("\" or \"");
                let found = value.as_str().and_then(Language::find);
                self.language = found.ok_or_else(|| Some(format!("\"{}\"", known())))?;
            }
            _ if OF_THE_EDITOR.contains(&name.split('.').next().unwrap_or(name)) => {}
            _ => return Err(None),
        }
        Ok(())
    }
}

/// Settings with their names in full; a group of them is one level deep.
fn leaves(declared: &Value) -> Vec<(String, &Value)> {
    let Some(all) = declared.as_object() else { return Vec::new() };
    all.iter()
        .flat_map(|(name, value)| match value.as_object() {
            Some(group) => {
                group.iter().map(|(inner, value)| (format!("{name}.{inner}"), value)).collect::<Vec<_>>()
            }
            None => vec![(name.clone(), value)],
        })
        .collect()
}

/// The folders that are open in the editor.
pub(in crate::server) fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    let folders = params.workspace_folders.iter().flatten().map(|folder| &folder.uri);
    let mut folders: Vec<_> = folders.filter_map(uris::path_of).collect();
    if folders.is_empty() {
        #[allow(deprecated, reason = "what editors say that know of no workspace folders")]
        folders.extend(params.root_uri.as_ref().and_then(|root: &Uri| uris::path_of(root)));
    }
    folders
}
