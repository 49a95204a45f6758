//! `--watch`: the files are checked again when they, what they import or their configuration change, until Ctrl-C.
//!
//! The disk is asked, not listened to, so that it works alike on every system and on folders of other machines.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::{Arguments, CheckRun, Checked, in_parallel};
use crate::cli::commands::check::printer::Printer;
use crate::cli::{Common, Exit, Streams};
use crate::source::{Disk, FileSystem, ReadError, search};
use crate::{config, lock};

/// The least and the most time between two looks at the disk: ten times as long as it takes to look.
const PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(2));
/// The screen and what was scrolled off it empty, and the cursor at its top.
const CLEARED: &str = "\u{1b}[H\u{1b}[2J\u{1b}[3J";

/// When a file was last written, and how long it is; `None` where there is none.
type Stamp = Option<(SystemTime, u64)>;
type Stamps = BTreeMap<PathBuf, Stamp>;
type Outcome = Result<Checked, String>;

/// Checks again and again. Returns only where nobody reads the results any more, or there is nothing to watch.
pub(super) fn watch(arguments: &Arguments, common: &Common, streams: &mut Streams) -> Exit {
    if arguments.paths.iter().any(|path| path == Path::new("-")) {
        return streams.refuse("standard input cannot be watched");
    }
    let mut known = WatchedFile::default();
    loop {
        let start = Instant::now();
        if known.look(arguments, common) {
            let exit = known.show(arguments, common, streams);
            if streams.out.flush().is_err() {
                return exit;
            }
        }
        thread::sleep(start.elapsed().saturating_mul(10).clamp(PAUSE.0, PAUSE.1));
    }
}

/// What is known of the files, and as of when.
#[derive(Default)]
struct WatchedFile {
    files: BTreeMap<PathBuf, Seen>,
    /// Every place where a configuration or recorded figures may lie.
    configurations: Stamps,
    /// What could not be searched, and folders without a file.
    remarks: Vec<String>,
    /// Why the configuration that was named cannot be used.
    refusal: Option<String>,
    /// True once anything was seen.
    begun: bool,
}

/// What is known of a file.
struct Seen {
    outcome: Outcome,
    /// It and all that it imports, found or not.
    read: Stamps,
}

impl WatchedFile {
    /// Looks at the disk and checks what is new to it; true where there is anything new to say.
    fn look(&mut self, arguments: &Arguments, common: &Common) -> bool {
        let found = search::files(&arguments.paths);
        let remarks: Vec<_> = found.problems.into_iter().chain(found.empty).collect();
        let configurations = stamps(&decisions(&found.files, arguments, common));
        let other_configuration = configurations != self.configurations;
        if self.refusal.is_some() && !other_configuration {
            return false;
        }
        let files: BTreeSet<_> = found.files.into_iter().collect();
        let before = self.files.len();
        self.files.retain(|file, _| files.contains(file));
        let gone = self.files.len() != before;
        let changed = |file: &PathBuf| {
            other_configuration || self.files.get(file).is_none_or(|seen| !is_current(&seen.read))
        };
        let changed: Vec<_> = files.iter().filter(|file| changed(file)).cloned().collect();
        let said = remarks != self.remarks;
        if self.begun && changed.is_empty() && !gone && !said && !other_configuration {
            return false;
        }
        (self.configurations, self.remarks, self.begun) = (configurations, remarks, true);
        self.check(changed, arguments, common);
        true
    }

    fn check(&mut self, changed: Vec<PathBuf>, arguments: &Arguments, common: &Common) {
        let run = match CheckRun::new(arguments, common) {
            Ok(run) => run,
            Err(message) => {
                self.refusal = Some(message);
                self.files.clear();
                return;
            }
        };
        self.refusal = None;
        let mut fresh = Vec::new();
        in_parallel(&changed, |file| seen(&run, file), |seen| fresh.push(seen));
        self.files.extend(changed.into_iter().zip(fresh));
    }

    /// Shows all that is known.
    fn show(&self, arguments: &Arguments, common: &Common, streams: &mut Streams) -> Exit {
        if streams.out_width.is_some() {
            streams.print(CLEARED);
            let _ = streams.out.flush();
        }
        self.remarks.iter().for_each(|remark| streams.say(remark));
        let mut exit = self.refusal.as_ref().map_or(Exit::Success, |message| streams.refuse(message));
        let mut printer = Printer::new(arguments, self.files.len(), streams);
        self.files.values().for_each(|seen| printer.print(seen.outcome.clone()));
        let (run, names) = printer.close();
        if let Some(message) = common.unknown_name(&names).filter(|_| !names.is_empty()) {
            exit = exit.max(streams.refuse(&message));
        }
        streams.say("watching for changes; Ctrl-C ends");
        exit.max(run)
    }
}

/// Checks a file. The stamps are taken first, so that what changes meanwhile is seen at the next look.
fn seen(run: &CheckRun, file: &Path) -> Seen {
    let recorder = Recorder::default();
    let own = stamp(file);
    let outcome = run.check_through(&recorder, file);
    let mut read = recorder.read.into_inner();
    read.insert(file.to_path_buf(), own);
    Seen { outcome, read }
}

/// Where a configuration of the files may lie, and the recorded figures where these are asked for.
fn decisions(files: &[PathBuf], arguments: &Arguments, common: &Common) -> BTreeSet<PathBuf> {
    let mut places = BTreeSet::new();
    if arguments.locked {
        let here = std::env::current_dir().unwrap_or_default();
        places
            .extend(here.ancestors().flat_map(|folder| [folder.join(config::FILE), folder.join(lock::FILE)]));
    }
    if let Some(named) = &common.config {
        places.insert(named.clone());
        return places;
    }
    for file in files {
        let absolute = std::path::absolute(file).unwrap_or_else(|_| file.clone());
        for folder in absolute.ancestors().skip(1) {
            // Where a folder is known, so are those above it.
            if !places.insert(folder.join(config::FILE)) {
                break;
            }
        }
    }
    places
}

fn stamps(paths: &BTreeSet<PathBuf>) -> Stamps {
    paths.iter().map(|path| (path.clone(), stamp(path))).collect()
}

fn stamp(path: &Path) -> Stamp {
    let about = fs::metadata(path).ok()?;
    Some((about.modified().unwrap_or(SystemTime::UNIX_EPOCH), about.len()))
}

fn is_current(stamps: &Stamps) -> bool {
    stamps.iter().all(|(path, before)| stamp(path) == *before)
}

/// The disk, with a list of the files that it was asked for. One check has one, so the list is never shared.
#[derive(Debug, Default)]
struct Recorder {
    read: RefCell<Stamps>,
}

impl Recorder {
    fn note(&self, path: &Path) {
        self.read.borrow_mut().entry(path.to_path_buf()).or_insert_with(|| stamp(path));
    }
}

impl FileSystem for Recorder {
    fn read(&self, path: &Path) -> Result<String, ReadError> {
        self.note(path);
        Disk.read(path)
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        self.note(path);
        Disk.canonical(path)
    }

    fn root(&self, canonical: &Path) -> PathBuf {
        Disk.root(canonical)
    }
}
