//! Work on several things at once, with results in order.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// The stack that elaboration needs for the deepest programs that the limits allow.
pub const STACK: usize = 64 * 1024 * 1024;

/// Does the work, on several threads where there are several things, and takes the results in order.
pub(crate) fn in_parallel<I: Sync, T: Send>(
    things: &[I],
    work: impl Fn(&I) -> T + Sync,
    mut take: impl FnMut(T),
) {
    match things {
        [] => return,
        [thing] => return take(work(thing)),
        _ => {}
    }
    let workers = thread::available_parallelism().map_or(2, NonZero::get).clamp(2, 16).min(things.len());
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next, work) = (sender.clone(), &next, &work);
            let worker = move || {
                while let Some((number, thing)) = claim(next, things) {
                    if sender.send((number, work(thing))).is_err() {
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

fn claim<'i, I>(next: &AtomicUsize, things: &'i [I]) -> Option<(usize, &'i I)> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    things.get(number).map(|thing| (number, thing))
}
