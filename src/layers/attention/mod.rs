//! Attention: MultiheadAttention with its projections, and the bare ScaledDotProductAttention.
//!
//! Main type: [`Heads`], how a width is split. Masks, causal ones and windows included, change no count: both
//! products are counted over the full rectangle of queries and keys.

mod attention_shape;
mod multihead;
mod products;

pub(super) use attention_shape::Meeting;
pub(super) use multihead::LAYERS as MULTIHEAD;
pub(super) use products::LAYERS as PRODUCTS;

use super::broadcast::broadcast;
use super::call::Call;
use super::divisibility::{Free, divided};
use super::entry::{Argument, ArgumentKind, Fallback};
use super::inference_error::{ErrorSubject, InferenceError};
use crate::ir::{Shape, Size};

pub(super) const DROPOUT: Argument = Argument::optional(
    "dropout",
    &["dropout_p"],
    ArgumentKind::Float,
    Fallback::Float(0.0),
    "the rate of dropout of the attention weights",
);

pub(super) const CAUSAL: Argument = Argument::optional(
    "causal",
    &["is_causal"],
    ArgumentKind::Flag,
    Fallback::Flag(false),
    "a position attends to none after it; costs are counted all the same",
);

const KV_HEADS: Argument = Argument::optional(
    "kv_heads",
    &["num_key_value_heads", "num_kv_heads"],
    ArgumentKind::Size,
    Fallback::None,
    "how many heads the keys and values have, fewer for grouped and 1 for multi-query attention; `none`: as \
        many",
);

/// A tensor as leading axes, positions and width.
#[derive(Clone, Copy)]
pub(super) struct Sequence<'a> {
    /// Sequences, each on its own.
    pub(super) leading: &'a [Size],
    /// Positions.
    pub(super) length: &'a Size,
    /// The width of each.
    pub(super) width: &'a Size,
}

impl<'a> Sequence<'a> {
    /// An input, which must have two axes or more.
    pub(super) fn of(call: &Call<'a>, at: usize, name: &str) -> Result<Sequence<'a>, InferenceError> {
        let shape = call.inputs.get(at).map(|input| &input.shape);
        match shape.map(Shape::dims) {
            Some([leading @ .., length, width]) => Ok(Sequence { leading, length, width }),
            _ => {
                let found = shape.cloned().unwrap_or_default();
                let message =
                    format!("`{}` takes {name}, positions by width, but this is {found}", call.layer.name());
                Err(InferenceError::new("shape-mismatch", ErrorSubject::Input(at), message))
            }
        }
    }
}

/// How attention splits widths into heads.
pub(super) struct Heads {
    /// Query heads.
    pub(super) heads: Size,
    /// Key and value heads.
    pub(super) kv_heads: Size,
    /// The width of one.
    pub(super) width: Size,
}

impl Heads {
    /// The heads of a width; they must divide it.
    pub(super) fn of(call: &Call, width: &Size) -> Result<Heads, InferenceError> {
        let heads = call.size_from("heads", 1)?;
        let width = divided(width, &heads, ErrorSubject::Argument("heads"), Free::Divisor, || {
            format!("the width {width:#} does not divide into `heads`, {heads:#}")
        })?;
        Ok(Heads { kv_heads: heads.clone(), heads, width })
    }
}

/// How many heads the keys and values have: `kv_heads` or `heads`, which it must divide.
fn kv_heads(call: &Call, heads: &Size) -> Result<Size, InferenceError> {
    if call.is_none("kv_heads") {
        return Ok(heads.clone());
    }
    let kv_heads = call.size_from("kv_heads", 1)?;
    divided(heads, &kv_heads, ErrorSubject::Argument("kv_heads"), Free::Divisor, || {
        format!("`heads`, {heads:#}, do not divide into groups for `kv_heads`, {kv_heads:#}")
    })?;
    Ok(kv_heads)
}

/// The leading axes that queries, keys and values have in common; refuses values that are not as many as the keys.
fn one_set(call: &Call, query: &Sequence, key: &Sequence, value: &Sequence) -> Result<Shape, InferenceError> {
    if key.length != value.length {
        let message =
            format!("there are {:#} keys, but {:#} values: each key has one value", key.length, value.length);
        return Err(InferenceError::new("shape-mismatch", ErrorSubject::Input(2), message));
    }
    let common =
        broadcast(query.leading, key.leading).and_then(|common| broadcast(common.dims(), value.leading));
    common.map_err(|clash| {
        let message = format!(
            "`{}` takes queries, keys and values with the same leading axes, but {}",
            call.layer.name(),
            clash.message()
        );
        clash.help().into_iter().fold(InferenceError::shape(message), InferenceError::help)
    })
}

/// The element operations a score: one, and one more with a fourth input, which must broadcast to the scores.
fn added(
    call: &Call,
    leading: &[Size],
    heads: &Size,
    queries: &Size,
    keys: &Size,
) -> Result<u128, InferenceError> {
    let Some(bias) = call.inputs.get(3) else { return Ok(1) };
    let scores = |heads: Option<&Size>| -> Shape {
        leading.iter().chain(heads).chain([queries, keys]).cloned().collect()
    };
    let split = scores(Some(heads));
    let fits =
        |scores: &Shape| broadcast(bias.shape.dims(), scores.dims()).is_ok_and(|common| common == *scores);
    if fits(&split) || (heads.as_number() == Some(1) && fits(&scores(None))) {
        return Ok(2);
    }
    let message = format!(
        "what is added to the scores must broadcast to {split}, heads by queries by keys, but is {}",
        bias.shape
    );
    Err(InferenceError::new("shape-mismatch", ErrorSubject::Input(3), message))
}
