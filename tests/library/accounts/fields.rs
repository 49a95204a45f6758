//! Receptive fields against a probe: which inputs reach each position, found by running the layers on sets.

use std::collections::BTreeSet;

use proptest::prelude::*;
use weft::analysis::{Axis, receptive_fields};

use super::{account, example};

/// A layer along an axis.
#[derive(Clone, Copy, Debug)]
enum Layer {
    Conv {
        kernel: i64,
        stride: i64,
        dilation: i64,
        pad: i64,
    },
    Pool {
        kernel: i64,
        stride: i64,
    },
    Transposed {
        kernel: i64,
        stride: i64,
        pad: i64,
    },
    Nearest {
        factor: i64,
    },
    Linear {
        size: i64,
    },
    /// A residual sum around a convolution of odd kernel.
    Residual {
        half: i64,
        dilation: i64,
    },
    Crop {
        start: i64,
        step: i64,
    },
}

fn layer() -> impl Strategy<Value = Layer> {
    prop_oneof![
        3 => (1..5i64, 1..4i64, 1..4i64, 0..3i64)
            .prop_map(|(kernel, stride, dilation, pad)| Layer::Conv { kernel, stride, dilation, pad }),
        1 => (1..4i64, 1..4i64).prop_map(|(kernel, stride)| Layer::Pool { kernel, stride }),
        1 => (1..5i64, 1..4i64, 0..2i64).prop_map(|(kernel, stride, pad)| Layer::Transposed { kernel, stride, pad }),
        1 => (2..4i64).prop_map(|factor| Layer::Nearest { factor }),
        1 => (5..90i64).prop_map(|size| Layer::Linear { size }),
        1 => (1..3i64, 1..3i64).prop_map(|(half, dilation)| Layer::Residual { half, dilation }),
        1 => (0..3i64, 1..3i64).prop_map(|(start, step)| Layer::Crop { start, step }),
    ]
}

/// The inputs that reach a position, and whether nothing but inputs does: no padding, no edge.
#[derive(Clone, Debug, Default)]
struct Reached {
    inputs: BTreeSet<i64>,
    meets_edge: bool,
}

fn gathered(from: &[Reached], taps: impl Iterator<Item = i64>) -> Reached {
    let mut reached = Reached::default();
    for tap in taps {
        match usize::try_from(tap).ok().and_then(|tap| from.get(tap)) {
            Some(known) => {
                reached.inputs.extend(&known.inputs);
                reached.meets_edge |= known.meets_edge;
            }
            None => reached.meets_edge = true,
        }
    }
    reached
}

/// The layer run on sets of inputs, and its program; `None` where nothing would be left.
fn run(layer: Layer, from: &[Reached], at: usize) -> Option<(Vec<Reached>, String)> {
    let n = from.len() as i64;
    let slide = |kernel: i64, stride: i64, dilation: i64, pad: i64| -> Option<Vec<Reached>> {
        let room = n + 2 * pad - dilation * (kernel - 1) - 1;
        let positions = if room < 0 { return None } else { room / stride + 1 };
        Some(
            (0..positions)
                .map(|o| gathered(from, (0..kernel).map(|t| stride * o - pad + dilation * t)))
                .collect(),
        )
    };
    match layer {
        Layer::Conv { kernel, stride, dilation, pad } => Some((
            slide(kernel, stride, dilation, pad)?,
            format!("c{at}: Conv1d(2, kernel={kernel}, stride={stride}, dilation={dilation}, pad={pad})"),
        )),
        Layer::Pool { kernel, stride } => {
            Some((slide(kernel, stride, 1, 0)?, format!("MaxPool1d({kernel}, stride={stride})")))
        }
        Layer::Residual { half, dilation } => {
            let kernel = 2 * half + 1;
            let mut sum = slide(kernel, 1, dilation, half * dilation)?;
            for (sum, skip) in sum.iter_mut().zip(from) {
                sum.inputs.extend(&skip.inputs);
                sum.meets_edge |= skip.meets_edge;
            }
            let pad = half * dilation;
            Some((sum, format!("r{at}: Around({kernel}, {dilation}, {pad})")))
        }
        Layer::Transposed { kernel, stride, pad } => {
            let positions = (n - 1) * stride - 2 * pad + kernel;
            if positions < 1 {
                return None;
            }
            let spread = (0..positions).map(|o| {
                let writers = (0..kernel).map(|t| o + pad - t).filter(|w| w.rem_euclid(stride) == 0);
                gathered(from, writers.map(|w| w.div_euclid(stride)))
            });
            Some((
                spread.collect(),
                format!("t{at}: ConvTranspose1d(2, kernel={kernel}, stride={stride}, pad={pad})"),
            ))
        }
        Layer::Nearest { factor } => Some((
            (0..n * factor).map(|o| gathered(from, std::iter::once(o / factor))).collect(),
            format!("Upsample(scale_factor={factor})"),
        )),
        Layer::Linear { size } => {
            let positions = (0..size).map(|o| {
                // The middle of position o, in input positions: (o + 1/2)·n/size − 1/2.
                let place = (2 * o + 1) as f64 * n as f64 / (2 * size) as f64 - 0.5;
                let lower = place.floor() as i64;
                let exact = (place - place.round()).abs() < 1e-9;
                let taps = if exact { vec![place.round() as i64] } else { vec![lower, lower + 1] };
                gathered(from, taps.into_iter())
            });
            Some((positions.collect(), format!("Upsample(size={size}, mode=\"linear\")")))
        }
        Layer::Crop { start, step } => {
            let places: Vec<i64> = (start..n).step_by(step as usize).collect();
            let cropped = places.iter().map(|place| gathered(from, std::iter::once(*place))).collect();
            (!places.is_empty())
                .then(|| (cropped, format!("Slice(axis=1, start={start}, stop={n}, step={step})")))
        }
    }
}

