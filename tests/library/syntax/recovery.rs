//! Claims about what comes after a mistake: one error for each, and the rest is read.

use weft::source::FileId;
use weft::syntax::ast::{ItemKind, StmtKind};
use weft::syntax::{parse, parse_expression};

use super::outline;

/// The statements of the only model, and the messages.
fn recovered(text: &str) -> (String, Vec<String>) {
    let parsed = parse(FileId(0), &format!("model M {{\n{text}\n}}\n"));
    let ItemKind::Model { body, .. } = &parsed.file.items[0].kind else { panic!("no model") };
    (outline::body(body), parsed.errors.into_iter().map(|error| error.message).collect())
}

#[test]
fn twelve_mistakes_give_twelve_errors_and_what_follows_is_read() {
    let wrong = [
        "a = x -> ",
        "b = x -> f + y",
        "c = (x -> f",
        "d = [1 2]",
        "e = 26 M",
        "f = \"open",
        "let = 3",
        "g = x)",
        "for i 0..3 { }",
        "if a && b { }",
        "self.h = x",
        "i = x < y < z",
    ];
    let mut text = String::from("model M {\n    input x: [3]\n");
    for (number, line) in wrong.iter().enumerate() {
        text.push_str(&format!("    {line}\n    good{number} = x -> Linear({number})\n"));
    }
    text.push_str("    output x\n}\nmodel N { output y }\n");
    let parsed = parse(FileId(0), &text);
    let lines: Vec<_> = parsed
        .errors
        .iter()
        .map(|e| text[..e.primary.location.span.start as usize].lines().count())
        .collect();
    assert_eq!(lines, (0..12).map(|number| 3 + 2 * number).collect::<Vec<_>>(), "{:#?}", parsed.errors);
    assert_eq!(parsed.file.items.len(), 2);
    let ItemKind::Model { body, .. } = &parsed.file.items[0].kind else { panic!("no model") };
    let good = body.iter().filter(|statement| {
        matches!(&statement.kind, StmtKind::Assign { targets, value } if {
            let (name, value) = (format!("{targets:?}"), outline::expr(value));
            name.contains("\"good") && value.starts_with("(chain x -> Linear(")
        })
    });
    assert_eq!(good.count(), 12);
}

#[test]
fn behind_a_mistake_on_its_line_a_statement_that_a_keyword_begins_is_judged_too() {
    let line = "let a = = 3 let b = * 4 input x: [3 4] y = 1 2 output x -> -> f";
    assert_eq!(recovered(line).1.len(), 4);
    assert_eq!(recovered("a = = 3 b = * 4").1.len(), 1);
}

#[test]
fn a_statement_says_one_thing_only() {
    assert_eq!(recovered("a = 2T + 3H + [1 2] -> -> f").1.len(), 1);
    assert_eq!(recovered("a = (x -> + 3 [").1, ["`(` is never closed"]);
}

#[test]
fn an_operand_that_is_missing_leaves_the_rest_of_the_tree() {
    assert_eq!(recovered("a = x + * y\nb = a").0, "a = (x + (? * y)); b = a");
    assert_eq!(recovered("a = x -> f( , n=3)\nb = a").0, "a = (chain x -> f()); b = a");
    assert_eq!(recovered("a = b -> \nc = d").0, "a = (chain b -> ?); c = d");
}

#[test]
fn what_was_guessed_is_kept_as_words_only() {
    let (tree, errors) = recovered("a = (x -> f(b\ny = a");
    assert_eq!(tree, "bad [\"a\", \"x\", \"f\", \"b\"]; y = a");
    assert_eq!(errors.len(), 1);
    assert_eq!(recovered("let = 3 + n\ny = a").0, "bad [\"n\"]; y = a");
    assert_eq!(recovered("return x # no word\ny = a").0, "bad [\"return\", \"x\"]; y = a");
}

#[test]
fn a_loop_with_a_bad_head_keeps_its_body() {
    assert_eq!(recovered("for i 0..n { a = b }\nc = d").0, "for i in ? {a = b}; c = d");
    assert_eq!(recovered("if a = 3 { b = c } else { d = e }").0, "if a {b = c} else {d = e}");
}

#[test]
fn python_blocks_give_one_error_each() {
    let (_, errors) = recovered("if a:\n    x = b\nelse:\n    x = c\ny = x");
    assert_eq!(errors, ["expected `{`, found `:`"]);
    let (_, errors) = recovered("for i in range(3):\n    x = b\ny = x");
    assert_eq!(errors, ["expected `{`, found `:`"]);
}

#[test]
fn a_brace_too_few_or_too_many_is_one_error() {
    for text in [
        "model M {\n    for i in 0..3 {\n        x = a\n    y = b\n}\nmodel N { }\n",
        "model M {\n    x = a\n}\n    y = b\n    z = c\n}\nmodel N { }\n",
        "model M {\n    x = a\n\nmodel N { }\n",
        "model M\n    x = a\n    y = b\n}\nmodel N { }\n",
        "model M {\n    x = a\n    block B {\n        output a\n    }\n    y = b\n}\nmodel N { }\n",
        "model M {\n    x = f(\n        a,\n        b\n    y = c\n}\nmodel N { }\n",
        "model M {\n    x = f(\n        a\n        b=3\n    )\n    y = c\n}\nmodel N { }\n",
    ] {
        let parsed = parse(FileId(0), text);
        assert_eq!(parsed.errors.len(), 1, "{:#?} in\n{text}", parsed.errors);
        assert_eq!(outline::item(parsed.file.items.last().unwrap()), "model N() {}");
    }
}

#[test]
fn words_that_stand_in_no_item_are_remembered() {
    let parsed = parse(FileId(0), "modle Tower(a) { x = a }\nblock 3x = ConvNorm(1)\nmodel M { }\n");
    let lost: Vec<_> = parsed.file.lost.iter().map(|word| &**word).collect();
    assert!(lost.contains(&"Tower") && lost.contains(&"ConvNorm"), "{lost:?}");
    assert_eq!((parsed.errors.len(), parsed.file.items.len()), (2, 1));
}

#[test]
fn an_expression_is_the_whole_text() {
    for wrong in ["", "1 2", "a = 3", "(1", "1)", "1 # one\n2", "\u{202e}1", "x -> f + y"] {
        let errors = parse_expression(FileId(0), wrong).unwrap_err();
        assert_eq!(errors.len(), 1, "{wrong:?}: {errors:#?}");
    }
    assert!(parse_expression(FileId(0), " [1, 2] # a list\n").is_ok());
}
