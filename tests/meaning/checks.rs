//! What a declaration says against what PyTorch does, one check for each statement.
//!
//! Every check takes a declaration and all rows of a layer, so that any declaration can be tried on any layer.

use std::collections::BTreeMap;

use serde_json::Value;
use weft::ir::axes::{Coefficients, Link};
use weft::ir::declaration::{Features, Inside, Keeps, Monotone, Response, Training, Weighting};
use weft::ir::{Axes, AxisMap, Declaration, Role, Shape};

use crate::entries::{Manner, Name, Read, written_out};
use crate::rows::{Row, applied, source};

/// The least and the greatest.
type Interval = (f64, f64);

/// What is wrong, if anything.
pub type Found = Result<(), String>;

/// A check of one statement on all rows of a layer.
pub type Check = fn(&Declaration, &[&Row]) -> Found;

/// Every statement with its check.
pub const CHECKS: &[(&str, Check)] = &[
    ("axes", axes),
    ("response", response),
    ("features", features),
    ("weights", weights),
    ("values", values),
    ("training", training),
    ("keeps", keeps),
    ("inside", inside),
];

fn wrong(row: &Row, what: impl std::fmt::Display) -> Found {
    Err(format!("{what}\n{}", row.source))
}

/// The map of a row's first varied input.
fn map(declaration: &Declaration, row: &Row, input: usize) -> AxisMap {
    let shapes: Vec<&Shape> = row.shapes.iter().collect();
    declaration.axes.map(&row.connection(&shapes, input))
}

fn manner(declaration: &Declaration, row: &Row, input: usize) -> Manner {
    let response = response_of(declaration, row, input);
    Manner {
        is_trained: row.is_trained(),
        data_multiplies: matches!(response, Response::Multilinear | Response::Averages),
        is_linear: matches!(response, Response::Moves | Response::Linear | Response::Multilinear),
    }
}

fn response_of(declaration: &Declaration, row: &Row, input: usize) -> Response {
    declaration.response_of(&row.operation, input, row.shapes.len())
}

/// What each entry of the result reads, over all inputs that are varied together.
fn reads(declaration: &Declaration, row: &Row) -> Option<Vec<Vec<Read>>> {
    let mut all: Vec<Vec<Read>> = Vec::new();
    for input in &row.inputs {
        let map = map(declaration, row, *input);
        if !fits(&map, row, *input) {
            return None;
        }
        let read = written_out(&map, manner(declaration, row, *input));
        if all.is_empty() {
            all = read;
        } else {
            all.iter_mut().zip(read).for_each(|(all, more)| all.extend(more));
        }
    }
    Some(all)
}

/// True where a map's axes have the extents of the input and of the result.
fn fits(map: &AxisMap, row: &Row, input: usize) -> bool {
    let output = row.number("result").unwrap_or(0);
    let result = row.operation.outputs.get(output).map(|output| output.shape.elements());
    let own = row.shapes.get(input).map(Shape::elements);
    let axes = |groups: &[weft::ir::axes::Group]| groups.iter().map(|group| group.axes).sum::<usize>();
    let product = |groups: &[weft::ir::axes::Group], is_input: bool| {
        let mut seen = Vec::new();
        let mut product = 1u128;
        for at in groups.iter().flat_map(|group| &group.factors) {
            let factor = &map.factors[*at];
            let is_tap = !seen.contains(at);
            seen.push(*at);
            let size = match (&factor.link, is_input) {
                (Link::Unfolded(window), false) | (Link::Folded(window), true) if is_tap => &window.kernel,
                (_, true) => &factor.input,
                (_, false) => &factor.result,
            };
            product *= u128::try_from(size.as_number().unwrap_or(0)).unwrap_or(0);
        }
        weft::ir::Count::from(product)
    };
    axes(&map.input) == row.shapes[input].rank()
        && axes(&map.result) == row.operation.outputs[output].shape.rank()
        && Some(product(&map.input, true)) == own
        && Some(product(&map.result, false)) == result
        && map.factors.iter().enumerate().all(|(at, factor)| {
            let is_in =
                |groups: &[weft::ir::axes::Group]| groups.iter().any(|group| group.factors.contains(&at));
            (is_in(&map.input) || factor.input.as_number() == Some(1))
                && (is_in(&map.result) || factor.result.as_number() == Some(1))
        })
        && links_fit(map)
}

