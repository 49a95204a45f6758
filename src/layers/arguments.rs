//! Binding values to a layer's arguments: names, aliases, positions, kinds.
//!
//! Main type: [`Arguments`], which a recipe carries and may fill further later. A value that is bound has
//! the right kind; whether it is right for the layer is the layer's business.

use std::hash::{Hash, Hasher};

use super::entry::{Argument, ArgumentKind, Fallback, Layer};
use super::inference_error::{ErrorSubject, InferenceError};
use super::migration_hints::INFERRED;
use crate::diagnostic::nearest;
use crate::ir::Attribute;

/// A layer's arguments, as far as they are given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// By slot, up to the last that is given: most layers are used without any.
    given: Vec<Option<Attribute>>,
}

/// Of what is given only: most arguments are left out.
impl Hash for Arguments {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let given = self.given.iter().enumerate().filter_map(|(slot, value)| Some((slot, value.as_ref()?)));
        given.for_each(|argument| argument.hash(state));
    }
}

impl Arguments {
    /// The place of a named argument.
    ///
    /// # Errors
    /// `unknown-argument`, with a suggestion, or with the reason where another framework has it.
    pub fn named(layer: &'static Layer, name: &str) -> Result<usize, InferenceError> {
        layer.argument(name).map(|(slot, _)| slot).ok_or_else(|| unknown(layer, name))
    }

    /// The place of the next positional argument: the first that is free.
    ///
    /// # Errors
    /// `wrong-count` where all are given.
    pub fn next_free(&self, layer: &Layer) -> Result<usize, InferenceError> {
        let free = self.given.iter().position(Option::is_none).unwrap_or(self.given.len());
        if free < layer.arguments.len() { Ok(free) } else { Err(Arguments::too_many(layer)) }
    }

    /// The error of an argument after the last.
    pub fn too_many(layer: &Layer) -> InferenceError {
        let names: Vec<_> = layer.arguments.iter().map(|argument| argument.name).collect();
        let takes = match names.as_slice() {
            [] => "takes no arguments".to_string(),
            [only] => format!("takes one argument, `{only}`"),
            several => format!("takes {} arguments: `{}`", several.len(), several.join("`, `")),
        };
        let message = format!("`{}` {takes}; this is one more", layer.name());
        let error = InferenceError::new("wrong-count", ErrorSubject::Layer, message);
        match layer.arguments {
            [] => error,
            [list] if list.kind.is_list() => error.help(format!("`{}` is one list: `[…]`", list.name)),
            _ => error.help(INFERRED),
        }
    }

    /// Gives or replaces an argument.
    ///
    /// # Errors
    /// `invalid-argument` where the value is not of the argument's kind.
    pub fn set(
        &mut self,
        layer: &'static Layer,
        slot: usize,
        value: Attribute,
    ) -> Result<(), InferenceError> {
        let Some(argument) = layer.arguments.get(slot) else { return Ok(()) };
        let value = fits(argument, value)?;
        if slot >= self.given.len() {
            self.given.reserve(layer.arguments.len().saturating_sub(self.given.len()));
            self.given.resize(slot.saturating_add(1), None);
        }
        if let Some(place) = self.given.get_mut(slot) {
            *place = Some(value);
        }
        Ok(())
    }

    /// True if a symbol stands in one.
    pub fn is_symbolic(&self) -> bool {
        self.given.iter().flatten().any(Attribute::is_symbolic)
    }

    /// Whether an argument is given.
    pub fn is_given(&self, slot: usize) -> bool {
        self.given_at(slot).is_some()
    }

    /// The value of an argument, its default where it is not given.
    pub fn value(&self, layer: &Layer, name: &str) -> Option<Attribute> {
        let (slot, argument) = layer.argument(name)?;
        self.value_at(slot, argument)
    }

    /// The value of the argument in a place, its default where it is not given.
    pub(super) fn value_at(&self, slot: usize, argument: &Argument) -> Option<Attribute> {
        self.given_at(slot).cloned().or_else(|| argument.fallback.value())
    }

    /// A named argument, and what was given for it.
    pub(super) fn given(&self, layer: &Layer, name: &str) -> Option<(&'static Argument, Option<&Attribute>)> {
        let (slot, argument) = layer.argument(name)?;
        Some((argument, self.given_at(slot)))
    }

    fn given_at(&self, slot: usize) -> Option<&Attribute> {
        self.given.get(slot)?.as_ref()
    }

    /// The required arguments that are not given.
    pub fn missing(&self, layer: &'static Layer) -> Option<InferenceError> {
        let missing: Vec<_> = layer
            .arguments
            .iter()
            .enumerate()
            .filter(|(slot, argument)| argument.fallback == Fallback::Required && !self.is_given(*slot))
            .map(|(_, argument)| argument)
            .collect();
        let first = missing.first()?;
        let names: Vec<_> = missing.iter().map(|argument| format!("`{}`", argument.name)).collect();
        let message = format!("`{}` needs {}", layer.name(), names.join(" and "));
        Some(InferenceError::new("missing-argument", ErrorSubject::Layer, message).help(format!(
            "`{}` is {}: {}",
            first.name,
            first.kind.described(),
            first.doc
        )))
    }
}

