//! `--fix` and `--diff`: what fixes make of the files, before they are checked.

use std::path::Path;

use similar::TextDiff;

use super::CheckRun;
use crate::cli::{Exit, Streams, writing};
use crate::diagnostic::Diagnostic;
use crate::fix::{FixLevel, settled};
use crate::front::weft::Input;
use crate::source::Disk;

/// A file and what fixes make of it.
struct FixedFile {
    name: String,
    before: String,
    after: String,
    count: usize,
    /// What is still to be said of it.
    left: Vec<Diagnostic>,
}

/// Which fixes are asked for, if any.
pub(super) fn wanted(arguments: &super::Arguments) -> Option<FixLevel> {
    match (arguments.fix || arguments.diff, arguments.unsafe_fixes) {
        (_, true) => Some(FixLevel::All),
        (true, false) => Some(FixLevel::Safe),
        (false, false) => None,
    }
}

/// Mends the files: writes them, or with `--diff` shows what would be written. Standard input goes to standard output.
pub(super) fn fix<'f>(
    run: &CheckRun,
    wanted: FixLevel,
    files: impl Iterator<Item = &'f Path>,
    streams: &mut Streams,
) -> Exit {
    let (mut exit, mut fixes, mut changed) = (Exit::Success, 0usize, 0usize);
    for file in files {
        let fixed = match fixed_file(run, file, wanted) {
            Ok(fixed) => fixed,
            // The check says it.
            Err(_) => continue,
        };
        if fixed.count > 0 {
            fixes = fixes.saturating_add(fixed.count);
            changed = changed.saturating_add(1);
        }
        exit = exit.max(give(run, file, &fixed, streams));
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

fn give(run: &CheckRun, file: &Path, fixed: &FixedFile, streams: &mut Streams) -> Exit {
    let from_input = file == Path::new("-");
    if run.arguments.diff {
        if fixed.count == 0 {
            return Exit::Success;
        }
        let diff = TextDiff::from_lines(&fixed.before, &fixed.after);
        streams.print(&diff.unified_diff().header(&fixed.name, &fixed.name).to_string());
        return Exit::Objection;
    }
    if from_input {
        streams.print(&fixed.after);
        let objection = fixed.left.iter().any(|left| run.arguments.fail_on.objects_to(left));
        return if objection { Exit::Objection } else { Exit::Success };
    }
    if fixed.count == 0 {
        return Exit::Success;
    }
    match writing::replace(file, &fixed.after) {
        Ok(()) => Exit::Success,
        Err(error) => streams.refuse(&format!("cannot write `{}`: {error}", fixed.name)),
    }
}

/// What fixes make of a file.
fn fixed_file(run: &CheckRun, file: &Path, wanted: FixLevel) -> Result<FixedFile, String> {
    let input = run.read(file)?;
    let (name, before) = (input.name.clone(), input.text.to_string());
    let look = |text: &str| {
        let input = Input { text: text.into(), ..input.clone() };
        run.look(&Disk, input).map(|checked| checked.diagnostics)
    };
    let found = look(&before)?;
    let settled = settled(&before, found, wanted, look)?;
    Ok(FixedFile { name, before, after: settled.text, count: settled.count, left: settled.left })
}
