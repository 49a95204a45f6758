//! Which input positions each position along an axis depends on.
//!
//! Main types: [`Reach`], from positions to input positions, and [`Steps`], from a layer's result to what it is sent.
//! Both are periodic: a position one period on reaches so many input positions further. So transposed convolutions
//! and resizing, whose positions differ from each other, are as exact as convolutions, whose period is 1. Positions
//! are counted as if the input went on without end; what lies outside it is padding.

/// Longer periods, and windows with more taps, are not followed.
pub(super) const LONGEST: i64 = 4096;

/// The taps of one period's positions together; where there are more, they are not followed.
const MOST_TAPS: i64 = 1 << 18;

/// The first and the last input position that a position depends on; `None` where it depends on none.
type Bounds = Option<(i64, i64)>;

/// From positions along an axis to the input positions they depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Input positions that one period advances; positive.
    advance: i64,
    /// The bounds of each position of a period, which is as long as this list.
    bounds: Vec<Bounds>,
}

impl Reach {
    /// Every position is the input's.
    pub(super) fn identity() -> Reach {
        Reach { advance: 1, bounds: vec![Some((0, 0))] }
    }

    /// The positions after which it repeats.
    pub(super) fn period(&self) -> i64 {
        i64::try_from(self.bounds.len()).unwrap_or(i64::MAX).max(1)
    }

    /// The first and the last input position on which a position depends, beyond the input's ends where its field is.
    pub fn at(&self, position: i64) -> Option<(i64, i64)> {
        let period = self.period();
        let phase = usize::try_from(position.checked_rem_euclid(period)?).ok()?;
        let further = position.checked_div_euclid(period)?.checked_mul(self.advance)?;
        let (first, last) = (*self.bounds.get(phase)?)?;
        Some((first.checked_add(further)?, last.checked_add(further)?))
    }

    /// The input positions between the first and the last that one position depends on, both included: of the
    /// position with most of them.
    pub fn size(&self) -> i64 {
        let sizes =
            self.bounds.iter().flatten().map(|(first, last)| last.saturating_sub(*first).saturating_add(1));
        sizes.max().unwrap_or(0)
    }

    /// Input positions between the fields of two neighbours, as a fraction in lowest terms.
    pub fn stride(&self) -> (i64, i64) {
        let (advance, period) = (self.advance, self.period());
        let common = gcd(advance, period);
        (advance.checked_div(common).unwrap_or(advance), period.checked_div(common).unwrap_or(period))
    }

    pub(super) fn stride_text(&self) -> String {
        match self.stride() {
            (steps, 1) => steps.to_string(),
            (steps, positions) => format!("{steps}/{positions}"),
        }
    }

    /// Twice the input position in the middle of the first position's field.
    pub fn twice_centre(&self) -> Option<i64> {
        let (first, last) = self.at(0)?;
        first.checked_add(last)
    }

    pub(super) fn centre_text(&self) -> String {
        match self.twice_centre() {
            Some(twice) => (twice as f64 / 2.0).to_string(),
            None => "none".to_string(),
        }
    }

    /// What positions reach that read these; `None` where the period becomes longer than is to be followed.
    pub(super) fn read_by(&self, steps: &Steps, longest: i64) -> Option<Reach> {
        let period = self.period();
        // So many periods of the steps advance a whole number of this reach's.
        let rounds = period.checked_div(gcd(period, steps.advance))?;
        let length = i64::try_from(steps.taps.len()).ok()?;
        let whole = length.checked_mul(rounds)?;
        if whole > longest {
            return None;
        }
        let advance = rounds.checked_mul(steps.advance)?.checked_div(period)?.checked_mul(self.advance)?;
        let mut bounds = Vec::new();
        for position in 0..whole {
            bounds.push(self.hull(steps, position, length)?);
        }
        Some(Reach { advance, bounds })
    }

    /// The bounds of all that one position reads. The outer `None` is an overflow.
    fn hull(&self, steps: &Steps, position: i64, length: i64) -> Option<Bounds> {
        let phase = usize::try_from(position.checked_rem_euclid(length)?).ok()?;
        let further = position.checked_div_euclid(length)?.checked_mul(steps.advance)?;
        let mut hull: Bounds = None;
        let taps = steps.taps.get(phase)?;
        if self.bounds.len() == 1 {
            // Every position reaches as far as its neighbours, so that the outermost taps decide.
            for tap in taps.iter().min().into_iter().chain(taps.iter().max()) {
                hull = joined(hull, self.at(tap.checked_add(further)?));
            }
            return Some(hull);
        }
        for tap in taps {
            hull = joined(hull, self.at(tap.checked_add(further)?));
        }
        Some(hull)
    }

    /// What positions reach that depend on those of both; `None` where the two do not keep step.
    pub(super) fn joined(&self, other: &Reach) -> Option<Reach> {
        let (one, two) = (self.period(), other.period());
        if self.advance.checked_mul(two)? != other.advance.checked_mul(one)? {
            return None;
        }
        let period = one.checked_div(gcd(one, two))?.checked_mul(two)?;
        if period > LONGEST {
            return None;
        }
        let bounds = (0..period).map(|position| joined(self.at(position), other.at(position))).collect();
        Some(Reach { advance: self.advance.checked_mul(period.checked_div(one)?)?, bounds })
    }
}