/// A value as the argument's kind has it, or why it is none.
fn fits(argument: &'static Argument, value: Attribute) -> Result<Attribute, InferenceError> {
    let all = |values: &[Attribute], test: fn(&Attribute) -> bool| values.iter().all(test);
    let is_size = |value: &Attribute| value.as_size().is_some();
    let is_integer = |value: &Attribute| value.as_integer().is_some();
    let is_number = |value: &Attribute| matches!(value, Attribute::Float(_)) || value.as_integer().is_some();
    let right = match (argument.kind, &value) {
        (ArgumentKind::FloatOrNone, Attribute::None) => true,
        (_, Attribute::None) => argument.fallback.value() == Some(Attribute::None),
        (ArgumentKind::Size, value) => is_size(value),
        (ArgumentKind::PerAxis | ArgumentKind::Sizes | ArgumentKind::Padding, Attribute::List(values)) => {
            all(values, is_size)
        }
        (ArgumentKind::Extents, Attribute::List(values)) => {
            all(values, |value| *value == Attribute::None || value.as_size().is_some())
        }
        (ArgumentKind::PerAxis | ArgumentKind::Extents | ArgumentKind::Sizes, value) => is_size(value),
        (ArgumentKind::Padding, Attribute::Text(text)) => matches!(&**text, "same" | "valid"),
        (ArgumentKind::Padding, value) => is_size(value),
        (ArgumentKind::Integers | ArgumentKind::Axes, Attribute::List(values)) => all(values, is_integer),
        (ArgumentKind::Integer | ArgumentKind::Integers | ArgumentKind::Axis | ArgumentKind::Axes, value) => {
            is_integer(value)
        }
        (ArgumentKind::Floats, Attribute::List(values)) => all(values, is_number),
        (ArgumentKind::Float | ArgumentKind::FloatOrNone | ArgumentKind::Floats, value) => is_number(value),
        (ArgumentKind::Flag, value) => matches!(value, Attribute::Flag(_)),
        (ArgumentKind::Choice(choices), Attribute::Text(text)) => choices.contains(&&**text),
        (ArgumentKind::Layer, value) => matches!(value, Attribute::Text(_)),
        (ArgumentKind::Choice(_), _) => false,
    };
    if right { Ok(value) } else { Err(wrong_kind(argument, &value)) }
}

fn wrong_kind(argument: &'static Argument, value: &Attribute) -> InferenceError {
    let error = InferenceError::argument(
        argument.name,
        format!("`{}` is {}, but `{value}` was given", argument.name, argument.kind.described()),
    );
    let closest = |error: InferenceError, text: &str, choices: &'static [&'static str]| {
        let near = nearest(text, choices.iter().copied());
        near.into_iter().fold(error, |error, near| error.meant(format!("{near:?}")))
    };
    match (argument.kind, value) {
        (ArgumentKind::Choice(choices), Attribute::Text(text)) => closest(error, text, choices),
        (ArgumentKind::Padding, Attribute::Text(text)) => closest(error, text, &["same", "valid"]),
        (ArgumentKind::Flag, value) if value.as_integer().is_some() => match value.as_integer() {
            Some(0) => error.help(format!("`{}=false`", argument.name)),
            Some(1) => error.help(format!("`{}=true`", argument.name)),
            _ => error.help(INFERRED),
        },
        (
            ArgumentKind::Size
            | ArgumentKind::PerAxis
            | ArgumentKind::Sizes
            | ArgumentKind::Padding
            | ArgumentKind::Integer,
            Attribute::Float(x),
        ) if x.fract() == 0.0 => error.help(format!("`{}={x:.0}`: a point makes a fraction", argument.name)),
        (
            ArgumentKind::Integer
            | ArgumentKind::Integers
            | ArgumentKind::Axis
            | ArgumentKind::Axes
            | ArgumentKind::Float
            | ArgumentKind::FloatOrNone
            | ArgumentKind::Floats,
            value,
        ) if value.as_size().is_some() => InferenceError { code: "undecided", ..error }
            .help("give the symbol a number with `--set`, or make it a parameter of the model".to_string()),
        _ => error,
    }
}

fn unknown(layer: &'static Layer, name: &str) -> InferenceError {
    let message = format!("`{}` has no argument `{name}`", layer.name());
    let error = InferenceError::new("unknown-argument", ErrorSubject::Layer, message);
    let known = layer.arguments.iter().flat_map(|a| std::iter::once(a.name).chain(a.aliases.iter().copied()));
    // A stored tensor may be tied under its name.
    let known = known
        .chain(layer.weights.iter().map(|weight| weight.name).filter(|name| !name.contains('{')))
        .chain(["trainable"]);
    let reason = super::migration_hints::argument(name);
    match (reason, nearest(name, known)) {
        (Some(reason), _) => error.help(reason),
        (None, Some(near)) => error.meant(near),
        (None, None) if layer.arguments.is_empty() => error.help(format!("`{}` takes none", layer.name())),
        (None, None) => {
            let names: Vec<_> = layer.arguments.iter().map(|argument| argument.name).collect();
            error.help(format!("it takes `{}`", names.join("`, `")))
        }
    }
}
