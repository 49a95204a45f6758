//! What a model takes in bytes, what training it costs, and receptive fields, as parts of the document.

use super::{Fields, Number, ReceptiveField, Value};
use crate::analysis::{self, AtDefaults, Axis, MemoryConfig, Reach};
use crate::ir::{Count, Graph};

/// Bytes for a setting.
pub(super) fn footprint(graph: &Graph, setting: MemoryConfig) -> Fields {
    let found = analysis::footprint(graph, setting);
    let mut fields = vec![
        ("dtype".to_string(), Value::Text(setting.dtype.name.to_string())),
        ("batch".to_string(), Value::from(i128::from(setting.batch))),
    ];
    let optimizer =
        setting.optimizer.map(|optimizer| ("optimizer".to_string(), Value::Text(optimizer.name.into())));
    fields.extend(optimizer);
    let (inference, training) = (found.inference(), found.training());
    let mut counts = vec![
        ("parameters", &found.parameters),
        ("buffers", &found.buffers),
        ("activations", &found.activations),
        ("activations_kept", &found.activations_kept),
        ("kv_cache", &found.kv_cache),
        ("inference", &inference),
    ];
    if setting.optimizer.is_some() {
        counts.extend([
            ("gradients", &found.gradients),
            ("optimizer_states", &found.optimizer_states),
            ("training", &training),
        ]);
    }
    counted(fields, counts, AtDefaults(graph))
}

/// The multiply-accumulates of a training step.
pub(super) fn training(graph: &Graph) -> Fields {
    let step = analysis::training(graph).1;
    let all = step.total();
    let counts = vec![
        ("forward", &step.forward),
        ("to_inputs", &step.to_inputs),
        ("to_weights", &step.to_weights),
        ("total", &all),
    ];
    counted(Vec::new(), counts, AtDefaults(graph))
}

/// Adds counts, each formula followed by its number at the defaults.
fn counted(mut fields: Vec<(String, Value)>, counts: Vec<(&str, &Count)>, defaults: AtDefaults) -> Fields {
    for (name, count) in counts {
        fields.push((name.to_string(), value(Number::from(count))));
        if let Some(number) = Number::at_defaults(count, defaults) {
            fields.push((format!("{name}_at_defaults"), value(number)));
        }
    }
    Fields(fields)
}

fn value(number: Number) -> Value {
    match number {
        Number::Exact(n) => Value::from(i128::from(n)),
        Number::Negative(n) => Value::Integer(n),
        Number::Text(text) => Value::Text(text),
    }
}

/// A receptive field.
pub(super) fn field(field: &analysis::ReceptiveField) -> ReceptiveField {
    let each = |of: &dyn Fn(&Reach) -> Value| -> Vec<Value> {
        let told = |axis: &Axis| match axis {
            Axis::Field(reach) => of(reach),
            Axis::Whole => Value::Text("all".to_string()),
        };
        field.axes.iter().map(told).collect()
    };
    let halves = |twice: i64| match twice.checked_rem(2) {
        Some(0) => Value::Integer(twice.checked_div(2).unwrap_or(0)),
        _ => Value::Float(twice as f64 / 2.0),
    };
    ReceptiveField {
        size: each(&|reach| Value::Integer(reach.size())),
        stride: each(&|reach| match reach.stride() {
            (steps, 1) => Value::Integer(steps),
            (steps, positions) => Value::Text(format!("{steps}/{positions}")),
        }),
        centre: each(&|reach| reach.twice_centre().map_or(Value::None, halves)),
    }
}
