//! `docs/tutorial.md`: every program is written to a folder and every command is run there; what the page says that it
//! prints is what it prints.
//!
//! A block marked `weft` or `toml` is the file that the block marked `console` after it names first with that ending;
//! `weft,continued` is added to the file before. Files stay where they are to the end of the page.

use std::cell::Cell;
use std::path::Path;
use std::process::Command;

use crate::common::{Folder, root};

/// A block of the page.
struct Block<'a> {
    mark: &'a str,
    text: &'a str,
}

/// The page in pieces, text and blocks by turns, that give the page when they are put together.
fn pieces(page: &str) -> Vec<(&str, Option<Block<'_>>)> {
    let mut pieces = Vec::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("\n```") {
        let (mark, after) = after.split_once('\n').expect("a line");
        let (text, after) = after.split_once("\n```\n").expect("the end of a block");
        pieces.push((before, Some(Block { mark, text })));
        rest = after;
    }
    pieces.push((rest, None));
    pieces
}

/// How the paragraph that ends every report begins. The page shows it once.
const CONVENTION: &str = "\n MACs count contractions";

/// The folder in which the page is followed.
struct Desk {
    folder: Folder,
    convention_is_known: Cell<bool>,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: Folder::new(), convention_is_known: Cell::new(false) }
    }

    /// What a command prints, as a shell shows it.
    fn run(&self, command: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_weft")).parent().expect("a folder").display();
        let path = std::env::var("PATH").unwrap_or_default();
        let run = Command::new("sh")
            .args(["-c", &format!("exec 2>&1; {command}")])
            .env("PATH", format!("{program}:{path}"))
            .env("NO_COLOR", "1")
            .current_dir(self.folder.path())
            .output()
            .expect("runs");
        let told = String::from_utf8(run.stdout).expect("UTF-8");
        match told.split_once(CONVENTION) {
            Some((told, _)) if self.convention_is_known.replace(true) => told.to_string(),
            _ => told,
        }
    }

    /// Commands with what they print, blanks at the ends of lines left out.
    fn session(&self, text: &str) -> String {
        let commands = text.lines().filter(|line| line.starts_with("$ "));
        let told = commands.map(|command| format!("{command}\n{}", self.run(&command[2..])));
        let told: String = told.collect();
        told.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_string()
    }
}

/// The first word of some commands that ends in this way.
fn named<'a>(commands: &'a str, ending: &str) -> &'a str {
    let words = commands.lines().filter(|line| line.starts_with("$ ")).flat_map(str::split_whitespace);
    let mut words = words.map(|word| word.trim_end_matches(';'));
    words.find(|word| word.ends_with(ending)).unwrap_or_else(|| panic!("no file in {commands}"))
}

/// The page as it would be if what it says of commands were what they print.
fn told_again(page: &str) -> String {
    let desk = Desk::new();
    let pieces = pieces(page);
    let mut again = String::new();
    let mut last = String::new();
    for (i, (before, block)) in pieces.iter().enumerate() {
        again.push_str(before);
        let Some(Block { mark, text }) = block else { continue };
        let mut text = text.to_string();
        let next = || {
            let later = pieces[i..].iter().filter_map(|(_, block)| block.as_ref());
            later.into_iter().find(|block| block.mark == "console").expect("a command").text
        };
        match *mark {
            "weft" => {
                last = named(next(), ".weft").to_string();
                desk.folder.put(&last, format!("{text}\n"));
            }
            "weft,continued" => {
                let before = desk.folder.read(&last);
                desk.folder.put(&last, format!("{before}\n{text}\n"));
            }
            "toml" => {
                desk.folder.put("weft.toml", format!("{text}\n"));
            }
            "console" => text = desk.session(&text),
            mark => panic!("a block marked `{mark}`"),
        }
        again.push_str(&format!("\n```{mark}\n{text}\n```\n"));
    }
    again
}

#[test]
fn every_step_of_the_tutorial_prints_what_it_says() {
    let path = root().join("docs/tutorial.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let again = told_again(&page);
    assert!(again.matches("\n$ weft").count() > 20 && again.matches("```weft").count() > 12, "{again}");
    if std::env::var_os("WEFT_WRITE_DOCS").is_some() {
        std::fs::write(&path, &again).expect("written");
        return;
    }
    let told = page.lines().zip(again.lines()).find(|(said, printed)| said != printed);
    assert_eq!(told, None, "run `WEFT_WRITE_DOCS=1 cargo test tutorial::` and read what has changed");
    assert_eq!(page, again);
}
