//! The commands that set a project or a machine up: `init`, `completions`, `man`; and `check --watch`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::common::{Folder, weft};

#[test]
fn a_new_project_checks_clean_at_every_level() {
    let folder = Folder::new();
    let made = folder.weft(&["init"]);
    assert_eq!(made.status, Some(0), "{made:?}");
    assert_eq!(made.err, "wrote weft.toml\nwrote model.weft\n`weft check` checks it\n");
    let checked = folder.weft(&["check", "--fail-on", "note"]);
    assert_eq!((checked.status, checked.out.as_str()), (Some(0), ""), "{checked:?}");
    let explained = folder.weft(&["explain", "model.weft", "stem"]);
    assert_eq!(explained.status, Some(0), "the model says that this can be asked: {explained:?}");
    let made = folder.weft(&["init", "nets/first"]);
    assert!(made.status == Some(0) && made.err.contains("wrote nets/first/model.weft"), "{made:?}");
}

#[test]
fn what_the_new_configuration_shows_in_comments_is_right_too() {
    let folder = Folder::new();
    folder.weft(&["init"]);
    let shown = |line: &str| line.starts_with("# [[") || (line.starts_with("# ") && line.contains(" = "));
    let whole = folder.read("weft.toml");
    let uncommented: Vec<_> =
        whole.lines().map(|line| if shown(line) { line.trim_start_matches("# ") } else { line }).collect();
    assert!(uncommented.iter().filter(|line| line.contains('=')).count() >= 8, "{uncommented:?}");
    folder.put("weft.toml", uncommented.join("\n"));
    let checked = folder.weft(&["check"]);
    assert_eq!((checked.status, checked.out.as_str()), (Some(0), ""), "{checked:?}");
}

#[test]
fn nothing_is_written_over() {
    for name in ["weft.toml", "model.weft"] {
        let folder = Folder::new();
        folder.put(name, "# mine\n");
        let refused = folder.weft(&["init"]);
        assert_eq!(refused.status, Some(2));
        assert_eq!(refused.err, format!("error: `{name}` is there already; nothing was written\n"));
        assert_eq!(folder.read(name), "# mine\n");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }
}

#[test]
fn each_shell_has_a_script_that_names_every_command_and_format() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = folder.weft(&["completions", shell]);
        assert_eq!((script.status, script.err.len()), (Some(0), 0), "{shell}");
        let script = script.out;
        for word in ["check", "report", "explain", "completions", "fail-on"] {
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
    }
    assert_eq!(folder.weft(&["completions", "csh"]).status, Some(2));
}

#[test]
fn bash_completes_commands_options_and_formats() {
    let folder = Folder::new();
    folder.put("weft.bash", folder.weft(&["completions", "bash"]).out);
    let complete = |words: &str| {
        let script = format!(
            "source weft.bash; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _weft weft \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; echo \"${{COMPREPLY[*]}}\""
        );
        let run = Command::new("bash").args(["--norc", "-c", &script]).current_dir(folder.path()).output();
        run.ok().map(|run| String::from_utf8_lossy(&run.stdout).trim().to_owned())
    };
    let Some(commands) = complete("weft ch") else {
        eprintln!("skipped: there is no bash");
        return;
    };
    assert_eq!(commands, "check");
    assert_eq!(complete("weft check --format sa").as_deref(), Some("sarif"));
    assert_eq!(complete("weft check --fail").as_deref(), Some("--fail-on"));
}

#[test]
fn the_manual_has_a_page_of_the_program_and_of_each_command() {
    let folder = Folder::new();
    let page = folder.weft(&["man"]);
    assert_eq!((page.status, page.err.len()), (Some(0), 0));
    let page = page.out;
    assert!(page.contains(".TH weft 1") && page.contains("weft\\-check(1)"), "{page}");
    let check = folder.weft(&["man", "check"]).out;
    assert!(check.contains(".TH weft-check 1") && check.contains("\\-\\-fail\\-on"), "{check}");
    let refused = folder.weft(&["man", "chek"]);
    assert_eq!(refused.status, Some(2));
    assert_eq!(refused.err, "error: no command is called `chek`; did you mean `check`?\n");
}

#[test]
fn man_shows_the_page_without_a_warning() {
    let folder = Folder::new();
    folder.put("weft.1", folder.weft(&["man", "check"]).out);
    let shown = Command::new("man").args(["--warnings", "-l", "weft.1"]).current_dir(folder.path()).output();
    let Ok(shown) = shown.map_err(|error| eprintln!("skipped: there is no man ({error})")) else { return };
    if !shown.status.success() {
        eprintln!("skipped: man cannot show a page here: {}", String::from_utf8_lossy(&shown.stderr));
        return;
    }
    assert_eq!(String::from_utf8_lossy(&shown.stderr), "");
    assert!(String::from_utf8_lossy(&shown.stdout).contains("NAME"), "{shown:?}");
}

