//! Which files a list of paths means: files as named, folders searched with `.gitignore` respected.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// What a list of paths means.
#[derive(Debug, Default)]
pub struct Found {
    /// The files to read, sorted, each once.
    pub files: Vec<PathBuf>,
    /// What could not be searched, a sentence each.
    pub problems: Vec<String>,
    /// Folders that hold no `.weft` file, a sentence each.
    pub empty: Vec<String>,
}

/// Searches the folders among some paths.
///
/// A path that is no folder stands for itself, so that reading it can say what is wrong with it.
pub fn files(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        if path != Path::new("-") && path.is_dir() {
            search(path, &mut found);
        } else {
            found.files.push(path.clone());
        }
    }
    found.files.sort();
    found.files.dedup();
    found
}

fn search(folder: &Path, found: &mut Found) {
    let before = (found.files.len(), found.problems.len());
    for entry in WalkBuilder::new(folder).require_git(false).build() {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) && is_weft(entry.path()) => {
                // `./a.weft`, found from `.`, is `a.weft` for people.
                found.files.push(entry.path().strip_prefix(".").unwrap_or(entry.path()).to_owned());
            }
            Ok(_) => {}
            Err(error) => found.problems.push(format!("cannot search `{}`: {error}", folder.display())),
        }
    }
    if before == (found.files.len(), found.problems.len()) {
        found.empty.push(format!("no `.weft` file in `{}`", folder.display()));
    }
}

fn is_weft(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "weft")
}
