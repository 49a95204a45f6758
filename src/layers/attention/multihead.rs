//! MultiheadAttention: projections, products, projection.

use super::{CAUSAL, DROPOUT, Heads, KV_HEADS, Meeting, Sequence, added, kv_heads, one_set};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Attribute, Axes, Declaration, Family, Operation, Size, TensorType};
use crate::layers::axes::sequence;
use crate::layers::call::{Call, positions};
use crate::layers::entry::{Alias, Argument, ArgumentKind, Fallback, Layer, WeightDoc};
use crate::layers::inference_error::{ErrorSubject, InferenceError};
use crate::layers::linear::BIAS;
use crate::layers::migration_hints::INFERRED;
use crate::layers::regularisation::probability;

pub(in crate::layers) static LAYERS: &[Layer] = &[Layer {
    declaration: Declaration {
        name: "MultiheadAttention",
        family: Family::Sequence,
        axes: Axes::Other(sequence::attended),
        features: Features::replaced(FeatureAxis::Last),
        response: &[Response::Nonlinear, Response::Removes, Response::Averages, Response::Removes],
        weights: Weighting::Several {
            first: &["in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"],
        },
        values: Values::ANY,
        training: Training::DropsInside,
        keeps: Keeps::Nothing,
        inside: Inside::Attention,
    },
    aliases: &[Alias::of("MultiHeadAttention")],
    summary: "Attention with its four projections: of a sequence to itself (`x ->`), or to others (`(q, k, \
        v) ->`; `(q, memory) ->` takes keys and values from one). A fourth input is added to the scores.",
    arguments: &[
        Argument::required(
            "heads",
            &["num_heads"],
            ArgumentKind::Size,
            "how many heads; they divide the width",
        ),
        DROPOUT,
        BIAS,
        Argument::optional(
            "add_bias_kv",
            &[],
            ArgumentKind::Flag,
            Fallback::Flag(false),
            "adds one learned key and value position",
        ),
        Argument::optional(
            "add_zero_attn",
            &[],
            ArgumentKind::Flag,
            Fallback::Flag(false),
            "adds one key position of zeros",
        ),
        Argument::optional(
            "kdim",
            &[],
            ArgumentKind::Size,
            Fallback::None,
            "the keys' width; inferred, and checked if given",
        ),
        Argument::optional(
            "vdim",
            &[],
            ArgumentKind::Size,
            Fallback::None,
            "the values' width; inferred, and checked if given",
        ),
        CAUSAL,
        KV_HEADS,
        Argument::optional(
            "head_width",
            &["head_dim", "key_dim"],
            ArgumentKind::Size,
            Fallback::None,
            "the width of a head; `none`: width / heads",
        ),
    ],
    inputs: &["query", "[key]", "[value]", "[bias]"],
    spatial: 0,
    shape: "[…, T, D] → […, T, D]; keys […, S, K] and values […, S, V]; the bias broadcasts to [heads, T, S]. Below, \
        E = heads·head_width, which is D unless given, and F = kv_heads·head_width, which is E unless given",
    weights: &[
        WeightDoc {
            name: "in_proj_weight",
            shape: "[E + 2·F, D]",
            note: "where keys and values have the width of the queries; the first E rows used at T, the rest at S \
                positions",
        },
        WeightDoc {
            name: "q_proj_weight",
            shape: "[E, D]",
            note: "where they have not; used at T positions",
        },
        WeightDoc { name: "k_proj_weight", shape: "[F, K]", note: "likewise, at S positions" },
        WeightDoc { name: "v_proj_weight", shape: "[F, V]", note: "likewise, at S positions" },
        WeightDoc { name: "in_proj_bias", shape: "[E + 2·F]", note: "with `bias=true`" },
        WeightDoc { name: "bias_k", shape: "[1, 1, F]", note: "with `add_bias_kv`; meets T queries" },
        WeightDoc { name: "bias_v", shape: "[1, 1, F]", note: "with `add_bias_kv`; meets T queries" },
        WeightDoc { name: "out_proj.weight", shape: "[D, E]", note: "used at T positions" },
        WeightDoc { name: "out_proj.bias", shape: "[D]", note: "with `bias=true`" },
    ],
    cost: "MACs = 2·T·D·E + S·(K + V)·F of the projections, 2·T·S·E of both products, where S counts the positions \
        that `add_bias_kv` and `add_zero_attn` add; one element operation a score, one more with a bias",
    example: "model Example {\n    input x: [197, 768]\n    \
        output y = x + (x -> LayerNorm -> MultiheadAttention(12))\n}\n",
    reference: "https://pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html",
    apply: multihead,
}];

