//! Formats by name.

/// A format that a user picks by name. `W` is what writes it; each command has its own kind of writer.
#[derive(Debug)]
pub struct Format<W> {
    /// Its name, as in `--to` and `--format`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub summary: &'static str,
    /// The endings of files in it, without the dot, the usual one first.
    pub extensions: &'static [&'static str],
    /// What writes it.
    pub writer: W,
}

/// The formats of one command, the default first. Names are unique.
#[derive(Debug)]
pub struct Registry<W: 'static> {
    formats: &'static [&'static Format<W>],
}

impl<W> Registry<W> {
    /// A registry of these formats, the default first.
    pub const fn new(formats: &'static [&'static Format<W>]) -> Registry<W> {
        Registry { formats }
    }

    /// Every format, in the order of the help.
    pub fn iter(&self) -> impl Iterator<Item = &'static Format<W>> + use<W> {
        self.formats.iter().copied()
    }

    /// The format of a name.
    pub fn find(&self, name: &str) -> Option<&'static Format<W>> {
        self.iter().find(|format| format.name == name)
    }

    /// The format of files that end like this.
    pub fn by_extension(&self, extension: &str) -> Option<&'static Format<W>> {
        self.iter().find(|format| format.extensions.contains(&extension))
    }

    /// The name of the format that is written where none is picked.
    pub fn default_name(&self) -> &'static str {
        self.formats.first().map_or("", |format| format.name)
    }
}
