//! The one diagnostic type, for compile errors and for findings alike, and the formats that it is written in.
//!
//! Main type: [`Diagnostic`]. Used by every room above; knows only `source` and `output`.

mod escape;
pub mod formats;
mod tally;

pub use escape::escaped;
pub use formats::{FORMATS, fingerprints, pretty};
pub use tally::Tally;

use crate::source::Location;

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Worth fixing.
    Warning,
    /// Must be fixed.
    Error,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Label {
    /// The place.
    pub location: Location,
    /// What is said of it; may be empty.
    pub text: String,
}

/// A change to the source that fixes what was found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fix {
    /// What it does, as an order: `delete the second \`ReLU\``.
    pub title: String,
    /// True where the function that the model computes, and the names of its tensors, stay the same.
    pub safe: bool,
    /// The edits, in any order; none overlaps another.
    pub edits: Vec<Edit>,
}

/// One replacement in a source.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub location: Location,
    /// The new text.
    pub text: String,
}

/// One thing to tell a person about their source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule or structural error, in kebab-case: `shape-mismatch`.
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// True where the graph cannot be built; such an error cannot be allowed, ignored or lowered.
    pub structural: bool,
    /// One sentence, without a full stop, with names in backticks.
    pub message: String,
    /// Where it is.
    pub primary: Label,
    /// Other places that explain it.
    pub related: Vec<Label>,
    /// What to do; one line each.
    pub help: Vec<String>,
    /// What else to know: the block's call stack, the least valid value; one line each.
    pub notes: Vec<String>,
    /// A change that fixes it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A structural error: the graph cannot be built.
    pub fn structural(code: &'static str, location: Location, message: impl Into<String>) -> Diagnostic {
        Diagnostic { structural: true, ..Diagnostic::finding(code, Severity::Error, location, message) }
    }

    /// A finding of the linter.
    pub fn finding(
        code: &'static str,
        severity: Severity,
        location: Location,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            code,
            severity,
            structural: false,
            message: message.into(),
            primary: Label { location, text: String::new() },
            related: Vec::new(),
            help: Vec::new(),
            notes: Vec::new(),
            fix: None,
        }
    }

    /// Moves every place of it to where that is now.
    pub fn map(&mut self, mut moved: impl FnMut(Location) -> Location) {
        let labels = std::iter::once(&mut self.primary).chain(&mut self.related);
        let edits = self.fix.iter_mut().flat_map(|fix| &mut fix.edits);
        let places = labels.map(|label| &mut label.location).chain(edits.map(|edit| &mut edit.location));
        places.for_each(|place| *place = moved(*place));
    }

    /// What is said of the primary place.
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        self.primary.text = text.into();
        self
    }

    /// Another place that explains it.
    pub fn related(mut self, location: Location, text: impl Into<String>) -> Diagnostic {
        self.related.push(Label { location, text: text.into() });
        self
    }

    /// What to do.
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help.push(text.into());
        self
    }

    /// The name that a mistyped one, alone at this place, may stand for: help, and an unsafe fix.
    pub fn meant(self, place: Location, name: &str) -> Diagnostic {
        let fix = Fix::unsafe_(format!("write `{name}`"), vec![Edit::replace(place, name)]);
        self.help(format!("did you mean `{name}`?")).fix(fix)
    }

    /// A change that fixes it.
    pub fn fix(mut self, fix: Fix) -> Diagnostic {
        self.fix = Some(fix);
        self
    }

    /// What else to know.
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }
}

impl Fix {
    /// A change that preserves what is computed.
    pub fn safe(title: impl Into<String>, edits: Vec<Edit>) -> Fix {
        Fix { title: title.into(), safe: true, edits }
    }

    /// A change that a person should look at.
    pub fn unsafe_(title: impl Into<String>, edits: Vec<Edit>) -> Fix {
        Fix { title: title.into(), safe: false, edits }
    }
}

impl Edit {
    /// Puts a text in the place of another.
    pub fn replace(location: Location, text: impl Into<String>) -> Edit {
        Edit { location, text: text.into() }
    }
}

/// The known name nearest to a mistyped one, if one is near enough to be meant. Of names that differ in their capitals
/// only, the one is nearer that has those of what was typed.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    let length = lower.chars().count();
    let edits = |name: &'a str| {
        let other = name.chars().count();
        let most = (other.max(length) / 3).max(1);
        // No edit is cheaper than the difference in length, which costs nothing to know.
        let possible = other.abs_diff(length) <= most;
        let distance = possible.then(|| strsim::damerau_levenshtein(&lower, &name.to_lowercase()))?;
        (distance <= most).then(|| ((distance, strsim::damerau_levenshtein(wrong, name)), name))
    };
    known.into_iter().filter_map(edits).min_by_key(|(distances, _)| *distances).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_name_that_is_meant_is_near_and_its_capitals_decide_between_two() {
        let known = ["MultiHeadAttention", "MultiheadAttention", "Linear"];
        assert_eq!(nearest("MultiheadAttentino", known), Some("MultiheadAttention"));
        assert_eq!(nearest("MultiHeadAttentino", known), Some("MultiHeadAttention"));
        assert_eq!(nearest("LINAER", known), Some("Linear"));
        assert_eq!(nearest("Conv2d", known), None);
    }
}