/// True where no link reads past the input.
fn links_fit(map: &AxisMap) -> bool {
    map.factors.iter().all(|factor| {
        let (n, m) = (factor.input.as_number().unwrap_or(0), factor.result.as_number().unwrap_or(0));
        match &factor.link {
            Link::Same | Link::Statistics | Link::Rolled { .. } => n == m,
            Link::Sliced { start, step } => {
                let last = start.as_number().unwrap_or(-1) + step.as_number().unwrap_or(0) * (m - 1);
                start.as_number() >= Some(0) && last < n
            }
            Link::Picked(index) => (0..n).contains(&index.as_number().unwrap_or(-1)),
            _ => true,
        }
    })
}

/// Which entries are read, and what a shift becomes; and that the kind of pattern is the one that the maps show.
fn axes(declaration: &Declaration, rows: &[&Row]) -> Found {
    for row in rows.iter().filter(|row| row.fields.contains_key("reads")) {
        let Some(reads) = reads(declaration, row) else { return wrong(row, "a map of other extents") };
        let output = row.fields["output"].as_array().expect("extents").len();
        if output != row.operation.outputs[row.number("result").unwrap_or(0)].shape.rank() {
            return wrong(row, "another rank");
        }
        let is_read = response_of(declaration, row, row.inputs[0]) != Response::Ignores;
        let truth: Vec<Vec<usize>> = row.fields["reads"]
            .as_array()
            .expect("reads")
            .iter()
            .map(|mask| bits(mask.as_str().expect("a mask")))
            .collect();
        let response = response_of(declaration, row, row.inputs[0]);
        // The shared rows were made with few inputs, at which a bend or a maximum may hide what is read.
        let is_sampled = row.is_trained() && !matches!(response, Response::Moves | Response::Linear);
        let is_bound = is_sampled || row.inputs.iter().any(|input| map(declaration, row, *input).is_bound);
        // What removes all that is constant over one entry leaves nothing of it.
        let measures = declaration.training == Training::Measures && !row.is_trained();
        let removes = response == Response::Removes && !measures;
        for (at, (expected, read)) in truth.iter().zip(&reads).enumerate() {
            let mut read: Vec<usize> = read.iter().filter(|_| is_read).map(|read| read.entry).collect();
            read.sort_unstable();
            read.dedup();
            if removes && read.len() == 1 {
                read.clear();
            }
            let agrees =
                if is_bound { expected.iter().all(|entry| read.contains(entry)) } else { *expected == read };
            if !agrees {
                return wrong(row, format!("entry {at} reads {expected:?}, not {read:?}"));
            }
        }
        if truth.len() != reads.len() {
            return wrong(row, "a result of other extents");
        }
        shifts(declaration, row, &reads)?;
    }
    pattern(declaration, rows)
}

/// The entries of a mask in hexadecimal, the lowest bit first.
fn bits(mask: &str) -> Vec<usize> {
    let digits = mask.chars().rev().enumerate();
    let bits = digits.flat_map(|(at, digit)| {
        let digit = digit.to_digit(16).expect("a digit");
        (0..4).filter(move |bit| digit >> bit & 1 == 1).map(move |bit| at * 4 + bit)
    });
    bits.collect()
}

/// What becomes of a term at one entry of the result: a sum of coefficients with what the term has there, or unknown.
#[derive(Clone, Debug)]
enum Change {
    Sum(BTreeMap<(Name, usize), f64>),
    Unknown(Vec<usize>),
}

impl Change {
    fn is_like(&self, other: &Change) -> bool {
        match (self, other) {
            (Change::Sum(one), Change::Sum(other)) => {
                let keys = one.keys().chain(other.keys());
                keys.into_iter().all(|key| {
                    let value = |sum: &BTreeMap<(Name, usize), f64>| sum.get(key).copied().unwrap_or(0.0);
                    (value(one) - value(other)).abs() < 1e-9
                })
            }
            (Change::Unknown(one), Change::Unknown(other)) => one == other,
            _ => false,
        }
    }

    fn is_none(&self) -> bool {
        self.is_like(&Change::Sum(BTreeMap::new()))
    }
}

