//! What stands behind the stages of a chain: the shapes that they give, the parameters that they have.

use crate::ide::Snapshot;
use crate::ide::context::flow::Flow;
use crate::ir::{Count, TensorType};
use crate::source::Span;
use crate::syntax::ast::{ExprKind, Stage, StmtKind};
use crate::syntax::visit::{Subtree, subtrees};

/// Which hints are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HintKinds {
    /// The shape after each stage.
    pub shapes: bool,
    /// The parameters of each stage that has any.
    pub parameters: bool,
}

/// A text to show where the source has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The byte before which it stands.
    pub at: u32,
    /// The text: `[6, 28, 28]`, `[64, 56, 56] … [512, 7, 7] · 156 parameters`.
    pub text: String,
    /// More of it, where the applications differ: each with how many there are.
    pub more: Option<String>,
}

/// So many different results are named; the others are counted.
const NAMED: usize = 8;

/// The hints of a part of a text.
///
/// A stage has one where it ends its line, or gives another shape than what it is sent. Where it is applied several times
/// with different results, the first and the last are told.
pub fn hints(snapshot: &Snapshot, within: Span, wanted: HintKinds) -> Vec<Hint> {
    if !wanted.shapes && !wanted.parameters {
        return Vec::new();
    }
    let flow = Flow::of(snapshot);
    let mut hints = Vec::new();
    let overlaps = |span: Span| span.start <= within.end && within.start <= span.end;
    let mut see = |part: Subtree| match part {
        Subtree::Expression(expr) => match &expr.kind {
            ExprKind::Chain(stages) if overlaps(expr.span) => {
                hints.extend(of_chain(snapshot, &flow, stages, wanted));
            }
            _ => {}
        },
        Subtree::Statement(statement) => {
            let values = match &statement.kind {
                StmtKind::Assign { value, .. } => std::slice::from_ref(value),
                StmtKind::Output { values, .. } => values,
                _ => &[],
            };
            // A chain's stages have hints of their own; a name is no result of this statement.
            let whole = values.iter().filter(|value| !matches!(value.kind, ExprKind::Chain(_)));
            hints.extend(
                whole.filter_map(|value| Results::of(&flow, value.span)?.hint(value.span.end, wanted)),
            );
        }
    };
    subtrees(&snapshot.program.tree, &mut see);
    hints.retain(|hint| within.start <= hint.at && hint.at <= within.end);
    hints.sort_by_key(|hint| hint.at);
    hints.dedup_by_key(|hint| hint.at);
    hints
}

fn of_chain(snapshot: &Snapshot, flow: &Flow, stages: &[Stage], wanted: HintKinds) -> Vec<Hint> {
    let mut hints = Vec::new();
    for stage in stages {
        let span = written(stage);
        let Some(results) = Results::of(flow, span) else { continue };
        let has_parameters = wanted.parameters && results.parameters.iter().any(|count| *count > 0);
        if has_parameters || results.changes || ends_line(&snapshot.text, span.end) {
            hints.extend(results.hint(span.end, wanted));
        }
    }
    hints
}

/// A stage as it is written, its label included: that is where what it applies comes from.
pub(in crate::ide) fn written(stage: &Stage) -> Span {
    stage.label.as_ref().map_or(stage.value.span, |label| label.span.to(stage.value.span))
}

/// True where nothing but blanks and a comment follow on the line.
fn ends_line(text: &str, at: u32) -> bool {
    let rest = text.get(at as usize..).unwrap_or("");
    let line = rest.split(['\n', '\r']).next().unwrap_or("").trim_start();
    line.is_empty() || line.starts_with('#')
}

/// What the applications of a stage give.
struct Results {
    /// Different types, in the order of their first appearance, and how often each is given.
    types: Vec<(String, usize)>,
    /// The parameters of each application.
    parameters: Vec<u128>,
    /// True where one of them is sent something of another type.
    changes: bool,
}

impl Results {
    /// What is given by what is applied at a place; `None` where nothing is.
    fn of(flow: &Flow, span: Span) -> Option<Results> {
        let mut results = Results { types: Vec::new(), parameters: Vec::new(), changes: false };
        for application in flow.at(span) {
            let given = flow.results(*application);
            if given.is_empty() {
                continue;
            }
            let text = given.iter().map(|kind| TensorType::to_string(kind)).collect::<Vec<_>>().join(", ");
            match results.types.iter_mut().find(|(known, _)| *known == text) {
                Some((_, times)) => *times = times.saturating_add(1),
                None => results.types.push((text, 1)),
            }
            results.changes |= flow.sent(*application).is_none_or(|sent| given != [sent]);
            results.parameters.push(flow.parameters(*application).unwrap_or(0));
        }
        (!results.types.is_empty()).then_some(results)
    }

    fn hint(&self, at: u32, wanted: HintKinds) -> Option<Hint> {
        let text = self.text(wanted);
        (!text.is_empty()).then(|| Hint { at, text, more: self.more() })
    }

    fn text(&self, wanted: HintKinds) -> String {
        let mut parts = Vec::new();
        if wanted.shapes {
            parts.extend(span_of(self.types.iter().map(|(text, _)| text.clone())));
        }
        if wanted.parameters && self.parameters.iter().any(|count| *count > 0) {
            let counts = self.parameters.iter().map(|count| Count::from(*count).to_string());
            parts.extend(span_of(counts).map(|counts| format!("{counts} parameters")));
        }
        parts.join(" · ")
    }

    /// Each result with how often it is given, where there are several.
    fn more(&self) -> Option<String> {
        if self.types.len() < 2 {
            return None;
        }
        let mut lines: Vec<_> =
            self.types.iter().take(NAMED).map(|(text, times)| format!("{text} × {times}")).collect();
        let further = self.types.len().saturating_sub(NAMED);
        if further > 0 {
            lines.push(format!("and {further} more"));
        }
        Some(lines.join("\n"))
    }
}

/// The first and the last of some texts; one alone where they are equal.
fn span_of(mut texts: impl Iterator<Item = String>) -> Option<String> {
    let first = texts.next()?;
    let last = texts.last().filter(|last| *last != first);
    Some(last.map_or_else(|| first.clone(), |last| format!("{first} … {last}")))
}
