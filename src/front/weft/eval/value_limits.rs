//! How much a value holds. A loop or a function can double a value again and again, or nest it ever deeper; what
//! no model needs is refused before walking it takes more time, memory or stack than there is.

use super::Evaluator;
use super::expression::LIST_LIMIT;
use crate::front::weft::lower::grouped;
use crate::front::weft::value::{Layer, LayerTemplate, Value};
use crate::source::Location;

/// The most entries of a value, those of its entries counted with it.
const ENTRY_LIMIT: u64 = LIST_LIMIT as u64;
/// How deep lists may stand in lists, and layers in layers.
const DEPTH_LIMIT: u32 = 1_000;
/// The steps that an entry of a new list counts for: what lists take at most in a run is some 600 MB.
const STEPS_PER_ENTRY: u64 = 4;

impl Evaluator<'_, '_> {
    /// The value, if it is no larger than any model needs.
    pub fn bounded(&mut self, value: Value, place: Location) -> Value {
        let own = match &value {
            Value::List(values) => values.len() as u64,
            Value::Layer(_) => 0,
            _ => return value,
        };
        let mut measure = Extent::default();
        if !measure.value(&value, 0) {
            let message = format!(
                "this value holds more than {} entries, or is nested more than {} deep",
                grouped(ENTRY_LIMIT),
                grouped(u64::from(DEPTH_LIMIT))
            );
            return self.lower.error("limit", place, message);
        }
        let cost = own.saturating_mul(STEPS_PER_ENTRY).saturating_add(measure.entries / 8);
        if self.lower.step(cost, place) { value } else { Value::Poison }
    }
}

/// The entries met so far. Each method is false once that, or the depth, is too much.
#[derive(Default)]
struct Extent {
    entries: u64,
}

impl Extent {
    fn value(&mut self, value: &Value, depth: u32) -> bool {
        match value {
            Value::List(values) => {
                let inside = depth.saturating_add(1);
                self.enter(values.len(), depth) && values.iter().all(|value| self.value(value, inside))
            }
            Value::Layer(layer) => self.layer(layer, depth),
            _ => true,
        }
    }

    fn layer(&mut self, layer: &Layer, depth: u32) -> bool {
        let inside = depth.saturating_add(1);
        let template = match &layer.template {
            LayerTemplate::Catalogue(call) => {
                self.enter(1, depth) && call.expert.as_ref().is_none_or(|expert| self.layer(expert, inside))
            }
            LayerTemplate::Block(call) => {
                self.enter(call.arguments.len(), depth)
                    && call.arguments.iter().flatten().all(|argument| self.value(argument, inside))
            }
            LayerTemplate::Chain(stages) => {
                self.enter(stages.len(), depth) && stages.iter().all(|stage| self.layer(&stage.layer, inside))
            }
            LayerTemplate::Repeat(layer, _) => self.enter(1, depth) && self.layer(layer, inside),
            LayerTemplate::Pass | LayerTemplate::DeclaredLayer(_) => true,
        };
        template && layer.inputs.iter().all(|(_, value, _)| self.value(value, inside))
    }

    fn enter(&mut self, entries: usize, depth: u32) -> bool {
        self.entries = self.entries.saturating_add(entries as u64);
        self.entries <= ENTRY_LIMIT && depth < DEPTH_LIMIT
    }
}
