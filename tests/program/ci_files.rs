//! What other programs read of this repository: the action, the pre-commit hook, the GitLab snippet.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::common::{Folder, read, root};

const WARNED: &str =
    "model Warned {\n    input x: [10]\n    input spare: [3]\n    output y = x -> Linear(5)\n}\n";
const BROKEN: &str = "model Broken {\n    input x: [10]\n    output y = x -> Linaer(5)\n}\n";

fn said(run: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr))
}

/// The step of the action, as a runner runs it.
fn action(folder: &Folder, inputs: &[(&str, &str)]) -> Output {
    let mut step = Command::new("bash");
    step.arg(root().join("scripts/action")).current_dir(folder.path());
    step.env("RUNNER_TEMP", folder.path()).env("GITHUB_OUTPUT", folder.at("output"));
    step.env("INPUT_WEFT", env!("CARGO_BIN_EXE_weft")).envs(inputs.iter().copied());
    step.output().expect("bash runs")
}

#[cfg(unix)]
#[test]
fn the_action_annotates_and_fails_by_the_worst_finding() {
    let folder = Folder::new();
    folder.put("nets/a b.weft", WARNED);
    folder.put("c.weft", BROKEN);
    let run = action(&folder, &[("INPUT_PATHS", "\"nets/a b.weft\" c.weft")]);
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    let lines = said(&run);
    assert!(
        lines.contains("::warning file=nets/a b.weft,line=3") && lines.contains("::error file=c.weft"),
        "{lines}"
    );
    assert_eq!(folder.read("output").lines().last(), Some("status=1"));

    let run = action(&folder, &[("INPUT_PATHS", "nets"), ("INPUT_ARGUMENTS", "--model Warned")]);
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    let run = action(&folder, &[("INPUT_PATHS", "nets"), ("INPUT_FAIL_ON", "warning")]);
    assert_eq!(run.status.code(), Some(1), "{run:?}");
}

#[cfg(unix)]
#[test]
fn the_action_keeps_a_document_in_a_file() {
    let folder = Folder::new();
    folder.put("a.weft", WARNED);
    let run = action(&folder, &[("INPUT_FORMAT", "sarif")]);
    assert_eq!((run.status.code(), run.stdout.len()), (Some(0), 0), "{run:?}");
    let output = folder.read("output");
    let report = output.lines().find_map(|line| line.strip_prefix("report=")).expect("the report");
    let log: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(report).expect("it")).expect("JSON");
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "unused-input");
}

#[cfg(unix)]
#[test]
fn nothing_that_a_workflow_sets_is_run() {
    let folder = Folder::new();
    folder.put("a.weft", WARNED);
    for paths in
        ["$(touch ran) a.weft", "a.weft; touch ran", "`touch ran`", "* a.weft", "--fix", "a.weft \"b"]
    {
        let run = action(&folder, &[("INPUT_PATHS", paths)]);
        assert_eq!(run.status.code(), Some(2), "{paths}: {run:?}");
        assert!(!folder.at("ran").exists(), "{paths}");
    }
}

#[test]
fn the_action_passes_each_input_that_it_declares() {
    let action = read("action.yml");
    let script = read("scripts/action");
    let inputs =
        action.split("\ninputs:\n").nth(1).and_then(|rest| rest.split("\noutputs:").next()).expect("inputs");
    let names: Vec<_> = inputs
        .lines()
        .filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?.strip_suffix(':'))
        .collect();
    assert_eq!(names, ["paths", "format", "fail-on", "config", "arguments", "weft"]);
    for name in names {
        let variable = format!("INPUT_{}", name.to_uppercase().replace('-', "_"));
        assert!(action.contains(&format!("{variable}: ${{{{ inputs.{name} }}}}")), "{variable}");
        assert!(script.contains(&variable), "{variable}");
    }
    let guide = read("docs/ci.md");
    for format in weft::diagnostic::FORMATS.iter() {
        assert!(
            guide.contains(&format!("| `{}` |", format.name)),
            "docs/ci.md does not name {}",
            format.name
        );
    }
}

/// The hook run by pre-commit itself: `WEFT_TEST_PRE_COMMIT` is the program, else `pre-commit`. So that this takes no
/// minutes, the hook's repository holds the program that is being tested in place of its source, unless
/// `WEFT_TEST_PRE_COMMIT_BUILDS` is set: then pre-commit builds the last commit as it would for a user.
#[cfg(unix)]
#[test]
fn pre_commit_runs_the_hook_on_the_files_of_a_commit() {
    let program = std::env::var("WEFT_TEST_PRE_COMMIT").unwrap_or_else(|_| "pre-commit".to_owned());
    let there =
        |program: &str| Command::new(program).arg("--version").output().is_ok_and(|run| run.status.success());
    if !there(&program) || !there("git") {
        eprintln!("skipped: there is no `{program}`, or no git");
        return;
    }
    let folder = Folder::new();
    let bin = Path::new(env!("CARGO_BIN_EXE_weft")).parent().expect("a folder");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let run = |program: &str, at: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder.at(at)).env("PATH", &path);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GIT_")) {
            command.env_remove(name);
        }
        command.env("PRE_COMMIT_HOME", folder.at("home")).env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.output().expect("it runs")
    };
    let git = |at: &str, arguments: &[&str]| {
        let settings =
            ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"];
        let done = run("git", at, &[&settings[..], arguments].concat());
        assert!(done.status.success(), "git {arguments:?}: {}", said(&done));
        said(&done).trim().to_owned()
    };
    let hook = read(".pre-commit-hooks.yaml");
    assert!(hook.contains("language: rust"));
    if std::env::var_os("WEFT_TEST_PRE_COMMIT_BUILDS").is_some() {
        git(".", &["clone", "-q", env!("CARGO_MANIFEST_DIR"), "weft"]);
    } else {
        folder.put("weft/.pre-commit-hooks.yaml", hook.replace("language: rust", "language: system"));
        git("weft", &["init", "-q"]);
        git("weft", &["add", "."]);
        git("weft", &["commit", "-qm", "hook"]);
    }
    let revision = git("weft", &["rev-parse", "HEAD"]);
    let url = folder.at("weft");
    folder.put(
        "project/.pre-commit-config.yaml",
        format!(
            "repos:\n  - repo: file://{}\n    rev: {revision}\n    hooks:\n      - id: weft-check\n        args: [--fail-on=warning]\n",
            url.display()
        ),
    );
    folder.put("project/a.weft", WARNED);
    folder.put("project/other.txt", "not looked at");
    git("project", &["init", "-q"]);
    git("project", &["add", "."]);
    let found = run(&program, "project", &["run", "--all-files"]);
    assert_eq!(found.status.code(), Some(1), "{}", said(&found));
    assert!(said(&found).contains("warning[unused-input]"), "{}", said(&found));
    folder.put("project/a.weft", WARNED.replace("    input spare: [3]\n", ""));
    git("project", &["add", "."]);
    let clean = run(&program, "project", &["run", "--all-files"]);
    assert_eq!(clean.status.code(), Some(0), "{}", said(&clean));
    assert!(said(&clean).contains("Passed"), "{}", said(&clean));
}
