//! Structural errors, each said once.

use foldhash::HashSet;

use crate::diagnostic::Diagnostic;
use crate::layers::{ErrorSubject, InferenceError};
use crate::source::{Location, Sources, Span};

/// How many errors get a suggestion: as many as are shown of a file, and some.
const SHOWN: usize = 200;

/// Every structural error so far. Of two with one code at one place the first is kept: a block's mistake is
/// met again at each of its uses.
#[derive(Debug, Default)]
pub(super) struct Errors {
    list: Vec<Diagnostic>,
    seen: HashSet<(&'static str, Location)>,
}

impl Errors {
    pub fn push(&mut self, error: Diagnostic) {
        if self.seen.insert((error.code, error.primary.location)) {
            self.list.push(error);
        }
    }

    pub fn has(&self, code: &'static str, place: Location) -> bool {
        self.seen.contains(&(code, place))
    }

    /// True once there are more than anybody is shown: a suggestion for each would cost more than it helps.
    pub fn are_many(&self) -> bool {
        self.list.len() > SHOWN
    }

    /// True if there is one of these kinds.
    pub fn any_of(&self, codes: &[&str]) -> bool {
        self.list.iter().any(|error| codes.contains(&error.code))
    }

    /// True if something inside a place is wrong.
    pub fn any_within(&self, place: Location) -> bool {
        let inside = |other: Location| {
            other.file == place.file
                && other.span.start >= place.span.start
                && other.span.end <= place.span.end
        };
        self.list.iter().any(|error| inside(error.primary.location))
    }

    /// All of them, by place.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|error| error.primary.location);
        self.list
    }
}

impl Extend<Diagnostic> for Errors {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, errors: I) {
        errors.into_iter().for_each(|error| self.push(error));
    }
}

/// Why the catalogue refused, at the place that it is about.
pub(super) fn to_diagnostic(error: InferenceError, place: Location, sources: &Sources) -> Diagnostic {
    let found = Diagnostic::structural(error.code, place, error.message);
    let found = match &error.meant {
        Some(meant) => found.meant(named_part(place, sources, error.about), meant),
        None => found,
    };
    error.help.into_iter().fold(found, Diagnostic::help)
}

/// Of `name=value` the value, where an argument is refused for its value, else the name.
fn named_part(place: Location, sources: &Sources, about: ErrorSubject) -> Location {
    let text = sources.text(place);
    let Some((name, value)) = text.split_once('=').filter(|(name, _)| is_word(name.trim_end())) else {
        return place;
    };
    let (start, end) = (place.span.start as usize, place.span.end as usize);
    let part = match about {
        ErrorSubject::Argument(_) => Span::new(end.saturating_sub(value.trim_start().len()), end),
        _ => Span::new(start, start.saturating_add(name.trim_end().len())),
    };
    part.within(place.file)
}

pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}
