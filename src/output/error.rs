//! Why something could not be written.

use std::error::Error;
use std::{fmt, io};

/// Why a format could not be written: what it is written to refuses, or its writer does.
#[derive(Debug)]
pub struct WriteError {
    format: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl WriteError {
    /// A writer of the format refuses.
    pub fn new(format: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> WriteError {
        WriteError { format, source: source.into() }
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> WriteError {
        WriteError::new("the output", error)
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write {}: {}", self.format, self.source)
    }
}

impl Error for WriteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
