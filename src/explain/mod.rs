//! How each number comes about, step by step, in words and arithmetic, for a learner.
//!
//! Main function: [`explain`]. One file a family; what is said stands in `phrases`, in every language. Symbolic
//! sizes stand at their defaults, and the formula beside the number.

mod convolution;
mod dense;
mod inside;
mod other;
mod page;
mod phrases;
mod sharing;
mod subject;

pub use phrases::Language;
pub use subject::{Topic, names, subject};

use crate::analysis::{Analysis, AtDefaults, receptive_fields};
use crate::ir::{
    Attribute, Axes, Count, Graph, Node, NodeId, Role, Size, TensorType, WeightId, WeightSpec, WindowAxis,
};
use crate::layers::{self, Fallback};
use crate::report::numbers::{grouped, ratio, shown};
use page::{ArithmeticStep, Page, Section};
use phrases::Phrase;

/// Explains a layer, a block or a model.
pub fn explain(
    graph: &Graph,
    analysis: &Analysis,
    subject: &Topic,
    language: Language,
    width: Option<usize>,
) -> String {
    let told = Explainer { graph, analysis, language, defaults: AtDefaults(graph) };
    let page = match subject {
        Topic::Model => told.model(),
        Topic::Block(scopes) => told.block(scopes),
        Topic::Layer(id) => told.layer(*id),
    };
    page.written(width)
}

/// A model that is being explained.
#[derive(Clone, Copy)]
struct Explainer<'a> {
    graph: &'a Graph,
    analysis: &'a Analysis,
    language: Language,
    defaults: AtDefaults<'a>,
}

impl<'a> Explainer<'a> {
    fn say(&self, phrase: Phrase, values: &[&str]) -> String {
        self.language.say(phrase, values)
    }

    fn section(&self, label: Phrase) -> Section {
        Section::new(self.say(label, &[]))
    }

    fn number(&self, count: &Count) -> u128 {
        self.defaults.value_at_defaults(count)
    }

    fn extent(&self, size: &Size) -> i128 {
        self.defaults.size_at_defaults(size)
    }

    /// An extent of the arithmetic: its number, or where it has none its formula.
    fn length(&self, size: &Size) -> String {
        self.defaults.size(size).map_or_else(|| format!("{size:#}"), |number| number.to_string())
    }

    /// The entries from the first tap of a window to its last, both included.
    fn span(&self, axis: &WindowAxis) -> i128 {
        let taps = self.extent(&axis.kernel).saturating_sub(1);
        taps.saturating_mul(self.extent(&axis.dilation)).saturating_add(1)
    }

    /// A step with a result; the formula behind one that is symbolic is said beside it.
    fn step(
        &self,
        text: String,
        formula: String,
        sign: &'static str,
        result: &Count,
        unit: String,
    ) -> ArithmeticStep {
        let general = result.is_symbolic() && self.defaults.count(result).is_some();
        let general = general.then(|| self.say(Phrase::Formula, &[&result.to_string()]));
        let unit = [Some(unit).filter(|unit| !unit.is_empty()), general];
        let unit = unit.into_iter().flatten().collect::<Vec<_>>().join("   ");
        ArithmeticStep { text, formula, sign, result: shown(result, self.defaults), unit }
    }

    /// `900× as many`, where that is not one.
    fn times(&self, many: &Count, few: &Count) -> String {
        let numbers = self.defaults.count(many).zip(self.defaults.count(few));
        let ratio = numbers.and_then(|(many, few)| ratio(many, few));
        ratio.map_or(String::new(), |ratio| self.say(Phrase::TimesAsMany, &[&ratio]))
    }

    fn layer(&self, id: NodeId) -> Page {
        let Some(node) = self.graph.node(id) else { return Page::default() };
        let mut page = Page { title: self.title(id, node), sections: Vec::new() };
        match node.layer() {
            Some(layer) if layer.is_weighted_map() && matches!(layer.axes, Axes::Features(_)) => {
                self.linear(&mut page, id, node);
            }
            Some(layer) if layer.looks_up() => self.embedding(&mut page, id, node),
            _ if node.operation.window.is_some() && convolution::has_kernel(node) => {
                self.convolution(&mut page, id, node);
            }
            _ => self.other(&mut page, id, node),
        }
        self.places(&mut page, node);
        self.field(&mut page, id, node);
        page
    }

