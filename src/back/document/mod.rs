//! The document: a whole file's models as data, for `build --to yaml|json` and `report --format yaml|json`.
//!
//! Main type: [`Document`]. Its fields are its keys, in their order; [`json`] and [`yaml`] write it. It describes the
//! whole graph: from it alone a reader can redraw the model. A symbolic value is a string, its number at the defaults
//! stands beside it under the same key with `_at_defaults`.

mod blocks;
mod build;
mod json;
mod memory;
mod value;
mod yaml;

pub use blocks::Block;
pub use json::{JSON, json};
pub use value::{Dimensions, Fields, Number, Value};
pub use yaml::{YAML, yaml};

use serde::Serialize;

use crate::analysis::{Analysis, MemoryConfig};
use crate::ir::Graph;

/// The version of the schema; it changes only when a key is removed or changes its meaning.
pub const VERSION: u32 = 1;

/// Every model of a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    /// The version of the schema.
    pub weft: u32,
    /// How costs are counted.
    pub convention: Convention,
    /// The models, in the order of the file.
    pub models: Vec<Model>,
}

impl Document {
    /// The document of these models; memory is that of one sample of `float32`.
    pub fn new<'a>(models: impl IntoIterator<Item = (&'a Graph, &'a Analysis)>) -> Document {
        Document::counted(models, MemoryConfig::default(), false)
    }

    /// The document of these models, memory counted for a setting; with the cost of a training step if that is asked
    /// for.
    pub fn counted<'a>(
        models: impl IntoIterator<Item = (&'a Graph, &'a Analysis)>,
        setting: MemoryConfig,
        training: bool,
    ) -> Document {
        let models = models.into_iter().map(|(graph, analysis)| Model {
            footprint: memory::footprint(graph, setting),
            training: training.then(|| memory::training(graph)),
            ..build::model(graph, analysis)
        });
        Document { weft: VERSION, convention: Convention::default(), models: models.collect() }
    }
}

/// How costs are counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Convention {
    /// What a multiply-accumulate is counted of.
    pub macs: &'static str,
    /// Floating-point operations to a multiply-accumulate.
    pub flops_per_mac: u32,
    /// What a look-up costs.
    pub embedding: u32,
    /// How much of attention's rectangle is counted.
    pub attention: &'static str,
    /// The number of samples.
    pub batch: u32,
}

impl Default for Convention {
    fn default() -> Convention {
        Convention { macs: "contractions", flops_per_mac: 2, embedding: 0, attention: "full", batch: 1 }
    }
}

/// A model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Its symbolic sizes and their defaults.
    pub dimensions: Dimensions,
    /// Its inputs.
    pub inputs: Vec<Input>,
    /// Its results.
    pub outputs: Vec<Output>,
    /// Every node but the inputs, in execution order.
    pub layers: Vec<Layer>,
    /// Every stored tensor once, in the order of declaration.
    pub weights: Vec<Weight>,
    /// The sums.
    pub totals: Totals,
    /// The tree of blocks.
    pub blocks: Vec<Block>,
    /// What its activations take.
    pub memory: Memory,
    /// What it takes in bytes, for a type of numbers, a batch and an optimiser.
    pub footprint: Fields,
    /// The multiply-accumulates of a training step, where they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub training: Option<Fields>,
    /// What it asserts of itself.
    pub assertions: Vec<Assertion>,
    /// Its doc comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
}

/// An input of a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Input {
    /// Unique in the model.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its extents, without the batch.
    pub shape: Vec<Value>,
    /// Their numbers, where one is a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape_at_defaults: Option<Vec<Value>>,
    /// `float32` or `int64`.
    pub dtype: &'static str,
    /// Its doc comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
}

/// A result of a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its extents.
    pub shape: Vec<Value>,
    /// Their numbers, where one is a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape_at_defaults: Option<Vec<Value>>,
    /// The id of the layer or input that gives it; `lstm:1` for a second result.
    pub source: String,
}

/// A layer's use, an operator, a parameter or a constant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Layer {
    /// Unique in the model; `tower@2` for the second use of a shared layer.
    pub id: String,
    /// The full dotted path, the same for every use.
    pub name: String,
    /// The layer's canonical name.
    pub kind: String,
    /// Every argument, defaults filled in.
    pub arguments: Fields,
    /// The ids of what feeds it, in order; `lstm:1` for a second result.
    pub inputs: Vec<String>,
    /// The extents of each result.
    pub output_shapes: Vec<Vec<Value>>,
    /// Their numbers, where one is a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_shapes_at_defaults: Option<Vec<Vec<Value>>>,
    /// The names, in the model's weights, of the tensors it reads.
    pub weights: Vec<String>,
    /// The learned elements of these, whoever owns them.
    pub parameters: Number,
    /// Multiply-accumulates of this use.
    pub macs: Number,
    /// Their number, where they are a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub macs_at_defaults: Option<Number>,
    /// Element operations of this use.
    pub elementwise: Number,
    /// Their number, where they are a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elementwise_at_defaults: Option<Number>,
    /// What one fully connected layer with a bias would store in its place; of layers with weights, on floating
    /// inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dense_equivalent: Option<Number>,
    /// Its number, where it is a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dense_equivalent_at_defaults: Option<Number>,
    /// Which positions of the input each position of its result depends on; of tensors with spatial axes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receptive_field: Option<ReceptiveField>,
    /// The path of the block it stands in; absent in the model's own body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Where it is part of an expert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing: Option<Routing>,
    /// Its doc comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
}

