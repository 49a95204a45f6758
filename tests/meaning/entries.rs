//! A map of axes, written out: which entries of the input each entry of the result reads, and with what coefficients.

use weft::ir::axes::{Border, Coefficients, Link, Resizing, Taps};
use weft::ir::{AxisMap, Size, WindowAxis};

/// A coefficient that is known by name only: the same name, the same value. Empty for a number alone.
pub type Name = Vec<(usize, i64, i64)>;

/// An entry of the input that an entry of the result reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    pub entry: usize,
    pub factor: f64,
    pub name: Name,
    /// Its place along what is summed over.
    pub summed: Vec<i64>,
}

/// How to write a map out.
#[derive(Clone, Copy)]
pub struct Manner {
    /// Statistics are measured over all positions, as in training.
    pub is_trained: bool,
    /// What another input decides is a coefficient.
    pub data_multiplies: bool,
    /// Windows are averaged where they are cut evenly.
    pub is_linear: bool,
}

/// For every entry of the result, in order, what it reads.
pub fn written_out(map: &AxisMap, manner: Manner) -> Vec<Vec<Read>> {
    let result: Vec<(usize, i64)> = places(&map.result, |factor, seen| extent_in_result(map, factor, seen));
    let entries: i64 = result.iter().map(|(_, extent)| extent).product();
    (0..entries).map(|entry| read_by(map, manner, &result, entry)).collect()
}

/// Every factor of every axis in order, with its extent there; `seen` counts how often it came before.
fn places(groups: &[weft::ir::axes::Group], extent: impl Fn(usize, usize) -> i64) -> Vec<(usize, i64)> {
    let mut seen: Vec<usize> = Vec::new();
    let mut places = Vec::new();
    for factor in groups.iter().flat_map(|group| &group.factors) {
        let before = seen.iter().filter(|known| *known == factor).count();
        seen.push(*factor);
        places.push((*factor, extent(*factor, before)));
    }
    places
}

fn number(size: &Size) -> i64 {
    i64::try_from(size.as_number().expect("a number")).expect("a small one")
}

fn extent_in_result(map: &AxisMap, factor: usize, seen: usize) -> i64 {
    match (&map.factors[factor].link, seen) {
        (Link::Unfolded(window), 0) => number(&window.kernel),
        _ => number(&map.factors[factor].result),
    }
}

fn extent_in_input(map: &AxisMap, factor: usize, seen: usize) -> i64 {
    match (&map.factors[factor].link, seen) {
        (Link::Folded(window), 0) => number(&window.kernel),
        _ => number(&map.factors[factor].input),
    }
}

/// What one factor reads: indices of its places in the input, a number, and what names its coefficient.
type Choice = (Vec<i64>, f64, Name);

fn read_by(map: &AxisMap, manner: Manner, result: &[(usize, i64)], entry: i64) -> Vec<Read> {
    let mut rest = entry;
    let mut indices: Vec<Vec<i64>> = vec![Vec::new(); map.factors.len()];
    for (factor, extent) in result.iter().rev() {
        indices[*factor].insert(0, rest % extent);
        rest /= extent;
    }
    let mut read: Vec<(Vec<Vec<i64>>, f64, Name)> =
        vec![(vec![Vec::new(); map.factors.len()], 1.0, Vec::new())];
    for at in 0..map.factors.len() {
        let choices = choices(map, manner, at, &indices);
        read = read
            .iter()
            .flat_map(|(so_far, factor, name)| {
                choices.iter().map(move |(own, by, more)| {
                    let mut all = so_far.clone();
                    all[at] = own.clone();
                    (all, factor * by, [name.as_slice(), more].concat())
                })
            })
            .collect();
    }
    let input = places(&map.input, |factor, seen| extent_in_input(map, factor, seen));
    let flat = |indices: &[Vec<i64>]| {
        let mut used = vec![0usize; indices.len()];
        input.iter().fold(0, |flat, (factor, extent)| {
            let index = indices[*factor][used[*factor]];
            used[*factor] += 1;
            flat * extent + index
        })
    };
    let summed = |indices: &[Vec<i64>]| {
        let factors = map.factors.iter().zip(indices).filter(|(factor, _)| factor.link == Link::Contracted);
        factors.flat_map(|(_, index)| index.clone()).collect()
    };
    let read = read.into_iter();
    read.map(|(indices, factor, name)| Read {
        entry: usize::try_from(flat(&indices)).expect("an entry"),
        summed: summed(&indices),
        factor,
        name,
    })
    .collect()
}

