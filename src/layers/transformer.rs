//! The transformer's two layers as PyTorch packs them: attention, a feed-forward network, norms, residual sums.

use super::attention::{CAUSAL, Heads, Meeting, Sequence};
use super::call::{Call, positions};
use super::entry::{Argument, ArgumentKind, Fallback, Layer, WeightDoc};
use super::inference_error::{ErrorSubject, InferenceError};
use super::linear::{BIAS, parameter};
use super::normalisation::check_eps;
use super::regularisation::probability;
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Count, Declaration, Family, Operation, Shape, Size, TensorType, WeightSpec};
use crate::layers::axes::sequence;

const ARGUMENTS: &[Argument] = &[
    Argument::required(
        "heads",
        &["nhead", "num_heads"],
        ArgumentKind::Size,
        "how many heads; they divide the width",
    ),
    Argument::optional(
        "hidden",
        &["dim_feedforward"],
        ArgumentKind::Size,
        Fallback::Integer(2048),
        "the width inside the feed-forward network",
    ),
    Argument::optional(
        "dropout",
        &[],
        ArgumentKind::Float,
        Fallback::Float(0.1),
        "the rate of every dropout",
    ),
    Argument::optional(
        "activation",
        &[],
        ArgumentKind::Choice(&["relu", "gelu"]),
        Fallback::Text("relu"),
        "what stands inside the feed-forward network",
    ),
    Argument::optional(
        "eps",
        &["layer_norm_eps"],
        ArgumentKind::Float,
        Fallback::Float(1e-5),
        "what the norms add to the variance",
    ),
    Argument::optional(
        "norm_first",
        &[],
        ArgumentKind::Flag,
        Fallback::Flag(false),
        "norms stand before attention and feed-forward network, not after the sums",
    ),
    BIAS,
    CAUSAL,
];

const AT_T: &str = "at T positions";
const BIAS_AT_T: &str = "with `bias=true`; at T positions";
const BIAS_AT_BOTH: &str = "with `bias=true`; a third of it at T, the rest at S positions";

/// What one attention stores under its name.
macro_rules! attention {
    ($name:literal, $matrix:expr, $bias:expr) => {
        [
            WeightDoc { name: concat!($name, ".in_proj_weight"), shape: "[3·D, D]", note: $matrix },
            WeightDoc { name: concat!($name, ".in_proj_bias"), shape: "[3·D]", note: $bias },
            WeightDoc { name: concat!($name, ".out_proj.weight"), shape: "[D, D]", note: AT_T },
            WeightDoc { name: concat!($name, ".out_proj.bias"), shape: "[D]", note: BIAS_AT_T },
        ]
    };
}

const SELF: [WeightDoc; 4] = attention!("self_attn", AT_T, BIAS_AT_T);
const CROSS: [WeightDoc; 4] =
    attention!("multihead_attn", "a third of it at T, the rest at S positions", BIAS_AT_BOTH);
const REST: [WeightDoc; 6] = [
    WeightDoc { name: "linear1.weight", shape: "[hidden, D]", note: AT_T },
    WeightDoc { name: "linear1.bias", shape: "[hidden]", note: BIAS_AT_T },
    WeightDoc { name: "linear2.weight", shape: "[D, hidden]", note: AT_T },
    WeightDoc { name: "linear2.bias", shape: "[D]", note: BIAS_AT_T },
    WeightDoc {
        name: "norm{k}.weight",
        shape: "[D]",
        note: "one for each attention and one for the feed-forward network; at T positions",
    },
    WeightDoc { name: "norm{k}.bias", shape: "[D]", note: BIAS_AT_T },
];

