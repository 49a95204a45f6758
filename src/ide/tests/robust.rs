//! Any offset in any text has an answer, or none.

use std::path::PathBuf;

use proptest::prelude::*;

use crate::ide::workspace::surveyed;
use crate::ide::{
    Text, Workspace, complete, definition, folds, highlights, outline, references, rename, renamed,
    semantic_tokens, signature, workspace_outline,
};
use crate::source::Memory;

/// Pieces of which broken programs are made.
const PIECES: [&str; 56] = [
    "model M(",
    "model N = M(n=2) ",
    "block B(n, k=3) ",
    "const c = ",
    "const f(a) = ",
    "use std.vision: ",
    "use \"",
    "use \"main.weft\": B",
    "input x: [",
    "input ",
    "let ",
    "layer f = ",
    "param p: ",
    "for i in ",
    "for (a, b) in x ",
    "if ",
    "else ",
    "assert ",
    "output ",
    "output y = ",
    "x = ",
    "(a, b) = ",
    "-> ",
    "->",
    "label: ",
    "a.b[i]{n}: ",
    "\"s{n}\": ",
    "Conv2d(",
    "Conv2d(64, kernel=",
    "Linear(3)",
    "B(",
    "ReLU",
    "BasicBlock",
    "x",
    "n",
    ".",
    ".shape",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    "=",
    ":",
    "..",
    "3",
    "1e",
    "\"",
    "# 核",
    "\n",
    "  ",
    "🧵",
    "Ä",
    "\r\n",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..40);
    prop_oneof![4 => pieces.prop_map(|pieces| pieces.concat()), 1 => any::<String>()]
}

fn ask_everything(content: &str, offset: usize) {
    let mut files = Memory::default();
    files.insert("main.weft", content);
    let paths = [PathBuf::from("main.weft")];
    let program = surveyed(&files, Some(&paths[0]), content.into());
    let text = Text { program: &program, path: Some(&paths[0]) };
    let workspace = Workspace { files: &files, list: &|| paths.to_vec() };
    let inside = |span: crate::source::Span| content.get(span.range()).is_some();
    if let Some(found) = complete(text, offset, workspace) {
        assert!(inside(found.replace) && found.replace.end as usize >= offset);
    }
    if let Some(found) = signature(text, offset) {
        assert!(found.parameters.iter().all(|known| found.label.get(known.span.range()).is_some()));
        assert!(found.active.is_none_or(|slot| slot < found.parameters.len()));
    }
    definition(text, offset, offset.is_multiple_of(2));
    assert!(highlights(text, offset).iter().all(|(span, _)| inside(*span)));
    assert!(references(text, offset, workspace).iter().all(|found| inside(found.span)));
    if rename(text, offset).is_ok() {
        let _ = renamed(text, offset, "anew", workspace);
    }
    assert!(semantic_tokens(text).iter().all(|token| inside(token.span)));
    assert!(folds(&program).iter().all(|fold| inside(fold.span)));
    outline(content, &program.tree);
    workspace_outline("m", workspace);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_offset_in_any_text_is_answered(content in text(), part in 0.0f64..1.1) {
        let wanted = (content.len() as f64 * part) as usize;
        let offset = (0..=wanted.min(content.len())).rev().find(|at| content.is_char_boundary(*at)).unwrap_or(0);
        ask_everything(&content, offset);
        ask_everything(&content, wanted);
    }
}

#[test]
fn deep_nests_and_unclosed_brackets_are_answered_in_time() {
    let start = std::time::Instant::now();
    for content in [
        "(".repeat(20_000),
        ")".repeat(20_000),
        "f(a, ".repeat(5_000),
        "a:".repeat(10_000),
        "]:".repeat(10_000),
        "if x { ".repeat(5_000),
        "x = ".repeat(10_000),
    ] {
        ask_everything(&content, content.len());
        ask_everything(&content, content.len() / 2);
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
