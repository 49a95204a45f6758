//! Layers that put inputs beside each other.

use crate::ir::axes::{Border, Link};
use crate::ir::{AxisMap, Connection, Size};

/// Inputs one after the other along an axis that they have.
pub(in crate::layers) fn concatenated(connection: &Connection) -> Option<AxisMap> {
    let (own, result) = (connection.own(), connection.result());
    let axis = connection.axis("axis", own.len())?;
    let before = connection.inputs.get(..connection.input)?.iter();
    let before = before.map(|input| input.dim(axis)).collect::<Option<Vec<_>>>()?;
    let before = before.into_iter().fold(Size::from(0), |sum, extent| sum + extent);
    let mut map = AxisMap::default();
    for (at, (own, result)) in own.iter().zip(result).enumerate() {
        let placed = Link::Placed { before: before.clone(), border: Border::Constant };
        map.both(if at == axis { placed } else { Link::Same }, own, result);
    }
    Some(map)
}

/// Inputs beside each other along a new axis.
pub(in crate::layers) fn stacked(connection: &Connection) -> Option<AxisMap> {
    let own = connection.own();
    let axis = connection.axis("axis", connection.result().len())?;
    let mut map = AxisMap::default();
    map.keep(own.get(..axis)?);
    map.only_result(Link::At(Size::from(connection.input)), connection.result().get(axis)?);
    map.keep(own.get(axis..)?);
    Some(map)
}
