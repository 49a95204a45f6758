//! `weft check`: structural errors and findings of files and folders, in parallel, in order of path.

mod cache;
mod fixing;
mod parallel;
mod printer;
mod progress;
mod recording;
mod watch;

use std::borrow::Borrow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;

use crate::analysis::OnDemand;
use crate::cli::choice::one_of;
use crate::cli::commands::lock;
use crate::cli::load::{self, FileNames};
use crate::cli::{Common, Exit, Streams};
use crate::diagnostic::formats::{FORMATS, FindingsFormat};
use crate::diagnostic::{Diagnostic, Severity, Tally};
use crate::front::weft::{Input, Program, elaborate};
use crate::lint::{Baseline, Settings, Subject, lint};
use crate::lock::{Figures, Lock, changes, gone};
use crate::project::Projects;
use crate::source::{Disk, FileId, FileSystem, Sources, Span, search};
use cache::Cache;
use parallel::in_parallel;
use printer::Printer;

/// Arguments of `weft check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders to search for `.weft` files, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_parser = one_of(&FORMATS), default_value = FORMATS.default_name())]
    format: &'static FindingsFormat,
    /// The least severity that makes the exit status 1
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// Write the safe fixes into the files
    #[arg(long)]
    fix: bool,
    /// Write unsafe fixes too: they may change what is computed
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what fixes would change, and write nothing
    #[arg(long)]
    diff: bool,
    /// Also fail where a model's figures are not those of `weft.lock`
    #[arg(long)]
    locked: bool,
    /// Ignore the findings recorded in this file, in place of the configuration's baseline
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    baseline: Option<PathBuf>,
    /// Record all findings in this file, so that later runs report only new findings
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fix", "unsafe_fixes", "diff", "watch"])]
    write_baseline: Option<PathBuf>,
    /// The path that standard input is to be taken for
    #[arg(long, value_name = "PATH")]
    stdin_filename: Option<PathBuf>,
    /// Check again whenever something changes, until Ctrl-C
    #[arg(long, conflicts_with_all = ["fix", "unsafe_fixes", "diff"])]
    watch: bool,
    /// Check every file from scratch, and keep nothing for the next run
    #[arg(long, conflicts_with = "cache_dir")]
    no_cache: bool,
    /// Where what was found is kept, in place of `.weft_cache` in the project's folder
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Note,
    /// Only where a model cannot be built
    Never,
}

impl FailOn {
    fn objects_to(self, diagnostic: &Diagnostic) -> bool {
        let least = match self {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Note => Severity::Note,
            FailOn::Never => return diagnostic.structural,
        };
        diagnostic.structural || diagnostic.severity >= least
    }
}

/// Checks what is named.
pub fn run(arguments: &Arguments, common: &Common, streams: &mut Streams) -> Exit {
    if arguments.watch {
        return watch::watch(arguments, common, streams);
    }
    let mut run = match CheckRun::new(arguments, common) {
        Ok(run) => run,
        Err(message) => return streams.refuse(&message),
    };
    let found = search::files(&arguments.paths);
    run.cache = run.keeps(found.files.len()).then(|| Cache::open(arguments.cache_dir.as_deref(), &run.lock));
    let mut exit = Exit::Success;
    for problem in &found.problems {
        exit = exit.max(streams.refuse(problem));
    }
    found.empty.iter().for_each(|remark| streams.say(remark));
    if let Some(wanted) = fixing::wanted(arguments) {
        let files = found.files.iter().map(PathBuf::as_path);
        exit = exit.max(fixing::fix(&run, wanted, files, streams));
        if arguments.diff || found.files.iter().any(|file| file == Path::new("-")) {
            return exit;
        }
    }
    if let Some(path) = &arguments.write_baseline {
        return exit.max(recording::record(&run, path, &found.files, streams));
    }
    let mut printer = Printer::new(arguments, found.files.len(), streams);
    in_parallel(&found.files, |file| run.check(file), |outcome| printer.print(outcome));
    let (checked, names) = printer.close();
    if let Some(message) =
        common.unknown_name(&names).filter(|_| checked == Exit::Success && !names.is_empty())
    {
        exit = exit.max(streams.refuse(&message));
    }
    // Where nobody named a folder for it, a tree that cannot be written to is checked without a word.
    if let Some(Err(message)) = run.cache.map(Cache::close).filter(|_| arguments.cache_dir.is_some()) {
        exit = exit.max(streams.refuse(&message));
    }
    exit.max(checked)
}

/// What holds for every file of a run.
struct CheckRun<'r> {
    arguments: &'r Arguments,
    common: &'r Common,
    projects: Projects,
    /// Where recorded figures lie, and the figures.
    lock: Option<(PathBuf, Lock)>,
    /// What earlier runs found, where it is asked.
    cache: Option<Cache>,
}

/// What was found in one file.
#[derive(Clone)]
struct Checked {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    tally: Tally,
    names: FileNames,
}

