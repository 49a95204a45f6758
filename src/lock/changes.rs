//! What differs between recorded figures and those of today.

use std::collections::BTreeMap;

use super::{Figures, Layer};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Location;

/// The code of such a finding.
const CODE: &str = "figures-changed";
/// How many of the layers behind a change are named.
const NAMED: usize = 5;

/// What has changed in a model that is declared at a place; `old` is `None` where it was not recorded.
pub fn changes(model: &str, at: Location, old: Option<&Figures>, new: &Figures) -> Option<Diagnostic> {
    let finding = |message| Diagnostic::finding(CODE, Severity::Error, at, message);
    let Some(old) = old else {
        return Some(
            finding(format!("`{model}` is not in `weft.lock`")).help("`weft lock` records it").note(format!(
                "it has {} parameters and {} MACs",
                grouped(new.params),
                grouped(new.macs)
            )),
        );
    };
    let figures = [
        ("parameters", old.params, new.params),
        ("parameters, tied ones once for every name", old.params_gross, new.params_gross),
        ("MACs", old.macs, new.macs),
        ("bytes of memory", old.memory, new.memory),
    ];
    // Where nothing is tied, both ways to count parameters say the same.
    let tied = (old.params, new.params) != (old.params_gross, new.params_gross);
    let told = |number: usize| tied || number != 1;
    let figures = figures.iter().enumerate().filter(|(number, _)| told(*number)).map(|(_, figure)| figure);
    let changed: Vec<_> = figures.filter(|(_, old, new)| old != new).collect();
    let shapes = (old.outputs != new.outputs).then(|| (old.outputs.join(", "), new.outputs.join(", ")));
    let formulas = old.macs_formula != new.macs_formula;
    let message = match (changed.first(), &shapes) {
        (Some((what, old, new)), _) => {
            format!("`{model}` has {} {what}, {}", grouped(*new), than(*old, *new))
        }
        (None, Some((old, new))) => format!("`{model}` gives {new}, not {old}"),
        (None, None) if formulas => format!("the MACs of `{model}` have another formula"),
        (None, None) => return None,
    };
    let mut told = finding(message).label("`weft.lock` has other figures");
    for (what, old, new) in changed.iter().skip(1) {
        told = told.note(format!("{} {what}, {}", grouped(*new), than(*old, *new)));
    }
    if let (Some((old, new)), false) = (&shapes, changed.is_empty()) {
        told = told.note(format!("it gives {new}, not {old}"));
    }
    for line in behind(&old.layers, &new.layers) {
        told = told.note(line);
    }
    Some(told.help("if that is meant, `weft lock` records it"))
}

/// What is said of a recorded model that its file no longer has.
pub fn gone(model: &str, at: Location) -> Diagnostic {
    Diagnostic::finding(CODE, Severity::Error, at, format!("`{model}` is in `weft.lock`, but no longer here"))
        .help("if that is meant, `weft lock` records it")
}

/// `not 25,557,032: +4.0%, 1,048,576 more`
fn than(old: u128, new: u128) -> String {
    let (difference, word) =
        if new > old { (new.abs_diff(old), "more") } else { (old.abs_diff(new), "fewer") };
    let sign = if new > old { '+' } else { '−' };
    let share = if old == 0 {
        String::new()
    } else {
        format!("{sign}{:.1}%, ", 100.0 * difference as f64 / old as f64)
    };
    format!("not {}: {share}{} {word}", grouped(old), grouped(difference))
}

/// The layers that are new, gone or changed, those with the largest change first.
fn behind(old: &[Layer], new: &[Layer]) -> Vec<String> {
    let mut pairs: BTreeMap<&str, (Option<&Layer>, Option<&Layer>)> = BTreeMap::new();
    old.iter().for_each(|layer| pairs.entry(&layer.path).or_default().0 = Some(layer));
    new.iter().for_each(|layer| pairs.entry(&layer.path).or_default().1 = Some(layer));
    let mut changed: Vec<_> = pairs.into_iter().filter(|(_, (old, new))| old != new).collect();
    let weight = |side: Option<&Layer>| side.map_or((0, 0), |layer| (layer.params, layer.macs));
    changed.sort_by_key(|(_, (old, new))| {
        let (old, new) = (weight(*old), weight(*new));
        std::cmp::Reverse((old.0.abs_diff(new.0), old.1.abs_diff(new.1)))
    });
    let more = changed.len().saturating_sub(NAMED);
    let lines = changed.iter().take(NAMED).map(|(path, sides)| line(path, *sides));
    let rest = (more > 0).then(|| format!("{more} more layers have changed"));
    lines.chain(rest).collect()
}

fn line(path: &str, sides: (Option<&Layer>, Option<&Layer>)) -> String {
    let said = |layer: &Layer| {
        format!("{} with {} parameters and {} MACs", layer.kind, grouped(layer.params), grouped(layer.macs))
    };
    match sides {
        (Some(old), Some(new)) => format!("`{path}`: {}, not {}", said(new), said(old)),
        (None, Some(new)) => format!("`{path}` is new: {}", said(new)),
        (Some(old), None) => format!("`{path}` is gone: {}", said(old)),
        (None, None) => String::new(),
    }
}

fn grouped(n: u128) -> String {
    crate::ir::Count::from(n).to_string()
}
