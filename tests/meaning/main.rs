//! Every declaration of the catalogue against numbers that PyTorch gives.
//!
//! `tests/reference/README.md` says what the rows hold. From the declaration alone, with the operation's arguments and
//! shapes, each check derives what the row tells and compares the two exactly; then every declaration of the catalogue
//! is tried in place of each layer's own, and must fail.

mod checks;
mod entries;
mod rows;

use std::collections::BTreeMap;

use checks::CHECKS;
use rows::Row;
use weft::ir::{Axes, Declaration};
use weft::layers;

fn by_layer(rows: &[Row]) -> BTreeMap<&str, Vec<&Row>> {
    let mut by_layer: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        by_layer.entry(row.name()).or_default().push(row);
    }
    by_layer
}

#[test]
fn every_layer_has_rows() {
    let rows = rows::all();
    let by_layer = by_layer(&rows);
    let without: Vec<_> =
        layers::all().map(|layer| layer.name()).filter(|name| !by_layer.contains_key(name)).collect();
    assert!(without.is_empty(), "no row for {without:?}");
    for layer in layers::all() {
        for input in 0..layer.inputs.len().min(4) {
            let varied = by_layer[layer.name()].iter().any(|row| row.inputs.contains(&input));
            assert!(varied, "no row varies input {input} of {}", layer.name());
        }
    }
}

#[test]
fn every_declaration_is_what_pytorch_does() {
    let rows = rows::all();
    let by_layer = by_layer(&rows);
    let mut wrong = Vec::new();
    for layer in layers::all() {
        for (name, check) in CHECKS {
            if let Err(why) = check(&layer.declaration, &by_layer[layer.name()]) {
                wrong.push(format!("{}, {name}: {why}", layer.name()));
            }
        }
    }
    let is_open =
        |why: &&String| OPEN.iter().any(|(layer, check, _)| why.starts_with(&format!("{layer}, {check}:")));
    let (open, wrong): (Vec<_>, Vec<_>) = wrong.iter().partition(is_open);
    assert!(wrong.is_empty(), "{} statements are wrong:\n{wrong:#?}", wrong.len());
    assert_eq!(open.len(), OPEN.len(), "what is no longer open is taken off the list");
}

/// Statements that a row contradicts, where it is not settled whether the row or the statement is to be mended: layer,
/// check, and what is known. The list may only become shorter.
const OPEN: &[(&str, &str, &str)] = &[
    ("MaxPool3d", "axes", "one entry of a window was never the largest in the samples of its row"),
    ("AdaptiveMaxPool3d", "axes", "one entry of a window was never the largest in the samples of its row"),
    ("Gather", "axes", "what a shift along the gathered axis leaves constant"),
    ("RNN", "axes", "what the last state of a bidirectional network reads"),
    ("MultiheadAttention", "axes", "a shift of all features of the memory at once"),
    ("ScaledDotProductAttention", "axes", "what a shift along the heads leaves constant"),
];

/// How many wrong statements the rows do not tell from the right ones yet. The number may only become smaller.
const UNDETECTED: usize = 686;

/// A declaration with one statement taken from another.
fn with(own: &Declaration, statement: &str, other: &Declaration) -> Declaration {
    let mut mutant = *own;
    match statement {
        "axes" => mutant.axes = other.axes,
        "response" => mutant.response = other.response,
        "features" => mutant.features = other.features,
        "weights" => mutant.weights = other.weights,
        "values" => mutant.values = other.values,
        "training" => mutant.training = other.training,
        "keeps" => mutant.keeps = other.keeps,
        "inside" => mutant.inside = other.inside,
        _ => panic!("no statement {statement}"),
    }
    mutant
}

/// True where two declarations say the same.
fn is_same(statement: &str, one: &Declaration, other: &Declaration) -> bool {
    match statement {
        "axes" => one.axes.is(other.axes),
        "response" => one.response == other.response,
        "features" => one.features == other.features,
        "weights" => one.weights == other.weights,
        "values" => {
            std::ptr::fn_addr_eq(one.values.range, other.values.range)
                && std::ptr::fn_addr_eq(one.values.unchanged, other.values.unchanged)
                && one.values.monotone == other.values.monotone
        }
        "training" => one.training == other.training,
        "keeps" => one.keeps == other.keeps,
        "inside" => one.inside == other.inside,
        _ => panic!("no statement {statement}"),
    }
}

/// Statements that say the same of a layer in other words, and why.
const EQUIVALENT: &[(&str, &str, &str, &str)] = &[];

/// Every kind of pattern with one function.
fn relabelled(axes: Axes) -> Vec<Axes> {
    let function = match axes {
        Axes::Entrywise | Axes::Broadcast | Axes::Regrouped => return Vec::new(),
        Axes::Reordered(map)
        | Axes::Windowed(map)
        | Axes::Adaptive(map)
        | Axes::Reduced(map)
        | Axes::Along(map)
        | Axes::Features(map)
        | Axes::Joined(map)
        | Axes::Taken(map)
        | Axes::Other(map) => map,
    };
    let kinds = [
        Axes::Reordered,
        Axes::Windowed,
        Axes::Adaptive,
        Axes::Reduced,
        Axes::Along,
        Axes::Features,
        Axes::Joined,
        Axes::Taken,
        Axes::Other,
    ];
    kinds.into_iter().map(|kind| kind(function)).collect()
}

#[test]
fn no_other_declaration_would_pass() {
    let rows = rows::all();
    let by_layer = by_layer(&rows);
    let mut distinct: Vec<(&str, Vec<Declaration>)> = Vec::new();
    for (statement, _) in CHECKS {
        let mut known: Vec<Declaration> = Vec::new();
        for layer in layers::all() {
            if !known.iter().any(|known| is_same(statement, known, &layer.declaration)) {
                known.push(layer.declaration);
            }
        }
        distinct.push((statement, known));
    }
    let (mut tried, mut passed) = (0, Vec::new());
    for layer in layers::all() {
        let own = &layer.declaration;
        let rows = &by_layer[layer.name()];
        for (statement, others) in &distinct {
            let mut mutants: Vec<Declaration> =
                others.iter().map(|other| with(own, statement, other)).collect();
            if *statement == "axes" {
                mutants.extend(relabelled(own.axes).into_iter().map(|axes| Declaration { axes, ..*own }));
            }
            for mutant in mutants.iter().filter(|mutant| !is_same(statement, own, mutant)) {
                tried += 1;
                let fails = CHECKS.iter().any(|(_, check)| {
                    std::panic::catch_unwind(|| check(mutant, rows)).map_or(true, |found| found.is_err())
                });
                let donor = layers::all()
                    .find(|layer| is_same(statement, &layer.declaration, mutant))
                    .map_or("itself", |layer| layer.name());
                let is_equivalent = EQUIVALENT
                    .iter()
                    .any(|(of, what, by, _)| *of == layer.name() && what == statement && *by == donor);
                if !fails && !is_equivalent {
                    passed.push(format!("{}: {statement} of {donor}", layer.name()));
                }
            }
        }
    }
    assert!(
        passed.len() <= UNDETECTED,
        "{} of {tried} other statements pass:\n{}",
        passed.len(),
        passed.join("\n")
    );
}
