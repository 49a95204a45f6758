//! The sums below a report's table, each with what it means.
//!
//! Main function: [`summary`]. A line appears where it says something: no buffers, no line of buffers.

use crate::analysis::{
    Analysis, AtDefaults, Footprint, Sharing, TensorUses, footprint, masked_macs, training,
};
use crate::diagnostic::escaped;
use crate::ir::{Count, Graph, Node, NodeId, Role, is_automatic};
use crate::report::Report;
use crate::report::numbers::{grouped, octets, percent, shown, times};

/// A sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Sum {
    /// How far its name is indented: parts of the sum above stand one step in.
    pub level: usize,
    /// What is summed.
    pub name: &'static str,
    /// The number; a formula's at the defaults, or the formula where it has none.
    pub value: String,
    /// What it means, in short texts.
    pub notes: Vec<String>,
}

fn sum(level: usize, name: &'static str, value: String, notes: impl IntoIterator<Item = String>) -> Sum {
    Sum { level, name, value, notes: notes.into_iter().collect() }
}

/// The sums of a model.
pub fn summary(graph: &Graph, analysis: &Analysis, report: &Report) -> Vec<Sum> {
    let memory = footprint(graph, report.setting);
    let figures = Figures { graph, analysis, memory, defaults: AtDefaults(graph) };
    let parts = [
        figures.parameters(),
        figures.sharing(),
        figures.stored(),
        figures.cost(),
        if report.training { figures.training() } else { Vec::new() },
        figures.memory(),
    ];
    parts.into_iter().flatten().collect()
}

struct Figures<'a> {
    graph: &'a Graph,
    analysis: &'a Analysis,
    memory: Footprint,
    defaults: AtDefaults<'a>,
}

