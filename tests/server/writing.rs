//! What helps while a text is written, over the wire: completion, signatures, folds, colours.

use serde_json::{Value, json};

use crate::client::{Client, Project, cursor};

const URI: &str = "untitled:net";

fn able() -> Value {
    json!({ "capabilities": { "textDocument": {
        "completion": { "completionItem": { "snippetSupport": true } },
        "hover": { "contentFormat": ["markdown"] },
    } } })
}

/// What is offered at the cursor `|` and begins with some letters.
fn offered(client: &mut Client, marked: &str, beginning: &str) -> Vec<Value> {
    let (text, line, character) = cursor(marked);
    client.open(URI, &text);
    let found = client.ask_at("textDocument/completion", URI, line, character);
    let items = found["items"].as_array().cloned().unwrap_or_default();
    let fits = |item: &Value| item["label"].as_str().unwrap().starts_with(beginning);
    items.into_iter().filter(fits).collect()
}

#[test]
fn a_layer_is_completed_with_its_arguments_and_documented_when_it_is_looked_at() {
    let mut client = Client::with(able());
    let broken = "model 模型 {\n    input 图🦀: [3, 32, 32]\n    output 图 -> \"🦀\": Conv|\n";
    let found = offered(&mut client, broken, "Conv2d");
    insta::assert_snapshot!("conv2d", serde_json::to_string_pretty(&found).unwrap());
    let resolved = client.ask("completionItem/resolve", found[0].clone());
    let text = resolved["documentation"]["value"].as_str().unwrap();
    assert!(text.starts_with("### Conv2d\n") && text.contains("| `kernel` |"), "{text}");
    client.end();
}

#[test]
fn an_editor_without_snippets_gets_plain_words() {
    let mut client = Client::new();
    let found = offered(&mut client, "block B = Conv|", "Conv2d");
    assert_eq!(
        (&found[0]["textEdit"]["newText"], &found[0]["insertTextFormat"]),
        (&json!("Conv2d"), &Value::Null)
    );
    let found = offered(&mut client, "block B = Conv2d(3, ker|", "kernel");
    assert_eq!(found[0]["textEdit"]["newText"], "kernel=");
    client.end();
}

#[test]
fn a_standard_block_is_imported_as_it_is_written() {
    let mut client = Client::with(able());
    let found = offered(&mut client, "# 🦀\nuse std.vision: Bottleneck # 核\nblock B = Basic|", "BasicBlock");
    insta::assert_snapshot!("basic_block", serde_json::to_string_pretty(&found).unwrap());
    client.end();
}

#[test]
fn files_and_their_items_are_offered_where_they_are_imported() {
    let project = Project::new(&[
        ("weft.toml", ""),
        ("net/blocks.weft", "## A stem.\nblock Stem = ReLU\n"),
        ("a.weft", ""),
    ]);
    let mut client = Client::with(able());
    let uri = project.uri("a.weft");
    client.open(&uri, "use \"\"");
    let found = client.ask_at("textDocument/completion", &uri, 0, 5);
    assert_eq!(found["items"][0]["label"], "net/blocks.weft");
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    client.change(&uri, 2, json!([{ "text": "use \"net/blocks.weft\": " }]));
    let found = client.ask_at("textDocument/completion", &uri, 0, 23);
    assert_eq!(found["items"][0]["label"], "Stem");
    client.open(&project.uri("net/blocks.weft"), "block Trunk = ReLU\n");
    let found = client.ask_at("textDocument/completion", &uri, 0, 23);
    assert_eq!(found["items"][0]["label"], "Trunk");
    client.end();
}

