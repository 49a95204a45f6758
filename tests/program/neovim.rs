//! The language server end to end with a real editor: Neovim, without a window. Skipped where there is none.

use std::process::Command;

use crate::common::Folder;

const NET: &str = "\
model Net {
    input 图: [3,32,32] # 图像 🦀
    output y = 图->c1: Conv2d(8, kernel=3)->ReLU->GlobalAvgPool->Linaer(10)
}
";

#[test]
fn neovim_shows_completes_renames_and_formats() {
    if Command::new("nvim").arg("--version").output().is_err() {
        eprintln!("skipped: there is no `nvim` here");
        return;
    }
    let folder = Folder::new();
    let net = folder.put("net.weft", NET);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program/neovim.lua");
    let run = Command::new("nvim")
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", script])
        .current_dir(folder.path())
        .env("WEFT", env!("CARGO_BIN_EXE_weft"))
        .env("NET", &net)
        .env("XDG_STATE_HOME", folder.path())
        .env("XDG_CACHE_HOME", folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8(run.stdout).unwrap();
    let heard = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{told}\n{heard}");
    assert_eq!(folder.read("net.weft"), NET, "nothing was saved");
    insta::assert_snapshot!(told);
}
