//! What the editor tells: texts that are opened, changed, closed; files that change on the disk; settings.

use lsp_types::request as requests;
use lsp_types::{
    ConfigurationItem, ConfigurationParams, DidChangeConfigurationParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidChangeWatchedFilesRegistrationOptions, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, FileSystemWatcher,
    GlobPattern, InitializedParams, PublishDiagnosticsParams, Registration, RegistrationParams, Uri,
    notification as notifications,
};
use serde_json::Value;

use crate::project::Projects;
use crate::server::dispatch::Answer;
use crate::server::protocol::editor::ClientSettings;
use crate::server::protocol::uris;
use crate::server::session::Session;
use crate::server::texts::documents::OpenDocument;
use crate::server::texts::overlay_fs;

/// The files on which what is found depends.
const WATCHED: &[&str] = &["**/*.weft", "**/weft.toml"];

impl Session {
    pub fn initialized(&mut self, _: InitializedParams) -> Answer<()> {
        if self.client.watches_files {
            let watcher = |glob: &&str| FileSystemWatcher {
                glob_pattern: GlobPattern::String((*glob).to_owned()),
                kind: None,
            };
            let watchers = WATCHED.iter().map(watcher).collect();
            let options = DidChangeWatchedFilesRegistrationOptions { watchers };
            let registration = Registration {
                id: "files".to_owned(),
                method: <notifications::DidChangeWatchedFiles as notifications::Notification>::METHOD
                    .to_owned(),
                register_options: serde_json::to_value(options).ok(),
            };
            self.request::<requests::RegisterCapability>(RegistrationParams {
                registrations: vec![registration],
            });
        }
        self.ask_settings();
        Ok(())
    }

    pub fn did_open(&mut self, params: DidOpenTextDocumentParams) -> Answer<()> {
        let uri = params.text_document.uri.clone();
        self.note_change();
        self.documents.open(params.text_document);
        self.has_changed(&uri);
        Ok(())
    }

    pub fn did_change(&mut self, params: DidChangeTextDocumentParams) -> Answer<()> {
        // What is known of the text before is put away while more of a burst may come.
        self.note_change();
        let (uri, encoding) = (params.text_document.uri, self.encoding);
        let document = self.documents.get_mut(&uri).ok_or_else(|| not_open(&uri))?;
        // A change that is refused still has its number, so that answers carry the one that the editor counts.
        document.version = params.text_document.version;
        document.change(params.content_changes, encoding)?;
        self.has_changed(&uri);
        Ok(())
    }

    pub fn did_close(&mut self, params: DidCloseTextDocumentParams) -> Answer<()> {
        let uri = params.text_document.uri;
        let closed = self.documents.close(&uri).ok_or_else(|| not_open(&uri))?;
        if let Some(canonical) = &closed.canonical {
            self.documents.forget_dependants(canonical);
        }
        self.note_change();
        let nothing = PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None };
        self.notify::<notifications::PublishDiagnostics>(nothing);
        Ok(())
    }

    /// A file was saved: of an editor that watches no files, this is when a `weft.toml` may have changed.
    pub fn did_save(&mut self, _: DidSaveTextDocumentParams) -> Answer<()> {
        if !self.client.watches_files {
            self.forget_everything();
        }
        Ok(())
    }

    pub fn did_change_watched_files(&mut self, params: DidChangeWatchedFilesParams) -> Answer<()> {
        for path in params.changes.iter().filter_map(|change| uris::path_of(&change.uri)) {
            if path.file_name().is_some_and(|name| name == crate::config::FILE) {
                self.forget_everything();
            }
            let canonical = overlay_fs::canonical(&path);
            // What is open does not change with the disk.
            if self.documents.at(&canonical).is_none() {
                self.documents.forget_dependants(&canonical);
            }
        }
        self.note_change();
        Ok(())
    }

    pub fn did_change_folders(&mut self, params: DidChangeWorkspaceFoldersParams) -> Answer<()> {
        let paths = |folders: &[lsp_types::WorkspaceFolder]| -> Vec<_> {
            folders.iter().filter_map(|folder| uris::path_of(&folder.uri)).collect()
        };
        let removed = paths(&params.event.removed);
        self.folders.retain(|folder| !removed.contains(folder));
        self.folders.extend(paths(&params.event.added));
        Ok(())
    }

    pub fn did_change_configuration(&mut self, params: DidChangeConfigurationParams) -> Answer<()> {
        if self.client.settings {
            self.ask_settings();
        } else if !params.settings.is_null() {
            self.apply_settings(&params.settings);
        }
        Ok(())
    }

    fn ask_settings(&mut self) {
        if self.client.settings {
            let item = ConfigurationItem { scope_uri: None, section: Some("weft".to_owned()) };
            self.request::<requests::WorkspaceConfiguration>(ConfigurationParams { items: vec![item] });
        }
    }

    /// Takes the answer to what was asked of the editor: a list where that was its settings, nothing otherwise.
    pub fn receive_settings(&mut self, answer: &Value) {
        if let Some(settings) = answer.as_array().and_then(|all| all.first()).filter(|one| !one.is_null()) {
            self.apply_settings(settings);
        }
    }

    /// Takes what the user wants, and says what of it cannot be understood.
    pub fn apply_settings(&mut self, settings: &Value) {
        let (settings, wrong) = ClientSettings::read(settings);
        wrong.into_iter().for_each(|wrong| self.show_warning(wrong));
        if settings == self.settings {
            return;
        }
        self.settings = settings;
        if self.client.refreshes_hints {
            self.request::<requests::InlayHintRefreshRequest>(());
        }
        if self.client.refreshes_lenses {
            self.request::<requests::CodeLensRefresh>(());
        }
        self.documents.all_mut().for_each(|document| document.is_unpublished = true);
        self.note_change();
    }

    /// A text is another than it was: so is what depends on it.
    fn has_changed(&mut self, uri: &Uri) {
        let canonical = self.documents.get(uri).and_then(|document| document.canonical.clone());
        if let Some(canonical) = canonical {
            self.documents.forget_dependants(&canonical);
        }
    }

    fn forget_everything(&mut self) {
        self.projects = Projects::default();
        self.documents.all_mut().for_each(OpenDocument::forget);
        self.note_change();
    }
}

/// Why nothing can be said of a text.
pub(in crate::server) fn not_open(uri: &Uri) -> String {
    format!("`{}` is not open", uri.as_str())
}
