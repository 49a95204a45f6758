//! The graph on the page: as far opened as it is readable, with all blocks closed, and the inside of each closed block.

use std::collections::HashSet;
use std::fmt::Write;

use crate::analysis::Analysis;
use crate::back::drawing::DetailLevel;
use crate::back::svg::{self, Figure, safe};
use crate::ir::{Graph, ScopeId};

/// A browser is slow with more boxes than this.
const MOST_BOXES: usize = 8_000;

/// The most blocks whose insides are on the page.
const MOST_INSIDES: usize = 80;

const LEGEND: &str = "In each box: name, layer, shape of its result, parameters. Equal neighbours are one box, × n; a \
                      shared layer is one box with all its uses.";

pub(super) fn drawn(text: &mut String, number: usize, graph: &Graph, analysis: &Analysis) {
    let model = (graph, analysis);
    let opened = svg::figure(model, &DetailLevel::FROM_MOST);
    let _ = writeln!(text, "<section class=\"graph\"><h2>The graph</h2>\n<p class=\"legend\">{LEGEND}</p>");
    if opened.boxes() > MOST_BOXES {
        text.push_str(
            "<p>It is too large for a page: <code>weft build --to svg</code> draws it.</p></section>\n",
        );
        return;
    }
    let closed = svg::figure(model, &[DetailLevel::NONE]);
    let mut known = HashSet::new();
    let blocks: Vec<ScopeId> =
        closed.closed().chain(opened.closed()).filter(|block| known.insert(*block)).collect();
    if blocks.is_empty() {
        let _ = writeln!(text, "<div class=\"figure\">{}</div></section>", opened.element(&|_| None));
        return;
    }
    let shown: HashSet<ScopeId> = blocks.iter().copied().take(MOST_INSIDES).collect();
    let address = |block: ScopeId| shown.contains(&block).then(|| format!("#block-{number}-{}", block.0));
    let ways = [("opened", "blocks opened where there is room", " checked"), ("closed", "blocks closed", "")];
    for (way, label, checked) in ways {
        let _ = writeln!(
            text,
            "<input type=\"radio\" name=\"graph-{number}\" id=\"{way}-{number}\" class=\"{way}\"{checked}>\
             <label for=\"{way}-{number}\">{label}</label>"
        );
    }
    let _ = writeln!(text, "<div class=\"figure opened\">{}</div>", opened.element(&address));
    let _ = writeln!(text, "<div class=\"figure closed\">{}</div>", closed.element(&address));
    text.push_str("<p class=\"legend\">Inside the blocks; a closed block in the drawing leads here:</p>\n");
    for figure in svg::insides(model, &shown) {
        inside(text, number, graph, &figure);
    }
    let left_out = blocks.len().saturating_sub(MOST_INSIDES);
    if left_out > 0 {
        let _ = writeln!(text, "<p>The insides of {left_out} more blocks are left out.</p>");
    }
    text.push_str("</section>\n");
}

fn inside(text: &mut String, number: usize, graph: &Graph, figure: &Figure) {
    let Some((part, block)) = figure.inside_of().and_then(|part| Some((part, part.block?))) else { return };
    let path = graph.scope(block).map_or(String::new(), |scope| scope.path.to_string());
    // Of a block in a block the whole path; of several the first and the last.
    let name = if part.around.is_some() { &path } else { &part.name };
    let told = [name, &part.kind, &part.repeats, &part.shape, &part.parameters];
    let told = told.into_iter().filter(|text| !text.is_empty()).map(|text| safe(text)).collect::<Vec<_>>();
    let _ = writeln!(
        text,
        "<details id=\"block-{number}-{}\"><summary>{}</summary><div class=\"figure\">{}</div></details>",
        block.0,
        told.join(" &ensp;"),
        figure.element(&|_| None)
    );
}
