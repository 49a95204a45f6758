//! Reads a file, or standard input, and elaborates it: what every command but `check` does first.

use std::io;
use std::path::Path;

use crate::cli::{Common, Exit, Streams};
use crate::diagnostic::{escaped, nearest, pretty};
use crate::front::weft::{Input, Options, Program, elaborate};
use crate::source::{Disk, FileSystem, read_limited};

/// Reads and elaborates a file, or standard input for `-`. What stands in the way has been said.
///
/// # Errors
/// [`Exit::Objection`] after structural errors, [`Exit::Failure`] where the file cannot be read or `--model` or
/// `--set` names nothing in it.
pub fn load(file: &Path, common: &Common, streams: &mut Streams) -> Result<Program, Exit> {
    let input = read(file).map_err(|message| streams.refuse(&message))?;
    let name = escaped(&input.name).into_owned();
    let program = loaded(&Disk, input, common, streams)?;
    if let Some(message) = common.unknown_name(&[FileNames::of(&program)]) {
        return Err(streams.refuse(&message));
    }
    if program.models.is_empty() {
        streams.say(&format!("{name}: no complete model{}", missing(&program)));
    }
    Ok(program)
}

/// Elaborates a file that was read.
///
/// # Errors
/// [`Exit::Objection`] after structural errors, which have been said.
pub(super) fn loaded(
    files: &dyn FileSystem,
    input: Input,
    common: &Common,
    streams: &mut Streams,
) -> Result<Program, Exit> {
    let program = elaborate(files, input, &common.options());
    if program.errors.is_empty() {
        return Ok(program);
    }
    let style = streams.err_style();
    let _ = write!(streams.err, "{}", pretty::render(&program.errors, &program.sources, style));
    Err(Exit::Objection)
}

/// What would make a model complete: `; `ResNet` needs `unit` and `depths` (give them with `--set`)`.
fn missing(program: &Program) -> String {
    let needs = program.incomplete.iter().map(|(model, open)| {
        let open: Vec<_> = open.iter().map(|name| format!("`{name}`")).collect();
        format!("; `{model}` needs {}", open.join(", "))
    });
    let needs: String = needs.collect();
    if needs.is_empty() { needs } else { format!("{needs} (give values with `--set`)") }
}

/// Reads a file, or standard input for `-`.
///
/// # Errors
/// The sentence that says why not.
pub(super) fn read(file: &Path) -> Result<Input, String> {
    if file == Path::new("-") {
        let text = read_limited(&mut io::stdin().lock());
        let text = text.map_err(|error| format!("cannot read standard input: {}", error.reason()))?;
        return Ok(Input { name: "<stdin>".to_owned(), path: None, text: text.into() });
    }
    let name = file.to_string_lossy().into_owned();
    let text = Disk.read(file).map_err(|error| format!("cannot read `{name}`: {}", error.reason()))?;
    Ok(Input { name, path: Some(file.to_owned()), text: text.into() })
}

/// The names that `--model` and `--set` can mean in one file.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct FileNames {
    models: Vec<String>,
    settable: Vec<String>,
}

impl FileNames {
    pub(super) fn of(program: &Program) -> FileNames {
        FileNames { models: program.declared.clone(), settable: program.settable.clone() }
    }
}

impl Common {
    /// What to elaborate.
    pub(super) fn options(&self) -> Options {
        Options { models: self.model.clone(), set: self.set.clone(), ..Options::default() }
    }

    /// Says which name of `--model` or `--set` none of the files knows, with the one that may be meant.
    pub(super) fn unknown_name(&self, files: &[FileNames]) -> Option<String> {
        let models = files.iter().flat_map(|names| &names.models);
        let settable = files.iter().flat_map(|names| &names.settable);
        let wrong_model = self.model.iter().find_map(|name| unknown("model", name, models.clone()));
        wrong_model.or_else(|| {
            let mut set = self.set.iter();
            set.find_map(|(name, _)| unknown("parameter or symbolic size", name, settable.clone()))
        })
    }
}

fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n String> + Clone) -> Option<String> {
    if known.clone().any(|known| known == name) {
        return None;
    }
    let mut all: Vec<_> = known.map(String::as_str).collect();
    all.sort_unstable();
    all.dedup();
    let hint = match (nearest(name, all.iter().copied()), all.as_slice()) {
        (Some(near), _) => format!("; did you mean `{near}`?"),
        (None, []) => String::new(),
        (None, all) => format!("; there is `{}`", all.join("`, `")),
    };
    Some(format!("no {what} is called `{name}`{hint}"))
}
