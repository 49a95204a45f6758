//! The HTML report in a real browser, where one is installed: no error on the console, the totals on the page, blocks
//! that open.

use std::path::Path;
use std::process::{Command, Output};

use crate::common::{Folder, Run};

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The first browser that answers.
fn browser() -> Option<&'static str> {
    BROWSERS
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|run| run.status.success()))
}

fn weft(arguments: &[&str]) -> String {
    let run = Run::at_root(arguments);
    assert_eq!(run.status, Some(0), "{run:?}");
    run.out
}

fn opened(browser: &str, page: &Path, profile: &Path, width: u32) -> Output {
    let mut command = Command::new(browser);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"]);
    command.arg("--host-resolver-rules=MAP * ~NOTFOUND");
    command.arg(format!("--user-data-dir={}", profile.display())).arg(format!("--window-size={width},900"));
    command.arg(format!("file://{}", page.display())).output().expect("the browser runs")
}

#[test]
fn a_page_opens_without_an_error_and_has_the_totals() {
    let Some(browser) = browser() else {
        eprintln!("skipped: no browser is installed (one of {})", BROWSERS.join(", "));
        return;
    };
    let folder = Folder::new();
    let cases = [
        ("examples/vision/resnet.weft", "ResNet50", ["25,557,032", "4,089,184,256"]),
        ("examples/text/gpt2.weft", "GPT2Small", ["124,439,808", "145,824,153,600"]),
    ];
    for (file, model, totals) in cases {
        let html = weft(&["report", file, "--model", model, "--format", "html"]);
        let page = folder.put(&format!("{model}.html"), html);
        let run = opened(browser, &page, &folder.at("profile"), 900);
        let (dom, log) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        let told: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
        assert!(told.is_empty(), "{model}: {told:#?}");
        for total in totals {
            assert!(dom.contains(&format!("<b>{total}</b>")), "{model}: {total} is not on the page");
        }
        // The script has run: blocks are closed, what is in them is not seen.
        assert!(
            dom.contains("aria-expanded=\"false\"") && dom.contains("hidden=\"\""),
            "{model}: nothing is folded"
        );
    }
}
