//! Files of the disk, with the limits that hold before memory is taken.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::files::{FileSystem, ReadError};

/// The largest source file, in bytes.
pub const SOURCE_LIMIT: u64 = 16 * 1024 * 1024;

/// The disk as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl FileSystem for Disk {
    fn read(&self, path: &Path) -> Result<String, ReadError> {
        let about = fs::metadata(path).map_err(refused)?;
        if !about.is_file() {
            return Err(ReadError::NotAFile);
        }
        read_sized(&mut fs::File::open(path).map_err(refused)?, about.len())
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        fs::canonicalize(path).map_err(refused)
    }

    /// The nearest folder upwards with a `weft.toml` or a `.git`; else the file's own folder.
    fn root(&self, canonical: &Path) -> PathBuf {
        let folder = canonical.parent().unwrap_or(canonical);
        let marked = folder.ancestors().find(|up| up.join("weft.toml").is_file() || up.join(".git").exists());
        marked.unwrap_or(folder).to_path_buf()
    }
}

/// All of a reader's text, refused where it passes the limit or is no UTF-8.
///
/// # Errors
/// [`ReadError::TooLarge`] after one byte more than the limit, [`ReadError::NotUtf8`], or the system's refusal.
pub fn read_limited(reader: &mut dyn Read) -> Result<String, ReadError> {
    read_sized(reader, 0)
}

/// The same of one that is likely to hold so many bytes.
fn read_sized(reader: &mut dyn Read, size: u64) -> Result<String, ReadError> {
    // One more, so that its end is seen without more room.
    let size = size.min(SOURCE_LIMIT).saturating_add(1);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    reader.take(SOURCE_LIMIT.saturating_add(1)).read_to_end(&mut bytes).map_err(refused)?;
    if bytes.len() as u64 > SOURCE_LIMIT {
        return Err(ReadError::TooLarge { limit: SOURCE_LIMIT });
    }
    String::from_utf8(bytes).map_err(|error| ReadError::NotUtf8 { offset: error.utf8_error().valid_up_to() })
}

fn refused(error: std::io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::NotFound => ReadError::NotFound,
        ErrorKind::IsADirectory => ReadError::NotAFile,
        _ => ReadError::Refused(error.to_string()),
    }
}
