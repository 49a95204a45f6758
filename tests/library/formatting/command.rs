//! `weft fmt`: what is written, what is only shown, what is left alone.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const UNTIDY: &str = "const a=1\n";
const TIDY: &str = "const a = 1\n";
const BROKEN: &str = "const  b =\n";

/// A folder that is deleted at the end.
struct Folder(PathBuf);

impl Folder {
    /// With a file of each kind.
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("weft-fmt-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("inner")).expect("made");
        let folder = Folder(path);
        for (name, text) in [("inner/untidy.weft", UNTIDY), ("tidy.weft", TIDY), ("broken.weft", BROKEN)] {
            fs::write(folder.0.join(name), text).expect("written");
        }
        folder
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect("read")
    }

    fn fmt(&self, arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_weft"));
        command.arg("fmt").args(arguments).current_dir(&self.0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("starts");
        child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("written");
        let Output { status, stdout, stderr } = child.wait_with_output().expect("runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (status.code(), text(stdout), text(stderr))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn files_are_written_and_what_cannot_be_read_is_left_alone_with_the_reason() {
    let folder = Folder::new("write");
    let (code, out, said) = folder.fmt(&[], "");
    assert_eq!((code, &*out), (Some(1), ""), "{said}");
    assert_eq!((&*folder.text("inner/untidy.weft"), &*folder.text("broken.weft")), (TIDY, BROKEN));
    assert!(said.contains("expected a value after `=`") && said.contains("broken.weft:1:"), "{said}");
    assert!(said.contains("`broken.weft` is left as it is"), "{said}");
    assert!(
        said.ends_with("1 file formatted, 1 file as it should be, 1 file left because of errors\n"),
        "{said}"
    );
    let (code, _, said) = folder.fmt(&["tidy.weft", "inner"], "");
    assert_eq!((code, &*said), (Some(0), "2 files as they should be\n"));
}

#[test]
fn check_names_the_files_and_diff_shows_them_and_neither_writes() {
    let folder = Folder::new("check");
    let (code, out, said) = folder.fmt(&["--check", "inner", "tidy.weft"], "");
    let name = PathBuf::from("inner").join("untidy.weft").display().to_string();
    assert_eq!((code, out.trim_end()), (Some(1), &*name));
    assert_eq!(said, "1 file not formatted, 1 file as it should be\n");
    let (code, out, _) = folder.fmt(&["--diff", "inner", "tidy.weft"], "");
    assert_eq!(code, Some(1));
    assert_eq!(out, format!("--- {name}\n+++ {name}\n@@ -1 +1 @@\n-const a=1\n+const a = 1\n"));
    assert_eq!(folder.text("inner/untidy.weft"), UNTIDY);
    assert_eq!(folder.fmt(&["--check", "tidy.weft"], "").0, Some(0));
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = Folder::new("input");
    assert_eq!(folder.fmt(&["-"], UNTIDY), (Some(0), TIDY.to_owned(), String::new()));
    assert_eq!(folder.fmt(&["-"], TIDY), (Some(0), TIDY.to_owned(), String::new()));
    assert_eq!(folder.fmt(&["-", "--check", "--stdin-filename", "a.weft"], UNTIDY).1, "a.weft\n");
    let (code, out, said) = folder.fmt(&["-", "--stdin-filename", "a.weft"], BROKEN);
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(said.contains("a.weft:1:"), "{said}");
}

#[test]
fn a_file_that_is_not_there_fails() {
    let folder = Folder::new("absent");
    let (code, _, said) = folder.fmt(&["absent.weft", "tidy.weft"], "");
    assert_eq!(code, Some(2));
    assert!(said.contains("cannot read `absent.weft`"), "{said}");
}
