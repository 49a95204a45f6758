//! The catalogue: every layer, one file a family, one entry a layer.
//!
//! Main type: [`Layer`]: arguments, documentation, and one function from inputs and arguments to an
//! [`Operation`](crate::ir::Operation). Knows only `ir`. Everything else that is said of a layer follows from its entry.

mod activation;
mod arguments;
mod attention;
mod axes;
mod broadcast;
mod call;
mod convolution;
mod divisibility;
mod entry;
mod inference_error;
mod linear;
mod matmul;
mod merging;
pub(crate) mod migration_hints;
mod mixture;
mod normalisation;
mod operation_cache;
mod pooling;
mod positional;
mod recurrent;
mod regularisation;
mod rescaling;
mod shaping;
mod sliding;
#[cfg(test)]
mod test_call;
mod transformer;
mod values;

pub use arguments::Arguments;
pub use call::Call;
pub use entry::{Alias, Argument, ArgumentKind, Fallback, Layer, WeightDoc};
pub use inference_error::{ErrorSubject, InferenceError};
pub use operation_cache::{InputTypes, OperationCache};

use std::sync::LazyLock;

use foldhash::HashMap;

/// Every family's entries, in the order of the documentation.
static FAMILIES: &[&[Layer]] = &[
    linear::LAYERS,
    matmul::LAYERS,
    rescaling::LAYERS,
    convolution::DIRECT,
    convolution::TRANSPOSED,
    convolution::LOCAL,
    convolution::FOLDING,
    pooling::WINDOWED,
    pooling::ADAPTIVE,
    normalisation::BY_CHANNEL,
    normalisation::BY_POSITION,
    activation::POINTWISE,
    activation::AXIAL,
    regularisation::LAYERS,
    shaping::AXES,
    shaping::EXTENTS,
    shaping::PARTS,
    shaping::JOINS,
    shaping::BORDERS,
    shaping::RESOLUTION,
    shaping::REDUCTIONS,
    recurrent::LAYERS,
    attention::MULTIHEAD,
    attention::PRODUCTS,
    positional::LAYERS,
    transformer::LAYERS,
    mixture::LAYERS,
    merging::LAYERS,
];

/// Every entry declares itself: one that keeps what its family shares in place of a declaration does not compile.
const _: () = {
    let mut families = FAMILIES;
    while let [family, others @ ..] = families {
        let mut entries = *family;
        while let [entry, rest @ ..] = entries {
            assert!(!entry.declaration.name.is_empty(), "an entry without a declaration");
            entries = rest;
        }
        families = others;
    }
};

/// Every layer, by family.
pub fn all() -> impl Iterator<Item = &'static Layer> {
    FAMILIES.iter().copied().flatten()
}

/// The layer of this name or alias, and the alias if it was one.
pub fn find(name: &str) -> Option<(&'static Layer, Option<&'static Alias>)> {
    static BY_NAME: LazyLock<HashMap<&'static str, (&'static Layer, Option<&'static Alias>)>> =
        LazyLock::new(|| {
            let canonical = all().map(|layer| (layer.name(), (layer, None)));
            let aliases = all()
                .flat_map(|layer| layer.aliases.iter().map(move |alias| (alias.name, (layer, Some(alias)))));
            canonical.chain(aliases).collect()
        });
    BY_NAME.get(name).copied()
}

/// Every name a layer can be called by.
pub fn names() -> impl Iterator<Item = &'static str> {
    all().flat_map(|layer| std::iter::once(layer.name()).chain(layer.aliases.iter().map(|alias| alias.name)))
}

#[cfg(test)]
mod tests {
    use super::{Argument, Layer, all, names};
    use crate::ir::Declaration;

    #[test]
    fn every_entry_documents_itself() {
        for layer in all() {
            let Layer {
                declaration: Declaration { name, .. }, summary, shape, cost, example, reference, ..
            } = layer;
            assert!(summary.ends_with('.'), "{name}: {summary}");
            assert!(!shape.is_empty() && !cost.is_empty(), "{name}");
            assert!(example.contains("model Example {") && example.ends_with("}\n"), "{name}: {example}");
            let operator = matches!(*name, "Add" | "Sub" | "Mul" | "Div" | "MatMul");
            assert!(operator || example.contains(name), "{name}: {example}");
            assert!(reference.starts_with("https://"), "{name}");
        }
    }

    #[test]
    fn no_two_layers_share_a_name() {
        let mut sorted: Vec<_> = names().collect();
        sorted.sort_unstable();
        assert!(sorted.windows(2).all(|pair| pair.first() != pair.last()), "{sorted:?}");
    }

    #[test]
    fn no_two_arguments_of_a_layer_share_a_name() {
        for layer in all() {
            let named = |argument: &'static Argument| {
                std::iter::once(argument.name).chain(argument.aliases.iter().copied())
            };
            let mut sorted: Vec<_> = layer.arguments.iter().flat_map(named).collect();
            sorted.sort_unstable();
            assert!(
                sorted.windows(2).all(|pair| pair.first() != pair.last()),
                "{}: {sorted:?}",
                layer.name()
            );
        }
    }
}
