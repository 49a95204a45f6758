//! The formats that services read, each against its published schema or a reader of it.

mod commands;
mod consumers;
pub mod schema;

use serde_json::Value;
use weft::diagnostic::formats::{FindingsFormat, Found, github, gitlab, junit, sarif};
use weft::diagnostic::{Diagnostic, Edit, Fix, Severity, Tally, pretty::Style};
use weft::source::{Sources, Span};

use crate::common::{Folder, read};

/// A folder with a file of every kind: clean, an error of each kind, a warning, a note, and a name that means something
/// to every format.
pub struct AllKinds(pub Folder);

impl AllKinds {
    pub fn new() -> AllKinds {
        let folder = Folder::new();
        let hostile = if cfg!(windows) { "b/a & 100%.weft" } else { "b/a, \"b\": <c> & 100%.weft" };
        let spare = "    input x: [10]\n    input spare: [3]\n    output y = x -> Linear(5)\n}\n";
        for (file, text) in [
            (
                "a_clean.weft",
                "model Clean {\n    input x: [10]\n    output y = x -> Linear(5)\n}\n".to_owned(),
            ),
            (hostile, format!("model Warned {{\n{spare}")),
            (
                "c_failed.weft",
                format!(
                    "model Failed {{\n{}",
                    spare.replace("spare: [3]\n", "z: [5]\n").replace("}", "    assert params == 54\n}")
                ),
            ),
            (
                "d_broken.weft",
                "model Broken {\n    input x: [10]\n    output y = x -> Linaer(5)\n    output z = x + y\n}\n"
                    .to_owned(),
            ),
            ("notes/noted.weft", format!("model Noted {{\n{spare}")),
            ("notes/weft.toml", "[lint.rules]\nunused-input = \"note\"\n".to_owned()),
        ] {
            folder.put(file, text);
        }
        AllKinds(folder)
    }

