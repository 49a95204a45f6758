//! The trait through which every file is read, and its form in memory for tests and the server.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no such file.
    NotFound,
    /// It is a folder, a pipe or a device.
    NotAFile,
    /// It holds more than the limit, in bytes.
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// It is no UTF-8; the offset of the first wrong byte.
    NotUtf8 {
        /// The first wrong byte.
        offset: usize,
    },
    /// It lies outside the project's root.
    OutsideRoot,
    /// The system refused, in its own words.
    Refused(String),
}

impl ReadError {
    /// Why, in words: `there is no such file or folder`.
    pub fn reason(&self) -> String {
        match self {
            ReadError::NotFound => "there is no such file or folder".to_owned(),
            ReadError::NotAFile => "it is no regular file".to_owned(),
            ReadError::TooLarge { limit } => {
                format!("it is larger than the limit of {} MiB", limit.checked_shr(20).unwrap_or(0))
            }
            ReadError::NotUtf8 { offset } => {
                format!("it is not UTF-8 (the first wrong byte is number {offset}, counted from 0)")
            }
            ReadError::OutsideRoot => "it lies outside the project".to_owned(),
            ReadError::Refused(words) => words.clone(),
        }
    }
}

/// Where source files come from: a disk, the buffers of an editor, or memory.
pub trait FileSystem {
    /// The text of a file, without a byte-order mark.
    ///
    /// # Errors
    /// What stands in the way, as a [`ReadError`].
    fn read(&self, path: &Path) -> Result<String, ReadError>;

    /// The one name of a file (absolute, without links), by which two paths to it are seen to be equal.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] and the like.
    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError>;

    /// The folder that imports of this file must stay in, in canonical form.
    fn root(&self, canonical: &Path) -> PathBuf;
}

/// Files in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: HashMap<PathBuf, String>,
}

impl Memory {
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<PathBuf>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }
}

impl FileSystem for Memory {
    fn read(&self, path: &Path) -> Result<String, ReadError> {
        self.files.get(&lexically_normal(path)).cloned().ok_or(ReadError::NotFound)
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        let path = lexically_normal(path);
        if self.files.contains_key(&path) { Ok(path) } else { Err(ReadError::NotFound) }
    }

    fn root(&self, _canonical: &Path) -> PathBuf {
        PathBuf::new()
    }
}

/// `a/./b/../c` as `a/c`, without asking a disk.
pub(crate) fn lexically_normal(path: &Path) -> PathBuf {
    use std::path::Component;
    path.components().fold(PathBuf::new(), |mut normal, component| {
        match component {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            other => normal.push(other),
        }
        normal
    })
}
