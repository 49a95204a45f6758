//! Why the graph's builder refused, said with the places that are known here.

use super::Lowering;
use crate::diagnostic::Diagnostic;
use crate::front::weft::value::Tie;
use crate::ir::{BuildError, InstanceSite};
use crate::source::Location;

impl Lowering<'_, '_> {
    /// Reserves the path of a site; two that are equal are an error that shows both.
    pub fn reserve(&mut self, site: &InstanceSite, here: Location) {
        if let Err(error) = self.builder.reserve(site, here) {
            self.build_error(error, &[], here);
        }
    }

    /// Reports why the builder refused.
    pub fn build_error(&mut self, error: BuildError, ties: &[Tie], here: Location) {
        let message = error.to_string();
        let place_of =
            |tensor: &str| ties.iter().find(|tie| &*tie.name == tensor).map_or(here, |tie| tie.place);
        let found = match error {
            BuildError::PathTaken { first, .. } => path_taken(message, first, here),
            BuildError::OutputTaken { first, .. } => {
                Diagnostic::structural("duplicate-name", here, message).related(first, "the first")
            }
            BuildError::TensorTaken { first, .. } => {
                let found = Diagnostic::structural("duplicate-name", here, message);
                match first.filter(|first| *first != here) {
                    Some(first) => found.related(first, "the first"),
                    None => found,
                }
            }
            BuildError::TieTaken { tensor, .. } => {
                Diagnostic::structural("duplicate-name", place_of(&tensor), message)
            }
            BuildError::OtherShape { first, .. } => Diagnostic::structural("shape-mismatch", here, message)
                .related(first, "its shape is fixed here")
                .help("a declared layer has one set of weights: send it tensors that fit, or declare two"),
            BuildError::TieMismatch { tensor, name, wanted, shape, weight } => {
                let owner = self.builder.graph().weight(weight);
                let (owner, first) =
                    owner.map(|owner| (owner.name.clone(), owner.origin)).unwrap_or_default();
                let message = format!("`{name}` is {wanted}, but `{owner}`, to which it is tied, is {shape}");
                Diagnostic::structural("tie-mismatch", place_of(&tensor), message)
                    .related(first, format!("`{owner}` is {shape} since here"))
                    .help("a tie is one tensor with two names, so both must have one shape")
            }
            BuildError::SymbolicWeight { extent, .. } => {
                self.undecided(&format!("{message}: its extent"), &extent, here);
                return;
            }
        };
        self.report(found);
    }
}

fn path_taken(message: String, first: Location, here: Location) -> Diagnostic {
    let found = Diagnostic::structural("duplicate-name", here, message).label("the second").help(
        "give each a label of its own; a layer that is meant to be used twice is declared: `layer f = …`",
    );
    if first == here {
        found.note("it is the same text both times: a label in a loop counts with it: `name{i}` or `name[i]`")
    } else {
        found.related(first, "the first")
    }
}
