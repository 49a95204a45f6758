//! A drawing in Mermaid, which README files and issues on the web show as a picture.

use std::collections::HashSet;
use std::fmt::Write;
use std::io;

use super::drawing::{self, BoxId, BoxKind, Picture, PictureBox, detail_levels, palette};
use super::{Job, Target, Writer};
use crate::diagnostic::escaped;
use crate::output::WriteError;

pub(super) static TARGET: Target = Target {
    name: "mermaid",
    summary: "A drawing in Mermaid, for Markdown",
    extensions: &["mmd", "mermaid"],
    writer: Writer { has_depth: true, write },
};

/// Mermaid refuses more arrows and longer texts than these by default; some room is left.
const MOST_ARROWS: usize = 480;
const LONGEST: usize = 45_000;

fn write(job: &Job, out: &mut dyn io::Write) -> Result<(), WriteError> {
    let (models, levels) = (job.models, detail_levels(job.depth));
    let arrows = MOST_ARROWS.checked_div(models.len()).unwrap_or(MOST_ARROWS);
    let longest = LONGEST.checked_div(models.len()).unwrap_or(LONGEST);
    writeln!(out, "flowchart TB")?;
    let mut first = 0usize;
    let mut used: HashSet<&str> = HashSet::new();
    for (graph, analysis) in models {
        let told = |picture: &Picture| {
            let title = models.len() > 1;
            Chart { picture, first, title }.written()
        };
        let fits = |picture: &Picture| picture.arrows.len() <= arrows && told(picture).len() <= longest;
        let picture = Picture::fitting(graph, analysis, &levels, fits);
        out.write_all(told(&picture).as_bytes())?;
        first = first.saturating_add(picture.boxes.len()).saturating_add(1);
        used.extend(picture.boxes.iter().map(|part| palette::of(part.sort).name));
    }
    for colour in palette::COLOURS.iter().filter(|colour| used.contains(colour.name)) {
        let (fill, border) = colour.light;
        writeln!(out, "  classDef {} fill:{fill},stroke:{border},color:#0f172a", colour.name)?;
    }
    Ok(())
}

/// One model's part of a chart.
struct Chart<'a> {
    picture: &'a Picture,
    /// The number of its first box.
    first: usize,
    /// Whether it stands in a box with its name.
    title: bool,
}

impl Chart<'_> {
    fn written(&self) -> String {
        let mut text = String::new();
        let picture = self.picture;
        let title = [&*picture.name, &*picture.flow, &*picture.sums].map(safe).join("<br>");
        let level = if self.title {
            let _ = writeln!(text, "  subgraph n{} [\"{title}\"]", self.number(picture.boxes.len()));
            2
        } else {
            let _ = writeln!(
                text,
                "  %% {}",
                [&*picture.name, &*picture.flow, &*picture.sums].map(safe).join("   ")
            );
            1
        };
        for id in &picture.outermost {
            self.part(&mut text, *id, level);
        }
        if self.title {
            text.push_str("  end\n");
        }
        for arrow in &picture.arrows {
            let (from, to) = (self.number(arrow.from), self.number(arrow.to));
            let label = match arrow.uses.as_slice() {
                [] => String::new(),
                uses => format!("|\"{}\"|", safe(&drawing::uses(uses))),
            };
            let _ = writeln!(text, "  n{from} -->{label} n{to}");
        }
        text
    }

    fn number(&self, id: BoxId) -> usize {
        self.first.saturating_add(id)
    }

    fn part(&self, text: &mut String, id: BoxId, level: usize) {
        let Some(part) = self.picture.boxes.get(id) else { return };
        let (indent, number, colour) = ("  ".repeat(level), self.number(id), palette::of(part.sort).name);
        if part.inside.is_empty() {
            let (open, close) = match part.sort {
                BoxKind::Input | BoxKind::Output => ("([", "])"),
                BoxKind::Block => ("[[", "]]"),
                _ => ("[", "]"),
            };
            let _ = writeln!(text, "{indent}n{number}{open}\"{}\"{close}:::{colour}", label(part));
            return;
        }
        let _ = writeln!(text, "{indent}subgraph n{number} [\"{}\"]", safe(&drawing::heading(part)));
        for inner in &part.inside {
            self.part(text, *inner, level.saturating_add(1));
        }
        let _ = writeln!(text, "{indent}end");
        let _ = writeln!(text, "{indent}class n{number} {colour}");
    }
}

fn label(part: &PictureBox) -> String {
    let lines = [drawing::naming(part), part.shape.clone(), part.parameters.clone()];
    lines.iter().filter(|line| !line.is_empty()).map(|line| safe(line)).collect::<Vec<_>>().join("<br>")
}

/// A text in which no character means anything to Mermaid, Markdown or HTML: what might is written by its number.
fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in escaped(text).chars() {
        if c.is_alphanumeric() || !c.is_ascii() || " .,()[]+-=/:".contains(c) {
            safe.push(c);
        } else {
            let _ = write!(safe, "#{};", u32::from(c));
        }
    }
    safe
}
