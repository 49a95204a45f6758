//! `weft init`: a project to start from, a `weft.toml` that explains itself and a model that checks clean.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::{Common, Exit, Streams};
use crate::config;

/// What is written, by name.
const FILES: &[(&str, &str)] =
    &[(config::FILE, include_str!("weft.toml")), ("model.weft", include_str!("model.weft"))];

/// Arguments of `weft init`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The project's folder, which is made where there is none
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
}

/// Writes the files, or none where one of them is there already.
pub fn run(arguments: &Arguments, _common: &Common, streams: &mut Streams) -> Exit {
    let folder = &arguments.folder;
    let paths = FILES.iter().map(|(name, text)| (shown(folder, name), *text));
    let paths: Vec<_> = paths.collect();
    if let Some((taken, _)) = paths.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        return streams.refuse(&format!("`{}` is there already; nothing was written", taken.display()));
    }
    if let Err(error) = fs::create_dir_all(folder) {
        return streams.refuse(&format!("cannot make the folder `{}`: {error}", folder.display()));
    }
    for (path, text) in &paths {
        if let Err(error) = create(path, text) {
            return streams.refuse(&format!("cannot write `{}`: {error}", path.display()));
        }
        streams.say(&format!("wrote {}", path.display()));
    }
    let target = if folder == Path::new(".") { String::new() } else { format!(" {}", folder.display()) };
    streams.say(&format!("`weft check{target}` checks it"));
    Exit::Success
}

/// The path of a file as people write it.
fn shown(folder: &Path, name: &str) -> PathBuf {
    if folder == Path::new(".") { PathBuf::from(name) } else { folder.join(name) }
}

/// Writes a file that must not be there yet; one that could not be written whole is not left behind.
fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}
