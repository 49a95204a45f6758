//! Texts as they change in the editor, and what is told of them.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Client, Project};

const URI: &str = "untitled:net";

fn edit(from: (u32, u32), to: (u32, u32), text: &str) -> Value {
    let position = |(line, character)| json!({ "line": line, "character": character });
    json!({ "range": { "start": position(from), "end": position(to) }, "text": text })
}

fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|one| one["code"].as_str().unwrap()).collect()
}

/// The lines and columns of a finding's place.
fn place(diagnostic: &Value) -> [u64; 4] {
    let range = &diagnostic["range"];
    let of = |end: &str, what: &str| range[end][what].as_u64().unwrap();
    [of("start", "line"), of("start", "character"), of("end", "line"), of("end", "character")]
}

#[test]
fn findings_come_and_go_with_the_text() {
    let mut client = Client::new();
    client.open(URI, "model M {\n    input x: [3]\n    output y = x -> Linaer(4)\n}\n");
    let found = client.published(URI, 1);
    assert_eq!(codes(&found), ["unknown-layer"]);
    assert_eq!(place(&found[0]), [2, 20, 2, 26]);
    client.change(URI, 2, json!([edit((2, 20), (2, 26), "Linear")]));
    assert_eq!(client.published(URI, 2), Vec::<Value>::new());
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
    client.end();
}

#[test]
fn columns_count_utf_16_units_unless_bytes_are_agreed_on() {
    let text =
        "## 模型 🦀\nmodel M {\n    input x: [3] # 图像 🦀🦀\n    output y = x -> Linear(\"🦀\", 4) # é\n}\n";
    let bytes = json!({ "capabilities": { "general": { "positionEncodings": ["utf-8", "utf-16"] } } });
    for (initialize, width) in [(json!({ "capabilities": {} }), 2), (bytes, 4)] {
        let mut client = Client::with(initialize);
        client.open(URI, text);
        let found = client.published(URI, 1);
        let wrong = found.iter().find(|one| one["code"] == "invalid-argument").expect("a string is no size");
        assert_eq!(place(wrong), [3, 27, 3, 29 + width]);
        // The string goes, comma and blank with it.
        client.change(URI, 2, json!([edit((3, 27), (3, 29 + width as u32 + 2), "")]));
        assert_eq!(client.published(URI, 2), Vec::<Value>::new());
        client.end();
    }
}

#[test]
fn a_column_past_the_end_of_a_line_means_its_end() {
    let mut client = Client::new();
    client.open(URI, "model M {\r\n    input x: [3]\r\n    output y = x\r\n}");
    client.published(URI, 1);
    client.change(URI, 2, json!([edit((2, 999), (2, 1000), " -> Linaer(4)")]));
    assert_eq!(place(&client.published(URI, 2)[0]), [2, 20, 2, 26]);
    // The line after the last is the end of the text.
    client.change(URI, 3, json!([edit((4, 0), (4, 7), "\nblock B(n) = Linaer(n)\n")]));
    assert_eq!(codes(&client.published(URI, 3)), ["unknown-layer", "unknown-layer"]);
    client.end();
}

#[test]
fn inverted_and_outlying_ranges_are_refused_and_the_text_is_kept() {
    let mut client = Client::new();
    let text = "model M {\n    input x: [3]\n    output y = x -> Linaer(4)\n}\n";
    client.open(URI, text);
    let before = client.published(URI, 1);
    let wrong = [
        edit((2, 26), (2, 20), ""),
        edit((3, 0), (1, 0), "x"),
        edit((6, 0), (6, 0), "x"),
        edit((2, 0), (900, 0), ""),
        edit((u32::MAX, u32::MAX), (u32::MAX, u32::MAX), "x"),
    ];
    for (change, version) in wrong.into_iter().zip(2..) {
        // What comes with a refused change is refused with it.
        client.change(URI, version, json!([edit((0, 0), (0, 5), "block"), change]));
        assert!(
            client.hear("window/logMessage")["message"].as_str().unwrap().contains("no change can be made")
        );
    }
    client.change(URI, 9, json!([edit((0, 0), (0, 0), "")]));
    assert_eq!(client.published(URI, 9), before);
    client.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": "file:///no", "version": 1 }, "contentChanges": [] }),
    );
    assert!(client.hear("window/logMessage")["message"].as_str().unwrap().contains("not open"));
    client.end();
}