fn joined(one: Bounds, other: Bounds) -> Bounds {
    match (one, other) {
        (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
        (one, other) => one.or(other),
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.saturating_abs(), b.saturating_abs());
    while let Some(rest) = a.checked_rem(b) {
        (a, b) = (b, rest);
    }
    a.max(1)
}

/// From positions of a layer's result to the positions of its input that they read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Steps {
    /// Input positions that one period advances; positive.
    advance: i64,
    /// What each position of a period reads.
    taps: Vec<Vec<i64>>,
}

/// A sliding window along an axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slide {
    pub kernel: i64,
    pub stride: i64,
    pub dilation: i64,
    pub before: i64,
}

impl Slide {
    fn taps(self) -> Option<impl Iterator<Item = i64>> {
        let Slide { kernel, dilation, .. } = self;
        ((1..=LONGEST).contains(&kernel)).then(|| (0..kernel).map(move |tap| tap.saturating_mul(dilation)))
    }
}

impl Steps {
    /// A window that slides over the input: position o reads `stride·o − before + dilation·t`.
    pub fn sliding(slide: Slide) -> Option<Steps> {
        let taps = slide.taps()?.map(|tap| tap.saturating_sub(slide.before)).collect();
        (slide.stride > 0).then(|| Steps { advance: slide.stride, taps: vec![taps] })
    }

    /// A window that slides over the result: entry i writes to `stride·i − before + dilation·t`, so position o reads
    /// the entries that write to it.
    pub fn spreading(slide: Slide, longest: i64) -> Option<Steps> {
        let tried = slide.stride.saturating_mul(slide.kernel);
        if !(1..=longest).contains(&slide.stride) || tried > MOST_TAPS {
            return None;
        }
        let mut taps = Vec::new();
        for position in 0..slide.stride {
            let writers = slide.taps()?.map(|tap| position.saturating_add(slide.before).saturating_sub(tap));
            let writers = writers.filter(|from| from.checked_rem_euclid(slide.stride) == Some(0));
            taps.push(writers.filter_map(|from| from.checked_div_euclid(slide.stride)).collect());
        }
        Some(Steps { advance: 1, taps })
    }

    /// An axis of `extent` entries resized to `result`; `reads` says which entries a position reads, given the two.
    pub fn resizing(extent: i64, result: i64, reads: Resizing, longest: i64) -> Option<Steps> {
        let (entries, positions) = match reads {
            Resizing::Corners => (extent.checked_sub(1)?, result.checked_sub(1)?),
            _ => (extent, result),
        };
        if entries < 1 || positions < 1 {
            return None;
        }
        let common = gcd(entries, positions);
        let (advance, period) = (entries.checked_div(common)?, positions.checked_div(common)?);
        // All positions of a period together read little more than what the period advances.
        if period > longest || advance > MOST_TAPS {
            return None;
        }
        let taps = (0..period).map(|position| reads.taps(position, advance, period));
        Some(Steps { advance, taps: taps.collect::<Option<_>>()? })
    }
}

/// How a position of a resized axis reads the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resizing {
    /// The entry at ⌊position · extent / result⌋.
    Nearest,
    /// The entry nearest to the position's middle.
    NearestMiddle,
    /// So many neighbours on each side of the position's middle.
    Between(i64),
    /// The two neighbours, where the corner entries keep their places.
    Corners,
    /// Every entry that the position covers.
    Covering,
}

impl Resizing {
    /// The entries that a position reads, where `entries` of them become `positions`.
    fn taps(self, position: i64, entries: i64, positions: i64) -> Option<Vec<i64>> {
        let below = |numerator: i64, denominator: i64| numerator.checked_div_euclid(denominator);
        let at = position.checked_mul(entries)?;
        // The middle of the position, in halves of a position: (2·position + 1) · entries / (2 · positions).
        let middle = at.checked_mul(2)?.checked_add(entries)?;
        let twice = positions.checked_mul(2)?;
        match self {
            Resizing::Nearest => Some(vec![below(at, positions)?]),
            Resizing::NearestMiddle => Some(vec![below(middle, twice)?]),
            Resizing::Between(reach) => {
                let from = middle.checked_sub(positions)?;
                let lower = below(from, twice)?;
                if from.checked_rem_euclid(twice)? == 0 {
                    return Some(vec![lower]);
                }
                Some((lower.checked_sub(reach)?.checked_add(1)?..=lower.checked_add(reach)?).collect())
            }
            Resizing::Corners => {
                let lower = below(at, positions)?;
                let exact = at.checked_rem_euclid(positions)? == 0;
                Some(if exact { vec![lower] } else { vec![lower, lower.checked_add(1)?] })
            }
            Resizing::Covering => {
                let last = below(at.checked_add(entries)?.checked_sub(1)?, positions)?;
                Some((below(at, positions)?..=last).collect())
            }
        }
    }
}
