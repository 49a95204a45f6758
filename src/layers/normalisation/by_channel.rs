//! Normalisation by channels or groups of them. Rank-free: channels lie on axis 0, all other axes are positions.

use super::{EPS, MOMENTUM, NORM, check_eps, learned, normalised, running};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Count, Declaration, Family, Operation, Shape, Size};
use crate::layers::axes::reducing;
use crate::layers::axes::windows;
use crate::layers::call::Call;
use crate::layers::divisibility::{Free, divided};
use crate::layers::entry::{Alias, Argument, ArgumentKind, Fallback, Layer, WeightDoc};
use crate::layers::inference_error::{ErrorSubject, InferenceError};

const fn affine(default: bool) -> Argument {
    Argument::optional(
        "affine",
        &[],
        ArgumentKind::Flag,
        Fallback::Flag(default),
        "scales and shifts each channel by learned numbers",
    )
}

const fn track_running_stats(default: bool) -> Argument {
    Argument::optional(
        "track_running_stats",
        &[],
        ArgumentKind::Flag,
        Fallback::Flag(default),
        "keeps a running mean and variance of each channel",
    )
}

const SCALE_AND_SHIFT: [WeightDoc; 2] = [
    WeightDoc { name: "weight", shape: "[C]", note: "with `affine=true`; used at every position" },
    WeightDoc { name: "bias", shape: "[C]", note: "with `affine=true`; used at every position" },
];

