//! Each limit at one less, at itself, and at one more, where the error is `limit` and nothing else.

use std::io::{self, Read};

use weft::source::{FileId, FileSystem, Memory, ReadError, SOURCE_LIMIT, read_limited};
use weft::syntax::parse;

use super::{codes, errors_of, nodes_of, program_of};

const NESTING_LIMIT: usize = 256;
const BLOCK_DEPTH_LIMIT: usize = 64;
const LAYER_LIMIT: usize = 1_000_000;
const IMPORT_LIMIT: usize = 1_000;

const NONE: [&str; 0] = [];

// ── nesting ──────────────────────────────────────────────────────────────────────────────────────────────────

/// Every way to put brackets into brackets that somewhere recurses: by name, the statement, with what opens,
/// what stands innermost, and what closes.
const NESTS: &[(&str, &str, &str, &str, &str)] = &[
    ("parentheses", "let n = ", "(", "1", ")"),
    ("negations", "let n = ", "-(", "1", ")"),
    ("lists", "let n = ", "[", "1", "]"),
    ("calls", "let n = ", "max(1, ", "1", ")"),
    ("indices", "let n = ", "[0][", "0", "]"),
    ("conditions", "let n = ", "if (true and ", "true", ") { true } else { false }"),
    ("chains", "y = x -> ", "(ReLU -> ", "ReLU", ")"),
    ("branches", "", "if true { ", "y = x", " }"),
    ("loops", "", "for i in 0..1 { ", "y = x", " }"),
];

#[test]
fn brackets_nest_256_deep_and_no_deeper() {
    for (name, statement, open, inside, close) in NESTS {
        // The model's own brace is the first.
        let errors_at = |depth: usize| {
            let (open, close) = (open.repeat(depth - 1), close.repeat(depth - 1));
            errors_of(&format!("model M {{ input x: [4] {statement}{open}{inside}{close} output x }}"))
        };
        assert_eq!(errors_at(NESTING_LIMIT - 1), NONE, "{name} below the limit");
        assert_eq!(errors_at(NESTING_LIMIT), NONE, "{name} at the limit");
        assert_eq!(errors_at(NESTING_LIMIT + 1), ["limit"], "{name} past the limit");
    }
}

#[test]
fn a_million_open_brackets_are_one_error() {
    for open in ["(", "[", "{", "([", "if (", "x[("] {
        let text = format!("const n = {}", open.repeat(1_000_000 / open.len()));
        assert!(codes(&parse(FileId(0), &text).errors).contains(&"limit"), "{open}");
    }
}

// ── blocks in blocks ─────────────────────────────────────────────────────────────────────────────────────────

/// A model that uses a block that uses a block …, so many deep.
fn blocks_in_blocks(depth: usize) -> String {
    let outer = (1..depth).map(|i| format!("block B{i} {{ input x: [C] output x -> B{} }}\n", i - 1));
    let blocks: String = outer.collect();
    format!("block B0 = ReLU\n{blocks}model M {{ input x: [4] output x -> B{} }}\n", depth - 1)
}

#[test]
fn blocks_stand_in_blocks_64_deep_and_no_deeper() {
    assert_eq!(errors_of(&blocks_in_blocks(BLOCK_DEPTH_LIMIT - 1)), NONE);
    assert_eq!(errors_of(&blocks_in_blocks(BLOCK_DEPTH_LIMIT)), NONE);
    assert_eq!(errors_of(&blocks_in_blocks(BLOCK_DEPTH_LIMIT + 1)), ["limit"]);
}

// ── layers ───────────────────────────────────────────────────────────────────────────────────────────────────

/// A model of so many layers, in two repetitions.
fn layers(n: usize) -> String {
    format!("model M {{ input x: [4] output x -> ReLU * {} -> Tanh * {} }}", n / 2, n - n / 2)
}

#[test]
fn a_model_has_a_million_layers_and_no_more() {
    assert_eq!(nodes_of(&layers(LAYER_LIMIT - 1)), LAYER_LIMIT);
    assert_eq!(nodes_of(&layers(LAYER_LIMIT)), LAYER_LIMIT + 1);
    assert_eq!(errors_of(&layers(LAYER_LIMIT + 1)), ["limit"]);
}

#[test]
fn what_could_never_fit_is_refused_before_it_is_made() {
    assert_eq!(errors_of("model M { input x: [4] output x -> ReLU * (10 ** 30) }"), ["limit"]);
    assert_eq!(
        errors_of("model M { input x: [4] for i in 0..10 ** 30 { x = x -> ReLU } output x }"),
        ["limit"]
    );
    assert_eq!(errors_of("model M { input x: [2, 4] output x -> LSTM(4, layers=10 ** 30) }"), ["limit"]);
}

