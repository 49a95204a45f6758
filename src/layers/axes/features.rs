//! Layers that read an axis of features whole and write another: Linear, Bilinear, Embedding, MatMul; and those that
//! multiply along an axis.

use crate::ir::axes::{Coefficients, Link};
use crate::ir::{AxisMap, Connection};

/// `[…, D] → […, out]`, a matrix at every position.
pub(in crate::layers) fn linear(connection: &Connection) -> Option<AxisMap> {
    let (features, leading) = connection.own().split_last()?;
    let mut map = AxisMap::default();
    map.keep(leading);
    let read = map.only_input(Link::Contracted, features);
    map.weighted(read, Coefficients::Own);
    let written = map.only_result(Link::Written, connection.result().last()?);
    map.weighted(written, Coefficients::Own);
    Some(map)
}

/// As [`linear`] in each of two inputs, with what the other has at that position.
pub(in crate::layers) fn bilinear(connection: &Connection) -> Option<AxisMap> {
    let mut map = linear(connection)?;
    let leading = connection.own().len().checked_sub(1)?;
    (0..leading).for_each(|factor| map.weighted(factor, Coefficients::Data));
    Some(map)
}

/// `int[…] → […, width]`: a row of a table for each id.
pub(in crate::layers) fn table(connection: &Connection) -> Option<AxisMap> {
    let mut map = AxisMap::default();
    map.keep(connection.own());
    map.only_result(Link::Written, connection.result().last()?);
    Some(map)
}

/// `[…] → […, width]`: functions of a number.
pub(in crate::layers) fn waves(connection: &Connection) -> Option<AxisMap> {
    let mut map = AxisMap::default();
    map.keep(connection.own());
    map.only_result(Link::New, connection.result().last()?);
    Some(map)
}

/// `[…, M, K], […, K, N] → […, M, N]`; a tensor of one axis is a row on the left and a column on the right.
pub(in crate::layers) fn matmul(connection: &Connection) -> Option<AxisMap> {
    let (own, result) = (connection.own(), connection.result());
    let other = connection.extents_of(1usize.checked_sub(connection.input)?);
    let matrix = usize::from(own.len() > 1);
    let others = usize::from(other.len() > 1);
    let leading = own.split_at_checked(own.len().checked_sub(matrix.checked_add(1)?)?)?.0;
    let shared = result.split_at_checked(result.len().checked_sub(matrix.checked_add(others)?)?)?.0;
    let mut map = AxisMap::default();
    let missing = shared.len().checked_sub(leading.len())?;
    for extent in shared.get(..missing)? {
        let factor = map.only_result(Link::Repeated, extent);
        map.weighted(factor, Coefficients::Data);
    }
    let other_leading = other.split_at_checked(other.len().checked_sub(others.checked_add(1)?)?)?.0;
    let is_alone =
        |from_end: usize| other_leading.iter().rev().nth(from_end).is_none_or(|n| n.as_number() == Some(1));
    for (at, (own, extent)) in leading.iter().zip(shared.get(missing..)?).enumerate() {
        let factor = if own == extent {
            map.both(Link::Same, own, extent)
        } else {
            map.input_axis(&[]);
            map.only_result(Link::Repeated, extent)
        };
        if !is_alone(leading.len().checked_sub(at)?.checked_sub(1)?) {
            map.weighted(factor, Coefficients::Data);
        }
    }
    let free =
        |map: &mut AxisMap| own.iter().rev().nth(usize::from(connection.input == 0)).map(|n| map.same(n));
    let summed = match (connection.input, matrix) {
        (0, _) => own.last()?,
        (_, 1) => own.iter().rev().nth(1)?,
        _ => own.last()?,
    };
    let read = map.factor(Link::Contracted, summed.clone(), 1.into());
    map.weighted(read, Coefficients::Data);
    let kept = if matrix == 1 { free(&mut map) } else { None };
    let new = (others == 1).then(|| {
        let extent = if connection.input == 0 { result.last() } else { result.iter().rev().nth(matrix) };
        extent.map(|extent| map.factor(Link::New, 1.into(), extent.clone()))
    });
    let new = new.flatten();
    new.into_iter().for_each(|factor| map.weighted(factor, Coefficients::Data));
    let (on_input, on_result) = if connection.input == 0 {
        ([kept, Some(read)], [kept, new])
    } else {
        ([Some(read), kept], [new, kept])
    };
    on_input.into_iter().flatten().for_each(|factor| map.input_axis(&[factor]));
    on_result.into_iter().flatten().for_each(|factor| map.result_axis(&[factor]));
    Some(map)
}

/// Entry by entry, each along an axis times a number of its own.
pub(in crate::layers) fn scaled(connection: &Connection) -> Option<AxisMap> {
    let own = connection.own();
    let mut map = AxisMap::default();
    map.keep(own);
    map.weighted(connection.axis("axis", own.len())?, Coefficients::Own);
    Some(map)
}
