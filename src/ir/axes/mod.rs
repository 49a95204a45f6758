//! Where a result's axes come from: what each entry of a result reads of an input, axis by axis.
//!
//! Main type: [`AxisMap`], which a declaration's [`Axes`] gives for one input and one result. Every axis is a product
//! of [`Factor`]s, outermost first (most axes are one factor, a merged axis is several), and every factor has one
//! [`Link`] that says which of its entries a result reads. An entry of a result reads the product of what its factors
//! read.

mod connection;
mod link;

pub use connection::Connection;
pub use link::{Border, Coefficients, Link, Resizing, Taps};

use super::Size;

/// How a layer's results depend on its inputs, as its entry declares it.
#[derive(Clone, Copy, Debug)]
pub enum Axes {
    /// Entry by entry: ReLU, Dropout.
    Entrywise,
    /// Entry by entry, where smaller inputs repeat along the axes that they lack: Add, Mul.
    Broadcast,
    /// The same entries in the same order, under other axes: Reshape, Flatten, Squeeze.
    Regrouped,
    /// The same axes in another order: Permute.
    Reordered(Mapping),
    /// A window slides over the last axes: convolutions, pools.
    Windowed(Mapping),
    /// The last axes are cut into as many windows as the result has entries: adaptive pools.
    Adaptive(Mapping),
    /// Some axes are gone from the result, which reads all of them: Mean, GlobalAvgPool.
    Reduced(Mapping),
    /// Each entry reads all entries along some axes, which the result keeps: Softmax, LayerNorm.
    Along(Mapping),
    /// One axis of features is read whole and replaced by another: Linear, Embedding.
    Features(Mapping),
    /// Inputs follow each other along an axis: Concat, Stack.
    Joined(Mapping),
    /// A part is taken along an axis: Slice, Select, Split, Gather.
    Taken(Mapping),
    /// Another pattern.
    Other(Mapping),
}

/// From one input and one result of an operation to its map; `None` where that is not known.
pub type Mapping = fn(&Connection) -> Option<AxisMap>;

impl Axes {
    /// The map of one input and one result. Where the declaration gives none, every entry reads every entry.
    pub fn map(self, connection: &Connection) -> AxisMap {
        let map = match self {
            Axes::Entrywise => AxisMap::entrywise(connection),
            Axes::Broadcast => AxisMap::broadcast(connection),
            Axes::Regrouped => AxisMap::regrouped(connection),
            Axes::Reordered(map)
            | Axes::Windowed(map)
            | Axes::Adaptive(map)
            | Axes::Reduced(map)
            | Axes::Along(map)
            | Axes::Features(map)
            | Axes::Joined(map)
            | Axes::Taken(map)
            | Axes::Other(map) => map(connection),
        };
        map.unwrap_or_else(|| AxisMap::mixed(connection))
    }

    /// True for the same statement; two functions are the same where they are one.
    pub fn is(self, other: Axes) -> bool {
        let function = |axes| match axes {
            Axes::Entrywise | Axes::Broadcast | Axes::Regrouped => None,
            Axes::Reordered(map)
            | Axes::Windowed(map)
            | Axes::Adaptive(map)
            | Axes::Reduced(map)
            | Axes::Along(map)
            | Axes::Features(map)
            | Axes::Joined(map)
            | Axes::Taken(map)
            | Axes::Other(map) => Some(map),
        };
        let same_function = match (function(self), function(other)) {
            (None, None) => true,
            (Some(one), Some(other)) => std::ptr::fn_addr_eq(one, other),
            _ => false,
        };
        std::mem::discriminant(&self) == std::mem::discriminant(&other) && same_function
    }
}

/// What each entry of one result reads of one input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxisMap {
    /// The factors.
    pub factors: Vec<Factor>,
    /// The input's axes, in order.
    pub input: Vec<Group>,
    /// The result's axes, in order.
    pub result: Vec<Group>,
    /// True where an entry may read less than this says.
    pub is_bound: bool,
}

/// Neighbouring axes, nearly always one, as the factors whose product they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// How many axes.
    pub axes: usize,
    /// Their factors by number, outermost first.
    pub factors: Vec<usize>,
}

