//! `weft check`: structural errors and findings of files and folders, in parallel, in order of path.

use std::collections::{BTreeMap, HashSet};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use clap::ValueEnum;

use super::load::{self, Names};
use super::{Common, Exit, STACK, Streams, search};
use crate::analysis::analyse;
use crate::diagnostic::{Diagnostic, Severity, Tally, compact, json, pretty};
use crate::elaborate::{Input, Program, elaborate};
use crate::lint::{Settings, lint};
use crate::source::{Disk, FileId, SourceFile, Sources, Span};

/// How many diagnostics of one file are shown.
const SHOWN: usize = 100;

/// Arguments of `weft check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders to search for `.weft` files, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,
    /// The least severity that makes the exit status 1
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// The path that standard input is to be taken for
    #[arg(long, value_name = "PATH")]
    stdin_filename: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With the source drawn, for people
    Pretty,
    /// One line each: `file:line:col: severity[rule] message`
    Compact,
    /// One JSON document
    Json,
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
    let found = search::files(&arguments.paths);
    let mut exit = Exit::Success;
    for problem in &found.problems {
        exit = exit.max(streams.refuse(problem));
    }
    found.empty.iter().for_each(|remark| streams.say(remark));
    let mut printer = Printer::new(arguments, streams);
    printer.open();
    in_parallel(&found.files, |file| check(file, arguments, common), |outcome| printer.print(outcome));
    let (run, names) = printer.close();
    if let Some(message) = common.unknown_name(&names).filter(|_| run == Exit::Success && !names.is_empty()) {
        exit = exit.max(streams.refuse(&message));
    }
    exit.max(run)
}

/// What was found in one file.
struct Checked {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    tally: Tally,
    names: Names,
}

fn check(file: &Path, arguments: &Arguments, common: &Common) -> Result<Checked, String> {
    let mut input = load::read(file)?;
    if let (None, Some(path)) = (&input.path, &arguments.stdin_filename) {
        input = Input { name: path.to_string_lossy().into_owned(), path: Some(path.clone()), ..input };
    }
    let mut program = elaborate(&Disk, input, &common.options());
    let analyses: Vec<_> = program.models.iter().map(analyse).collect();
    let settings =
        Settings { partial: !common.model.is_empty() || !common.set.is_empty(), ..Settings::default() };
    let findings = lint(&program, &analyses, &settings);
    let mut diagnostics = std::mem::take(&mut program.errors);
    diagnostics.extend(findings);
    diagnostics.sort_by_key(|diagnostic| (diagnostic.primary.location, diagnostic.code));
    let tally = Tally { models: asked_for(&program, common), files: 1, ..Tally::default() };
    Ok(Checked { names: Names::of(&program), sources: program.sources, diagnostics, tally })
}

/// The complete models of a file among those that were asked for, whether or not they can be built.
fn asked_for(program: &Program, common: &Common) -> usize {
    let complete = |name: &&String| !program.incomplete.iter().any(|(open, _)| open == *name);
    let chosen = |name: &&String| common.model.is_empty() || common.model.contains(name);
    program.declared.iter().filter(complete).filter(chosen).count()
}

/// Does the work, on several threads where there are several files, and takes the results in order.
fn in_parallel<T: Send>(files: &[PathBuf], work: impl Fn(&Path) -> T + Sync, mut take: impl FnMut(T)) {
    if let [file] = files {
        return take(work(file));
    }
    let workers = thread::available_parallelism().map_or(2, NonZero::get).clamp(2, 16).min(files.len());
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next, work) = (sender.clone(), &next, &work);
            let worker = move || {
                while let Some((number, file)) = claim(next, files) {
                    if sender.send((number, work(file))).is_err() {
                        break;
                    }
                }
            };
            // Where the system refuses a thread, the others do its share.
            let _ = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, worker);
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut due = 0usize;
        for (number, result) in receiver {
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&due) {
                take(result);
                due = due.saturating_add(1);
            }
        }
    });
}

fn claim<'f>(next: &AtomicUsize, files: &'f [PathBuf]) -> Option<(usize, &'f Path)> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    files.get(number).map(|file| (number, file.as_path()))
}

/// Prints results in the chosen format, each place's finding once, and keeps the sums.
struct Printer<'p, 's> {
    arguments: &'p Arguments,
    streams: &'p mut Streams<'s>,
    said: HashSet<(String, Span, &'static str)>,
    exit: Exit,
    tally: Tally,
    names: Vec<Names>,
    entries: usize,
}

impl<'p, 's> Printer<'p, 's> {
    fn new(arguments: &'p Arguments, streams: &'p mut Streams<'s>) -> Self {
        let (said, names) = (HashSet::new(), Vec::new());
        Printer { arguments, streams, said, exit: Exit::Success, tally: Tally::default(), names, entries: 0 }
    }

    fn open(&mut self) {
        if self.arguments.format == Format::Json {
            self.streams.print(json::OPENING);
        }
    }

    fn print(&mut self, outcome: Result<Checked, String>) {
        let mut checked = match outcome {
            Ok(checked) => checked,
            Err(message) => {
                self.exit = self.exit.max(self.streams.refuse(&message));
                return;
            }
        };
        if checked.diagnostics.iter().any(|diagnostic| self.arguments.fail_on.objects_to(diagnostic)) {
            self.exit = self.exit.max(Exit::Objection);
        }
        // A file that several import is checked by each of them, and by itself.
        checked.diagnostics.retain(|diagnostic| {
            let location = diagnostic.primary.location;
            let (name, _, _) = checked.sources.position(location);
            self.said.insert((name.to_owned(), location.span, diagnostic.code))
        });
        checked.tally.count(&checked.diagnostics);
        checked.tally.not_shown = checked.diagnostics.len().saturating_sub(SHOWN);
        checked.diagnostics.truncate(SHOWN);
        self.show(&checked);
        if checked.tally.not_shown > 0 && self.arguments.format != Format::Json {
            let name = checked.sources.get(FileId(0)).map_or("", SourceFile::name);
            self.streams.say(&format!("{name}: {} more not shown", checked.tally.not_shown));
        }
        self.tally.add(checked.tally);
        self.names.push(checked.names);
    }

    fn show(&mut self, Checked { sources, diagnostics, .. }: &Checked) {
        let text = match self.arguments.format {
            Format::Pretty => pretty::render(diagnostics, sources, self.streams.out_style()),
            Format::Compact => compact::render(diagnostics, sources),
            Format::Json => {
                let entries = json::entries(diagnostics, sources);
                let follows = if self.entries > 0 && !entries.is_empty() { json::SEPARATOR } else { "" };
                self.entries = self.entries.saturating_add(entries.len());
                format!("{follows}{}", entries.join(json::SEPARATOR))
            }
        };
        self.streams.print(&text);
    }

    /// Ends the document and says the sums.
    fn close(self) -> (Exit, Vec<Names>) {
        if self.arguments.format == Format::Json {
            self.streams.print(&json::closing(&self.tally));
        }
        let _ = self.streams.out.flush();
        if self.tally.files > 0 {
            self.streams.say(&self.tally.to_string());
        }
        (self.exit, self.names)
    }
}
