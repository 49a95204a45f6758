//! The cache of `weft check`: it changes no word of what is said, and nothing that matters may change without it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

struct Folder(PathBuf);

impl Folder {
    /// Two files with a finding each, one of them in a block that it imports.
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("weft-caching-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("nets")).expect("made");
        let folder = Folder(path);
        folder.put("weft.toml", "");
        folder.put(
            "nets/a.weft",
            "model A {\n    input x: [3]\n    input spare: [4]\n    output y = x -> ReLU\n}\n",
        );
        folder.put("nets/b.weft", "use \"part.weft\": Part\nuse std.vision: SqueezeExcite\n\nmodel B {\n    input x: [8, 4, 4]\n    output y = x -> Part -> SqueezeExcite(2)\n}\n");
        folder.put("nets/part.weft", "block Part = ReLU -> ReLU\n");
        folder
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("written");
    }

    fn cache(&self) -> PathBuf {
        self.0.join(".weft_cache/checked.json")
    }

    fn check(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_weft"));
        command.args(["check", "--fail-on", "note"]).args(arguments).current_dir(&self.0);
        let run = command.output().expect("runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (run.status.code(), text(run.stdout) + &text(run.stderr))
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

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const COMPACT: &[&str] = &["--format", "compact", "."];

#[test]
fn what_was_found_is_said_again_in_every_format() {
    let folder = Folder::new("formats");
    for format in ["pretty", "compact", "json", "sarif", "github", "gitlab", "junit"] {
        let said = folder.said(&["--format", format, "."]);
        assert!(said.contains("unused-input") && said.contains("double-activation"), "{said}");
    }
}

#[test]
fn an_unchanged_file_is_not_checked_again() {
    let folder = Folder::new("unchanged");
    folder.check(COMPACT);
    let kept = fs::read_to_string(folder.cache()).expect("a cache");
    fs::write(folder.cache(), kept.replace("`spare`", "`from the cache`")).expect("written");
    let (_, said) = folder.check(COMPACT);
    assert!(said.contains("from the cache"), "{said}");
}

#[test]
fn whatever_decides_what_is_found_is_noticed() {
    let folder = Folder::new("noticed");
    let said = folder.said(COMPACT);
    assert!(said.contains("unused-input") && said.contains("double-activation"), "{said}");
    folder.put("nets/part.weft", "block Part = ReLU\n");
    let said = folder.said(COMPACT);
    assert!(said.contains("unused-input") && !said.contains("double-activation"), "{said}");
    folder.put("weft.toml", "[lint]\nignore = [\"unused-input\"]\n");
    assert!(!folder.said(COMPACT).contains("unused-input"));
    folder.put("nets/weft.toml", "");
    assert!(folder.said(COMPACT).contains("unused-input"));
    fs::remove_file(folder.0.join("nets/part.weft")).expect("removed");
    let said = folder.said(COMPACT);
    assert!(said.contains("error[import]"), "{said}");
    folder.put("nets/part.weft", "block Part = ReLU\n");
    assert!(!folder.said(COMPACT).contains("error[import]"));
}

#[test]
fn recorded_figures_and_baselines_hold_with_a_cache() {
    let folder = Folder::new("recorded");
    folder.check(COMPACT);
    let run = Command::new(env!("CARGO_BIN_EXE_weft")).arg("lock").current_dir(&folder.0).output();
    assert!(run.expect("runs").status.success());
    let locked = ["--locked", "--format", "compact", "."];
    assert!(!folder.said(&locked).contains("figures-changed"));
    let lock = fs::read_to_string(folder.0.join("weft.lock")).expect("a lock");
    folder.put("weft.lock", &lock.replacen("[8, 4, 4]", "[9, 4, 4]", 1));
    assert_ne!(lock, fs::read_to_string(folder.0.join("weft.lock")).expect("a lock"));
    assert!(folder.said(&locked).contains("figures-changed"));
    folder.check(&[".", "--write-baseline", "known.json"]);
    let said = folder.said(&[".", "--format", "compact", "--baseline", "known.json"]);
    assert!(said.contains("known by the baseline") && !said.contains("unused-input"), "{said}");
}

#[test]
fn a_broken_cache_is_an_empty_one() {
    let folder = Folder::new("broken");
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
    let folder = Folder::new("kept");
    folder.check(&["--no-cache", "."]);
    folder.check(&["nets/a.weft"]);
    folder.check(&["--model", "A", "."]);
    assert!(!folder.cache().exists());
    folder.check(&["."]);
    assert!(folder.cache().is_file());
    assert_eq!(fs::read_to_string(folder.0.join(".weft_cache/.gitignore")).expect("there"), "*\n");
    let (status, said) = folder.check(&["--cache-dir", "weft.toml", "."]);
    assert!(status == Some(2) && said.contains("cannot write the cache in `weft.toml`"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_link_in_its_place_is_replaced_not_followed() {
    let folder = Folder::new("link");
    folder.put("precious", "precious");
    fs::create_dir(folder.0.join(".weft_cache")).expect("made");
    std::os::unix::fs::symlink(folder.0.join("precious"), folder.cache()).expect("linked");
    folder.check(COMPACT);
    assert_eq!(fs::read_to_string(folder.0.join("precious")).expect("there"), "precious");
    assert!(fs::read_to_string(folder.cache()).expect("there").contains("unused-input"));
}
