//! How long an editor waits: from a keystroke to published findings, over the wire, in files of 2,000 lines.
//!
//! `cargo bench --bench latency`, with a number of keystrokes after `--` if 400 are not wanted. The first and the last row
//! are a server that does nothing but work for ten milliseconds: what is above that is the machine's.

mod editor;
mod machine;
mod texts;

use std::ops::Range;
use std::time::{Duration, Instant};

use editor::Editor;
use weft::analysis::analyse;
use weft::front::weft::{Input, Options, elaborate};
use weft::ide::Snapshot;
use weft::lint::{Settings, Subject, lint};
use weft::project::Decisions;
use weft::source::{FileId, Memory};

/// That of the program, which is measured here.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const LINES: usize = 2_000;
const KEYSTROKES: usize = 400;

fn main() {
    let number = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let keystrokes = number.unwrap_or(KEYSTROKES);
    let machine = move || tell("the machine", "ten milliseconds of work", machine::waits(keystrokes));
    let measure = move || {
        machine();
        for (name, text) in [("the examples", texts::zoo(LINES)), ("one network", texts::network(LINES))] {
            parts(name, &text);
            for (place, typed) in texts::PLACES {
                waiting(name, &text, place, typed, keystrokes);
            }
        }
        machine();
    };
    let thread = std::thread::Builder::new().stack_size(weft::cli::STACK).spawn(measure);
    thread.expect("a thread").join().expect("figures");
}

/// How long each keystroke takes: a word is typed at a place, if there is one, letter by letter, and taken back; then another
/// word of that length, for what was typed before may be remembered.
fn waiting(name: &str, text: &str, place: &str, typed: &str, keystrokes: usize) {
    let Some(at) = texts::behind(text, place) else { return };
    let mut editor = Editor::new(text);
    let line = text[..at].matches('\n').count();
    let column = text[..at].rsplit('\n').next().unwrap_or("").encode_utf16().count();
    let mut times: Vec<Duration> = Vec::new();
    let mut timed = |columns: Range<usize>, letter: &str| {
        let start = Instant::now();
        editor.edit(line, columns, letter);
        times.push(start.elapsed());
    };
    for round in 0..keystrokes / (2 * typed.len()) {
        let word = texts::another(typed, round);
        let columns = || word.char_indices().map(|(letter, text)| (column + letter, text));
        columns().for_each(|(column, letter)| timed(column..column, &letter.to_string()));
        columns().rev().for_each(|(column, _)| timed(column..column + 1, ""));
    }
    tell(name, &format!("typed {typed:?} behind {place:?}"), times);
}

fn tell(name: &str, what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| milliseconds(times[(times.len() * share / 100).min(times.len() - 1)]);
    println!("{name:14}  {what}: p50 {}, p99 {}, worst {}", at(50), at(99), at(100));
}

/// What each part of a judgement costs, the best of several.
fn parts(name: &str, text: &str) {
    let input = Input { name: "net.weft".into(), path: None, text: text.into() };
    let files = Memory::default();
    let options = Options { names: true, ..Options::default() };
    let program = elaborate(&files, input.clone(), &options);
    let analyses: Vec<_> = program.models.iter().map(|graph| analyse(graph)).collect();
    let (settings, decisions) = (Settings::default(), Decisions::default());
    let layers: usize = program.models.iter().map(|graph| graph.len()).sum();
    let (lines, models, errors) = (text.lines().count(), program.models.len(), program.errors.len());
    println!("{name:14}  {lines} lines, {models} models, {layers} layers, {errors} errors");
    let line = [
        ("parse", best(|| weft::syntax::parse(FileId(0), text).file.items.len())),
        ("elaborate", best(|| elaborate(&files, input.clone(), &Options::default()).models.len())),
        ("and names", best(|| elaborate(&files, input.clone(), &options).models.len())),
        (
            "analyse",
            best(|| {
                program.models.iter().map(|graph| analyse(graph)).filter(|one| one.uses.is_empty()).count()
            }),
        ),
        ("lint", best(|| lint(Subject::program(&program, &analyses), &settings).len())),
        ("snapshot", best(|| Snapshot::of(&files, input.clone(), &decisions).findings.len())),
    ];
    let told: Vec<_> = line.iter().map(|(part, time)| format!("{part} {}", milliseconds(*time))).collect();
    println!("{name:14}  {}", told.join(", "));
}

fn best<T>(work: impl Fn() -> T) -> Duration {
    let once = || {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed()
    };
    (0..10).map(|_| once()).min().unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
