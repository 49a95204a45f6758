//! What is asked about names, over the wire: definitions, references, renaming, symbols.

use serde_json::{Value, json};

use crate::client::{Client, Project, cursor};

const BLOCKS: &str = "## 卷积 🧵\nblock 主干(宽) = Linear(宽) -> ReLU\n";
const MAIN: &str = "use \"blocks.weft\": 主干\n# 🦀🦀\nmodel M {\n    input 图: [3]\n    output \"🦀\": 主干(4) -> 主干(宽=2)\n}\n";
const OTHER: &str = "use \"blocks.weft\": 主干\nmodel N { input x: [3]  output x -> 主干(宽=1) }\n";

fn able() -> Value {
    json!({ "textDocument": {
        "definition": { "linkSupport": true },
        "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
    } })
}

fn project() -> Project {
    Project::new(&[("weft.toml", ""), ("blocks.weft", BLOCKS), ("main.weft", MAIN), ("net/other.weft", "")])
}

fn client(project: &Project, capabilities: Value) -> Client {
    let folder = json!({ "uri": format!("file://{}", project.folder().display()), "name": "net" });
    Client::with(json!({ "capabilities": capabilities, "workspaceFolders": [folder] }))
}

/// A piece of a text, by a range in UTF-16 units, with its line and column from 0.
fn piece(text: &str, range: &Value) -> String {
    let at = |end: &str, part: &str| range[end][part].as_u64().unwrap() as usize;
    let line: Vec<u16> = text.lines().nth(at("start", "line")).unwrap_or("").encode_utf16().collect();
    assert_eq!(at("start", "line"), at("end", "line"), "{range}");
    let units = line.get(at("start", "character")..at("end", "character")).expect("units of the line");
    format!("{}:{} `{}`", at("start", "line"), at("start", "character"), String::from_utf16_lossy(units))
}

/// Places as `main.weft 4:9 name`.
fn places(project: &Project, found: &Value) -> String {
    let name = |uri: &str| uri.rsplit('/').next().unwrap().to_owned();
    let shown = found.as_array().unwrap().iter().map(|place| {
        let uri = place["uri"].as_str().unwrap();
        let path = uri.strip_prefix(&project.uri("")).unwrap();
        format!("{} {}", name(uri), piece(&project.text(path), &place["range"]))
    });
    shown.collect::<Vec<_>>().join("\n")
}

/// The place of the first `needle` in a text, after its first `after`.
fn place_of(text: &str, after: &str, needle: &str) -> (u32, u32) {
    let from = text.find(after).unwrap();
    let at = from + text[from..].find(needle).unwrap();
    let (_, line, character) = cursor(&format!("{}|{}", &text[..at], &text[at..]));
    (line, character)
}

#[test]
fn a_name_is_defined_read_and_renamed_in_every_file_behind_wide_characters() {
    let project = project();
    project.write("net/other.weft", &OTHER.replace("blocks", "../blocks"));
    let mut client = client(&project, able());
    let uri = project.uri("main.weft");
    client.open(&uri, MAIN);
    let (line, character) = place_of(MAIN, "->", "主干");
    let found = client.ask_at("textDocument/definition", &uri, line, character);
    let link = &found[0];
    assert_eq!(link["targetUri"], project.uri("blocks.weft"));
    assert_eq!(piece(MAIN, &link["originSelectionRange"]), "4:26 `主干`");
    assert_eq!(piece(BLOCKS, &link["targetSelectionRange"]), "1:6 `主干`");

    let params = json!({
        "textDocument": { "uri": uri }, "position": { "line": line, "character": character },
        "context": { "includeDeclaration": true },
    });
    let found = client.ask("textDocument/references", params);
    insta::assert_snapshot!(places(&project, &found));

    let ready = client.ask_at("textDocument/prepareRename", &uri, line, character);
    assert_eq!(ready["placeholder"], "主干");
    let params = |new: &str| {
        json!({
            "textDocument": { "uri": uri }, "position": { "line": line, "character": character }, "newName": new,
        })
    };
    let refused = client.ask("textDocument/rename", params("图"));
    insta::assert_snapshot!(refused["message"].as_str().unwrap());
    let edits = client.ask("textDocument/rename", params("Stem"));
    let changed = edits["changes"].as_object().unwrap();
    assert_eq!(changed.values().map(|edits| edits.as_array().unwrap().len()).collect::<Vec<_>>(), [1, 3, 2]);
    client.end();
}

