//! A fuzzer of the parser and the formatter with a time bound for each text.
//!
//! `weft-fuzz EXECUTIONS [SEED]` tries random texts, `weft-fuzz families` those of `benches/shared/irregular.rs`. What
//! breaks a promise, panics or takes too long is saved in `target/fuzz/` and reported; the program then fails.

#[path = "../../benches/shared/irregular.rs"]
mod irregular;
mod texts;

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use weft::format::format;
use weft::source::FileId;
use weft::syntax::{parse, parse_expression};

/// How long a text may take. Other programs may take the processor away, so the best of three counts.
const BOUND: Duration = Duration::from_millis(20);
const TRIES: usize = 3;
/// When a text is given up.
const HANG: Duration = Duration::from_secs(10);
const SAVED: &str = "target/fuzz";

/// The text at hand, for the thread that watches.
type Current = Arc<Mutex<(String, Instant)>>;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_else(|| "100000".to_owned());
    let seed = arguments.next().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut run = Run::new();
    if what == "families" {
        irregular::each(1, |text| run.see(text));
    } else {
        let Ok(executions) = what.parse::<u64>() else {
            eprintln!("usage: weft-fuzz EXECUTIONS [SEED] | families");
            return ExitCode::from(2);
        };
        let mut texts =
            texts::Texts::new(seed, &[Path::new("examples"), Path::new("std"), Path::new("tests")]);
        for count in 1..=executions {
            run.see(&texts.next_text());
            if count.is_multiple_of(1_000_000) {
                println!("{count} texts, {} failures, at most {:?}", run.failures, run.slowest);
            }
        }
    }
    println!(
        "{} texts in {:.1?}: {} failures, slowest {:?}: {:?}",
        run.count,
        run.begun.elapsed(),
        run.failures,
        run.slowest,
        run.slowest_text
    );
    if run.failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Run {
    begun: Instant,
    count: u64,
    failures: u64,
    slowest: Duration,
    slowest_text: String,
    current: Current,
}

impl Run {
    fn new() -> Run {
        let current: Current = Arc::new(Mutex::new((String::new(), Instant::now())));
        let watched = Arc::clone(&current);
        std::thread::spawn(move || watch(&watched));
        std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
        let begun = Instant::now();
        Run { begun, count: 0, failures: 0, slowest: Duration::ZERO, slowest_text: String::new(), current }
    }

    /// Tries a text.
    fn see(&mut self, text: &str) {
        self.count += 1;
        let mut best = Duration::MAX;
        for _ in 0..TRIES {
            let start = Instant::now();
            if let Ok(mut current) = self.current.lock() {
                current.0.clear();
                current.0.push_str(text);
                current.1 = start;
            }
            let wrong = std::panic::catch_unwind(|| promises(text)).unwrap_or(Some("it panics"));
            best = best.min(start.elapsed());
            if let Some(wrong) = wrong {
                return self.fail(text, wrong);
            }
            if best < BOUND {
                break;
            }
        }
        if best > self.slowest {
            self.slowest = best;
            text.clone_into(&mut self.slowest_text);
        }
        if best >= BOUND {
            self.fail(text, "it takes too long");
        }
    }

    fn fail(&mut self, text: &str, wrong: &str) {
        self.failures += 1;
        println!("{wrong}: {text:?}, saved as {}", save(text));
    }
}

/// The promise that a text breaks, if any.
fn promises(text: &str) -> Option<&'static str> {
    let parsed = parse(FileId(0), text);
    let errors = parsed.errors.iter().map(|error| error.primary.location.span);
    let comments = parsed.comments.iter().map(|comment| comment.span);
    let items = parsed.file.items.iter().map(|item| item.span);
    let outside = |span: weft::source::Span| span.start > span.end || text.get(span.range()).is_none();
    if errors.chain(comments).chain(items).any(outside) {
        return Some("a place lies outside the text");
    }
    if parsed.errors.iter().any(|error| error.message.contains("too irregular")) {
        return Some("it takes too many steps");
    }
    if !parsed.errors.is_sorted_by_key(|error| error.primary.location.span.start) {
        return Some("errors are out of order");
    }
    if parsed.errors.is_empty() {
        let Ok(formatted) = format(text) else {
            return Some("it has no errors and cannot be formatted");
        };
        if format(&formatted).as_deref() != Ok(&*formatted) {
            return Some("formatting is not idempotent");
        }
    }
    let _ = parse_expression(FileId(0), text);
    None
}

/// Ends the program where a text hangs.
fn watch(current: &Current) {
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let Ok(current) = current.lock() else { continue };
        if current.1.elapsed() > HANG && !current.0.is_empty() {
            println!("it does not end: {:?}, saved as {}", current.0, save(&current.0));
            std::process::exit(1);
        }
    }
}

/// Writes a text to a file that is named after it, and gives the file's path.
fn save(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let path = format!("{SAVED}/{hash:016x}.weft");
    let _ = std::fs::create_dir_all(SAVED);
    let _ = std::fs::write(&path, text);
    path
}