static TRACKED: [WeightDoc; 4] = {
    let [weight, bias] = SCALE_AND_SHIFT;
    let note = "a buffer, with `track_running_stats=true`";
    [
        weight,
        bias,
        WeightDoc { name: "running_mean", shape: "[C]", note },
        WeightDoc { name: "running_var", shape: "[C]", note },
    ]
};

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "BatchNorm",
            family: Family::Normalisation,
            axes: Axes::Along(reducing::by_channel_of_batch),
            features: Features::kept(FeatureAxis::First),
            response: &[Response::Removes],
            weights: Weighting::Scale,
            values: Values::ANY,
            training: Training::Measures,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        aliases: &[
            Alias::ranked("BatchNorm1d", &[1, 2]),
            Alias::ranked("BatchNorm2d", &[3]),
            Alias::ranked("BatchNorm3d", &[4]),
        ],
        summary: "Each channel normalised over the batch and all positions.",
        arguments: &[EPS, MOMENTUM, affine(true), track_running_stats(true)],
        shape: "[C, …], unchanged",
        weights: &TRACKED,
        example: "model Example {\n    input x: [3, 32, 32]\n    output y = x -> Conv2d(16, kernel=3, bias=false) -> BatchNorm \
                  -> ReLU\n}\n",
        reference: "https://arxiv.org/abs/1502.03167",
        apply: batch_norm,
        ..NORM
    },
    Layer {
        declaration: Declaration {
            name: "InstanceNorm",
            family: Family::Normalisation,
            axes: Axes::Along(reducing::by_channel),
            features: Features::kept(FeatureAxis::First),
            response: &[Response::Removes],
            weights: Weighting::Scale,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        aliases: &[
            Alias::ranked("InstanceNorm1d", &[2]),
            Alias::ranked("InstanceNorm2d", &[3]),
            Alias::ranked("InstanceNorm3d", &[4]),
        ],
        summary: "Each channel of a sample normalised over its own positions.",
        arguments: &[EPS, MOMENTUM, affine(false), track_running_stats(false)],
        shape: "[C, …] with at least one more axis, unchanged",
        weights: &TRACKED,
        example: "model Example {\n    input x: [3, 32, 32]\n    output y = x -> Conv2d(16, kernel=3, bias=false) -> InstanceNorm \
                  -> ReLU\n}\n",
        reference: "https://arxiv.org/abs/1607.08022",
        apply: instance_norm,
        ..NORM
    },
    Layer {
        declaration: Declaration {
            name: "GroupNorm",
            family: Family::Normalisation,
            axes: Axes::Along(reducing::by_group),
            features: Features::kept(FeatureAxis::First),
            response: &[Response::Removes],
            weights: Weighting::Scale,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "Groups of channels of a sample normalised, each over its channels and positions.",
        arguments: &[
            Argument::required(
                "groups",
                &["num_groups"],
                ArgumentKind::Size,
                "how many groups the channels are in",
            ),
            EPS,
            affine(true),
        ],
        shape: "[C, …], unchanged",
        weights: &SCALE_AND_SHIFT,
        example: "model Example {\n    input x: [3, 32, 32]\n    output y = x -> Conv2d(64, kernel=3) -> GroupNorm(32) \
                  -> ReLU\n}\n",
        reference: "https://arxiv.org/abs/1803.08494",
        apply: group_norm,
        ..NORM
    },
    Layer {
        declaration: Declaration {
            name: "LocalResponseNorm",
            family: Family::Normalisation,
            axes: Axes::Windowed(windows::neighbours),
            features: Features::kept(FeatureAxis::First),
            response: &[Response::Nonlinear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "Each entry divided by a power of the squares of its neighbours in other channels.",
        arguments: &[
            Argument::required("size", &[], ArgumentKind::Size, "how many channels are neighbours"),
            Argument::optional(
                "alpha",
                &[],
                ArgumentKind::Float,
                Fallback::Float(1e-4),
                "scales the sum of squares",
            ),
            Argument::optional("beta", &[], ArgumentKind::Float, Fallback::Float(0.75), "the power"),
            Argument::optional("k", &[], ArgumentKind::Float, Fallback::Float(1.0), "is added to the sum"),
        ],
        shape: "[C, …] with at least one more axis, unchanged",
        cost: "`size` element operations an entry",
        example: "model Example {\n    input x: [3, 32, 32]\n    output y = x -> Conv2d(16, kernel=3) -> ReLU \
                  -> LocalResponseNorm(5)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html",
        apply: local_response_norm,
        ..NORM
    },
];

/// The shape, whose axis 0 are the channels, with at least so many axes after it.
fn channels_first<'a>(call: &Call<'a>, positions: usize) -> Result<(&'a Shape, Size), InferenceError> {
    let shape = call.shape()?;
    let channels = shape.dim(0).filter(|_| shape.rank() > positions).cloned();
    channels.map(|channels| (shape, channels)).ok_or_else(|| {
        let expected = match positions {
            0 => "a tensor with channels on axis 0",
            _ => "channels on axis 0 and at least one axis of positions",
        };
        InferenceError::rank(call.layer.name(), expected, shape)
    })
}

fn batch_norm(call: &Call) -> Result<Operation, InferenceError> {
    by_channel(call, channels_first(call, 0)?.0)
}

fn instance_norm(call: &Call) -> Result<Operation, InferenceError> {
    by_channel(call, channels_first(call, 1)?.0)
}

fn by_channel(call: &Call, shape: &Shape) -> Result<Operation, InferenceError> {
    check_eps(call)?;
    let scaled = if call.flag("affine") { learned(shape, 0..1, &["weight", "bias"]) } else { Vec::new() };
    let tracked = if call.flag("track_running_stats") { running(shape) } else { Vec::new() };
    Ok(Operation { weights: [scaled, tracked].concat(), ..normalised(call)? })
}

fn group_norm(call: &Call) -> Result<Operation, InferenceError> {
    check_eps(call)?;
    let (shape, channels) = channels_first(call, 0)?;
    let groups = call.size_from("groups", 1)?;
    divided(&channels, &groups, ErrorSubject::Argument("groups"), Free::Divisor, || {
        format!("{channels:#} channels do not divide into {groups:#} groups")
    })?;
    let weights = if call.flag("affine") { learned(shape, 0..1, &["weight", "bias"]) } else { Vec::new() };
    Ok(Operation { weights, ..normalised(call)? })
}

fn local_response_norm(call: &Call) -> Result<Operation, InferenceError> {
    let (shape, _) = channels_first(call, 1)?;
    let neighbours = call.size_from("size", 1)?;
    Ok(Operation { elementwise: shape.elements() * Count::from(neighbours), ..normalised(call)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Attribute, Role};
    use crate::layers::test_call::{floats, refused, run};

    fn names(name: &str, arguments: &[(&str, Attribute)]) -> Vec<(String, Role)> {
        let operation = run(name, arguments, &[floats([8, 5, 5])]);
        operation.weights.iter().map(|weight| (weight.name.to_string(), weight.role)).collect()
    }

    #[test]
    fn running_statistics_are_buffers_and_a_channel_is_used_at_every_pixel() {
        let expected = [
            ("weight", Role::Parameter),
            ("bias", Role::Parameter),
            ("running_mean", Role::Buffer),
            ("running_var", Role::Buffer),
        ];
        assert_eq!(names("BatchNorm", &[]), expected.map(|(name, role)| (name.to_string(), role)));
        let operation = run("BatchNorm", &[], &[floats([8, 5, 5])]);
        assert!(operation.weights.iter().all(|weight| weight.usage.most() == Count::from(25)));
        assert_eq!(operation.parameters(), Count::from(16));
    }

    #[test]
    fn affine_and_running_statistics_can_be_left_out_and_are_by_default_for_instances() {
        let none = [("affine", false.into()), ("track_running_stats", false.into())];
        assert!(names("BatchNorm", &none).is_empty());
        assert!(names("InstanceNorm", &[]).is_empty());
        assert_eq!(names("InstanceNorm", &[("affine", true.into())]).len(), 2);
    }

    #[test]
    fn names_with_a_rank_check_it_and_the_general_one_does_not() {
        assert_eq!(refused("BatchNorm2d", &[], &[floats([8, 5])]).code, "shape-mismatch");
        run("BatchNorm1d", &[], &[floats([8])]);
        run("BatchNorm", &[], &[floats([8, 1, 2, 3, 4])]);
        assert_eq!(
            refused("BatchNorm", &[], &[floats([])]).message,
            "`BatchNorm` takes a tensor with channels on axis 0, but this is []"
        );
    }

    #[test]
    fn groups_that_do_not_divide_the_channels_name_the_nearest_that_do() {
        let error = refused("GroupNorm", &[("groups", 5.into())], &[floats([48, 7, 7])]);
        assert_eq!((error.code, &*error.message), ("indivisible", "48 channels do not divide into 5 groups"));
        assert_eq!(error.help, ["in place of 5: 4 or 6"]);
    }

    #[test]
    fn an_eps_below_0_is_refused() {
        let error = refused("BatchNorm", &[("eps", (-1e-5).into())], &[floats([8])]);
        assert_eq!(error.message, "`eps` is added to a variance, so it is at least 0, but is -0.00001");
    }
}
