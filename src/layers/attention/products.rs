//! ScaledDotProductAttention: the two products of attention, without weights.

use super::{CAUSAL, Heads, KV_HEADS, Sequence, added, kv_heads, one_set};
use crate::ir::declaration::{Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Count, Declaration, Family, Operation, Shape, TensorType};
use crate::layers::axes::sequence;
use crate::layers::call::{Call, positions};
use crate::layers::divisibility::{Free, divided};
use crate::layers::entry::{Argument, ArgumentKind, Fallback, Layer};
use crate::layers::inference_error::{ErrorSubject, InferenceError};

pub(in crate::layers) static LAYERS: &[Layer] = &[Layer {
    declaration: Declaration {
        name: "ScaledDotProductAttention",
        family: Family::Sequence,
        axes: Axes::Other(sequence::products),
        features: Features::NONE,
        response: &[Response::Nonlinear, Response::Removes, Response::Averages, Response::Removes],
        weights: Weighting::None,
        values: Values::ANY,
        training: Training::Same,
        keeps: Keeps::Input,
        inside: Inside::AttentionProducts,
    },
    aliases: &[],
    summary: "Attention without weights: Softmax(q·kᵀ · scale + bias)·v, head by head, the last axes split \
        into heads. A fourth input is added to the scores.",
    arguments: &[
        Argument::optional(
            "heads",
            &["num_heads"],
            ArgumentKind::Size,
            Fallback::Integer(1),
            "how many heads the last axes hold",
        ),
        KV_HEADS,
        CAUSAL,
        Argument::optional(
            "window",
            &["sliding_window"],
            ArgumentKind::Size,
            Fallback::None,
            "a position attends to so many at most; costs are counted all the same",
        ),
        Argument::optional(
            "scale",
            &[],
            ArgumentKind::Float,
            Fallback::None,
            "the factor of the scores; `none`: 1 / √(width of a head)",
        ),
    ],
    inputs: &["q", "k", "v", "[bias]"],
    spatial: 0,
    shape: "q […, T, heads·d], k […, S, kv_heads·d], v […, S, kv_heads·e] → […, T, heads·e]; the bias \
        broadcasts to [heads, T, S]",
    weights: &[],
    cost: "MACs = heads·T·S·(d + e); one element operation a score, one more with a bias",
    example: "model Example {\n    input q: [16, 64]\n    input k: [20, 64]\n    input v: [20, 64]\n    \
        output y = (q, k, v) -> ScaledDotProductAttention(8)\n}\n",
    reference: "https://pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html",
    apply: scaled_dot_product,
}];

fn scaled_dot_product(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let query = Sequence::of(call, 0, "queries")?;
    let (key, value) = (Sequence::of(call, 1, "keys")?, Sequence::of(call, 2, "values")?);
    let leading = one_set(call, &query, &key, &value)?;
    if !call.is_none("window") {
        call.size_from("window", 1)?;
    }
    let heads = Heads::of(call, query.width)?;
    let kv_heads = kv_heads(call, &heads.heads)?;
    let per_head = |what: &str, sequence: &Sequence, about| {
        divided(sequence.width, &kv_heads, about, Free::Divisor, || {
            format!("the {what}' width {:#} does not divide into {kv_heads:#} heads", sequence.width)
        })
    };
    let key_width = per_head("keys", &key, ErrorSubject::Input(1))?;
    let value_width = per_head("values", &value, ErrorSubject::Input(2))?;
    if key_width != heads.width {
        let message = format!(
            "a head's queries are {:#} wide, {:#} / {:#}, but its keys {key_width:#}, {:#} / {kv_heads:#}",
            heads.width, query.width, heads.heads, key.width
        );
        return Err(InferenceError::new("shape-mismatch", ErrorSubject::Input(1), message));
    }
    let biased = added(call, leading.dims(), &heads.heads, query.length, key.length)?;
    let scores = positions(leading.dims())
        * Count::from(query.length)
        * Count::from(key.length)
        * Count::from(&heads.heads);
    let width = &heads.heads * &value_width;
    let shape: Shape = leading.dims().iter().cloned().chain([query.length.clone(), width]).collect();
    Ok(Operation {
        macs: &scores * &Count::from(&heads.width + &value_width),
        elementwise: scores * biased,
        ..Operation::new(call.layer, vec![TensorType::float(shape)])
    })
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, Count};
    use crate::layers::test_call::{floats, refused, run};

    const NAME: &str = "ScaledDotProductAttention";

    fn arguments(heads: i128, kv_heads: i128) -> [(&'static str, Attribute); 2] {
        [("heads", Attribute::from(heads)), ("kv_heads", Attribute::from(kv_heads))]
    }

    #[test]
    fn both_products_are_counted_by_query_heads() {
        let inputs = [floats([6, 32]), floats([10, 8]), floats([10, 12])];
        let attention = run(NAME, &arguments(8, 2), &inputs);
        assert_eq!(attention.outputs, [floats([6, 48])]);
        assert_eq!(attention.macs, Count::from(8 * 6 * 10 * (4 + 6)));
        assert_eq!(attention.elementwise, Count::from(8 * 6 * 10));
    }

    #[test]
    fn masks_change_no_count() {
        let inputs = [floats([6, 8]), floats([6, 8]), floats([6, 8])];
        let full = run(NAME, &[], &inputs);
        let masked = run(NAME, &[("causal", Attribute::from(true)), ("window", Attribute::from(2))], &inputs);
        assert_eq!(full.macs, masked.macs);
    }

    #[test]
    fn a_fourth_input_must_fit_the_scores() {
        let with = |bias| [floats([6, 8]), floats([9, 8]), floats([9, 8]), bias];
        let heads = [("heads", Attribute::from(4))];
        assert_eq!(run(NAME, &heads, &with(floats([4, 6, 9]))).elementwise, Count::from(2 * 4 * 6 * 9));
        assert_eq!(run(NAME, &heads, &with(floats([1, 9]))).outputs, [floats([6, 8])]);
        let error = refused(NAME, &heads, &with(floats([4, 9, 6])));
        assert_eq!(
            error.message,
            "what is added to the scores must broadcast to [4, 6, 9], heads by queries by keys, but is [4, \
                9, 6]"
        );
    }

    #[test]
    fn heads_that_are_an_axis_already_are_leading() {
        let split = floats([4, 6, 2]);
        let inputs = [split.clone(), split.clone(), split, floats([4, 6, 6])];
        assert_eq!(run(NAME, &[], &inputs).outputs, [floats([4, 6, 2])]);
    }

    #[test]
    fn queries_and_keys_have_heads_of_one_width() {
        let error = refused(NAME, &arguments(4, 2), &[floats([6, 32]), floats([6, 8]), floats([6, 8])]);
        assert_eq!(error.message, "a head's queries are 8 wide, 32 / 4, but its keys 4, 8 / 2");
    }
}
