//! `dropped-border`: rows or columns at the end of a map that no window reaches.

use crate::diagnostic::{Diagnostic, Fix};
use crate::ir::{Node, NodeId};
use crate::lint::context::{LintContext, by_site, grouped, named, percent};
use crate::lint::coverage::{self, Sliding, all_sliding, slides_anywhere};
use crate::lint::stage_edit::StageEdit;
use crate::lint::{Category, Check, Level, Rule, Threshold};

static SHARE: Threshold = Threshold {
    name: "min-share",
    default: 5,
    doc: "the least share of an axis that no window reaches, in per cent",
};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "dropped-border",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "the last rows or columns of a map are read by no window",
    proves: "\
The positions of a window are rounded down, and what is left over at the end of an axis, real entries and not padding, is \
at least 5% of it; nothing else that reads the tensor reads them. Decided at the defaults of symbolic sizes.",
    why: "What stands at the right and lower border of an image is not seen, and the map is no longer centred.",
    fires: &[
        "\
model Odd {
    input image: [3, 15, 15]
    x = image -> Conv2d(16, kernel=3, pad=1) -> ReLU -> MaxPool2d(2)
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Sequence {
    input x: [8, 19]
    output y = x -> Conv1d(16, kernel=4, stride=4) -> ReLU -> GlobalAvgPool
}
",
        "\
model ExactlyFivePerCent {
    input x: [8, 20]
    output y = x -> Conv1d(16, kernel=3, stride=2) -> ReLU -> GlobalAvgPool
}
",
    ],
    clean: &[
        "\
model Odd {
    input image: [3, 15, 15]
    x = image -> Conv2d(16, kernel=3, pad=1) -> ReLU -> MaxPool2d(2, ceil_mode=true)
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Padded {
    input image: [3, 15, 15]
    output y = image -> Conv2d(16, kernel=3, pad=1, stride=2) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model JustUnderFivePerCent {
    input x: [8, 22]
    output y = x -> Conv1d(16, kernel=3, stride=2) -> ReLU -> GlobalAvgPool
}
",
        "\
model TheOtherReadsIt {
    input image: [3, 15, 15]
    x = image -> Conv2d(16, kernel=3, pad=1) -> ReLU
    a = x -> MaxPool2d(2, ceil_mode=true)
    b = x -> Conv2d(16, kernel=2, stride=2, bias=false) -> Pad([0, 1, 0, 1])
    output y = a + b -> GlobalAvgPool -> Linear(10)
}
",
    ],
    fix: "Pad the input of the layer, or round up (`ceil_mode=true`), or choose a size that divides.",
    exceptions: "Valid convolutions on purpose, where the input is larger than what is asked about (the first U-Net).",
    source: "Nikanjam et al. 2021, \"NeuraLint\"",
    thresholds: &[&SHARE],
    check: Check::Model(check),
};

/// Entries at the end of an axis that nothing reaches, and all of its entries.
#[derive(Clone, Copy)]
struct Dropped {
    entries: u128,
    extent: u128,
    axis: usize,
    axes: usize,
}

fn check(model: &LintContext) -> Vec<Diagnostic> {
    if !slides_anywhere(model, |slide| coverage::left_over(slide) != Some(0)) {
        return Vec::new();
    }
    let found = model.graph.nodes().filter_map(|(id, _)| dropped(model, id));
    by_site(found).into_iter().filter_map(|site| finding(model, &site)).collect()
}

fn dropped<'m>(model: &LintContext<'m>, id: NodeId) -> Option<(&'m Node, Dropped)> {
    let readers = all_sliding(model, id)?;
    let axes = readers.first()?.axes.len();
    let of_axis = |axis: usize| {
        let mut left = readers.iter().map(|reader| left_over(reader, axis));
        let entries = left.try_fold(u128::MAX, |least, left| Some(least.min(left?)))?;
        let extent = u128::try_from(readers.first()?.axes.get(axis)?.extent).ok()?;
        let is_much = entries > 0 && entries.checked_mul(100)? >= extent.checked_mul(model.limit(&SHARE))?;
        is_much.then_some(Dropped { entries, extent, axis, axes })
    };
    let worst = (0..axes).filter_map(of_axis).max_by_key(|dropped| dropped.entries)?;
    // The reader that comes closest to the end is where it can be fixed.
    let nearest = readers.iter().min_by_key(|reader| left_over(reader, worst.axis))?;
    Some((nearest.node, worst))
}

/// What a window leaves over at the end of an axis, beyond what its stride steps over between any two positions.
fn left_over(reader: &Sliding, axis: usize) -> Option<u128> {
    u128::try_from(coverage::left_over(reader.axes.get(axis)?)?).ok()
}

fn finding(model: &LintContext, site: &[(&Node, Dropped)]) -> Option<Diagnostic> {
    let (node, worst) = site.iter().max_by_key(|(_, dropped)| dropped.entries)?;
    let what = match (worst.axes, worst.axis) {
        (2, 0) | (3, 1) => "rows",
        (2, 1) | (3, 2) => "columns",
        (3, _) => "slices",
        _ => "entries",
    };
    let message = format!(
        "{} leaves the last {} of {} {what} unread",
        named(&node.path, site.len()),
        grouped(worst.entries),
        grouped(worst.extent)
    );
    let finding = RULE.finding(node.origin, message).label(format!(
        "{} of the axis: its positions are rounded down",
        percent(worst.entries, worst.extent)
    ));
    let rounds = node.operation.argument("ceil_mode").is_some();
    let fix =
        rounds.then(|| StageEdit::of(model, node)).flatten().map(|stage| stage.set("ceil_mode", "true"));
    let fix = fix.filter(|_| model.are_all_at(node.origin, site.len()));
    Some(match fix {
        Some(edit) => finding
            .help("`ceil_mode=true` rounds up; or pad, or choose a size that divides")
            .fix(Fix::unsafe_("round up with `ceil_mode=true`", vec![edit])),
        None => finding.help("pad its input, or choose a size that divides"),
    })
}
