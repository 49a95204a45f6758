//! What holds for every text: no panic, places inside the text, the same answer twice.

use proptest::prelude::*;
use weft::source::{FileId, Span};
use weft::syntax::ast::*;
use weft::syntax::{Parsed, parse, parse_expression};

use super::samples;

/// Every place in the answer lies in the text, on boundaries of characters, and errors are in order.
fn holds(text: &str) {
    let parsed = parse(FileId(0), text);
    for span in places(&parsed) {
        assert!(span.start <= span.end && text.get(span.range()).is_some(), "{span:?} in {text:?}");
    }
    let starts: Vec<_> = parsed.errors.iter().map(|error| error.primary.location.span.start).collect();
    assert!(starts.is_sorted(), "{starts:?} in {text:?}");
    for error in &parsed.errors {
        assert!(
            !error.message.contains('\n') && error.help.iter().all(|help| !help.contains('\n')),
            "{error:?}"
        );
    }
    let again = parse(FileId(0), text);
    assert_eq!(format!("{parsed:?}"), format!("{again:?}"));
    if parsed.errors.is_empty() {
        assert!(!format!("{:?}", parsed.file).contains("Missing"), "a silent gap in {text:?}");
        assert!(!format!("{:?}", parsed.file).contains("Bad {"), "a silent loss in {text:?}");
    }
    if let Ok(expr) = parse_expression(FileId(0), text) {
        assert!(text.get(expr.span.range()).is_some());
        assert!(!format!("{expr:?}").contains("Missing"), "a silent gap in {text:?}");
    }
}

fn places(parsed: &Parsed) -> Vec<Span> {
    let debug = format!("{:?}", parsed.file);
    let number = |text: &str, key: &str| -> Option<u32> {
        text.split_once(key)?.1.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let inside = debug
        .split("Span { ")
        .skip(1)
        .filter_map(|rest| Some(Span { start: number(rest, "start: ")?, end: number(rest, "end: ")? }));
    let errors = parsed.errors.iter().map(|error| error.primary.location.span);
    inside.chain(errors).chain(parsed.comments.iter().map(|comment| comment.span)).collect()
}

/// Pieces of the language, whole and broken.
fn piece() -> impl Strategy<Value = String> {
    let tokens = [
        "model M",
        "block B(a)",
        "const c =",
        "use",
        "input x:",
        "let",
        "layer f =",
        "param p:",
        "buffer",
        "for i in",
        "if",
        "else",
        "assert",
        "output",
        "and",
        "or",
        "not",
        "true",
        "none",
        "in",
        "x",
        "y",
        "Conv2d",
        "layer",
        "model",
        "_",
        "3",
        "0.5",
        "26M",
        "1.",
        "2T",
        "\"s\"",
        "\"a{i}\"",
        "\"",
        "'",
        "->",
        "**",
        "*",
        "+",
        "-",
        "//",
        "==",
        "=",
        "<",
        ":",
        ",",
        ".",
        "..",
        "...",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "\n",
        "\r\n",
        "\r",
        " ",
        " ",
        " ",
        "# c\n",
        "## d\n",
        ";",
        "&&",
        "|>",
        "@",
        "\u{202e}",
        "\u{200b}",
        "\u{feff}",
        "\0",
        "é",
        "幅",
        "\\",
        "def",
        "self.x = ",
        "int[",
    ];
    proptest::sample::select(tokens.map(String::from).to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        holds(&text);
    }

    #[test]
    fn any_row_of_tokens_is_answered(pieces in proptest::collection::vec(piece(), 0..60)) {
        holds(&pieces.concat());
        holds(&pieces.join(" "));
    }

    #[test]
    fn any_row_of_brackets_is_answered(brackets in proptest::collection::vec(proptest::sample::select(vec!['(', ')', '[', ']', '{', '}', '\n', 'a', '"', '#']), 0..200)) {
        let text: String = brackets.into_iter().collect();
        holds(&text);
        holds(&format!("model M {{ x = {text}\n y = a }}"));
    }

    #[test]
    fn a_sample_with_something_cut_out_or_put_in_is_answered(
        sample in 0usize..5, at in any::<prop::sample::Index>(), length in 0usize..40, put in piece(), second in any::<prop::sample::Index>(),
    ) {
        let text = samples().swap_remove(sample);
        let boundary = |at: usize| (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
        let start = boundary(at.index(text.len()));
        let end = boundary((start + length).min(text.len()));
        let mut mutated = format!("{}{put}{}", &text[..start], &text[end..]);
        holds(&mutated);
        let place = (second.index(mutated.len() + 1)..=mutated.len()).find(|at| mutated.is_char_boundary(*at)).unwrap();
        mutated.insert_str(place, &put);
        holds(&mutated);
        holds(&mutated[..place]);
    }
}

/// The most common slip of all: one token too few must not drown the file in errors.
#[test]
fn one_token_too_few_gives_few_errors() {
    let mut worst = (0, String::new());
    for text in samples() {
        for (at, token) in text.match_indices(['(', ')', '[', ']', '{', '}', ',', '=', ':', '"']) {
            let mutated = format!("{}{}", &text[..at], &text[at + token.len()..]);
            let errors = parse(FileId(0), &mutated).errors;
            if errors.len() > worst.0 {
                let line = mutated[..at].lines().count();
                worst = (errors.len(), format!("line {line} without {token}: {errors:#?}\n{mutated}"));
            }
        }
    }
    assert!(worst.0 <= 2, "{} errors: {}", worst.0, worst.1);
}

#[test]
fn a_file_without_items_is_empty() {
    for text in ["", "\n", "# only a comment", "\u{feff}", "## doc\n\n"] {
        let parsed: Parsed = parse(FileId(0), text);
        assert!(parsed.errors.is_empty() && parsed.file.items.is_empty());
    }
    let File { doc, .. } = parse(FileId(0), "## doc\n\n").file;
    assert_eq!(doc.as_deref(), Some("doc"));
}
