//! What differs between two models: layers added, removed, changed and moved, and the sums.
//!
//! Main function: [`diff`]. `matching` says which layer of one is which of the other, `changes` what differs between
//! two that match; one file a format writes it. Symbolic sizes stand at their defaults.

mod changes;
mod facts;
mod fail_conditions;
mod grouping;
mod json;
mod markdown;
mod matching;
mod numbers;
mod text;

#[cfg(test)]
mod tests;

pub use facts::Facts;
pub use fail_conditions::{FailConditions, Reached};

use std::io::Write;

use crate::analysis::{Analysis, AtDefaults, LARGE, MemoryConfig, footprint};
use crate::ir::{Count, Graph};
use crate::output::{Format, Registry, WriteError};
use crate::report::numbers::grouped;
use facts::Facts as Known;

/// A model with its accounts.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The model.
    pub graph: &'a Graph,
    /// Its accounts.
    pub analysis: &'a Analysis,
}

/// What happened to a layer or a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// Only the second model has it.
    Added,
    /// Only the first model has it.
    Removed,
    /// Both have it, and it differs.
    Changed,
    /// It is the same under another path.
    Moved,
}

impl ChangeKind {
    /// Its name in documents.
    pub fn name(self) -> &'static str {
        match self {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
            ChangeKind::Moved => "moved",
        }
    }

    /// Its sign in texts.
    pub fn sign(self) -> &'static str {
        match self {
            ChangeKind::Added => "+",
            ChangeKind::Removed => "−",
            ChangeKind::Changed => "~",
            ChangeKind::Moved => "→",
        }
    }
}

/// Something of a layer that differs, as people read it: an argument, the output, a tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// What: `out_channels`, `output`, `weight`.
    pub what: String,
    /// What it was.
    pub before: String,
    /// What it is.
    pub after: String,
}

/// A layer, a block, or several consecutive blocks of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct DiffEntry {
    /// What happened to it.
    pub change: ChangeKind,
    /// Its path; of several blocks the first and the last; of one that moved the new one.
    pub path: String,
    /// The path it had, where it moved.
    pub from: Option<String>,
    /// The layer or the block.
    pub kind: String,
    /// How many blocks of the kind stand here; 0 for a layer.
    pub blocks: usize,
    /// Of several layers that are told as one, the path of each; else empty.
    pub paths: Vec<String>,
    /// What it was; `None` where it was not there.
    pub before: Option<Facts>,
    /// What it is; `None` where it is no more.
    pub after: Option<Facts>,
    /// What differs.
    pub details: Vec<Detail>,
}

/// A sum before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Its name: `parameters`.
    pub name: &'static str,
    /// How `--fail-if` calls it.
    pub key: &'static str,
    /// True for bytes.
    pub is_bytes: bool,
    /// What it was.
    pub before: u128,
    /// What it is.
    pub after: u128,
}

/// Everything that differs between two models.
#[derive(Clone, Debug, PartialEq)]
pub struct Diff {
    /// The models' names.
    pub names: (String, String),
    /// What differs, in the order of the second model, what was removed where it stood.
    pub entries: Vec<DiffEntry>,
    /// Layers that are the same.
    pub unchanged: usize,
    /// The sums, all of them.
    pub measures: Vec<Measure>,
    /// Symbolic sizes without a default, which are counted at [`LARGE`].
    pub open: Vec<String>,
}

impl DiffEntry {
    /// `Bottleneck × 17`
    fn counted_kind(&self) -> String {
        match self.blocks.max(self.paths.len()) {
            0 | 1 => self.kind.clone(),
            n => format!("{} × {n}", self.kind),
        }
    }
}

