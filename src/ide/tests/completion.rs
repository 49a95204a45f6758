//! What may be written at a cursor, and what a call takes.

use super::Case;
use crate::ide::{Completion, CompletionKind, Documentation, complete, documentation, signature};

fn completions(case: &Case) -> Vec<Completion> {
    case.ask(complete).unwrap_or_default().items
}

/// What an editor would show: what begins with the word that is typed.
fn shown(case: &Case) -> String {
    let Some(found) = case.ask(complete) else {
        return "nothing".to_owned();
    };
    let typed = case.text[found.replace.start as usize..case.cursor].trim_matches('"').to_lowercase();
    let fitting = found
        .items
        .iter()
        .filter(|item| item.label.trim_start_matches('"').to_lowercase().starts_with(&typed));
    let line = |item: &Completion| {
        let insert = item.snippet.as_deref().filter(|snippet| *snippet != item.label);
        let insert = insert.map_or_else(String::new, |snippet| format!("  ⇒ {}", snippet.replace('\n', "⏎")));
        let import =
            item.import.as_ref().map_or_else(String::new, |(at, text)| format!("  + {at}: {text:?}"));
        let line =
            format!("{} {} {}  | {}{insert}{import}", item.rank, item.label, item.detail, item.summary);
        line.replace("  ", " ").trim_end().to_owned()
    };
    fitting.map(line).collect::<Vec<_>>().join("\n")
}

fn labels(marked: &str) -> Vec<String> {
    completions(&Case::new(marked)).into_iter().map(|item| item.label).collect()
}

fn model(body: &str) -> String {
    format!(
        "## A tower.\nblock Tower(width, act=ReLU) {{ input x: [D]  input gate: [D] = x  output x }}\nmodel M(depth=3) {{\n    input image: [3, 32, 32]\n    {body}\n}}\n"
    )
}

#[test]
fn after_an_arrow_stand_layers_blocks_and_declared_layers() {
    insta::assert_snapshot!(shown(&Case::new(&model("layer tower = Tower(3)  output image -> T│"))));
    insta::assert_snapshot!(shown(&Case::new(&model("output image -> conv1: Conv2│"))));
    let all = labels(&model("layer shared = ReLU  y = image -> ReLU  output image -> │"));
    for offered in ["shared", "depth", "Tower", "Conv2d", "BatchNorm2d", "Bottleneck", "if"] {
        assert!(all.iter().any(|label| label == offered), "{offered}");
    }
    for not in ["y", "image", "M", "min", "let"] {
        assert!(!all.iter().any(|label| label == not), "{not}");
    }
}

#[test]
fn in_a_call_stand_the_arguments_that_are_not_given() {
    insta::assert_snapshot!(shown(&Case::new(&model("output image -> Conv2d(64, ke│"))));
    insta::assert_snapshot!(shown(&Case::new(&model("output image -> Conv2d(64, stride=2, │)"))));
    insta::assert_snapshot!(shown(&Case::new(&model("output image -> Tower(│)"))));
    insta::assert_snapshot!(shown(&Case::new(&model("output image -> Tower(3, g│)"))));
}

#[test]
fn a_value_is_one_that_the_argument_may_have() {
    insta::assert_snapshot!(shown(&Case::new(&model("output image -> Conv2d(64, 3, bias=│)"))));
    insta::assert_snapshot!(shown(&Case::new(&model(
        "output image -> Upsample(scale_factor=2, mode=\"b│\")"
    ))));
    insta::assert_snapshot!(shown(&Case::new(&model("output image -> Upsample(scale_factor=2, mode=│"))));
    let all = labels(&model("output image -> Linear(d│)"));
    assert!(all.iter().any(|label| label == "depth") && all.iter().any(|label| label == "min"));
}

