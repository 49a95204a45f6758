//! `# weft: allow(rule)`: comments that ask for silence.
//!
//! Main function: [`suppress`]. At the end of a line such a comment speaks of its line; above an item or statement, of
//! all of it; at the top of a file, with a blank line below it, of the whole file.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity, nearest};
use crate::front::weft::Program;
use crate::lint::rules::unused_suppression::RULE;
use crate::lint::{COMPILE_ERRORS, RULES};
use crate::source::{FileId, SourceFile, Span};
use crate::syntax::Comment;
use crate::syntax::ast::{File, Item};
use crate::syntax::visit;

/// Drops the findings that a comment allows. Comments of the first file that allow nothing are findings of the severity
/// `unused`, if any.
pub(super) fn suppress(
    program: &Program,
    findings: Vec<Diagnostic>,
    unused: Option<Severity>,
) -> Vec<Diagnostic> {
    let mut files: Vec<FileId> = findings.iter().map(|finding| finding.primary.location.file).collect();
    files.push(FileId(0));
    files.sort_unstable();
    files.dedup();
    let mut kept = findings;
    for id in files {
        let (Some(file), Some((tree, comments))) = (program.sources.get(id), program.parsed(id)) else {
            continue;
        };
        if !comments.iter().any(|comment| file.slice(comment.span).contains("weft:")) {
            continue;
        }
        let mut allowances = allowances(file, tree, comments);
        kept.retain(|finding| {
            let place = finding.primary.location;
            // Every comment that speaks of it is used.
            let allowed = allowances
                .iter_mut()
                .filter_map(|one| one.allows(finding.code, place.span.start).then_some(()));
            place.file != id || allowed.count() == 0
        });
        if let Some(severity) = unused.filter(|_| id == FileId(0)) {
            let remarks = allowances.iter().flat_map(|allowance| allowance.remarks(id, file));
            kept.extend(remarks.map(|remark| Diagnostic { severity, ..remark }));
        }
    }
    kept
}

/// A comment that begins with `weft:`.
struct Allowance {
    /// From its `#`.
    span: Span,
    own_line: bool,
    /// The names in its brackets, and whether each allowed anything; none where it cannot be read.
    names: Option<Vec<(Span, bool, String)>>,
    /// What it speaks of.
    covers: Range<u32>,
}

impl Allowance {
    /// Whether it allows a finding, which is remembered.
    fn allows(&mut self, code: &str, at: u32) -> bool {
        let inside = self.covers.contains(&at);
        let names = self.names.iter_mut().flatten().filter(|_| inside);
        let mut named = names.filter(|(_, _, name)| name == code).map(|(_, used, _)| *used = true);
        named.next().is_some()
    }

    /// What is to be said of the names that allowed nothing.
    fn remarks(&self, id: FileId, file: &SourceFile) -> Vec<Diagnostic> {
        let Some(names) = &self.names else {
            let remark =
                RULE.finding(self.span.within(id), "this comment begins with `weft:` but is no order");
            return vec![
                remark.help("what can be said is `# weft: allow(RULE)`; `weft rule` lists the rules"),
            ];
        };
        let idle = names.iter().filter(|(_, used, _)| !used);
        idle.map(|(span, _, name)| {
            let finding = RULE.finding(span.within(id), remark(name));
            let known = RULES.iter().map(|rule| rule.name);
            let is_rule = known.clone().any(|known| known == name);
            match nearest(name, known).filter(|_| !is_rule) {
                Some(near) => finding.meant(span.within(id), near),
                None => finding.help("delete it").fix(self.deletion(id, file, *span)),
            }
        })
        .collect()
    }

    /// Deletes a name, or where it is the only one the whole comment.
    fn deletion(&self, id: FileId, file: &SourceFile, name: Span) -> Fix {
        let text = file.text();
        let only = self.names.as_ref().is_none_or(|names| names.len() == 1);
        let before = |end: u32| text.get(..end as usize).unwrap_or("");
        let after = |start: u32| text.get(start as usize..).unwrap_or("");
        let span = if !only {
            let rest = after(name.end).trim_start_matches([' ', '\t']);
            match rest.strip_prefix(',') {
                Some(rest) => {
                    Span::new(name.start as usize, text.len().saturating_sub(rest.trim_start().len()))
                }
                None => {
                    Span::new(before(name.start).trim_end_matches([',', ' ', '\t']).len(), name.end as usize)
                }
            }
        } else if self.own_line {
            let start = before(self.span.start).trim_end_matches([' ', '\t']).len();
            let rest = after(self.span.end);
            let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).unwrap_or(rest);
            Span::new(start, text.len().saturating_sub(rest.len()))
        } else {
            Span::new(before(self.span.start).trim_end().len(), self.span.end as usize)
        };
        Fix::safe("delete what allows nothing", vec![Edit::replace(span.within(id), "")])
    }
}

