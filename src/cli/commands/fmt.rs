//! `weft fmt`: files brought into the one layout, or told apart from it.

use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::cli::{Common, Exit, Streams, load, writing};
use crate::diagnostic::{escaped, pretty};
use crate::format::format;
use crate::source::{Sources, search};

/// Arguments of `weft fmt`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders to search for `.weft` files, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write nothing; name the files whose layout is another, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change, and exit with 1 if anything would
    #[arg(long)]
    diff: bool,
    /// The path that standard input is to be taken for
    #[arg(long, value_name = "PATH")]
    stdin_filename: Option<PathBuf>,
}

/// What became of the files.
#[derive(Debug, Default)]
struct Tally {
    changed: usize,
    unchanged: usize,
    unreadable: usize,
}

/// Lays out what is named.
pub fn run(arguments: &Arguments, _common: &Common, streams: &mut Streams) -> Exit {
    let found = search::files(&arguments.paths);
    let mut exit = Exit::Success;
    for problem in &found.problems {
        exit = exit.max(streams.refuse(problem));
    }
    found.empty.iter().for_each(|remark| streams.say(remark));
    let mut tally = Tally::default();
    for file in &found.files {
        exit = exit.max(lay_out(arguments, file, &mut tally, streams));
    }
    if found.files.iter().any(|file| file != Path::new("-")) {
        streams.say(&tally.told(arguments.check || arguments.diff));
    }
    exit
}

fn lay_out(arguments: &Arguments, file: &Path, tally: &mut Tally, streams: &mut Streams) -> Exit {
    let input = match load::read(file) {
        Ok(input) => input,
        Err(message) => return streams.refuse(&message),
    };
    let name = match (&input.path, &arguments.stdin_filename) {
        (None, Some(named)) => named.to_string_lossy().into_owned(),
        _ => input.name,
    };
    let old: &str = &input.text;
    let new = match format(old) {
        Ok(new) => new,
        Err(error) => {
            tally.unreadable = tally.unreadable.saturating_add(1);
            let mut sources = Sources::default();
            sources.add(name.clone(), old);
            let style = streams.err_style();
            let _ = write!(streams.err, "{}", pretty::render(&error.errors, &sources, style));
            let left = if input.path.is_some() { "is left as it is" } else { "is not printed" };
            streams.say(&format!("`{name}` {left}: what cannot be read has no layout"));
            return Exit::Objection;
        }
    };
    let same = new == old;
    let count = if same { &mut tally.unchanged } else { &mut tally.changed };
    *count = count.saturating_add(1);
    if arguments.diff && !same {
        let diff = TextDiff::from_lines(old, &new);
        streams.print(&diff.unified_diff().header(&name, &name).to_string());
    }
    if arguments.check && !arguments.diff && !same {
        streams.print(&format!("{}\n", escaped(&name)));
    }
    if arguments.check || arguments.diff {
        return if same { Exit::Success } else { Exit::Objection };
    }
    if file == Path::new("-") {
        streams.print(&new);
    } else if !same && let Err(error) = writing::replace(file, &new) {
        return streams.refuse(&format!("cannot write `{name}`: {error}"));
    }
    Exit::Success
}

impl Tally {
    /// `2 files would be formatted, 61 are`
    fn told(&self, dry: bool) -> String {
        let files = |count: usize| format!("{count} file{}", if count == 1 { "" } else { "s" });
        let mut parts = Vec::new();
        if self.changed > 0 {
            parts.push(format!("{} {}formatted", files(self.changed), if dry { "not " } else { "" }));
        }
        if self.unchanged > 0 {
            parts.push(format!(
                "{} as {} should be",
                files(self.unchanged),
                if self.unchanged == 1 { "it" } else { "they" }
            ));
        }
        if self.unreadable > 0 {
            parts.push(format!("{} left because of errors", files(self.unreadable)));
        }
        if parts.is_empty() { "nothing to format".to_owned() } else { parts.join(", ") }
    }
}
