//! Which elements of a tensor are read, and how often: a sum of regions.
//!
//! Main type: [`Reads`]. A region is a box, a range on each axis, with one number of uses for all its elements; or,
//! where it is not known which elements of the box those are, with the most, the least and the sum. So the sum is
//! always exact; the most is then a bound from above and the least one from below.

use foldhash::HashMap;

use super::AtDefaults;
use crate::ir::{Count, Shape, Size};

/// A part of an axis, from its first entry to one past the last; `None` is the whole axis.
pub(super) type Range = Option<(Size, Size)>;

/// A range on each axis of a tensor.
pub(super) type Ranges = Vec<Range>;

/// How often the elements of a box are used.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Uses {
    /// Uses of the most used element.
    pub most: Count,
    /// Where elements of the box differ: the uses of the least used one, and the sum over all.
    pub uneven: Option<(Count, Count)>,
    /// Uses of the most used element at the one place that uses it most.
    pub one_place: Count,
    /// The number of places that use it.
    pub places: u32,
}

impl Uses {
    /// One place that uses every element so often.
    pub fn once(most: Count) -> Uses {
        Uses { one_place: most.clone(), most, uneven: None, places: 1 }
    }

    /// The uses of elements of which each stands for so many of these; their sum stays what it is.
    pub fn gathered(self, factor: &Count) -> Uses {
        let uneven = self.uneven.map(|(least, total)| (&least * factor, total));
        Uses { most: &self.most * factor, one_place: &self.one_place * factor, uneven, places: self.places }
    }

    /// The uses where it is not known which elements of a larger box these are; `volume` of them if all are alike.
    pub fn spread(self, volume: &Count) -> Uses {
        let total = self.total(volume);
        Uses { uneven: Some((Count::ZERO, total)), ..self }
    }

    /// The same for each of so many experts whose weights are one tensor.
    pub fn stacked(self, experts: &Count) -> Uses {
        Uses { uneven: self.uneven.map(|(least, total)| (least, &total * experts)), ..self }
    }

    fn least(&self) -> &Count {
        self.uneven.as_ref().map_or(&self.most, |(least, _)| least)
    }

    /// The sum over the elements of a box of this volume.
    pub fn total(&self, volume: &Count) -> Count {
        self.uneven.as_ref().map_or_else(|| volume * &self.most, |(_, total)| total.clone())
    }

    fn and(self, other: Uses, volume: &Count, judge: AtDefaults) -> Uses {
        let uneven = (self.uneven.is_some() || other.uneven.is_some())
            .then(|| (self.least() + other.least(), self.total(volume) + other.total(volume)));
        let larger = judge.value_at_defaults(&self.one_place) >= judge.value_at_defaults(&other.one_place);
        Uses {
            most: &self.most + &other.most,
            uneven,
            one_place: if larger { self.one_place } else { other.one_place },
            places: self.places.saturating_add(other.places),
        }
    }
}

/// How often the elements of a tensor are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    /// Reads of the whole tensor, as those of a layer's weights are.
    whole: Option<(Ranges, Uses)>,
    /// Reads of parts of it.
    parts: HashMap<Ranges, Uses>,
}

impl Reads {
    /// Adds reads of a box in a tensor of this shape.
    pub fn add(&mut self, ranges: Ranges, uses: Uses, shape: &Shape, judge: AtDefaults) {
        let and = |known: Option<Uses>, volume: Count| match known {
            Some(known) => known.and(uses, &volume, judge),
            None => uses,
        };
        let volume = volume(&ranges, shape.dims());
        if ranges.iter().all(Option::is_none) {
            let known = self.whole.take().map(|(_, uses)| uses);
            self.whole = Some((ranges, and(known, volume)));
        } else {
            let uses = and(self.parts.remove(&ranges), volume);
            self.parts.insert(ranges, uses);
        }
    }

    /// Every region, in no order.
    pub fn regions(&self) -> impl Iterator<Item = (&Ranges, &Uses)> {
        let whole = self.whole.iter().map(|(ranges, uses)| (ranges, uses));
        whole.chain(&self.parts)
    }

    /// The number of regions.
    pub fn len(&self) -> usize {
        self.parts.len().saturating_add(usize::from(self.whole.is_some()))
    }

    /// The places that read any of it.
    pub fn places(&self) -> u32 {
        self.regions().fold(0, |sum, (_, uses)| sum.saturating_add(uses.places))
    }

    /// The uses of the most used element at the one place that uses one most.
    pub fn one_place(&self, judge: AtDefaults) -> Count {
        let ones = self.regions().map(|(_, uses)| &uses.one_place);
        ones.max_by_key(|count| judge.value_at_defaults(count)).cloned().unwrap_or_default()
    }

    /// The sum of the uses over all elements.
    pub fn total(&self, shape: &Shape) -> Count {
        self.regions().map(|(ranges, uses)| uses.total(&volume(ranges, shape.dims()))).sum()
    }

