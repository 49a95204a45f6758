//! What can be done, and what it makes of the text.

use serde_json::{Value, json};

use crate::client::{Client, cursor};

const URI: &str = "untitled:net";

/// A text after edits, whose ranges count UTF-16 units.
pub fn edited(text: &str, edits: &[Value]) -> String {
    let byte = |position: &Value| {
        let line = position["line"].as_u64().unwrap() as usize;
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let units = position["character"].as_u64().unwrap() as usize;
        let before: Vec<u16> = text[start..].encode_utf16().take(units).collect();
        start + String::from_utf16(&before).unwrap().len()
    };
    let mut edits: Vec<_> = edits
        .iter()
        .map(|edit| {
            (byte(&edit["range"]["start"])..byte(&edit["range"]["end"]), edit["newText"].as_str().unwrap())
        })
        .collect();
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut new = text.to_owned();
    edits.into_iter().for_each(|(range, piece)| new.replace_range(range, piece));
    new
}

/// Every action at the cursor, with the lines that it changes.
fn actions(marked: &str, only: Option<&str>) -> String {
    let (text, line, character) = cursor(marked);
    let mut client = Client::new();
    client.open(URI, &text);
    let here = json!({ "line": line, "character": character });
    let mut context = json!({ "diagnostics": [] });
    if let Some(only) = only {
        context["only"] = json!([only]);
    }
    let params = json!({ "textDocument": { "uri": URI }, "range": { "start": here, "end": here }, "context": context });
    let answer = client.ask("textDocument/codeAction", params);
    client.end();
    let shown = answer.as_array().unwrap().iter().map(|action| {
        let edits = action["edit"]["changes"][URI].as_array().unwrap();
        let after = edited(&text, edits);
        let diff =
            similar::TextDiff::from_lines(text.as_str(), &after).unified_diff().context_radius(0).to_string();
        let preferred = if action["isPreferred"] == true { " (preferred)" } else { "" };
        format!(
            "{} — {}{preferred}\n{diff}",
            action["kind"].as_str().unwrap(),
            action["title"].as_str().unwrap()
        )
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_name_that_may_be_meant_can_be_written() {
    insta::assert_snapshot!(actions(
        "model M {\n    input x: [3]\n    output y = x -> Lin|aer(4)\n}\n",
        None
    ));
}

#[test]
fn a_finding_can_be_mended_or_allowed() {
    let net = "model M {\n    input 图: [3, 8, 8]\n    h = 图 -> Conv2d(8, kernel=3) -> ReLU -> Re|LU\n    output y = h -> Flatten -> Linear(2)\n}\n";
    insta::assert_snapshot!(actions(net, None));
}

#[test]
fn an_order_that_is_there_gets_one_more_name_and_other_comments_are_kept() {
    let net = |comment: &str| {
        format!(
            "model M {{\n    input x: [3]\n    input sp|are: [3]{comment}\n    output y = x -> Linear(2)\n}}\n"
        )
    };
    let told: Vec<_> = ["  # weft: allow(naming-style)", "  # what for?", ""]
        .iter()
        .map(|one| actions(&net(one), Some("quickfix")))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_value_becomes_a_constant_above_its_item() {
    let net = "const width = 4\n\n## The net.\nmodel M(classes=10) {\n    input x: [3, 8, 8]\n    output y = x -> Conv2d(wid|th * 2, kernel=3) -> Flatten -> Linear(16)\n}\n";
    let at = |from: &str, to: &str| actions(&net.replace('|', "").replace(from, to), Some("refactor"));
    let told = [
        at("kernel=3", "kernel=|3"),
        at("Linear(16)", "Linear(1|6)"),
        at("= 4", "= |4"),
        at("classes=10", "classes=1|0"),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn all_safe_fixes_can_be_made_at_once() {
    let net = "model M {\n    input x: [3, 8, 8]\n    h = x -> Conv2d(8, kernel=3) -> BatchNorm -> ReLU -> ReLU\n    \
               h = h -> Conv2d(8, kernel=3) -> BatchNorm -> ReLU -> ReLU\n    output y = h -> Flatten -> Linear(2)|\n}\n";
    insta::assert_snapshot!(actions(net, Some("source.fixAll")));
    assert_eq!(actions("model M {\n    input x: [3]\n    output y = x -> ReLU|\n}\n", Some("source")), "");
}

#[test]
fn edits_carry_the_version_for_editors_that_ask_for_it() {
    let mut client = Client::with(
        json!({ "capabilities": { "workspace": { "workspaceEdit": { "documentChanges": true } } } }),
    );
    client.open(URI, "model M {\n    input x: [3]\n    output y = x -> Linaer(4)\n}\n");
    let here = json!({ "line": 2, "character": 22 });
    let params = json!({ "textDocument": { "uri": URI }, "range": { "start": here, "end": here }, "context": { "diagnostics": [] } });
    let action = client.ask("textDocument/codeAction", params)[0].take();
    assert_eq!(action["edit"]["documentChanges"][0]["textDocument"], json!({ "uri": URI, "version": 1 }));
    assert_eq!(action["diagnostics"][0]["code"], "unknown-layer");
    client.end();
}

#[test]
fn a_text_is_laid_out_line_by_line_and_a_broken_one_is_left_alone() {
    let text = "model M {\n    input 图: [3,8] # 🦀\n    h = 图\n    output y = h->Linear(4)->ReLU\n}\n";
    let mut client = Client::new();
    client.open(URI, text);
    let options = json!({ "tabSize": 2, "insertSpaces": false });
    let params = json!({ "textDocument": { "uri": URI }, "options": options });
    let edits = client.ask("textDocument/formatting", params.clone());
    let edits = edits.as_array().unwrap();
    assert_eq!(edits.len(), 2, "the lines that are right are in no edit: {edits:?}");
    insta::assert_snapshot!(edited(text, edits));
    let mut part = params.clone();
    part["range"] = json!({ "start": { "line": 3, "character": 4 }, "end": { "line": 3, "character": 9 } });
    let one = client.ask("textDocument/rangeFormatting", part);
    assert!(
        edited(text, one.as_array().unwrap())
            .contains("[3,8] # 🦀\n    h = 图\n    output y = h -> Linear(4) -> ReLU")
    );
    client.change(URI, 2, json!([{ "text": "model M {\n    input x: [3,\n" }]));
    assert_eq!(client.ask("textDocument/formatting", params), Value::Null);
    assert!(client.hear("window/logMessage")["message"].as_str().unwrap().contains("left as it is"));
    client.end();
}
