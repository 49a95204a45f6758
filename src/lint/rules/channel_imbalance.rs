//! `channel-imbalance`: a 1×1 convolution between very different widths.

use crate::diagnostic::Diagnostic;
use crate::ir::{Node, NodeId};
use crate::lint::context::{LintContext, by_site, grouped, named, percent};
use crate::lint::kinds::{is_convolution, is_mixing};
use crate::lint::{Category, Check, Level, Rule, Threshold};

static RATIO: Threshold =
    Threshold { name: "max-ratio", default: 4, doc: "how many times as many channels one side may have" };

static SHARE: Threshold = Threshold {
    name: "min-share",
    default: 5,
    doc: "the least share of the model's arithmetic, in per cent",
};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "channel-imbalance",
    category: Category::Size,
    level: Level::Allow,
    summary: "a costly 1×1 convolution reads and gives very different numbers of channels",
    proves: "\
An ungrouped convolution with a kernel of 1 has more than 4× as many channels on one side as on the other and \
does at least 5% of the model's multiply-accumulates. Layers whose result is an output are exempt.",
    why: "\
For a given amount of arithmetic, a 1×1 convolution moves the least memory where both sides are equal.",
    fires: &[
        "\
model Expanding {
    input image: [16, 16, 16]
    x = image -> Conv2d(80, kernel=1) -> ReLU -> Conv2d(80, kernel=3, groups=80) -> ReLU
    output y = x -> Conv2d(40, kernel=1)
}
",
        "\
model Squeezing {
    input image: [80, 16, 16]
    output y = image -> Conv2d(16, kernel=1) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model FivePerCent {
    input x: [8, 64]
    x = x -> Conv1d(40, kernel=1) -> ReLU -> Conv1d(40, kernel=3, pad=1) -> ReLU
    output y = x -> Conv1d(32, kernel=1) -> ReLU -> GlobalAvgPool
}
",
    ],
    clean: &[
        "\
model Expanding {
    input image: [16, 16, 16]
    x = image -> Conv2d(64, kernel=1) -> ReLU -> Conv2d(64, kernel=3, groups=64) -> ReLU
    output y = x -> Conv2d(32, kernel=1)
}
",
        "\
model FourTimes {
    input x: [8, 64]
    output y = x -> Conv1d(32, kernel=1) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model UnderFivePerCent {
    input x: [8, 64]
    x = x -> Conv1d(40, kernel=1) -> ReLU -> Conv1d(40, kernel=3, pad=1) -> ReLU
    output y = x -> Conv1d(33, kernel=1) -> ReLU -> GlobalAvgPool
}
",
        "\
model LargerKernel {
    input x: [8, 64]
    output y = x -> Conv1d(80, kernel=3) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
    ],
    fix: "\
Bring the two closer.",
    exceptions: "\
Inverted residuals (MobileNet V2 expands by 6), bottlenecks at their ends.",
    source: "Ma et al. 2018, \"ShuffleNet V2\", guideline 1",
    thresholds: &[&RATIO, &SHARE],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let layers = model.graph.nodes().filter(|(_, node)| is_convolution(node) && is_mixing(node));
    let found = layers.filter_map(|(id, node)| Some((node, unequal(model, id, node)?)));
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

/// The channels of both sides, and the arithmetic.
fn unequal(model: &LintContext, id: NodeId, node: &Node) -> Option<(u128, u128, u128)> {
    let window = node.operation.window.as_ref()?;
    let pointwise = window.axes.iter().all(|axis| axis.kernel.as_number() == Some(1));
    let (from, to) = model.widths(id)?;
    let (macs, all) = (model.number(&node.operation.macs)?, model.number(&model.analysis().totals.macs)?);
    let large = macs.checked_mul(100)? >= all.checked_mul(model.limit(&SHARE))?;
    let unequal = from.max(to) > from.min(to).checked_mul(model.limit(&RATIO))?;
    (pointwise && large && unequal && !model.gives_output(id)).then_some((from, to, macs))
}

fn finding(model: &LintContext, site: &[(&Node, (u128, u128, u128))]) -> Option<Diagnostic> {
    let (node, (from, to, macs)) = site.first()?;
    let message =
        format!("{} makes {} of {} channels", named(&node.path, site.len()), grouped(*to), grouped(*from));
    let share = percent(*macs, model.number(&model.analysis().totals.macs)?);
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("a 1×1 convolution that does {share} of the arithmetic"))
        .help("it moves the least memory where both sides are equal");
    Some(finding)
}
