//! Why the catalogue refused, at the place it is about, with where the inputs' shapes come from.

use super::evaluator::Evaluator;
use super::value::{CatalogueCall, Tensor, Value};
use crate::diagnostic::Diagnostic;
use crate::layers::{ErrorSubject, InferenceError};
use crate::source::{Location, Sources, Span};

/// A refusal, told at the place that it is about.
pub(super) fn told(refusal: InferenceError, place: Location, sources: &Sources) -> Diagnostic {
    let error = Diagnostic::structural(refusal.code, place, refusal.message);
    let error = match &refusal.meant {
        Some(meant) => error.meant(named_part(place, sources, refusal.about), meant),
        None => error,
    };
    refusal.help.into_iter().fold(error, Diagnostic::help)
}

/// Of `name=value` the value, where an argument is refused for its value, else the name.
fn named_part(place: Location, sources: &Sources, about: ErrorSubject) -> Location {
    let text = sources.text(place);
    let Some((name, value)) = text.split_once('=').filter(|(name, _)| is_word(name.trim_end())) else {
        return place;
    };
    let (start, end) = (place.span.start as usize, place.span.end as usize);
    let part = match about {
        ErrorSubject::Argument(_) => Span::new(end.saturating_sub(value.trim_start().len()), end),
        _ => Span::new(start, start.saturating_add(name.trim_end().len())),
    };
    part.within(place.file)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

impl Evaluator<'_, '_> {
    /// A refusal that is about no place of its own.
    pub fn refusal(&mut self, refusal: InferenceError, here: Location) -> Value {
        self.report(told(refusal, here, &self.library.sources))
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
        let mut error = told(refusal, place, &self.library.sources);
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
        let from = match tensor {
            Tensor::Port(port) => self.graph.node(port.node)?.origin,
            Tensor::Weight(id) => self.graph.weight(id)?.origin,
        };
        let written = operand.map_or("", |place| self.library.sources.text(place));
        let name = if is_word(written) { format!("`{written}` is ") } else { String::new() };
        Some((super::location(from), format!("{name}{} since here", self.type_of(tensor))))
    }

    /// The shapes along the chain that leads to a tensor: `image [1, 28, 28] → c1 [6, 24, 24]`.
    fn steps_to(&self, tensor: Tensor) -> Option<String> {
        let Tensor::Port(mut port) = tensor else { return None };
        let mut steps = Vec::new();
        while steps.len() < 6 {
            let node = self.graph.node(port.node)?;
            steps.push(format!("{} {}", node.path, self.graph.type_of(port)?.shape));
            match self.graph.inputs_of(port.node).as_slice() {
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
