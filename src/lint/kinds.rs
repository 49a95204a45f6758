//! What a layer does, as far as rules must know it: data about kinds, and arguments read as numbers.

use crate::ir::{Attribute, Family, Node, Role, Size, WindowAxis};

/// Layers that only give the same entries another shape or order.
const RESHAPING: &[&str] =
    &["Identity", "Flatten", "Unflatten", "Reshape", "Permute", "Transpose", "Squeeze", "Unsqueeze"];

/// Layers of the activation family that are affine.
const AFFINE_ACTIVATIONS: &[&str] = &["Identity", "Neg"];

/// Linear layers and convolutions that mix all channels.
pub const MIXING: &[&str] =
    &["Linear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"];

/// True for a layer that only moves entries.
pub fn is_reshaping(node: &Node) -> bool {
    RESHAPING.contains(&node.kind())
}

/// True for dropout of entries or channels; stochastic depth is none.
pub fn is_dropout(node: &Node) -> bool {
    node.kind().contains("Dropout")
}

/// True for a pool, of windows or of whole maps, that takes the mean.
pub fn is_average_pool(node: &Node) -> bool {
    node.kind().contains("AvgPool")
}

/// True for a pool that takes the maximum.
pub fn is_max_pool(node: &Node) -> bool {
    node.kind().contains("MaxPool")
}

/// True for a layer that is not affine and stands by itself.
pub fn is_nonlinearity(node: &Node, family: Option<Family>) -> bool {
    family == Some(Family::Activation) && !AFFINE_ACTIVATIONS.contains(&node.kind())
}

/// True for a linear layer or convolution in which every output channel reads every input channel.
pub fn is_mixing(node: &Node) -> bool {
    MIXING.contains(&node.kind()) && groups(node) == Some(1)
}

/// True for a linear layer or convolution of any kind that has parameters.
pub fn has_linear_weights(node: &Node, family: Option<Family>) -> bool {
    let linear = node.kind() == "Linear" || family == Some(Family::Convolution);
    linear && node.operation.weights.iter().any(|weight| weight.role == Role::Parameter)
}

/// True for a convolution over its input, grouped or not; not for its transpose.
pub fn is_convolution(node: &Node) -> bool {
    let kind = node.kind();
    matches!(kind, "Conv1d" | "Conv2d" | "Conv3d" | "DepthwiseConv2d" | "SeparableConv2d")
}

/// True for a convolution of each channel by itself, of more than one channel.
pub fn is_depthwise(node: &Node, channels: u128) -> bool {
    let grouped = matches!(node.kind(), "Conv1d" | "Conv2d" | "Conv3d") && groups(node) == Some(channels);
    channels > 1 && (node.kind() == "DepthwiseConv2d" || grouped)
}

/// The number of groups, 1 where the layer has no such argument; `None` where it is no number.
pub fn groups(node: &Node) -> Option<u128> {
    match node.operation.argument("groups") {
        Some(groups) => groups.as_integer().and_then(|groups| u128::try_from(groups).ok()),
        None => Some(1),
    }
}

/// An argument that is a number.
pub fn fraction(node: &Node, argument: &str) -> Option<f64> {
    match node.operation.argument(argument)? {
        Attribute::Float(x) => Some(*x),
        Attribute::Size(size) => size.as_number().map(|n| n as f64),
        _ => None,
    }
}

/// The rate of a layer that drops something; `None` for other layers.
pub fn drop_rate(node: &Node, family: Option<Family>) -> Option<f64> {
    if family == Some(Family::Regularisation) { fraction(node, "p") } else { None }
}

/// True where training leaves something out at random: a dropout, or a layer that holds one.
pub fn drops(node: &Node, family: Option<Family>) -> bool {
    let rate = drop_rate(node, family).or_else(|| fraction(node, "dropout"));
    rate.is_some_and(|rate| rate > 0.0)
}

/// The axis that an argument names, counted from 0; `None` where it is none of the tensor's.
pub fn axis(node: &Node, argument: &str, rank: usize) -> Option<usize> {
    let axis = node.operation.argument(argument)?.as_integer()?;
    let rank = i128::try_from(rank).ok()?;
    let from_start = if axis < 0 { axis.checked_add(rank)? } else { axis };
    usize::try_from(from_start).ok()
}

/// A window along one axis, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Taps {
    /// How many taps.
    pub kernel: i128,
    /// Steps between two positions.
    pub stride: i128,
    /// Steps between two taps.
    pub dilation: i128,
    /// Padding before the first entry.
    pub before: i128,
    /// Padding after the last entry.
    pub after: i128,
}

impl Taps {
    /// The numbers of a window's axis, as `number` finds them.
    pub fn of(axis: &WindowAxis, number: impl Fn(&Size) -> Option<i128>) -> Option<Taps> {
        Some(Taps {
            kernel: number(&axis.kernel)?,
            stride: number(&axis.stride)?,
            dilation: number(&axis.dilation)?,
            before: number(&axis.before)?,
            after: number(&axis.after)?,
        })
    }

    /// The positions that fit on an axis: ⌊(n + padding − span) / stride⌋ + 1.
    pub fn positions(&self, extent: i128) -> Option<i128> {
        let padded = extent.checked_add(self.before)?.checked_add(self.after)?;
        padded.checked_sub(self.span()?)?.checked_div_euclid(self.stride)?.checked_add(1)
    }

    /// What the taps span: dilation · (kernel − 1) + 1.
    pub fn span(&self) -> Option<i128> {
        self.kernel.checked_sub(1)?.checked_mul(self.dilation)?.checked_add(1)
    }
}
