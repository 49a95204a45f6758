//! The program as its users meet it: exit statuses, streams, formats, colour, closed pipes.

use std::io::Write;
use std::process::Stdio;

use crate::common::{Folder, Run, weft};

const CLEAN: &str = "model Clean {\n    input x: [10]\n    output y = x -> Linear(5)\n}\n";
const WARNED: &str =
    "model Warned {\n    input x: [10]\n    input spare: [3]\n    output y = x -> Linear(5)\n}\n";
const FAILED: &str =
    "model Failed {\n    input x: [10]\n    output y = x -> Linear(5)\n    assert params == 54\n}\n";
const BROKEN: &str = "model Broken {\n    input x: [10]\n    output y = x -> Linaer(5)\n}\n";

/// Status and both streams, for a snapshot.
fn told(run: &Run) -> String {
    let status = run.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
    format!("status: {status}\n--- standard output\n{}--- standard error\n{}", run.out, run.err)
}

fn all_kinds() -> Folder {
    Folder::holding(&[
        ("a_clean.weft", CLEAN),
        ("b/warned.weft", WARNED),
        ("c_failed.weft", FAILED),
        ("d_broken.weft", BROKEN),
    ])
}

#[test]
fn findings_are_drawn_in_order_of_path_and_summed_on_standard_error() {
    insta::assert_snapshot!(told(&all_kinds().weft(&["check"])));
}

#[test]
fn compact_gives_one_line_a_finding() {
    insta::assert_snapshot!(told(&all_kinds().weft(&["check", "--format", "compact"])));
}

#[test]
fn many_files_are_told_in_order_and_none_twice() {
    let name = |number: usize| format!("{:02}/net_{number:03}.weft", number / 100);
    let folder = (0..333).fold(Folder::new(), |folder, number| folder.with(&name(number), WARNED));
    let run = folder.weft(&["check", "--no-cache", "--format", "compact"]);
    let told: Vec<_> = run.out.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(told, (0..333).map(name).collect::<Vec<_>>());
}

