//! `--write-baseline` and `--baseline`: what is known is put up with, what is new is told.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("weft-baseline-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("nets")).expect("made");
        Folder(path)
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("written");
    }

    fn check(&self, folder: &str, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_weft"));
        command.args(["check", "--format", "compact", "--fail-on", "note"]).args(arguments);
        let run = command.current_dir(self.0.join(folder)).output().expect("runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (run.status.code(), text(run.stdout) + &text(run.stderr))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const MODEL: &str = "model M {\n    input x: [3]\n    input spare: [4]\n    output y = x -> ReLU\n}\n";

#[test]
fn what_is_known_is_put_up_with_from_any_folder_and_wherever_its_line_moves() {
    let folder = Folder::new("known");
    folder.put("weft.toml", "[lint]\nbaseline = \"known.json\"\n");
    folder.put("nets/a.weft", MODEL);
    let (status, said) = folder.check("", &["."]);
    assert!(status == Some(2) && said.contains("--write-baseline"), "{said}");
    let (status, said) = folder.check("", &[".", "--write-baseline", "known.json"]);
    assert!(status == Some(0) && said.contains("1 finding recorded"), "{said}");
    let (status, said) = folder.check("", &["."]);
    assert!(status == Some(0) && said.contains("1 known by the baseline"), "{said}");
    folder.put("nets/a.weft", &MODEL.replace("model M {", "## Moved.\n\nmodel M {"));
    assert_eq!(folder.check("nets", &["a.weft"]).0, Some(0));
    assert_eq!(folder.check("", &["nets/a.weft", "--baseline", "known.json"]).0, Some(0));
}

#[test]
fn what_is_new_is_told_and_an_error_cannot_be_recorded() {
    let folder = Folder::new("new");
    folder.put("nets/a.weft", MODEL);
    folder.check("", &[".", "--write-baseline", "known.json"]);
    folder.put(
        "nets/a.weft",
        &MODEL.replace("    input spare: [4]\n", "    input spare: [4]\n    input more: [4]\n"),
    );
    let (status, said) = folder.check("", &[".", "--baseline", "known.json"]);
    assert!(status == Some(1) && said.contains("`more`") && !said.contains("`spare`"), "{said}");
    folder.put("nets/b.weft", "model B { input x: [3] output y = x -> Lienar(2) }\n");
    assert_eq!(folder.check("", &[".", "--write-baseline", "known.json"]).0, Some(1));
    let (status, said) = folder.check("", &[".", "--baseline", "known.json"]);
    assert!(status == Some(1) && said.contains("unknown-layer"), "{said}");
    folder.put("known.json", "{\"version\": 2, \"findings\": {}}");
    assert_eq!(folder.check("", &[".", "--baseline", "known.json"]).0, Some(2));
}
