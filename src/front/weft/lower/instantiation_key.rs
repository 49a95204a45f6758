//! What a block's expansion depends on, compared.
//!
//! Main type: [`InstantiationKey`]. Two uses with equal keys expand to the same; where that is not certain there is no key, or the keys
//! differ.

use std::hash::BuildHasher;
use std::sync::Arc;

use super::Lowering;
use crate::front::weft::resolve::library::Definition;
use crate::front::weft::value::{BlockCall, CallInputs, CatalogueCall, Layer, LayerTemplate, Value};
use crate::ir::{InstanceSite, Port, Size, Tensor, TensorType};

/// All that a block's expansion depends on.
#[derive(Debug)]
pub struct InstantiationKey {
    pub definition: Definition,
    pub arguments: Vec<Option<Value>>,
    pub trainable: bool,
    /// True where its path is a person's choice, which names a lone layer's tensors.
    pub named: bool,
    pub inputs: Vec<TensorType>,
    /// For each input, the first that is the same tensor.
    pub alike: Vec<usize>,
    /// The names of the inputs that are sent by name, the last ones.
    pub names: Vec<Arc<str>>,
    /// Where anything is a formula, the model's symbolic sizes with their defaults.
    pub sizes: Vec<(Arc<str>, Option<i128>)>,
}

impl Lowering<'_, '_> {
    /// What a use depends on, and its inputs; `None` where it depends on more than can be compared.
    pub fn key(
        &self,
        call: &BlockCall,
        sent: &CallInputs,
        site: &InstanceSite,
    ) -> Option<(InstantiationKey, Vec<Port>)> {
        let comparable = call.arguments.iter().flatten().all(|value| is(value, value));
        if !comparable || site.path.is_empty() {
            return None;
        }
        let mut inputs = Vec::with_capacity(sent.positional.len());
        for tensor in sent.positional.as_slice() {
            let Tensor::Port(port) = tensor else { return None };
            inputs.push(*port);
        }
        for (_, value, _) in &sent.named {
            let Value::Tensor(Tensor::Port(port)) = value else { return None };
            inputs.push(*port);
        }
        let first = |port: &Port| inputs.iter().position(|other| other == port).unwrap_or_default();
        let types: Vec<_> = inputs.iter().map(|port| self.type_of(Tensor::Port(*port))).collect();
        let symbolic = types.iter().any(|input| input.shape.dims().iter().any(Size::is_symbolic));
        let sizes = self.builder.graph().dimensions.iter().filter(|_| symbolic || !call.arguments.is_empty());
        let key = InstantiationKey {
            definition: call.definition,
            arguments: call.arguments.clone(),
            trainable: call.trainable && !site.is_frozen,
            named: site.is_named,
            inputs: types,
            alike: inputs.iter().map(first).collect(),
            names: sent.named.iter().map(|(name, ..)| name.clone()).collect(),
            sizes: sizes.map(|size| (size.name.clone(), size.default)).collect(),
        };
        Some((key, inputs))
    }
}

impl InstantiationKey {
    /// A number that equal keys have in common.
    pub fn hash(&self, hasher: &impl BuildHasher) -> u64 {
        hasher.hash_one((self.definition, self.trainable, self.named, &self.inputs, &self.alike))
    }

    /// True where a layer is among the arguments: it has a place in the text, which may move.
    pub fn has_layers(&self) -> bool {
        self.arguments.iter().flatten().any(has_layer)
    }

    pub fn is(&self, other: &InstantiationKey) -> bool {
        self.definition == other.definition
            && self.trainable == other.trainable
            && self.named == other.named
            && self.alike == other.alike
            && self.names == other.names
            && self.sizes == other.sizes
            && self.inputs == other.inputs
            && are(&self.arguments, &other.arguments)
    }
}

fn are(a: &[Option<Value>], b: &[Option<Value>]) -> bool {
    let same = |(a, b): (&Option<Value>, &Option<Value>)| match (a, b) {
        (Some(a), Some(b)) => is(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    a.len() == b.len() && a.iter().zip(b).all(same)
}

/// True if two arguments are certainly the same. A tensor and a declared layer belong to one place, so they are not
/// even the same as themselves.
fn is(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::None, Value::None) => true,
        (Value::Flag(a), Value::Flag(b)) => a == b,
        (Value::Size(a), Value::Size(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| is(a, b))
        }
        (Value::Layer(a), Value::Layer(b)) => is_layer(a, b),
        _ => false,
    }
}

fn has_layer(value: &Value) -> bool {
    match value {
        Value::Layer(_) => true,
        Value::List(values) => values.iter().any(has_layer),
        _ => false,
    }
}

fn is_layer(a: &Layer, b: &Layer) -> bool {
    a.origin == b.origin
        && a.inputs.is_empty()
        && b.inputs.is_empty()
        && is_template(&a.template, &b.template)
}

fn is_template(a: &LayerTemplate, b: &LayerTemplate) -> bool {
    match (a, b) {
        (LayerTemplate::Catalogue(a), LayerTemplate::Catalogue(b)) => {
            let plain = |call: &CatalogueCall| call.ties.is_empty() && call.expert.is_none();
            std::ptr::eq(a.layer, b.layer)
                && a.alias.map(|alias| alias.name) == b.alias.map(|alias| alias.name)
                && a.arguments == b.arguments
                && a.trainable == b.trainable
                && plain(a)
                && plain(b)
        }
        (LayerTemplate::Block(a), LayerTemplate::Block(b)) => {
            a.definition == b.definition && a.trainable == b.trainable && are(&a.arguments, &b.arguments)
        }
        (LayerTemplate::Chain(a), LayerTemplate::Chain(b)) => {
            let mut pairs = a.iter().zip(b.iter());
            a.len() == b.len() && pairs.all(|(a, b)| a.label == b.label && is_layer(&a.layer, &b.layer))
        }
        (LayerTemplate::Repeat(a, n), LayerTemplate::Repeat(b, m)) => n == m && is_layer(a, b),
        (LayerTemplate::Pass, LayerTemplate::Pass) => true,
        _ => false,
    }
}
