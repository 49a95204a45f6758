//! Files as they are in a revision of a git repository, read through the program `git`.
//!
//! Main type: [`Revision`]. Nothing of the work tree is read, and nothing is written.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use super::files::{FileSystem, ReadError};
use super::read_limited;

/// A revision of a repository.
#[derive(Clone, Debug)]
pub struct Revision {
    /// The repository's folder.
    folder: PathBuf,
    /// The commit, in full.
    commit: String,
}

impl Revision {
    /// The revision of this name (`main`, `HEAD~3`, `v1.0`) of the repository that holds a folder.
    ///
    /// # Errors
    /// A sentence: there is no `git`, no repository, no such revision.
    pub fn of(folder: &Path, name: &str) -> Result<Revision, String> {
        let top = git(folder, ["rev-parse", "--show-toplevel"].map(OsStr::new))?
            .ok_or_else(|| format!("`{}` is in no git repository", folder.display()))?;
        let folder = PathBuf::from(top.trim_end_matches(['\n', '\r']));
        let wanted = format!("{name}^{{commit}}");
        let asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted].map(OsStr::new);
        let commit = git(&folder, asked)?.ok_or_else(|| format!("git knows no revision `{name}`"))?;
        Ok(Revision { folder, commit: commit.trim().to_owned() })
    }

    /// The `.weft` files of the revision at or below a path, as paths of the disk, sorted.
    ///
    /// # Errors
    /// A sentence: `git` failed.
    pub fn files(&self, below: &Path) -> Result<Vec<PathBuf>, String> {
        let listed = ["ls-tree", "-r", "-z", "--name-only", &self.commit].map(OsStr::new);
        let names = git(&self.folder, listed)?.ok_or("git cannot list the revision's files")?;
        let below = self.absolute(below);
        let paths =
            names.split('\0').filter(|name| name.ends_with(".weft")).map(|name| self.folder.join(name));
        let mut paths: Vec<PathBuf> = paths.filter(|path| path.starts_with(&below)).collect();
        paths.sort();
        Ok(paths)
    }

    /// A path without `.`, `..` and links, whether or not there is such a file today.
    fn absolute(&self, path: &Path) -> PathBuf {
        if let Ok(found) = std::fs::canonicalize(path) {
            return found;
        }
        let parent = path.parent().and_then(|parent| {
            std::fs::canonicalize(if parent.as_os_str().is_empty() { Path::new(".") } else { parent }).ok()
        });
        match (parent, path.file_name()) {
            (Some(parent), Some(name)) => parent.join(name),
            _ => normal(&self.folder.join(path)),
        }
    }
}

/// A path with `.` and `..` taken out of it.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

impl FileSystem for Revision {
    fn read(&self, path: &Path) -> Result<String, ReadError> {
        let path = self.absolute(path);
        let name = path.strip_prefix(&self.folder).map_err(|_| ReadError::OutsideRoot)?;
        let mut blob = std::ffi::OsString::from(&self.commit);
        blob.push(":");
        // A tree's names are parted by slashes on every system.
        let steps: Vec<_> = name.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        blob.push(steps.join("/"));
        let mut child = command(&self.folder, [OsStr::new("cat-file"), OsStr::new("blob"), &blob])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| ReadError::Refused(format!("cannot run git: {error}")))?;
        let text = child.stdout.take().map_or(Ok(String::new()), |mut out| read_limited(&mut out));
        let ended = child.wait().map_err(|error| ReadError::Refused(error.to_string()))?;
        match text {
            Ok(_) if !ended.success() => Err(ReadError::NotFound),
            other => other,
        }
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        Ok(self.absolute(path))
    }

    fn root(&self, _: &Path) -> PathBuf {
        self.folder.clone()
    }
}

/// `git` in a folder, with its messages kept to itself.
fn command<const N: usize>(folder: &Path, arguments: [&OsStr; N]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
    command.env("GIT_OPTIONAL_LOCKS", "0");
    command
}

/// What `git` prints; `None` where it objects.
fn git<const N: usize>(folder: &Path, arguments: [&OsStr; N]) -> Result<Option<String>, String> {
    let run = command(folder, arguments).output().map_err(|error| format!("cannot run git: {error}"))?;
    if !run.status.success() {
        return Ok(None);
    }
    String::from_utf8(run.stdout).map(Some).map_err(|_| "git gave names that are no UTF-8".to_owned())
}