    /// What `check` prints in a format.
    pub fn check(&self, format: &str) -> String {
        let run = self.0.weft(&["check", "--format", format]);
        assert_eq!(run.status, Some(1), "{run:?}");
        run.out
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn schema_file(name: &str) -> Value {
    json(&read(&format!("tests/schemas/{name}")))
}

/// Everything that a finding can hold, in one document of a format.
fn full(format: &FindingsFormat) -> String {
    let mut sources = Sources::new();
    let file = sources.add("nets/a.weft", "model M {\n    input é: [1]\n    output é -> ReLU -> ReLU\n}\n");
    let other = sources.add("/opt/nets/b.weft", "block B {}\n");
    let twice = Span::new(57, 64).within(file);
    let fix = Fix::safe(
        "delete the second `ReLU`",
        vec![Edit::replace(twice, ""), Edit::replace(Span::new(0, 0).within(other), "# mended\n")],
    );
    let found =
        Diagnostic::finding("double-activation", Severity::Note, twice, "100 %: twice, [1] {0} & <b>")
            .label("here")
            .related(Span::new(0, 25).within(file), "there, over\nlines")
            .related(Span::new(0, 5).within(other), "")
            .help("delete it: `::`")
            .note("\u{1b}[2J\u{202E}")
            .fix(fix);
    let diagnostics = [found.clone(), found];
    let found =
        Found { name: "nets/a.weft", diagnostics: &diagnostics, sources: &sources, style: Style::PLAIN };
    let entries = (format.writer.entries)(&found).join(format.writer.separator);
    let tally = Tally { notes: 1, files: 1, models: 1, ..Tally::default() };
    format!(
        "{}{entries}{}",
        (format.writer.opening)(&weft::lint::rule_infos()),
        (format.writer.closing)(&tally)
    )
}

fn empty(format: &FindingsFormat) -> String {
    (format.writer.opening)(&weft::lint::rule_infos()) + &(format.writer.closing)(&Tally::default())
}

/// The results of a log, without the rules that it begins with.
fn results(log: &str) -> &str {
    log.split_once("\"results\":").map(|(_, results)| results).expect("results")
}

#[test]
fn each_format_shows_every_kind_of_finding() {
    let folder = AllKinds::new();
    insta::assert_snapshot!("sarif", results(&folder.check("sarif")));
    for format in ["github", "gitlab", "junit"] {
        insta::assert_snapshot!(format, folder.check(format));
    }
}

#[test]
fn each_format_holds_all_of_a_finding() {
    insta::assert_snapshot!("full_sarif", results(&full(&sarif::FORMAT)));
    insta::assert_snapshot!("full_github", full(&github::FORMAT));
    insta::assert_snapshot!("full_gitlab", full(&gitlab::FORMAT));
    insta::assert_snapshot!("full_junit", full(&junit::FORMAT));
}

#[test]
fn sarif_is_valid_by_its_schema() {
    let schema = schema_file("sarif-2.1.0-rtm.5.json");
    let run = AllKinds::new().check("sarif");
    for log in [run.clone(), full(&sarif::FORMAT), empty(&sarif::FORMAT)] {
        assert_eq!(schema::mistakes(&json(&log), &schema), Vec::<String>::new());
    }
    // And the schema refuses what is wrong.
    let wrong = run
        .replace("\"level\":\"note\"", "\"level\":\"grave\"")
        .replace("\"startLine\":3", "\"startLine\":0");
    let found = schema::mistakes(&json(&wrong), &schema);
    assert!(
        found.iter().any(|one| one.contains("grave")) && found.iter().any(|one| one.contains("startLine")),
        "{found:?}"
    );
}

#[test]
fn every_result_of_sarif_has_its_rule_described() {
    let log = json(&AllKinds::new().check("sarif"));
    let driver = &log["runs"][0]["tool"]["driver"];
    let ids: Vec<_> = driver["rules"].as_array().expect("rules").iter().map(|rule| &rule["id"]).collect();
    assert!(weft::lint::names().eq(ids.iter().map(|id| id.as_str().expect("a name"))));
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert!(results.len() >= 4 && results.iter().all(|result| ids.contains(&&result["ruleId"])));
}

#[test]
fn gitlab_is_valid_by_its_documentation_and_fingerprints_are_distinct() {
    let schema = schema_file("gitlab-code-quality.json");
    for report in [AllKinds::new().check("gitlab"), full(&gitlab::FORMAT), empty(&gitlab::FORMAT)] {
        let report = json(&report);
        assert_eq!(schema::mistakes(&report, &schema), Vec::<String>::new());
        let entries = report.as_array().expect("a list");
        let mut fingerprints: Vec<_> = entries.iter().map(|entry| entry["fingerprint"].as_str()).collect();
        fingerprints.sort_unstable();
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), entries.len());
    }
    assert_ne!(schema::mistakes(&json("[{\"severity\": \"grave\"}]"), &schema), Vec::<String>::new());
}

#[test]
fn github_reads_every_property_back() {
    let folder = AllKinds::new();
    let told: Vec<_> = folder.check("github").lines().map(commands::read).collect();
    let report = json(&folder.check("json"));
    let expected = report["diagnostics"].as_array().expect("a list");
    assert_eq!(told.len(), expected.len());
    for (command, expected) in told.iter().zip(expected) {
        let place = &expected["place"];
        let text = |key: &str| place[key].as_str().map_or_else(|| place[key].to_string(), str::to_owned);
        assert_eq!(command.properties["file"], text("file"));
        assert_eq!(command.properties["line"], text("line"));
        assert_eq!(command.properties["endLine"], text("end_line"));
        assert_eq!(command.properties["col"], text("column"));
        let severity = expected["severity"].as_str().expect("a severity").replace("note", "notice");
        assert_eq!(command.name, severity);
        assert!(command.message.starts_with(expected["message"].as_str().expect("a message")), "{command:?}");
    }
    let full = full(&github::FORMAT);
    let command = commands::read(full.lines().next().expect("a command"));
    assert_eq!(command.message.lines().next(), Some("100 %: twice, [1] {0} & <b>"));
    assert_eq!(command.message.lines().count(), 6, "{command:?}");
}

#[test]
fn no_format_passes_a_control_character_on() {
    for format in [&sarif::FORMAT, &github::FORMAT, &gitlab::FORMAT, &junit::FORMAT] {
        let text = full(format);
        let hidden = |c: &char| *c != '\n' && (c.is_control() || *c == '\u{202E}');
        assert_eq!(text.chars().find(hidden), None, "{}", format.name);
    }
}