#[test]
fn a_burst_of_changes_is_judged_once() {
    let mut client = Client::new();
    client.open(URI, "model M {\n    input x: [3]\n    output y = x\n}\n");
    client.published(URI, 1);
    let burst: Vec<u8> = (2..102)
        .flat_map(|version| {
            let params = json!({
                "textDocument": { "uri": URI, "version": version },
                "contentChanges": [edit((2, 16), (2, 16), " ")]
            });
            crate::client::framed(
                &json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": params }),
            )
        })
        .collect();
    client.send_raw(&burst);
    client.published(URI, 101);
    assert!(client.published_so_far <= 4, "published {} times", client.published_so_far);
    client.end();
}

#[test]
fn what_is_open_stands_above_the_disk_and_reaches_those_that_import_it() {
    let project = Project::new(&[
        ("blocks.weft", "block Twice(n) = Linear(n) -> Linear(n) -> ReLU\n"),
        (
            "net.weft",
            "use \"blocks.weft\": Twice\nmodel M {\n    input x: [3]\n    output y = x -> Twice(4)\n}\n",
        ),
    ]);
    let (net, blocks) = (project.uri("net.weft"), project.uri("blocks.weft"));
    let mut client = Client::new();
    client.open(&net, &project.text("net.weft"));
    assert_eq!(codes(&client.published(&net, 1)), ["linear-chain"]);
    // Not saved, and seen all the same.
    client.open(&blocks, "block Thrice(n) = Linear(n)\n");
    let found = client.published(&net, 1);
    assert_eq!(codes(&found), ["import"]);
    assert_eq!(place(&found[0]), [0, 19, 0, 24]);
    client.change(&blocks, 2, json!([{ "text": "block Twice(n) = Linear(n) -> ReLU\n" }]));
    assert_eq!(client.published(&net, 1), Vec::<Value>::new());
    // What is closed unsaved is what it is on the disk.
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": blocks } }));
    assert_eq!(codes(&client.published(&net, 1)), ["linear-chain"]);
    client.end();
    assert_eq!(project.text("blocks.weft"), "block Twice(n) = Linear(n) -> Linear(n) -> ReLU\n");
}

#[test]
fn what_is_wrong_in_an_imported_file_is_told_at_its_import() {
    let project = Project::new(&[
        ("blocks.weft", "block Twice(n) = Linaer(n)\n"),
        (
            "net.weft",
            "use std.vision: Bottleneck\nuse \"blocks.weft\": Twice\nmodel M {\n    input x: [3]\n    output y = x -> Twice(4)\n}\n",
        ),
    ]);
    let mut client = Client::with(json!({ "capabilities": {
        "textDocument": { "publishDiagnostics": { "relatedInformation": true } }
    } }));
    let net = project.uri("net.weft");
    client.open(&net, &project.text("net.weft"));
    let found = client.published(&net, 1);
    let wrong = found.iter().find(|one| one["code"] == "unknown-layer").unwrap();
    assert_eq!(place(wrong), [1, 4, 1, 17]);
    let related = &wrong["relatedInformation"][0];
    assert_eq!(related["location"]["uri"], project.uri("blocks.weft"));
    assert_eq!(related["location"]["range"]["start"], json!({ "line": 0, "character": 17 }));
    client.end();
}

#[test]
fn a_file_that_appears_is_seen_where_it_was_missed() {
    let project = Project::new(&[(
        "net.weft",
        "use \"b.weft\": B\nmodel M {\n    input x: [3]\n    output y = x -> B\n}\n",
    )]);
    let net = project.uri("net.weft");
    let mut client = Client::new();
    client.open(&net, &project.text("net.weft"));
    assert_eq!(codes(&client.published(&net, 1)), ["import"]);
    project.write("b.weft", "block B = ReLU\n");
    let changes = json!({ "changes": [{ "uri": project.uri("b.weft"), "type": 1 }] });
    client.tell("workspace/didChangeWatchedFiles", changes);
    assert_eq!(client.published(&net, 1), Vec::<Value>::new());
    client.end();
}

