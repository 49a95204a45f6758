//! Findings of models that an edit did not touch.
//!
//! Main type: [`Recall`], used in step with that of `elaborate`: what a rule says of a model depends on its graph, on the
//! text that it was built from and on the settings, so with these unchanged it says the same where that text now stands.

use std::collections::HashMap;
use std::mem;

use super::Settings;
use crate::diagnostic::Diagnostic;
use crate::elaborate::{Fingerprint, Moves};
use crate::source::FileId;

/// What was found in the models of a text's last version.
#[derive(Debug, Default)]
pub struct Recall {
    /// With which settings.
    settings: String,
    findings: HashMap<Fingerprint, Vec<Diagnostic>>,
    /// What is asked for this time.
    current: HashMap<Fingerprint, Vec<Diagnostic>>,
}

impl Recall {
    /// Begins with a new version of the text; `moves` tells what went where, and nothing if nobody can say.
    pub(super) fn begin(&mut self, settings: &Settings, moves: Option<&Moves>) {
        let settings = format!("{settings:?}");
        let Some(moves) = moves.filter(|_| settings == self.settings) else {
            self.findings.clear();
            self.settings = settings;
            return;
        };
        if moves.is_needed() {
            // What speaks of a place outside of every item is looked for again.
            self.findings.retain(|_, findings| findings.iter_mut().all(|finding| moved(finding, moves)));
        }
    }

    /// What is found in a model, which is looked for where it is not known.
    pub(super) fn of_model(
        &mut self,
        fingerprint: Fingerprint,
        look: impl FnOnce() -> Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        let found = self.findings.remove(&fingerprint).unwrap_or_else(look);
        self.current.insert(fingerprint, found.clone());
        found
    }

    /// Forgets what was not asked for.
    pub(super) fn end(&mut self) {
        self.findings = mem::take(&mut self.current);
    }
}

/// Moves every place of a finding; false where one of them is nowhere now.
fn moved(finding: &mut Diagnostic, moves: &Moves) -> bool {
    let mut all = true;
    finding.map(|place| {
        let now = moves.location(place);
        all &= now.file != FileId::NOWHERE;
        now
    });
    all
}