#[test]
fn json_is_one_document() {
    let run = all_kinds().weft(&["check", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    let codes: Vec<_> =
        document["diagnostics"].as_array().expect("a list").iter().map(|d| &d["code"]).collect();
    assert_eq!(codes, ["unused-input", "assertion-failed", "unknown-layer"]);
    assert_eq!(document["summary"]["errors"], 2);
    assert_eq!(document["summary"]["warnings"], 1);
    assert_eq!(document["summary"]["files"], 4);
    assert_eq!(document["diagnostics"][2]["structural"], true);
    assert_eq!(document["diagnostics"][2]["place"]["line"], 3);
}

#[test]
fn the_exit_status_follows_the_worst_finding_and_fail_on() {
    let folder = all_kinds();
    let cases = [
        ("a_clean.weft", "note", 0),
        ("b/warned.weft", "error", 0),
        ("b/warned.weft", "warning", 1),
        ("b/warned.weft", "note", 1),
        ("b/warned.weft", "never", 0),
        ("c_failed.weft", "error", 1),
        ("c_failed.weft", "never", 0),
        ("d_broken.weft", "error", 1),
        ("d_broken.weft", "never", 1),
    ];
    for (file, fail_on, status) in cases {
        let run = folder.weft(&["check", file, "--fail-on", fail_on]);
        assert_eq!(run.status, Some(status), "{file} --fail-on {fail_on}: {run:?}");
    }
}

#[test]
fn a_path_that_cannot_be_read_fails_but_does_not_hide_the_others() {
    let folder = Folder::new().with("a.weft", BROKEN).with("z.weft", [b'#', 0xFF]);
    let run = folder.weft(&["check", "missing.weft", "a.weft", "z.weft", "--format", "compact"]);
    insta::assert_snapshot!(told(&run));
}

#[test]
fn every_command_line_that_is_wrong_exits_with_2_and_prints_no_result() {
    let folder = all_kinds();
    let cases: &[&[&str]] = &[
        &["check", "/nonexistent"],
        &["chek"],
        &["check", "--format", "xml"],
        &["check", "a_clean.weft", "--set", "classes"],
        &["check", "a_clean.weft", "--model", "Clear"],
        &["check", "a_clean.weft", "--set", "clases=3"],
        &["rule", "oversize-dense"],
        &[],
    ];
    for arguments in cases {
        let run = folder.weft(arguments);
        assert_eq!(run.status, Some(2), "{arguments:?}: {run:?}");
        assert!(run.out.is_empty() && !run.err.is_empty(), "{arguments:?}: {run:?}");
    }
}

#[test]
fn a_mistyped_name_is_answered_with_the_one_that_is_meant() {
    let model = "model Net(classes=10) {\n    input x: [3]\n    output y = x -> Linear(classes)\n}\n";
    let folder = Folder::new().with("net.weft", model);
    let said = |arguments: &[&str]| folder.weft(arguments).err;
    assert!(said(&["check", "--model", "Nut"]).contains("no model is called `Nut`; did you mean `Net`?"));
    let set = said(&["check", "--set", "clases=3"]);
    assert!(
        set.contains("no parameter or symbolic size is called `clases`; did you mean `classes`?"),
        "{set}"
    );
    let rule = said(&["rule", "unused-layers"]);
    assert!(
        rule.contains("no rule or error is called `unused-layers`; did you mean `unused-layer`?"),
        "{rule}"
    );
    assert_eq!(folder.weft(&["check", "--set", "classes=3"]).status, Some(0));
}

#[test]
fn a_folder_without_a_model_file_says_so() {
    let folder = Folder::new().with("README.md", "none here");
    let run = folder.weft(&["check", "."]);
    assert_eq!((run.status, run.out.as_str()), (Some(0), ""));
    assert_eq!(run.err, "no `.weft` file in `.`\n");
}

#[test]
fn what_git_ignores_is_not_searched_unless_it_is_named() {
    let folder = Folder::new().with(".gitignore", "build/\n").with("build/broken.weft", BROKEN);
    let folder = folder.with("clean.weft", CLEAN);
    assert_eq!(folder.weft(&["check"]).status, Some(0));
    assert_eq!(folder.weft(&["check", "build/broken.weft"]).status, Some(1));
}

#[test]
fn standard_input_is_a_file_called_stdin_or_as_it_is_told() {
    let check = |more: &[&str]| {
        let mut child = weft()
            .args(["check", "-", "--format", "compact"])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        child.stdin.take().expect("a pipe").write_all(BROKEN.as_bytes()).expect("it reads");
        Run::of(child.wait_with_output().expect("it ends"))
    };
    let run = check(&[]);
    assert_eq!(run.status, Some(1));
    assert!(run.out.starts_with("<stdin>:3:21: error[unknown-layer] "), "{run:?}");
    assert!(check(&["--stdin-filename", "net.weft"]).out.starts_with("net.weft:3:21: "));
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    let broken = "model M {\n    input x: [1]\n".to_owned() + &"    let a = b\n".repeat(20_000) + "}\n";
    let folder = Folder::new().with("a.weft", broken);
    for (arguments, status) in [(["check", "a.weft"], 1), (["--help", "check"], 0)] {
        let child = weft()
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.expect("the program runs");
        drop(child.stdout.take());
        let run = Run::of(child.wait_with_output().expect("it ends"));
        assert_eq!(run.status, Some(status), "{run:?}");
        assert!(!run.err.contains("pipe") && !run.err.contains("panic"), "{run:?}");
    }
}

#[test]
fn a_hundred_findings_of_a_file_are_shown_and_the_rest_is_counted() {
    let inputs: String = (0..130).map(|n| format!("    input spare{n}: [1]\n")).collect();
    let model = format!("model M {{\n{inputs}    input x: [1]\n    output y = x -> ReLU\n}}\n");
    let run = Folder::new().with("a.weft", model).weft(&["check", "--format", "compact"]);
    assert_eq!(run.out.lines().count(), 100);
    assert_eq!(run.err, "a.weft: 30 more not shown\n130 warnings in 1 model (1 file); 30 not shown\n");
}

#[test]
fn colour_is_for_terminals_unless_it_is_asked_for() {
    let folder = Folder::new().with("a.weft", BROKEN);
    let coloured = |arguments: &[&str], environment: &[(&str, &str)]| {
        let output = weft()
            .args(["check", "a.weft"])
            .args(arguments)
            .envs(environment.iter().copied())
            .current_dir(folder.path())
            .output();
        Run::of(output.expect("the program runs")).out.contains("\u{1b}[")
    };
    assert!(!coloured(&[], &[]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn no_control_byte_of_a_name_or_a_text_reaches_the_output() {
    let text =
        "model M {\n    input x: [1] # \u{1b}[2J\u{7}\n    output y = x -> Linaer(1) # \u{9b}\u{202E}\n}\n";
    let name = if cfg!(unix) { "a\u{1b}[31m.weft" } else { "a.weft" };
    let folder = Folder::new().with(name, text);
    for arguments in [
        &["check"][..],
        &["check", "--format", "compact"],
        &["check", "--format", "json"],
        &["check", "\u{1b}x"],
    ] {
        let run = folder.weft(arguments);
        let all = format!("{}{}", run.out, run.err);
        assert!(
            all.chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{202E}')),
            "{arguments:?}: {all:?}"
        );
    }
}

#[test]
fn two_runs_over_many_files_say_the_same() {
    let folder = (0..40).fold(Folder::new(), |folder, n| {
        folder.with(&format!("{}/{n}.weft", n % 7), if n % 3 == 0 { BROKEN } else { WARNED })
    });
    let first = folder.weft(&["check", "--format", "compact"]);
    assert_eq!(first.out.lines().count(), 40);
    let mut sorted: Vec<_> = first.out.lines().map(|line| line.split(':').next()).collect();
    sorted.sort();
    assert_eq!(sorted, first.out.lines().map(|line| line.split(':').next()).collect::<Vec<_>>());
    for _ in 0..5 {
        assert_eq!(folder.weft(&["check", "--format", "compact"]).out, first.out);
    }
}

#[test]
fn every_rule_is_listed_and_has_a_page() {
    let folder = Folder::new();
    insta::assert_snapshot!("rule_index", told(&folder.weft(&["rule"])));
    insta::assert_snapshot!("rule_page", told(&folder.weft(&["rule", "oversized-dense"])));
    insta::assert_snapshot!("error_page", told(&folder.weft(&["rule", "shape-mismatch"])));
}

#[test]
fn help_is_short_and_goes_to_standard_output() {
    let folder = Folder::new();
    let run = folder.weft(&["--help"]);
    assert_eq!((run.status, run.err.as_str()), (Some(0), ""));
    assert!(run.out.lines().count() <= 35, "{}", run.out);
    let version = folder.weft(&["--version"]);
    assert_eq!(version.out, format!("weft {}\n", env!("CARGO_PKG_VERSION")));
}