fn multihead(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let query = Sequence::of(call, 0, "queries")?;
    probability(call, "dropout").map_err(|error| match call.size("heads") {
        // `MultiheadAttention(768, 12)`: the width was written, which PyTorch asks for.
        Ok(heads) if heads == *query.width => InferenceError { help: vec![INFERRED.to_string()], ..error },
        _ => error,
    })?;
    let key = if call.inputs.len() > 1 { Sequence::of(call, 1, "keys")? } else { query };
    let value = if call.inputs.len() > 2 { Sequence::of(call, 2, "values")? } else { key };
    let leading = one_set(call, &query, &key, &value)?;
    if leading.dims() != query.leading || key.leading != query.leading || value.leading != query.leading {
        return Err(InferenceError::shape(
            "`MultiheadAttention` takes queries, keys and values with the same leading axes",
        ));
    }
    given_width(call, "kdim", key.width)?;
    given_width(call, "vdim", value.width)?;
    let heads = multiheads(call, query.width)?;
    let bias_kv = call.flag("add_bias_kv");
    let meeting = Meeting {
        sequences: positions(query.leading),
        queries: (query.length, query.width),
        keys: (key.length, key.width),
        values: value.width,
        extra_keys: i128::from(bias_kv).saturating_add(i128::from(call.flag("add_zero_attn"))),
    };
    let biased = added(call, leading.dims(), &heads.heads, query.length, &(key.length + meeting.extra_keys))?;
    let output = TensorType::float(call.shape()?.clone());
    Ok(Operation {
        weights: meeting.weights(&heads, "", call.flag("bias"), bias_kv),
        macs: meeting.macs(&heads),
        elementwise: meeting.scores(&heads) * biased,
        ..Operation::new(call.layer, vec![output])
    })
}

fn multiheads(call: &Call, width: &Size) -> Result<Heads, InferenceError> {
    let heads = if call.is_none("head_width") {
        Heads::of(call, width)?
    } else {
        let heads = call.size_from("heads", 1)?;
        Heads { kv_heads: heads.clone(), heads, width: call.size_from("head_width", 1)? }
    };
    Ok(Heads { kv_heads: kv_heads(call, &heads.heads)?, ..heads })
}

