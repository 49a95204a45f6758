//! The formats in programs that read them: `jsonschema` and `junitparser`, where a Python has them installed.
//!
//! `WEFT_TEST_PYTHON` names that Python; without it, `python3` is tried. A test that cannot run says so.

use std::process::Command;

use super::AllKinds;

/// Runs a script with the documents of a folder as its arguments, unless a module is missing.
fn python(module: &str, script: &str, arguments: &[&str]) -> Option<String> {
    let python = std::env::var("WEFT_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_it = Command::new(&python).args(["-c", &format!("import {module}")]).output();
    if !has_it.is_ok_and(|run| run.status.success()) {
        eprintln!("skipped: {python} has no module `{module}`");
        return None;
    }
    let run = Command::new(&python).args(["-c", script]).args(arguments).output().expect("it runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(String::from_utf8(run.stdout).expect("UTF-8"))
}

#[test]
fn jsonschema_finds_sarif_valid() {
    let folder = AllKinds::new();
    let log = folder.0.put("log.sarif", folder.check("sarif"));
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemas/sarif-2.1.0-rtm.5.json");
    let script = "import json, sys, jsonschema\nlog, schema = (json.load(open(path)) for path in sys.argv[1:])\n\
                  jsonschema.Draft4Validator(schema).validate(log)\nprint(len(log['runs'][0]['results']))";
    if let Some(said) = python("jsonschema", script, &[&log.to_string_lossy(), schema]) {
        assert_eq!(said, "5\n");
    }
}

#[test]
fn junitparser_counts_cases_and_failures() {
    let folder = AllKinds::new();
    let document = folder.0.put("junit.xml", folder.check("junit"));
    let script = "import sys, junitparser\n\
                  for suite in sorted(junitparser.JUnitXml.fromfile(sys.argv[1]), key=lambda suite: suite.name):\n    \
                  print(suite.name, suite.tests, suite.failures, [kind.type for case in suite for kind in case.result])";
    if let Some(said) = python("junitparser", script, &[&document.to_string_lossy()]) {
        insta::assert_snapshot!("junitparser", said);
    }
}
