//! Addresses of documents and paths of the disk.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;

/// The path of a document; `None` for one that lies on no disk, such as a new one that was never saved.
pub(in crate::server) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let is_file = uri.scheme().is_some_and(|scheme| scheme.eq_lowercase("file"));
    let path = is_file.then(|| uri.path().as_estr().decode().into_string().ok())??;
    Some(PathBuf::from(if cfg!(windows) { path.trim_start_matches('/') } else { &path }))
}

/// The address of an absolute path.
pub(in crate::server) fn uri_of(path: &Path) -> Option<Uri> {
    let path = path.to_str()?;
    let mut uri = String::from(if cfg!(windows) { "file:///" } else { "file://" });
    for byte in path.bytes() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            // Writing to a string never fails.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    Uri::from_str(&uri).ok()
}
