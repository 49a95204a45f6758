//! `--write-baseline`: records what is found, so that later runs tell of new findings only.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{CheckRun, in_parallel};
use crate::cli::{Exit, Streams, writing};
use crate::diagnostic::pretty;
use crate::lint::Baseline;

/// Records every finding of the files. Structural errors are shown: they cannot be put up with.
pub(super) fn record(run: &CheckRun, path: &Path, files: &[PathBuf], streams: &mut Streams) -> Exit {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = absolute.parent().unwrap_or(&absolute);
    let (mut baseline, mut said, mut exit) = (Baseline::default(), HashSet::new(), Exit::Success);
    in_parallel(
        files,
        |file| run.check(file),
        |outcome| {
            let checked = match outcome {
                Ok(checked) => checked,
                Err(message) => {
                    exit = exit.max(streams.refuse(&message));
                    return;
                }
            };
            let (errors, findings): (Vec<_>, Vec<_>) =
                checked.diagnostics.into_iter().partition(|diagnostic| diagnostic.structural);
            if !errors.is_empty() {
                let _ =
                    write!(streams.err, "{}", pretty::render(&errors, &checked.sources, streams.err_style()));
                exit = exit.max(Exit::Objection);
            }
            for finding in &findings {
                let location = finding.primary.location;
                let (name, _, _) = checked.sources.position(location);
                // A file that several import is checked by each of them.
                if said.insert((name.to_owned(), location.span, finding.code)) {
                    baseline.add(finding, &checked.sources, folder);
                }
            }
        },
    );
    match writing::create_or_replace(path, &baseline.text()) {
        Ok(()) => {
            let n = baseline.len();
            let plural = if n == 1 { "" } else { "s" };
            streams.say(&format!("{n} finding{plural} recorded in `{}`", path.display()));
            exit
        }
        Err(error) => streams.refuse(&format!("cannot write `{}`: {error}", path.display())),
    }
}
