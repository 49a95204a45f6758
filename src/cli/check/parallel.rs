//! Work on several files at once, with results in order.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use crate::cli::STACK;

/// Does the work, on several threads where there are several files, and takes the results in order.
pub(super) fn in_parallel<T: Send>(
    files: &[PathBuf],
    work: impl Fn(&Path) -> T + Sync,
    mut take: impl FnMut(T),
) {
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
