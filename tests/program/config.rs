//! `weft.toml` through the program: where it is found, what it decides, what is wrong with it; and its schema.

use std::path::Path;

use crate::common::{Folder, read, root};

/// The exit status and both streams of a compact check.
fn check(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String) {
    folder.weft(&[&["check", "--format", "compact"], arguments].concat()).whole()
}

const MODEL: &str =
    "model M {\n    input a: [3, 8, 8]\n    input b: [3]\n    output y = a -> Conv2d(4, kernel=3)\n}\n";

#[test]
fn the_nearest_configuration_upwards_of_each_file_holds() {
    let folder = Folder::holding(&[
        ("weft.toml", "[lint.rules]\nunused-input = \"error\"\n"),
        ("a.weft", MODEL),
        ("deep/down/b.weft", MODEL),
        ("other/weft.toml", "[lint]\nignore = [\"unused-input\"]\n[budget.M]\nparams = \"0.1k\"\n"),
        ("other/c.weft", MODEL),
    ]);
    let (status, said) = check(&folder, &["."]);
    assert_eq!(status, Some(1));
    insta::assert_snapshot!(said);
    let (status, said) = check(&folder, &["a.weft", "--config", "other/weft.toml"]);
    assert!(
        status == Some(1) && said.contains("budget-exceeded") && !said.contains("unused-input"),
        "{said}"
    );
}

#[test]
fn a_wrong_configuration_is_told_with_its_place_and_exits_with_2() {
    let folder = Folder::holding(&[("weft.toml", "[lint]\nselct = []\n"), ("a.weft", MODEL)]);
    let (status, said) = check(&folder, &["a.weft"]);
    assert_eq!(status, Some(2));
    assert!(said.contains("weft.toml:2:1: `[lint]` has no key `selct`; did you mean `select`?"), "{said}");
    let (status, said) = check(&folder, &["a.weft", "--config", "none.toml"]);
    assert!(status == Some(2) && said.contains("cannot read `none.toml`"), "{said}");
}

#[test]
fn the_schema_in_docs_is_the_programs_own() {
    let path = root().join("docs/weft.toml.schema.json");
    let schema = weft::config::schema();
    if std::env::var_os("WEFT_WRITE_DOCS").is_some() {
        std::fs::write(&path, &schema).expect("written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == schema, "out of step: run `WEFT_WRITE_DOCS=1 cargo test config::`");
}

#[test]
fn what_the_guide_writes_is_a_configuration() {
    let guide = read("docs/linting.md");
    let text =
        guide.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a configuration");
    assert!(
        weft::config::Config::parse(text, Path::new("/project"))
            .is_ok_and(|config| config.baseline.is_some())
    );
}