#[test]
fn a_line_that_is_not_finished_does_not_swallow_the_next() {
    let text = model("y = image -> Conv2d(64, kernel=3\n    z = y -> │\n    output z");
    let all = labels(&text);
    assert!(all.iter().any(|label| label == "Conv2d") && !all.iter().any(|label| label == "stride="));
    let text = model("y = image -> Conv2d(64, 3\n    z = │\n    output z");
    assert!(!labels(&text).iter().any(|label| label == "stride="));
    let text = model("y = image -> Conv2d(64, 3\n    z = │");
    assert!(!labels(&text).iter().any(|label| label == "stride="));
    assert_eq!(called(&text), "none");
    let text = model("y = image -> Conv2d(64,\n        st│\n    output y");
    assert!(labels(&text).iter().any(|label| label == "stride="));
    let text = model("y = (image -> \n    for i in 0..3 {\n        o│");
    assert!(labels(&text).iter().any(|label| label == "output"));
}

#[test]
fn statements_and_items_stand_where_they_may() {
    insta::assert_snapshot!(shown(&Case::new(&model("│"))));
    insta::assert_snapshot!(shown(&Case::new("mo│")));
    let items = labels("const n = 3\n│");
    assert!(
        items.iter().any(|label| label == "model") && !items.iter().any(|label| label == "input"),
        "{items:?}"
    );
    assert_eq!(labels(&model("for i │")), ["in"]);
    assert_eq!(labels(&model("if depth == 3 { let a = 1 } e│")).first().map(String::as_str), Some("else"));
    assert!(labels("model M { input x: [3] o│ }").iter().any(|label| label == "output"));
    assert!(labels(&model("let │")).is_empty());
    assert!(labels(&model("output image -> ReLU  # Con│")).is_empty());
    assert!(labels(&model("output image -> Linear(3│)")).is_empty());
}

#[test]
fn branches_hold_what_their_if_stands_for() {
    let has = |marked: &str, wanted: &str| labels(&model(marked)).iter().any(|label| label == wanted);
    assert!(has("if depth == 3 { │ }", "let"));
    assert!(has("if depth == 3 { let a = 1 } else { │ }", "let"));
    assert!(has("output image -> if depth == 3 { │ }", "Conv2d"));
    assert!(has("output image -> if depth == 3 { ReLU } else { │ }", "Conv2d"));
    assert!(has("y = if depth == 3 { image } else { │ }", "image"));
    assert!(!has("y = if depth == 3 { image } else { │ }", "let"));
    assert!(has("y = image -> layer{│}: ReLU", "depth"));
    assert!(has("for i in 0..3 { y = image -> ReLU } let b = │", "depth"));
    assert!(!has("for i in 0..3 { y = image -> ReLU } let b = │", "i"));
}

#[test]
fn after_a_point_stand_fields() {
    insta::assert_snapshot!(shown(&Case::new(&model("let n = image.│"))));
    insta::assert_snapshot!(shown(&Case::new(&model(
        "layer f = Linear(3)\n    output image -> Linear(3, weight=f.│)"
    ))));
    let block =
        "block B { input x: [C]  layer down = Linear(3)  output x -> a.b: Linear(4) -> _: (c: ReLU) }\n";
    let case =
        Case::new(&format!("{block}model M {{ input x: [3]  layer b = B  y = x -> b  output y * b.│ }}"));
    let fields: Vec<_> = completions(&case).into_iter().map(|item| item.label).collect();
    assert_eq!(fields, ["down", "a.b", "c"]);
    assert!(labels(&model("for i in 0.│")).is_empty());
}