static OF_ENCODER: [WeightDoc; 10] = {
    let ([a, b, c, d], [e, f, g, h, i, j]) = (SELF, REST);
    [a, b, c, d, e, f, g, h, i, j]
};
static OF_DECODER: [WeightDoc; 14] = {
    let ([a, b, c, d], [k, l, m, n], [e, f, g, h, i, j]) = (SELF, CROSS, REST);
    [a, b, c, d, k, l, m, n, e, f, g, h, i, j]
};

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "TransformerEncoderLayer",
            family: Family::Sequence,
            axes: Axes::Other(sequence::transformed),
            features: Features::replaced(FeatureAxis::Last),
            response: &[Response::Nonlinear],
            weights: Weighting::Several { first: &["self_attn.in_proj_weight"] },
            values: Values::ANY,
            training: Training::DropsInside,
            keeps: Keeps::Nothing,
            inside: Inside::TransformerLayer,
        },
        aliases: &[],
        summary: "Self-attention and a feed-forward network, each with a norm and a residual sum. \
            `bias=false` drops every bias, the norms' too.",
        arguments: ARGUMENTS,
        inputs: &["x"],
        spatial: 0,
        shape: "[…, T, D] → […, T, D]",
        weights: &OF_ENCODER,
        cost: "MACs = 4·T·D² + 2·T²·D of the attention, 2·T·D·hidden of the feed-forward network; element operations: \
            one a score, one a unit of the feed-forward network, two an entry for each norm and sum",
        example: "model Example {\n    input x: [128, 512]\n    \
            output y = x -> TransformerEncoderLayer(8)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html",
        apply: encoder,
    },
    Layer {
        declaration: Declaration {
            name: "TransformerDecoderLayer",
            family: Family::Sequence,
            axes: Axes::Other(sequence::transformed),
            features: Features::replaced(FeatureAxis::Last),
            response: &[Response::Nonlinear],
            weights: Weighting::Several { first: &["self_attn.in_proj_weight"] },
            values: Values::ANY,
            training: Training::DropsInside,
            keeps: Keeps::Nothing,
            inside: Inside::TransformerLayer,
        },
        aliases: &[],
        summary: "Self-attention, attention to a memory and a feed-forward network, each with a norm and a \
            residual sum. `bias=false` drops every bias, the norms' too.",
        arguments: ARGUMENTS,
        inputs: &["x", "memory"],
        spatial: 0,
        shape: "[…, T, D], memory […, S, D] → […, T, D]",
        weights: &OF_DECODER,
        cost: "MACs = 4·T·D² + 2·T²·D and 2·(T + S)·D² + 2·T·S·D of the attentions, 2·T·D·hidden of the \
            feed-forward network; element operations as in the encoder's layer",
        example: "model Example {\n    input x: [64, 512]\n    input memory: [128, 512]\n    \
            output y = (x, memory) -> TransformerDecoderLayer(8)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html",
        apply: decoder,
    },
];

fn encoder(call: &Call) -> Result<Operation, InferenceError> {
    let x = Sequence::of(call, 0, "a sequence")?;
    layer(call, x, &[("self_attn.", x)])
}

fn decoder(call: &Call) -> Result<Operation, InferenceError> {
    let x = Sequence::of(call, 0, "a sequence")?;
    let memory = Sequence::of(call, 1, "a memory")?;
    if memory.leading != x.leading || memory.width != x.width {
        let shape = |at: usize| call.inputs.get(at).map(|input| input.shape.to_string()).unwrap_or_default();
        let message = format!(
            "the memory may differ from the sequence in its length only, but {} meets {}",
            shape(1),
            shape(0)
        );
        return Err(InferenceError::new("shape-mismatch", ErrorSubject::Input(1), message));
    }
    layer(call, x, &[("self_attn.", x), ("multihead_attn.", memory)])
}

/// A layer with these attentions, each given by its prefix and the keys it meets.
fn layer(call: &Call, x: Sequence, attentions: &[(&str, Sequence)]) -> Result<Operation, InferenceError> {
    call.floating()?;
    probability(call, "dropout")?;
    check_eps(call)?;
    let (heads, hidden, bias) = (Heads::of(call, x.width)?, call.size_from("hidden", 1)?, call.flag("bias"));
    let sequences = positions(x.leading);
    let tokens = &sequences * &Count::from(x.length);
    let mut operation = Operation::new(call.layer, Vec::new());
    for (prefix, keys) in attentions {
        let meeting = Meeting {
            sequences: sequences.clone(),
            queries: (x.length, x.width),
            keys: (keys.length, keys.width),
            values: keys.width,
            extra_keys: 0,
        };
        operation.weights.extend(meeting.weights(&heads, prefix, bias, false));
        operation.macs = operation.macs + meeting.macs(&heads);
        operation.elementwise = operation.elementwise + meeting.scores(&heads);
    }
    let sublayers = attentions.len().saturating_add(1);
    operation.weights.extend(feed_forward(x.width, &hidden, &tokens, bias));
    operation.weights.extend((1..=sublayers).flat_map(|k| norm(k, x.width, &tokens, bias)));
    operation.macs = operation.macs + &tokens * &Count::from(x.width) * Count::from(&hidden) * 2;
    let sums_and_norms = &tokens * &Count::from(x.width) * Count::from(Size::from(sublayers)) * 2;
    operation.elementwise = operation.elementwise + &tokens * &Count::from(&hidden) + sums_and_norms;
    operation.outputs = vec![TensorType::float(call.shape()?.clone())];
    Ok(operation)
}

