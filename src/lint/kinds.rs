//! What a layer does, as far as rules must know it: data about kinds, and arguments read as numbers.

use crate::ir::declaration::{Response, Training, Weighting};
use crate::ir::{Attribute, Axes, Declaration, Family, Node, Role, Size, WindowAxis};

fn declares(node: &Node, says: impl Fn(&Declaration) -> bool) -> bool {
    node.layer().is_some_and(says)
}

/// True for a layer that only moves entries.
pub fn is_reshaping(node: &Node) -> bool {
    declares(node, Declaration::rearranges)
}

/// True for dropout of entries or channels; stochastic depth is none.
pub fn is_dropout(node: &Node) -> bool {
    declares(node, |layer| matches!(layer.training, Training::DropsEntries | Training::DropsChannels))
}

/// True for a pool, of windows or of whole maps, that takes the mean.
pub fn is_average_pool(node: &Node) -> bool {
    declares(node, |layer| layer.family == Family::Pooling && layer.is_affine())
}

/// True for a pool that takes the maximum.
pub fn is_max_pool(node: &Node) -> bool {
    declares(node, |layer| layer.family == Family::Pooling && layer.response == [Response::Selects])
}

/// True for a pool over windows of a size of their own, not over the whole map or parts of it.
pub fn is_windowed_pool(node: &Node) -> bool {
    declares(node, |layer| layer.family == Family::Pooling && matches!(layer.axes, Axes::Windowed(_)))
}

/// True for a pool over a whole map, whose positions are gone afterwards.
pub fn is_global_pool(layer: &Declaration) -> bool {
    layer.family == Family::Pooling && matches!(layer.axes, Axes::Reduced(_))
}

/// True for a layer that is not affine and stands by itself.
pub fn is_nonlinearity(node: &Node) -> bool {
    declares(node, |layer| layer.family == Family::Activation && !layer.is_affine())
}

/// True for a softmax or its logarithm.
pub fn is_softmax(layer: &Declaration) -> bool {
    layer.family == Family::Activation && layer.response == [Response::Removes]
}

/// True for a normalisation that measures the batch in training.
pub fn is_batch_norm(node: &Node) -> bool {
    declares(node, measures_batch)
}

/// As [`is_batch_norm`], of a layer.
pub fn measures_batch(layer: &Declaration) -> bool {
    layer.training == Training::Measures
}

/// True for a dense layer: a matrix at every position.
pub fn is_dense(node: &Node) -> bool {
    declares(node, is_dense_layer)
}

/// As [`is_dense`], of a layer.
pub fn is_dense_layer(layer: &Declaration) -> bool {
    layer.is_weighted_map() && matches!(layer.axes, Axes::Features(_))
}

/// True for a linear layer or convolution in which every output channel reads every input channel.
pub fn is_mixing(node: &Node) -> bool {
    let one_group = || node.operation.argument("groups").and_then(Attribute::as_integer) == Some(1);
    is_dense(node) || declares(node, is_one_product) && one_group()
}

/// True for a linear map by one matrix or one kernel.
pub fn is_one_product(layer: &Declaration) -> bool {
    layer.is_weighted_map() && layer.weights == Weighting::Product
}

/// True for a linear layer or convolution of any kind that has parameters.
pub fn has_linear_weights(node: &Node) -> bool {
    let has_parameters = || node.operation.weights.iter().any(|weight| weight.role == Role::Parameter);
    declares(node, Declaration::is_weighted_map) && has_parameters()
}

/// True for a convolution over its input, grouped or not; not for its transpose, nor without shared kernels.
pub fn is_convolution(node: &Node) -> bool {
    let slides_over_input = || node.operation.window.as_ref().is_some_and(|window| !window.transposed);
    declares(node, |layer| layer.is_weighted_map() && layer.weights != Weighting::Local)
        && slides_over_input()
}

/// True for a convolution of each channel by itself, of more than one channel.
pub fn is_depthwise(node: &Node, channels: u128) -> bool {
    let of_one_channel = || {
        let weight = node.operation.weights.first();
        weight.and_then(|weight| weight.shape.dim(1)).is_some_and(|columns| columns.as_number() == Some(1))
    };
    channels > 1 && is_convolution(node) && declares(node, is_one_product) && of_one_channel()
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
