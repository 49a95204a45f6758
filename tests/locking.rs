//! `weft lock` and `weft check --locked`: no change of a figure goes unseen.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("weft-locking-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("nets")).expect("made");
        Folder(path)
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("written");
    }

    /// The exit status and what is printed.
    fn weft(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let run = Command::new(env!("CARGO_BIN_EXE_weft"))
            .args(arguments)
            .current_dir(&self.0)
            .output()
            .expect("runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (run.status.code(), text(run.stdout) + &text(run.stderr))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn net(width: u32) -> String {
    format!(
        "model Net {{\n    input x: [3, 32, 32]\n    h = x -> stem: Conv2d({width}, kernel=3, pad=1) -> ReLU -> GlobalAvgPool\n    \
         output logits = h -> head: Linear(10)\n}}\n"
    )
}

const TEXT: &str = "model Text {\n    input tokens: int[T = 16]\n    output y = tokens -> Embedding(100, 8) -> Linear(4)\n}\n";

#[test]
fn a_widened_layer_is_told_with_old_new_change_and_the_layers_behind_it() {
    let folder = Folder::new("widened");
    folder.put("weft.toml", "");
    folder.put("nets/net.weft", &net(16));
    folder.put("nets/text.weft", TEXT);
    let (status, said) = folder.weft(&["lock"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.starts_with("2 models recorded"), "{said}");
    let lock = fs::read_to_string(folder.0.join("weft.lock")).expect("a lock");
    insta::assert_snapshot!("the_lock", lock);
    assert_eq!(folder.weft(&["check", "--locked"]).0, Some(0));
    folder.put("nets/net.weft", &net(32));
    assert_eq!(folder.weft(&["check"]).0, Some(0));
    let (status, said) = folder.weft(&["check", "--locked"]);
    assert_eq!(status, Some(1));
    insta::assert_snapshot!("a_widened_layer", said);
    folder.weft(&["lock", "nets/net.weft"]);
    assert_eq!(folder.weft(&["check", "--locked"]).0, Some(0));
}

#[test]
fn models_that_came_and_went_are_told() {
    let folder = Folder::new("came");
    folder.put("nets/net.weft", &net(16));
    folder.weft(&["lock"]);
    folder.put("nets/net.weft", &net(16).replace("model Net", "model Other"));
    let (status, said) = folder.weft(&["check", "--locked", "--format", "compact"]);
    assert_eq!(status, Some(1));
    assert!(
        said.contains("`Other` is not in `weft.lock`")
            && said.contains("`Net` is in `weft.lock`, but no longer here"),
        "{said}"
    );
}

#[test]
fn a_model_that_cannot_be_built_leaves_the_lock_as_it_is() {
    let folder = Folder::new("broken");
    folder.put("nets/net.weft", &net(16));
    folder.weft(&["lock"]);
    let before = fs::read_to_string(folder.0.join("weft.lock")).expect("a lock");
    folder.put("nets/text.weft", "model Broken { input x: [3] output x -> Lienar(3) }\n");
    let (status, said) = folder.weft(&["lock"]);
    assert!(status == Some(1) && said.contains("stays as it is"), "{said}");
    assert_eq!(fs::read_to_string(folder.0.join("weft.lock")).expect("a lock"), before);
    folder.put("weft.lock", "version = 7\n");
    let (status, said) = folder.weft(&["check", "--locked"]);
    assert!(status == Some(2) && said.contains("version 7"), "{said}");
}
