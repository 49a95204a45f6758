//! What an entry of the catalogue says of a layer.

use std::fmt;

use super::{Call, InferenceError};
use crate::ir::declaration::{Features, Inside, Keeps, Training, Values, Weighting};
use crate::ir::{Attribute, Axes, Declaration, Family, Kind, Operation};

/// A layer: its arguments, its documentation, and what it does.
#[derive(Debug)]
pub struct Layer {
    /// What it declares of itself to the graph, whose nodes refer to it.
    pub declaration: Declaration,
    /// Other names it may be called by.
    pub aliases: &'static [Alias],
    /// What it is for, in one sentence.
    pub summary: &'static str,
    /// Its arguments in PyTorch's positional order, the inferred ones left out.
    pub arguments: &'static [Argument],
    /// The names of its inputs, in order. One in brackets may be left out (`[attention bias]`);
    /// `…` after the last means any number more; the last in ⟨ ⟩ is not written, but added by elaboration.
    pub inputs: &'static [&'static str],
    /// The number of spatial axes of a layer of fixed rank (`Conv2d`: 2).
    pub spatial: usize,
    /// Its shape rule: `[C, H, W] → [out_channels, H', W'] with H' = ⌊(H + 2·pad − dilation·(kernel − 1) − 1) / stride⌋ + 1`.
    pub shape: &'static str,
    /// The tensors it stores.
    pub weights: &'static [WeightDoc],
    /// Its cost as formulas: MACs and element operations.
    pub cost: &'static str,
    /// A model that uses it, runnable as it stands.
    pub example: &'static str,
    /// The paper or the documentation it follows.
    pub reference: &'static str,
    /// What it does to inputs of given types with given arguments.
    pub apply: fn(&Call) -> Result<Operation, InferenceError>,
}

/// In place of a declaration where a family's entries share everything else; an entry that keeps it does not compile.
pub(super) const UNDECLARED: Declaration = Declaration {
    name: "",
    family: Family::LinearAlgebra,
    axes: Axes::Entrywise,
    features: Features::NONE,
    response: &[],
    weights: Weighting::None,
    values: Values::ANY,
    training: Training::Same,
    keeps: Keeps::Nothing,
    inside: Inside::Plain,
};

impl From<&'static Layer> for Kind {
    fn from(layer: &'static Layer) -> Kind {
        Kind::Layer(&layer.declaration)
    }
}

impl Layer {
    /// The canonical name, PyTorch's where it has the layer.
    pub fn name(&self) -> &'static str {
        self.declaration.name
    }

    /// Where it stands in the documentation.
    pub fn family(&self) -> Family {
        self.declaration.family
    }

    /// The names of the inputs that are written.
    pub fn sent(&self) -> &'static [&'static str] {
        match self.inputs.split_last() {
            Some((last, sent)) if last.starts_with('⟨') => sent,
            _ => self.inputs,
        }
    }

    /// The argument of this name or alias, with its place.
    pub fn argument(&self, name: &str) -> Option<(usize, &'static Argument)> {
        self.arguments
            .iter()
            .enumerate()
            .find(|(_, known)| known.name == name || known.aliases.contains(&name))
    }
}

/// Another name of a layer.
#[derive(Debug)]
pub struct Alias {
    /// The name: `BatchNorm2d`, `Dense`.
    pub name: &'static str,
    /// The ranks that the first input may have under this name; empty for any.
    pub ranks: &'static [usize],
}

impl Alias {
    /// A plain synonym.
    pub const fn of(name: &'static str) -> Alias {
        Alias { name, ranks: &[] }
    }

    /// A name that also promises the rank of the first input.
    pub const fn ranked(name: &'static str, ranks: &'static [usize]) -> Alias {
        Alias { name, ranks }
    }
}

/// A tensor that a layer stores, for the documentation and for ties.
#[derive(Debug)]
pub struct WeightDoc {
    /// PyTorch's name: `weight`; `{k}` stands for a number: `weight_ih_l{k}`.
    pub name: &'static str,
    /// Its shape: `[out_channels, C / groups, kernel, kernel]`.
    pub shape: &'static str,
    /// When it is there and how often it is used, in a few words.
    pub note: &'static str,
}

/// An argument.
#[derive(Debug)]
pub struct Argument {
    /// The canonical, short name.
    pub name: &'static str,
    /// PyTorch's and Keras's names for it.
    pub aliases: &'static [&'static str],
    /// What it takes.
    pub kind: ArgumentKind,
    /// What it is when left out.
    pub fallback: Fallback,
    /// What it does, in a few words.
    pub doc: &'static str,
}

