//! Shapes of one sample: the batch axis is never among the axes.

use std::fmt;
use std::sync::Arc;

use super::{Count, ElementType, Size};

/// The extents of a tensor, without the batch axis. They are shared: every use of a layer has the same ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shape(Arc<[Size]>);

impl Shape {
    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// The extents.
    pub fn dims(&self) -> &[Size] {
        &self.0
    }

    /// The extent of an axis counted from 0.
    pub fn dim(&self, axis: usize) -> Option<&Size> {
        self.0.get(axis)
    }

    /// The extent of an axis counted from the end: 0 is the last.
    pub fn dim_from_end(&self, axis: usize) -> Option<&Size> {
        self.rank().checked_sub(axis.checked_add(1)?).and_then(|axis| self.0.get(axis))
    }

    /// The number of elements, 1 for a scalar.
    pub fn elements(&self) -> Count {
        Count::product(&self.0)
    }

    /// The axes before the last `trailing` ones, and those; `None` where there are fewer.
    pub fn split_trailing(&self, trailing: usize) -> Option<(&[Size], &[Size])> {
        self.0.split_at_checked(self.rank().checked_sub(trailing)?)
    }

    /// True if a symbol stands in it.
    pub fn is_symbolic(&self) -> bool {
        self.0.iter().any(Size::is_symbolic)
    }
}

impl From<Vec<Size>> for Shape {
    fn from(dims: Vec<Size>) -> Shape {
        Shape(dims.into())
    }
}

impl<const N: usize> From<[i128; N]> for Shape {
    fn from(dims: [i128; N]) -> Shape {
        Shape(Arc::new(dims.map(Size::from)))
    }
}

impl FromIterator<Size> for Shape {
    fn from_iter<I: IntoIterator<Item = Size>>(dims: I) -> Shape {
        Shape(dims.into_iter().collect())
    }
}

/// `[3, 32, 32]`, `[T, 768]`; extents are not grouped.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[")?;
        for (i, dim) in self.0.iter().enumerate() {
            write!(f, "{}{dim:#}", if i == 0 { "" } else { ", " })?;
        }
        write!(f, "]")
    }
}

/// A tensor's shape and elements.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TensorType {
    /// Its shape.
    pub shape: Shape,
    /// Its elements.
    pub dtype: ElementType,
}

impl TensorType {
    /// A floating-point tensor.
    pub fn float(shape: impl Into<Shape>) -> TensorType {
        TensorType { shape: shape.into(), dtype: ElementType::Float32 }
    }

    /// An integer tensor.
    pub fn int(shape: impl Into<Shape>) -> TensorType {
        TensorType { shape: shape.into(), dtype: ElementType::Int64 }
    }
}

/// `[3, 32, 32]`, `int[T]`
impl fmt::Display for TensorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.dtype.is_integer() { "int" } else { "" }, self.shape)
    }
}