fn shifts(declaration: &Declaration, row: &Row, reads: &[Vec<Read>]) -> Found {
    let Some(shifts) = row.fields.get("shifts").and_then(Value::as_object) else { return Ok(()) };
    let own: Vec<usize> = extents(&row.shapes[row.inputs[0]]);
    let result: Vec<usize> = extents(&row.operation.outputs[row.number("result").unwrap_or(0)].shape);
    for (set, truth) in shifts {
        let along: Vec<usize> = set.split(',').map(|axis| axis.parse().expect("an axis")).collect();
        // Entries that differ along these axes alone are given the same term.
        let class = |entry: usize| {
            let mut rest = entry;
            let mut class = 0;
            let mut stride = 1;
            for (axis, extent) in own.iter().enumerate().rev() {
                if !along.contains(&axis) {
                    class += rest % extent * stride;
                    stride *= extent;
                }
                rest /= extent;
            }
            class
        };
        let changes: Vec<Change> =
            reads.iter().enumerate().map(|(at, read)| change(declaration, row, read, at, &class)).collect();
        let found = shown(&changes, &result);
        if found != *truth {
            return wrong(row, format!("a shift along {set} becomes {truth}, not {found}"));
        }
    }
    Ok(())
}

fn extents(shape: &Shape) -> Vec<usize> {
    shape
        .dims()
        .iter()
        .map(|size| usize::try_from(size.as_number().expect("a number")).expect("small"))
        .collect()
}

fn change(
    declaration: &Declaration,
    row: &Row,
    read: &[Read],
    at: usize,
    class: &dyn Fn(usize) -> usize,
) -> Change {
    if read.is_empty() {
        return Change::Sum(BTreeMap::new());
    }
    // Of what is put together, all that has one place along what is summed over must have the same term.
    let mut terms: BTreeMap<&[i64], (usize, bool)> = BTreeMap::new();
    for read in read {
        let own = class(read.entry);
        terms.entry(&read.summed).and_modify(|(first, same)| *same &= *first == own).or_insert((own, true));
    }
    let is_constant = terms.values().all(|(_, same)| *same);
    let sum = || {
        let mut sum = BTreeMap::new();
        for read in read {
            *sum.entry((read.name.clone(), class(read.entry))).or_insert(0.0) += read.factor;
        }
        Change::Sum(sum)
    };
    // The weights add up to 1, so that one entry stands for all, without what decides its weight.
    let passed = || {
        let map = map(declaration, row, row.inputs[0]);
        let is_own =
            |factor: usize| map.factors.get(factor).is_some_and(|f| f.coefficients == Coefficients::Own);
        let mut seen: Vec<&[i64]> = Vec::new();
        let mut sum = BTreeMap::new();
        for read in read {
            if seen.contains(&read.summed.as_slice()) {
                continue;
            }
            seen.push(&read.summed);
            let own: Name = read.name.iter().filter(|(factor, ..)| is_own(*factor)).copied().collect();
            *sum.entry((own, class(read.entry))).or_insert(0.0) += 1.0;
        }
        Change::Sum(sum)
    };
    let measures = declaration.training == Training::Measures && !row.is_trained();
    match response_of(declaration, row, row.inputs[0]) {
        Response::Moves | Response::Linear | Response::Multilinear => sum(),
        Response::Removes if measures => sum(),
        Response::Selects | Response::Averages if is_constant => passed(),
        Response::Averages => sum(),
        Response::Removes if is_constant => Change::Sum(BTreeMap::new()),
        Response::Ignores => Change::Sum(BTreeMap::new()),
        // The greatest of the same entries is the same.
        Response::Selects if read.iter().all(|read| read.name.is_empty()) => {
            let mut entries: Vec<usize> = read.iter().map(|read| read.entry).collect();
            entries.sort_unstable();
            Change::Unknown(entries)
        }
        Response::Selects | Response::Removes | Response::Nonlinear | Response::Indexes => {
            Change::Unknown(vec![usize::MAX, at])
        }
    }
}

