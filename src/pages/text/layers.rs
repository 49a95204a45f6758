//! The catalogue for a terminal: the list of layers, and one layer.

use super::{hanging, joined};
use crate::layers::{self, Alias, Argument, Layer};
use crate::pages::catalogue::{argument_doc, default_of, families, ranks};
use crate::report::wrapped;

/// Every layer, by family, with its summary.
pub fn list(width: usize) -> String {
    let longest = layers::all().map(|layer| layer.name().len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (family, layers) in families() {
        lines.push(family.title().to_string());
        for layer in layers {
            let name = format!("  {:longest$}  ", layer.name());
            lines.extend(hanging(&name, &summary(layer), width));
        }
        lines.push(String::new());
    }
    lines.push("`weft layer NAME` describes one.".to_string());
    joined(lines)
}

/// What a layer is for, with its other names.
fn summary(layer: &Layer) -> String {
    let names: Vec<_> = layer.aliases.iter().map(|alias| alias.name).collect();
    match names.is_empty() {
        true => layer.summary.to_string(),
        false => format!("{} (also {})", layer.summary, names.join(", ")),
    }
}

/// All that the catalogue says of a layer.
pub fn page(layer: &Layer, width: usize) -> String {
    let mut lines = wrapped(&format!("{}: {}", layer.name(), layer.summary), Some(width));
    section(&mut lines, "inputs", inputs(layer), width);
    section(&mut lines, "shape", vec![(String::new(), layer.shape.to_string())], width);
    section(&mut lines, "arguments", or_none(layer.arguments.iter().map(argument)), width);
    let weights = layer
        .weights
        .iter()
        .map(|weight| (format!("{} {}", weight.name, weight.shape), weight.note.to_string()));
    section(&mut lines, "weights", or_none(weights), width);
    section(&mut lines, "cost", vec![(String::new(), layer.cost.to_string())], width);
    section(&mut lines, "also called", layer.aliases.iter().map(alias).collect(), width);
    lines.extend([String::new(), "example".to_string()]);
    lines.extend(layer.example.lines().map(|line| format!("  {line}")));
    lines.extend([String::new(), format!("see {}", layer.reference)]);
    joined(lines)
}

/// The entries, or the word that there are none.
fn or_none(entries: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let entries: Vec<_> = entries.collect();
    if entries.is_empty() { vec![(String::new(), "none".to_string())] } else { entries }
}

fn inputs(layer: &Layer) -> Vec<(String, String)> {
    match layer.sent() {
        ["x"] => Vec::new(),
        names => vec![(String::new(), names.join(", "))],
    }
}

/// `stride=1` and what it does.
fn argument(argument: &Argument) -> (String, String) {
    let default = default_of(argument).map_or(String::new(), |value| format!("={value}"));
    (format!("{}{default}", argument.name), format!("{}: {}", argument.kind, argument_doc(argument)))
}

/// `BatchNorm2d` and the ranks it takes.
fn alias(alias: &Alias) -> (String, String) {
    let note = ranks(alias).map_or(String::new(), |ranks| format!("for tensors of {ranks}"));
    (alias.name.to_string(), note)
}

/// A heading and what stands below it.
fn section(lines: &mut Vec<String>, heading: &str, entries: Vec<(String, String)>, width: usize) {
    if entries.is_empty() {
        return;
    }
    lines.extend([String::new(), heading.to_string()]);
    let longest = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, text) in entries {
        let name = if longest == 0 { "  ".to_string() } else { format!("  {name:longest$}  ") };
        lines.extend(hanging(&name, &text, width));
    }
}