impl Diff {
    /// At what sizes without a default are counted; `None` where there are none.
    fn assumption(&self) -> Option<String> {
        let first = self.open.first()?;
        let verb = if self.open.len() == 1 { "has no default and is" } else { "have no default and are" };
        Some(format!(
            "{} {verb} counted at {} (`--set {first}=…` says otherwise)",
            self.open.join(", "),
            grouped(LARGE.unsigned_abs())
        ))
    }
    /// The sums to show: those that changed, and the central ones. What is the same as all parameters says nothing.
    fn shown(&self) -> impl Iterator<Item = &Measure> {
        let all = self.measures.iter().find(|measure| measure.key == "params");
        let repeats = move |measure: &Measure| {
            matches!(measure.key, "trainable" | "active")
                && all.is_some_and(|all| (all.before, all.after) == (measure.before, measure.after))
        };
        let changed = |measure: &&Measure| measure.before != measure.after || measure.is_central();
        self.measures.iter().filter(changed).filter(move |measure| !repeats(measure))
    }

    /// True where nothing differs.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.measures.iter().all(|measure| measure.before == measure.after)
    }
}

/// What differs between two models.
pub fn diff(before: Side, after: Side) -> Diff {
    let (one, other) = (Known::of_all(before), Known::of_all(after));
    let matching = matching::matched(&one, &other);
    let (entries, unchanged) = changes::entries(&one, &other, &matching);
    Diff {
        names: (before.graph.name.to_string(), after.graph.name.to_string()),
        entries,
        unchanged,
        measures: measures(before, after),
        open: open(before, after),
    }
}

/// The symbolic sizes of both that have no default, each once.
fn open(before: Side, after: Side) -> Vec<String> {
    let dimensions = before.graph.dimensions.iter().chain(&after.graph.dimensions);
    let open = dimensions.filter(|dimension| dimension.default.is_none());
    let mut names: Vec<String> = open.map(|dimension| dimension.name.to_string()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// From a model to a count of it.
type Measured = fn(Side) -> Count;

/// The sums that are compared: name, key, whether bytes, how.
const MEASURES: &[(&str, &str, bool, Measured)] = &[
    ("parameters", "params", false, |side| side.analysis.totals.parameters.clone()),
    ("trainable", "trainable", false, |side| side.analysis.totals.trainable.clone()),
    ("active", "active", false, |side| side.analysis.totals.active.clone()),
    ("shared", "shared", false, |side| side.analysis.totals.shared.clone()),
    ("without sharing", "without_sharing", false, |side| side.analysis.totals.without_sharing.clone()),
    ("buffers", "buffers", false, |side| side.analysis.totals.buffers.clone()),
    ("MACs", "macs", false, |side| side.analysis.totals.macs.clone()),
    ("element operations", "elementwise", false, |side| side.analysis.totals.elementwise.clone()),
    ("activations", "activations", true, |side| footprint(side.graph, MemoryConfig::default()).activations),
    ("memory", "memory", true, |side| footprint(side.graph, MemoryConfig::default()).inference()),
];

/// The names that `--fail-if` knows.
pub fn keys() -> impl Iterator<Item = &'static str> {
    MEASURES.iter().map(|(_, key, ..)| *key)
}

fn measures(before: Side, after: Side) -> Vec<Measure> {
    let number = |side: Side, of: Measured| AtDefaults(side.graph).value_at_defaults(&of(side));
    let measure = |(name, key, is_bytes, of): &(&'static str, &'static str, bool, Measured)| Measure {
        name,
        key,
        is_bytes: *is_bytes,
        before: number(before, *of),
        after: number(after, *of),
    };
    MEASURES.iter().map(measure).collect()
}

/// The differences of several pairs of models, and the models that stand alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Each pair, in order, those without a difference left out.
    pub pairs: Vec<Pair>,
    /// Pairs without a difference.
    pub same: usize,
    /// Models that only the second side has: file and name.
    pub added: Vec<(String, String)>,
    /// Models that only the first side has.
    pub removed: Vec<(String, String)>,
}

/// A pair of models and where they stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The file of each.
    pub files: (String, String),
    /// What differs.
    pub diff: Diff,
}

/// A format of comparisons.
pub type DiffFormat = Format<Writer>;

/// Writes a comparison, in a width if there is one.
pub type Writer = fn(&Comparison, Option<usize>, &mut dyn Write) -> Result<(), WriteError>;

/// Every format, the default first.
pub static FORMATS: Registry<Writer> = Registry::new(&[&text::FORMAT, &markdown::FORMAT, &json::FORMAT]);
