//! Everything that is known of one version of a text.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analysis::{Analysis, analyse};
use crate::diagnostic::Diagnostic;
use crate::front::weft::{self, Fingerprint, Input, Options, Program, elaborate_again, stdlib};
use crate::ide::Text;
use crate::lint::{self, Subject, lint_again};
use crate::project::Decisions;
use crate::source::{FileId, FileSystem};

/// One version of a text with all that follows from it. It is made once and only read afterwards.
#[derive(Debug)]
pub struct Snapshot {
    /// The text.
    pub text: Arc<str>,
    /// Where it lies; `None` where it was never saved.
    pub path: Option<PathBuf>,
    /// Its tree, its comments, its graphs; of a broken text, those of what can be read. The text is its file 0.
    pub program: Program,
    /// What is counted in each graph, in their order.
    pub analyses: Vec<Arc<Analysis>>,
    /// Structural errors and findings, in order of place; those of imported files among them.
    pub findings: Vec<Diagnostic>,
}

/// What the version of a text before leaves to the next, so that an edit makes anew what it touches and no more.
#[derive(Debug, Default)]
pub struct SnapshotCache {
    models: weft::IncrementalState,
    analyses: HashMap<Fingerprint, Arc<Analysis>>,
    findings: lint::LintCache,
}

impl Snapshot {
    /// Judges a text. Depends on the text, what it imports and what is decided, and on nothing that was known before.
    ///
    /// Needs a stack of 64 MiB for the deepest programs that the limits allow.
    pub fn of(files: &dyn FileSystem, input: Input, decisions: &Decisions) -> Snapshot {
        Snapshot::again(files, input, decisions, &mut SnapshotCache::default())
    }

    /// Judges a text of which much may be known from an earlier version. The result is that of [`Snapshot::of`].
    pub fn again(
        files: &dyn FileSystem,
        input: Input,
        decisions: &Decisions,
        recall: &mut SnapshotCache,
    ) -> Snapshot {
        let (text, path) = (input.text.clone(), input.path.clone());
        let options = Options { names: true, ..Options::default() };
        let program = elaborate_again(files, input, &options, Some(&mut recall.models));
        let analyses = recall.analyses(&program);
        let mut findings = program.errors.clone();
        let known = Some((&mut recall.findings, &recall.models));
        findings.extend(lint_again(Subject::program(&program, &analyses), &decisions.settings, known));
        if let Some((folder, baseline)) = &decisions.baseline {
            baseline.drop_known(&mut findings, &program.sources, folder);
        }
        findings.sort_by_key(|finding| (finding.primary.location, finding.code));
        Snapshot { text, path, program, analyses, findings }
    }

    /// The text with what is known of its names.
    pub fn named(&self) -> Text<'_> {
        Text { program: &self.program, path: self.path.as_deref() }
    }

    /// How its lines end: as the first one does.
    pub(super) fn line_break(&self) -> &'static str {
        let first = self.text.find('\n').and_then(|at| at.checked_sub(1));
        let returned = first.and_then(|before| self.text.as_bytes().get(before)) == Some(&b'\r');
        if returned { "\r\n" } else { "\n" }
    }

    /// Where one of the program's files lies; `None` for a file of the standard library and a text that was never saved.
    pub fn path_of(&self, file: FileId) -> Option<&Path> {
        if file == FileId(0) {
            return self.path.as_deref();
        }
        let name = self.program.sources.get(file)?.name();
        stdlib::text(name).is_none().then_some(Path::new(name))
    }
}

impl SnapshotCache {
    /// Puts away what nobody will ask for again.
    pub fn tidy(&mut self) {
        self.models.tidy();
    }

    /// The analyses of a program's models, those of unchanged ones as they were.
    fn analyses(&mut self, program: &Program) -> Vec<Arc<Analysis>> {
        let mut before = std::mem::take(&mut self.analyses);
        let models = program.models.iter().zip(&program.fingerprints);
        let analyses = models.map(|(graph, fingerprint)| {
            let known = before.remove(fingerprint).unwrap_or_else(|| Arc::new(analyse(graph)));
            self.analyses.insert(*fingerprint, known.clone());
            known
        });
        let analyses = analyses.collect();
        let awaited = before.into_iter().filter(|(fingerprint, _)| self.models.is_awaited(*fingerprint));
        self.analyses.extend(awaited);
        analyses
    }
}
