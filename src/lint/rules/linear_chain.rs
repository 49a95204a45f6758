//! `linear-chain`: two linear layers with nothing between them that is not linear.

use crate::diagnostic::{Diagnostic, Fix};
use crate::ir::{Family, Node, NodeId};
use crate::lint::context::{LintContext, by_site, grouped};
use crate::lint::kinds::{
    is_average_pool, is_batch_norm, is_dropout, is_mixing, is_one_product, is_reshaping,
};
use crate::lint::stage_edit::insert_after;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "linear-chain",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "two linear layers follow each other without a nonlinearity",
    proves: "\
Two ungrouped `Linear` or convolution layers follow each other, each the only reader of what comes before, with nothing \
between them but BatchNorm, dropout, reshaping, padding or average pooling; and the first gives more channels than the \
narrower of what it reads and what the second gives. (Where it gives fewer, the two are a low-rank factorisation, on \
purpose.) Sums, products, concatenations, resizing and other normalisations end the chain.",
    why: "\
Two linear maps in a row are one linear map. The parameters and the arithmetic of the second buy nothing that the first \
could not do alone; nearly always an activation was forgotten.",
    fires: &[
        "\
model Forgotten {
    input x: [64]
    output y = x -> first: Linear(256) -> second: Linear(10) -> Softmax
}
",
        "\
model NormBetween {
    input image: [3, 32, 32]
    x = image -> Conv2d(16, kernel=3, bias=false) -> BatchNorm -> Conv2d(32, kernel=3) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Flattened {
    input image: [3, 8, 8]
    output y = image -> Conv2d(4, kernel=3) -> Flatten -> Dropout(0.5) -> Linear(10) -> ReLU
}
",
        "\
model OneWider {
    input x: [64]
    output y = x -> Linear(17) -> Linear(16) -> ReLU
}
",
    ],
    clean: &[
        "\
model Forgotten {
    input x: [64]
    output y = x -> first: Linear(256) -> ReLU -> second: Linear(10) -> Softmax
}
",
        "\
model LowRank {
    input x: [64]
    output y = x -> Linear(16) -> Linear(16) -> ReLU -> Linear(10)
}
",
        "\
model ReadTwice {
    input x: [64]
    h = x -> Linear(64)
    output y = (h -> Linear(64)) + h -> ReLU -> Linear(10)
}
",
        "\
model Grouped {
    input image: [8, 16, 16]
    output y = image -> Conv2d(32, kernel=3, groups=8) -> Conv2d(32, kernel=1) -> ReLU
}
",
    ],
    fix: "Put an activation between the two, or make them one layer, or the middle narrower than both ends.",
    exceptions: "\
Over-parametrised layers that are merged after training (RepVGG's idea), which gain from the redundancy while they learn.",
    source: "Nikanjam et al. 2021, \"NeuraLint\"; Saxe et al. 2014 on deep linear networks",
    thresholds: &[],
    check: Check::Model(check),
};

/// The second layer of a chain, and what leads to it.
struct Chained<'m> {
    second: &'m Node,
    /// The last node before the second, after which an activation can stand.
    last: &'m Node,
    widths: [u128; 3],
}

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let found = model
        .nodes_of(|kind| kind.kind.layer().is_some_and(is_one_product))
        .filter(|(_, node)| is_mixing(node));
    let found = found.filter_map(|(id, node)| Some((node, chained(model, id, node)?)));
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

fn chained<'m>(model: &LintContext<'m>, first: NodeId, node: &'m Node) -> Option<Chained<'m>> {
    let mut last = node;
    let (mut id, mut second) = model.only_reader(first)?;
    while is_transparent(second) {
        last = second;
        (id, second) = model.only_reader(id)?;
    }
    if !is_mixing(second) {
        return None;
    }
    let ((input, middle), (_, output)) = (model.widths(first)?, model.widths(id)?);
    (middle > input.min(output)).then_some(Chained { second, last, widths: [input, middle, output] })
}

/// Layers that keep a linear map linear.
fn is_transparent(node: &Node) -> bool {
    is_batch_norm(node)
        || node.operation.argument("pad").is_some()
            && node.layer().is_some_and(|layer| layer.moves(0) && layer.family == Family::Shape)
        || is_reshaping(node)
        || is_dropout(node)
        || is_average_pool(node)
}

fn finding(model: &LintContext, site: &[(&Node, Chained)]) -> Option<Diagnostic> {
    let (first, chained) = site.first()?;
    let [input, middle, output] = chained.widths.map(grouped);
    let message = format!("`{}` and `{}` are one linear map", first.path, chained.second.path);
    let finding = RULE
        .finding(first.origin, message)
        .label(format!("{input} channels become {middle}, then {output}, with no nonlinearity between"))
        .related(chained.second.origin, "the second")
        .help("an activation between them; or one layer; or a middle narrower than both ends");
    let own_place = first.origin != chained.second.origin && model.are_all_at(first.origin, site.len());
    let fix = own_place.then(|| insert_after(model, chained.last, "ReLU")).flatten();
    Some(match fix {
        Some(edit) => finding.fix(Fix::unsafe_("insert `ReLU` between them", vec![edit])),
        None => finding,
    })
}
