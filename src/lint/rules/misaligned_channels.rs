//! `misaligned-channels`: channels that fill the lanes of no device.

use crate::diagnostic::Diagnostic;
use crate::ir::{Node, NodeId};
use crate::lint::context::{LintContext, by_site, grouped, named, percent};
use crate::lint::kinds::{is_convolution, is_dense, is_nonlinearity};
use crate::lint::{Category, Check, Level, Rule, Threshold};

static MULTIPLE: Threshold =
    Threshold { name: "multiple", default: 8, doc: "what the channels should be a multiple of" };

static SHARE: Threshold = Threshold {
    name: "min-share",
    default: 5,
    doc: "the least share of the model's arithmetic, in per cent",
};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "misaligned-channels",
    category: Category::Size,
    level: Level::Allow,
    summary: "a large layer's channels are no multiple of 8",
    proves: "\
A linear layer or convolution does at least 5% of the model's multiply-accumulates and gives a number of \
channels that is no multiple of 8. Layers whose result goes to an output, perhaps through an activation, are \
exempt: classes are as many as they are.",
    why: "\
Matrix units of accelerators work on multiples of 8 or 16. What is left over is padded or runs on slower paths.",
    fires: &[
        "\
model Odd {
    input x: [64]
    output y = x -> Linear(100) -> ReLU -> Linear(10)
}
",
        "\
model Images {
    input image: [3, 16, 16]
    output y = image -> Conv2d(20, kernel=3) -> ReLU -> Conv2d(32, kernel=3) -> ReLU -> GlobalAvgPool
}
",
        "\
model FivePerCent {
    input x: [16]
    h = x -> Linear(15, bias=false) -> ReLU -> Linear(32, bias=false) -> ReLU
    output y = h -> Linear(80, bias=false) -> ReLU -> Linear(18, bias=false)
}
",
    ],
    clean: &[
        "\
model Odd {
    input x: [64]
    output y = x -> Linear(96) -> ReLU -> Linear(10)
}
",
        "\
model SmallShare {
    input x: [16]
    h = x -> Linear(15, bias=false) -> ReLU -> Linear(32, bias=false) -> ReLU
    output y = h -> Linear(104, bias=false) -> ReLU -> Linear(18, bias=false)
}
",
        "\
model Classes {
    input x: [64]
    output y = x -> Linear(1001) -> Softmax
}
",
    ],
    fix: "\
Round the channels to a multiple of 8.",
    exceptions: "\
Published widths that must be kept (GPT-2's 50,257 words).",
    source: "NVIDIA, \"Matrix multiplication background user's guide\"",
    thresholds: &[&MULTIPLE, &SHARE],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let layers = model.graph.nodes().filter(|(_, node)| is_dense(node) || is_convolution(node));
    let found = layers.filter_map(|(id, node)| Some((node, misaligned(model, id, node)?)));
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

/// The channels of a layer and its share of the arithmetic, where both are as they should not be.
fn misaligned(model: &LintContext, id: NodeId, node: &Node) -> Option<(u128, u128)> {
    let (_, channels) = model.widths(id)?;
    let (macs, all) = (model.number(&node.operation.macs)?, model.number(&model.analysis().totals.macs)?);
    let large = macs.checked_mul(100)? >= all.checked_mul(model.limit(&SHARE))?;
    let aligned = channels.checked_rem(model.limit(&MULTIPLE)).unwrap_or(0) == 0;
    (large && !aligned && !is_head(model, id)).then_some((channels, macs))
}

fn is_head(model: &LintContext, mut id: NodeId) -> bool {
    while let Some((next, reader)) = model.only_reader(id) {
        if !is_nonlinearity(reader) {
            return false;
        }
        id = next;
    }
    model.gives_output(id)
}

fn finding(model: &LintContext, site: &[(&Node, (u128, u128))]) -> Option<Diagnostic> {
    let (node, (channels, macs)) = site.first()?;
    let multiple = model.limit(&MULTIPLE);
    let message = format!(
        "{} gives {} channels, no multiple of {multiple}",
        named(&node.path, site.len()),
        grouped(*channels)
    );
    let more = channels.checked_next_multiple_of(multiple)?;
    let less = channels.checked_sub(channels.checked_rem(multiple)?)?;
    let share = percent(*macs, model.number(&model.analysis().totals.macs)?);
    let near = if less == 0 { grouped(more) } else { format!("{} or {}", grouped(less), grouped(more)) };
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("it does {share} of the arithmetic"))
        .help(format!("the nearest multiples: {near}"));
    Some(finding)
}
