//! Every program of the project: files, and blocks of its documentation.

use std::path::{Path, PathBuf};

/// A program and where it is from.
pub struct Sample {
    pub name: String,
    pub text: String,
    /// The path it is read under, so that it finds what it imports.
    pub path: Option<PathBuf>,
    /// True where its layout is not its subject.
    pub formatted: bool,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
}

/// Everything written in Weft.
pub fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (folder, formatted) in [
        ("examples", true),
        ("std", true),
        ("src/cli", true),
        ("tests/suite", false),
        ("tests/standard", true),
    ] {
        let mut paths = Vec::new();
        files(&root().join(folder), "weft", &mut paths);
        assert!(!paths.is_empty(), "no program in {folder}");
        for path in paths {
            let text = std::fs::read_to_string(&path).expect("a program");
            let name = path.strip_prefix(root()).expect("inside").display().to_string();
            samples.push(Sample { name, text, path: Some(path), formatted });
        }
    }
    let mut pages = vec![root().join("README.md")];
    files(&root().join("docs"), "md", &mut pages);
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("a page");
        let name = page.strip_prefix(root()).expect("inside").display().to_string();
        for (number, block) in blocks(&text).enumerate() {
            let name = format!("{name}, block {}", number + 1);
            samples.push(Sample { name, text: whole(block), path: None, formatted: true });
        }
    }
    samples
}

/// The Weft of a page.
fn blocks(page: &str) -> impl Iterator<Item = &str> {
    page.split("\n```weft").skip(1).map(|rest| {
        let code = rest.find('\n').map_or("", |line| &rest[line + 1..]);
        &code[..code.find("```").unwrap_or(code.len())]
    })
}

/// Statements of a page become a block of their own.
fn whole(block: &str) -> String {
    let items = ["use ", "const ", "block ", "model ", "#"];
    if items.iter().any(|item| block.starts_with(item)) {
        return block.to_owned();
    }
    let line = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") };
    format!("block Fragment {{\n{}}}\n", block.lines().map(line).collect::<String>())
}
