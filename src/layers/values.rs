//! The values that layers give, and where they change nothing: what entries declare of them.

use crate::ir::declaration::{Monotone, Values, any, nowhere};
use crate::ir::{Attribute, Operation};

const INFINITY: f64 = f64::INFINITY;

type Range = (f64, f64);

fn number(operation: &Operation, name: &str) -> Option<f64> {
    match operation.argument(name)? {
        Attribute::Float(x) => Some(*x),
        value => value.as_integer().map(|n| n as f64),
    }
}

fn from_zero(_: &Operation) -> Range {
    (0.0, INFINITY)
}

fn to_zero(_: &Operation) -> Range {
    (-INFINITY, 0.0)
}

fn to_six(_: &Operation) -> Range {
    (0.0, 6.0)
}

fn unit(_: &Operation) -> Range {
    (0.0, 1.0)
}

fn symmetric(_: &Operation) -> Range {
    (-1.0, 1.0)
}

fn everywhere(_: &Operation) -> Option<Range> {
    Some((-INFINITY, INFINITY))
}

fn where_positive(_: &Operation) -> Option<Range> {
    Some((0.0, INFINITY))
}

/// max(0, x)
pub(super) const RELU: Values =
    Values { range: from_zero, unchanged: where_positive, monotone: Monotone::Rising };

/// min(max(0, x), 6)
pub(super) const RELU6: Values =
    Values { range: to_six, unchanged: |operation| Some(to_six(operation)), monotone: Monotone::Rising };

/// A slope below 0.
pub(super) const LEAKY: Values = Values {
    range: any,
    unchanged: where_positive,
    monotone: Monotone::RisingUnlessNegative("negative_slope"),
};

/// A learned slope below 0, which may be of either sign.
pub(super) const LEARNED_SLOPE: Values =
    Values { range: any, unchanged: where_positive, monotone: Monotone::No };

/// Falls off towards −alpha.
pub(super) const ELU: Values = Values {
    range: |operation| (-number(operation, "alpha").unwrap_or(INFINITY).max(0.0), INFINITY),
    unchanged: where_positive,
    monotone: Monotone::RisingUnlessNegative("alpha"),
};

/// Falls off towards −scale · alpha, with the two constants of the paper.
pub(super) const SELU: Values =
    Values { range: |_| (-1.758_099_4, INFINITY), unchanged: nowhere, monotone: Monotone::Rising };

/// x · Φ(x), at least −0.17.
pub(super) const GELU: Values = Values { range: |_| (-0.170_05, INFINITY), ..Values::ANY };

/// x · sigmoid(x), at least −0.278.
pub(super) const SILU: Values = Values { range: |_| (-0.278_47, INFINITY), ..Values::ANY };

/// x · tanh(softplus(x)), at least −0.309.
pub(super) const MISH: Values = Values { range: |_| (-0.308_85, INFINITY), ..Values::ANY };

/// x · ReLU6(x + 3) / 6, at least −3/8, and x itself from 3 on.
pub(super) const HARDSWISH: Values =
    Values { range: |_| (-0.375, INFINITY), unchanged: |_| Some((3.0, INFINITY)), monotone: Monotone::No };

/// From 0 to 1, rising.
pub(super) const UNIT: Values = Values { range: unit, unchanged: nowhere, monotone: Monotone::Rising };

/// From −1 to 1, rising.
pub(super) const SYMMETRIC: Values =
    Values { range: symmetric, unchanged: nowhere, monotone: Monotone::Rising };

/// Above 0, rising.
pub(super) const POSITIVE: Values =
    Values { range: from_zero, unchanged: nowhere, monotone: Monotone::Rising };

/// Below 0, rising.
pub(super) const NEGATIVE: Values = Values { range: to_zero, unchanged: nowhere, monotone: Monotone::Rising };

/// log(1 + exp(beta · x)) / beta, which has the sign of beta.
pub(super) const SOFTPLUS: Values = Values {
    range: |operation| match number(operation, "beta") {
        Some(beta) if beta > 0.0 => (0.0, INFINITY),
        _ => (-INFINITY, 0.0),
    },
    unchanged: nowhere,
    monotone: Monotone::Rising,
};

/// x between two bounds, which are arguments.
const fn bounded(range: fn(&Operation) -> Range, unchanged: fn(&Operation) -> Option<Range>) -> Values {
    Values { range, unchanged, monotone: Monotone::Rising }
}

fn hard(operation: &Operation) -> Range {
    let bound = |name, none| number(operation, name).unwrap_or(none);
    (bound("min_val", -INFINITY), bound("max_val", INFINITY))
}

fn clamped(operation: &Operation) -> Range {
    let bound = |name, none| number(operation, name).unwrap_or(none);
    (bound("min", -INFINITY), bound("max", INFINITY))
}

/// x between `min_val` and `max_val`.
pub(super) const HARD: Values = bounded(hard, |operation| Some(hard(operation)));

/// x between `min` and `max`.
pub(super) const CLAMPED: Values = bounded(clamped, |operation| Some(clamped(operation)));

/// |x|
pub(super) const ABSOLUTE: Values =
    Values { range: from_zero, unchanged: where_positive, monotone: Monotone::No };

/// Nothing below 0.
pub(super) const NON_NEGATIVE: Values = Values { range: from_zero, ..Values::ANY };

/// Any value, falling.
pub(super) const FALLING: Values = Values { monotone: Monotone::Falling, ..Values::ANY };

/// Any value, rising.
pub(super) const RISING: Values = Values { monotone: Monotone::Rising, ..Values::ANY };

/// Sines and cosines.
pub(super) const WAVE: Values = Values { range: symmetric, ..Values::ANY };

/// What comes in goes out.
pub(super) const IDENTITY: Values = Values { range: any, unchanged: everywhere, monotone: Monotone::Rising };

/// Parts of 1.
pub(super) const SHARE: Values = Values { range: unit, ..Values::ANY };

/// Logarithms of parts of 1.
pub(super) const LOG_SHARE: Values = Values { range: to_zero, ..Values::ANY };

/// Divided by a norm of all of them.
pub(super) const OF_LENGTH_1: Values = Values { range: symmetric, ..Values::ANY };

/// The state of an Elman recurrence: a tangent, or a ReLU.
pub(super) const STATE: Values = Values {
    range: |operation| match operation.argument("nonlinearity") {
        Some(Attribute::Text(name)) if &**name == "tanh" => (-1.0, 1.0),
        _ => (0.0, INFINITY),
    },
    ..Values::ANY
};

/// The state of an LSTM: a gate times a tangent, unless it is projected.
pub(super) const GATED_STATE: Values = Values {
    range: |operation| match number(operation, "proj_size") {
        Some(0.0) => (-1.0, 1.0),
        _ => (-INFINITY, INFINITY),
    },
    ..Values::ANY
};