/// A factor of an axis of the input, of the result, or of both.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// Its extent in the input; 1 where the input lacks it.
    pub input: Size,
    /// Its extent in the result; 1 where the result lacks it.
    pub result: Size,
    /// Which of its entries a result reads.
    pub link: Link,
    /// What the entries that are read are multiplied with, where the layer is linear.
    pub coefficients: Coefficients,
}

impl AxisMap {
    /// A factor that is part of no axis yet.
    pub fn factor(&mut self, link: Link, input: Size, result: Size) -> usize {
        self.factors.push(Factor { input, result, link, coefficients: Coefficients::Alike });
        self.factors.len().saturating_sub(1)
    }

    /// A factor that both have, entry by entry.
    pub fn same(&mut self, extent: &Size) -> usize {
        self.factor(Link::Same, extent.clone(), extent.clone())
    }

    /// Says what the entries along a factor are multiplied with.
    pub fn weighted(&mut self, factor: usize, coefficients: Coefficients) {
        if let Some(factor) = self.factors.get_mut(factor) {
            factor.coefficients = coefficients;
        }
    }

    /// The input's next axis is the product of these factors.
    pub fn input_axis(&mut self, factors: &[usize]) {
        self.input.push(Group { axes: 1, factors: factors.to_vec() });
    }

    /// The result's next axis is the product of these factors.
    pub fn result_axis(&mut self, factors: &[usize]) {
        self.result.push(Group { axes: 1, factors: factors.to_vec() });
    }

    /// The next axis of both is one factor.
    pub fn both(&mut self, link: Link, input: &Size, result: &Size) -> usize {
        let factor = self.factor(link, input.clone(), result.clone());
        self.input_axis(&[factor]);
        self.result_axis(&[factor]);
        factor
    }

    /// The next axes of both, entry by entry.
    pub fn keep(&mut self, extents: &[Size]) {
        for extent in extents {
            self.both(Link::Same, extent, extent);
        }
    }

    /// The input's next axis, which the result lacks.
    pub fn only_input(&mut self, link: Link, extent: &Size) -> usize {
        let factor = self.factor(link, extent.clone(), Size::from(1));
        self.input_axis(&[factor]);
        factor
    }

    /// The result's next axis, which the input lacks.
    pub fn only_result(&mut self, link: Link, extent: &Size) -> usize {
        let factor = self.factor(link, Size::from(1), extent.clone());
        self.result_axis(&[factor]);
        factor
    }

    /// Every entry reads every entry.
    pub fn mixed(connection: &Connection) -> AxisMap {
        let mut map = AxisMap { is_bound: true, ..AxisMap::default() };
        connection.own().iter().for_each(|extent| {
            map.only_input(Link::Mixed, extent);
        });
        connection.result().iter().for_each(|extent| {
            map.only_result(Link::New, extent);
        });
        map
    }

    fn entrywise(connection: &Connection) -> Option<AxisMap> {
        let mut map = AxisMap::default();
        map.keep(connection.own());
        (connection.own() == connection.result()).then_some(map)
    }

    fn broadcast(connection: &Connection) -> Option<AxisMap> {
        let (own, result) = (connection.own(), connection.result());
        let missing = result.len().checked_sub(own.len())?;
        let (new, shared) = result.split_at_checked(missing)?;
        let mut map = AxisMap::default();
        for extent in new {
            map.only_result(Link::Repeated, extent);
        }
        for (at, (own, extent)) in own.iter().zip(shared).enumerate() {
            let from_end = shared.len().checked_sub(at)?.checked_sub(1)?;
            let factor = if own == extent {
                map.both(Link::Same, own, extent)
            } else {
                map.input_axis(&[]);
                map.only_result(Link::Repeated, extent)
            };
            // What another input has along this axis decides the coefficients of a product.
            let mut others = connection.inputs.iter().enumerate().filter(|(at, _)| *at != connection.input);
            if others.any(|(_, other)| other.dim_from_end(from_end).is_some_and(|n| n.as_number() != Some(1)))
            {
                map.weighted(factor, Coefficients::Data);
            }
        }
        for (at, extent) in new.iter().enumerate() {
            let from_end = result.len().checked_sub(at)?.checked_sub(1)?;
            let mut others = connection.inputs.iter().enumerate().filter(|(at, _)| *at != connection.input);
            if others.any(|(_, other)| other.dim_from_end(from_end) == Some(extent)) {
                map.weighted(at, Coefficients::Data);
            }
        }
        Some(map)
    }

