//! Bytes of any kind: an error with a position, or defined behaviour; and nothing that a terminal would obey.

use weft::front::weft::Program;
use weft::source::{ReadError, read_limited};

use super::{errors_of, messages, program, run_weft};

const TEXT: &str = "\
## A perceptron.
const widths = [64, 10]  # by layer
model Mlp(act=\"relu\") {
    input x: [4]
    y = x -> Linear(widths[0]) -> ReLU
    output logits = y -> \"head {1 + 1}\": Linear(widths[1])
}
";

/// The offsets between characters.
fn offsets() -> impl Iterator<Item = usize> {
    TEXT.char_indices().map(|(offset, _)| offset)
}

fn with(inserted: char, offset: usize) -> String {
    format!("{}{inserted}{}", &TEXT[..offset], &TEXT[offset..])
}

/// Where in `TEXT` an offset is: in a comment, in a string, or in neither.
fn stands_in(offset: usize) -> &'static str {
    let line = TEXT[..offset].rsplit('\n').next().unwrap_or_default();
    if line.contains('#') {
        "comment"
    } else if line.matches('"').count() % 2 == 1 {
        "string"
    } else {
        "code"
    }
}

/// Asserts that a program has errors, all of syntax, and that one of them is about the character at an offset.
#[track_caller]
fn assert_error_at(program: &Program, offset: usize, what: &str) {
    let touches = program.errors.iter().any(|error| {
        let span = error.primary.location.span.range();
        error.code == "syntax" && span.start <= offset && offset < span.end
    });
    assert!(touches, "{what} at {offset}: {:?}", messages(program));
}

#[test]
fn the_text_itself_is_sound() {
    assert_eq!(messages(&program(TEXT)), Vec::<String>::new());
}

#[test]
fn the_first_byte_that_is_no_utf_8_is_named() {
    for wrong in [&[0xff][..], &[0xc3], &[0xed, 0xa0, 0x80], &[0xc0, 0x80], &[0xf4, 0x90, 0x80, 0x80]] {
        for offset in 0..=TEXT.len() {
            let bytes = [&TEXT.as_bytes()[..offset], wrong, &TEXT.as_bytes()[offset..]].concat();
            assert_eq!(read_limited(&mut &bytes[..]), Err(ReadError::NotUtf8 { offset }), "{wrong:x?}");
        }
    }
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    let (plain, marked) = (program(TEXT), program(&format!("\u{feff}{TEXT}")));
    assert_eq!(messages(&marked), Vec::<String>::new());
    assert_eq!(marked.models[0].len(), plain.models[0].len());
}

#[test]
fn lines_may_end_in_crlf() {
    let (lf, crlf) = (program(TEXT), program(&TEXT.replace('\n', "\r\n")));
    assert_eq!(messages(&crlf), Vec::<String>::new());
    assert_eq!(crlf.models[0].len(), lf.models[0].len());
    assert_eq!(crlf.models[0].doc, lf.models[0].doc);

    let wrong = TEXT.replace("ReLU", "RLU").replace('\n', "\r\n");
    let wrong = program(&wrong);
    assert_eq!(wrong.sources.position(wrong.errors[0].primary.location), ("net.weft", 5, 35));
}

#[test]
fn a_carriage_return_alone_is_an_error_where_it_stands() {
    for offset in offsets().filter(|offset| stands_in(*offset) == "code") {
        if TEXT[offset..].starts_with('\n') {
            continue; // CRLF
        }
        assert_error_at(&program(&with('\r', offset)), offset, "a carriage return");
    }
}

#[test]
fn what_nobody_sees_is_an_error_in_code() {
    for character in
        ['\0', '\u{1b}', '\u{7f}', '\u{85}', '\u{200b}', '\u{2060}', '\u{feff}', '\u{a0}', '\u{3000}']
    {
        for offset in offsets().skip(1).filter(|offset| stands_in(*offset) == "code") {
            assert_error_at(&program(&with(character, offset)), offset, &format!("{character:?}"));
        }
    }
}

#[test]
fn what_turns_the_direction_of_writing_is_an_error_everywhere() {
    for character in ['\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}'] {
        for offset in offsets() {
            assert_error_at(&program(&with(character, offset)), offset, &format!("{character:?}"));
        }
    }
}

#[test]
fn names_may_be_written_in_any_script() {
    let text = "model 网络 { input 图像: [3, 8, 8] output 特征 = 图像 -> 卷积: Conv2d(4, kernel=3) }";
    assert_eq!(messages(&program(text)), Vec::<String>::new());
    assert_eq!(errors_of("model M { input x: [4] output x -> 线性(3) }"), ["unknown-layer"]);
    assert_eq!(errors_of("model M { input x: [4] output x × 2 }").first(), Some(&"syntax"));
}

#[test]
fn no_control_byte_of_a_text_reaches_the_output() {
    for control in ["\u{1b}[31m", "\u{9b}31m", "\u{7}", "\u{8}", "\0", "\u{202e}", "\r"] {
        for text in [
            format!("model M {{ input x: [4] output x -> Lin{control}aer(4) }}"),
            format!("model M {{ input x: [4] output x -> Linaer(4) }} # {control}"),
            format!("model M {{ input x: [4] assert 1 == 2, \"{control}\" output x }}"),
            format!("use \"{control}.weft\": B\n"),
            format!("model M {{ input x: [4] output x -> \"l{control}\": Linaer(4) }}"),
            format!("## {control}\nmodel M {{ input x: [4] output x -> \"l{control}\": Linear(4) }}"),
        ] {
            for arguments in [&["check", "-"][..], &["check", "-", "--format", "compact"], &["report", "-"]] {
                assert_clean(arguments, text.as_bytes());
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn no_control_byte_of_a_files_name_reaches_the_output() {
    for name in ["\u{1b}[31m.weft", "a\nb.weft", "\u{202e}.weft"] {
        let folder = std::env::temp_dir().join(format!("weft-robustness-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(name);
        std::fs::write(&path, "model M { input x: [4] output x -> Linaer(4) }").expect("a file");
        for path in [&path, &folder.join("missing").join(name)] {
            let path = path.to_str().expect("UTF-8");
            assert_clean(&["check", path], b"");
            assert_clean(&["check", path, "--format", "compact"], b"");
        }
        std::fs::remove_dir_all(&folder).expect("the folder goes");
    }
}

/// Asserts that a run writes no control character but line feeds, and none that turns the direction.
#[track_caller]
fn assert_clean(arguments: &[&str], input: &[u8]) {
    let ran = run_weft(arguments, input);
    for stream in [&ran.stdout, &ran.stderr] {
        let text = std::str::from_utf8(stream).expect("the output is UTF-8");
        let wrong =
            text.chars().find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
        assert_eq!(wrong, None, "{arguments:?} of {:?} wrote {text:?}", String::from_utf8_lossy(input));
    }
}