    /// The uses of the most used and of the least used element, as they are at the defaults.
    pub fn extremes(&self, shape: &Shape, judge: AtDefaults) -> (Count, Count) {
        let only_whole = self.whole.as_ref().filter(|_| self.parts.is_empty());
        if let Some((_, uses)) = only_whole.filter(|_| judge.value_at_defaults(&shape.elements()) > 0) {
            return (uses.most.clone(), uses.least().clone());
        }
        let mut boxes: Vec<Numbered> =
            self.regions().map(|(ranges, uses)| Numbered::new(ranges, uses, shape, judge)).collect();
        boxes.sort_unstable_by(|a, b| a.ranges.cmp(&b.ranges));
        let mut sweep = Sweep { most: None, least: None, steps: 0 };
        let extents: Vec<i128> = shape.dims().iter().map(|dim| judge.size_at_defaults(dim)).collect();
        sweep.axis(0, &extents, &boxes.iter().collect::<Vec<_>>());
        let sum = |cell: Option<(u128, Vec<&Uses>)>, part: fn(&Uses) -> &Count| {
            cell.map_or(Count::ZERO, |(_, uses)| uses.into_iter().map(part).sum())
        };
        if sweep.steps > MOST_STEPS {
            return (self.regions().map(|(_, uses)| &uses.most).sum(), Count::ZERO);
        }
        (sum(sweep.most, |uses| &uses.most), sum(sweep.least, Uses::least))
    }
}

/// The number of elements in a box of a tensor with these extents.
pub(super) fn volume(ranges: &[Range], dims: &[Size]) -> Count {
    let lengths = ranges.iter().zip(dims).map(|(range, dim)| length(range, dim));
    lengths.fold(Count::ONE, |product, length| product * length)
}

/// The number of entries in a range of an axis.
pub(super) fn length(range: &Range, extent: &Size) -> Count {
    range.as_ref().map_or_else(|| Count::from(extent), |(start, stop)| Count::from(stop - start))
}

/// A region with numbers in place of formulas.
struct Numbered<'a> {
    ranges: Vec<(i128, i128)>,
    most: u128,
    least: u128,
    uses: &'a Uses,
}

impl<'a> Numbered<'a> {
    fn new(ranges: &Ranges, uses: &'a Uses, shape: &Shape, judge: AtDefaults) -> Numbered<'a> {
        let number = |(range, dim): (&Range, &Size)| match range {
            Some((start, stop)) => (judge.size_at_defaults(start), judge.size_at_defaults(stop)),
            None => (0, judge.size_at_defaults(dim)),
        };
        let ranges = ranges.iter().zip(shape.dims()).map(number).collect();
        Numbered {
            ranges,
            most: judge.value_at_defaults(&uses.most),
            least: judge.value_at_defaults(uses.least()),
            uses,
        }
    }

    fn on(&self, axis: usize) -> (i128, i128) {
        self.ranges.get(axis).copied().unwrap_or((0, 0))
    }
}

/// The most cells that are looked at one by one; beyond, the extremes are bounds.
const MOST_STEPS: usize = 1 << 20;

/// A walk over the cells into which the borders of all boxes cut a tensor.
struct Sweep<'a> {
    most: Option<(u128, Vec<&'a Uses>)>,
    least: Option<(u128, Vec<&'a Uses>)>,
    steps: usize,
}

impl<'a> Sweep<'a> {
    /// Cuts one axis at every border, and each slab along the next axis.
    fn axis(&mut self, axis: usize, extents: &[i128], boxes: &[&Numbered<'a>]) {
        self.steps = self.steps.saturating_add(boxes.len()).saturating_add(1);
        if self.steps > MOST_STEPS {
            return;
        }
        let Some(extent) = extents.get(axis) else { return self.cell(boxes) };
        let next = axis.saturating_add(1);
        let mut borders: Vec<i128> = boxes
            .iter()
            .flat_map(|region| [region.on(axis).0, region.on(axis).1])
            .chain([0, *extent])
            .collect();
        borders.retain(|border| (0..=*extent).contains(border));
        borders.sort_unstable();
        borders.dedup();
        let mut waiting: Vec<&Numbered> = boxes.to_vec();
        waiting.sort_by_key(|region| std::cmp::Reverse(region.on(axis).0));
        let mut inside: Vec<&Numbered> = Vec::new();
        for start in borders.into_iter().filter(|border| border < extent) {
            while let Some(region) = waiting.pop_if(|region| region.on(axis).0 <= start) {
                inside.push(region);
            }
            inside.retain(|region| region.on(axis).1 > start);
            self.axis(next, extents, &inside);
        }
    }

    fn cell(&mut self, boxes: &[&Numbered<'a>]) {
        let sum = |part: fn(&Numbered) -> u128| {
            boxes.iter().fold(0u128, |sum, region| sum.saturating_add(part(region)))
        };
        let (most, least) = (sum(|region| region.most), sum(|region| region.least));
        if self.most.as_ref().is_none_or(|(known, _)| most > *known) {
            self.most = Some((most, boxes.iter().map(|region| region.uses).collect()));
        }
        if self.least.as_ref().is_none_or(|(known, _)| least < *known) {
            self.least = Some((least, boxes.iter().map(|region| region.uses).collect()));
        }
    }
}
