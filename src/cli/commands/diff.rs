//! `weft diff`: what differs between two models, two files, or since a revision.

use std::path::{Path, PathBuf};

use crate::analysis::{Analysis, analyse};
use crate::cli::choice::one_of;
use crate::cli::load::{self, FileNames, loaded, read};
use crate::cli::{Common, Exit, Streams};
use crate::diff::{Comparison, DiffFormat, FORMATS, FailConditions, Pair, Side, diff};
use crate::front::weft::{Input, Program};
use crate::ir::Graph;
use crate::source::{Disk, FileSystem, ReadError, Revision, search};

/// Arguments of `weft diff`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Two files; one file and two `--model`; with `--base`, files and folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Compare with this revision of the git repository
    #[arg(long, value_name = "REVISION")]
    base: Option<String>,
    /// How the differences are written
    #[arg(long, value_name = "FORMAT", default_value = FORMATS.default_name(), value_parser = one_of(&FORMATS))]
    format: &'static DiffFormat,
    /// Exit with 1 where this holds, as `params > +5%` (may be repeated)
    #[arg(long, value_name = "CONDITION", allow_hyphen_values = true)]
    fail_if: Vec<FailConditions>,
}

/// Compares and writes what differs.
pub fn run(arguments: &Arguments, common: &Common, streams: &mut Streams) -> Exit {
    let compared = match (&arguments.base, arguments.paths.as_slice(), common.model.as_slice()) {
        (Some(revision), paths, _) => since(revision, paths, common, streams),
        (None, [before, after], _) => files(before, after, common, streams),
        (None, [file], [one, other]) => models(file, one, other, common, streams),
        (None, [file], _) => Err(streams.refuse(&format!(
            "`{}` is one file: name another, two of its models with `--model A --model B`, or `--base REVISION`",
            file.display()
        ))),
        (None, [], _) => Err(streams.refuse("expected two files, or `--base REVISION`")),
        (None, ..) => Err(streams.refuse("expected two files; more may follow `--base REVISION`")),
    };
    match compared {
        Ok((comparison, exit)) => exit.max(write(&comparison, arguments, streams)),
        Err(exit) => exit,
    }
}

/// What was compared, and whether something stood in the way of more.
type Compared = Result<(Comparison, Exit), Exit>;

fn write(comparison: &Comparison, arguments: &Arguments, streams: &mut Streams) -> Exit {
    let written = (arguments.format.writer)(comparison, streams.out_width, streams.out);
    let mut exit = streams.finish(written);
    if exit != Exit::Success {
        return exit;
    }
    let _ = streams.out.flush();
    if *comparison == Comparison::default() {
        streams.say("no complete model to compare");
    }
    for gate in &arguments.fail_if {
        for pair in &comparison.pairs {
            if let Some(reached) = gate.reached(&pair.diff) {
                streams.say(&format!(
                    "failed: `{}` in {}: {}",
                    reached.condition, pair.diff.names.1, reached.found
                ));
                exit = Exit::Objection;
            }
        }
    }
    exit
}

/// A file's models with their accounts.
struct Loaded {
    name: String,
    program: Program,
    analyses: Vec<Analysis>,
}

impl Loaded {
    fn new(name: &str, program: Program) -> Loaded {
        let analyses = program.models.iter().map(|graph| analyse(graph)).collect();
        Loaded { name: name.to_owned(), program, analyses }
    }

    fn sides(&self) -> impl Iterator<Item = Side<'_>> {
        self.program.models.iter().zip(&self.analyses).map(|(graph, analysis)| Side { graph, analysis })
    }

    fn side(&self, name: &str) -> Option<Side<'_>> {
        self.sides().find(|side| &*side.graph.name == name)
    }
}

/// Two models of one file.
fn models(file: &Path, one: &str, other: &str, common: &Common, streams: &mut Streams) -> Compared {
    let loaded = load_one(file, common, streams)?;
    let side = |name: &str, streams: &mut Streams| {
        loaded
            .side(name)
            .ok_or_else(|| streams.refuse(&format!("`{name}` is not complete: `--set` completes it")))
    };
    let (before, after) = (side(one, streams)?, side(other, streams)?);
    let mut comparison = Comparison::default();
    compare(&mut comparison, (&loaded.name, &loaded.name), before, after);
    Ok((comparison, Exit::Success))
}

/// Two files: models of one name, or the only ones.
fn files(before: &Path, after: &Path, common: &Common, streams: &mut Streams) -> Compared {
    let (one, other) = (load_one(before, common, streams)?, load_one(after, common, streams)?);
    let mut comparison = Comparison::default();
    if let ([_], [_]) = (one.program.models.as_slice(), other.program.models.as_slice()) {
        for (before, after) in one.sides().zip(other.sides()) {
            compare(&mut comparison, (&one.name, &other.name), before, after);
        }
    } else {
        by_name(&mut comparison, Some(&one), Some(&other));
    }
    Ok((comparison, Exit::Success))
}

fn load_one(file: &Path, common: &Common, streams: &mut Streams) -> Result<Loaded, Exit> {
    load::load(file, common, streams).map(|program| Loaded::new(&file.to_string_lossy(), program))
}

