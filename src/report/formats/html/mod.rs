//! The report as one page of HTML that needs nothing else: sums, charts, layers by block, the graph drawn.
//!
//! Everything that comes from an input passes [`safe`]; the only script opens and closes blocks.

mod charts;
mod graph;
mod layers;

use std::fmt::Write;
use std::io;

use crate::analysis::Analysis;
use crate::back::svg::{self, safe};
use crate::ir::Graph;
use crate::output::WriteError;
use crate::report::columns::Context;
use crate::report::{CONVENTION, Report, ReportFormat, summary, title};

pub(in crate::report) static FORMAT: ReportFormat = ReportFormat {
    name: "html",
    summary: "a page with charts and the graph, for browsers",
    extensions: &["html"],
    writer: write,
};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

fn write(report: &Report, out: &mut dyn io::Write) -> Result<(), WriteError> {
    let names: Vec<String> = report.models.iter().map(|(graph, _)| safe(&graph.name)).collect();
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<style>\n{STYLE}{}</style>\n</head>\n<body>\n<main>\n",
        if names.is_empty() { "No model".to_string() } else { names.join(", ") },
        svg::style()
    )?;
    if report.models.is_empty() {
        writeln!(out, "<p>The file has no complete model.</p>")?;
    }
    if names.len() > 1 {
        write!(out, "<nav>")?;
        for (number, name) in names.iter().enumerate() {
            write!(out, "<a href=\"#model-{number}\">{name}</a>")?;
        }
        writeln!(out, "</nav>")?;
    }
    for (number, (graph, analysis)) in report.models.iter().enumerate() {
        let mut text = String::new();
        model(&mut text, report, number, graph, analysis);
        out.write_all(text.as_bytes())?;
    }
    write!(
        out,
        "<footer><p>{}</p></footer>\n</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        safe(CONVENTION)
    )?;
    Ok(())
}

fn model(text: &mut String, report: &Report, number: usize, graph: &Graph, analysis: &Analysis) {
    let context = Context::new(graph, analysis, report);
    let title = title(graph);
    let _ = writeln!(text, "<article id=\"model-{number}\">\n<header><h1>{}</h1>", safe(&title.name));
    let _ = writeln!(text, "<p class=\"flow\">{}</p>", safe(&title.flow));
    if let Some(dimensions) = &title.dimensions {
        let _ = writeln!(text, "<p>{}</p>", safe(dimensions));
    }
    if let Some(doc) = graph.doc.as_deref() {
        let _ = writeln!(
            text,
            "<p class=\"doc\">{}</p>",
            safe(&doc.split_whitespace().collect::<Vec<_>>().join(" "))
        );
    }
    text.push_str("</header>\n");
    sums(text, report, graph, analysis);
    text.push_str("<div class=\"charts\">\n");
    charts::shared(text, graph, analysis);
    charts::memory(text, graph, report);
    text.push_str("</div>\n");
    charts::shares(text, graph, analysis, report, &context);
    graph::drawn(text, number, graph, analysis);
    layers::table(text, number, graph, analysis, report, &context);
    text.push_str("</article>\n");
}

/// The sums, as a list.
fn sums(text: &mut String, report: &Report, graph: &Graph, analysis: &Analysis) {
    text.push_str("<section class=\"sums\"><h2>Summary</h2><dl>\n");
    for sum in summary(graph, analysis, report) {
        let notes = sum.notes.iter().map(|note| format!("<span>{}</span>", safe(note))).collect::<String>();
        let _ = writeln!(
            text,
            "<div class=\"level-{}\"><dt>{}</dt><dd><b>{}</b>{notes}</dd></div>",
            sum.level.min(2),
            safe(sum.name),
            safe(&sum.value)
        );
    }
    text.push_str("</dl></section>\n");
}