/// As a row has it: `"none"`, or the axes along which the change is constant and whether it is fixed.
fn shown(changes: &[Change], result: &[usize]) -> Value {
    if changes.iter().all(Change::is_none) {
        return Value::from("none");
    }
    let mut constant = Vec::new();
    for axis in 0..result.len() {
        let stride: usize = result[axis + 1..].iter().product();
        let first = |at: usize| at - at / stride % result[axis] * stride;
        if (0..changes.len()).all(|at| changes[at].is_like(&changes[first(at)])) {
            constant.push(axis);
        }
    }
    let fixed = changes.iter().all(|change| matches!(change, Change::Sum(_)));
    serde_json::json!({ "constant": constant, "fixed": fixed })
}

/// The kind of pattern that the maps of the first input show.
fn pattern(declaration: &Declaration, rows: &[&Row]) -> Found {
    let firsts: Vec<&&Row> =
        rows.iter().filter(|row| row.is_first() && row.fields.contains_key("reads")).collect();
    let maps: Vec<AxisMap> = firsts.iter().map(|row| map(declaration, row, 0)).collect();
    let some =
        |is: &dyn Fn(&Link) -> bool| maps.iter().any(|map| map.factors.iter().any(|factor| is(&factor.link)));
    let every =
        |is: &dyn Fn(&Link) -> bool| maps.iter().all(|map| map.factors.iter().all(|factor| is(&factor.link)));
    let aligned = maps.iter().all(|map| map.input == map.result);
    let several = firsts.iter().any(|row| row.shapes.len() > 1);
    let is_window = |link: &Link| {
        matches!(link, Link::Window { .. } | Link::Spread(_) | Link::Unfolded(_) | Link::Folded(_))
    };
    let is_taken = |link: &Link| {
        matches!(link, Link::Sliced { .. } | Link::Picked(_) | Link::Listed(_) | Link::LookedUp)
    };
    let is_along = |link: &Link| matches!(link, Link::Same | Link::Whole | Link::Statistics);
    let single = maps.iter().all(|map| {
        map.input.iter().chain(&map.result).all(|group| group.axes == 1 && group.factors.len() == 1)
    });
    let in_order = maps.iter().all(|map| {
        let order = |groups: &[weft::ir::axes::Group]| {
            groups.iter().flat_map(|group| group.factors.clone()).collect::<Vec<_>>()
        };
        order(&map.input) == order(&map.result)
    });
    let is_alike =
        |map: &AxisMap| map.factors.iter().all(|factor| factor.coefficients == Coefficients::Alike);
    let is_weighted = !maps.iter().all(is_alike);
    let expected = if some(&is_window) {
        matches!(declaration.axes, Axes::Windowed(_))
    } else if some(&|link| *link == Link::Adaptive) {
        matches!(declaration.axes, Axes::Adaptive(_))
    } else if several && some(&|link| matches!(link, Link::Placed { .. } | Link::At(_))) {
        matches!(declaration.axes, Axes::Joined(_))
    } else if some(&is_taken) {
        matches!(declaration.axes, Axes::Taken(_))
    } else if every(&|link| matches!(link, Link::Same | Link::Repeated)) && several {
        matches!(declaration.axes, Axes::Broadcast)
    } else if every(&|link| *link == Link::Same) && in_order && is_weighted {
        matches!(declaration.axes, Axes::Other(_))
    } else if every(&|link| *link == Link::Same) && in_order && aligned {
        matches!(declaration.axes, Axes::Entrywise)
    } else if every(&|link| *link == Link::Same) && in_order {
        matches!(declaration.axes, Axes::Regrouped)
    } else if every(&|link| *link == Link::Same) && single {
        matches!(declaration.axes, Axes::Reordered(_))
    } else if every(&is_along) && aligned {
        matches!(declaration.axes, Axes::Along(_))
    } else if every(&|link| matches!(link, Link::Same | Link::Mixed)) && single_inputs(&maps) {
        matches!(declaration.axes, Axes::Reduced(_))
    } else if every(&|link| matches!(link, Link::Same | Link::Contracted | Link::Written))
        && some(&|link| *link == Link::Written)
    {
        matches!(declaration.axes, Axes::Features(_))
    } else {
        matches!(declaration.axes, Axes::Other(_))
    };
    match firsts.first() {
        Some(row) if !expected => {
            wrong(row, format!("{:?} is another kind of pattern than its maps", declaration.axes))
        }
        _ => Ok(()),
    }
}

fn single_inputs(maps: &[AxisMap]) -> bool {
    maps.iter().all(|map| map.input.iter().all(|group| group.factors.len() == 1))
}

