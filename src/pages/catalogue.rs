//! What both formats say of a layer.

use crate::ir::Family;
use crate::layers::{self, Alias, Argument, Layer};

/// The catalogue by family, in the order of the documentation.
pub(super) fn families() -> Vec<(Family, Vec<&'static Layer>)> {
    let mut families: Vec<Family> = layers::all().map(|layer| layer.family()).collect();
    families.sort_unstable();
    families.dedup();
    let members = |family: Family| layers::all().filter(move |layer| layer.family() == family).collect();
    families.into_iter().map(|family| (family, members(family))).collect()
}

/// An argument's default as the language writes it; `None` where it must be given.
pub(super) fn default_of(argument: &Argument) -> Option<String> {
    argument.fallback.value().map(|value| value.to_string())
}

/// What an argument does, with its other names.
pub(super) fn argument_doc(argument: &Argument) -> String {
    match argument.aliases {
        [] => argument.doc.to_string(),
        names => format!("{} (also `{}`)", argument.doc, names.join("`, `")),
    }
}

/// `rank 1 or 2`; `None` where the name takes any.
pub(super) fn ranks(alias: &Alias) -> Option<String> {
    let ranks: Vec<_> = alias.ranks.iter().map(ToString::to_string).collect();
    (!ranks.is_empty()).then(|| format!("rank {}", ranks.join(" or ")))
}
