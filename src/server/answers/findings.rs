//! What is found in a text, as the editor shows it.

use lsp_types::{
    CodeDescription, Diagnostic as Shown, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    Location as Place, NumberOrString, PublishDiagnosticsParams, Uri, notification as notifications,
};

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::ide::import_of;
use crate::server::answers::pages;
use crate::server::session::Session;
use crate::server::texts::view::View;
use crate::source::{FileId, Span};

/// The rules whose place is a piece of source that does nothing.
const UNUSED: &[&str] = &["unused-definition", "unused-input", "unused-layer", "unused-suppression"];

/// The most that is told of one text.
const MOST: usize = 1_000;

impl Session {
    /// Tells what is found in a text.
    pub fn publish(&mut self, uri: &Uri) {
        let Ok(view) = self.view(uri) else { return };
        let version = Some(view.document.version);
        let diagnostics = view.snapshot.findings.iter().take(MOST).map(|one| shown(&view, one)).collect();
        if let Some(document) = self.documents.get_mut(uri) {
            document.is_unpublished = false;
        }
        let params = PublishDiagnosticsParams { uri: uri.clone(), diagnostics, version };
        self.notify::<notifications::PublishDiagnostics>(params);
    }
}

/// A finding as the editor shows it.
pub(in crate::server) fn shown(view: &View, finding: &Diagnostic) -> Shown {
    let (client, settings) = (&view.session.client, &view.session.settings);
    let here = finding.primary.location.file == FileId(0);
    // What is wrong in another file is told where that is imported.
    let span = if here { finding.primary.location.span } else { import(view, finding) };
    let elsewhere = (!here).then(|| Label { text: finding.message.clone(), ..finding.primary.clone() });
    let labels: Vec<&Label> = elsewhere.iter().chain(&finding.related).collect();
    let related: Vec<_> = labels.iter().filter_map(|label| related(view, label)).collect();
    let code = NumberOrString::String(finding.code.to_owned());
    let page = || pages::uri_of_rule(finding.code, settings.documentation.as_deref());
    let fades = UNUSED.contains(&finding.code) && client.tags.contains(&DiagnosticTag::UNNECESSARY);
    Shown {
        range: view.range(span),
        severity: Some(severity(finding.severity)),
        code: Some(code),
        code_description: client.code_links.then(page).flatten().map(|href| CodeDescription { href }),
        source: Some("weft".to_owned()),
        message: message(view, finding, if client.related { &[] } else { &labels }),
        related_information: (client.related && !related.is_empty()).then_some(related),
        tags: fades.then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Note => DiagnosticSeverity::INFORMATION,
    }
}

/// The import by which a finding's file comes in.
fn import(view: &View, finding: &Diagnostic) -> Span {
    import_of(view.snapshot, finding.primary.location.file).unwrap_or_default()
}

/// Another place of a finding. What is said of none is called by the text that stands there.
fn related(view: &View, label: &Label) -> Option<DiagnosticRelatedInformation> {
    let location: Place = view.place(label.location)?;
    let message = match label.text.as_str() {
        "" => format!("`{}`", view.snapshot.program.sources.text(label.location)),
        text => text.to_owned(),
    };
    Some(DiagnosticRelatedInformation { location, message })
}

/// All that is said of a finding, a line each; of the other places that stand nowhere else as well.
fn message(view: &View, finding: &Diagnostic, places: &[&Label]) -> String {
    let mut lines = vec![finding.message.clone()];
    lines.extend(Some(finding.primary.text.clone()).filter(|text| !text.is_empty()));
    let places = places.iter().filter(|label| !label.text.is_empty()).map(|label| {
        let (name, line, column) = view.snapshot.program.sources.position(label.location);
        format!("{name}:{line}:{column}: {}", label.text)
    });
    lines.extend(places);
    lines.extend(finding.help.iter().map(|help| format!("help: {help}")));
    lines.extend(finding.notes.iter().map(|note| format!("note: {note}")));
    lines.join("\n")
}