    /// The smallest groups of neighbouring axes that hold equally many entries are one factor each.
    fn regrouped(connection: &Connection) -> Option<AxisMap> {
        let mut map = AxisMap::default();
        let (mut own, mut result) = (connection.own(), connection.result());
        while !own.is_empty() || !result.is_empty() {
            let (taken, given, extent) = balanced(own, result)?;
            // One axis that becomes several, or the reverse, is their product; else the group is one factor.
            let factors: Vec<usize> = match (taken, given) {
                (1, _) => result.iter().take(given).map(|extent| map.same(extent)).collect(),
                (_, 1) => own.iter().take(taken).map(|extent| map.same(extent)).collect(),
                _ => vec![map.same(&extent)],
            };
            let several = |axes: usize| axes > 1 && factors.len() == axes;
            if several(taken) {
                factors.iter().for_each(|factor| map.input_axis(&[*factor]));
            } else if taken > 0 {
                map.input.push(Group { axes: taken, factors: factors.clone() });
            }
            if several(given) {
                factors.iter().for_each(|factor| map.result_axis(&[*factor]));
            } else if given > 0 {
                map.result.push(Group { axes: given, factors });
            }
            own = own.get(taken..)?;
            result = result.get(given..)?;
        }
        Some(map)
    }

    /// The input's axis of this number: its factors, where it is in a group of its own.
    pub fn input_factors(&self, axis: usize) -> Option<&[usize]> {
        factors_of(&self.input, axis)
    }

    /// The result's axis of this number: its factors, where it is in a group of its own.
    pub fn result_factors(&self, axis: usize) -> Option<&[usize]> {
        factors_of(&self.result, axis)
    }

    /// The only factor of an axis of the result, if it is one.
    pub fn result_factor(&self, axis: usize) -> Option<(usize, &Factor)> {
        let [factor] = self.result_factors(axis)? else { return None };
        Some((*factor, self.factors.get(*factor)?))
    }

    /// The only factor of an axis of the input, if it is one.
    pub fn input_factor(&self, axis: usize) -> Option<(usize, &Factor)> {
        let [factor] = self.input_factors(axis)? else { return None };
        Some((*factor, self.factors.get(*factor)?))
    }

    /// The input's axis that is this factor and no other.
    pub fn input_axis_of(&self, factor: usize) -> Option<usize> {
        axis_of(&self.input, factor)
    }

    /// The result's axis that is this factor and no other.
    pub fn result_axis_of(&self, factor: usize) -> Option<usize> {
        axis_of(&self.result, factor)
    }
}

fn factors_of(groups: &[Group], axis: usize) -> Option<&[usize]> {
    let mut next = 0usize;
    for group in groups {
        if next == axis && group.axes == 1 {
            return Some(&group.factors);
        }
        next = next.saturating_add(group.axes);
    }
    None
}

fn axis_of(groups: &[Group], factor: usize) -> Option<usize> {
    let mut next = 0usize;
    for group in groups {
        if group.axes == 1 && group.factors == [factor] {
            return Some(next);
        }
        next = next.saturating_add(group.axes);
    }
    None
}

/// How many leading axes of two shapes hold equally many entries, and how many entries: as few axes as possible, and
/// axes of one entry that only one of the two has by themselves.
fn balanced(own: &[Size], result: &[Size]) -> Option<(usize, usize, Size)> {
    let is_one = |size: Option<&Size>| size.is_some_and(|size| size.as_number() == Some(1));
    if own.first() != result.first() {
        if is_one(own.first()) {
            return Some((1, 0, Size::from(1)));
        }
        if is_one(result.first()) {
            return Some((0, 1, Size::from(1)));
        }
    }
    let (mut taken, mut given) = (1, 1);
    let (mut before, mut after) = (own.first()?.clone(), result.first()?.clone());
    while before != after {
        // Which side is behind; where that is not known the one that the other does not divide.
        let behind = before.is_less(&after).unwrap_or_else(|| after.exact_div(&before).is_some());
        if behind {
            before = &before * own.get(taken)?;
            taken = taken.saturating_add(1);
        } else {
            after = &after * result.get(given)?;
            given = given.saturating_add(1);
        }
    }
    Some((taken, given, before))
}