/// Whether the layer is linear in each input, or only moves it.
fn response(declaration: &Declaration, rows: &[&Row]) -> Found {
    let inputs = rows.iter().flat_map(|row| row.inputs.clone()).max().unwrap_or(0);
    for input in 0..=inputs {
        let of_input: Vec<(&&Row, &str)> = rows
            .iter()
            .filter(|row| row.inputs == [input])
            .filter_map(|row| Some((row, row.text("jacobian")?)))
            .collect();
        let Some((row, _)) = of_input.first() else { continue };
        let mut responses: Vec<(Response, Vec<&str>)> = Vec::new();
        for (row, jacobian) in &of_input {
            let response = response_of(declaration, row, input);
            match responses.iter_mut().find(|(known, _)| *known == response) {
                Some((_, all)) => all.push(jacobian),
                None => responses.push((response, vec![jacobian])),
            }
        }
        for (response, jacobians) in responses {
            let only = |allowed: &[&str]| jacobians.iter().all(|jacobian| allowed.contains(jacobian));
            let agrees = match response {
                Response::Moves | Response::Ignores => {
                    only(&["moves", "others"]) && jacobians.contains(&"moves")
                }
                Response::Linear => only(&["moves", "constant"]) && jacobians.contains(&"constant"),
                Response::Multilinear | Response::Averages => {
                    only(&["moves", "constant", "others"]) && jacobians.contains(&"others")
                }
                Response::Indexes => only(&["indexes"]),
                Response::Removes if declaration.training == Training::Measures => true,
                Response::Selects | Response::Removes | Response::Nonlinear => jacobians.contains(&"varies"),
            };
            // Add is linear in all inputs, but moves each: joined sums are no moves.
            let sums = response == Response::Linear && declaration.merges() && only(&["moves", "constant"]);
            if !agrees && !sums {
                return wrong(
                    row,
                    format!("input {input}: {response:?}, but its gradients are {jacobians:?}"),
                );
            }
        }
        let lists_more = declaration.response.len() > inputs.max(declaration.response.len().min(2) - 1) + 1;
        if lists_more {
            return wrong(row, "a response to an input that it has not");
        }
    }
    sums(declaration, rows)
}

/// A layer that gives entries of its inputs reads one entry in all.
fn sums(declaration: &Declaration, rows: &[&Row]) -> Found {
    if !declaration.moves(0) {
        return Ok(());
    }
    for row in rows.iter().filter(|row| row.fields.contains_key("reads") && row.shapes.len() > 1) {
        let shapes: Vec<&Shape> = row.shapes.iter().collect();
        let mut read: Vec<usize> = Vec::new();
        for input in (0..row.shapes.len()).filter(|input| declaration.moves(*input)) {
            let map = declaration.axes.map(&row.connection(&shapes, input));
            if !fits(&map, row, input) {
                return wrong(row, "a map of other extents");
            }
            let own = written_out(&map, manner(declaration, row, input));
            read.resize(own.len(), 0);
            read.iter_mut().zip(&own).for_each(|(read, own)| *read += own.len());
        }
        let looks_up = response_of(declaration, row, 1) == Response::Indexes;
        if !looks_up && read.iter().any(|read| *read > 1) {
            return wrong(row, "several inputs meet in an entry, which then moves none");
        }
    }
    Ok(())
}

/// The axis that holds the features that are read, by the weights' shapes or the pattern, and that which is written.
fn features(declaration: &Declaration, rows: &[&Row]) -> Found {
    let Features { reads, writes } = declaration.features;
    let firsts: Vec<&&Row> = rows.iter().filter(|row| row.is_first()).collect();
    let mut is_decided = false;
    for row in &firsts {
        let rank = row.shapes[0].rank();
        let declared = reads.of(&row.operation, rank);
        let met = met_by_weights(row);
        is_decided |= !met.is_empty();
        if !met.is_empty() && !declared.is_some_and(|axis| met.contains(&axis)) {
            return wrong(row, format!("its weights meet axes {met:?}, not {declared:?}"));
        }
        let written = written_axis(declaration, row);
        let output = &row.operation.outputs[0].shape;
        if writes.of(&row.operation, output.rank()) != written {
            return wrong(row, format!("its weights write axis {written:?}, not {writes:?}"));
        }
    }
    for row in firsts.iter().filter(|_| !is_decided) {
        let declared = reads.of(&row.operation, row.shapes[0].rank());
        let shown = channels(declaration, row);
        if declared != shown {
            return wrong(row, format!("its pattern goes by features on axis {shown:?}, not {declared:?}"));
        }
    }
    Ok(())
}

