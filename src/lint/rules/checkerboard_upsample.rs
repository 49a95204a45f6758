//! `checkerboard-upsample`: a transposed convolution whose kernel is no multiple of its stride.

use crate::diagnostic::{Diagnostic, Fix};
use crate::ir::{Node, NodeId};
use crate::lint::context::{LintContext, by_site, named};
use crate::lint::kinds::{Taps, is_one_product};
use crate::lint::stage_edit::StageEdit;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "checkerboard-upsample",
    category: Category::Suspicious,
    level: Level::Warn,
    summary: "a transposed convolution whose kernel is no multiple of its stride draws a checkerboard",
    proves: "A transposed convolution has a stride larger than 1, and its kernel is no multiple of the stride.",
    why: "\
The windows overlap unevenly: some positions of the result are sums of more taps than their neighbours. Where nothing \
works against it, the network draws this pattern over every image.",
    fires: &[
        "\
model Generator {
    input x: [16, 8, 8]
    output image = x -> ConvTranspose2d(8, kernel=3, stride=2, pad=1, output_pad=1) -> Tanh
}
",
        "\
model Sequence {
    input x: [16, 8]
    output y = x -> ConvTranspose1d(8, kernel=5, stride=2) -> Tanh
}
",
        "\
model OneAxis {
    input x: [16, 8, 8]
    output image = x -> ConvTranspose2d(8, kernel=[4, 4], stride=[2, 3]) -> Tanh
}
",
    ],
    clean: &[
        "\
model Generator {
    input x: [16, 8, 8]
    output image = x -> ConvTranspose2d(8, kernel=4, stride=2, pad=1) -> Tanh
}
",
        "\
model Apart {
    input x: [16, 8, 8]
    output image = x -> ConvTranspose2d(8, kernel=2, stride=2) -> Tanh
}
",
        "\
model WithoutStride {
    input x: [16, 8, 8]
    output image = x -> ConvTranspose2d(8, kernel=3, stride=1, pad=1) -> Tanh
}
",
    ],
    fix: "Take a kernel that is a multiple of the stride (4 with stride 2), or resize (`Upsample`) and convolve.",
    exceptions: "Where a later layer is large enough to learn the pattern away.",
    source: "Odena et al. 2016, \"Deconvolution and checkerboard artifacts\"",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let found = model
        .nodes_of(|kind| kind.has_window && kind.kind.layer().is_some_and(is_one_product))
        .filter(|(_, node)| node.operation.window.as_ref().is_some_and(|window| window.transposed));
    let found = found.filter_map(|(id, node)| Some((node, uneven(model, id)?)));
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

/// The first axis on which windows overlap unevenly.
fn uneven(model: &LintContext, id: NodeId) -> Option<Taps> {
    let axes = model.sliding(id)?;
    let mut taps = axes.iter().map(|axis| axis.taps);
    taps.find(|taps| taps.stride > 1 && taps.kernel.checked_rem(taps.stride) != Some(0))
}

fn finding(model: &LintContext, site: &[(&Node, Taps)]) -> Option<Diagnostic> {
    let (node, taps) = site.first()?;
    let message = format!("the windows of {} overlap unevenly", named(&node.path, site.len()));
    let missing = taps.stride.checked_sub(taps.kernel.checked_rem(taps.stride)?)?;
    let even = taps.kernel.checked_add(missing)?;
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("a kernel of {} with stride {}", taps.kernel, taps.stride))
        .help(format!("`kernel={even}`, a multiple of the stride; or `Upsample` and a convolution"));
    let fix = larger_kernel(model, node, even, missing).filter(|_| model.are_all_at(node.origin, site.len()));
    Some(match fix {
        Some(fix) => finding.fix(fix),
        None => finding,
    })
}

/// A larger kernel whose result has the same size, which costs output padding, or padding on both sides.
fn larger_kernel(model: &LintContext, node: &Node, kernel: i128, missing: i128) -> Option<Fix> {
    let of = |argument: &str| alike(node, argument);
    let (stride, pad, output_pad) = (of("stride")?, of("pad")?, of("output_pad")?);
    if of("dilation")? != 1 || stride < 2 || of("kernel")?.checked_add(missing)? != kernel {
        return None;
    }
    let stage = StageEdit::of(model, node)?;
    let mut edits = vec![stage.set("kernel", &kernel.to_string())];
    if output_pad >= missing {
        edits.push(stage.set("output_pad", &output_pad.checked_sub(missing)?.to_string()));
    } else {
        // One more of padding cuts two entries off: what is odd is given back at the end.
        let cut = missing.checked_sub(output_pad)?;
        if cut.checked_rem(2)? != 0 {
            return None;
        }
        stage.argument("pad")?;
        edits.push(stage.set("pad", &pad.checked_add(cut.checked_div(2)?)?.to_string()));
        if output_pad > 0 {
            edits.push(stage.set("output_pad", "0"));
        }
    }
    Some(Fix::unsafe_(format!("take a kernel of {kernel}"), edits))
}

/// An argument that is the same number on every axis.
fn alike(node: &Node, argument: &str) -> Option<i128> {
    use crate::ir::Attribute;
    match node.operation.argument(argument)? {
        Attribute::List(values) => {
            let first = values.first()?.as_integer()?;
            values.iter().all(|value| value.as_integer() == Some(first)).then_some(first)
        }
        value => value.as_integer(),
    }
}