#[test]
fn what_is_not_saved_counts() {
    let project = project();
    let mut client = client(&project, able());
    let (blocks, main) = (project.uri("blocks.weft"), project.uri("main.weft"));
    client.open(&blocks, &BLOCKS.replace("主干", "Stem"));
    client.open(&main, &MAIN.replace("主干", "Stem"));
    client.open(&project.uri("net/new.weft"), "use \"../blocks.weft\": Stem\nblock New = Stem(3)\n");
    let params = json!({
        "textDocument": { "uri": blocks }, "position": { "line": 1, "character": 8 },
        "context": { "includeDeclaration": false },
    });
    let found = client.ask("textDocument/references", params);
    let uris: Vec<_> = found.as_array().unwrap().iter().map(|place| place["uri"].as_str().unwrap()).collect();
    let count = |name: &str| uris.iter().filter(|uri| **uri == project.uri(name)).count();
    assert_eq!([count("main.weft"), count("net/new.weft"), count("blocks.weft")], [3, 2, 0]);
    client.end();
}

#[test]
fn columns_count_bytes_where_the_editor_agrees_to_that() {
    let mut client =
        Client::with(json!({ "capabilities": { "general": { "positionEncodings": ["utf-8"] } } }));
    let (uri, text) =
        ("untitled:net", MAIN.replace("use \"blocks.weft\": 主干\n", "block 主干(宽) = Linear(宽)\n"));
    client.open(uri, &text);
    let line = text.lines().position(|line| line.contains("output")).unwrap();
    let column = text.lines().nth(line).unwrap().rfind("主干").unwrap();
    let found = client.ask_at("textDocument/documentHighlight", uri, line as u32, column as u32);
    let starts: Vec<_> =
        found.as_array().unwrap().iter().map(|one| &one["range"]["start"]["character"]).collect();
    assert_eq!(starts, [6, 19, column]);
    client.end();
}

#[test]
fn the_standard_library_is_shown_to_who_can_show_it() {
    let text = "use std.vision: BasicBlock\nblock B = BasicBlock(3)\n";
    let mut plain = Client::new();
    plain.open("untitled:a", text);
    let found = plain.ask_at("textDocument/definition", "untitled:a", 1, 12);
    assert_eq!(
        (&found["uri"], &found["range"]["start"]),
        (&json!("untitled:a"), &json!({ "line": 0, "character": 16 }))
    );
    plain.end();
    let mut able = Client::with(json!({ "capabilities": { "workspace": { "textDocumentContent": {} } } }));
    able.open("untitled:a", text);
    let found = able.ask_at("textDocument/definition", "untitled:a", 1, 12);
    assert_eq!(found["uri"], "weft:/std/vision.weft");
    able.end();
}

#[test]
fn what_has_no_name_of_its_own_says_so() {
    let mut client = Client::new();
    client.open("untitled:a", "model M { input x: [3]  output x -> ReLU }\n");
    let refused = client.ask_at("textDocument/prepareRename", "untitled:a", 0, 37);
    assert_eq!(refused["message"], "`ReLU` is a layer of the catalogue");
    for method in ["textDocument/definition", "textDocument/signatureHelp"] {
        assert_eq!(client.ask_at(method, "untitled:a", 0, 37), Value::Null, "{method}");
    }
    client.end();
}

/// Symbols as a tree.
fn tree(text: &str, symbols: &Value, depth: usize, lines: &mut Vec<String>) {
    for symbol in symbols.as_array().into_iter().flatten() {
        let detail = symbol["detail"].as_str().unwrap_or("");
        let at = piece(text, &symbol["selectionRange"]);
        lines.push(format!(
            "{}{} {detail} ({}) {at}",
            "  ".repeat(depth),
            symbol["name"].as_str().unwrap(),
            symbol["kind"]
        ));
        tree(text, &symbol["children"], depth + 1, lines);
    }
}

#[test]
fn symbols_of_a_document_and_of_the_workspace() {
    let project = project();
    let mut capable = client(&project, able());
    let uri = project.uri("main.weft");
    let broken = format!("{MAIN}model Broken {{ input x: [3\n  y = x -> \n  layer 核 = Linear(3)\n");
    capable.open(&uri, &broken);
    let found = capable.ask_of("textDocument/documentSymbol", &uri);
    let mut lines = Vec::new();
    tree(&broken, &found, 0, &mut lines);
    insta::assert_snapshot!(lines.join("\n"));
    let found = capable.ask("workspace/symbol", json!({ "query": "" }));
    let names: Vec<_> = found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["主干", "M", "Broken"]);
    let found = capable.ask("workspace/symbol", json!({ "query": "干" }));
    assert_eq!(places(&project, &json!([found[0]["location"]])), "blocks.weft 1:6 `主干`");
    capable.end();
    let mut plain = client(&project, json!({}));
    plain.open(&uri, MAIN);
    let found = plain.ask_of("textDocument/documentSymbol", &uri);
    let names: Vec<_> =
        found.as_array().unwrap().iter().map(|one| (&one["name"], &one["containerName"])).collect();
    assert_eq!(json!(names), json!([["M", null], ["图", "M"], ["output", "M"], ["🦀", "output"]]));
    plain.end();
}
