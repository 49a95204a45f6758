//! The order of the rooms: data flows one way, so no file imports from a room above its own, and no folder is a heap.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every room of `src/` from the bottom to the top, with the rooms that it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("output", &[]),
    ("digest", &[]),
    ("diagnostic", &["source", "output"]),
    ("syntax", &["source", "diagnostic"]),
    ("format", &["source", "diagnostic", "syntax"]),
    ("ir", &["source"]),
    ("layers", &["diagnostic", "ir"]),
    ("front", &["source", "diagnostic", "digest", "syntax", "ir", "layers"]),
    ("analysis", &["ir", "layers"]),
    ("blocks", &["source", "ir", "layers", "analysis"]),
    ("back", &["output", "diagnostic", "ir", "layers", "analysis", "blocks"]),
    ("report", &["output", "diagnostic", "ir", "layers", "analysis", "blocks", "back"]),
    ("explain", &["diagnostic", "ir", "layers", "analysis", "blocks", "report"]),
    ("diff", &["output", "diagnostic", "ir", "analysis", "blocks", "back", "report"]),
    ("lint", &["source", "diagnostic", "syntax", "ir", "layers", "front", "analysis"]),
    ("config", &["diagnostic", "lint"]),
    ("project", &["source", "lint", "config"]),
    ("lock", &["source", "diagnostic", "ir", "analysis", "report"]),
    ("verify", &["ir"]),
    ("fix", &["source", "diagnostic"]),
    ("pages", &["output", "ir", "layers", "front", "report", "lint"]),
    ("ide", BELOW_IDE),
    ("server", &["source", "diagnostic", "front", "explain", "config", "project", "fix", "pages", "ide"]),
    ("cli", BELOW_CLI),
];

const BELOW_IDE: &[&str] = &[
    "source",
    "diagnostic",
    "syntax",
    "format",
    "ir",
    "layers",
    "front",
    "analysis",
    "report",
    "explain",
    "lint",
    "project",
    "pages",
];

const BELOW_CLI: &[&str] = &[
    "source",
    "output",
    "digest",
    "diagnostic",
    "format",
    "ir",
    "layers",
    "front",
    "analysis",
    "back",
    "report",
    "explain",
    "diff",
    "lint",
    "config",
    "project",
    "lock",
    "verify",
    "fix",
    "pages",
    "server",
];

/// The parts of `front/weft` that must not use each other in a circle.
const PARTS: &[&str] = &["resolve", "eval", "lower", "incremental"];

/// No folder holds more files than this beside its rooms.
const MOST_FILES: usize = 15;

/// Folders whose files are a list of one kind, one entry or family each.
const LISTS: &[&str] = &["src/lint/rules", "src/layers"];

/// Folders that are still to be cut, with the files that they have: none may grow.
const CROWDED: &[(&str, usize)] = &[("src/front/weft/eval", 17), ("src/ir", 22)];

/// A file of the library with its code, tests and comments left out.
struct SourceFile {
    path: PathBuf,
    code: String,
}

fn files_in(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files_in(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
}

fn is_for_tests(path: &Path) -> bool {
    path.iter().any(|step| {
        let step = step.to_string_lossy();
        step == "tests" || step == "tests.rs" || step.starts_with("test_")
    })
}

fn sources() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files_in(&root.join("src"), &mut paths);
    paths.sort();
    let relative = paths.into_iter().map(|path| path.strip_prefix(root).expect("inside").to_path_buf());
    relative
        .filter(|path| !is_for_tests(path))
        .map(|path| {
            let text = fs::read_to_string(root.join(&path)).expect("a text");
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>();
            SourceFile { path, code: code.join("\n") }
        })
        .collect()
}

/// The names that follow `prefix` in a code: of `crate::{ir::Graph, source}` both.
fn names_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        let word =
            |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = true;
            for (at, c) in list.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    c if start && !c.is_whitespace() => {
                        names.insert(word(&list[at..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            names.insert(word(rest));
        }
    }
    names
}

fn room_of(path: &Path) -> String {
    let step = path.iter().nth(1).expect("src/…").to_string_lossy();
    step.trim_end_matches(".rs").to_string()
}

#[test]
fn the_table_of_rooms_is_in_order_and_complete() {
    for (number, (room, uses)) in ROOMS.iter().enumerate() {
        for used in *uses {
            assert!(
                ROOMS[..number].iter().any(|(below, _)| below == used),
                "`{room}` uses `{used}`, which is not below it"
            );
        }
    }
    let known: BTreeSet<_> = ROOMS.iter().map(|(room, _)| room.to_string()).collect();
    let present: BTreeSet<_> = sources()
        .iter()
        .map(|file| room_of(&file.path))
        .filter(|room| room != "lib" && room != "main")
        .collect();
    assert_eq!(known, present);
}

#[test]
fn no_file_imports_from_a_room_that_it_may_not_use() {
    let mut wrong = Vec::new();
    for file in sources() {
        let room = room_of(&file.path);
        let Some((_, allowed)) = ROOMS.iter().find(|(known, _)| *known == room) else { continue };
        let is_room = |name: &&String| ROOMS.iter().any(|(known, _)| known == name);
        for used in names_after(&file.code, "crate::").iter().filter(is_room) {
            if *used != room && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} uses `{used}`", file.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "not allowed by the table of rooms:\n{}", wrong.join("\n"));
}

#[test]
fn the_parts_of_the_language_use_each_other_in_one_direction() {
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in sources() {
        let Ok(inside) = file.path.strip_prefix("src/front/weft") else { continue };
        let steps: Vec<_> =
            inside.iter().map(|step| step.to_string_lossy().trim_end_matches(".rs").to_string()).collect();
        let Some(own) = PARTS.iter().find(|part| steps.first().is_some_and(|step| step == *part)) else {
            continue;
        };
        let mut named = names_after(&file.code, "crate::front::weft::");
        // `super` of the part's own `mod.rs`, and `super::super` of a file in it.
        let up = if steps.len() == 1 || steps.get(1).is_some_and(|step| step == "mod") {
            "super::"
        } else {
            "super::super::"
        };
        named.extend(names_after(&file.code, up));
        uses.entry(own)
            .or_default()
            .extend(PARTS.iter().filter(|part| *part != own && named.contains(**part)));
    }
    // What a part reaches, over any number of others, is never itself.
    for part in PARTS {
        let mut waiting: Vec<&str> = uses.get(part).into_iter().flatten().copied().collect();
        let mut reached = BTreeSet::new();
        while let Some(next) = waiting.pop() {
            if reached.insert(next) {
                waiting.extend(uses.get(next).into_iter().flatten());
            }
        }
        assert!(!reached.contains(part), "`{part}` is used by what it uses: {uses:?}");
    }
}

#[test]
fn no_folder_is_a_heap_of_files() {
    let mut counts: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for file in sources() {
        *counts.entry(file.path.parent().expect("a folder").to_path_buf()).or_default() += 1;
    }
    let is_list = |folder: &Path| LISTS.iter().any(|list| folder == Path::new(list));
    let is_known = |folder: &Path, count: usize| {
        CROWDED.iter().any(|(known, most)| folder == Path::new(known) && count <= *most)
    };
    // The rooms themselves are listed above.
    counts.retain(|folder, count| *count > MOST_FILES && !is_list(folder) && folder != Path::new("src"));
    counts.retain(|folder, count| !is_known(folder, *count));
    assert!(counts.is_empty(), "more than {MOST_FILES} files: {counts:?}");
}
