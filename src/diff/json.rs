//! A comparison as JSON, for programs.

use serde::Serialize;

use super::{Comparison, Diff, Entry, Facts, Format, Measure};
use crate::back::document::{Number, WriteError, written_json};

pub(super) const FORMAT: Format = Format { name: "json", render };

/// The version of this document; it changes only when a key is removed or changes its meaning.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    weft_diff: u32,
    models: Vec<Model<'a>>,
    added: Vec<Alone<'a>>,
    removed: Vec<Alone<'a>>,
    unchanged_models: usize,
}

#[derive(Serialize)]
struct Alone<'a> {
    file: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Model<'a> {
    before: Alone<'a>,
    after: Alone<'a>,
    totals: Vec<Total>,
    layers: Vec<Layer<'a>>,
    unchanged_layers: usize,
    /// Symbolic sizes without a default, counted at 1,048,576.
    open_dimensions: &'a [String],
}

#[derive(Serialize)]
struct Total {
    name: &'static str,
    before: Number,
    after: Number,
    change: Number,
    /// In per cent; null where there was nothing.
    percent: Option<f64>,
}

#[derive(Serialize)]
struct Layer<'a> {
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

fn render(comparison: &Comparison, _: Option<usize>) -> Result<String, WriteError> {
    let document = Document {
        weft_diff: VERSION,
        models: comparison.pairs.iter().map(|pair| model(&pair.files, &pair.diff)).collect(),
        added: comparison.added.iter().map(|(file, name)| Alone { file, name }).collect(),
        removed: comparison.removed.iter().map(|(file, name)| Alone { file, name }).collect(),
        unchanged_models: comparison.same,
    };
    written_json(&document)
}

fn model<'a>((from, to): &'a (String, String), diff: &'a Diff) -> Model<'a> {
    Model {
        before: Alone { file: from, name: &diff.names.0 },
        after: Alone { file: to, name: &diff.names.1 },
        totals: diff.measures.iter().map(total).collect(),
        layers: diff.entries.iter().map(layer).collect(),
        unchanged_layers: diff.unchanged,
        open_dimensions: &diff.open,
    }
}

fn total(measure: &Measure) -> Total {
    let Measure { before, after, key, .. } = *measure;
    let percent = (before > 0).then(|| (after as f64 - before as f64) / before as f64 * 100.0);
    Total {
        name: key,
        before: before.into(),
        after: after.into(),
        change: Number::difference(before, after),
        percent,
    }
}

fn layer(entry: &Entry) -> Layer<'_> {
    Layer {
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
