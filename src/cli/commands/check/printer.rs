//! What a run prints: findings in the chosen format, each place's once, then the sums.

use std::collections::HashSet;
use std::time::Instant;

use super::progress::Progress;
use super::{Arguments, Checked};
use crate::cli::load::FileNames;
use crate::cli::{Exit, Streams};
use crate::diagnostic::Tally;
use crate::diagnostic::formats::Found;
use crate::lint;
use crate::source::{FileId, SourceFile, Span};

/// How many diagnostics of one file are shown.
const SHOWN: usize = 100;

/// Prints results in the chosen format, each place's finding once, and keeps the sums.
pub(super) struct Printer<'p, 's> {
    arguments: &'p Arguments,
    streams: &'p mut Streams<'s>,
    said: HashSet<(String, Span, &'static str)>,
    exit: Exit,
    tally: Tally,
    names: Vec<FileNames>,
    entries: usize,
    progress: Progress,
}

impl<'p, 's> Printer<'p, 's> {
    /// A printer for so many files.
    pub fn new(arguments: &'p Arguments, files: usize, streams: &'p mut Streams<'s>) -> Self {
        streams.print(&(arguments.format.writer.opening)(&lint::rule_infos()));
        let progress = Progress::new(files, Instant::now());
        let (said, names) = (HashSet::new(), Vec::new());
        Printer {
            arguments,
            streams,
            said,
            exit: Exit::Success,
            tally: Tally::default(),
            names,
            entries: 0,
            progress,
        }
    }

    /// Prints what was found in a file.
    pub fn print(&mut self, outcome: Result<Checked, String>) {
        self.progress.hide(self.streams);
        self.print_file(outcome);
        self.progress.step(self.streams, Instant::now());
    }

    fn print_file(&mut self, outcome: Result<Checked, String>) {
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
        self.tally.add(checked.tally);
        self.names.push(checked.names);
    }

    fn show(&mut self, Checked { sources, diagnostics, tally, .. }: &Checked) {
        let format = &self.arguments.format.writer;
        let name = sources.get(FileId(0)).map_or("", SourceFile::name);
        let style = self.streams.out_style();
        for entry in (format.entries)(&Found { name, diagnostics, sources, style }) {
            let follows = if self.entries > 0 { format.separator } else { "" };
            self.streams.print(follows);
            self.streams.print(&entry);
            self.entries = self.entries.saturating_add(1);
        }
        if tally.not_shown > 0 && !format.counts {
            self.streams.say(&format!("{name}: {} more not shown", tally.not_shown));
        }
    }

    /// Ends the document and says the sums.
    pub fn close(mut self) -> (Exit, Vec<FileNames>) {
        self.progress.hide(self.streams);
        self.streams.print(&(self.arguments.format.writer.closing)(&self.tally));
        let _ = self.streams.out.flush();
        if self.tally.files > 0 {
            self.streams.say(&self.tally.to_string());
        }
        (self.exit, self.names)
    }
}
