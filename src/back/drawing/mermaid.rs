//! A drawing in Mermaid, which README files and issues on the web show as a picture.

use std::collections::HashSet;
use std::fmt::Write;

use super::picture::{BoxId, BoxKind, Part, Picture};
use super::{DetailLevel, Drawing, Drawn, palette};
use crate::diagnostic::escaped;

pub(super) const DRAWING: Drawing =
    Drawing { name: "mermaid", summary: "A drawing in Mermaid, for Markdown", draw };

/// Mermaid refuses more arrows and longer texts than these by default; some room is left.
const MOST_ARROWS: usize = 480;
const LONGEST: usize = 45_000;

fn draw(models: &[Drawn], openings: &[DetailLevel]) -> String {
    let arrows = MOST_ARROWS.checked_div(models.len()).unwrap_or(MOST_ARROWS);
    let longest = LONGEST.checked_div(models.len()).unwrap_or(LONGEST);
    let mut text = String::from("flowchart TB\n");
    let mut first = 0usize;
    let mut used: HashSet<&str> = HashSet::new();
    for (graph, analysis) in models {
        let told = |picture: &Picture| {
            let title = models.len() > 1;
            Chart { picture, first, title }.written()
        };
        let fits = |picture: &Picture| picture.arrows.len() <= arrows && told(picture).len() <= longest;
        let picture = Picture::fitting(graph, analysis, openings, fits);
        text.push_str(&told(&picture));
        first = first.saturating_add(picture.boxes.len()).saturating_add(1);
        used.extend(picture.boxes.iter().map(|part| palette::of(part.sort).name));
    }
    for colour in palette::COLOURS.iter().filter(|colour| used.contains(colour.name)) {
        let (fill, border) = colour.light;
        let _ = writeln!(text, "  classDef {} fill:{fill},stroke:{border},color:#0f172a", colour.name);
    }
    text
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
                uses => format!("|\"{}\"|", safe(&super::uses(uses))),
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
        let _ = writeln!(text, "{indent}subgraph n{number} [\"{}\"]", safe(&super::heading(part)));
        for inner in &part.inside {
            self.part(text, *inner, level.saturating_add(1));
        }
        let _ = writeln!(text, "{indent}end");
        let _ = writeln!(text, "{indent}class n{number} {colour}");
    }
}

fn label(part: &Part) -> String {
    let lines = [super::naming(part), part.shape.clone(), part.parameters.clone()];
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
