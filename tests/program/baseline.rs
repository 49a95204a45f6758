//! `--write-baseline` and `--baseline`: what is known is put up with, what is new is told.

use crate::common::{Folder, Run};

/// The exit status and both streams of a check in a folder.
fn check(folder: &Folder, at: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let check = ["check", "--format", "compact", "--fail-on", "note"];
    Run::inside(&folder.at(at), &[&check, arguments].concat()).whole()
}

const MODEL: &str = "model M {\n    input x: [3]\n    input spare: [4]\n    output y = x -> ReLU\n}\n";

#[test]
fn what_is_known_is_put_up_with_from_any_folder_and_wherever_its_line_moves() {
    let folder = Folder::new();
    folder.put("weft.toml", "[lint]\nbaseline = \"known.json\"\n");
    folder.put("nets/a.weft", MODEL);
    let (status, said) = check(&folder, "", &["."]);
    assert!(status == Some(2) && said.contains("--write-baseline"), "{said}");
    let (status, said) = check(&folder, "", &[".", "--write-baseline", "known.json"]);
    assert!(status == Some(0) && said.contains("1 finding recorded"), "{said}");
    let (status, said) = check(&folder, "", &["."]);
    assert!(status == Some(0) && said.contains("1 known by the baseline"), "{said}");
    folder.put("nets/a.weft", MODEL.replace("model M {", "## Moved.\n\nmodel M {"));
    assert_eq!(check(&folder, "nets", &["a.weft"]).0, Some(0));
    assert_eq!(check(&folder, "", &["nets/a.weft", "--baseline", "known.json"]).0, Some(0));
}

#[test]
fn what_is_new_is_told_and_an_error_cannot_be_recorded() {
    let folder = Folder::new();
    folder.put("nets/a.weft", MODEL);
    check(&folder, "", &[".", "--write-baseline", "known.json"]);
    folder.put(
        "nets/a.weft",
        MODEL.replace("    input spare: [4]\n", "    input spare: [4]\n    input more: [4]\n"),
    );
    let (status, said) = check(&folder, "", &[".", "--baseline", "known.json"]);
    assert!(status == Some(1) && said.contains("`more`") && !said.contains("`spare`"), "{said}");
    folder.put("nets/b.weft", "model B { input x: [3] output y = x -> Lienar(2) }\n");
    assert_eq!(check(&folder, "", &[".", "--write-baseline", "known.json"]).0, Some(1));
    let (status, said) = check(&folder, "", &[".", "--baseline", "known.json"]);
    assert!(status == Some(1) && said.contains("unknown-layer"), "{said}");
    folder.put("known.json", "{\"version\": 2, \"findings\": {}}");
    assert_eq!(check(&folder, "", &[".", "--baseline", "known.json"]).0, Some(2));
}
