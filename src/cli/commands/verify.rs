//! `weft verify`: does a checkpoint fit a model.

use std::path::PathBuf;

use crate::cli::{Common, Exit, Streams, load};
use crate::diagnostic::escaped;
use crate::verify::{Naming, read, verify};

/// Arguments of `weft verify`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The file; `-` is standard input
    file: PathBuf,
    /// The checkpoint: a `.safetensors` file, or the `.index.json` of one in several files
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    /// What every name in the checkpoint begins with
    #[arg(long, default_value = "", hide_default_value = true)]
    prefix: String,
    /// Put parts of the checkpoint's paths in place of others, as `encoder.layer=h` (may be repeated)
    #[arg(long, value_name = "FROM=TO", value_parser = renaming)]
    rename: Vec<(String, String)>,
}

/// Says what of the checkpoint does not fit; the exit status is 1 where anything does not.
pub fn run(arguments: &Arguments, common: &Common, streams: &mut Streams) -> Exit {
    let program = match load(&arguments.file, common, streams) {
        Ok(program) => program,
        Err(exit) => return exit,
    };
    let [model] = &program.models[..] else {
        let names: Vec<_> = program.models.iter().map(|model| format!("`{}`", model.name)).collect();
        let message = match names.len() {
            0 => "there is no complete model to verify".to_owned(),
            n => format!("there are {n} models, {}: choose one with `--model`", names.join(", ")),
        };
        return streams.refuse(&message);
    };
    let tensors = match read(&arguments.weights) {
        Ok(tensors) => tensors,
        Err(message) => return streams.refuse(&message),
    };
    let naming = Naming { prefix: arguments.prefix.clone(), renamed: arguments.rename.clone() };
    let fit = verify(model, &tensors, &naming);
    let weights = arguments.weights.to_string_lossy();
    let text = format!("{}   {weights}\n{fit}", model.name);
    for line in text.lines() {
        streams.print(&escaped(line));
        streams.print("\n");
    }
    if fit.is_good() { Exit::Success } else { Exit::Objection }
}

/// `FROM=TO`
fn renaming(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((from, to)) if !from.is_empty() => Ok((from.to_owned(), to.to_owned())),
        _ => Err("expected a part of a path, `=` and its replacement, as in `encoder.layer=h`".to_owned()),
    }
}
