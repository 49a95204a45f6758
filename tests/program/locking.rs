//! `weft lock` and `weft check --locked`: no change of a figure goes unseen.

use crate::common::Folder;

/// The exit status and what is printed.
fn weft(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String) {
    folder.weft(arguments).whole()
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
    let folder = Folder::new();
    folder.put("weft.toml", "");
    folder.put("nets/net.weft", net(16));
    folder.put("nets/text.weft", TEXT);
    let (status, said) = weft(&folder, &["lock"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.starts_with("2 models recorded"), "{said}");
    let lock = folder.read("weft.lock");
    insta::assert_snapshot!("the_lock", lock);
    assert_eq!(weft(&folder, &["check", "--locked"]).0, Some(0));
    folder.put("nets/net.weft", net(32));
    assert_eq!(weft(&folder, &["check"]).0, Some(0));
    let (status, said) = weft(&folder, &["check", "--locked"]);
    assert_eq!(status, Some(1));
    insta::assert_snapshot!("a_widened_layer", said);
    weft(&folder, &["lock", "nets/net.weft"]);
    assert_eq!(weft(&folder, &["check", "--locked"]).0, Some(0));
}

#[test]
fn models_that_came_and_went_are_told() {
    let folder = Folder::new();
    folder.put("nets/net.weft", net(16));
    weft(&folder, &["lock"]);
    folder.put("nets/net.weft", net(16).replace("model Net", "model Other"));
    let (status, said) = weft(&folder, &["check", "--locked", "--format", "compact"]);
    assert_eq!(status, Some(1));
    assert!(
        said.contains("`Other` is not in `weft.lock`")
            && said.contains("`Net` is in `weft.lock`, but no longer here"),
        "{said}"
    );
}

#[test]
fn a_model_that_cannot_be_built_leaves_the_lock_as_it_is() {
    let folder = Folder::new();
    folder.put("nets/net.weft", net(16));
    weft(&folder, &["lock"]);
    let before = folder.read("weft.lock");
    folder.put("nets/text.weft", "model Broken { input x: [3] output x -> Lienar(3) }\n");
    let (status, said) = weft(&folder, &["lock"]);
    assert!(status == Some(1) && said.contains("stays as it is"), "{said}");
    assert_eq!(folder.read("weft.lock"), before);
    folder.put("weft.lock", "version = 7\n");
    let (status, said) = weft(&folder, &["check", "--locked"]);
    assert!(status == Some(2) && said.contains("version 7"), "{said}");
}