#[test]
fn a_use_offers_files_and_what_they_hold() {
    let blocks = "## A stem.\n## Of two layers.\nblock Stem(n) = Linear(n) -> ReLU\nconst widths = [1, 2]\nmodel M { input x: [3] output x }\n";
    let others = [("net/blocks.weft", blocks), ("other.weft", "")];
    insta::assert_snapshot!(shown(&Case::beside("use │", &others)));
    insta::assert_snapshot!(shown(&Case::beside("use std.vi│", &others)));
    insta::assert_snapshot!(shown(&Case::beside("use \"n│\"", &others)));
    insta::assert_snapshot!(shown(&Case::beside(
        "use \"net/blocks.weft\": widths, │\nmodel M { input x: [3] output x }",
        &others
    )));
    insta::assert_snapshot!(shown(&Case::new("use std.vision: Basic│")));
    assert_eq!(labels("use std.vision: BasicBlock\nmo│").len(), 4);
}

#[test]
fn a_standard_block_brings_its_import_with_it() {
    let import = |marked: &str| {
        let found = completions(&Case::new(marked)).into_iter().find(|item| item.label == "BasicBlock");
        found.expect("the block").import
    };
    let written = |at, text: &str| Some((at, text.to_owned()));
    assert_eq!(import("block B = Basic│"), written(0, "use std.vision: BasicBlock\n\n"));
    assert_eq!(import("## A file.\n\nblock B = Basic│"), written(12, "use std.vision: BasicBlock\n\n"));
    assert_eq!(import("use std.text: Mlp\nblock B = Basic│"), written(17, "\nuse std.vision: BasicBlock"));
    assert_eq!(import("use std.vision: Bottleneck\nblock B = Basic│"), written(26, ", BasicBlock"));
    assert_eq!(import("use std.vision: BasicBlock\nblock B = Basic│"), None);
}

#[test]
fn the_whole_word_is_replaced_and_what_follows_it_is_kept() {
    let case = Case::new("block B = Con│v(3, 3)");
    let found = case.ask(complete).expect("completions");
    assert_eq!(case.with([found.replace]), "block B = ⟨Conv⟩(3, 3)");
    assert!(found.items.iter().filter(|item| item.label == "Conv2d").all(|item| item.snippet.is_none()));
    let case = Case::new("model M { input x: [3] output x -> Upsample(2, mode=\"n│ear\") }");
    let found = case.ask(complete).expect("completions");
    assert!(case.with([found.replace]).contains("\"⟨near⟩\""));
}

#[test]
fn every_layer_has_its_documentation_behind_it() {
    let found = completions(&Case::new(&model("output image -> │")));
    let layers = found.iter().filter(|item| item.kind == CompletionKind::Layer);
    for item in layers {
        let Documentation::Layer(name) = item.documentation else { panic!("{}", item.label) };
        assert!(documentation(name).is_some_and(|text| text.starts_with("### ")), "{name}");
    }
}

/// The signature with `⟨ ⟩` around the argument at the cursor.
fn called(marked: &str) -> String {
    let case = Case::new(marked);
    let Some(signature) = signature(case.named(), case.cursor) else { return "none".to_owned() };
    let active = signature.active.and_then(|slot| signature.parameters.get(slot));
    let label = super::around(&signature.label, active.map(|parameter| parameter.span));
    let doc = active.and_then(|parameter| parameter.doc.clone());
    [Some(label), doc, signature.doc].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

#[test]
fn a_signature_marks_the_argument_at_the_cursor() {
    insta::assert_snapshot!(called(&model("output image -> Conv2d(64, │)")));
    insta::assert_snapshot!(called(&model("output image -> Conv2d(64, padding=[1, │2], stride=2)")));
    insta::assert_snapshot!(called(&model("output image -> Conv2d(64, stride=2, │")));
    insta::assert_snapshot!(called(&model("output image -> Tower(3, gate=│image)")));
    insta::assert_snapshot!(called(&model("let n = min(1, 2, 3│)")));
    insta::assert_snapshot!(called("model A(n=1) { input x: [3] output x } model B = A(n=2) model C = B(│)"));
    assert_eq!(called(&model("output image -> Conv2d(64, 3│) -> ReLU").replace("3│)", "3)│")), "none");
    assert_eq!(called("block B(│n) = ReLU"), "none");
}
