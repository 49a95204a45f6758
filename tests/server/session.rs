//! How a session begins and ends.

use serde_json::{Value, json};
use weft::server::End;

use crate::client::Client;

#[test]
fn what_the_server_can_do_is_said_at_the_beginning() {
    let mut client = Client::silent();
    let answer = client.ask("initialize", json!({ "capabilities": {} }));
    let mut shown = serde_json::to_string_pretty(&answer["capabilities"]).unwrap();
    shown.push('\n');
    insta::assert_snapshot!(shown);
    assert_eq!(answer["serverInfo"]["name"], "weft");
    assert_eq!(client.end(), End::Asked);
}

#[test]
fn nothing_is_answered_before_initialize_and_nothing_after_shutdown() {
    let mut client = Client::silent();
    assert_eq!(client.ask_of("textDocument/hover", "file:///a.weft")["code"], -32002);
    client.ask("initialize", json!({ "capabilities": {} }));
    assert_eq!(client.ask("initialize", json!({ "capabilities": {} }))["code"], -32600);
    assert_eq!(client.ask("shutdown", Value::Null), Value::Null);
    assert_eq!(client.ask_of("textDocument/hover", "file:///a.weft")["code"], -32600);
    client.tell("exit", Value::Null);
    assert_eq!(client.leave(), End::Asked);
}

#[test]
fn an_editor_that_leaves_without_a_word_ends_the_server() {
    let mut client = Client::new();
    assert_eq!(client.leave(), End::Left);
    let mut client = Client::new();
    client.tell("exit", Value::Null);
    assert_eq!(client.leave(), End::Left);
}

#[test]
fn what_is_no_message_is_passed_over_and_told() {
    let mut client = Client::new();
    client.send_raw(b"Content-Length: 9\r\n\r\n{\"a\": tru");
    assert!(client.hear("window/logMessage")["message"].as_str().unwrap().contains("malformed"));
    assert_eq!(client.ask("weft/unknown", Value::Null)["code"], -32601);
    assert_eq!(client.ask("textDocument/hover", json!({ "textDocument": 3 }))["code"], -32602);
    client.tell("textDocument/didOpen", json!({ "textDocument": "a" }));
    assert!(client.hear("window/logMessage")["message"].as_str().unwrap().contains("didOpen"));
    assert_eq!(client.end(), End::Asked);
}
