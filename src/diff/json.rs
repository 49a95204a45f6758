//! A comparison as JSON, for programs.

use std::io::Write;

use serde::Serialize;

use super::{Comparison, Diff, DiffEntry, DiffFormat, Facts, Measure};
use crate::back::document::Number;
use crate::output::{WriteError, write_json};

pub(super) static FORMAT: DiffFormat =
    DiffFormat { name: "json", summary: "a document, for programs", extensions: &["json"], writer: write };

/// The version of this document; it changes only when a key is removed or changes its meaning.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct DiffDocument<'a> {
    weft_diff: u32,
    models: Vec<ModelPair<'a>>,
    added: Vec<ModelRecord<'a>>,
    removed: Vec<ModelRecord<'a>>,
    unchanged_models: usize,
}

#[derive(Serialize)]
struct ModelRecord<'a> {
    file: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct ModelPair<'a> {
    before: ModelRecord<'a>,
    after: ModelRecord<'a>,
    totals: Vec<TotalRecord>,
    layers: Vec<LayerRecord<'a>>,
    unchanged_layers: usize,
    /// Symbolic sizes without a default, counted at 1,048,576.
    open_dimensions: &'a [String],
}

#[derive(Serialize)]
struct TotalRecord {
    name: &'static str,
    before: Number,
    after: Number,
    change: Number,
    /// In per cent; null where there was nothing.
    percent: Option<f64>,
}

#[derive(Serialize)]
struct LayerRecord<'a> {
    change: &'static str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    kind: &'a str,
    #[serde(skip_serializing_if = "is_zero")]
    blocks: usize,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    paths: &'a [String],
    before: Option<Held<'a>>,
    after: Option<Held<'a>>,
    details: Vec<Detail<'a>>,
}

#[derive(Serialize)]
struct Detail<'a> {
    what: &'a str,
    before: &'a str,
    after: &'a str,
}

#[derive(Serialize)]
struct Held<'a> {
    output: &'a str,
    parameters: Number,
    macs: Number,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

fn write(comparison: &Comparison, _: Option<usize>, out: &mut dyn Write) -> Result<(), WriteError> {
    let document = DiffDocument {
        weft_diff: VERSION,
        models: comparison.pairs.iter().map(|pair| model(&pair.files, &pair.diff)).collect(),
        added: comparison.added.iter().map(|(file, name)| ModelRecord { file, name }).collect(),
        removed: comparison.removed.iter().map(|(file, name)| ModelRecord { file, name }).collect(),
        unchanged_models: comparison.same,
    };
    write_json(&document, out)
}

fn model<'a>((from, to): &'a (String, String), diff: &'a Diff) -> ModelPair<'a> {
    ModelPair {
        before: ModelRecord { file: from, name: &diff.names.0 },
        after: ModelRecord { file: to, name: &diff.names.1 },
        totals: diff.measures.iter().map(total).collect(),
        layers: diff.entries.iter().map(layer).collect(),
        unchanged_layers: diff.unchanged,
        open_dimensions: &diff.open,
    }
}

fn total(measure: &Measure) -> TotalRecord {
    let Measure { before, after, key, .. } = *measure;
    let percent = (before > 0).then(|| (after as f64 - before as f64) / before as f64 * 100.0);
    TotalRecord {
        name: key,
        before: before.into(),
        after: after.into(),
        change: Number::difference(before, after),
        percent,
    }
}

fn layer(entry: &DiffEntry) -> LayerRecord<'_> {
    LayerRecord {
        change: entry.change.name(),
        path: &entry.path,
        from: entry.from.as_deref(),
        kind: &entry.kind,
        blocks: entry.blocks,
        paths: &entry.paths,
        before: entry.before.as_ref().map(held),
        after: entry.after.as_ref().map(held),
        details: entry
            .details
            .iter()
            .map(|detail| Detail { what: &detail.what, before: &detail.before, after: &detail.after })
            .collect(),
    }
}

fn held(facts: &Facts) -> Held<'_> {
    Held { output: &facts.output, parameters: facts.parameters.into(), macs: facts.macs.into() }
}
