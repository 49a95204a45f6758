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
    read_behind(Vec::new(), reader)
}

/// The same of a file that is said to hold so many bytes.
fn read_sized(file: &mut dyn Read, size: u64) -> Result<String, ReadError> {
    let size = usize::try_from(size.min(SOURCE_LIMIT)).unwrap_or_default();
    let mut bytes = vec![0; size.saturating_add(1)];
    let first = file.read(&mut bytes).map_err(refused)?;
    bytes.truncate(first);
    // A file that gives what it is said to hold, though more was asked for, is at its end.
    if first == size && size > 0 { text(bytes) } else { read_behind(bytes, file) }
}

/// What was read already, and all that follows.
fn read_behind(mut bytes: Vec<u8>, reader: &mut dyn Read) -> Result<String, ReadError> {
    let more = SOURCE_LIMIT.saturating_add(1).saturating_sub(bytes.len() as u64);
    reader.take(more).read_to_end(&mut bytes).map_err(refused)?;
    text(bytes)
}

fn text(bytes: Vec<u8>) -> Result<String, ReadError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_whatever_it_is_said_to_hold() {
        for size in [0, 1, 4, 5, 6, SOURCE_LIMIT] {
            assert_eq!(read_sized(&mut "block".as_bytes(), size).as_deref(), Ok("block"), "{size}");
        }
        assert_eq!(read_sized(&mut "".as_bytes(), 0).as_deref(), Ok(""));
    }

    #[test]
    fn a_file_that_grows_beyond_the_limit_is_refused() {
        let mut endless = std::io::repeat(b'#');
        assert_eq!(read_sized(&mut endless, 5), Err(ReadError::TooLarge { limit: SOURCE_LIMIT }));
    }
}