/// The axes of the first input whose extents decide the shapes of the parameters.
fn met_by_weights(row: &Row) -> Vec<usize> {
    let of = |operation: &weft::ir::Operation| {
        let parameters = operation.weights.iter().filter(|weight| weight.role == Role::Parameter);
        parameters.map(|weight| weight.shape.clone()).collect::<Vec<_>>()
    };
    let own = of(&row.operation);
    if own.is_empty() {
        return Vec::new();
    }
    let layer = match row.text("layer") {
        Some(layer) => layer.to_string(),
        None => row.source.lines().find_map(|line| line.split_once("-> ")).expect("a layer").1.to_string(),
    };
    let results = row.fields.get("results").and_then(Value::as_u64).unwrap_or(1);
    let sent = row.fields["inputs"].as_array().expect("shapes").len();
    let integers = row.fields.get("integers").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_met = |axis: &usize| {
        let changed = [2, 3].map(|times| {
            let mut shapes: Vec<Vec<usize>> = row.shapes.iter().take(sent).map(extents).collect();
            shapes[0][*axis] *= times;
            let shapes: Vec<String> = shapes.iter().map(|shape| format!("{shape:?}")).collect();
            let text = source(&layer, &shapes, &|at| integers.contains(&Value::from(at)), results);
            let (graph, id) = applied(&text, &layer).ok()?;
            Some(of(&graph.node(id)?.operation) != own)
        });
        // Where no other extent is taken, the arguments give it, as the weights have it.
        changed.iter().all(Option::is_none) || changed.contains(&Some(true))
    };
    (0..row.shapes[0].rank()).filter(is_met).collect()
}

/// The axis of the result that holds what weights write.
fn written_axis(declaration: &Declaration, row: &Row) -> Option<usize> {
    let map = map(declaration, row, 0);
    let is_written = |factor: &usize| map.factors[*factor].link == Link::Written;
    map.result.iter().position(|group| group.factors.iter().any(is_written))
}

/// Without weights: the axis that is normalised or gated, or the one before the positions that a window goes over.
fn channels(declaration: &Declaration, row: &Row) -> Option<usize> {
    let map = map(declaration, row, 0);
    if let Some(positions) = row.text("training").and_then(|text| text.strip_prefix("channels ")) {
        return Some(positions.parse().expect("an axis"));
    }
    if row.shapes.len() > 1 || response_of(declaration, row, 0) == Response::Moves || !fits(&map, row, 0) {
        return None;
    }
    let is_same = |axis: &usize| {
        map.input_factor(*axis).is_some_and(|(_, factor)| {
            factor.link == Link::Same && factor.coefficients == Coefficients::Alike
        })
    };
    let rank = row.shapes[0].rank();
    let others: Vec<usize> = (0..rank).filter(|axis| !is_same(axis)).collect();
    let named = row.operation.argument("axis").map(|axis| axis.as_axis(rank));
    let stays = |axis: usize| {
        map.result.len() == rank && map.result_factors(axis).is_some_and(|factors| !factors.is_empty())
    };
    let is_position = |axis: &usize| {
        map.input_factor(*axis).is_some_and(|(_, factor)| {
            matches!(
                factor.link,
                Link::Window { .. } | Link::Spread(_) | Link::Adaptive | Link::Resized { .. } | Link::Mixed
            )
        }) && !map.factors.iter().any(|factor| factor.link == Link::New)
    };
    match (named, others.as_slice()) {
        (Some(named), [one]) => named.filter(|axis| axis == one && stays(*axis)),
        (None, [0]) if rank > 1 && map.input_factor(0).is_some() && is_position(&0) => Some(0),
        (None, [first, ..]) if others.iter().all(is_position) && others.len() == rank - first => {
            first.checked_sub(1)
        }
        _ => None,
    }
}

