//! The catalogue as Markdown: `docs/layers.md`, and the section of one layer.
//!
//! Main functions: [`book`] and [`section`]. Everything said here follows from the entries of the catalogue.

use std::fmt::Write as _;

use crate::layers::{Layer, WeightDoc};
use crate::pages::catalogue::{argument_doc, default_of, families, ranks};

/// What stands before the layers.
const OPENING: &str = "\
# The layers

This page is written by `weft layer --format markdown` from the catalogue; do not edit it by hand.
[The language](language.md#the-layers) says what holds for all layers, `weft layer NAME` shows one of them in a terminal.

- Shapes are one sample's: the batch axis is never written. `…` stands for any leading axes; the layer is applied at
  each of their positions.
- An argument without a default must be given. Positional arguments stand in the order of the table.
- Costs are for one sample: MACs count contractions, element operations everything else. A bias rides along for nothing.
  *Positions* are those of all axes that the weights do not span.
";

/// Every layer by family, with an index.
pub fn book() -> String {
    let mut text = OPENING.to_string();
    for (family, layers) in families() {
        let links: Vec<_> =
            layers.iter().map(|layer| format!("[{}](#{})", layer.name(), anchor(layer.name()))).collect();
        let _ =
            write!(text, "\n[**{}**](#{}): {}\n", family.title(), anchor(family.title()), links.join(", "));
    }
    for (family, layers) in families() {
        let _ = write!(text, "\n## {}\n", family.title());
        for layer in layers {
            let _ = write!(text, "\n{}", section(layer));
        }
    }
    text
}

/// All that the catalogue says of a layer.
pub fn section(layer: &Layer) -> String {
    let mut text = format!("### {}\n\n{}\n", layer.name(), layer.summary);
    let takes = inputs(layer);
    let _ = write!(text, "\n{takes}**Shape**: {}\n\n", layer.shape);
    text += &arguments(layer);
    text += &weights(layer.weights);
    let _ = write!(text, "**Cost**: {}\n\n```weft\n{}```\n\n", layer.cost, layer.example);
    if let Some(names) = other_names(layer) {
        let _ = write!(text, "Also called {names}.\n\n");
    }
    let _ = writeln!(text, "Reference: <{}>", layer.reference);
    text
}

/// What a layer takes, where that is more than one tensor.
fn inputs(layer: &Layer) -> String {
    match layer.sent() {
        ["x"] => String::new(),
        names => format!("**Inputs**: {}\n\n", code(&format!("({})", names.join(", ")))),
    }
}

fn arguments(layer: &Layer) -> String {
    if layer.arguments.is_empty() {
        return "**Arguments**: none\n\n".to_string();
    }
    let rows = layer.arguments.iter().map(|argument| {
        let default = default_of(argument).map_or_else(|| "required".to_string(), |value| code(&value));
        [code(argument.name), argument.kind.to_string(), default, argument_doc(argument)]
    });
    table(["argument", "takes", "default", "meaning"], rows)
}

fn weights(weights: &[WeightDoc]) -> String {
    if weights.is_empty() {
        return "**Weights**: none\n\n".to_string();
    }
    let rows = weights.iter().map(|weight| [code(weight.name), code(weight.shape), weight.note.to_string()]);
    table(["weight", "shape", "when, and how often it is used"], rows)
}

/// `BatchNorm1d` (rank 1 or 2), `BatchNorm2d` (rank 3)
fn other_names(layer: &Layer) -> Option<String> {
    let names = layer.aliases.iter().map(|alias| match ranks(alias) {
        Some(ranks) => format!("{} ({ranks})", code(alias.name)),
        None => code(alias.name),
    });
    let names: Vec<_> = names.collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn table<const N: usize>(heading: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(&heading.map(str::to_string)) + &line(&["---"; N].map(str::to_string));
    for row in rows {
        text += &line(&row.map(|cell| cell.replace('|', "\\|")));
    }
    text + "\n"
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// The place that a heading is given by those who render Markdown: `linear-algebra`.
fn anchor(heading: &str) -> String {
    heading.to_lowercase().replace(' ', "-")
}
