//! `--fix` and `--diff`: what fixes make of the files, before they are checked.

use std::path::Path;

use similar::TextDiff;

use super::Run;
use crate::cli::{Exit, Streams, writing};
use crate::diagnostic::Diagnostic;
use crate::fix::{Wanted, settled};
use crate::front::weft::Input;
use crate::source::Disk;

/// A file and what fixes make of it.
struct Mended {
    name: String,
    before: String,
    after: String,
    count: usize,
    /// What is still to be said of it.
    left: Vec<Diagnostic>,
}

/// Which fixes are asked for, if any.
pub(super) fn wanted(arguments: &super::Arguments) -> Option<Wanted> {
    match (arguments.fix || arguments.diff, arguments.unsafe_fixes) {
        (_, true) => Some(Wanted::All),
        (true, false) => Some(Wanted::Safe),
        (false, false) => None,
    }
}

/// Mends the files: writes them, or with `--diff` shows what would be written. Standard input goes to standard output.
pub(super) fn mend<'f>(
    run: &Run,
    wanted: Wanted,
    files: impl Iterator<Item = &'f Path>,
    streams: &mut Streams,
) -> Exit {
    let (mut exit, mut fixes, mut changed) = (Exit::Success, 0usize, 0usize);
    for file in files {
        let mended = match mended(run, file, wanted) {
            Ok(mended) => mended,
            // The check says it.
            Err(_) => continue,
        };
        if mended.count > 0 {
            fixes = fixes.saturating_add(mended.count);
            changed = changed.saturating_add(1);
        }
        exit = exit.max(give(run, file, &mended, streams));
    }
    let verb = if run.arguments.diff { "would change" } else { "changed" };
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    streams.say(&match (fixes, changed) {
        (0, _) => "nothing to fix".to_owned(),
        _ => format!(
            "{fixes} fix{} {verb} {changed} file{}",
            if fixes == 1 { "" } else { "es" },
            plural(changed)
        ),
    });
    exit
}

fn give(run: &Run, file: &Path, mended: &Mended, streams: &mut Streams) -> Exit {
    let from_input = file == Path::new("-");
    if run.arguments.diff {
        if mended.count == 0 {
            return Exit::Success;
        }
        let diff = TextDiff::from_lines(&mended.before, &mended.after);
        streams.print(&diff.unified_diff().header(&mended.name, &mended.name).to_string());
        return Exit::Objection;
    }
    if from_input {
        streams.print(&mended.after);
        let objection = mended.left.iter().any(|left| run.arguments.fail_on.objects_to(left));
        return if objection { Exit::Objection } else { Exit::Success };
    }
    if mended.count == 0 {
        return Exit::Success;
    }
    match writing::replace(file, &mended.after) {
        Ok(()) => Exit::Success,
        Err(error) => streams.refuse(&format!("cannot write `{}`: {error}", mended.name)),
    }
}

/// What fixes make of a file.
fn mended(run: &Run, file: &Path, wanted: Wanted) -> Result<Mended, String> {
    let input = run.read(file)?;
    let (name, before) = (input.name.clone(), input.text.to_string());
    let look = |text: &str| {
        let input = Input { text: text.into(), ..input.clone() };
        run.look(&Disk, input).map(|checked| checked.diagnostics)
    };
    let found = look(&before)?;
    let settled = settled(&before, found, wanted, look)?;
    Ok(Mended { name, before, after: settled.text, count: settled.count, left: settled.left })
}
