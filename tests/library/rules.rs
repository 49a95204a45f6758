//! The written documentation of rules and errors is in step with them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use weft::lint::names;
use weft::pages::markdown::rules;

use crate::common::root;

fn folder() -> PathBuf {
    root().join("docs/rules")
}

#[track_caller]
fn in_step(file: &str, expected: &str) {
    let written = std::fs::read_to_string(folder().join(file)).unwrap_or_default();
    assert!(written == expected, "docs/rules/{file} is out of step; write it with `scripts/rule-pages`");
}

#[test]
fn every_rule_and_error_has_its_page() {
    in_step("README.md", &rules::index());
    for name in names() {
        in_step(&format!("{name}.md"), &rules::page(name).expect("a page"));
    }
}

#[test]
fn no_page_is_left_of_what_is_gone() {
    let known: BTreeSet<String> = names().map(|name| format!("{name}.md")).collect();
    for file in std::fs::read_dir(folder()).expect("the pages") {
        let name = file.expect("a file").file_name().into_string().expect("UTF-8");
        assert!(known.contains(&name) || matches!(&*name, "README.md" | "thresholds.md"), "{name}");
    }
}
