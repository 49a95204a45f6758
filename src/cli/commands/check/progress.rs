//! How far a long run has come: one line on a terminal, written over and taken away again.

use std::time::{Duration, Instant};

use crate::cli::Streams;

/// A run shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);
/// The least time between two changes of the line.
const PAUSE: Duration = Duration::from_millis(100);
/// To the first column, and nothing right of it.
const ERASED: &str = "\r\u{1b}[K";

/// How many files of a run are done.
#[derive(Debug)]
pub(super) struct Progress {
    total: usize,
    done: usize,
    next: Instant,
    visible: bool,
}

impl Progress {
    pub fn new(total: usize, now: Instant) -> Progress {
        Progress { total, done: 0, next: now.checked_add(PATIENCE).unwrap_or(now), visible: false }
    }

    /// Takes the line away, before anything else is written.
    pub fn hide(&mut self, streams: &mut Streams) {
        if std::mem::take(&mut self.visible) {
            let _ = write!(streams.err, "{ERASED}");
        }
    }

    /// One more file is done, all of which was written.
    pub fn step(&mut self, streams: &mut Streams, now: Instant) {
        self.done = self.done.saturating_add(1);
        if !streams.err_terminal || now < self.next || self.done >= self.total {
            return;
        }
        // What was written before stands on the terminal first, up to the end of its line.
        let _ = streams.out.flush();
        let _ = write!(streams.err, "{ERASED}{} of {} files", self.done, self.total);
        self.next = now.checked_add(PAUSE).unwrap_or(now);
        self.visible = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a terminal is sent while files are done at these times, in milliseconds.
    fn sent(terminal: bool, times: &[u64]) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut streams = Streams {
            out: &mut out,
            err: &mut err,
            out_width: None,
            out_color: false,
            err_color: false,
            err_terminal: terminal,
        };
        let start = Instant::now();
        let mut progress = Progress::new(times.len(), start);
        for time in times {
            progress.hide(&mut streams);
            progress.step(&mut streams, start + Duration::from_millis(*time));
        }
        progress.hide(&mut streams);
        String::from_utf8(err).expect("UTF-8")
    }

    #[test]
    fn a_short_run_and_one_into_a_file_show_nothing() {
        assert_eq!(sent(true, &[0, 100, 499]), "");
        assert_eq!(sent(false, &[0, 1_000, 2_000, 3_000]), "");
    }

    #[test]
    fn a_long_run_shows_how_far_it_is_and_leaves_nothing() {
        let (first, third) = ("\r\u{1b}[K2 of 5 files", "\r\u{1b}[K4 of 5 files");
        assert_eq!(sent(true, &[0, 500, 550, 600, 700]), format!("{first}{ERASED}{third}{ERASED}"));
    }
}
