//! Pages of the catalogue's documentation, as text: the list of layers, and one layer.
//!
//! Everything said here follows from the entries of the catalogue.

use super::layout::wrapped;
use crate::layers::{self, Alias, Argument, Fallback, Family, Layer};

/// Every layer, by family, with its summary.
pub fn list(width: Option<usize>) -> String {
    let mut families: Vec<Family> = layers::all().map(|layer| layer.family).collect();
    families.sort_unstable();
    families.dedup();
    let longest = layers::all().map(|layer| layer.name.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for family in families {
        lines.push(family.title().to_string());
        for layer in layers::all().filter(|layer| layer.family == family) {
            let name = format!("  {:longest$}  ", layer.name);
            lines.extend(hanging(&name, layer.summary, width));
        }
        lines.push(String::new());
    }
    lines.push("`weft layer NAME` describes one.".to_string());
    joined(lines)
}

/// All that the catalogue says of a layer.
pub fn page(layer: &Layer, width: Option<usize>) -> String {
    let mut lines = wrapped(&format!("{}: {}", layer.name, layer.summary), width);
    section(&mut lines, "inputs", inputs(layer), width);
    section(&mut lines, "shape", vec![(String::new(), layer.shape.to_string())], width);
    section(&mut lines, "arguments", layer.arguments.iter().map(argument).collect(), width);
    let weights = layer
        .weights
        .iter()
        .map(|weight| (format!("{} {}", weight.name, weight.shape), weight.note.to_string()));
    section(&mut lines, "weights", weights.collect(), width);
    section(&mut lines, "cost", vec![(String::new(), layer.cost.to_string())], width);
    section(&mut lines, "also called", layer.aliases.iter().map(alias).collect(), width);
    lines.extend([String::new(), "example".to_string()]);
    lines.extend(layer.example.lines().map(|line| format!("  {line}")));
    lines.extend([String::new(), format!("see {}", layer.reference)]);
    joined(lines)
}

fn inputs(layer: &Layer) -> Vec<(String, String)> {
    let names = layer.inputs.join(", ");
    if layer.inputs.len() < 2 && names == "x" { Vec::new() } else { vec![(String::new(), names)] }
}

/// `stride=1` and what it does, with its other names.
fn argument(argument: &Argument) -> (String, String) {
    let default = match argument.fallback {
        Fallback::Required => String::new(),
        other => other.value().map_or(String::new(), |value| format!("={value}")),
    };
    let others = match argument.aliases {
        [] => String::new(),
        names => format!(" (also {})", names.join(", ")),
    };
    (format!("{}{default}", argument.name), format!("{}: {}{others}", argument.kind, argument.doc))
}

/// `BatchNorm2d` and the ranks it takes.
fn alias(alias: &Alias) -> (String, String) {
    let ranks: Vec<_> = alias.ranks.iter().map(ToString::to_string).collect();
    let note =
        if ranks.is_empty() { String::new() } else { format!("for tensors of rank {}", ranks.join(" or ")) };
    (alias.name.to_string(), note)
}

/// A heading and what stands below it; nothing where there is nothing.
fn section(lines: &mut Vec<String>, heading: &str, entries: Vec<(String, String)>, width: Option<usize>) {
    if entries.iter().all(|(name, text)| name.is_empty() && text.is_empty()) {
        return;
    }
    lines.extend([String::new(), heading.to_string()]);
    let longest = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, text) in entries {
        let name = if longest == 0 { "  ".to_string() } else { format!("  {name:longest$}  ") };
        lines.extend(hanging(&name, &text, width));
    }
}

/// A text behind a name, its further lines under its first.
fn hanging(name: &str, text: &str, width: Option<usize>) -> Vec<String> {
    let indent = name.chars().count();
    let mut texts = wrapped(text, width.map(|width| width.saturating_sub(indent).max(24))).into_iter();
    let first = name.to_string() + &texts.next().unwrap_or_default();
    std::iter::once(first).chain(texts.map(|line| " ".repeat(indent) + &line)).collect()
}

fn joined(lines: Vec<String>) -> String {
    lines.into_iter().map(|line| line.trim_end().to_string() + "\n").collect()
}
