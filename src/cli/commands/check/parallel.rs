//! Work on several files at once, with results in order.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use crate::cli::STACK;

/// How many batches of files each thread is to have, so that none waits long for the others in the end.
const BATCHES: usize = 32;
/// The most files of a batch.
const LARGEST_BATCH: usize = 16;

/// Does the work, on several threads where there are several files, and takes the results in order.
pub(super) fn in_parallel<T: Send>(
    files: &[PathBuf],
    work: impl Fn(&Path) -> T + Sync,
    mut take: impl FnMut(T),
) {
    match files {
        [] => return,
        [file] => return take(work(file)),
        _ => {}
    }
    let workers = thread::available_parallelism().map_or(2, NonZero::get).clamp(2, 16).min(files.len());
    // Of many files some are taken at a time: waking the thread that takes results costs as much as a small file.
    let batch = files.len().div_ceil(workers.saturating_mul(BATCHES)).clamp(1, LARGEST_BATCH);
    let batches: Vec<_> = files.chunks(batch).collect();
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next, work, batches) = (sender.clone(), &next, &work, &batches);
            let worker = move || {
                while let Some((number, files)) = claim(next, batches) {
                    let results: Vec<T> = files.iter().map(|file| work(file)).collect();
                    if sender.send((number, results)).is_err() {
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
        for (number, results) in receiver {
            waiting.insert(number, results);
            while let Some(results) = waiting.remove(&due) {
                results.into_iter().for_each(&mut take);
                due = due.saturating_add(1);
            }
        }
    });
}

/// The next batch of files that nobody took yet, with its number.
fn claim<'f>(next: &AtomicUsize, batches: &[&'f [PathBuf]]) -> Option<(usize, &'f [PathBuf])> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    batches.get(number).map(|files| (number, *files))
}
