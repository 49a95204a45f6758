//! Broadcasting and promotion: what two tensors become when they meet element by element.
//!
//! Main function: [`broadcast`]. Axes are aligned from the end, as NumPy does; a symbol is never taken for 1.

use crate::ir::{ElementType, Shape, Size, TensorType};

/// Where two shapes do not fit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clash {
    axis: String,
    left: Size,
    right: Size,
}

impl Clash {
    /// Two extents of one axis that differ.
    pub(super) fn at(axis: usize, left: &Size, right: &Size) -> Clash {
        Clash { axis: axis.to_string(), left: left.clone(), right: right.clone() }
    }

    /// `axis 0 is 256 against 128`
    pub(super) fn message(&self) -> String {
        format!("axis {} is {:#} against {:#}", self.axis, self.left, self.right)
    }

    /// What to do where it is the symbols that leave it open.
    pub(super) fn help(&self) -> Option<String> {
        (self.left.is_equal(&self.right) != Some(false)).then(|| {
            "they cannot be shown equal, and a symbol is never taken for 1: give both axes one name, or \
                numbers with `--set`"
                .to_string()
        })
    }
}

/// The shape that two shapes have in common, each axis of extent 1 stretched to the other's.
pub(super) fn broadcast(left: &[Size], right: &[Size]) -> Result<Shape, Clash> {
    let rank = left.len().max(right.len());
    let padded = |dims: &[Size]| -> Vec<Size> {
        let missing = rank.saturating_sub(dims.len());
        std::iter::repeat_n(Size::from(1), missing).chain(dims.iter().cloned()).collect()
    };
    let pairs = padded(left).into_iter().zip(padded(right));
    let clash = |axis: usize, a: Size, b: Size| {
        let axis = match left.len() == right.len() {
            true => axis.to_string(),
            false => format!("-{}", rank.saturating_sub(axis)),
        };
        Clash { axis, left: a, right: b }
    };
    pairs.enumerate().map(|(axis, (a, b))| stretched(&a, &b).ok_or_else(|| clash(axis, a, b))).collect()
}

/// The extent of two extents that meet.
fn stretched(a: &Size, b: &Size) -> Option<Size> {
    match (a.as_number(), b.as_number()) {
        _ if a == b => Some(a.clone()),
        (Some(1), _) => Some(b.clone()),
        (_, Some(1)) => Some(a.clone()),
        _ => None,
    }
}

/// What the elements of a result are: integers only where all are.
pub(super) fn promoted<'a>(inputs: impl IntoIterator<Item = &'a TensorType>) -> ElementType {
    if inputs.into_iter().all(|input| input.dtype.is_integer()) {
        ElementType::Int64
    } else {
        ElementType::Float32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met<const N: usize, const M: usize>(left: [i128; N], right: [i128; M]) -> Result<Shape, String> {
        broadcast(Shape::from(left).dims(), Shape::from(right).dims()).map_err(|clash| clash.message())
    }

    #[test]
    fn axes_align_from_the_end_and_ones_stretch() {
        assert_eq!(met([3, 1, 5], [4, 1]), Ok(Shape::from([3, 4, 5])));
        assert_eq!(met([], [2, 3]), Ok(Shape::from([2, 3])));
    }

    #[test]
    fn a_clash_names_its_axis_from_the_end_where_ranks_differ() {
        assert_eq!(met([256, 28], [128, 28]), Err("axis 0 is 256 against 128".into()));
        assert_eq!(met([3, 4, 5], [2, 5]), Err("axis -2 is 4 against 2".into()));
    }
}
