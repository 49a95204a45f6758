//! `weft lock`: records every model's figures in `weft.lock`, for `weft check --locked` to compare.

use std::path::{Path, PathBuf};

use crate::analysis::analyse;
use crate::cli::load::read;
use crate::cli::{Common, Exit, Streams, writing};
use crate::config;
use crate::diagnostic::pretty;
use crate::front::weft::{Options, elaborate};
use crate::lock::{FILE, Figures, Lock};
use crate::source::{Disk, FileSystem, ReadError, search};

/// Arguments of `weft lock`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, or folders to search for `.weft` files
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
}

/// Records the figures of every complete model. What was recorded of other files stays.
pub fn run(arguments: &Arguments, common: &Common, streams: &mut Streams) -> Exit {
    if !common.model.is_empty() || !common.set.is_empty() {
        return streams.refuse("every model is recorded as its file has it: without `--model` and `--set`");
    }
    let (path, mut lock) = match open() {
        Ok(found) => found,
        Err(message) => return streams.refuse(&message),
    };
    let found = search::files(&arguments.paths);
    let mut exit = Exit::Success;
    found.problems.iter().for_each(|problem| exit = exit.max(streams.refuse(problem)));
    lock.files.retain(|name, _| {
        let file = path.with_file_name(name);
        file.is_file() && !arguments.paths.iter().any(|named| is_inside(&file, named))
    });
    let mut models = 0usize;
    for file in &found.files {
        match figures(file) {
            Ok(figures) => {
                models = models.saturating_add(figures.len());
                if !figures.is_empty() {
                    lock.files.insert(name_in(&path, file), figures);
                }
            }
            Err(told) => {
                let _ = write!(streams.err, "{told}");
                exit = exit.max(Exit::Objection);
            }
        }
    }
    if exit != Exit::Success {
        streams.say(&format!("`{FILE}` stays as it is"));
        return exit;
    }
    if let Err(error) = writing::create_or_replace(&path, &lock.text()) {
        return streams.refuse(&format!("cannot write `{}`: {error}", path.display()));
    }
    let plural = if models == 1 { "" } else { "s" };
    streams.say(&format!("{models} model{plural} recorded in `{}`", from_here(&path).display()));
    Exit::Success
}

/// A path as seen from the current folder, where it is inside.
fn from_here(path: &Path) -> &Path {
    let here = std::env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path)
}

/// The lock that holds in the current folder, with its path: beside the nearest `weft.toml` upwards, else here.
///
/// # Errors
/// Why it cannot be read.
pub(in crate::cli) fn open() -> Result<(PathBuf, Lock), String> {
    let here = std::env::current_dir().map_err(|error| format!("there is no current folder: {error}"))?;
    let folder = here.ancestors().find(|folder| folder.join(config::FILE).is_file()).unwrap_or(&here);
    let path = folder.join(FILE);
    match Disk.read(&path) {
        Ok(text) => {
            let lock = Lock::read(&text).map_err(|why| format!("cannot use `{}`: {why}", path.display()))?;
            Ok((path, lock))
        }
        Err(ReadError::NotFound) => Ok((path, Lock::default())),
        Err(error) => Err(format!("cannot read `{}`: {}", path.display(), error.reason())),
    }
}

/// A file as the lock names it: from its own folder, with `/`.
pub(in crate::cli) fn name_in(lock: &Path, file: &Path) -> String {
    let absolute = normal(file);
    let folder = lock.parent().unwrap_or(lock);
    let name = absolute.strip_prefix(folder).unwrap_or(&absolute);
    name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn is_inside(file: &Path, named: &Path) -> bool {
    normal(file).starts_with(normal(named))
}

/// An absolute path without `.`.
fn normal(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    absolute.components().filter(|part| *part != std::path::Component::CurDir).collect()
}

type Recorded = std::collections::BTreeMap<String, Figures>;

/// The figures of a file's models, or its errors as they are shown.
fn figures(file: &Path) -> Result<Recorded, String> {
    let input = read(file).map_err(|message| format!("error: {message}\n"))?;
    let program = elaborate(&Disk, input, &Options::default());
    if !program.errors.is_empty() {
        return Err(pretty::render(&program.errors, &program.sources, pretty::Style::PLAIN));
    }
    let models = program.models.iter();
    Ok(models.map(|graph| (graph.name.to_string(), Figures::of(graph, &analyse(graph)))).collect())
}
