//! The graph on the page: as far opened as it is readable, with all blocks closed, and the inside of each closed block.

use std::collections::HashSet;
use std::fmt::Write;

use crate::analysis::Analysis;
use crate::draw::svg::{self, Figure, safe};
use crate::draw::{Opening, Part};
use crate::graph::{Graph, ScopeId};

pub(super) fn drawn(text: &mut String, number: usize, graph: &Graph, analysis: &Analysis) {
    let model = (graph, analysis);
    let address = |block: ScopeId| format!("#block-{number}-{}", block.0);
    let opened = svg::figure(model, &Opening::FROM_MOST, &address);
    let closed = svg::figure(model, &[Opening::NONE], &address);
    let blocks: HashSet<ScopeId> = opened.closed.iter().chain(&closed.closed).copied().collect();
    let _ = writeln!(text, "<section class=\"graph\"><h2>The graph</h2>");
    if closed.closed.is_empty() {
        let _ = writeln!(text, "<div class=\"figure\">{}</div></section>", opened.svg);
        return;
    }
    text.push_str("<p class=\"legend\">In each box: name, layer, shape of its result, parameters. Equal neighbours are one box, × n; a shared layer is one box with all its uses. A closed block leads to its inside, below.</p>\n");
    for (way, label, checked) in
        [("opened", "blocks opened where there is room", " checked"), ("closed", "blocks closed", "")]
    {
        let _ = writeln!(
            text,
            "<input type=\"radio\" name=\"graph-{number}\" id=\"{way}-{number}\" class=\"{way}\"{checked}>\
             <label for=\"{way}-{number}\">{label}</label>"
        );
    }
    let _ = writeln!(text, "<div class=\"figure opened\">{}</div>", opened.svg);
    let _ = writeln!(text, "<div class=\"figure closed\">{}</div>", closed.svg);
    for (part, figure) in svg::insides(model, &blocks) {
        inside(text, number, &part, &figure);
    }
    text.push_str("</section>\n");
}

fn inside(text: &mut String, number: usize, part: &Part, figure: &Figure) {
    let Some(block) = part.block else { return };
    let told = [&part.name, &part.kind, &part.repeats, &part.shape, &part.parameters];
    let told = told.into_iter().filter(|text| !text.is_empty()).map(|text| safe(text)).collect::<Vec<_>>();
    let _ = writeln!(
        text,
        "<details id=\"block-{number}-{}\"><summary>{}</summary><div class=\"figure\">{}</div></details>",
        block.0,
        told.join(" &ensp;"),
        figure.svg
    );
}
