//! What an expression can be: a value, a tensor, a layer.
//!
//! Main types: [`Value`] and [`Layer`]. A layer is a template whose arguments are computed already, so it can
//! be carried anywhere; only [`LayerTemplate::DeclaredLayer`] stands for weights that exist.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::front::weft::resolve::library::Definition;
use crate::ir::{Attribute, Size, Tensor, WeightId};
use crate::layers::{self, Alias, Arguments};
use crate::source::Location;

/// The value of an expression.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// What came of an error that is reported already; whatever meets it is silent.
    Poison,
    None,
    Flag(bool),
    /// An integer or a formula in symbolic sizes.
    Size(Size),
    Float(f64),
    Text(Arc<str>),
    List(Arc<Vec<Value>>),
    Tensor(Tensor),
    /// A layer's several results: the first, unless they are taken apart.
    Outputs(Arc<Vec<Value>>),
    Layer(Layer),
}

/// What a layer is sent; mostly one tensor.
pub(super) type Tensors = SmallVec<[Tensor; 4]>;

/// A layer, with tensors that are sent to it by name.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub template: LayerTemplate,
    /// Inputs given among the arguments: `ResBlock(128, time=t)`.
    pub inputs: Vec<(Arc<str>, Value, Location)>,
    /// Where it is written.
    pub origin: Location,
}

/// What a layer is made from.
#[derive(Clone, Debug)]
pub(super) enum LayerTemplate {
    Catalogue(Arc<CatalogueCall>),
    Block(Arc<BlockCall>),
    /// A chain; never one unlabelled stage.
    Chain(Arc<Vec<Stage>>),
    Repeat(Arc<Layer>, u32),
    /// Gives on what it is sent.
    Pass,
    /// A declared layer.
    DeclaredLayer(DeclaredLayerId),
}

/// A declared layer of the model that is being built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct DeclaredLayerId(pub u32);

/// A layer of the catalogue with its arguments as far as they are given.
#[derive(Clone, Debug)]
pub(super) struct CatalogueCall {
    pub layer: &'static layers::Layer,
    pub alias: Option<&'static Alias>,
    pub arguments: Arguments,
    /// Where each argument stands, by its place in the entry.
    pub places: Vec<(usize, Location)>,
    /// Stored tensors that take the place of the layer's own, by the layer's name for them.
    pub ties: Vec<Tie>,
    /// The expert of a mixture.
    pub expert: Option<Layer>,
    pub trainable: bool,
}

/// `weight=words.weight`
#[derive(Clone, Debug)]
pub(super) struct Tie {
    pub name: Arc<str>,
    pub weight: WeightId,
    pub place: Location,
}

/// A block with its arguments as far as they are given, by parameter.
#[derive(Clone, Debug)]
pub(super) struct BlockCall {
    pub definition: Definition,
    pub arguments: Vec<Option<Value>>,
    pub trainable: bool,
}

/// A stage of a chain.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    pub label: Option<Label>,
    pub layer: Layer,
    pub origin: Location,
}

/// A label with its braces and steps computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// `_`
    Splice,
    Path(Arc<str>),
}

/// Inputs given by name: name, tensor, where.
pub(super) type Named = (Arc<str>, Value, Location);

impl CatalogueCall {
    /// A layer of the catalogue without arguments.
    pub fn of(name: &str) -> Option<CatalogueCall> {
        let (layer, alias) = layers::find(name)?;
        Some(CatalogueCall {
            layer,
            alias,
            arguments: Arguments::default(),
            places: Vec::new(),
            ties: Vec::new(),
            expert: None,
            trainable: true,
        })
    }
}

/// Which input of a layer has a name.
pub(super) fn input_slot(layer: &'static layers::Layer, name: &str) -> Option<usize> {
    layer.sent().iter().position(|input| input.trim_matches(['[', ']', '…']).replace(' ', "_") == name)
}

impl Layer {
    pub fn new(template: LayerTemplate, origin: Location) -> Layer {
        Layer { template, inputs: Vec::new(), origin }
    }

    /// A chain as one layer: parentheses around one unlabelled layer add no step.
    pub fn chain(mut stages: Vec<Stage>, origin: Location) -> Layer {
        match (stages.len(), stages.pop()) {
            (_, None) => Layer::new(LayerTemplate::Pass, origin),
            (1, Some(Stage { label: None, layer, .. })) => layer,
            (_, Some(last)) => {
                stages.push(last);
                Layer::new(LayerTemplate::Chain(Arc::new(stages)), origin)
            }
        }
    }
}

impl Value {
    pub fn size(size: impl Into<Size>) -> Value {
        Value::Size(size.into())
    }

    pub fn list(values: Vec<Value>) -> Value {
        Value::List(Arc::new(values))
    }

    pub fn is_poison(&self) -> bool {
        matches!(self, Value::Poison)
    }

    /// The first of several results; anything else as it is.
    pub fn first(self) -> Value {
        match self {
            Value::Outputs(values) => values.first().cloned().unwrap_or(Value::Poison),
            value => value,
        }
    }

    /// True for a tensor, or a list that holds one at any depth (or nothing).
    pub fn is_tensors(&self) -> bool {
        match self {
            Value::Tensor(_) | Value::Outputs(_) => true,
            Value::List(values) => values.iter().all(|value| value.is_tensors() || value.is_poison()),
            _ => false,
        }
    }

    /// What it is, with an article, for a message.
    pub fn what(&self) -> &'static str {
        match self {
            Value::Poison => "nothing",
            Value::None => "`none`",
            Value::Flag(_) => "a boolean",
            Value::Size(size) if size.is_symbolic() => "a symbolic size",
            Value::Size(_) => "an integer",
            Value::Float(_) => "a fraction",
            Value::Text(_) => "a string",
            Value::List(values) if !values.is_empty() && self.is_tensors() => "a list of tensors",
            Value::List(_) => "a list",
            Value::Tensor(_) | Value::Outputs(_) => "a tensor",
            Value::Layer(_) => "a layer",
        }
    }

    /// The value as a layer's argument takes it; `None` for tensors and layers.
    pub fn attribute(&self) -> Option<Attribute> {
        Some(match self {
            Value::None => Attribute::None,
            Value::Flag(flag) => Attribute::Flag(*flag),
            Value::Size(size) => Attribute::Size(size.clone()),
            Value::Float(x) => Attribute::Float(*x),
            Value::Text(text) => Attribute::Text(text.clone()),
            Value::List(values) => {
                Attribute::List(values.iter().map(Value::attribute).collect::<Option<Vec<_>>>()?)
            }
            Value::Poison | Value::Tensor(_) | Value::Outputs(_) | Value::Layer(_) => return None,
        })
    }
}

/// The inputs of a block's use, as far as the block has not taken them.
#[derive(Clone, Debug, Default)]
pub(super) struct CallInputs {
    pub positional: std::vec::IntoIter<Tensor>,
    pub named: Vec<(Arc<str>, Value, Location)>,
}
