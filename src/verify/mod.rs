//! Does a checkpoint fit a model: missing, unexpected and wrongly shaped tensors. Only headers are read.
//!
//! Main function: [`verify`].

mod header;

pub use header::{Tensors, read};

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use crate::ir::{Graph, Weight};

/// How a checkpoint's names become a model's.
#[derive(Clone, Debug, Default)]
pub struct Naming {
    /// What every name begins with.
    pub prefix: String,
    /// Parts of paths and what stands in their place: `encoder.layer` and `h`.
    pub renamed: Vec<(String, String)>,
}

/// What of a checkpoint does not fit a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// Tensors of the model that are there in their shape.
    pub fitting: usize,
    /// All tensors that the model stores.
    pub stored: usize,
    /// Names that the model has and the checkpoint has not, each with the model's shape.
    pub missing: Vec<(String, Vec<u128>)>,
    /// Names that the checkpoint has and the model has not, each with its shape.
    pub unexpected: Vec<(String, Vec<u128>)>,
    /// Names in both, with the model's shape and the checkpoint's.
    pub reshaped: Vec<(String, Vec<u128>, Vec<u128>)>,
    /// Second names of tied tensors that the checkpoint does not store again.
    pub tied: usize,
    /// Counters that PyTorch stores beside running statistics and no model needs.
    pub counters: usize,
    /// What every name of the checkpoint begins with, where that is all that is wrong.
    pub prefix: Option<String>,
}

impl Fit {
    /// True where nothing is to be objected to.
    pub fn is_good(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.reshaped.is_empty()
    }
}

/// Compares the tensors of a checkpoint with those that a model stores.
pub fn verify(graph: &Graph, tensors: &Tensors, naming: &Naming) -> Fit {
    let named: BTreeMap<String, &Vec<u128>> =
        tensors.iter().map(|(name, shape)| (naming.apply(name), shape)).collect();
    let mut fit = Fit::default();
    let mut known = BTreeSet::new();
    for (_, weight) in graph.weights() {
        fit.stored = fit.stored.saturating_add(1);
        fit.weight(weight, &named, &mut known);
    }
    for (name, shape) in &named {
        if known.contains(name.as_str()) {
            continue;
        }
        let counted = name.strip_suffix("num_batches_tracked").map(|path| format!("{path}running_mean"));
        if counted.is_some_and(|mean| known.contains(mean.as_str())) {
            fit.counters = fit.counters.saturating_add(1);
        } else {
            fit.unexpected.push((name.clone(), (*shape).clone()));
        }
    }
    if fit.fitting == 0 {
        fit.prefix = common_prefix(graph, &named);
    }
    fit
}

impl Fit {
    /// A tensor may be stored under any of its names, or under several.
    fn weight(
        &mut self,
        weight: &Weight,
        named: &BTreeMap<String, &Vec<u128>>,
        known: &mut BTreeSet<String>,
    ) {
        let shape: Vec<u128> = weight.shape.dims().iter().filter_map(extent).collect();
        let names = || std::iter::once(&weight.name).chain(&weight.aliases);
        let mut found = 0usize;
        let mut fits = true;
        for name in names() {
            known.insert(name.to_string());
            let Some(stored) = named.get(&**name) else { continue };
            found = found.saturating_add(1);
            if **stored != shape {
                fits = false;
                self.reshaped.push((name.to_string(), shape.clone(), (*stored).clone()));
            }
        }
        match (found, fits) {
            (0, _) => self.missing.push((weight.name.to_string(), shape)),
            (_, true) => self.fitting = self.fitting.saturating_add(1),
            _ => {}
        }
        if found > 0 {
            self.tied = self.tied.saturating_add(names().count().saturating_sub(found));
        }
    }
}

fn extent(size: &crate::ir::Size) -> Option<u128> {
    size.as_number().and_then(|n| u128::try_from(n).ok())
}

impl Naming {
    fn apply(&self, name: &str) -> String {
        let name = name.strip_prefix(&self.prefix).unwrap_or(name);
        self.renamed.iter().fold(name.to_owned(), |name, (from, to)| renamed(&name, from, to))
    }
}

/// A path with some of its parts in place of others; parts match whole, so `h` is not in `heads`.
fn renamed(name: &str, from: &str, to: &str) -> String {
    let (around, from) = (format!(".{name}."), format!(".{from}."));
    let to = if to.is_empty() { ".".to_owned() } else { format!(".{to}.") };
    around.replacen(&from, &to, 1).trim_matches('.').to_owned()
}

/// What stands before every one of the model's names in a checkpoint that has them all under it.
fn common_prefix(graph: &Graph, named: &BTreeMap<String, &Vec<u128>>) -> Option<String> {
    let (_, first) = graph.weights().next()?;
    let mut prefixes = named.keys().filter_map(|name| name.strip_suffix(&*first.name));
    prefixes
        .find(|prefix| {
            !prefix.is_empty()
                && graph.weights().all(|(_, weight)| {
                    let mut names = std::iter::once(&weight.name).chain(&weight.aliases);
                    names.any(|name| named.contains_key(&format!("{prefix}{name}")))
                })
        })
        .map(str::to_owned)
}

/// One line for everything that does not fit, then the sums.
impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, shape) in &self.missing {
            writeln!(f, " missing      {name} {}", shown(shape))?;
        }
        for (name, shape) in &self.unexpected {
            writeln!(f, " unexpected   {name} {}", shown(shape))?;
        }
        for (name, model, checkpoint) in &self.reshaped {
            let (model, checkpoint) = (shown(model), shown(checkpoint));
            writeln!(f, " wrong shape  {name}: {model} in the model, {checkpoint} in the checkpoint")?;
        }
        write!(f, " {} of {} tensors fit", self.fitting, self.stored)?;
        if self.tied > 0 {
            write!(f, "; {} tied, stored once", self.tied)?;
        }
        if self.counters > 0 {
            write!(f, "; {} num_batches_tracked left out", self.counters)?;
        }
        if let Some(prefix) = &self.prefix {
            write!(f, "\n every name of the checkpoint begins with `{prefix}`: `--prefix {prefix}`")?;
        }
        writeln!(f)
    }
}

fn shown(shape: &[u128]) -> String {
    let mut text = String::from("[");
    for (number, dim) in shape.iter().enumerate() {
        // Writing to a string never fails.
        let _ = write!(text, "{}{dim}", if number == 0 { "" } else { ", " });
    }
    text + "]"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_paths_are_renamed_whole() {
        assert_eq!(renamed("encoder.layer.0.weight", "encoder.layer", "h"), "h.0.weight");
        assert_eq!(renamed("h.heads.weight", "h", "x"), "x.heads.weight");
        assert_eq!(renamed("heads.weight", "h", "x"), "heads.weight");
        assert_eq!(renamed("module.fc.bias", "module", ""), "fc.bias");
    }
}