fn feed_forward(width: &Size, hidden: &Size, tokens: &Count, bias: bool) -> Vec<WeightSpec> {
    let linear = |name: &str, rows: &Size, columns: &Size| {
        let weight = parameter(&format!("{name}.weight"), vec![rows.clone(), columns.clone()], tokens);
        let bias = bias.then(|| parameter(&format!("{name}.bias"), vec![rows.clone()], tokens));
        std::iter::once(weight).chain(bias)
    };
    linear("linear1", hidden, width).chain(linear("linear2", width, hidden)).collect()
}

fn norm(k: usize, width: &Size, tokens: &Count, bias: bool) -> impl Iterator<Item = WeightSpec> {
    let shape = Shape::from(vec![width.clone()]);
    let weight = parameter(&format!("norm{k}.weight"), shape.clone(), tokens);
    std::iter::once(weight).chain(bias.then(|| parameter(&format!("norm{k}.bias"), shape, tokens)))
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, Count};
    use crate::layers::test_call::{floats, refused, run};

    const HEADS: &str = "nhead";

    #[test]
    fn an_encoder_layer_owns_pytorchs_tensors() {
        let encoder = run("TransformerEncoderLayer", &[(HEADS, Attribute::from(2))], &[floats([4, 8])]);
        let names: Vec<_> =
            encoder.weights.iter().map(|weight| format!("{} {}", weight.name, weight.shape)).collect();
        assert_eq!(
            names,
            [
                "self_attn.in_proj_weight [24, 8]",
                "self_attn.in_proj_bias [24]",
                "self_attn.out_proj.weight [8, 8]",
                "self_attn.out_proj.bias [8]",
                "linear1.weight [2048, 8]",
                "linear1.bias [2048]",
                "linear2.weight [8, 2048]",
                "linear2.bias [8]",
                "norm1.weight [8]",
                "norm1.bias [8]",
                "norm2.weight [8]",
                "norm2.bias [8]",
            ]
        );
        assert!(encoder.weights.iter().all(|weight| weight.usage.most() == Count::from(4)));
        assert_eq!(encoder.macs, Count::from(4 * 4 * 64 + 2 * 4 * 4 * 8 + 2 * 4 * 8 * 2048));
    }

    #[test]
    fn a_decoder_layer_projects_the_memory_where_it_lies() {
        let arguments = [(HEADS, Attribute::from(1)), ("hidden", Attribute::from(16))];
        let decoder = run("TransformerDecoderLayer", &arguments, &[floats([3, 8]), floats([5, 8])]);
        let cross = decoder.weights.iter().find(|weight| &*weight.name == "multihead_attn.in_proj_weight");
        let usage = cross.map(|weight| {
            (weight.usage.most(), weight.usage.least(), weight.usage.total(&weight.shape.elements()))
        });
        assert_eq!(usage, Some((Count::from(5), Count::from(3), Count::from(64 * 3 + 128 * 5))));
        assert_eq!(decoder.outputs, [floats([3, 8])]);
        assert_eq!(decoder.weights.len(), 18);
    }

    #[test]
    fn without_bias_the_norms_have_none_either() {
        let arguments = [(HEADS, Attribute::from(2)), ("bias", Attribute::from(false))];
        let encoder = run("TransformerEncoderLayer", &arguments, &[floats([4, 8])]);
        assert!(encoder.weights.iter().all(|weight| !weight.name.ends_with("bias")));
    }

    #[test]
    fn a_memory_of_another_width_is_refused() {
        let inputs = [floats([3, 8]), floats([5, 4])];
        let error = refused("TransformerDecoderLayer", &[(HEADS, Attribute::from(1))], &inputs);
        assert_eq!(
            error.message,
            "the memory may differ from the sequence in its length only, but [5, 4] meets [3, 8]"
        );
    }
}
