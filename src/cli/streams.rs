//! The two output streams: a reader who leaves early is no error, and colour is decided once.
//!
//! Main type: [`Streams`]. Writing to it never fails on the spot; what went wrong is known at the end.

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

use clap::ColorChoice;
use terminal_size::{Width, terminal_size_of};

use crate::cli::Exit;
use crate::diagnostic::escaped;
use crate::diagnostic::pretty::Style;
use crate::output::WriteError;

/// The width of a page where results go to no terminal, and the widest that reads well.
const PAGE: usize = 100;

/// Where a command writes.
pub struct Streams<'a> {
    /// Results. Writing never fails; flushing tells whether anything did.
    pub out: &'a mut dyn Write,
    /// Everything else. Writing never fails.
    pub err: &'a mut dyn Write,
    /// The columns of the terminal, where results go to one.
    pub out_width: Option<usize>,
    /// Whether results are coloured.
    pub out_color: bool,
    /// Whether everything else is coloured.
    pub err_color: bool,
    /// Whether everything else goes to a terminal.
    pub err_terminal: bool,
}

impl Streams<'_> {
    /// Writes a result as it is.
    pub fn print(&mut self, text: &str) {
        // What fails is remembered by the stream and becomes the exit status.
        let _ = self.out.write_all(text.as_bytes());
    }

    /// Writes a line that is no result, with its control characters escaped.
    pub fn say(&mut self, line: &str) {
        let _ = writeln!(self.err, "{}", escaped(line));
    }

    /// Ends a command that wrote its result, or could not.
    pub fn finish(&mut self, written: Result<(), WriteError>) -> Exit {
        match written {
            Ok(()) => Exit::Success,
            Err(error) => self.refuse(&error.to_string()),
        }
    }

    /// Says why the command cannot do its work.
    pub fn refuse(&mut self, message: &str) -> Exit {
        self.say(&format!("error: {message}"));
        Exit::Failure
    }

    /// The columns of a page of documentation: the terminal's, but no more than read well.
    pub fn page_width(&self) -> usize {
        self.out_width.unwrap_or(PAGE).clamp(40, PAGE)
    }

    /// How diagnostics look among the results.
    pub fn out_style(&self) -> Style {
        Style { color: self.out_color, width: self.out_width.unwrap_or(Style::PLAIN.width) }
    }

    /// How diagnostics look on standard error.
    pub fn err_style(&self) -> Style {
        Style { color: self.err_color, ..Style::PLAIN }
    }
}

/// Runs something on standard output and standard error.
///
/// A pipe closed by its reader ends quietly, with the status the work gives; any other failure to write is one.
pub(super) fn with_standard(choice: ColorChoice, work: impl FnOnce(&mut Streams) -> Exit) -> Exit {
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let wants = Colour::of_environment(choice);
    let out_color = wants.on(stdout.is_terminal());
    let err_terminal = stderr.is_terminal();
    let err_color = wants.on(err_terminal);
    let out_width = terminal_size_of(&stdout).map(|(Width(columns), _)| usize::from(columns));
    let mut out = Forgiving::new(BufWriter::new(stdout.lock()));
    let mut err = Forgiving::new(stderr);
    let exit =
        work(&mut Streams { out: &mut out, err: &mut err, out_width, out_color, err_color, err_terminal });
    match out.finish() {
        None => exit,
        Some(failure) => {
            let _ = writeln!(err, "error: cannot write to standard output: {failure}");
            Exit::Failure
        }
    }
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colour {
    Always,
    Never,
    OnTerminals,
}

impl Colour {
    /// By `--color`, else `NO_COLOR`, else `CLICOLOR_FORCE`, else `TERM`.
    fn of_environment(choice: ColorChoice) -> Colour {
        let value = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        Colour::decide(
            choice,
            value("NO_COLOR").is_some(),
            value("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            value("TERM").is_some_and(|value| value == "dumb"),
        )
    }

    fn decide(choice: ColorChoice, no_color: bool, force: bool, dumb: bool) -> Colour {
        match choice {
            ColorChoice::Always => Colour::Always,
            ColorChoice::Never => Colour::Never,
            ColorChoice::Auto if no_color => Colour::Never,
            ColorChoice::Auto if force => Colour::Always,
            ColorChoice::Auto if dumb => Colour::Never,
            ColorChoice::Auto => Colour::OnTerminals,
        }
    }

    fn on(self, terminal: bool) -> bool {
        self == Colour::Always || (self == Colour::OnTerminals && terminal)
    }
}

/// A writer that takes everything; after its first failure it drops what it is given.
struct Forgiving<W: Write> {
    inner: W,
    failure: Option<io::Error>,
}

impl<W: Write> Forgiving<W> {
    fn new(inner: W) -> Forgiving<W> {
        Forgiving { inner, failure: None }
    }

    fn attempt(&mut self, write: impl FnOnce(&mut W) -> io::Result<()>) {
        if self.failure.is_none() {
            self.failure = write(&mut self.inner).err();
        }
    }

    /// What went wrong, unless it is only that nobody reads any more.
    fn finish(&mut self) -> Option<&io::Error> {
        self.attempt(W::flush);
        self.failure.as_ref().filter(|failure| failure.kind() != ErrorKind::BrokenPipe)
    }
}

impl<W: Write> Write for Forgiving<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(|inner| inner.write_all(bytes));
        Ok(bytes.len())
    }

    /// Tells whether anything went wrong so far.
    fn flush(&mut self) -> io::Result<()> {
        self.attempt(W::flush);
        self.failure.as_ref().map_or(Ok(()), |failure| Err(failure.kind().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_failure_and_a_full_disk_is() {
        for (kind, fails) in [(ErrorKind::BrokenPipe, false), (ErrorKind::StorageFull, true)] {
            let mut stream = Forgiving::new(Failing(kind));
            assert!(writeln!(stream, "a line").is_ok(), "writing never fails on the spot");
            assert_eq!(stream.finish().is_some(), fails, "{kind}");
        }
    }

    #[test]
    fn the_option_outranks_no_color_which_outranks_clicolor_force() {
        let on = |choice, no_color, force, dumb, terminal| {
            Colour::decide(choice, no_color, force, dumb).on(terminal)
        };
        assert!(on(ColorChoice::Always, true, false, true, false));
        assert!(!on(ColorChoice::Never, false, true, false, true));
        assert!(!on(ColorChoice::Auto, true, true, false, true));
        assert!(on(ColorChoice::Auto, false, true, true, false));
        assert!(!on(ColorChoice::Auto, false, false, true, true));
        assert!(on(ColorChoice::Auto, false, false, false, true));
        assert!(!on(ColorChoice::Auto, false, false, false, false));
    }
}
