//! What the test binaries share: a temporary [`Folder`], a [`Run`] of the program, a text [`elaborated`] into graphs.

// Each binary uses a part of it.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use weft::front::weft::{Input, Options, Program, elaborate};
use weft::source::Memory;

/// The folder of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the repository, as text.
#[track_caller]
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every example, in order, as a path from the repository's folder.
pub fn examples() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for family in fs::read_dir(root().join("examples")).expect("the examples") {
        let family = family.expect("a family").path();
        if family.is_dir() {
            let files = fs::read_dir(family).expect("a family").map(|file| file.expect("a file").path());
            found.extend(files.map(|path| path.strip_prefix(root()).expect("inside").to_path_buf()));
        }
    }
    found.sort();
    found
}

/// What a text that imports nothing elaborates to.
pub fn elaborated(text: &str) -> Program {
    let input = Input { name: "net.weft".into(), path: None, text: text.into() };
    elaborate(&Memory::default(), input, &Options::default())
}

/// The same of a text that must hold no error.
#[track_caller]
pub fn sound(text: &str) -> Program {
    let program = elaborated(text);
    assert_eq!(program.errors, [], "{text}");
    program
}

/// The program, away from the colour settings of whoever runs the tests.
pub fn weft() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weft"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR"] {
        command.env_remove(name);
    }
    command
}

/// What a run of the program comes to.
#[derive(Debug)]
pub struct Run {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(output: Output) -> Run {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Run { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// A run in the repository's folder.
    pub fn at_root(arguments: &[&str]) -> Run {
        Run::inside(root(), arguments)
    }

    pub fn inside(folder: &Path, arguments: &[&str]) -> Run {
        Run::of(weft().args(arguments).current_dir(folder).output().expect("the program runs"))
    }

    /// Both streams, one after the other.
    pub fn said(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    /// The exit status with both streams.
    pub fn whole(self) -> (Option<i32>, String) {
        (self.status, self.out + &self.err)
    }
}

/// A folder of its own for a test, empty at first and deleted at the end.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::Builder::new().prefix("weft-test-").tempdir().expect("a folder"))
    }

    /// A folder with files in it: their names and texts.
    pub fn holding(files: &[(&str, &str)]) -> Folder {
        files.iter().fold(Folder::new(), |folder, (name, text)| folder.with(name, text))
    }

    /// The folder with a further file.
    pub fn with(self, name: &str, content: impl AsRef<[u8]>) -> Folder {
        self.put(name, content);
        self
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The path of something in it.
    pub fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file, and the folders that it is in.
    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.at(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("its folder");
        fs::write(&path, content).expect("a file");
        path
    }

    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A run of the program in it.
    pub fn weft(&self, arguments: &[&str]) -> Run {
        Run::inside(self.path(), arguments)
    }
}
