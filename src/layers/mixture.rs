//! Mixtures of experts: each position is sent to the few experts that score best there.
//!
//! This entry is the combination alone, without weights: the experts are layers of their own in the graph, each
//! node of theirs with its routing, and their result comes here as the third input.

use super::call::Call;
use super::entry::{Argument, ArgumentKind, Fallback, Layer, WeightDoc};
use super::inference_error::{ErrorSubject, InferenceError};
use crate::ir::declaration::{Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Count, Declaration, Family, Operation, Size, TensorType};
use crate::layers::axes::sequence;

pub(super) static LAYERS: &[Layer] = &[Layer {
    declaration: Declaration {
        name: "MixtureOfExperts",
        family: Family::Mixture,
        axes: Axes::Other(sequence::routed),
        features: Features::NONE,
        response: &[Response::Nonlinear, Response::Removes, Response::Multilinear],
        weights: Weighting::None,
        values: Values::ANY,
        training: Training::Same,
        keeps: Keeps::Input,
        inside: Inside::Plain,
    },
    aliases: &[],
    summary: "Sends each position to the `top_k` experts with the best scores and adds their results, \
        weighted by the scores. The last axis of the scores is the number of experts; the router that gives \
        them is a layer of the model's own.",
    arguments: &[
        Argument::required(
            "expert",
            &[],
            ArgumentKind::Layer,
            "the layer that each expert is, with weights of its own",
        ),
        Argument::optional(
            "top_k",
            &[],
            ArgumentKind::Integer,
            Fallback::Integer(2),
            "how many experts a position meets",
        ),
        Argument::optional(
            "stacked",
            &[],
            ArgumentKind::Flag,
            Fallback::Flag(false),
            "each tensor of the experts is stored as one with a leading axis, not as `0.…` to `{E-1}.…`",
        ),
    ],
    inputs: &["x", "scores", "⟨result⟩"],
    spatial: 0,
    shape: "[…, D], scores […, E] → what the expert makes of […, D]",
    weights: &[
        WeightDoc {
            name: "{e}.…",
            shape: "as the expert has them",
            note: "for each of the E experts, 0 to E − 1; offered every position, met at top_k of them",
        },
        WeightDoc { name: "…", shape: "[E, …]", note: "with `stacked=true`, in place of those" },
    ],
    cost: "per position, one element operation an expert (the softmax) and top_k a feature of the result; \
        the experts' own cost is counted with top_k of the E experts as active",
    example: "block Expert(hidden) {\n    input x: [..., D]\n    \
        output x -> Linear(hidden) -> ReLU -> Linear(D)\n}\n\nmodel Example {\n    input x: [16, 64]\n    \
        scores = x -> Linear(8, bias=false)\n    \
        output y = (x, scores) -> MixtureOfExperts(Expert(256), top_k=2)\n}\n",
    reference: "https://arxiv.org/abs/1701.06538",
    apply: mixture,
}];

fn mixture(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let [x, scores, results @ ..] = call.inputs else {
        return Err(InferenceError::new(
            "wrong-count",
            ErrorSubject::Layer,
            "`MixtureOfExperts` takes (x, scores)",
        ));
    };
    let leading = leading(call, 0)?;
    if self::leading(call, 1)? != leading {
        let message = format!(
            "each position of x has its scores, but x is {} and the scores are {}",
            x.shape, scores.shape
        );
        return Err(InferenceError::new("shape-mismatch", ErrorSubject::Input(1), message));
    }
    let experts = scores.shape.dim_from_end(0).cloned().unwrap_or(Size::from(1));
    let top_k = top_k(call, &experts)?;
    let result = results.first().unwrap_or(x).shape.clone();
    let elementwise = scores.shape.elements() + result.elements() * Count::from(top_k);
    Ok(Operation { elementwise, ..Operation::new(call.layer, vec![TensorType::float(result)]) })
}

/// An input's axes before the last.
fn leading<'a>(call: &Call<'a>, at: usize) -> Result<&'a [Size], InferenceError> {
    let shape = call.inputs.get(at).map(|input| &input.shape);
    shape.and_then(|shape| shape.split_trailing(1)).map(|(leading, _)| leading).ok_or_else(|| {
        let found = shape.cloned().unwrap_or_default();
        let message = format!("`MixtureOfExperts` takes tensors with at least one axis, but this is {found}");
        InferenceError::new("shape-mismatch", ErrorSubject::Input(at), message)
    })
}

/// How many experts a position meets: from 1 to all of them.
fn top_k(call: &Call, experts: &Size) -> Result<Size, InferenceError> {
    if experts.as_number().is_none() {
        return Err(InferenceError::undecided(
            ErrorSubject::Input(1),
            "the number of experts, the last axis of the scores,",
            experts,
        ));
    }
    let top_k = call.size_from("top_k", 1)?;
    if experts.is_less(&top_k) == Some(true) {
        let message = format!("`top_k` is {top_k:#}, but there are {experts:#} experts");
        return Err(InferenceError::argument("top_k", message)
            .help(format!("`top_k={experts:#}` sends to all of them")));
    }
    Ok(top_k)
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, Count};
    use crate::layers::test_call::{floats, refused, run};

    fn arguments(top_k: i128) -> [(&'static str, Attribute); 2] {
        [("expert", Attribute::from("Expert(256)")), ("top_k", Attribute::from(top_k))]
    }

    #[test]
    fn a_mixture_gives_what_its_experts_give() {
        let same = run("MixtureOfExperts", &arguments(2), &[floats([16, 64]), floats([16, 8])]);
        assert_eq!(same.outputs, [floats([16, 64])]);
        assert_eq!(same.elementwise, Count::from(16 * 8 + 2 * 16 * 64));
        let inputs = [floats([16, 64]), floats([16, 8]), floats([16, 32])];
        assert_eq!(run("MixtureOfExperts", &arguments(8), &inputs).outputs, [floats([16, 32])]);
    }

    #[test]
    fn a_position_meets_no_more_experts_than_there_are() {
        let error = refused("MixtureOfExperts", &arguments(9), &[floats([16, 64]), floats([16, 8])]);
        assert_eq!(error.message, "`top_k` is 9, but there are 8 experts");
    }

    #[test]
    fn scores_stand_at_the_positions_of_x() {
        let error = refused("MixtureOfExperts", &arguments(2), &[floats([16, 64]), floats([8])]);
        assert_eq!(error.code, "shape-mismatch");
    }
}
