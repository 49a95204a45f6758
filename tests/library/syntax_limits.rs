//! The parser's limits: at the limit, below and beyond, on a small stack.

use weft::source::{FileId, SOURCE_LIMIT};
use weft::syntax::{Parsed, parse, parse_expression};

const NESTING: usize = 256;

/// Runs on a thread with 1 MiB of stack; the tree is dropped there too.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(1 << 20).spawn(work).unwrap().join().unwrap();
}

fn codes(parsed: &Parsed) -> Vec<&'static str> {
    parsed.errors.iter().map(|error| error.code).collect()
}

/// A model whose one statement nests `depth` brackets, the model's own among them.
fn nested(open: &str, innermost: &str, close: &str, brackets: usize, depth: usize) -> String {
    let times = (depth - 1) / brackets;
    format!("model M {{ output x = {}{innermost}{} }}", open.repeat(times), close.repeat(times))
}

fn holds_up_to_the_limit(open: &'static str, innermost: &'static str, close: &'static str, brackets: usize) {
    on_a_small_stack(move || {
        let deepest = NESTING - (NESTING - 1) % brackets;
        for depth in [deepest - brackets, deepest] {
            let parsed = parse(FileId(0), &nested(open, innermost, close, brackets, depth));
            assert_eq!(parsed.errors, [], "{open} {depth} deep");
            assert_eq!(parsed.file.items.len(), 1);
        }
        let parsed = parse(FileId(0), &nested(open, innermost, close, brackets, deepest + brackets));
        assert_eq!(codes(&parsed), ["limit"]);
    });
}

#[test]
fn parentheses_nest_to_the_limit() {
    holds_up_to_the_limit("(", "x", ")", 1);
}

#[test]
fn lists_nest_to_the_limit() {
    holds_up_to_the_limit("[", "x", "]", 1);
}

#[test]
fn calls_nest_to_the_limit() {
    holds_up_to_the_limit("f(n=", "x", ")", 1);
}

#[test]
fn conditions_nest_to_the_limit() {
    holds_up_to_the_limit("if (c and ", "c", ") { a } else { b }", 1);
}

#[test]
fn branches_nest_to_the_limit() {
    holds_up_to_the_limit("if c { ", "a", " } else { b }", 1);
}

#[test]
fn indices_and_chains_nest_to_the_limit() {
    holds_up_to_the_limit("h[(x -> h[(", "x", ")])]", 4);
    holds_up_to_the_limit("-a + b * c ** -(x -> y: (", "x", "))", 2);
}

#[test]
fn statements_nest_to_the_limit() {
    on_a_small_stack(|| {
        for (depth, errors) in [(255, 0), (256, 0), (257, 1)] {
            let (open, close) = ("for i in 0..2 { if c { ".repeat(128), " } }".repeat(128));
            let (extra_open, extra_close) = if depth % 2 == 1 { ("", "") } else { ("if c { ", " }") };
            let halves = (depth - 1) / 2;
            let open: String = open.chars().take(halves * "for i in 0..2 { if c { ".len()).collect();
            let close: String = close.chars().take(halves * " } }".len()).collect();
            let parsed =
                parse(FileId(0), &format!("model M {{ {open}{extra_open}x = a{extra_close}{close} }}"));
            assert_eq!(parsed.errors.len(), errors, "{depth}: {:?}", codes(&parsed));
        }
    });
}

#[test]
fn an_item_nested_too_deeply_is_left_out_and_the_next_is_read() {
    let text = format!("{}\nmodel N {{ output x = ( }}\n", nested("(", "x", ")", 1, 10_000));
    let parsed = parse(FileId(0), &text);
    assert_eq!(codes(&parsed), ["limit", "syntax"]);
    assert_eq!(parsed.file.items.len(), 1);
}

#[test]
fn what_is_no_nesting_may_be_as_long_as_it_likes() {
    on_a_small_stack(|| {
        let long = 20_000;
        for body in [
            format!("x{}", " + x".repeat(long)),
            format!("x{}", " ** x".repeat(long)),
            format!("x{}", " -> f".repeat(long)),
            format!("{}x", "- ".repeat(long)),
            format!("{}x", "not ".repeat(long)),
            format!("x{}", "[0]".repeat(long)),
            format!("x{}", ".y".repeat(long)),
            format!("if a {{ b }}{} else {{ c }}", " else if a { b }".repeat(long)),
        ] {
            let parsed = parse(FileId(0), &format!("model M {{ output x = {body} }}"));
            assert_eq!(parsed.errors, [], "{}", &body[..40]);
        }
        let arms = " else if a { x = b }".repeat(long);
        assert_eq!(parse(FileId(0), &format!("model M {{ if a {{ x = b }}{arms} }}")).errors, []);
    });
}

#[test]
fn a_long_chain_of_signed_exponents_is_refused_not_followed() {
    let text = format!("2{}", " ** -x".repeat(10_000));
    on_a_small_stack(move || assert_eq!(parse_expression(FileId(0), &text).unwrap_err().len(), 1));
}

#[test]
fn a_text_beyond_the_size_limit_is_refused() {
    let limit = usize::try_from(SOURCE_LIMIT).unwrap();
    let text = "#".repeat(limit);
    assert_eq!(parse(FileId(0), &text).errors, []);
    let parsed = parse(FileId(0), &format!("{text}#"));
    assert_eq!(codes(&parsed), ["limit"]);
    assert_eq!(parse_expression(FileId(0), &format!("{text}#")).unwrap_err()[0].code, "limit");
}
