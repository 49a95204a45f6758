//! What a layer of the catalogue declares of itself, for every analysis, rule and back end to ask.
//!
//! Main type: [`Declaration`]. Each statement is one that numbers can refute: `tests/meaning.rs` holds every entry's
//! against PyTorch's Jacobians, values and saved tensors, and shows that no other entry's would pass in its place.

use super::axes::Axes;
use super::{Attribute, Family, Operation};

/// What a layer declares of itself.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The canonical name, PyTorch's where it has the layer.
    pub name: &'static str,
    /// Its family, by which documentation and drawings group it.
    pub family: Family,
    /// Which entries of an input each entry of a result reads.
    pub axes: Axes,
    /// The axes that hold features.
    pub features: Features,
    /// What becomes of a term that is added to an input, for each input; the last stands for all further ones.
    pub response: &'static [Response],
    /// What its weights do.
    pub weights: Weighting,
    /// The values that it gives.
    pub values: Values,
    /// What it does otherwise in training.
    pub training: Training,
    /// What is kept for its gradient.
    pub keeps: Keeps,
    /// What it is made of inside.
    pub inside: Inside,
}

impl Declaration {
    /// What becomes of a term that is added to this input, of so many. A tensor whose operator is reversed, as in
    /// `2 / x`, has the second place; in attention an input that is left out is the one before it.
    pub fn response_of(&self, operation: &Operation, input: usize, inputs: usize) -> Response {
        let is_set = |name: &str| operation.argument(name) == Some(&Attribute::Flag(true));
        if is_set("reversed") {
            return self.response_at(input.saturating_add(1));
        }
        if self.inside != Inside::Attention {
            return self.response_at(input);
        }
        // Keys of the layer's own take a part of the weights, so that those of the input do not add up to 1.
        let has_own_keys = is_set("add_bias_kv") || is_set("add_zero_attn");
        match (self.response_at(input), inputs, input) {
            (_, 1, 0) => Response::Nonlinear,
            (_, _, 1 | 3) if has_own_keys => Response::Nonlinear,
            (_, 2, 1) => Response::Selects,
            (Response::Averages, ..) if has_own_keys => Response::Multilinear,
            (response, ..) => response,
        }
    }

    fn response_at(&self, place: usize) -> Response {
        self.response.get(place).or(self.response.last()).copied().unwrap_or(Response::Nonlinear)
    }

    /// True for a layer whose results are linear in its inputs together, up to a constant.
    pub fn is_affine(&self) -> bool {
        self.response.iter().all(|response| matches!(response, Response::Moves | Response::Linear))
    }

    /// True for a layer whose results are entries of its inputs, in the order of those.
    pub fn keeps_order(&self) -> bool {
        self.moves(0) && matches!(self.axes, Axes::Entrywise | Axes::Regrouped)
    }

    /// True for a layer that gives all entries of its only input another shape or order of axes, and nothing else.
    pub fn rearranges(&self) -> bool {
        self.moves(0)
            && self.training == Training::Same
            && matches!(self.axes, Axes::Entrywise | Axes::Regrouped | Axes::Reordered(_))
    }

    /// True where the results are made of entries of this input.
    pub fn moves(&self, input: usize) -> bool {
        self.response_at(input) == Response::Moves
    }

    /// True for a layer that looks up rows of a table by the values of its input.
    pub fn looks_up(&self) -> bool {
        self.weights == Weighting::Table && self.response_at(0) == Response::Indexes
    }

    /// True for a product of its inputs, without weights.
    pub fn is_product(&self) -> bool {
        self.weights == Weighting::None && self.response == [Response::Multilinear]
    }

    /// True for a layer that meets several inputs entry by entry.
    pub fn merges(&self) -> bool {
        matches!(self.axes, Axes::Broadcast)
    }

    /// True for a layer that acts on every entry by itself and is not affine.
    pub fn is_pointwise_nonlinearity(&self) -> bool {
        matches!(self.axes, Axes::Entrywise) && self.response_at(0) == Response::Nonlinear
    }

    /// True for a linear map by weights: a dense layer or a convolution of any kind.
    pub fn is_weighted_map(&self) -> bool {
        self.response_at(0) == Response::Linear
            && matches!(self.weights, Weighting::Product | Weighting::Local | Weighting::Several { .. })
    }
}

/// The axes of the first input and of the first result that hold features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// The axis that it takes for features: its weights, norms or groups go along it, or it is the channels of a map.
    pub reads: FeatureAxis,
    /// The axis along which its weights write new ones; elsewhere they are kept with the axis that holds them.
    pub writes: FeatureAxis,
}

impl Features {
    /// It takes no axis for features.
    pub const NONE: Features = Features { reads: FeatureAxis::None, writes: FeatureAxis::None };

    /// It reads an axis of features and leaves them what they are.
    pub const fn kept(reads: FeatureAxis) -> Features {
        Features { reads, writes: FeatureAxis::None }
    }

    /// It replaces the features along an axis.
    pub const fn replaced(axis: FeatureAxis) -> Features {
        Features { reads: axis, writes: axis }
    }
}