/// Refuses a width that is given but is not the input's.
fn given_width(call: &Call, name: &'static str, found: &Size) -> Result<(), InferenceError> {
    match call.value(name) {
        Attribute::Size(given) if given != *found => {
            let message = format!("`{name}` is {given:#}, but what is sent is {found:#} wide");
            Err(InferenceError::new("shape-mismatch", ErrorSubject::Argument(name), message)
                .help("leave it out: it is inferred"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, Count, Operation};
    use crate::layers::test_call::{floats, ints, refused, run};

    fn tensors(operation: &Operation) -> Vec<String> {
        operation.weights.iter().map(|weight| format!("{} {}", weight.name, weight.shape)).collect()
    }

    fn heads(n: i128) -> (&'static str, Attribute) {
        ("heads", Attribute::from(n))
    }

    #[test]
    fn self_attention_uses_every_weight_at_every_position_of_every_window() {
        let attention = run("MultiheadAttention", &[heads(2)], &[floats([5, 6, 30])]);
        assert_eq!(attention.outputs, [floats([5, 6, 30])]);
        assert!(attention.weights.iter().all(|weight| weight.usage.most() == Count::from(5 * 6)));
        assert_eq!(attention.macs, Count::from(5 * 23760));
        assert_eq!(attention.elementwise, Count::from(5 * 2 * 6 * 6));
    }

    #[test]
    fn a_fused_projection_is_used_unevenly_across_two_sequences() {
        let cross = run("MultiheadAttention", &[heads(2)], &[floats([3, 8]), floats([5, 8])]);
        let fused = cross.weights.first().map(|weight| {
            let usage = &weight.usage;
            (usage.most(), usage.least(), usage.total(&weight.shape.elements()))
        });
        assert_eq!(fused, Some((Count::from(5), Count::from(3), Count::from(3 * 64 + 5 * 128))));
        assert_eq!(cross.macs, Count::from(2 * 3 * 64 + 2 * 5 * 64 + 2 * 3 * 5 * 8));
    }

    #[test]
    fn keys_and_values_of_other_widths_have_projections_of_their_own() {
        let inputs = [floats([3, 8]), floats([5, 6]), floats([5, 4])];
        let attention =
            run("MultiheadAttention", &[heads(2), ("add_bias_kv", Attribute::from(true))], &inputs);
        assert_eq!(
            tensors(&attention),
            [
                "q_proj_weight [8, 8]",
                "k_proj_weight [8, 6]",
                "v_proj_weight [8, 4]",
                "in_proj_bias [24]",
                "bias_k [1, 1, 8]",
                "bias_v [1, 1, 8]",
                "out_proj.weight [8, 8]",
                "out_proj.bias [8]",
            ]
        );
        let products = 2 * 3 * (5 + 1) * 8;
        assert_eq!(attention.macs, Count::from(2 * 3 * 64 + 5 * 8 * (6 + 4) + products));
        let wrong = refused("MultiheadAttention", &[heads(2), ("kdim", Attribute::from(8))], &inputs);
        assert_eq!(wrong.message, "`kdim` is 8, but what is sent is 6 wide");
    }

    #[test]
    fn two_inputs_are_queries_and_a_memory() {
        let attention = run("MultiheadAttention", &[heads(2)], &[floats([3, 8]), floats([5, 6])]);
        assert_eq!(
            attention.weights.get(2).map(|weight| weight.shape.to_string()),
            Some("[8, 6]".to_string())
        );
    }

    #[test]
    fn grouped_keys_and_wider_heads_change_the_projections() {
        let arguments = [heads(4), ("kv_heads", Attribute::from(2)), ("head_width", Attribute::from(3))];
        let grouped = run("MultiheadAttention", &arguments, &[floats([5, 8])]);
        assert_eq!(tensors(&grouped).first().map(|first| &**first), Some("in_proj_weight [24, 8]"));
        assert_eq!(tensors(&grouped).get(2).map(|third| &**third), Some("out_proj.weight [8, 12]"));
        assert_eq!(grouped.macs, Count::from(5 * 24 * 8 + 5 * 12 * 8 + 2 * 5 * 5 * 12));
        let uneven =
            refused("MultiheadAttention", &[heads(4), ("kv_heads", Attribute::from(3))], &[floats([5, 8])]);
        assert_eq!((uneven.code, uneven.help), ("indivisible", vec!["in place of 3: 2 or 4".to_string()]));
    }

    #[test]
    fn heads_must_divide_the_width() {
        let error = refused("MultiheadAttention", &[heads(5)], &[floats([8, 16])]);
        assert_eq!(error.message, "the width 16 does not divide into `heads`, 5");
        assert_eq!(error.help, ["in place of 5: 4 or 8"]);
    }

    #[test]
    fn keys_and_values_come_in_pairs_and_hold_no_integers() {
        let inputs = [floats([3, 8]), floats([5, 8]), floats([4, 8])];
        let error = refused("MultiheadAttention", &[heads(2)], &inputs);
        assert_eq!(error.message, "there are 5 keys, but 4 values: each key has one value");
        assert_eq!(refused("MultiheadAttention", &[heads(2)], &[ints([3, 8])]).code, "wrong-kind");
        assert_eq!(refused("MultiheadAttention", &[heads(2)], &[floats([8])]).code, "shape-mismatch");
    }
}