impl<'r> CheckRun<'r> {
    fn new(arguments: &'r Arguments, common: &'r Common) -> Result<CheckRun<'r>, String> {
        if arguments.locked && !common.set.is_empty() {
            return Err("`--locked` compares models as their files have them: without `--set`".to_owned());
        }
        let projects = Projects::new(common.config.as_deref())?;
        let lock = arguments.locked.then(lock::open).transpose()?;
        Ok(CheckRun { arguments, common, projects, lock, cache: None })
    }

    /// Whether a run over so many files asks what earlier ones found. One file is checked as fast as it is looked up.
    fn keeps(&self, files: usize) -> bool {
        let arguments = self.arguments;
        let whole = self.common.model.is_empty() && self.common.set.is_empty();
        let wanted = files > 1 || arguments.cache_dir.is_some();
        whole && wanted && !arguments.no_cache && arguments.write_baseline.is_none()
    }

    fn check(&self, file: &Path) -> Result<Checked, String> {
        self.check_through(&Disk, file)
    }

    /// Checks a file whose imports are read through a door of their own.
    fn check_through(&self, files: &dyn FileSystem, file: &Path) -> Result<Checked, String> {
        self.read(file).and_then(|input| self.look(files, input))
    }

    /// A file; standard input under the name that it is to have.
    fn read(&self, file: &Path) -> Result<Input, String> {
        let input = load::read(file)?;
        Ok(match (&input.path, &self.arguments.stdin_filename) {
            (None, Some(path)) => {
                Input { name: path.to_string_lossy().into_owned(), path: Some(path.clone()), ..input }
            }
            _ => input,
        })
    }

    /// What there is to say of a text that no baseline knows.
    fn look(&self, files: &dyn FileSystem, input: Input) -> Result<Checked, String> {
        let path = input.path.clone();
        let settings = self.settings(path.as_deref())?;
        let mut checked = self.remembered(files, input, &settings);
        if let Some((folder, baseline)) = self.baseline(path.as_deref())? {
            checked.tally.known = baseline.drop_known(&mut checked.diagnostics, &checked.sources, &folder);
        }
        Ok(checked)
    }

    /// What there is to say of a text, from an earlier run if it can be had. Standard input is always read anew.
    fn remembered(&self, files: &dyn FileSystem, input: Input, settings: &Settings) -> Checked {
        let Some(cache) = self.cache.as_ref().filter(|_| input.path.is_some()) else {
            return self.judged(files, input, settings);
        };
        let key = cache.key(&input, settings);
        cache.get(key, &input).unwrap_or_else(|| {
            let checked = self.judged(files, input, settings);
            cache.put(key, &checked);
            checked
        })
    }

    /// What there is to say of a text, found out here and now.
    fn judged(&self, files: &dyn FileSystem, input: Input, settings: &Settings) -> Checked {
        let mut program = elaborate(files, input, &self.common.options());
        let analyses: Vec<_> = program.models.iter().map(|graph| OnDemand::of(graph)).collect();
        let findings = lint(Subject::program(&program, &analyses), settings);
        let changed = self.changed(&program, &analyses);
        let mut diagnostics = std::mem::take(&mut program.errors);
        diagnostics.extend(changed.into_iter().filter_map(|change| settings.graded(change)));
        diagnostics.extend(findings);
        diagnostics.sort_by_key(|diagnostic| (diagnostic.primary.location, diagnostic.code));
        let tally = Tally { models: asked_for(&program, self.common), files: 1, ..Tally::default() };
        Checked { names: FileNames::of(&program), sources: program.sources, diagnostics, tally }
    }

    /// The findings that are known of a file, and the folder that they are told from.
    fn baseline(&self, path: Option<&Path>) -> Result<Option<(PathBuf, Arc<Baseline>)>, String> {
        if self.arguments.write_baseline.is_some() {
            return Ok(None);
        }
        let named = match &self.arguments.baseline {
            Some(named) => Some(named.clone()),
            None => {
                self.projects.of(path.unwrap_or(Path::new("-")))?.and_then(|config| config.baseline.clone())
            }
        };
        named.map(|named| self.projects.baseline(&named)).transpose()
    }

    /// What differs from the figures that were recorded. A model that cannot be built has errors of its own.
    fn changed(&self, program: &Program, analyses: &[OnDemand]) -> Vec<Diagnostic> {
        let Some((path, lock)) = &self.lock else { return Vec::new() };
        let Some(file) = program.sources.get(FileId(0)) else { return Vec::new() };
        let recorded = lock.files.get(&lock::name_in(path, Path::new(file.name())));
        let old = |name: &str| recorded.and_then(|models| models.get(name));
        let models = program.models.iter().zip(analyses);
        let changed = models.filter_map(|(graph, analysis)| {
            let new = Figures::of(graph, analysis.borrow());
            let name = program.sources.first_line(graph.origin);
            changes(&graph.name, name, old(&graph.name), &new)
        });
        let is_here = |name: &&String| program.declared.contains(name);
        let lost = recorded.into_iter().flat_map(|models| models.keys()).filter(|name| !is_here(name));
        let top = Span::default().within(FileId(0));
        changed.chain(lost.map(|name| gone(name, top))).collect()
    }

    /// What the project decided for a file; standard input lies in the current folder.
    fn settings(&self, path: Option<&Path>) -> Result<Settings, String> {
        let settings = self.projects.settings(path.unwrap_or(Path::new("-")))?;
        let partial = !self.common.model.is_empty() || !self.common.set.is_empty();
        Ok(Settings { partial, ..settings })
    }
}

/// The complete models of a file among those that were asked for, whether or not they can be built.
fn asked_for(program: &Program, common: &Common) -> usize {
    let complete = |name: &&String| !program.incomplete.iter().any(|(open, _)| open == *name);
    let chosen = |name: &&String| common.model.is_empty() || common.model.contains(name);
    program.declared.iter().filter(complete).filter(chosen).count()
}