impl Argument {
    /// An argument that must be given.
    pub const fn required(
        name: &'static str,
        aliases: &'static [&'static str],
        kind: ArgumentKind,
        doc: &'static str,
    ) -> Argument {
        Argument { name, aliases, kind, fallback: Fallback::Required, doc }
    }

    /// An argument with a default. `Fallback::None` also lets `none` be written.
    pub const fn optional(
        name: &'static str,
        aliases: &'static [&'static str],
        kind: ArgumentKind,
        fallback: Fallback,
        doc: &'static str,
    ) -> Argument {
        Argument { name, aliases, kind, fallback, doc }
    }
}

/// What an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArgumentKind {
    /// A size: an integer or a formula in symbolic sizes.
    Size,
    /// A size, or a list with one for each spatial axis.
    PerAxis,
    /// The extents of a result, one or a list with one for each spatial axis; `none` in a list keeps an axis's own.
    Extents,
    /// A list of sizes, or one.
    Sizes,
    /// An integer, known as a number.
    Integer,
    /// A list of integers, or one.
    Integers,
    /// A number.
    Float,
    /// A number, or `none`.
    FloatOrNone,
    /// A list of numbers, or one.
    Floats,
    /// `true` or `false`.
    Flag,
    /// One of these strings.
    Choice(&'static [&'static str]),
    /// A size per axis, or `"same"` or `"valid"`.
    Padding,
    /// An axis, counted from 0 after the batch axis, or from the end if negative.
    Axis,
    /// A list of axes, or one.
    Axes,
    /// A layer, used as a recipe; its value is the recipe as written.
    Layer,
}

impl ArgumentKind {
    /// Whether several values are one value of it, however many they are.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            ArgumentKind::Sizes | ArgumentKind::Integers | ArgumentKind::Floats | ArgumentKind::Axes
        )
    }

    /// What it takes, with an article: `a size`, `true or false`.
    pub fn described(self) -> String {
        let kind = self.to_string();
        match kind.chars().next() {
            Some('"' | 't') => kind,
            Some('a' | 'i') => format!("an {kind}"),
            _ => format!("a {kind}"),
        }
    }
}

/// As documentation names it: `integer`, `size, or one per axis`.
impl fmt::Display for ArgumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArgumentKind::Size => write!(f, "size"),
            ArgumentKind::PerAxis => write!(f, "size, or one per axis"),
            ArgumentKind::Extents => write!(f, "size, or one per axis, `none` for the input's own"),
            ArgumentKind::Sizes => write!(f, "size, or a list"),
            ArgumentKind::Integer => write!(f, "integer"),
            ArgumentKind::Integers => write!(f, "integer, or a list"),
            ArgumentKind::Float => write!(f, "number"),
            ArgumentKind::FloatOrNone => write!(f, "number or none"),
            ArgumentKind::Floats => write!(f, "number, or a list"),
            ArgumentKind::Flag => write!(f, "true or false"),
            ArgumentKind::Choice(choices) => {
                let quoted: Vec<_> = choices.iter().map(|choice| format!("{choice:?}")).collect();
                match quoted.split_last() {
                    Some((last, others)) if !others.is_empty() => {
                        write!(f, "{} or {last}", others.join(", "))
                    }
                    _ => write!(f, "{}", quoted.join("")),
                }
            }
            ArgumentKind::Padding => write!(f, "size, one per axis, \"same\" or \"valid\""),
            ArgumentKind::Axis => write!(f, "axis"),
            ArgumentKind::Axes => write!(f, "axis, or a list"),
            ArgumentKind::Layer => write!(f, "layer"),
        }
    }
}

/// What an argument is when it is left out.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fallback {
    /// It must be given.
    Required,
    /// `none`, which may also be written.
    None,
    /// A truth value.
    Flag(bool),
    /// An integer.
    Integer(i64),
    /// A fraction.
    Float(f64),
    /// A string.
    Text(&'static str),
}

impl Fallback {
    /// The value; `None` where the argument must be given.
    pub fn value(self) -> Option<Attribute> {
        match self {
            Fallback::Required => None,
            Fallback::None => Some(Attribute::None),
            Fallback::Flag(flag) => Some(Attribute::Flag(flag)),
            Fallback::Integer(n) => Some(Attribute::from(i128::from(n))),
            Fallback::Float(x) => Some(Attribute::Float(x)),
            Fallback::Text(text) => Some(Attribute::from(text)),
        }
    }
}