#[test]
fn the_projects_configuration_holds_as_for_check() {
    let text = "model M {\n    input x: [3]\n    input spare: [3]\n    output y = x -> Linear(4)\n}\n";
    let project =
        Project::new(&[("nets/net.weft", text), ("weft.toml", "[lint.rules]\nunused-input = \"error\"\n")]);
    let net = project.uri("nets/net.weft");
    let mut client = Client::with(json!({ "capabilities": {
        "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } }
    } }));
    let watched = client.hear("client/registerCapability");
    assert_eq!(watched["registrations"][0]["method"], "workspace/didChangeWatchedFiles");
    client.open(&net, text);
    let found = client.published(&net, 1);
    assert_eq!((codes(&found), &found[0]["severity"]), (vec!["unused-input"], &json!(1)));
    let changed = json!({ "changes": [{ "uri": project.uri("weft.toml"), "type": 2 }] });
    project.write("weft.toml", "[lint]\nignore = [\"unused-input\"]\n");
    client.tell("workspace/didChangeWatchedFiles", changed.clone());
    assert_eq!(client.published(&net, 1), Vec::<Value>::new());
    // One that cannot be used is told once, and the rules hold as they are.
    project.write("weft.toml", "[lint]\nignor = []\n");
    client.tell("workspace/didChangeWatchedFiles", changed);
    let told = client.hear("window/showMessage")["message"].as_str().unwrap().to_owned();
    assert!(told.contains("weft.toml:2:1") && told.contains("did you mean `ignore`?"), "{told}");
    let found = client.published(&net, 1);
    assert_eq!((codes(&found), &found[0]["severity"]), (vec!["unused-input"], &json!(2)));
    client.end();
}

#[test]
fn a_finding_tells_all_that_check_tells() {
    let text = "model M {\n    input x: [3, 32, 32]\n    h = x -> Conv2d(8, kernel=3)\n    output y = h + x\n}\n\n\
                model N {\n    input x: [8]\n    input spare: [3]\n    output y = x -> Linear(4)\n}\n";
    let mut client = Client::with(json!({ "capabilities": { "textDocument": { "publishDiagnostics": {
        "relatedInformation": true, "codeDescriptionSupport": true, "tagSupport": { "valueSet": [1, 2] }
    } } } }));
    client.open(URI, text);
    let found = client.published(URI, 1);
    insta::assert_snapshot!("able", serde_json::to_string_pretty(&found).unwrap());
    client.end();
    // An editor that can do nothing of this is told in words.
    let mut client = Client::new();
    client.open(URI, text);
    insta::assert_snapshot!("plain", serde_json::to_string_pretty(&client.published(URI, 1)).unwrap());
    client.end();
}

#[test]
fn the_pages_of_the_server_can_be_read() {
    let mut client = Client::new();
    let mut page = |uri: &str| client.ask("workspace/textDocumentContent", json!({ "uri": uri }));
    let rule = page("weft:/rules/oversized-dense.md");
    assert!(rule["text"].as_str().unwrap().starts_with("# oversized-dense"), "{rule}");
    assert!(page("weft:/std/vision.weft")["text"].as_str().unwrap().contains("block Bottleneck"));
    for wrong in
        ["weft:/rules/nothing.md", "weft:/std/nothing.weft", "file:///etc/passwd", "weft:/../../etc/passwd"]
    {
        assert_eq!(page(wrong)["code"], -32803, "{wrong}");
    }
    client.end();
}

#[test]
fn settings_that_are_not_known_are_told_with_what_may_be_meant() {
    let wishes = json!({ "inlayHints": { "shape": false }, "codeLens": "yes", "path": "/usr/bin/weft", "language": "de" });
    let mut client = Client::with(json!({ "capabilities": {}, "initializationOptions": wishes }));
    let told: Vec<_> =
        (0..3).map(|_| client.hear("window/showMessage")["message"].as_str().unwrap().to_owned()).collect();
    insta::assert_snapshot!(told.join("\n"));
    client.end();
}

#[test]
fn nothing_is_written() {
    let project = Project::new(&[("net.weft", "model M {\n    input x: [3]\n    output y = x\n}\n")]);
    let net = project.uri("net.weft");
    let mut client = Client::new();
    client.open(&net, "model M {\n");
    client.published(&net, 1);
    client.end();
    let names: Vec<_> =
        fs::read_dir(project.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [Path::new("net.weft").as_os_str()]);
}
