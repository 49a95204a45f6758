//! The cache of `weft check`: it changes no word of what is said, and nothing that matters may change without it.

use std::fs;
use std::path::PathBuf;

use crate::common::Folder;

/// A folder that is checked again and again.
struct Checked(Folder);

impl Checked {
    /// Two files with a finding each, one of them in a block that it imports.
    fn new() -> Checked {
        let folder = Folder::new();
        folder.put("weft.toml", "");
        folder.put(
            "nets/a.weft",
            "model A {\n    input x: [3]\n    input spare: [4]\n    output y = x -> ReLU\n}\n",
        );
        folder.put("nets/b.weft", "use \"part.weft\": Part\nuse std.vision: SqueezeExcite\n\nmodel B {\n    input x: [8, 4, 4]\n    output y = x -> Part -> SqueezeExcite(2)\n}\n");
        folder.put("nets/part.weft", "block Part = ReLU -> ReLU\n");
        Checked(folder)
    }

    fn put(&self, name: &str, text: &str) {
        self.0.put(name, text);
    }

    fn cache(&self) -> PathBuf {
        self.0.at(".weft_cache/checked.json")
    }

    fn check(&self, arguments: &[&str]) -> (Option<i32>, String) {
        self.0.weft(&[&["check", "--fail-on", "note"], arguments].concat()).whole()
    }

    /// What a run says with the cache, which must be what it says without.
    fn said(&self, arguments: &[&str]) -> String {
        let anew = self.check(&[arguments, &["--no-cache"]].concat());
        let cached = self.check(arguments);
        assert_eq!(cached, anew);
        assert_eq!(self.check(arguments), anew, "the second time");
        anew.1
    }
}

const COMPACT: &[&str] = &["--format", "compact", "."];

#[test]
fn what_was_found_is_said_again_in_every_format() {
    let folder = Checked::new();
    for format in ["pretty", "compact", "json", "sarif", "github", "gitlab", "junit"] {
        let said = folder.said(&["--format", format, "."]);
        assert!(said.contains("unused-input") && said.contains("double-activation"), "{said}");
    }
}

#[test]
fn an_unchanged_file_is_not_checked_again() {
    let folder = Checked::new();
    folder.check(COMPACT);
    let kept = fs::read_to_string(folder.cache()).expect("a cache");
    fs::write(folder.cache(), kept.replace("`spare`", "`from the cache`")).expect("written");
    let (_, said) = folder.check(COMPACT);
    assert!(said.contains("from the cache"), "{said}");
}

#[test]
fn whatever_decides_what_is_found_is_noticed() {
    let folder = Checked::new();
    let said = folder.said(COMPACT);
    assert!(said.contains("unused-input") && said.contains("double-activation"), "{said}");
    folder.put("nets/part.weft", "block Part = ReLU\n");
    let said = folder.said(COMPACT);
    assert!(said.contains("unused-input") && !said.contains("double-activation"), "{said}");
    folder.put("weft.toml", "[lint]\nignore = [\"unused-input\"]\n");
    assert!(!folder.said(COMPACT).contains("unused-input"));
    folder.put("nets/weft.toml", "");
    assert!(folder.said(COMPACT).contains("unused-input"));
    fs::remove_file(folder.0.at("nets/part.weft")).expect("removed");
    let said = folder.said(COMPACT);
    assert!(said.contains("error[import]"), "{said}");
    folder.put("nets/part.weft", "block Part = ReLU\n");
    assert!(!folder.said(COMPACT).contains("error[import]"));
}

#[test]
fn recorded_figures_and_baselines_hold_with_a_cache() {
    let folder = Checked::new();
    folder.check(COMPACT);
    assert_eq!(folder.0.weft(&["lock"]).status, Some(0));
    let locked = ["--locked", "--format", "compact", "."];
    assert!(!folder.said(&locked).contains("figures-changed"));
    let lock = folder.0.read("weft.lock");
    folder.put("weft.lock", &lock.replacen("[8, 4, 4]", "[9, 4, 4]", 1));
    assert_ne!(lock, folder.0.read("weft.lock"));
    assert!(folder.said(&locked).contains("figures-changed"));
    folder.check(&[".", "--write-baseline", "known.json"]);
    let said = folder.said(&[".", "--format", "compact", "--baseline", "known.json"]);
    assert!(said.contains("known by the baseline") && !said.contains("unused-input"), "{said}");
}

#[test]
fn a_broken_cache_is_an_empty_one() {
    let folder = Checked::new();
    let said = folder.said(COMPACT);
    for broken in ["", "{", "[]", "{\"zz\": 1}", "\u{0}"] {
        fs::write(folder.cache(), broken).expect("written");
        assert_eq!(folder.said(COMPACT), said);
    }
    fs::remove_file(folder.cache()).expect("removed");
    fs::create_dir(folder.cache()).expect("made");
    assert_eq!(folder.said(COMPACT), said);
}

#[test]
fn it_is_kept_only_where_it_saves_something_and_never_by_git() {
    let folder = Checked::new();
    folder.check(&["--no-cache", "."]);
    folder.check(&["nets/a.weft"]);
    folder.check(&["--model", "A", "."]);
    assert!(!folder.cache().exists());
    folder.check(&["."]);
    assert!(folder.cache().is_file());
    assert_eq!(folder.0.read(".weft_cache/.gitignore"), "*\n");
    let (status, said) = folder.check(&["--cache-dir", "weft.toml", "."]);
    assert!(status == Some(2) && said.contains("cannot write the cache in `weft.toml`"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_link_in_its_place_is_replaced_not_followed() {
    let folder = Checked::new();
    folder.put("precious", "precious");
    fs::create_dir(folder.0.at(".weft_cache")).expect("made");
    std::os::unix::fs::symlink(folder.0.at("precious"), folder.cache()).expect("linked");
    folder.check(COMPACT);
    assert_eq!(folder.0.read("precious"), "precious");
    assert!(fs::read_to_string(folder.cache()).expect("there").contains("unused-input"));
}