fn choices(map: &AxisMap, manner: Manner, at: usize, indices: &[Vec<i64>]) -> Vec<Choice> {
    let factor = &map.factors[at];
    let own = indices[at].first().copied().unwrap_or(0);
    let (n, m) = (number(&factor.input), number(&factor.result));
    let is_named = match factor.coefficients {
        Coefficients::Alike => false,
        Coefficients::Own => true,
        Coefficients::Data => manner.data_multiplies,
    };
    let name = |from: i64, to: i64| if is_named { vec![(at, from, to)] } else { Vec::new() };
    let one = |from: i64| (vec![from], 1.0, name(from, own));
    let all = |range: std::ops::Range<i64>| range.map(one).collect::<Vec<Choice>>();
    match &factor.link {
        Link::Same => vec![one(own)],
        Link::Sliced { start, step } => vec![one(number(start) + number(step) * own)],
        Link::Placed { before, border } => {
            bordered(own - number(before), n, *border).map(one).into_iter().collect()
        }
        Link::Rolled { by } => vec![one((own - number(by)).rem_euclid(n))],
        Link::Listed(places) => vec![one(number(&places[usize::try_from(own).expect("a place")]))],
        Link::Window { window, border, taps } => windowed(at, own, n, window, *border, *taps),
        Link::Spread(window) => spread(at, own, n, window),
        Link::Unfolded(window) => {
            let (tap, position) = (indices[at][0], indices[at][1]);
            let from =
                position * number(&window.stride) - number(&window.before) + tap * number(&window.dilation);
            if (0..n).contains(&from) { vec![(vec![from], 1.0, Vec::new())] } else { Vec::new() }
        }
        Link::Folded(window) => (0..number(&window.kernel))
            .flat_map(|tap| (0..n).map(move |position| (tap, position)))
            .filter(|(tap, position)| {
                position * number(&window.stride) - number(&window.before) + tap * number(&window.dilation)
                    == own
            })
            .map(|(tap, position)| (vec![tap, position], 1.0, Vec::new()))
            .collect(),
        Link::Adaptive => {
            let (from, to) = (own * n / m, ((own + 1) * n + m - 1) / m);
            let part = if manner.is_linear { 1.0 / (to - from) as f64 } else { 1.0 };
            (from..to).map(|i| (vec![i], part, Vec::new())).collect()
        }
        Link::Resized { by, corners, scale } => resized(own, n, m, *by, *corners, *scale),
        Link::Whole => all(0..n),
        Link::Statistics if manner.is_trained => all(0..n),
        Link::Statistics => vec![one(own)],
        Link::UpTo => all(0..(own + 1).min(n)),
        Link::BothWays { direction } => {
            if indices[*direction].first() == Some(&0) {
                all(0..own + 1)
            } else {
                all(own..n)
            }
        }
        Link::Near { window, causal } => {
            let window = number(window);
            let last = if *causal { own } else { own + window - 1 };
            all((own - window + 1).max(0)..(last + 1).min(n))
        }
        Link::Contracted | Link::Mixed | Link::LookedUp => all(0..n),
        Link::Picked(index) => vec![one(number(index))],
        Link::Written | Link::Repeated | Link::New => vec![(vec![0], 1.0, name(0, own))],
        Link::At(place) => {
            if number(place) == own {
                vec![(vec![0], 1.0, Vec::new())]
            } else {
                Vec::new()
            }
        }
    }
}