fn weights(declaration: &Declaration, rows: &[&Row]) -> Found {
    let told: Vec<(&&Row, &str)> = rows.iter().filter_map(|row| Some((row, row.text("weights")?))).collect();
    let name = match declaration.weights {
        Weighting::None => "none",
        Weighting::Scale => "scale",
        Weighting::Product => "product",
        Weighting::Local => "local",
        Weighting::Table => "table",
        Weighting::Several { .. } => "several",
    };
    for (row, label) in &told {
        let has_none = *label == "none" && row.operation.parameters() == weft::ir::Count::ZERO;
        let at_one_position = *label == "local" && name == "product";
        if *label != name && !(has_none && name == "scale") && !at_one_position {
            return wrong(row, format!("its weights are {label}, not {name}"));
        }
    }
    if let (false, Some((row, _))) = (told.iter().any(|(_, label)| *label == name), told.first()) {
        return wrong(row, format!("its weights are nowhere {name}"));
    }
    let met: Vec<(&&Row, Vec<&str>)> = told
        .iter()
        .filter_map(|(row, _)| {
            Some((*row, row.fields.get("first")?.as_array()?.iter().filter_map(Value::as_str).collect()))
        })
        .collect();
    let Weighting::Several { first } = declaration.weights else { return Ok(()) };
    let begins = |name: &str| first.iter().find(|known| name.starts_with(**known));
    for (row, names) in &met {
        if let Some(name) = names.iter().find(|name| begins(name).is_none()) {
            return wrong(row, format!("`{name}` meets what it is sent"));
        }
        let stored = row
            .operation
            .weights
            .iter()
            .filter(|weight| begins(&weight.name).is_some() && weight.shape.rank() > 1);
        if let Some(weight) = stored.into_iter().find(|weight| !names.contains(&&*weight.name)) {
            return wrong(row, format!("`{}` does not meet what it is sent alone", weight.name));
        }
    }
    let is_met =
        |known: &&&str| met.iter().any(|(_, names)| names.iter().any(|name| name.starts_with(**known)));
    match (first.iter().find(|known| !is_met(known)), met.first()) {
        (Some(known), Some((row, _))) => wrong(row, format!("no `{known}` meets what it is sent")),
        _ => Ok(()),
    }
}

/// How near values come to the bound of a range, and how far past any they must go where there is none.
const NEAR: f64 = 0.02;
const FAR: f64 = 1.1;

fn values(declaration: &Declaration, rows: &[&Row]) -> Found {
    let mut seen: Vec<(Interval, Interval, &Row)> = Vec::new();
    for row in rows {
        let Some(range) = row.fields.get("range").and_then(Value::as_array) else { continue };
        let number = |at: usize| range[at].as_f64().unwrap_or(f64::INFINITY);
        let (low, high) = (number(0), number(1));
        let declared = (declaration.values.range)(&row.operation);
        if low < declared.0 - 1e-4 || high > declared.1 + 1e-4 {
            return wrong(
                row,
                format!("its values go from {low} to {high}, not from {} to {}", declared.0, declared.1),
            );
        }
        match seen.iter_mut().find(|(known, ..)| *known == declared) {
            Some((_, all, _)) => *all = (all.0.min(low), all.1.max(high)),
            None => seen.push((declared, (low, high), row)),
        }
    }
    for (declared, (low, high), row) in seen {
        let reaches = |bound: f64, found: f64| {
            if bound.is_finite() { (bound - found).abs() < NEAR } else { found.abs() > FAR }
        };
        let is_low = reaches(declared.0, low) && (declared.0.is_finite() || low < 0.0);
        if !is_low || !reaches(declared.1, high) {
            return wrong(
                row,
                format!("its values go from {low} to {high}, far from {} to {}", declared.0, declared.1),
            );
        }
    }
    for row in rows {
        let Some(points) = row.fields.get("points").and_then(Value::as_array) else { continue };
        let points: Vec<(f64, f64)> = points
            .iter()
            .map(|point| (point[0].as_f64().expect("x"), point[1].as_f64().expect("y")))
            .collect();
        unchanged(declaration, row, &points)?;
        monotone(declaration, row, &points)?;
    }
    // What has no points is not of one entry alone, of which nothing more may be said.
    let is_silent = (declaration.values.unchanged)(&rows[0].operation).is_none()
        && declaration.values.monotone == Monotone::No;
    if !is_silent && !rows.iter().any(|row| row.fields.contains_key("points")) {
        return wrong(rows[0], "nothing shows that it keeps values or their order");
    }
    Ok(())
}

