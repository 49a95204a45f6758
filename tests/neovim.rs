//! The language server end to end with a real editor: Neovim, without a window. Skipped where there is none.

use std::fs;
use std::process::Command;

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
    let folder = std::env::temp_dir().join(format!("weft-neovim-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let net = folder.join("net.weft");
    fs::write(&net, NET).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/neovim.lua");
    let run = Command::new("nvim")
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", script])
        .current_dir(&folder)
        .env("WEFT", env!("CARGO_BIN_EXE_weft"))
        .env("NET", &net)
        .env("XDG_STATE_HOME", &folder)
        .env("XDG_CACHE_HOME", &folder)
        .output()
        .unwrap();
    let unchanged = fs::read_to_string(&net).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let told = String::from_utf8(run.stdout).unwrap();
    let heard = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{told}\n{heard}");
    assert_eq!(unchanged, NET, "nothing was saved");
    insta::assert_snapshot!(told);
}
