//! Files that are replaced whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Puts a text in the place of a file's, which keeps its permissions. A link goes on leading to the file. Whoever reads
/// meanwhile, and whoever comes after an interruption, finds the old text or the new one.
///
/// # Errors
/// The system's refusal; then nothing has changed.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let permissions = fs::metadata(&path)?.permissions();
    put(&path, text, Some(permissions))
}

/// Writes a file that may not exist yet.
///
/// # Errors
/// The system's refusal; then nothing has changed.
pub(super) fn create_or_replace(path: &Path, text: &str) -> io::Result<()> {
    if path.exists() { replace(path, text) } else { put(path, text, None) }
}

/// Puts a file where there may be another, or a link, which is replaced and not followed.
///
/// # Errors
/// The system's refusal; then nothing has changed.
pub(super) fn overwrite(path: &Path, text: &str) -> io::Result<()> {
    put(path, text, None)
}

fn put(path: &Path, text: &str, permissions: Option<fs::Permissions>) -> io::Result<()> {
    let beside = beside(path);
    let written = write_new(&beside, text, permissions).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
        return written;
    }
    // That the name leads to the new file must reach the disk as well; not every system can be asked.
    if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn write_new(path: &Path, text: &str, permissions: Option<fs::Permissions>) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
