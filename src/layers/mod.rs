//! The catalogue: every layer, one file a family, one entry a layer.
//!
//! Main type: [`Layer`]: arguments, documentation, and one function from inputs and arguments to an
//! [`Operation`]. Knows only `graph`. Everything else that is said of a layer follows from its entry.

mod activation;
mod arguments;
mod call;
mod convolution;
mod entry;
mod linear;
mod refusal;

pub use arguments::Arguments;
pub use call::Call;
pub use entry::{Alias, Argument, Fallback, Family, Kind, Layer, WeightDoc};
pub use refusal::{About, Refusal};

use std::collections::HashMap;
use std::sync::LazyLock;

/// Every family's entries, in the order of the documentation.
static FAMILIES: &[&[Layer]] = &[linear::LAYERS, convolution::LAYERS, activation::LAYERS];

/// Every layer, by family.
pub fn all() -> impl Iterator<Item = &'static Layer> {
    FAMILIES.iter().copied().flatten()
}

/// The layer of this name or alias, and the alias if it was one.
pub fn find(name: &str) -> Option<(&'static Layer, Option<&'static Alias>)> {
    static BY_NAME: LazyLock<HashMap<&'static str, (&'static Layer, Option<&'static Alias>)>> =
        LazyLock::new(|| {
            let canonical = all().map(|layer| (layer.name, (layer, None)));
            let aliases = all()
                .flat_map(|layer| layer.aliases.iter().map(move |alias| (alias.name, (layer, Some(alias)))));
            canonical.chain(aliases).collect()
        });
    BY_NAME.get(name).copied()
}

/// Every name a layer can be called by.
pub fn names() -> impl Iterator<Item = &'static str> {
    all().flat_map(|layer| std::iter::once(layer.name).chain(layer.aliases.iter().map(|alias| alias.name)))
}
