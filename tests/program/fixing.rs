//! `weft check --fix`: what is written, what is only shown, and what a file keeps.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use crate::common::{Folder, Run, weft};

fn check(folder: &Folder, arguments: &[&str]) -> Run {
    folder.weft(&[&["check"], arguments].concat())
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("read")
}

const MISTYPED: &str = "\u{feff}use std.visoin: Bottlenek\r\nblock Part(width) {\r\n    input x: [C, H, W]\r\n    output x -> Conv2d(widht, kernal=3, \
                        padding_mode=\"zeroes\")\r\n}\r\nmodel Main {\r\n    input x: [3, 8, 8]\r\n    y = x -> Part(wdth=8) -> Bottleneck(4)\r\n    output y \
                        -> Sigmod\r\n    assert y.shpe == [16, 6, 6]\r\n}\r\nmodel N = Mainn\r\n";

#[test]
fn every_suggested_name_is_an_unsafe_fix_and_all_of_them_compose() {
    let folder = Folder::new();
    let path = folder.put("a.weft", MISTYPED);
    let run = check(&folder, &["a.weft", "--fix"]);
    assert_eq!((run.status, text(&path).as_str()), (Some(1), MISTYPED));
    let run = check(&folder, &["a.weft", "--unsafe-fixes"]);
    let said = run.err;
    assert_eq!(run.status, Some(0), "{said}{}\n{}", run.out, text(&path));
    let expected = MISTYPED
        .replace("visoin", "vision")
        .replace("Bottlenek", "Bottleneck")
        .replace("widht", "width")
        .replace("kernal", "kernel")
        .replace("zeroes", "zeros")
        .replace("wdth", "width")
        .replace("Sigmod", "Sigmoid")
        .replace("shpe", "shape")
        .replace("Mainn", "Main");
    assert_eq!(text(&path), expected);
    assert!(said.contains("9 fixes changed 1 file"), "{said}");
}

#[test]
fn a_diff_is_shown_and_nothing_is_written() {
    let folder = Folder::new();
    let path = folder.put("a.weft", MISTYPED);
    let run = check(&folder, &["a.weft", "--diff", "--unsafe-fixes"]);
    assert_eq!((run.status, text(&path).as_str()), (Some(1), MISTYPED));
    let shown = run.out;
    assert!(
        shown.contains("\n-    output y -> Sigmod") && shown.contains("\n+    output y -> Sigmoid"),
        "{shown}"
    );
    let clean = folder.put("b.weft", "model M {\n    input x: [3]\n    output y = x -> ReLU\n}\n");
    let run = check(&folder, &[clean.to_str().expect("UTF-8"), "--diff"]);
    assert_eq!((run.status, run.out.len()), (Some(0), 0));
}

#[test]
fn safe_fixes_leave_a_clean_file() {
    let folder = Folder::new();
    let before = "# weft: allow(unused-layer): gone\nconst unused = 3\n\nmodel M {\n    input x: [3]\n    output y = x -> ReLU\n}\n";
    let path = folder.put("a.weft", before);
    let run = check(&folder, &["a.weft", "--fix", "--fail-on", "note"]);
    assert_eq!(run.status, Some(0), "{}", run.out);
    assert!(
        text(&path).ends_with("model M {\n    input x: [3]\n    output y = x -> ReLU\n}\n"),
        "{}",
        text(&path)
    );
}

#[test]
fn standard_input_is_mended_to_standard_output() {
    let mut child = weft()
        .args(["check", "-", "--unsafe-fixes"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    let model = "model M { input x: [3] output y = x -> Lienar(2) }\n";
    child.stdin.take().expect("a pipe").write_all(model.as_bytes()).expect("written");
    let run = Run::of(child.wait_with_output().expect("ends"));
    assert_eq!(run.out, model.replace("Lienar", "Linear"));
    assert_eq!(run.status, Some(0));
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_a_link_its_target() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new();
    let path = folder.put("real.weft", "model M { input x: [3] output y = x -> Lienar(2) }\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    let link = folder.at("link.weft");
    symlink("real.weft", &link).expect("linked");
    check(&folder, &["link.weft", "--unsafe-fixes"]);
    assert!(text(&path).contains("Linear"));
    assert!(fs::symlink_metadata(&link).expect("there").file_type().is_symlink());
    assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o640);
    let others: Vec<_> =
        fs::read_dir(folder.path()).expect("listed").map(|entry| entry.expect("one").file_name()).collect();
    assert_eq!(others.len(), 2, "{others:?}");
}