#[test]
fn loops_that_make_nothing_end_too() {
    let loops = "for i in 0..1000000 { ".repeat(8) + "let n = i" + &" }".repeat(8);
    assert_eq!(errors_of(&format!("model M {{ input x: [4] {loops} output x }}")), ["limit"]);
    let doubled = (0..64).map(|_| "let l = l + l\n").collect::<String>();
    assert_eq!(errors_of(&format!("model M {{ input x: [4] let l = [1]\n{doubled} output x }}")), ["limit"]);
}

// ── files ────────────────────────────────────────────────────────────────────────────────────────────────────

/// Files that each import the next, or that the first imports one after the other.
fn importing(files: usize, in_a_row: bool) -> Vec<&'static str> {
    let mut memory = Memory::default();
    let import = |i: usize| format!("use \"b{i}.weft\": B{i}\n");
    for i in 0..files {
        let next = if in_a_row && i + 1 < files { import(i + 1) } else { String::new() };
        memory.insert(format!("b{i}.weft"), format!("{next}block B{i} = ReLU\n"));
    }
    let imports: String = (0..if in_a_row { 1 } else { files }).map(import).collect();
    let text = imports + "model M { input x: [4] output x -> B0 }\n";
    memory.insert("net.weft", text.clone());
    codes(&program_of(&memory, &text, Some("net.weft")).errors)
}

#[test]
fn a_thousand_files_are_imported_and_no_more() {
    for in_a_row in [false, true] {
        assert_eq!(importing(IMPORT_LIMIT - 1, in_a_row), NONE);
        assert_eq!(importing(IMPORT_LIMIT, in_a_row), NONE);
        assert_eq!(importing(IMPORT_LIMIT + 1, in_a_row), ["limit"]);
    }
}

// ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────

/// A comment so many bytes long.
fn comment(bytes: u64) -> String {
    let bytes = usize::try_from(bytes).expect("the limit fits");
    format!("#{}\n", " ".repeat(bytes - 2))
}

#[test]
fn a_text_is_16_mib_long_and_no_longer() {
    let errors = |bytes| codes(&parse(FileId(0), &comment(bytes)).errors);
    assert_eq!(errors(SOURCE_LIMIT - 1), NONE);
    assert_eq!(errors(SOURCE_LIMIT), NONE);
    assert_eq!(errors(SOURCE_LIMIT + 1), ["limit"]);
}

#[test]
fn a_file_is_16_mib_long_and_no_longer() {
    let length = |bytes| read_limited(&mut io::repeat(b' ').take(bytes)).map(|text| text.len() as u64);
    assert_eq!(length(SOURCE_LIMIT - 1), Ok(SOURCE_LIMIT - 1));
    assert_eq!(length(SOURCE_LIMIT), Ok(SOURCE_LIMIT));
    assert_eq!(length(SOURCE_LIMIT + 1), Err(ReadError::TooLarge { limit: SOURCE_LIMIT }));
}

/// Endless blanks that count how many were read.
struct Endless {
    read: u64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b' ');
        self.read += buffer.len() as u64;
        Ok(buffer.len())
    }
}

#[test]
fn of_an_endless_file_no_more_than_the_limit_is_read() {
    let mut endless = Endless { read: 0 };
    assert_eq!(read_limited(&mut endless), Err(ReadError::TooLarge { limit: SOURCE_LIMIT }));
    assert_eq!(endless.read, SOURCE_LIMIT + 1);
}

#[cfg(unix)]
#[test]
fn devices_and_folders_are_no_files() {
    let read = |path: &str| weft::source::Disk.read(path.as_ref());
    assert_eq!(read("/dev/zero"), Err(ReadError::NotAFile));
    assert_eq!(read(env!("CARGO_MANIFEST_DIR")), Err(ReadError::NotAFile));
}

// ── findings ─────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn of_a_files_errors_a_hundred_are_shown() {
    let shown = |errors: usize| {
        let lines: String = (0..errors).map(|i| format!("y{i} = x -> Linaer{i}(4)\n")).collect();
        let text = format!("model M {{ input x: [4]\n{lines}output x }}\n");
        let ran = super::run_weft(&["check", "-", "--format", "compact"], text.as_bytes());
        assert_eq!(ran.status.code(), Some(1));
        String::from_utf8_lossy(&ran.stdout).lines().filter(|line| line.contains("unknown-layer")).count()
    };
    assert_eq!(shown(99), 99);
    assert_eq!(shown(100), 100);
    assert_eq!(shown(101), 100);
}
