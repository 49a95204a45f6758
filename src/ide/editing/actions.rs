//! What can be done about what is found, and with what stands under the cursor, as edits.
//!
//! Main function: [`actions`]: every fix, every name that may be meant, silence for a finding, a constant for a value.

use crate::diagnostic::{Diagnostic, Edit};
use crate::ide::Snapshot;
use crate::ide::editing::extract::extract;
use crate::lint::RULES;
use crate::source::{FileId, Span};

/// What an action is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActionKind {
    /// It fixes a finding.
    Fix,
    /// It allows a finding where it is.
    Allow,
    /// It gives a value a name.
    Extract,
}

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action<'s> {
    /// What it does, as an order.
    pub title: String,
    /// What it is for.
    pub purpose: ActionKind,
    /// The finding that it is about.
    pub finding: Option<&'s Diagnostic>,
    /// True where it is safe, and what a person would choose.
    pub preferred: bool,
    /// The edits, in any order; none overlaps another.
    pub edits: Vec<Edit>,
}

/// Everything that can be done about a part of a text: fixes first.
pub fn actions(snapshot: &Snapshot, within: Span) -> Vec<Action<'_>> {
    let here = |finding: &&Diagnostic| {
        let place = finding.primary.location;
        place.file == FileId(0) && place.span.start <= within.end && within.start <= place.span.end
    };
    let findings: Vec<&Diagnostic> = snapshot.findings.iter().filter(here).collect();
    let fixes = findings.iter().filter_map(|finding| fix(finding));
    let allowances = findings.iter().filter_map(|finding| allow(snapshot, finding));
    fixes.chain(allowances).chain(extract(snapshot, within)).collect()
}

fn fix(finding: &Diagnostic) -> Option<Action<'_>> {
    let fix = finding.fix.as_ref()?;
    Some(Action {
        title: fix.title.clone(),
        purpose: ActionKind::Fix,
        finding: Some(finding),
        preferred: fix.safe,
        edits: fix.edits.clone(),
    })
}

/// Silence for a finding: a comment at the end of its line, a further name in the one that is there, or where another
/// comment stands there, one on a line of its own above.
fn allow<'s>(snapshot: &Snapshot, finding: &'s Diagnostic) -> Option<Action<'s>> {
    let rule = finding.code;
    if finding.structural || rule == "unused-suppression" || RULES.iter().all(|known| known.name != rule) {
        return None;
    }
    let file = snapshot.program.sources.get(FileId(0))?;
    let line = file.line_span(finding.primary.location.span.start);
    let comment = snapshot
        .program
        .comments
        .iter()
        .find(|comment| line.start <= comment.span.start && comment.span.start < line.end);
    let insert = |at: u32, text: String| Edit::replace(Span { start: at, end: at }.within(FileId(0)), text);
    let edit = match comment {
        None => {
            let code = file.slice(line).trim_end().len();
            let end = line.start.saturating_add(u32::try_from(code).ok()?);
            Edit::replace(
                Span { start: end, end: line.end }.within(FileId(0)),
                format!("  # weft: allow({rule})"),
            )
        }
        Some(comment) => {
            let words = file.slice(comment.span);
            let order = words.trim_start_matches('#').trim_start().starts_with("weft: allow(");
            match words.find(')').filter(|_| order) {
                Some(at) => {
                    insert(comment.span.start.saturating_add(u32::try_from(at).ok()?), format!(", {rule}"))
                }
                None => {
                    let code = file.slice(line);
                    let indent = code.get(..code.len().saturating_sub(code.trim_start().len())).unwrap_or("");
                    insert(line.start, format!("{indent}# weft: allow({rule}){}", snapshot.line_break()))
                }
            }
        }
    };
    Some(Action {
        title: format!("allow `{rule}` on this line"),
        purpose: ActionKind::Allow,
        finding: Some(finding),
        preferred: false,
        edits: vec![edit],
    })
}