#[test]
fn a_signature_counts_its_label_in_utf_16_units() {
    let mut client =
        Client::with(json!({ "capabilities": { "general": { "positionEncodings": ["utf-8"] } } }));
    let text = "block 块(宽=1, 深=2) = Linear(宽 * 深)\nblock B = 块(3, \n";
    client.open(URI, text);
    let column = text.lines().nth(1).unwrap().len() as u32;
    let found = client.ask_at("textDocument/signatureHelp", URI, 1, column);
    assert_eq!(found["signatures"][0]["label"], "块(宽=1, 深=2)");
    assert_eq!(found["signatures"][0]["parameters"], json!([{ "label": [2, 5] }, { "label": [7, 10] }]));
    assert_eq!(found["activeParameter"], 1);
    client.end();
}

const NET: &str = "## 网 🦀\n## Two lines.\nmodel M {\n    input 图: int[3, H = 8]\n    x = 图\n        -> \"🦀{H}\": ReLU # 🦀\n        -> fc.out: Linear(4)\n    output x -> Tower\n}\n";

#[test]
fn folds_hide_all_but_the_first_line_and_the_closing_one() {
    let mut client = Client::new();
    client.open(URI, NET);
    let found = client.ask_of("textDocument/foldingRange", URI);
    let shown: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["startLine"], one["endLine"], one["kind"]]))
        .collect();
    assert_eq!(json!(shown), json!([[0, 1, "comment"], [2, 7, "region"], [4, 6, "region"]]));
    client.end();
}

/// Tokens as an editor reads them: the piece of the text, its type and its modifiers.
fn coloured(text: &str, legend: &Value, data: &Value) -> String {
    let numbers: Vec<usize> =
        data.as_array().unwrap().iter().map(|number| number.as_u64().unwrap() as usize).collect();
    let (mut line, mut column) = (0, 0);
    let shown = numbers.chunks(5).map(|token| {
        let [down, right, length, kind, set] = *token else { panic!("{token:?}") };
        (line, column) = (line + down, if down == 0 { column + right } else { right });
        let units: Vec<u16> = text.lines().nth(line).unwrap().encode_utf16().collect();
        let piece = String::from_utf16(&units[column..column + length]).unwrap();
        let modifiers = legend["tokenModifiers"].as_array().unwrap().iter().enumerate();
        let modifiers = modifiers
            .filter(|(bit, _)| set >> bit & 1 == 1)
            .map(|(_, word)| format!(" {}", word.as_str().unwrap()));
        format!(
            "{line}:{column} {piece}  {}{}",
            legend["tokenTypes"][kind].as_str().unwrap(),
            modifiers.collect::<String>()
        )
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn colours_are_told_by_distances_in_utf_16_units() {
    let mut client = Client::silent();
    let greeting = client.ask("initialize", json!({ "capabilities": {} }));
    client.tell("initialized", json!({}));
    let legend = &greeting["capabilities"]["semanticTokensProvider"]["legend"];
    client.open(URI, NET);
    let all = client.ask_of("textDocument/semanticTokens/full", URI);
    insta::assert_snapshot!(coloured(NET, legend, &all["data"]));
    let range = json!({ "start": { "line": 6, "character": 0 }, "end": { "line": 7, "character": 0 } });
    let part = client
        .ask("textDocument/semanticTokens/range", json!({ "textDocument": { "uri": URI }, "range": range }));
    let (all, part) = (coloured(NET, legend, &all["data"]), coloured(NET, legend, &part["data"]));
    let wanted: Vec<_> = all.lines().filter(|line| line.starts_with("6:")).collect();
    assert_eq!(part.lines().collect::<Vec<_>>(), wanted);
    client.end();
}

#[test]
fn a_place_outside_of_the_text_is_refused_and_one_past_a_line_is_its_end() {
    let mut client = Client::with(able());
    client.open(URI, "block B = Conv2d(3, \n");
    let outside = client.ask_at("textDocument/completion", URI, 9, 0);
    assert_eq!(outside["message"], "the text has no line 9 (counted from 0)");
    let found = client.ask_at("textDocument/signatureHelp", URI, 0, 999);
    assert_eq!(found["activeParameter"], 1);
    client.end();
}