/// The program with Ctrl-C as a terminal gives it: a shell that starts the tests in its background ignores it for all.
fn interruptible() -> Command {
    let plain = |program: &str| Command::new(program).args(["--default-signal=INT", "true"]).output();
    let mut command = if plain("env").is_ok_and(|run| run.status.success()) {
        let mut command = Command::new("env");
        command.args(["--default-signal=INT", env!("CARGO_BIN_EXE_weft")]);
        command
    } else {
        weft()
    };
    command.env_remove("CLICOLOR_FORCE");
    command
}

/// `check --watch` at work.
struct Watching {
    child: Child,
    said: Receiver<String>,
}

impl Watching {
    fn of(folder: &Folder) -> Watching {
        Watching::with(folder, &[])
    }

    fn with(folder: &Folder, arguments: &[&str]) -> Watching {
        let mut child = interruptible()
            .args(["check", "--watch", "--format", "compact"])
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let (send, said) = channel();
        let (out, err) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
        for stream in [Box::new(out) as Box<dyn std::io::Read + Send>, Box::new(err)] {
            let send = send.clone();
            std::thread::spawn(move || {
                BufReader::new(stream).lines().map_while(Result::ok).all(|line| send.send(line).is_ok())
            });
        }
        Watching { child, said }
    }

    /// What is said up to the end of a round, sorted, since two streams have no order among them.
    fn round(&self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.said.recv_timeout(Duration::from_secs(60)).expect("a round");
            if line.starts_with("watching") {
                break;
            }
            lines.push(line);
        }
        // A line of the other stream may be behind.
        lines.extend(self.said.recv_timeout(Duration::from_millis(100)));
        lines.sort();
        lines
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn watching_checks_what_changed_what_imports_it_and_what_is_new() {
    let model = |classes: &str| {
        format!(
            "use \"blocks.weft\": Head\n\nmodel Net {{\n    input x: [4]\n    output y = x -> Head({classes})\n}}\n"
        )
    };
    let folder = Folder::new();
    folder.put("net.weft", model("3"));
    let watching = Watching::of(&folder);
    let first = watching.round();
    assert!(first[0].starts_with("1 error") && first[0].ends_with(" in 1 model (1 file)"), "{first:?}");
    assert!(first.iter().any(|line| line.starts_with("net.weft:1:5: error[import]")), "{first:?}");
    // What was missing appears, and the file that imports it is checked again.
    folder.put("blocks.weft", "block Head(classes) = Linear(classes)\n");
    assert_eq!(watching.round(), ["no problems found in 1 model (2 files)"]);
    // What is imported changes.
    folder.put("blocks.weft", "block Head(classes) = Linaer(classes) -> ReLU\n");
    let wrong = watching.round();
    assert!(wrong[1].starts_with("blocks.weft:1:23: error[unknown-layer]"), "{wrong:?}");
    // The configuration appears.
    folder.put("blocks.weft", "block Head(classes) = Linear(classes)\n");
    assert_eq!(watching.round(), ["no problems found in 1 model (2 files)"]);
    folder.put("weft.toml", "[budget]\nparams = 1\n");
    assert!(watching.round()[1].contains("budget-exceeded"));
    fs::remove_file(folder.at("net.weft")).expect("removed");
    assert_eq!(watching.round(), ["no problems found in 0 models (1 file)"]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_watching_as_it_ends_other_programs() {
    use std::os::unix::process::ExitStatusExt;
    let folder = Folder::new();
    folder.put("net.weft", "model M {\n    input x: [1]\n    output y = x -> ReLU\n}\n");
    let mut watching = Watching::of(&folder);
    watching.round();
    let pid = watching.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill").success());
    let status = watching.child.wait().expect("it ends");
    assert_eq!((status.code(), status.signal()), (None, Some(2)));
}

#[test]
fn standard_input_cannot_be_watched() {
    let run = Folder::new().weft(&["check", "--watch", "-"]);
    assert_eq!(run.status, Some(2));
    assert_eq!(run.err, "error: standard input cannot be watched\n");
}

#[test]
fn recorded_figures_and_a_configuration_that_cannot_be_used_are_watched_too() {
    let folder = Folder::new();
    folder.put("net.weft", "model M {\n    input x: [4]\n    output y = x -> Linear(2)\n}\n");
    folder.put("named.toml", "[lint]\nselct = []\n");
    let watching = Watching::with(&folder, &["--locked", "--config", "named.toml"]);
    assert!(watching.round().iter().any(|line| line.contains("no key `selct`")));
    folder.put("named.toml", "[lint]\n");
    assert!(watching.round().iter().any(|line| line.contains("M")), "the model is not recorded yet");
    assert!(folder.weft(&["lock"]).status == Some(0));
    assert_eq!(watching.round(), ["no problems found in 1 model (1 file)"]);
}