/// A receptive field, one entry for each spatial axis; `all` where a position depends on the whole input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReceptiveField {
    /// Input positions between the first and the last, both included.
    pub size: Vec<Value>,
    /// Input positions from one position to the next.
    pub stride: Vec<Value>,
    /// The input position in the middle of the first position's field.
    pub centre: Vec<Value>,
}

/// How a mixture of experts routes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Routing {
    /// The number of experts.
    pub experts: u32,
    /// How many of them a position meets.
    pub top_k: u32,
}

/// A stored tensor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Weight {
    /// `parameter` or `buffer`.
    pub role: &'static str,
    /// Its name.
    pub name: String,
    /// Its extents.
    pub shape: Vec<Value>,
    /// Its elements.
    pub elements: Number,
    /// How it is used; a parameter only.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The id of the layer that owns it: the first that reads it. Absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Further names.
    pub aliases: Vec<String>,
    /// False where frozen; a parameter only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trainable: Option<bool>,
    /// `int64` where it holds integers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dtype: Option<&'static str>,
    /// Where it belongs to an expert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing: Option<Routing>,
}

/// How a parameter is used for one sample.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Usage {
    /// Uses of its most used element.
    pub uses: Number,
    /// Their number, where they are a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses_at_defaults: Option<Number>,
    /// Uses of its least used element, where elements differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses_min: Option<Number>,
    /// Their number, where they are a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses_min_at_defaults: Option<Number>,
    /// The sum of the uses over its elements.
    pub unshared: Number,
    /// Its number, where it is a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unshared_at_defaults: Option<Number>,
    /// The ways it is shared.
    pub sharing: Vec<&'static str>,
}

/// The sums of a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Totals {
    /// Learned elements, each once.
    pub parameters: Number,
    /// The same, a tensor counted once for every name.
    pub parameters_gross: Number,
    /// Those that are not frozen.
    pub trainable: Number,
    /// Those that one position meets.
    pub active: Number,
    /// Those of tensors used more than once.
    pub shared: Number,
    /// Those of tensors used at most once.
    pub unshared_tensors: Number,
    /// What would be stored if every use had weights of its own.
    pub without_sharing: Number,
    /// Its number, where it is a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_sharing_at_defaults: Option<Number>,
    /// Stored elements that are not learned.
    pub buffers: Number,
    /// Multiply-accumulates.
    pub macs: Number,
    /// Their number, where they are a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub macs_at_defaults: Option<Number>,
    /// The same with attention counted as its causal masks and windows leave it; absent where they leave out nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub macs_masked: Option<Number>,
    /// Their number, where they are a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub macs_masked_at_defaults: Option<Number>,
    /// Element operations.
    pub elementwise: Number,
    /// Their number, where they are a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elementwise_at_defaults: Option<Number>,
    /// Parameters by the way they are shared; the ways overlap.
    pub by_sharing: BySharing,
}

/// Parameters by the way they are shared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BySharing {
    /// One place applies them at more than one position.
    pub positions: Number,
    /// They are used over more than one step of a recurrence.
    pub time: Number,
    /// They are used at more than one place.
    pub call_sites: Number,
    /// They have more than one name.
    pub tied: Number,
}

/// What activations take, in elements.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Memory {
    /// The most that lives at once.
    pub peak: Number,
    /// Its number, where it is a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_at_defaults: Option<Number>,
    /// The id of the layer at which that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The sum of all, as training keeps them.
    pub sum: Number,
    /// Its number, where it is a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sum_at_defaults: Option<Number>,
}

/// An assertion, decided at the defaults.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assertion {
    /// Whether it holds.
    pub holds: bool,
    /// True where a symbol's default was needed to decide it.
    pub at_defaults: bool,
    /// What it says where it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The path of the block it stands in; absent in the model's own body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// What it bounds, where that is the parameters or the cost.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
}

/// The two sides of an assertion on parameters or cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Budget {
    /// `params` or `macs`.
    pub measure: &'static str,
    /// What it is.
    pub actual: Number,
    /// What was asked for.
    pub bound: Value,
}
