//! The parser answers any text in steps proportional to its length, however irregular it is.
//!
//! pest's limit of steps belongs to the process and grows with the longest text, so these tests have a program of their
//! own, in which every text is short.

#[path = "../benches/shared/irregular.rs"]
mod irregular;

use weft::source::FileId;
use weft::syntax::{Parsed, parse, parse_expression};

fn gave_up(parsed: &Parsed) -> bool {
    parsed.errors.iter().any(|error| error.message.contains("too irregular to read"))
}

/// Whether every place lies in the text.
fn lies_inside(text: &str, parsed: &Parsed) -> bool {
    let spans = parsed.errors.iter().map(|error| error.primary.location.span);
    let mut spans = spans.chain(parsed.file.items.iter().map(|item| item.span));
    spans.all(|span| span.start <= span.end && text.get(span.range()).is_some())
}

fn answered(text: &str) {
    let parsed = parse(FileId(0), text);
    assert!(!gave_up(&parsed), "too many steps: {text:?}");
    assert!(lies_inside(text, &parsed), "{:?} in {text:?}", parsed.errors);
}

#[test]
fn brackets_of_every_kind_before_every_token_in_every_rule_are_answered() {
    let mut count = 0;
    // A prime, so that every depth, shape and ending comes with every rule.
    irregular::each(23, |text| {
        answered(text);
        count += 1;
    });
    assert!(count >= 2_000, "{count} texts");
}

#[test]
fn an_expression_of_any_shape_is_answered() {
    for opening in irregular::OPENING {
        for following in irregular::FOLLOWING {
            for shape in 0..irregular::SHAPES {
                let text = irregular::text("", *opening, following, 40, shape);
                let errors = parse_expression(FileId(0), &text).err().unwrap_or_default();
                assert!(errors.iter().all(|error| !error.message.contains("irregular")), "{text:?}");
            }
        }
    }
}

#[test]
fn braces_before_a_comment_that_ends_the_text_are_answered() {
    for depth in [1, 40, 200] {
        answered(&format!("{}r#", "{".repeat(depth)));
        answered(&format!("model M {{{}x#", "for i in 0..1 {".repeat(depth)));
    }
}

#[test]
fn a_comment_at_the_end_of_an_unclosed_model_hides_nothing() {
    for end in ["", "\n", " # c", " # c\n", "\n# c", "\n# c\n", "\n## c"] {
        let parsed = parse(FileId(0), &format!("model M {{\n    input x: [4]\n    output x{end}"));
        let messages: Vec<&str> = parsed.errors.iter().map(|error| &*error.message).collect();
        assert_eq!(messages, ["`{` is never closed"], "{end:?}");
        assert_eq!(parsed.file.items.len(), 1);
    }
}