/// Which axis holds features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeatureAxis {
    /// None.
    None,
    /// The first: channels of one sample.
    First,
    /// The last.
    Last,
    /// The axis before the last so many, which are positions.
    Before(usize),
    /// The one that an argument names.
    Argument(&'static str),
    /// The last, or the axes that an argument names or gives the extents of.
    Normalised,
}

impl FeatureAxis {
    /// Its number in a tensor of this rank.
    pub fn of(self, operation: &Operation, rank: usize) -> Option<usize> {
        let last = rank.checked_sub(1);
        match self {
            FeatureAxis::None => None,
            FeatureAxis::First => last.map(|_| 0),
            FeatureAxis::Last => last,
            FeatureAxis::Before(positions) => last?.checked_sub(positions),
            FeatureAxis::Argument(name) => operation.argument(name)?.as_axis(rank),
            FeatureAxis::Normalised => match operation.argument("axis").and_then(|axis| axis.as_axis(rank)) {
                Some(axis) => Some(axis),
                None => last,
            },
        }
    }
}

/// What becomes of a term that is added to an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// The results are entries of the input (or a border's constant), so the term is moved with them.
    Moves,
    /// The results are linear in the input, so the term is added as the layer maps it, whatever the input is.
    Linear,
    /// Linear in this input while the others stay, which decide its coefficients.
    Multilinear,
    /// A term that is constant over all that is put together for an entry is passed on; what becomes of another
    /// depends on the input: maxima.
    Selects,
    /// As [`Response::Multilinear`], and the coefficients add up to 1: the values of attention.
    Averages,
    /// A term that is constant over all that is put together for an entry changes nothing; another does: softmax,
    /// norms, the keys of attention.
    Removes,
    /// What becomes of the term depends on the input.
    Nonlinear,
    /// The input's values are indices.
    Indexes,
    /// Only the input's shape is read.
    Ignores,
}

/// What the weights of a layer do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// It has none.
    None,
    /// Each entry meets one entry of each weight: scales, shifts, slopes.
    Scale,
    /// One matrix, or one kernel, is applied at every position.
    Product,
    /// A matrix of its own at every position.
    Local,
    /// Rows or entries of a table are looked up.
    Table,
    /// Several products follow each other.
    Several {
        /// How the names of the weights begin that meet what the layer is sent.
        first: &'static [&'static str],
    },
}

/// The values that a layer gives.
#[derive(Clone, Copy, Debug)]
pub struct Values {
    /// The least and the greatest, or what they come near to.
    pub range: fn(&Operation) -> (f64, f64),
    /// The range in which it changes nothing; `None` where there is none.
    pub unchanged: fn(&Operation) -> Option<(f64, f64)>,
    /// Whether a greater entry gives a greater result.
    pub monotone: Monotone,
}

impl Values {
    /// Any value may come out, and nothing more is known.
    pub const ANY: Values = Values { range: any, unchanged: nowhere, monotone: Monotone::No };
}

/// Any value.
pub fn any(_: &Operation) -> (f64, f64) {
    (f64::NEG_INFINITY, f64::INFINITY)
}

/// It changes everything that it is given.
pub fn nowhere(_: &Operation) -> Option<(f64, f64)> {
    None
}

/// Whether a layer that acts entry by entry keeps the order of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Monotone {
    /// A greater entry never gives a smaller result.
    Rising,
    /// So it is unless this argument is negative.
    RisingUnlessNegative(&'static str),
    /// A greater entry never gives a greater result.
    Falling,
    /// Neither, or not known.
    No,
}

impl Monotone {
    /// True where greater entries never give smaller results.
    pub fn is_rising(self, operation: &Operation) -> bool {
        let number = |name: &str| match operation.argument(name) {
            Some(Attribute::Float(x)) => Some(*x),
            Some(value) => value.as_integer().map(|n| n as f64),
            None => None,
        };
        match self {
            Monotone::Rising => true,
            Monotone::RisingUnlessNegative(name) => number(name).is_some_and(|x| x >= 0.0),
            Monotone::Falling | Monotone::No => false,
        }
    }
}

/// What a layer does otherwise in training than in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Training {
    /// Nothing.
    Same,
    /// It measures the batch, in place of the statistics that it has kept.
    Measures,
    /// It drops entries at random.
    DropsEntries,
    /// It drops whole channels at random: all positions after the features' axis.
    DropsChannels,
    /// It drops the whole of a sample at random.
    DropsSamples,
    /// Something inside it is dropped at random, where its `dropout` says so.
    DropsInside,
}

/// Which tensors that are there anyhow PyTorch keeps until the gradient towards the inputs has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// None of them.
    Nothing,
    /// An input.
    Input,
    /// The result.
    Output,
    /// An input and the result.
    Both,
}

/// What a layer is made of inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// Nothing of its own.
    Plain,
    /// A cell with so many gates, applied step by step.
    Recurrence {
        /// How many.
        gates: u32,
    },
    /// The two products of attention.
    AttentionProducts,
    /// Projections, and the two products of attention between them.
    Attention,
    /// A whole layer of a transformer.
    TransformerLayer,
}
