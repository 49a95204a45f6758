//! `unread-activations`: positions of a tensor that every window steps over.

use crate::diagnostic::Diagnostic;
use crate::ir::{Kind, Node, NodeId};
use crate::lint::context::{LintContext, grouped, percent};
use crate::lint::coverage::{all_sliding, may_step_over, slides_anywhere, stepped_over};
use crate::lint::{Category, Check, Level, Rule, Threshold};

static SHARE: Threshold = Threshold {
    name: "min-share",
    default: 25,
    doc: "the least share of a tensor's positions that nothing reads, in per cent",
};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "unread-activations",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "strides step over a quarter or more of a tensor's positions",
    proves: "\
Everything that reads the tensor slides a window over it, and the strides of these windows, all taken together, step over \
at least 25% of its positions. Slices, crops, last states and outputs of the model choose what they read, so they count \
as reading all. Decided at the defaults of symbolic sizes.",
    why: "\
These positions are computed, or given, and then ignored: a 1×1 convolution with stride 2 throws away three quarters of \
what the layers before it worked for, and the information with it.",
    fires: &[
        "\
model Strided {
    input image: [3, 32, 32]
    x = image -> Conv2d(16, kernel=3, pad=1) -> ReLU
    output y = x -> Conv2d(32, kernel=1, stride=2) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model BothBranches {
    input image: [3, 32, 32]
    x = image -> Conv2d(16, kernel=3, pad=1) -> ReLU
    a = x -> Conv2d(32, kernel=1, stride=2) -> ReLU -> Conv2d(32, kernel=3, pad=1)
    b = x -> Conv2d(32, kernel=1, stride=2)
    output y = a + b -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Sequence {
    input x: [8, 96]
    output y = x -> Conv1d(16, kernel=3, pad=1) -> ReLU -> Conv1d(16, kernel=1, stride=4) -> ReLU -> GlobalAvgPool
}
",
        "\
model ExactlyAQuarter {
    input x: [8, 96]
    output y = x -> Conv1d(16, kernel=3, pad=1) -> ReLU
        -> Conv1d(16, kernel=3, dilation=3, stride=4, pad=3) -> ReLU -> GlobalAvgPool
}
",
    ],
    clean: &[
        "\
model Strided {
    input image: [3, 32, 32]
    x = image -> Conv2d(16, kernel=3, pad=1) -> ReLU
    output y = x -> Conv2d(32, kernel=3, stride=2, pad=1) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model TheOtherReadsAll {
    input image: [3, 32, 32]
    x = image -> Conv2d(16, kernel=3, pad=1) -> ReLU
    a = x -> Conv2d(32, kernel=3, stride=2, pad=1)
    b = x -> Conv2d(32, kernel=1, stride=2)
    output y = a + b -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model PoolsFirst {
    input image: [3, 32, 32]
    x = image -> Conv2d(16, kernel=3, pad=1) -> ReLU
    output y = x -> AvgPool2d(2) -> Conv2d(32, kernel=1) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model JustUnderAQuarter {
    input x: [8, 100]
    x = x -> Conv1d(16, kernel=3, pad=1) -> ReLU
    output y = x -> Conv1d(16, kernel=19, dilation=2, stride=25, pad=6) -> ReLU -> GlobalAvgPool
}
",
    ],
    fix: "\
Move the stride to a layer whose kernel covers it (3×3 with stride 2), pool before the layer, or do the stride one layer \
earlier, so that nothing is computed in vain.",
    exceptions: "ResNet as first published (v1) strides by its 1×1 convolutions; it is known for exactly this flaw.",
    source: "He et al. 2019, \"Bag of tricks for image classification\" (ResNet-B and ResNet-D)",
    thresholds: &[&SHARE],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    if !slides_anywhere(model, may_step_over) {
        return Vec::new();
    }
    model.graph.nodes().filter_map(|(id, node)| finding(model, id, node)).collect()
}

fn finding(model: &LintContext, id: NodeId, node: &Node) -> Option<Diagnostic> {
    let readers = all_sliding(model, id)?;
    let (positions, unread) = stepped_over(&readers)?;
    if unread.checked_mul(100)? < positions.checked_mul(model.limit(&SHARE))? || unread == 0 {
        return None;
    }
    let reader = readers.first()?;
    let steps: Vec<_> = reader.axes.iter().map(|axis| axis.taps.stride.to_string()).collect();
    let message =
        format!("{} of the positions of `{}` are read by nothing", percent(unread, positions), node.path);
    let others = readers.len().saturating_sub(1);
    let together = if others > 0 { format!(", and so do {others} more that read it") } else { String::new() };
    let what = if node.operation.kind == Kind::Input { "is given" } else { "is computed" };
    let finding = RULE
        .finding(reader.node.origin, message)
        .label(format!("steps by {} over what lies between its windows{together}", steps.join(" × ")))
        .related(
            node.origin,
            format!("{what} at {} positions, and {} are ignored", grouped(positions), grouped(unread)),
        )
        .help("move the stride to a layer whose kernel covers it, or pool first");
    Some(finding)
}
