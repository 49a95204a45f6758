//! Values of the document: numbers, formulas, arguments.
//!
//! A number up to 2⁶⁴ − 1 is a number, a larger one a string of its digits, because readers of JSON and YAML would
//! round it. A formula is a string without grouping: `768·T`.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::analysis::AtDefaults;
use crate::ir::{Attribute, Count, Shape, Size};

/// A count.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// A number that every reader can hold.
    Exact(u64),
    /// A number below 0, of a difference.
    Negative(i64),
    /// A formula, or the digits of a larger number.
    Text(String),
}

impl From<u128> for Number {
    fn from(n: u128) -> Number {
        u64::try_from(n).map_or_else(|_| Number::Text(n.to_string()), Number::Exact)
    }
}

impl From<&Count> for Number {
    fn from(count: &Count) -> Number {
        count.as_number().map_or_else(|| Number::Text(format!("{count:#}")), Number::from)
    }
}

impl Number {
    /// By how much a number changed.
    pub(crate) fn difference(before: u128, after: u128) -> Number {
        let size = after.abs_diff(before);
        if after >= before {
            return Number::from(size);
        }
        let negative = i64::try_from(size).ok().and_then(i64::checked_neg);
        negative.map_or_else(|| Number::Text(format!("-{size}")), Number::Negative)
    }

    /// A formula's number at the defaults; `None` where it is a number anyway or a symbol has no default.
    pub(super) fn at_defaults(count: &Count, defaults: AtDefaults) -> Option<Number> {
        if count.is_symbolic() { defaults.count(count).map(Number::from) } else { None }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Number::Exact(n) => serializer.serialize_u64(*n),
            Number::Negative(n) => serializer.serialize_i64(*n),
            Number::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// A layer's argument, or an extent.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `none`
    None,
    /// A truth value.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A fraction.
    Float(f64),
    /// A string; a formula; the digits of a larger number.
    Text(String),
    /// A list.
    List(Vec<Value>),
}

impl From<i128> for Value {
    fn from(n: i128) -> Value {
        i64::try_from(n).map_or_else(|_| Value::Text(n.to_string()), Value::Integer)
    }
}

impl From<&Size> for Value {
    fn from(size: &Size) -> Value {
        size.as_number().map_or_else(|| Value::Text(format!("{size:#}")), Value::from)
    }
}

impl From<&Attribute> for Value {
    fn from(attribute: &Attribute) -> Value {
        match attribute {
            Attribute::None => Value::None,
            Attribute::Flag(flag) => Value::Flag(*flag),
            Attribute::Size(size) => Value::from(size),
            Attribute::Float(x) if x.is_finite() => Value::Float(*x),
            // JSON has no word for these.
            Attribute::Float(x) => Value::Text(x.to_string()),
            Attribute::Text(text) => Value::Text(text.to_string()),
            Attribute::List(values) => Value::List(values.iter().map(Value::from).collect()),
        }
    }
}

impl Value {
    /// An argument at the defaults; `None` where it holds no formula or a symbol has no default.
    pub(super) fn at_defaults(attribute: &Attribute, defaults: AtDefaults) -> Option<Value> {
        if is_symbolic(attribute) { numbered(attribute, defaults) } else { None }
    }

    /// A shape's extents.
    pub(super) fn extents(shape: &Shape) -> Vec<Value> {
        shape.dims().iter().map(Value::from).collect()
    }

    /// A shape's extents at the defaults; `None` where it holds no formula or a symbol has no default.
    pub(super) fn extents_at_defaults(shape: &Shape, defaults: AtDefaults) -> Option<Vec<Value>> {
        if !shape.is_symbolic() {
            return None;
        }
        Some(defaults.shape(shape)?.into_iter().map(Value::from).collect())
    }
}

fn is_symbolic(attribute: &Attribute) -> bool {
    match attribute {
        Attribute::Size(size) => size.is_symbolic(),
        Attribute::List(values) => values.iter().any(is_symbolic),
        _ => false,
    }
}

fn numbered(attribute: &Attribute, defaults: AtDefaults) -> Option<Value> {
    match attribute {
        Attribute::Size(size) => defaults.size(size).map(Value::from),
        Attribute::List(values) => {
            values.iter().map(|value| numbered(value, defaults)).collect::<Option<_>>().map(Value::List)
        }
        other => Some(Value::from(other)),
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::None => serializer.serialize_none(),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Integer(n) => serializer.serialize_i64(*n),
            Value::Float(x) => serializer.serialize_f64(*x),
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(values) => serializer.collect_seq(values),
        }
    }
}

/// Keys and values in an order of their own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(pub Vec<(String, Value)>);

impl Fields {
    /// Arguments, each formula followed by its number at the defaults.
    pub(super) fn arguments<N: AsRef<str>>(arguments: &[(N, Attribute)], defaults: AtDefaults) -> Fields {
        let fields = arguments.iter().flat_map(|(name, attribute)| {
            let name = name.as_ref();
            let number = Value::at_defaults(attribute, defaults);
            let beside = number.map(|number| (format!("{name}_at_defaults"), number));
            std::iter::once((name.to_string(), Value::from(attribute))).chain(beside)
        });
        Fields(fields.collect())
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Symbolic sizes and their defaults, in the order in which they appear; `none` for one without.
pub type Dimensions = Fields;
