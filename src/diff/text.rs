//! A comparison as text, for people.

use std::io::Write;

use unicode_width::UnicodeWidthStr;

use super::numbers::{relative, signed};
use super::{ChangeKind, Comparison, Diff, DiffEntry, DiffFormat, Facts, Pair};
use crate::diagnostic::escaped;
use crate::output::WriteError;

pub(super) static FORMAT: DiffFormat =
    DiffFormat { name: "text", summary: "a list, for people", extensions: &["txt"], writer: write };

/// The length of a line where there is no terminal.
const PROSE: usize = 100;

fn write(comparison: &Comparison, width: Option<usize>, out: &mut dyn Write) -> Result<(), WriteError> {
    let mut lines: Vec<String> = Vec::new();
    for pair in &comparison.pairs {
        lines.extend(pair_lines(pair, width));
        lines.push(String::new());
    }
    for (sign, models) in [("+", &comparison.added), ("−", &comparison.removed)] {
        lines.extend(
            models.iter().map(|(file, name)| format!("{sign} model {}  ({})", escaped(name), escaped(file))),
        );
    }
    if !(comparison.added.is_empty() && comparison.removed.is_empty()) {
        lines.push(String::new());
    }
    match (comparison.same, comparison.pairs.len()) {
        (0, _) => {}
        (1, 0) => lines.push("the models are the same".to_string()),
        (1, _) => lines.push("1 other model is the same".to_string()),
        (n, 0) => lines.push(format!("all {n} models are the same")),
        (n, _) => lines.push(format!("{n} other models are the same")),
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    for line in lines {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn pair_lines(pair: &Pair, width: Option<usize>) -> Vec<String> {
    let diff = &pair.diff;
    let mut lines = vec![title(pair)];
    lines.extend(diff.assumption().map(|sentence| format!(" {}", escaped(&sentence))));
    lines.push(String::new());
    lines.extend(measures(diff));
    if !diff.entries.is_empty() {
        lines.push(String::new());
        lines.extend(entries(&diff.entries, width));
    }
    if diff.unchanged > 0 {
        let layers = if diff.unchanged == 1 { "layer" } else { "layers" };
        lines.push(format!("   {} {layers} unchanged", diff.unchanged));
    }
    lines
}

/// `ResNet50 → ResNet101`, and the files where they differ.
fn title(pair: &Pair) -> String {
    let (before, after) = &pair.diff.names;
    let names = if before == after {
        escaped(after).into_owned()
    } else {
        format!("{} → {}", escaped(before), escaped(after))
    };
    let (from, to) = &pair.files;
    let files =
        if from == to { escaped(to).into_owned() } else { format!("{} → {}", escaped(from), escaped(to)) };
    format!("{names}   {files}")
}

fn measures(diff: &Diff) -> Vec<String> {
    let rows: Vec<[String; 5]> = diff
        .shown()
        .map(|measure| {
            let (before, after) = (measure.before, measure.after);
            [
                measure.name.to_string(),
                measure.shown(before),
                measure.shown(after),
                measure.change(),
                relative(before, after),
            ]
        })
        .collect();
    let widths: [usize; 5] = std::array::from_fn(|at| {
        rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0)
    });
    rows.iter()
        .map(|[name, before, after, change, share]| {
            let [a, b, c, d, e] = widths;
            if before == after && change == "0" {
                return format!(" {name:a$}  {before:>b$}   unchanged");
            }
            format!(" {name:a$}  {before:>b$} → {after:>c$}   {change:>d$}   {share:>e$}")
        })
        .collect()
}

/// The parameters and MACs by which an entry differs.
fn differences(entry: &DiffEntry) -> [String; 2] {
    let none = Facts::default();
    let (before, after) = (entry.before.as_ref().unwrap_or(&none), entry.after.as_ref().unwrap_or(&none));
    let told = |before: u128, after: u128, what: &str| {
        if before == after { String::new() } else { format!("{} {what}", signed(before, after)) }
    };
    [told(before.parameters, after.parameters, "parameters"), told(before.macs, after.macs, "MACs")]
}

fn entries(entries: &[DiffEntry], width: Option<usize>) -> Vec<String> {
    let heads: Vec<[String; 3]> = entries.iter().map(head).collect();
    let widest = |at: usize| {
        heads.iter().filter_map(|head| head.get(at)).map(|cell| cell.width()).max().unwrap_or(0).min(48)
    };
    let (path, kind, shape) = (widest(0), widest(1), widest(2));
    entries
        .iter()
        .zip(&heads)
        .flat_map(|(entry, [label, what, output])| {
            let [parameters, macs] = differences(entry);
            let pad = |text: &str, width: usize| {
                format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
            };
            let head = format!(" {} {}  {}", entry.change.sign(), pad(label, path), pad(what, kind));
            let room = width.unwrap_or(PROSE).saturating_sub(5).max(24);
            let details = entry.details.iter().map(|detail| {
                format!("{} {} → {}", detail.what, escaped(&detail.before), escaped(&detail.after))
            });
            let mut details = packed(details, room);
            // One thing that costs nothing stands in the same line.
            if parameters.is_empty() && macs.is_empty() && details.len() == 1 {
                return vec![format!("{head}  {}", details.remove(0))];
            }
            let numbers: Vec<_> =
                [pad(output, shape), parameters, macs].into_iter().filter(|text| !text.is_empty()).collect();
            let details = details.into_iter().map(|line| format!("     {line}"));
            std::iter::once(format!("{head}  {}", numbers.join("   "))).chain(details).collect::<Vec<_>>()
        })
        .collect()
}

/// Texts one after the other, as many on a line as fit.
fn packed(texts: impl Iterator<Item = String>, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for text in texts {
        match lines.last_mut() {
            Some(line) if line.width().saturating_add(text.width()).saturating_add(3) <= room => {
                line.push_str(" · ");
                line.push_str(&text);
            }
            _ => lines.push(text),
        }
    }
    lines
}

/// Path, kind and output of an entry.
fn head(entry: &DiffEntry) -> [String; 3] {
    let path = match &entry.from {
        Some(from) => format!("{} → {}", escaped(from), escaped(&entry.path)),
        None => escaped(&entry.path).into_owned(),
    };
    let kind = entry.counted_kind();
    let shown =
        entry.after.as_ref().or(entry.before.as_ref()).filter(|_| entry.change != ChangeKind::Changed);
    [path, kind, shown.map_or(String::new(), |facts| facts.output.clone())]
}
