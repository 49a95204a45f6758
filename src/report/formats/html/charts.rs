//! The charts of the page: where parameters and MACs are, shared against unshared, memory over time.

use std::fmt::Write;

use crate::analysis::{Analysis, AtDefaults, Sharing, timeline};
use crate::back::svg::safe;
use crate::ir::{Count, Graph, NodeId};
use crate::report::columns::Context;
use crate::report::numbers::{octets, percent, ratio, shown};
use crate::report::{Report, ReportLine, lines};

/// The most bars of a chart; the smaller ones become one.
const MOST_BARS: usize = 14;

/// The most points of a curve; of several steps in one point the largest is shown.
const MOST_POINTS: usize = 600;

/// What fraction of a whole a part is, in percent of a bar's length.
fn length(part: u128, whole: u128) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 100.0).clamp(0.0, 100.0) }
}

/// A line's part of the parameters and of the MACs.
struct Bar {
    label: String,
    kind: String,
    parameters: u128,
    macs: u128,
}

/// Where parameters and MACs are: two bars for each layer or block.
pub(super) fn shares(
    text: &mut String,
    graph: &Graph,
    analysis: &Analysis,
    report: &Report,
    context: &Context,
) {
    let judge = context.defaults;
    let number = |count: Option<&Count>| count.map_or(0, |count| judge.value_at_defaults(count));
    let (all, work) = (
        judge.value_at_defaults(&analysis.totals.parameters),
        judge.value_at_defaults(&analysis.totals.macs),
    );
    let bar = |line: ReportLine| Bar {
        parameters: number(line.cells.parameters.as_ref()),
        macs: number(line.cells.macs.as_ref()),
        label: line.label,
        kind: line.kind,
    };
    let bars = lines(graph, analysis, report.depth).into_iter().map(bar);
    let bars: Vec<Bar> = bars.filter(|bar| bar.parameters > 0 || bar.macs > 0).collect();
    if bars.is_empty() {
        return;
    }
    text.push_str(
        "<section><h2>Where parameters and MACs are</h2>\n<p class=\"legend\">\
         <i class=\"key params\"></i>parameters <i class=\"key macs\"></i>MACs, of the model's</p>\n<div class=\"bars\">\n",
    );
    let bars = largest(bars, all, work);
    let longest = bars.iter().map(|bar| length(bar.parameters, all).max(length(bar.macs, work)));
    let stretch = 85.0 / longest.fold(1.0, f64::max);
    for bar in bars {
        let _ = writeln!(
            text,
            "<div class=\"bar\"><span class=\"label\"><b>{}</b> {}</span><span class=\"tracks\">{}{}</span></div>",
            safe(&bar.label),
            safe(&bar.kind),
            track("params", bar.parameters, all, stretch),
            track("macs", bar.macs, work, stretch)
        );
    }
    text.push_str("</div></section>\n");
}

/// A bar with its part in words; `stretch` is its length for one percent.
fn track(class: &str, part: u128, whole: u128, stretch: f64) -> String {
    let bar = format!("<i class=\"{class}\" style=\"width:{:.2}%\"></i>", length(part, whole) * stretch);
    let told = if part == 0 { "–".to_string() } else { format!("{}%", percent(part, whole)) };
    format!(
        "<span class=\"track\" title=\"{}\">{}<em>{told}</em></span>",
        Count::from(part),
        if part == 0 { String::new() } else { bar }
    )
}

/// The largest bars in their order, the others as one at the end.
fn largest(bars: Vec<Bar>, all: u128, work: u128) -> Vec<Bar> {
    if bars.len() <= MOST_BARS {
        return bars;
    }
    let size = |bar: &Bar| length(bar.parameters, all).max(length(bar.macs, work));
    let mut sizes: Vec<f64> = bars.iter().map(size).collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    let least = sizes.get(MOST_BARS.saturating_sub(2)).copied().unwrap_or_default();
    let mut kept: Vec<Bar> = Vec::new();
    let mut rest: Vec<Bar> = Vec::new();
    for bar in bars {
        if size(&bar) >= least && kept.len() < MOST_BARS.saturating_sub(1) {
            kept.push(bar)
        } else {
            rest.push(bar)
        }
    }
    let sum = |of: fn(&Bar) -> u128| rest.iter().map(of).fold(0, u128::saturating_add);
    kept.push(Bar {
        label: format!("{} others", rest.len()),
        kind: String::new(),
        parameters: sum(|bar| bar.parameters),
        macs: sum(|bar| bar.macs),
    });
    kept
}

