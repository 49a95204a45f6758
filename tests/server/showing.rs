//! What is shown beside the source: hints, lenses, hovers.

use serde_json::{Value, json};

use crate::client::{Client, cursor};

const URI: &str = "untitled:net";

/// A text with its hints and lenses in it, as an editor shows them.
fn shown(text: &str, wishes: Value) -> String {
    let mut client = Client::with(json!({ "capabilities": {}, "initializationOptions": wishes }));
    client.open(URI, text);
    let lines = text.lines().count() as u64;
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": lines, "character": 0 } });
    let hints =
        client.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": URI }, "range": range }));
    let lenses = client.ask_of("textDocument/codeLens", URI);
    client.end();
    let mut shown = Vec::new();
    for (line, number) in text.lines().zip(0u64..) {
        let above = lenses.as_array().unwrap().iter().filter(|lens| lens["range"]["start"]["line"] == number);
        shown.extend(above.map(|lens| format!("⟪{}⟫", lens["command"]["title"].as_str().unwrap())));
        let mut units: Vec<u16> = line.encode_utf16().collect();
        let mut here: Vec<_> =
            hints.as_array().unwrap().iter().filter(|hint| hint["position"]["line"] == number).collect();
        here.reverse();
        for hint in here {
            let more = hint["tooltip"]
                .as_str()
                .map_or(String::new(), |more| format!(" ({})", more.replace('\n', "; ")));
            let label = format!(" ⟨{}{more}⟩", hint["label"].as_str().unwrap());
            let at = hint["position"]["character"].as_u64().unwrap() as usize;
            units.splice(at..at, label.encode_utf16());
        }
        shown.push(String::from_utf16(&units).unwrap());
    }
    shown.join("\n") + "\n"
}

fn example(name: &str) -> String {
    std::fs::read_to_string(format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn shapes_stand_where_a_line_ends_or_a_shape_changes() {
    insta::assert_snapshot!(shown(&example("teaching/lenet5.weft"), Value::Null));
}

#[test]
fn what_is_applied_several_times_is_told_from_first_to_last() {
    insta::assert_snapshot!(shown(
        &example("vision/resnet.weft"),
        json!({ "inlayHints": { "parameters": true } })
    ));
}

#[test]
fn hints_of_several_results_symbols_and_wide_characters() {
    let text = "model M {\n    input ids: int[T = 128]\n    (y, h, c) = ids -> Embedding(100, 8) -> LSTM(4) # 长短期记忆 🦀\n    \
                z = y + y\n    output z -> \"模型\": Linear(2) -> ReLU\n    output h, c\n}\n";
    insta::assert_snapshot!(shown(text, Value::Null));
}

#[test]
fn what_parses_in_a_broken_file_is_shown() {
    let text = "model Whole {\n    input x: [3, 8, 8]\n    output y = x -> Conv2d(4, kernel=3) -> ReLU\n}\n\n\
                model Broken {\n    input x: [3]\n    output y = x -> Lin(\n";
    insta::assert_snapshot!(shown(text, Value::Null));
}

#[test]
fn nothing_is_shown_that_is_not_wished_for() {
    let text = example("teaching/lenet5.weft");
    let wishes = json!({ "inlayHints": { "shapes": false, "parameters": false }, "codeLens": false });
    assert_eq!(shown(&text, wishes), text);
    let only_parameters = shown(&text, json!({ "inlayHints": { "shapes": false, "parameters": true } }));
    assert!(only_parameters.contains("⟨156 parameters⟩") && !only_parameters.contains("[6, 28, 28]"));
}

#[test]
fn wishes_can_change() {
    let mut client = Client::with(json!({ "capabilities": { "workspace": {
        "configuration": true, "inlayHint": { "refreshSupport": true }
    } } }));
    assert_eq!(client.hear("workspace/configuration")["items"], json!([{ "section": "weft" }]));
    client.send(&json!({ "jsonrpc": "2.0", "id": 1, "result": [{ "inlayHints": { "shapes": false } }] }));
    assert_eq!(client.hear("workspace/inlayHint/refresh"), Value::Null);
    client.open(URI, "model M {\n    input x: [3]\n    output y = x -> Linear(2)\n}\n");
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let hints =
        client.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": URI }, "range": range }));
    assert_eq!(hints, json!([]));
    client.end();
}

/// What is said of the thing at the cursor `|`, and the piece of source that it is said of.
fn hover(client: &mut Client, marked: &str) -> String {
    let (text, line, character) = cursor(marked);
    client.open(URI, &text);
    let found = client.ask_at("textDocument/hover", URI, line, character);
    if found.is_null() {
        return "nothing".to_owned();
    }
    let range = |end: &str| found["range"][end]["character"].as_u64().unwrap() as usize;
    let units: Vec<u16> = text.lines().nth(line as usize).unwrap().encode_utf16().collect();
    let of = String::from_utf16(&units[range("start")..range("end")]).unwrap();
    format!("of `{of}`:\n{}", found["contents"]["value"].as_str().unwrap())
}

const NET: &str = "\
const width = 8
## Two of them.
## Each is a `Linear`.
block Twice(n, act=ReLU) {
    input x: [D]
    output x -> fc: Linear(n) -> act -> Linear(n)
}
model M(classes=10) {
    input 图: [3, H = 32, W = 32]
    h = 图 -> c1: Conv2d(width, kernel=3, stride=2) -> GlobalAvgPool
    h = h -> Linear(16)
    output y = h -> t: Twice(classes)
}
";

#[test]
fn a_layer_is_explained_then_documented() {
    let mut client = Client::with(
        json!({ "capabilities": { "textDocument": { "hover": { "contentFormat": ["markdown"] } } } }),
    );
    insta::assert_snapshot!("label", hover(&mut client, &NET.replace("c1:", "c|1:")));
    client.end();
}

#[test]
fn names_are_told_with_their_source_their_value_and_their_documentation() {
    let mut client = Client::new();
    let places = [
        ("Twice(classes)", "Tw|ice(classes)"),
        ("t: Twice", "t|: Twice"),
        ("Conv2d(width", "Conv2d(wid|th"),
        ("= 图 ->", "= |图 ->"),
        ("h -> Linear(16)", "h| -> Linear(16)"),
        ("    h = h", "    h| = h"),
        ("Twice(classes)", "Twice(clas|ses)"),
        ("H = 32", "H| = 32"),
        ("stride=2", "str|ide=2"),
        ("-> act", "-> ac|t"),
        ("output y", "output |y"),
        ("fc:", "f|c:"),
        ("output x", "outp|ut x"),
    ];
    let told: Vec<_> = places
        .iter()
        .map(|(from, to)| format!("=== {to} ===\n{}", hover(&mut client, &NET.replacen(from, to, 1))))
        .collect();
    insta::assert_snapshot!("names", told.join("\n"));
    client.end();
}

#[test]
fn what_comes_from_the_standard_library_is_told_with_its_origin() {
    let mut client =
        Client::with(json!({ "capabilities": {}, "initializationOptions": { "language": "zh" } }));
    let text = "use std.vision: Bottle|neck\nmodel M {\n    input x: [64, 8, 8]\n    output y = x -> Bottleneck(16)\n}\n";
    insta::assert_snapshot!("standard", hover(&mut client, text));
    let used = "use std.vision: Bottleneck\nmodel M {\n    input x: [64, 8, 8]\n    output y = x -> |Bottleneck(16)\n}\n";
    insta::assert_snapshot!("in_chinese", hover(&mut client, used));
    client.end();
}
