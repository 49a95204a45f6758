//! Options whose values are the names in a registry.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::output::{Format, Registry};

/// A format of a registry by its name: help and completions list them, and a mistyped one is suggested.
pub(super) fn one_of<W: Send + Sync>(
    registry: &'static Registry<W>,
) -> impl TypedValueParser<Value = &'static Format<W>> {
    let values = registry.iter().map(|format| PossibleValue::new(format.name).help(format.summary));
    PossibleValuesParser::new(values).try_map(|name| registry.find(&name).ok_or("no such format"))
}