/// The positions of a program that no edge touches: probed and computed fields are one. Gives how many there were.
fn agree(layers: &[Layer], length: i64) -> Result<usize, TestCaseError> {
    let mut reached: Vec<Reached> =
        (0..length).map(|at| Reached { inputs: BTreeSet::from([at]), meets_edge: false }).collect();
    let mut chain = String::new();
    for (at, layer) in layers.iter().enumerate() {
        let Some((next, text)) = run(*layer, &reached, at).filter(|(next, _)| next.len() < 800) else {
            continue;
        };
        reached = next;
        chain += &format!(" -> {text}");
    }
    let (graph, _) = account(&format!(
        "block Around(kernel, dilation, pad) {{ input x: [C, L]
            output x + (x -> c: Conv1d(C, kernel=kernel, dilation=dilation, pad=pad)) }}
        model Stack {{ input x: [2, {length}] output y = x -> first: Conv1d(2, kernel=1){chain} }}"
    ));
    let source = graph.outputs[0].source.node;
    let fields = receptive_fields(&graph);
    let field = fields[source.0 as usize].as_ref().expect("a spatial tensor");
    let Axis::Field(reach) = &field.axes[0] else {
        // Two odd resizes after each other have periods too long to follow; such a field is said to be everything.
        return Err(TestCaseError::reject("not followed"));
    };
    let mut clear = 0;
    for (position, reached) in reached.iter().enumerate() {
        let probed = reached.inputs.first().copied().zip(reached.inputs.last().copied());
        let computed = reach.at(position as i64);
        if !reached.meets_edge {
            clear += 1;
            prop_assert_eq!(computed, probed, "position {} of{}", position, chain);
        } else if let (Some((first, last)), Some((low, high))) = (probed, computed) {
            prop_assert!(low <= first && last <= high, "position {} of{}", position, chain);
        }
    }
    Ok(clear)
}

#[test]
fn a_field_is_what_a_probe_finds_on_a_thousand_random_stacks() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let clear = std::cell::Cell::new(0usize);
    let stacks = (proptest::collection::vec(layer(), 1..7), 30..120i64);
    let outcome = runner.run(&stacks, |(layers, length)| {
        clear.set(clear.get() + agree(&layers, length)?);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert!(clear.get() > 10_000, "{} positions away from any edge", clear.get());
}

/// The field of the last map before the classifier, with the stride of the layers in front of it. AlexNet and VGG as
/// in Araujo, Norris and Sim 2019, "Computing receptive fields of convolutional neural networks"; torchvision's
/// residual networks stride in the first 3×3 convolution of a stage: 11 + 3·8, + 8 + 3·16, + 16 + 5·32, + 32 + 2·64.
#[test]
fn published_fields() {
    let cases = [
        ("vision/alexnet.weft", "AlexNet", "195×195", "32×32"),
        ("vision/vgg.weft", "VGG16", "212×212", "32×32"),
        ("vision/resnet.weft", "ResNet50", "427×427", "32×32"),
        ("vision/resnet.weft", "ResNet101", "971×971", "32×32"),
    ];
    for (file, model, extents, stride) in cases {
        let (graph, _) = example(file, model);
        let fields = receptive_fields(&graph);
        // The last tensor of which no position depends on the whole input: before the global pool.
        let is_map = |(id, _): &(weft::ir::NodeId, &weft::ir::Node)| {
            let shape = &graph.type_of(weft::ir::Port { node: *id, output: 0 }).expect("a result").shape;
            shape.rank() == 3 && shape.dim(1).is_some_and(|height| *height == 7.into() || *height == 6.into())
        };
        let last = graph.nodes().filter(is_map).filter(|(_, node)| node.kind() != "AdaptiveAvgPool2d").last();
        let field = last.and_then(|(id, _)| fields[id.0 as usize].clone()).expect("a field");
        assert_eq!((field.extents().as_str(), field.stride().as_str()), (extents, stride), "{model}");
    }
}