/// Shared against unshared parameters, in which ways, and what would be stored without sharing.
pub(super) fn shared(text: &mut String, graph: &Graph, analysis: &Analysis) {
    let (judge, totals) = (AtDefaults(graph), &analysis.totals);
    let all = judge.value_at_defaults(&totals.parameters);
    if all == 0 {
        return;
    }
    let (shared, unshared) =
        (judge.value_at_defaults(&totals.shared), judge.value_at_defaults(&totals.unshared_tensors));
    let part = |class: &str, name: &str, part: u128| {
        format!(
            "<i class=\"{class}\" style=\"width:{:.2}%\" title=\"{name}: {}\"></i>",
            length(part, all),
            Count::from(part)
        )
    };
    let _ = writeln!(
        text,
        "<section><h2>Shared and unshared parameters</h2>\n<p class=\"legend\"><i class=\"key shared\"></i>shared {}% \
         <i class=\"key unshared\"></i>unshared {}%</p>\n<div class=\"whole\">{}{}</div>\n<div class=\"bars small\">",
        percent(shared, all),
        percent(unshared, all),
        part("shared", "shared", shared),
        part("unshared", "unshared", unshared)
    );
    for way in Sharing::ALL {
        let of = judge.value_at_defaults(totals.by_sharing.of(way));
        if of > 0 {
            let _ = writeln!(
                text,
                "<div class=\"bar\"><span class=\"label\">{}</span><span class=\"tracks\">{}</span></div>",
                words(way),
                track("shared", of, all, 0.8)
            );
        }
    }
    text.push_str("</div>\n");
    let without = judge.value_at_defaults(&totals.without_sharing);
    if let Some(ratio) = ratio(without, all) {
        let bar = |name: &str, class: &str, count: &Count, length: f64| {
            format!(
                "<div class=\"bar\"><span class=\"label\">{name}</span><span class=\"tracks\"><span class=\"track\">\
                 <i class=\"{class}\" style=\"width:{length:.2}%\"></i><em>{}</em></span></span></div>\n",
                safe(&shown(count, judge))
            )
        };
        let most = without.max(all);
        let _ = writeln!(
            text,
            "<p>Without sharing the model would store {ratio}× as many:</p>\n<div class=\"bars small\">{}{}</div>",
            bar("stored", "shared", &totals.parameters, length(all, most) * 0.6),
            bar("without sharing", "without", &totals.without_sharing, length(without, most) * 0.6)
        );
    }
    text.push_str("</section>\n");
}

fn words(way: Sharing) -> &'static str {
    match way {
        Sharing::Positions => "at several positions",
        Sharing::Time => "over time steps",
        Sharing::CallSites => "at several places",
        Sharing::Tied => "under several names",
    }
}

/// A step of the model and what lives then.
#[derive(Clone, Copy)]
struct ChartStep {
    layer: NodeId,
    bytes: u128,
}

/// The activations that live at each step.
pub(super) fn memory(text: &mut String, graph: &Graph, report: &Report) {
    let (dtype, batch) = (report.setting.dtype, u128::from(report.setting.batch));
    let bytes = timeline(graph, &|tensor| dtype.bytes_of(tensor));
    let steps = (0u32..).map(NodeId).zip(bytes);
    let steps: Vec<ChartStep> =
        steps.map(|(layer, bytes)| ChartStep { layer, bytes: bytes.saturating_mul(batch) }).collect();
    let Some(peak) = steps.iter().copied().reduce(|a, b| if b.bytes > a.bytes { b } else { a }) else {
        return;
    };
    if peak.bytes == 0 {
        return;
    }
    let name = |step: &ChartStep| graph.node(step.layer).map_or(String::new(), |node| node.id.to_string());
    let many = if batch == 1 { "one sample".to_string() } else { format!("{batch} samples") };
    let _ = writeln!(
        text,
        "<section><h2>Memory over time</h2>\n<p class=\"legend\">activations that live at each step, {many} as {}: \
         at most <b>{}</b>, at {}</p>",
        dtype.name,
        octets(peak.bytes),
        safe(&name(&peak))
    );
    let points = points(&steps);
    let width = points.len().max(1) as f64;
    let height = |step: &ChartStep| 100.0 - length(step.bytes, peak.bytes);
    let curve: String = points.iter().enumerate().fold(String::new(), |mut curve, (x, step)| {
        let _ = write!(curve, "L{x} {0:.2}H{1}", height(step), x.saturating_add(1));
        curve
    });
    let _ = writeln!(
        text,
        "<div class=\"curve\"><span class=\"top\">{}</span><svg viewBox=\"0 0 {width} 100\" preserveAspectRatio=\"none\" \
         role=\"img\" aria-label=\"memory over time\"><path d=\"M0 100{curve}V100z\"/>",
        octets(peak.bytes)
    );
    for (x, step) in points.iter().enumerate() {
        let _ = write!(
            text,
            "<rect x=\"{x}\" y=\"0\" width=\"1\" height=\"100\"><title>{}: {}</title></rect>",
            safe(&name(step)),
            octets(step.bytes)
        );
    }
    let ends = points.first().zip(points.last());
    let (first, last) =
        ends.map_or((String::new(), String::new()), |(first, last)| (name(first), name(last)));
    let _ = writeln!(
        text,
        "</svg><span class=\"bottom\"><span>{}</span><span>{}</span></span></div></section>",
        safe(&first),
        safe(&last)
    );
}

/// At most so many steps: of neighbours that share a point the largest.
fn points(steps: &[ChartStep]) -> Vec<ChartStep> {
    let share = steps.len().div_ceil(MOST_POINTS).max(1);
    let largest =
        |steps: &[ChartStep]| steps.iter().copied().reduce(|a, b| if b.bytes > a.bytes { b } else { a });
    steps.chunks(share).filter_map(largest).collect()
}