fn remark(name: &str) -> String {
    if COMPILE_ERRORS.iter().any(|error| error.name == name) {
        format!("`{name}` keeps a model from being built, which cannot be allowed")
    } else if RULES.iter().any(|rule| rule.name == name) {
        format!("`{name}` would report nothing here")
    } else {
        format!("no rule is called `{name}`")
    }
}

/// Every order of a file's comments.
fn allowances(file: &SourceFile, tree: &File, comments: &[Comment]) -> Vec<Allowance> {
    let text: &str = file.text();
    let mut whole = Vec::new();
    tree.items.iter().for_each(|item| wholes(item, &mut whole));
    whole.sort_unstable_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let orders = comments.iter().filter_map(|comment| {
        let names = order(text, comment)?;
        let covers = covered(file, comment, comments, &whole);
        Some(Allowance { span: comment.span, own_line: comment.own_line, names, covers })
    });
    orders.collect()
}

/// The names that a comment allows; the inner `None` where it is an order that cannot be read.
fn order(text: &str, comment: &Comment) -> Option<Option<Vec<(Span, bool, String)>>> {
    let words = text.get(comment.span.range())?;
    let rest = words.strip_prefix('#')?.trim_start().strip_prefix("weft:")?;
    let inside = rest.trim_start().strip_prefix("allow").map(str::trim_start);
    let Some((inside, _)) =
        inside.and_then(|rest| rest.strip_prefix('(')).and_then(|rest| rest.split_once(')'))
    else {
        return Some(None);
    };
    let offset = |part: &str| {
        let into = (part.as_ptr() as usize).saturating_sub(words.as_ptr() as usize);
        into.saturating_add(comment.span.start as usize)
    };
    let name = |part: &str| {
        let part = part.trim();
        let start = offset(part);
        (Span::new(start, start.saturating_add(part.len())), false, part.to_owned())
    };
    let names: Vec<_> = inside.split(',').filter(|part| !part.trim().is_empty()).map(name).collect();
    Some(Some(names).filter(|names| !names.is_empty()))
}

/// The bytes that a comment speaks of.
fn covered(file: &SourceFile, comment: &Comment, comments: &[Comment], whole: &[Span]) -> Range<u32> {
    let line = file.line_span(comment.span.start);
    if !comment.own_line {
        return line.start..line.end;
    }
    let text: &str = file.text();
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let Some(code) = next_code(text, comment.span.end, comments) else { return 0..end };
    let first = next_code(text, 0, comments) == Some(code);
    if first && stands_apart(text, comment.span.end) {
        return 0..end.saturating_add(1);
    }
    let from = whole.partition_point(|span| span.start < code);
    let span = whole.get(from).filter(|span| span.start == code).copied();
    let span = span.unwrap_or_else(|| file.line_span(code));
    span.start..span.end.max(span.start.saturating_add(1))
}

/// Where the next thing after an offset begins that is no blank and no comment.
fn next_code(text: &str, from: u32, comments: &[Comment]) -> Option<u32> {
    let mut at = from as usize;
    loop {
        let rest = text.get(at..)?;
        let blank = rest.len().saturating_sub(rest.trim_start().trim_start_matches('\u{feff}').len());
        at = at.saturating_add(blank);
        let here = u32::try_from(at).ok()?;
        let number = comments.partition_point(|comment| comment.span.start < here);
        match comments.get(number).filter(|comment| comment.span.start == here) {
            Some(comment) => at = comment.span.end as usize,
            None => return (at < text.len()).then_some(here),
        }
    }
}

/// True where a blank line ends the paragraph of comments that holds an offset.
fn stands_apart(text: &str, from: u32) -> bool {
    let mut below = text.get(from as usize..).unwrap_or("").lines().skip(1).map(str::trim);
    below.find(|line| !line.starts_with('#')).is_some_and(str::is_empty)
}

/// The spans of an item and of every statement in it.
fn wholes(item: &Item, spans: &mut Vec<Span>) {
    spans.push(item.span);
    visit::statements(item, &mut |stmt| spans.push(stmt.span));
}
