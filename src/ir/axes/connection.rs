//! One input and one result of an operation, and what a map asks of them.

use crate::ir::{Attribute, Operation, Shape, Size};

/// One input and one result of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Connection<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// The shapes of all its inputs.
    pub inputs: &'a [&'a Shape],
    /// Which input.
    pub input: usize,
    /// Which result.
    pub output: usize,
}

impl<'a> Connection<'a> {
    /// The input's extents.
    pub fn own(&self) -> &'a [Size] {
        self.extents_of(self.input)
    }

    /// The extents of any input; none where there is no such input.
    pub fn extents_of(&self, input: usize) -> &'a [Size] {
        self.inputs.get(input).map_or(&[], |shape| shape.dims())
    }

    /// The result's extents.
    pub fn result(&self) -> &'a [Size] {
        self.operation.outputs.get(self.output).map_or(&[], |output| output.shape.dims())
    }

    /// An argument that is an axis, counted from the start among `rank` of them.
    pub fn axis(&self, name: &str, rank: usize) -> Option<usize> {
        self.operation.argument(name)?.as_axis(rank)
    }

    /// An argument that is a size.
    pub fn size(&self, name: &str) -> Option<&'a Size> {
        self.operation.argument(name)?.as_size()
    }

    /// An argument that is a list of sizes, or one size.
    pub fn sizes(&self, name: &str) -> Vec<Size> {
        self.operation.argument(name).map_or_else(Vec::new, Attribute::to_sizes)
    }

    /// True where an argument is `true`.
    pub fn flag(&self, name: &str) -> bool {
        self.operation.argument(name) == Some(&Attribute::Flag(true))
    }

    /// An argument that is text.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        if let Attribute::Text(text) = self.operation.argument(name)? { Some(text) } else { None }
    }

    /// True where an argument is `none` or the operation has no such argument.
    pub fn is_none(&self, name: &str) -> bool {
        matches!(self.operation.argument(name), None | Some(Attribute::None))
    }
}