impl Figures<'_> {
    fn number(&self, count: &Count) -> u128 {
        self.defaults.value_at_defaults(count)
    }

    fn shown(&self, count: &Count) -> String {
        shown(count, self.defaults)
    }

    /// `6.9× as many`, where both have numbers.
    fn times(&self, many: &Count, few: &Count) -> Option<String> {
        times(self.defaults.count(many)?, self.defaults.count(few)?)
    }

    /// The formula behind a number.
    fn formula(&self, count: &Count) -> Option<String> {
        (count.is_symbolic() && self.defaults.count(count).is_some()).then(|| format!("= {count}"))
    }

    fn parameters(&self) -> Vec<Sum> {
        let totals = &self.analysis.totals;
        let all = self.number(&totals.parameters);
        let share = |part: &Count| format!("{}%", percent(self.number(part), all));
        let mut sums = vec![sum(
            0,
            "parameters",
            self.shown(&totals.parameters),
            [format!("{} as {}", self.bytes(&self.memory.parameters), self.memory.setting.dtype.name)],
        )];
        if all > 0 {
            let shared = [Some(share(&totals.shared)), self.often(true)];
            sums.push(sum(1, "shared", self.shown(&totals.shared), shared.into_iter().flatten()));
            let unshared = [Some(share(&totals.unshared_tensors)), self.often(false)];
            sums.push(sum(
                1,
                "unshared",
                self.shown(&totals.unshared_tensors),
                unshared.into_iter().flatten(),
            ));
        }
        sums
    }

    /// How often the shared, or the unshared, tensors are used.
    fn often(&self, shared: bool) -> Option<String> {
        let parameters = self.graph.weights().zip(&self.analysis.uses);
        let uses = parameters.filter(|((_, weight), _)| weight.role == Role::Parameter);
        let uses = uses.map(|(_, uses): (_, &TensorUses)| &uses.most);
        let counted = uses.filter(|most| (self.number(most) > 1) == shared);
        // Where one has no number, nothing is said of the range.
        let counted: Vec<u128> = counted.map(|most| self.defaults.count(most)).collect::<Option<_>>()?;
        let (least, most) =
            counted.into_iter().fold((u128::MAX, 0), |(least, most), n| (least.min(n), most.max(n)));
        match (least, most) {
            _ if least > most => None,
            (0, 0) => Some("never used".to_string()),
            (0, _) => Some("each used at most once".to_string()),
            (1, 1) => Some("each used once".to_string()),
            _ if least == most => Some(format!("each used {} times", grouped(least))),
            _ => Some(format!("each used {} to {} times", grouped(least), grouped(most))),
        }
    }

    /// The ways of sharing, and what would be stored without it.
    fn sharing(&self) -> Vec<Sum> {
        let totals = &self.analysis.totals;
        let ways: Vec<_> =
            Sharing::ALL.into_iter().filter(|way| *totals.by_sharing.of(*way) != Count::ZERO).collect();
        let mut sums = Vec::new();
        if ways.iter().any(|way| *way != Sharing::Positions) {
            sums.extend(ways.into_iter().map(|way| {
                let (name, meaning) = words(way);
                sum(1, name, self.shown(totals.by_sharing.of(way)), [meaning.to_string()])
            }));
        }
        if totals.shared != Count::ZERO {
            let many = self.times(&totals.without_sharing, &totals.parameters);
            let notes = [many, self.formula(&totals.without_sharing)];
            let value = self.shown(&totals.without_sharing);
            sums.push(sum(0, "without sharing", value, notes.into_iter().flatten()));
        }
        sums
    }

    /// What differs from the plain number of parameters, and what else is stored.
    fn stored(&self) -> Vec<Sum> {
        let totals = &self.analysis.totals;
        let differs = |count: &Count| *count != totals.parameters;
        let rows = [
            (
                differs(&totals.parameters_gross),
                "gross",
                &totals.parameters_gross,
                "tied tensors counted once for every name",
            ),
            (differs(&totals.trainable), "trainable", &totals.trainable, "the others are frozen"),
            (
                differs(&totals.active),
                "active",
                &totals.active,
                "that one position meets: of the experts, its top k",
            ),
            (totals.buffers != Count::ZERO, "buffers", &totals.buffers, "stored, not learned"),
        ];
        let shown = rows.into_iter().filter(|(holds, ..)| *holds);
        shown
            .map(|(_, name, count, meaning)| sum(0, name, self.shown(count), [meaning.to_string()]))
            .collect()
    }

    fn cost(&self) -> Vec<Sum> {
        let totals = &self.analysis.totals;
        let flops = format!("FLOPs {}", self.shown(&(&totals.macs * &Count::from(2))));
        let macs = [Some(flops), self.formula(&totals.macs)];
        let mut sums = vec![sum(0, "MACs", self.shown(&totals.macs), macs.into_iter().flatten())];
        if let Some(masked) = masked_macs(self.graph) {
            let notes = [
                Some("causal and windowed attention counted as its masks leave it".to_string()),
                self.formula(&masked),
            ];
            sums.push(sum(1, "masked", self.shown(&masked), notes.into_iter().flatten()));
        }
        if totals.elementwise != Count::ZERO {
            let notes = [
                Some("additions, activations, norms, pooling".to_string()),
                self.formula(&totals.elementwise),
            ];
            sums.push(sum(
                0,
                "element operations",
                self.shown(&totals.elementwise),
                notes.into_iter().flatten(),
            ));
        }
        sums
    }

    /// What a training step computes.
    fn training(&self) -> Vec<Sum> {
        let step = training(self.graph).1;
        let all = step.total();
        let notes = [self.times(&all, &step.forward), self.formula(&all)];
        let part =
            |name, count: &Count, meaning: &str| sum(1, name, self.shown(count), [meaning.to_string()]);
        vec![
            sum(0, "training step", self.shown(&all), notes.into_iter().flatten()),
            part("forward", &step.forward, "the MACs above"),
            part("to inputs", &step.to_inputs, "gradients of activations"),
            part("to weights", &step.to_weights, "gradients of weights"),
        ]
    }

    /// What activations, decoding and training take.
    fn memory(&self) -> Vec<Sum> {
        let memory = &self.memory;
        let batch = match memory.setting.batch {
            1 => None,
            n => Some(format!("for {n} samples")),
        };
        let mut sums = Vec::new();
        if let Some(at) = memory.at {
            let place = format!("peak, at {}", self.place(at));
            let notes =
                [Some(place), self.formula(&memory.activations).map(|formula| format!("{formula} bytes"))];
            let notes = notes.into_iter().flatten().chain(batch.clone());
            sums.push(sum(0, "activations", self.bytes(&memory.activations), notes));
        }
        if memory.kv_cache != Count::ZERO {
            let formula = self.formula(&memory.kv_cache).map(|formula| format!("{formula} bytes"));
            let notes = [Some("keys and values that decoding keeps".to_string()), formula];
            let notes = notes.into_iter().flatten().chain(batch.clone());
            sums.push(sum(0, "KV cache", self.bytes(&memory.kv_cache), notes));
        }
        let Some(optimizer) = memory.setting.optimizer else { return sums };
        let part = |name, count: &Count, meaning: String| sum(1, name, self.bytes(count), [meaning]);
        let all = memory.training();
        let notes = [Some("stored, gradients, states and all activations".to_string()), batch];
        sums.push(sum(0, "memory to train", self.bytes(&all), notes.into_iter().flatten()));
        sums.push(part("gradients", &memory.gradients, "one for every trainable parameter".to_string()));
        if memory.optimizer_states != Count::ZERO {
            let keeps = format!("{} keeps {} for each", optimizer.name, optimizer.keeps);
            sums.push(part("optimiser states", &memory.optimizer_states, keeps));
        }
        sums.push(part(
            "activations kept",
            &memory.activations_kept,
            "of every layer, for the way back".to_string(),
        ));
        sums
    }

    /// Bytes at the defaults; the formula where it has no number.
    fn bytes(&self, count: &Count) -> String {
        self.defaults.count(count).map_or_else(|| format!("{count} bytes"), octets)
    }

    /// A layer in words: its path, or `the Tanh after c1`.
    fn place(&self, id: NodeId) -> String {
        let Some(node) = self.graph.node(id) else { return String::new() };
        let before = || {
            let port = *self.graph.inputs_of(id).first()?;
            self.graph.node(port.node).map(|node: &Node| node.path.clone())
        };
        match before().filter(|_| is_automatic(node)) {
            Some(before) => format!("the {} after {}", node.kind(), escaped(&before)),
            None => escaped(&node.id).into_owned(),
        }
    }
}

/// A way of sharing as a report calls it, and what it means.
fn words(way: Sharing) -> (&'static str, &'static str) {
    match way {
        Sharing::Positions => ("by position", "one place applies them at more than one position"),
        Sharing::Time => ("over time", "over the steps of a recurrence"),
        Sharing::CallSites => ("by call site", "used at more than one place"),
        Sharing::Tied => ("tied", "known by more than one name"),
    }
}
