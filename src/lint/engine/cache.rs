//! Findings of models that an edit did not touch.
//!
//! Main type: [`LintCache`], used in step with that of `elaborate`: what a rule says of a model depends on its graph, on the
//! text that it was built from and on the settings, so with these unchanged it says the same where that text now stands.

use foldhash::HashMap;
use std::mem;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::front::weft::{self, Fingerprint, Moves, Stand};
use crate::lint::Settings;
use crate::source::FileId;

/// What was found in the models of a text's last versions.
#[derive(Debug, Default)]
pub struct LintCache {
    /// With which settings.
    settings: Option<Settings>,
    findings: HashMap<Fingerprint, Vec<Diagnostic>>,
    /// What is asked for this time.
    current: HashMap<Fingerprint, Vec<Diagnostic>>,
    /// What was found in models that the text no longer holds but may hold again, and where that stood.
    lost: HashMap<Fingerprint, (Arc<Stand>, Vec<Diagnostic>)>,
}

impl LintCache {
    /// Begins with a new version of the text, which holds the models of some fingerprints.
    pub(super) fn begin(
        &mut self,
        settings: &Settings,
        models: &weft::IncrementalState,
        fingerprints: &[Fingerprint],
    ) {
        if self.settings.as_ref() != Some(settings) {
            *self = LintCache { settings: Some(settings.clone()), ..LintCache::default() };
            return;
        }
        let moves = models.moves();
        for (fingerprint, findings) in mem::take(&mut self.findings) {
            match moves.filter(|_| fingerprints.contains(&fingerprint)) {
                Some(moves) => self.findings.extend(moved(findings, moves).map(|found| (fingerprint, found))),
                None => {
                    self.lost.insert(fingerprint, (models.before().clone(), findings));
                }
            }
        }
        for fingerprint in fingerprints {
            let Some((stand, findings)) = self.lost.remove(fingerprint) else { continue };
            let findings = models.moves_since(&stand).and_then(|moves| moved(findings, &moves));
            self.findings.extend(findings.map(|found| (*fingerprint, found)));
        }
        self.lost.retain(|fingerprint, _| models.is_awaited(*fingerprint));
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

/// Findings where they now stand; `None` where a place of one is nowhere now: what speaks of a place outside of every item
/// is looked for again.
fn moved(mut findings: Vec<Diagnostic>, moves: &Moves) -> Option<Vec<Diagnostic>> {
    if !moves.is_needed() {
        return Some(findings);
    }
    let mut all = true;
    for finding in &mut findings {
        finding.map(|place| {
            let now = moves.moved(place);
            all &= now.file != FileId::NOWHERE;
            now
        });
    }
    all.then_some(findings)
}
