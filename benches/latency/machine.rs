//! What the machine itself does to a keystroke: a server that knows nothing and always has the same to do.

use std::hint::black_box;
use std::io::{Read, Write, pipe};
use std::thread;
use std::time::{Duration, Instant};

/// What it has to do for each keystroke.
pub const WORK: Duration = Duration::from_millis(10);
/// The silence that `weft lsp` waits for.
const QUIET: Duration = Duration::from_micros(500);

/// How long an editor waits for it, so many times.
pub fn waits(keystrokes: usize) -> Vec<Duration> {
    let ((mut input, mut to), (mut from, mut output)) = (pipe().expect("a pipe"), pipe().expect("a pipe"));
    let rounds = rounds();
    let serve = move || {
        let mut letter = [0];
        while input.read_exact(&mut letter).is_ok() {
            thread::sleep(QUIET);
            work(rounds);
            output.write_all(&letter).expect("an editor that reads");
        }
    };
    thread::spawn(serve);
    let mut wait = || {
        let start = Instant::now();
        to.write_all(b"a").expect("a server that reads");
        from.read_exact(&mut [0]).expect("a server that writes");
        start.elapsed()
    };
    (0..keystrokes).map(|_| wait()).collect()
}

/// How many rounds of a fixed work take that long, at the machine's best.
fn rounds() -> u64 {
    const TRIED: u64 = 1_000_000;
    let once = || {
        let start = Instant::now();
        work(TRIED);
        start.elapsed()
    };
    let best = (0..20).map(|_| once()).min().unwrap_or(WORK);
    (TRIED as f64 * WORK.as_secs_f64() / best.as_secs_f64()) as u64
}

fn work(rounds: u64) -> u64 {
    (0..rounds).fold(0, |sum, round| black_box(sum ^ round))
}
