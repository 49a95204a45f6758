//! `weft diff`, as its users meet it.

use std::fs;
use std::process::Command;

use crate::common::{Folder, Run};

fn weft(arguments: &[&str]) -> Run {
    Run::at_root(arguments)
}

const RESNETS: [&str; 6] =
    ["diff", "examples/vision/resnet.weft", "--model", "ResNet50", "--model", "ResNet101"];

#[test]
fn resnet_101_has_17_blocks_more_in_its_third_stage() {
    let run = weft(&RESNETS);
    assert_eq!((run.status, run.err.as_str()), (Some(0), ""));
    assert!(run.out.contains("layer3.6 … layer3.22  Bottleneck × 17"), "{}", run.out);
    assert!(run.out.contains("+18,992,128"), "{}", run.out);
    insta::assert_snapshot!(run.out);
}

#[test]
fn as_markdown_for_a_pull_request() {
    let run = weft(&[&RESNETS[..], &["--format", "markdown"]].concat());
    insta::assert_snapshot!(run.out);
}

#[test]
fn as_json_for_a_program() {
    let run = weft(&[&RESNETS[..], &["--format", "json"]].concat());
    let document: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    let model = &document["models"][0];
    assert_eq!(model["totals"][0]["change"], 18_992_128);
    assert_eq!(model["layers"][0]["blocks"], 17);
    assert_eq!(model["layers"][0]["after"]["parameters"], 18_992_128);
    let back = weft(&["diff", RESNETS[1], "--model", "ResNet101", "--model", "ResNet50", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&back.out).expect("JSON");
    assert_eq!(document["models"][0]["totals"][0]["change"], -18_992_128);
}

#[test]
fn a_condition_that_holds_fails_the_run_and_is_named() {
    let with = |condition: &str| weft(&[&RESNETS[..], &["--fail-if", condition]].concat());
    let failed = with("params > +5%");
    assert_eq!(failed.status, Some(1));
    assert_eq!(failed.err, "failed: `params > +5%` in ResNet101: params +18,992,128 (+74.3%)\n");
    assert_eq!(with("params > +80%").status, Some(0));
    assert_eq!(with("macs >= +3.7G").status, Some(1));
    let wrong = with("parameter > +5%");
    assert_eq!(wrong.status, Some(2));
    assert!(wrong.err.contains("no sum is called `parameter`"), "{}", wrong.err);
}

/// A folder that is a git repository; `None` where there is no git.
struct Repository(Folder);

impl Repository {
    fn new() -> Option<Repository> {
        let repository = Repository(Folder::new());
        repository.git(&["init", "-q"]).then_some(repository)
    }

    fn git(&self, arguments: &[&str]) -> bool {
        let who =
            ["-c", "user.name=someone", "-c", "user.email=someone@example.org", "-c", "commit.gpgsign=false"];
        let run = Command::new("git").arg("-C").arg(self.0.path()).args(who).args(arguments).output();
        run.is_ok_and(|run| run.status.success())
    }

    fn write(&self, name: &str, text: &str) {
        self.0.put(name, text);
    }

    fn commit(&self) {
        assert!(self.git(&["add", "-A"]) && self.git(&["commit", "-q", "-m", "state"]));
    }

    fn weft(&self, arguments: &[&str]) -> Run {
        self.0.weft(arguments)
    }
}

const PARTS: &str =
    "block Unit(n) { input x: [C, H, W] output x -> conv: Conv2d(n, kernel=3, pad=1) -> ReLU }\n";
const NET: &str = "use \"parts.weft\": Unit\nmodel Net { input x: [3, 16, 16]
    output y = x -> a: Unit(8) -> b: Unit(8) -> GlobalAvgPool -> head: Linear(10) }\n";
const OTHER: &str = "model Other { input x: [4] output y = x -> Linear(2) }\n";

