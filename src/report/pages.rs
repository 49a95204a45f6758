//! Pages of the catalogue's documentation, as text: the list of layers, and one layer. [`markdown`] has them for
//! `docs/layers.md`, [`standard`] lists the standard library.
//!
//! Everything said here follows from the entries of the catalogue.

pub mod markdown;
pub mod standard;

use super::layout::wrapped;
use crate::ir::Family;
use crate::layers::{self, Alias, Argument, Layer};

/// The catalogue by family, in the order of the documentation.
fn families() -> Vec<(Family, Vec<&'static Layer>)> {
    let mut families: Vec<Family> = layers::all().map(|layer| layer.family()).collect();
    families.sort_unstable();
    families.dedup();
    let members = |family: Family| layers::all().filter(move |layer| layer.family() == family).collect();
    families.into_iter().map(|family| (family, members(family))).collect()
}

/// Every layer, by family, with its summary.
pub fn list(width: Option<usize>) -> String {
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
pub fn page(layer: &Layer, width: Option<usize>) -> String {
    let mut lines = wrapped(&format!("{}: {}", layer.name(), layer.summary), width);
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

/// An argument's default as the language writes it; `None` where it must be given.
fn default_of(argument: &Argument) -> Option<String> {
    argument.fallback.value().map(|value| value.to_string())
}

/// What an argument does, with its other names.
fn argument_doc(argument: &Argument) -> String {
    match argument.aliases {
        [] => argument.doc.to_string(),
        names => format!("{} (also `{}`)", argument.doc, names.join("`, `")),
    }
}

/// `BatchNorm2d` and the ranks it takes.
fn alias(alias: &Alias) -> (String, String) {
    let note = ranks(alias).map_or(String::new(), |ranks| format!("for tensors of {ranks}"));
    (alias.name.to_string(), note)
}

/// `rank 1 or 2`; `None` where the name takes any.
fn ranks(alias: &Alias) -> Option<String> {
    let ranks: Vec<_> = alias.ranks.iter().map(ToString::to_string).collect();
    (!ranks.is_empty()).then(|| format!("rank {}", ranks.join(" or ")))
}

/// A heading and what stands below it.
fn section(lines: &mut Vec<String>, heading: &str, entries: Vec<(String, String)>, width: Option<usize>) {
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