fn unchanged(declaration: &Declaration, row: &Row, points: &[(f64, f64)]) -> Found {
    let declared = (declaration.values.unchanged)(&row.operation);
    let is_fixed: Vec<bool> = points.iter().map(|(x, y)| x == y).collect();
    for (at, (x, y)) in points.iter().enumerate() {
        let is_declared = declared.is_some_and(|(from, to)| (from..=to).contains(x));
        let beside =
            at.checked_sub(1).is_some_and(|before| is_fixed[before]) || is_fixed.get(at + 1) == Some(&true);
        // A curve may cross the diagonal in a point.
        if is_declared != (is_fixed[at] && (beside || is_declared)) {
            return wrong(row, format!("{x} becomes {y}, but it keeps {declared:?}"));
        }
    }
    Ok(())
}

fn monotone(declaration: &Declaration, row: &Row, points: &[(f64, f64)]) -> Found {
    let rises = points.windows(2).all(|pair| pair[0].1 <= pair[1].1);
    let falls = points.windows(2).all(|pair| pair[0].1 >= pair[1].1);
    let declared = declaration.values.monotone;
    let agrees = match declared {
        Monotone::Falling => falls,
        Monotone::Rising | Monotone::RisingUnlessNegative(_) => rises == declared.is_rising(&row.operation),
        Monotone::No => !rises && !falls || row.name() == "PReLU",
    };
    if agrees {
        Ok(())
    } else {
        wrong(row, format!("{declared:?}, but rising is {rises} and falling {falls}"))
    }
}

fn training(declaration: &Declaration, rows: &[&Row]) -> Found {
    let name = match declaration.training {
        Training::Same => "same",
        Training::Measures => "measures",
        Training::DropsEntries => "entries",
        Training::DropsChannels => "channels",
        Training::DropsSamples => "samples",
        Training::DropsInside => "inside",
    };
    let told: Vec<(&&Row, &str)> =
        rows.iter().filter_map(|row| Some((row, row.text("training")?.split(' ').next()?))).collect();
    let without = |label: &str| name == "inside" && label == "same";
    let Some((row, _)) = told.first() else { return Ok(()) };
    match told.iter().find(|(_, label)| *label != name && !without(label)) {
        Some((row, label)) => wrong(row, format!("in training it is {label}, not {name}")),
        None if !told.iter().any(|(_, label)| *label == name) => wrong(row, format!("it is nowhere {name}")),
        None => Ok(()),
    }
}

/// What is kept in some row is declared, and nothing else.
fn keeps(declaration: &Declaration, rows: &[&Row]) -> Found {
    let told: Vec<(&&Row, &str)> = rows.iter().filter_map(|row| Some((row, row.text("keeps")?))).collect();
    let Some((row, _)) = told.first() else {
        return match (declaration.keeps, rows.first()) {
            (Keeps::Nothing, _) | (_, None) => Ok(()),
            (_, Some(row)) => wrong(row, "nothing is kept where there is no gradient"),
        };
    };
    let any = |labels: &[&str]| told.iter().any(|(_, label)| labels.contains(label));
    let (input, output) = (any(&["input", "both"]), any(&["output", "both"]));
    let declared = match declaration.keeps {
        Keeps::Nothing => (false, false),
        Keeps::Input => (true, false),
        Keeps::Output => (false, true),
        Keeps::Both => (true, true),
    };
    if declared == (input, output) {
        Ok(())
    } else {
        wrong(row, format!("it keeps its input: {input}, its output: {output}"))
    }
}

fn inside(declaration: &Declaration, rows: &[&Row]) -> Found {
    for row in rows {
        let Some(told) = row.fields.get("inside") else { continue };
        let declared = match declaration.inside {
            Inside::Plain => Value::from("plain"),
            Inside::Recurrence { gates } => Value::from(gates),
            Inside::AttentionProducts => Value::from("products"),
            Inside::Attention => Value::from("attention"),
            Inside::TransformerLayer => Value::from("transformer"),
        };
        if *told != declared {
            return wrong(row, format!("inside it is {told}, not {declared}"));
        }
    }
    Ok(())
}