/// The entry that a place on or beside an axis stands for.
fn bordered(place: i64, n: i64, border: Border) -> Option<i64> {
    match border {
        _ if (0..n).contains(&place) => Some(place),
        Border::Constant => None,
        Border::Replicate => Some(place.clamp(0, n - 1)),
        Border::Circular => Some(place.rem_euclid(n)),
        Border::Reflect => Some(if place < 0 { -place } else { 2 * (n - 1) - place }),
    }
}

fn windowed(at: usize, own: i64, n: i64, window: &WindowAxis, border: Border, taps: Taps) -> Vec<Choice> {
    let (kernel, stride) = (number(&window.kernel), number(&window.stride));
    let (dilation, before) = (number(&window.dilation), number(&window.before));
    let start = own * stride - before;
    let read: Vec<(i64, i64)> =
        (0..kernel).filter_map(|tap| Some((tap, bordered(start + tap * dilation, n, border)?))).collect();
    let count = match taps {
        Taps::MeanWithPadding => (start + kernel).min(n + before) - start,
        Taps::Mean => i64::try_from(read.len()).expect("few"),
        Taps::Own | Taps::OwnEverywhere | Taps::Alike => 1,
    };
    read.into_iter()
        .map(|(tap, from)| {
            let name = match taps {
                Taps::Own => vec![(at, tap, 0)],
                Taps::OwnEverywhere => vec![(at, tap, own)],
                _ => Vec::new(),
            };
            (vec![from], 1.0 / count as f64, name)
        })
        .collect()
}

fn spread(at: usize, own: i64, n: i64, window: &WindowAxis) -> Vec<Choice> {
    let (stride, before) = (number(&window.stride), number(&window.before));
    let dilation = number(&window.dilation);
    let taps = 0..number(&window.kernel);
    let of = |tap: i64| {
        (0..n).filter(move |from| from * stride - before + tap * dilation == own).map(move |from| (tap, from))
    };
    taps.flat_map(of).map(|(tap, from)| (vec![from], 1.0, vec![(at, tap, 0)])).collect()
}

fn resized(own: i64, n: i64, m: i64, by: Resizing, corners: bool, scale: Option<f64>) -> Vec<Choice> {
    let step = scale.map_or(n as f64 / m as f64, |scale| 1.0 / scale);
    let middle = || {
        if corners {
            if m > 1 { own as f64 * (n - 1) as f64 / (m - 1) as f64 } else { 0.0 }
        } else {
            (own as f64 + 0.5) * step - 0.5
        }
    };
    let found: Vec<(i64, f64)> = match by {
        Resizing::Nearest => vec![((own as f64 * step).floor() as i64, 1.0)],
        Resizing::NearestExact => vec![(((own as f64 + 0.5) * step).floor() as i64, 1.0)],
        Resizing::Linear => {
            let place = middle().max(0.0);
            let lower = place.floor();
            vec![(lower as i64, 1.0 - (place - lower)), (lower as i64 + 1, place - lower)]
        }
        Resizing::Cubic => {
            let place = middle();
            let lower = place.floor();
            (-1..=2).map(|tap| (lower as i64 + tap, cubic(place - lower - tap as f64))).collect()
        }
        Resizing::Area => {
            let (from, to) = (own * n / m, ((own + 1) * n + m - 1) / m);
            (from..to).map(|i| (i, 1.0 / (to - from) as f64)).collect()
        }
    };
    let read = found.into_iter().filter(|(_, weight)| weight.abs() > 1e-9);
    read.map(|(i, weight)| (vec![i.clamp(0, n - 1)], weight, Vec::new())).collect()
}

/// The cubic convolution of Keys 1981, with PyTorch's a = −0.75.
fn cubic(x: f64) -> f64 {
    let (a, x) = (-0.75, x.abs());
    if x <= 1.0 {
        ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a
    } else {
        0.0
    }
}
