//! What stands above a report.

use crate::ir::{Graph, TensorType};

/// A model's name, what goes in and comes out, and its symbolic sizes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// The model's name.
    pub name: String,
    /// `image [1, 32, 32] → logits [10]`
    pub flow: String,
    /// `at T = 1024`; `None` without symbolic sizes.
    pub dimensions: Option<String>,
}

/// The title of a model.
pub fn title(graph: &Graph) -> Title {
    let named = |name: &str, kind: Option<&TensorType>| {
        let kind = kind.map_or(String::new(), |kind| format!(" {kind}"));
        format!("{name}{kind}")
    };
    let inputs = graph.inputs().iter().filter_map(|id| graph.node(*id));
    let inputs: Vec<_> = inputs.map(|node| named(&node.path, node.operation.outputs.first())).collect();
    let outputs: Vec<_> =
        graph.outputs.iter().map(|output| named(&output.name, graph.type_of(output.source))).collect();
    let flow = [inputs.join(", "), "→".to_string(), outputs.join(", ")];
    let flow: Vec<_> = flow.into_iter().filter(|part| !part.is_empty()).collect();
    let dimensions = graph.dimensions.iter().map(|dimension| match dimension.default {
        Some(default) => format!("{} = {default}", dimension.name),
        None => format!("{0} open (`--set {0}=…` gives it a number)", dimension.name),
    });
    let dimensions: Vec<_> = dimensions.collect();
    Title {
        name: graph.name.to_string(),
        flow: flow.join(" "),
        dimensions: (!dimensions.is_empty()).then(|| format!("at {}", dimensions.join(", "))),
    }
}
