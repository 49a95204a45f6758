//! The value of a layer's argument, as a layer reads it and as documents show it.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::Size;

/// An argument's value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Attribute {
    /// `none`
    None,
    /// `true`, `false`
    Flag(bool),
    /// An integer or a symbolic size.
    Size(Size),
    /// A fraction.
    Float(f64),
    /// A string.
    Text(Arc<str>),
    /// A list.
    List(Vec<Attribute>),
}

impl Attribute {
    /// The size, if it is one.
    pub fn as_size(&self) -> Option<&Size> {
        if let Attribute::Size(size) = self { Some(size) } else { None }
    }

    /// The integer, if it is one that is no formula.
    pub fn as_integer(&self) -> Option<i128> {
        self.as_size().and_then(Size::as_number)
    }

    /// The axis of so many that it names, counted from the start; negative ones count from the end.
    pub fn as_axis(&self, rank: usize) -> Option<usize> {
        let (axis, rank) = (self.as_integer()?, i128::try_from(rank).ok()?);
        let from_start = if axis < 0 { axis.checked_add(rank)? } else { axis };
        usize::try_from(from_start).ok().filter(|axis| i128::try_from(*axis).is_ok_and(|axis| axis < rank))
    }

    /// The sizes of a list; one size is a list of one.
    pub fn to_sizes(&self) -> Vec<Size> {
        match self {
            Attribute::List(values) => values.iter().filter_map(|value| value.as_size().cloned()).collect(),
            Attribute::Size(size) => vec![size.clone()],
            _ => Vec::new(),
        }
    }

    /// True if a symbol stands in it.
    pub fn is_symbolic(&self) -> bool {
        match self {
            Attribute::Size(size) => size.is_symbolic(),
            Attribute::List(values) => values.iter().any(Attribute::is_symbolic),
            Attribute::None | Attribute::Flag(_) | Attribute::Float(_) | Attribute::Text(_) => false,
        }
    }
}

/// Equal values have equal hashes: a fraction counts by its value, so `0.0` and `-0.0` are alike.
impl Hash for Attribute {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Attribute::None => {}
            Attribute::Flag(flag) => flag.hash(state),
            Attribute::Size(size) => size.hash(state),
            Attribute::Float(x) => (x + 0.0).to_bits().hash(state),
            Attribute::Text(text) => text.hash(state),
            Attribute::List(values) => values.hash(state),
        }
    }
}

impl From<bool> for Attribute {
    fn from(flag: bool) -> Attribute {
        Attribute::Flag(flag)
    }
}
impl From<Size> for Attribute {
    fn from(size: Size) -> Attribute {
        Attribute::Size(size)
    }
}
impl From<i128> for Attribute {
    fn from(n: i128) -> Attribute {
        Attribute::Size(Size::from(n))
    }
}
impl From<f64> for Attribute {
    fn from(x: f64) -> Attribute {
        Attribute::Float(x)
    }
}
impl From<&str> for Attribute {
    fn from(text: &str) -> Attribute {
        Attribute::Text(text.into())
    }
}
impl<T: Into<Attribute>> From<Vec<T>> for Attribute {
    fn from(values: Vec<T>) -> Attribute {
        Attribute::List(values.into_iter().map(Into::into).collect())
    }
}

/// As the language writes it: `none`, `true`, `3`, `0.5`, `"same"`, `[3, 3]`.
impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Attribute::None => write!(f, "none"),
            Attribute::Flag(flag) => write!(f, "{flag}"),
            Attribute::Size(size) => write!(f, "{size:#}"),
            Attribute::Float(x) => write!(f, "{x:?}"),
            Attribute::Text(text) => write!(f, "{text:?}"),
            Attribute::List(values) => {
                write!(f, "[")?;
                for (i, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if i == 0 { "" } else { ", " })?;
                }
                write!(f, "]")
            }
        }
    }
}
