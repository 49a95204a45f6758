//! Why the catalogue refused, at the place it is about, with where the inputs' shapes come from.

use super::Lowering;
use crate::front::weft::errors::{is_word, to_diagnostic};
use crate::front::weft::value::{CatalogueCall, Value};
use crate::ir::Tensor;
use crate::layers::{ErrorSubject, InferenceError};
use crate::source::Location;

impl Lowering<'_, '_> {
    /// Why the catalogue refused, where that is about no input.
    pub fn inference_error(&mut self, error: InferenceError, here: Location) -> Value {
        self.report(to_diagnostic(error, here, &self.library.sources))
    }

    /// Why a layer cannot be applied, with where its inputs come from.
    pub fn refused(
        &mut self,
        call: &CatalogueCall,
        refusal: InferenceError,
        inputs: &[Tensor],
        here: Location,
        operands: &[Location],
    ) -> Value {
        let argument = match refusal.about {
            ErrorSubject::Argument(name) => call.layer.argument(name).and_then(|(slot, _)| {
                call.places.iter().find(|(known, _)| *known == slot).map(|(_, place)| *place)
            }),
            _ => None,
        };
        let place = argument.unwrap_or(here);
        let about = refusal.about;
        let mut error = to_diagnostic(refusal, place, &self.library.sources);
        for (i, tensor) in inputs.iter().enumerate() {
            let is_meant = match about {
                ErrorSubject::Input(at) => at == i,
                ErrorSubject::Inputs(one, other) => one == i || other == i,
                ErrorSubject::Layer | ErrorSubject::Argument(_) => true,
            };
            if !is_meant {
                continue;
            }
            let operand = operands.get(i).copied();
            if let Some((from, text)) = self.derivation(*tensor, operand)
                && from != here
                && !error.related.iter().any(|label| label.location == from)
            {
                error = error.related(from, text);
            }
        }
        if let ([tensor], "shape-mismatch" | "empty-output" | "indivisible") = (inputs, error.code)
            && let Some(steps) = self.steps_to(*tensor)
        {
            error = error.note(steps);
        }
        self.report(error)
    }

    /// Where a tensor's shape comes from: `` `h` is [256, 28, 28] since here ``.
    fn derivation(&self, tensor: Tensor, operand: Option<Location>) -> Option<(Location, String)> {
        let from = self.builder.origin_of(tensor)?;
        let written = operand.map_or("", |place| self.library.sources.text(place));
        let name = if is_word(written) { format!("`{written}` is ") } else { String::new() };
        Some((from, format!("{name}{} since here", self.type_of(tensor))))
    }

    /// The shapes along the chain that leads to a tensor: `image [1, 28, 28] → c1 [6, 24, 24]`.
    fn steps_to(&self, tensor: Tensor) -> Option<String> {
        let Tensor::Port(mut port) = tensor else { return None };
        let graph = self.builder.graph();
        let mut steps = Vec::new();
        while steps.len() < 6 {
            let node = graph.node(port.node)?;
            steps.push(format!("{} {}", node.path, graph.type_of(port)?.shape));
            match graph.inputs_of(port.node).as_slice() {
                [only] => port = *only,
                _ => break,
            }
        }
        if steps.len() < 2 {
            return None;
        }
        steps.reverse();
        Some(format!("it comes by {}", steps.join(" → ")))
    }
}