/// Files now and in a revision. A file that cannot be built is said, and the others compared all the same.
fn since(name: &str, paths: &[PathBuf], common: &Common, streams: &mut Streams) -> Compared {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let folder = paths.first().map_or(Path::new("."), |path| folder_of(path));
    let revision = Revision::of(folder, name).map_err(|message| streams.refuse(&message))?;
    let mut comparison = Comparison::default();
    let (mut exit, mut names) = (Exit::Success, Vec::new());
    for (whole, file) in both(&revision, name, paths).map_err(|message| streams.refuse(&message))? {
        let (before, after) = (then(&revision, name, &whole, &file), now(&whole, &file));
        let mut build = |input: Result<Option<Input>, String>, files: &dyn FileSystem| {
            let outcome = match input {
                Ok(None) => return None,
                Ok(Some(input)) => {
                    let label = input.name.clone();
                    loaded(files, input, common, streams).map(|program| Loaded::new(&label, program))
                }
                Err(message) => Err(streams.refuse(&message)),
            };
            exit = exit.max(outcome.as_ref().err().copied().unwrap_or(Exit::Success));
            Some(outcome.ok())
        };
        let (before, after) = (build(before, &revision), build(after, &Disk));
        // What cannot be built on one side is neither new nor gone.
        if matches!(before, Some(None)) || matches!(after, Some(None)) {
            continue;
        }
        let (before, after) = (before.flatten(), after.flatten());
        names.extend([&before, &after].into_iter().flatten().map(|loaded| FileNames::of(&loaded.program)));
        by_name(&mut comparison, before.as_ref(), after.as_ref());
    }
    match common.unknown_name(&names).filter(|_| !names.is_empty() && exit == Exit::Success) {
        Some(message) => Err(streams.refuse(&message)),
        None => Ok((comparison, exit)),
    }
}

/// The files of today and of a revision at some paths: each as one knows it, and as people write it.
fn both(revision: &Revision, name: &str, paths: &[PathBuf]) -> Result<Vec<(PathBuf, PathBuf)>, String> {
    // A path that is gone may be one of the revision's.
    let there: Vec<PathBuf> = paths.iter().filter(|path| path.exists()).cloned().collect();
    let found = search::files(&there);
    if let Some(problem) = found.problems.into_iter().next() {
        return Err(problem);
    }
    let whole = |file: &PathBuf| std::fs::canonicalize(file).unwrap_or_else(|_| file.clone());
    let mut files: Vec<_> = found.files.iter().map(|file| (whole(file), file.clone())).collect();
    for path in paths {
        let old = revision.files(path)?;
        if !path.exists() && old.is_empty() {
            return Err(format!("there is no `{}`, neither now nor in `{name}`", path.display()));
        }
        files.extend(old.into_iter().map(|path| (path.clone(), from_here(&path))));
    }
    // A file of today keeps the path by which it was found.
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    files.dedup_by(|(later, _), (earlier, _)| later == earlier);
    Ok(files)
}

/// A file as it was; `None` where it was not there.
fn then(revision: &Revision, name: &str, whole: &Path, file: &Path) -> Result<Option<Input>, String> {
    let label = format!("{name}:{}", file.display());
    match revision.read(whole) {
        Ok(text) => Ok(Some(Input { name: label, path: Some(whole.to_owned()), text: text.into() })),
        Err(ReadError::NotFound | ReadError::OutsideRoot) => Ok(None),
        Err(error) => Err(format!("cannot read `{label}`: {}", error.reason())),
    }
}

/// A file as it is; `None` where it is not there.
fn now(whole: &Path, file: &Path) -> Result<Option<Input>, String> {
    if whole.exists() { read(file).map(Some) } else { Ok(None) }
}

/// A path as seen from the working folder, where it lies below it.
fn from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(std::fs::canonicalize);
    here.ok().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path).to_owned()
}

fn folder_of(path: &Path) -> &Path {
    if path.is_dir() {
        return path;
    }
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Models of one name are compared, the others stand alone.
fn by_name(comparison: &mut Comparison, before: Option<&Loaded>, after: Option<&Loaded>) {
    let of = |loaded: Option<&Loaded>| loaded.map(|loaded| loaded.name.clone()).unwrap_or_default();
    let (old, new) = (of(before), of(after));
    for side in after.into_iter().flat_map(Loaded::sides) {
        match before.and_then(|before| before.side(&side.graph.name)) {
            Some(earlier) => compare(comparison, (&old, &new), earlier, side),
            None => comparison.added.push((new.clone(), name(side.graph))),
        }
    }
    for side in before.into_iter().flat_map(Loaded::sides) {
        if after.and_then(|after| after.side(&side.graph.name)).is_none() {
            comparison.removed.push((old.clone(), name(side.graph)));
        }
    }
}

fn name(graph: &Graph) -> String {
    graph.name.to_string()
}

fn compare(comparison: &mut Comparison, (old, new): (&str, &str), before: Side, after: Side) {
    let diff = diff(before, after);
    if diff.is_empty() {
        comparison.same = comparison.same.saturating_add(1);
    } else {
        comparison.pairs.push(Pair { files: (old.to_owned(), new.to_owned()), diff });
    }
}