    /// `conv: Conv2d(1, kernel=3) on image [3, 32, 32]`, and the symbolic sizes' defaults.
    fn title(&self, id: NodeId, node: &Node) -> Vec<String> {
        let inputs: Vec<String> = self
            .graph
            .inputs_of(id)
            .into_iter()
            .filter_map(|port| Some((self.graph.node(port.node)?, self.graph.type_of(port)?)))
            .map(|(from, kind)| format!("{} {kind}", from.id))
            .collect();
        let head = format!("{}: {}", node.id, call(node));
        let head = if inputs.is_empty() {
            head
        } else {
            format!("{head} {} {}", self.say(Phrase::On, &[]), self.listed(&inputs))
        };
        let outputs: Vec<String> = node.operation.outputs.iter().map(TensorType::to_string).collect();
        let operation = &node.operation;
        let symbolic = operation.macs.is_symbolic()
            || operation.elementwise.is_symbolic()
            || operation.outputs.iter().any(|kind| kind.shape.is_symbolic());
        let defaults = self.at_defaults().filter(|_| symbolic);
        std::iter::once(format!("{head} → {}", outputs.join(", "))).chain(defaults).collect()
    }

    /// `a, b and c`
    fn listed(&self, texts: &[String]) -> String {
        let (and, comma) = (self.say(Phrase::And, &[]), self.say(Phrase::Comma, &[]));
        match texts.split_last() {
            Some((last, before)) if !before.is_empty() => format!("{}{and}{last}", before.join(&comma)),
            _ => texts.concat(),
        }
    }

    fn at_defaults(&self) -> Option<String> {
        let known = self.graph.dimensions.iter().filter_map(|dimension| {
            dimension.default.map(|default| format!("{} = {default}", dimension.name))
        });
        let known: Vec<_> = known.collect();
        (!known.is_empty()).then(|| format!(" {}", self.say(Phrase::AtDefaults, &[&known.join(", ")])))
    }

    /// The parameters that a layer reads, each with what the layer says of it and what the model stores.
    fn parameters(&self, node: &'a Node) -> Vec<(WeightId, &'a WeightSpec)> {
        let read = node.weights.iter().copied().zip(node.operation.weights.iter().cycle());
        read.filter(|(_, spec)| spec.role == Role::Parameter).collect()
    }

    /// Which positions of the input a position depends on, where that is more than the layer's own window.
    fn field(&self, page: &mut Page, id: NodeId, node: &Node) {
        let fields = receptive_fields(self.graph);
        let Some(Some(field)) = fields.get(id.0 as usize) else { return };
        let own = node.operation.window.as_ref().map(|window| {
            window.axes.iter().map(|axis| self.span(axis).to_string()).collect::<Vec<_>>().join("×")
        });
        if own.as_ref() == Some(&field.extents()) {
            return;
        }
        let mut section = self.section(Phrase::Field);
        section.prose(if field.extents() == "all" {
            self.say(Phrase::FieldAll, &[])
        } else {
            self.say(Phrase::FieldIs, &[&field.extents(), &field.stride()])
        });
        page.add(section);
    }
}

/// Numbers multiplied: `3·3·64`. A factor that is a sum stands in parentheses.
fn product(factors: impl IntoIterator<Item = impl ToString>) -> String {
    let factors: Vec<String> = factors.into_iter().map(|factor| factor.to_string()).collect();
    let several = factors.len() > 1;
    let told = factors
        .into_iter()
        .map(|factor| if several && is_sum(&factor) { format!("({factor})") } else { factor });
    told.collect::<Vec<_>>().join("·")
}

/// True for a formula with a sum outside all parentheses.
fn is_sum(formula: &str) -> bool {
    let mut depth = 0usize;
    formula.chars().any(|character| {
        match character {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(character, '+' | '-' | '/')
    })
}

/// A layer as it is written: required arguments, and of the others those that are not at their defaults.
fn call(node: &Node) -> String {
    let Some((layer, _)) = layers::find(node.kind()) else { return node.kind().to_string() };
    let told: Vec<String> = layer
        .arguments
        .iter()
        .filter_map(|argument| {
            let value = collapsed(node.operation.argument(argument.name)?);
            match argument.fallback {
                Fallback::Required if argument.name == "kernel" => Some(format!("kernel={value}")),
                Fallback::Required => Some(value.to_string()),
                other => {
                    (other.value().as_ref() != Some(&value)).then(|| format!("{}={value}", argument.name))
                }
            }
        })
        .collect();
    if told.is_empty() { node.kind().to_string() } else { format!("{}({})", node.kind(), told.join(", ")) }
}

/// A list whose values are all one is that one.
fn collapsed(value: &Attribute) -> Attribute {
    match value {
        Attribute::List(values) => match values.split_first() {
            Some((first, rest)) if rest.iter().all(|other| other == first) => first.clone(),
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

/// A number of the arithmetic, which is not grouped.
fn plain(count: &Count, defaults: AtDefaults) -> String {
    defaults.count(count).map_or_else(|| format!("{count:#}"), |n| n.to_string())
}

/// A number of the text, which is.
fn told(count: &Count, defaults: AtDefaults) -> String {
    defaults.count(count).map_or_else(|| count.to_string(), grouped)
}
