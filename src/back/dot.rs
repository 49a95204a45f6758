//! A drawing for Graphviz: one `digraph` a model.

use std::fmt::Write;
use std::io;

use super::drawing::{self, BoxId, BoxKind, Picture, PictureBox, detail_levels, palette};
use super::{Job, Target, Writer};
use crate::diagnostic::escaped;
use crate::output::WriteError;

pub(super) static TARGET: Target = Target {
    name: "dot",
    summary: "A drawing for Graphviz",
    extensions: &["dot", "gv"],
    writer: Writer { has_depth: true, write },
};

/// As many boxes as Graphviz lays out in seconds.
const MOST_BOXES: usize = 600;

fn write(job: &Job, out: &mut dyn io::Write) -> Result<(), WriteError> {
    let levels = detail_levels(job.depth);
    for (number, (graph, analysis)) in job.models.iter().enumerate() {
        let fits = |picture: &Picture| picture.boxes.len() <= MOST_BOXES;
        let text = digraph(&Picture::fitting(graph, analysis, &levels, fits));
        let follows = if number > 0 { "\n" } else { "" };
        write!(out, "{follows}{text}")?;
    }
    Ok(())
}

fn digraph(picture: &Picture) -> String {
    let mut text = format!("digraph {} {{\n", quoted(&[&picture.name]));
    let title = [&*picture.name, &*picture.flow, &*picture.sums];
    let _ =
        writeln!(text, "  graph [label={}, labelloc=t, fontname=\"Helvetica\", rankdir=TB]", quoted(&title));
    text.push_str("  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11, margin=\"0.12,0.05\"]\n");
    text.push_str("  edge [fontname=\"Helvetica\", fontsize=10, color=\"#64748b\", arrowsize=0.7]\n");
    for id in &picture.outermost {
        part(&mut text, picture, *id, 1);
    }
    for arrow in &picture.arrows {
        let _ = write!(text, "  n{} -> n{}", arrow.from, arrow.to);
        if !arrow.uses.is_empty() {
            let _ = write!(text, " [label={}]", quoted(&[&drawing::uses(&arrow.uses)]));
        }
        text.push('\n');
    }
    text.push_str("}\n");
    text
}

fn part(text: &mut String, picture: &Picture, id: BoxId, level: usize) {
    let Some(part) = picture.boxes.get(id) else { return };
    let indent = "  ".repeat(level);
    let (fill, border) = palette::of(part.sort).light;
    if part.inside.is_empty() {
        let lines = lines(part);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let shape = match part.sort {
            BoxKind::Input | BoxKind::Output => ", shape=oval",
            BoxKind::Block => ", peripheries=2",
            _ => "",
        };
        let _ = writeln!(
            text,
            "{indent}n{id} [label={}, fillcolor=\"{fill}\", color=\"{border}\"{shape}]",
            quoted(&lines)
        );
        return;
    }
    let _ = writeln!(text, "{indent}subgraph cluster_{id} {{");
    let _ = writeln!(
        text,
        "{indent}  label={}; labeljust=l; style=\"rounded,filled\"; fillcolor=\"{fill}\"; color=\"{border}\"; fontsize=11",
        quoted(&[&drawing::heading(part)])
    );
    for inner in &part.inside {
        self::part(text, picture, *inner, level.saturating_add(1));
    }
    let _ = writeln!(text, "{indent}}}");
}

fn lines(part: &PictureBox) -> Vec<String> {
    let below = [&*part.shape, &*part.parameters].into_iter().filter(|text| !text.is_empty());
    let below = below.collect::<Vec<_>>().join("  ");
    [drawing::naming(part), below].into_iter().filter(|line| !line.is_empty()).collect()
}

/// Lines as a quoted string: neither a quote, an escape of Graphviz nor an entity of HTML is taken for one.
fn quoted(lines: &[&str]) -> String {
    let safe = lines
        .iter()
        .map(|line| escaped(line).replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;"));
    format!("\"{}\"", safe.collect::<Vec<_>>().join("\\n"))
}
