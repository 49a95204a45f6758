//! Workflow commands as GitHub's documentation describes them, read back:
//! `::name key=value,key=value::message`, a line each.

use std::collections::BTreeMap;

/// A command, decoded.
#[derive(Debug)]
pub struct Command {
    pub name: String,
    pub properties: BTreeMap<String, String>,
    pub message: String,
}

pub fn read(line: &str) -> Command {
    let rest = line.strip_prefix("::").unwrap_or_else(|| panic!("no command: {line}"));
    let (head, message) = rest.split_once("::").unwrap_or_else(|| panic!("no message: {line}"));
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties.split(',').map(|property| {
        let (key, value) = property.split_once('=').unwrap_or_else(|| panic!("no property: {property}"));
        (key.to_owned(), decoded(value, &[("%3A", ":"), ("%2C", ",")]))
    });
    Command { name: name.to_owned(), properties: properties.collect(), message: decoded(message, &[]) }
}

/// `%25` is read last, so that `%253A` is `%3A`.
fn decoded(text: &str, more: &[(&str, &str)]) -> String {
    let all = [("%0D", "\r"), ("%0A", "\n")];
    let pairs = more.iter().chain(&all);
    pairs.fold(text.to_owned(), |text, (code, meant)| text.replace(code, meant)).replace("%25", "%")
}
