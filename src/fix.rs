//! Fixes put into a text: several at once, none over another.
//!
//! Main functions: [`apply`], and [`settled`], which asks again what is found until no fix is left.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::source::{FileId, Span};

/// Which fixes are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixLevel {
    /// Those that preserve what is computed.
    Safe,
    /// Unsafe ones as well.
    All,
}

/// A text with fixes in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// The new text.
    pub text: String,
    /// How many fixes are in it.
    pub count: usize,
}

/// Puts every wanted fix of a file's diagnostics into its text. Of fixes that overlap the first is taken, so that the
/// others can be asked for again once the text is read anew. So it is with those of findings where an error can be fixed:
/// what is found beside a model that cannot be built may not be found once it can.
pub fn apply(file: FileId, text: &str, diagnostics: &[Diagnostic], wanted: FixLevel) -> Fixed {
    let is_wanted = |fix: &&Fix| fix.safe || wanted == FixLevel::All;
    let inside =
        |fix: &&Fix| !fix.edits.is_empty() && fix.edits.iter().all(|edit| edit.location.file == file);
    let fixes_of = |structural: bool| {
        let those = diagnostics.iter().filter(move |one| one.structural == structural);
        those.filter_map(|one| one.fix.as_ref()).filter(is_wanted).filter(inside).collect()
    };
    let mut fixes: Vec<&Fix> = fixes_of(true);
    if fixes.is_empty() {
        fixes = fixes_of(false);
    }
    // The same fix of two findings is one.
    fixes.sort_by_key(|fix| fix.edits.iter().map(|edit| edit.location.span).min());
    fixes.dedup_by(|a, b| a.edits == b.edits);
    let (mut taken, mut count) = (BTreeMap::new(), 0usize);
    for fix in fixes {
        if fix.edits.iter().all(|edit| is_free(&taken, edit.location.span)) {
            taken.extend(fix.edits.iter().map(|edit| (edit.location.span.start, edit)));
            count = count.saturating_add(1);
        }
    }
    Fixed { text: written(text, taken.into_values()), count }
}

/// A text in which no fix is left to make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// The new text.
    pub text: String,
    /// How many fixes are in it.
    pub count: usize,
    /// What is still to be said of it.
    pub left: Vec<Diagnostic>,
}

/// How often a text is looked at again after fixes, which may make room for others.
const ROUNDS: usize = 10;

/// Puts fixes into a text, round after round until none is left. A round that would leave more syntax errors than there
/// were is not taken.
///
/// # Errors
/// Those of `look`, which tells what is found in a text.
pub fn settled<E>(
    text: &str,
    found: Vec<Diagnostic>,
    wanted: FixLevel,
    mut look: impl FnMut(&str) -> Result<Vec<Diagnostic>, E>,
) -> Result<Settled, E> {
    let mut settled = Settled { text: text.to_owned(), count: 0, left: found };
    for _ in 0..ROUNDS {
        let fixed = apply(FileId(0), &settled.text, &settled.left, wanted);
        if fixed.count == 0 || fixed.text == settled.text {
            break;
        }
        let next = look(&fixed.text)?;
        if unreadable(&next) > unreadable(&settled.left) {
            break;
        }
        settled.text = fixed.text;
        settled.count = settled.count.saturating_add(fixed.count);
        settled.left = next;
    }
    Ok(settled)
}

fn unreadable(diagnostics: &[Diagnostic]) -> usize {
    diagnostics.iter().filter(|diagnostic| diagnostic.code == "syntax").count()
}

/// True where no edit that was taken touches the same bytes, or inserts at the same place.
fn is_free(taken: &BTreeMap<u32, &Edit>, span: Span) -> bool {
    let before = taken.range(..=span.start).next_back();
    let next = taken.range(span.start..).next();
    before.is_none_or(|(start, edit)| *start != span.start && edit.location.span.end <= span.start)
        && next.is_none_or(|(start, _)| *start >= span.end)
}

/// The text with edits in the order of their places.
fn written<'e>(text: &str, edits: impl Iterator<Item = &'e Edit>) -> String {
    let mut new = String::with_capacity(text.len());
    let mut at = 0usize;
    for edit in edits {
        let span = edit.location.span;
        new.push_str(text.get(at..span.start as usize).unwrap_or(""));
        new.push_str(&edit.text);
        at = span.end as usize;
    }
    new.push_str(text.get(at..).unwrap_or(""));
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::source::Span;

    fn finding(fix: Fix) -> Diagnostic {
        Diagnostic::finding("some-rule", Severity::Warning, Span::new(0, 1).within(FileId(0)), "wrong")
            .fix(fix)
    }

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit::replace(Span::new(start, end).within(FileId(0)), text)
    }

    #[test]
    fn errors_are_mended_before_what_is_found_beside_them() {
        let error = |fix| Diagnostic { structural: true, ..finding(fix) };
        let found = [
            finding(Fix::safe("of a rule", vec![edit(0, 1, "A")])),
            error(Fix::unsafe_("a name", vec![edit(2, 3, "B")])),
        ];
        let text = |wanted| apply(FileId(0), "0123", &found, wanted).text;
        assert_eq!([text(FixLevel::Safe), text(FixLevel::All)], ["A123", "01B3"]);
        assert_eq!(apply(FileId(0), "0123", &found[..1], FixLevel::All).text, "A123");
    }

    #[test]
    fn several_fixes_compose_and_of_two_that_overlap_the_first_is_taken() {
        let found = [
            finding(Fix::safe("last", vec![edit(8, 9, "")])),
            finding(Fix::safe("both ends", vec![edit(0, 1, "AA"), edit(4, 4, "+")])),
            finding(Fix::safe("inside", vec![edit(0, 2, "no")])),
            finding(Fix::safe("the same", vec![edit(8, 9, "")])),
            finding(Fix::unsafe_("not wanted", vec![edit(5, 6, "X")])),
        ];
        let fixed = apply(FileId(0), "abcdefghi", &found, FixLevel::Safe);
        assert_eq!(fixed, Fixed { text: "AAbcd+efgh".into(), count: 2 });
        assert_eq!(apply(FileId(0), "abcdefghi", &found, FixLevel::All).text, "AAbcd+eXgh");
    }

    #[test]
    fn a_fix_of_another_file_is_none_of_this_one() {
        let other = Edit::replace(Span::new(0, 1).within(FileId(1)), "");
        let found = [finding(Fix::safe("elsewhere", vec![edit(0, 1, ""), other]))];
        assert_eq!(apply(FileId(0), "abc", &found, FixLevel::All), Fixed { text: "abc".into(), count: 0 });
    }
}