/// A repository with two files committed, of which one imports a third.
fn repository() -> Option<Repository> {
    let Some(repository) = Repository::new() else {
        eprintln!("skipped: there is no git");
        return None;
    };
    repository.write("nets/parts.weft", PARTS);
    repository.write("nets/net.weft", NET);
    repository.write("nets/other.weft", OTHER);
    repository.commit();
    Some(repository)
}

#[test]
fn since_a_revision_a_widened_layer_and_those_it_reaches_are_named() {
    let Some(repository) = repository() else { return };
    repository.write("nets/net.weft", &NET.replace("b: Unit(8)", "b: Unit(12)"));
    let run = repository.weft(&["diff", "--base", "HEAD"]);
    assert_eq!((run.status, run.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(run.out);
}

#[test]
fn since_a_revision_imports_are_those_of_then() {
    let Some(repository) = repository() else { return };
    repository.write("nets/parts.weft", &PARTS.replace("kernel=3, pad=1", "kernel=5, pad=2"));
    let run = repository.weft(&["diff", "--base", "HEAD", "nets/net.weft"]);
    assert!(run.out.contains("weight [8, 3, 3, 3] → [8, 3, 5, 5]"), "{}{}", run.out, run.err);
}

#[test]
fn files_that_came_and_went_are_told() {
    let Some(repository) = repository() else { return };
    fs::remove_file(repository.0.at("nets/other.weft")).expect("it goes");
    repository.write("nets/fresh.weft", &OTHER.replace("Other", "Fresh"));
    let run = repository.weft(&["diff", "--base", "HEAD"]);
    assert_eq!(run.status, Some(0), "{}", run.err);
    assert!(run.out.contains("+ model Fresh  (nets/fresh.weft)"), "{}", run.out);
    assert!(run.out.contains("− model Other  (HEAD:nets/other.weft)"), "{}", run.out);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let Some(repository) = repository() else { return };
    let cases: [(&[&str], &str); 4] = [
        (&["diff", "--base", "nope"], "error: git knows no revision `nope`\n"),
        (&["diff", "--base", "--all"], ""),
        (&["diff", "nets/net.weft"], ""),
        (
            &["diff", "--base", "HEAD", "nets/none.weft"],
            "error: there is no `nets/none.weft`, neither now nor in `HEAD`\n",
        ),
    ];
    for (arguments, message) in cases {
        let run = repository.weft(arguments);
        assert_eq!((run.status, run.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(message.is_empty() || run.err == message, "{}", run.err);
    }
}

#[test]
fn two_files_with_one_model_each_are_compared_whatever_their_names() {
    let Some(repository) = repository() else { return };
    repository.write("nets/wide.weft", &OTHER.replace("Other", "Wide").replace("Linear(2)", "Linear(3)"));
    let run = repository.weft(&["diff", "nets/other.weft", "nets/wide.weft"]);
    assert!(
        run.out.starts_with("Other → Wide   nets/other.weft → nets/wide.weft\n"),
        "{}{}",
        run.out,
        run.err
    );
    assert!(run.out.contains("out_features 2 → 3"), "{}", run.out);
}

#[test]
fn a_file_that_cannot_be_built_hides_no_other() {
    let Some(repository) = repository() else { return };
    repository.write("nets/net.weft", &NET.replace("Linear", "Linaer"));
    repository.write("nets/other.weft", &OTHER.replace("Linear(2)", "Linear(3)"));
    let run = repository.weft(&["diff", "--base", "HEAD"]);
    assert_eq!(run.status, Some(1));
    assert!(run.err.contains("error[unknown-layer]"), "{}", run.err);
    assert!(run.out.starts_with("Other ") && !run.out.contains("Net"), "{}", run.out);
    let run = repository.weft(&["diff", "--base", "HEAD", "nets/other.weft", "--model", "Othr"]);
    assert_eq!(
        (run.status, run.err.as_str()),
        (Some(2), "error: no model is called `Othr`; did you mean `Other`?\n")
    );
}
