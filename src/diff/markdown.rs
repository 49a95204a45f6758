//! A comparison as Markdown, for a comment on a pull request.

use std::io::Write;

use super::numbers::{relative, signed};
use super::{Comparison, DiffEntry, DiffFormat, Facts, Pair};
use crate::output::WriteError;
use crate::report::markdown_cell;

pub(super) static FORMAT: DiffFormat = DiffFormat {
    name: "markdown",
    summary: "tables in Markdown, for a pull request",
    extensions: &["md"],
    writer: write,
};

/// So many entries stand open; longer lists are folded away.
const OPEN: usize = 30;

fn write(comparison: &Comparison, _: Option<usize>, out: &mut dyn Write) -> Result<(), WriteError> {
    let mut text = String::new();
    for pair in &comparison.pairs {
        text += &section(pair);
    }
    let alone = [("Added", &comparison.added), ("Removed", &comparison.removed)];
    for (what, models) in alone {
        for (file, name) in models {
            text += &format!("{what}: model `{}` (`{}`)\n\n", markdown_cell(name), markdown_cell(file));
        }
    }
    text += &match (comparison.same, comparison.pairs.is_empty()) {
        (0, _) => String::new(),
        (1, true) => "The models are the same.\n".to_string(),
        (n, true) => format!("All {n} models are the same.\n"),
        (n, false) => format!("Unchanged models: {n}.\n"),
    };
    Ok(writeln!(out, "{}", text.trim_end())?)
}

fn section(pair: &Pair) -> String {
    let (before, after) = &pair.diff.names;
    let names = if before == after {
        markdown_cell(after)
    } else {
        format!("{} → {}", markdown_cell(before), markdown_cell(after))
    };
    let assumption = pair.diff.assumption().map_or(String::new(), |sentence| sentence + "\n\n");
    let mut text = format!(
        "### {names}\n\n{assumption}| | before | after | change | |\n| --- | ---: | ---: | ---: | ---: |\n"
    );
    for measure in pair.diff.shown() {
        text += &format!(
            "| {} | {} | {} | {} | {} |\n",
            measure.name,
            measure.shown(measure.before),
            measure.shown(measure.after),
            measure.change(),
            relative(measure.before, measure.after)
        );
    }
    text += "\n";
    if !pair.diff.entries.is_empty() {
        let long = pair.diff.entries.len() > OPEN;
        if long {
            text += &format!("<details><summary>{} changes</summary>\n\n", pair.diff.entries.len());
        }
        text += "| | layer | kind | what | parameters | MACs |\n| --- | --- | --- | --- | ---: | ---: |\n";
        text.extend(pair.diff.entries.iter().map(row));
        text += if long { "\n</details>\n\n" } else { "\n" };
    }
    text
}

fn row(entry: &DiffEntry) -> String {
    let none = Facts::default();
    let (before, after) = (entry.before.as_ref().unwrap_or(&none), entry.after.as_ref().unwrap_or(&none));
    let change =
        |before: u128, after: u128| if before == after { String::new() } else { signed(before, after) };
    let path = match &entry.from {
        Some(from) => format!("`{}` → `{}`", markdown_cell(from), markdown_cell(&entry.path)),
        None => format!("`{}`", markdown_cell(&entry.path)),
    };
    let kind = entry.counted_kind();
    let details = entry.details.iter().map(|detail| {
        format!(
            "{} {} → {}",
            markdown_cell(&detail.what),
            markdown_cell(&detail.before),
            markdown_cell(&detail.after)
        )
    });
    let details: Vec<_> = details.collect();
    let what = if details.is_empty() { entry.change.name().to_string() } else { details.join("<br>") };
    format!(
        "| {} | {path} | {} | {what} | {} | {} |\n",
        entry.change.sign(),
        markdown_cell(&kind),
        change(before.parameters, after.parameters),
        change(before.macs, after.macs)
    )
}
