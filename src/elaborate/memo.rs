//! Operations that were made already: a layer with the same arguments does the same to inputs of the same types.
//!
//! Main type: [`Operations`]. Equal layers of a model then share one operation, in memory and in the passes.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::value::CatalogueCall;
use crate::graph::{Operation, TensorType};
use crate::layers::Arguments;

/// The most operations that are kept: a model in which no two layers are equal should not pay for it.
const MOST: usize = 4096;

/// What an operation depends on.
#[derive(PartialEq)]
struct Key {
    /// As it was called: an alias refuses what the layer itself takes.
    name: &'static str,
    arguments: Arguments,
    inputs: Vec<TensorType>,
}

/// The operations of a model so far, by the hash of what they depend on.
pub(super) struct Operations {
    known: HashMap<u64, Vec<(Key, Arc<Operation>)>>,
    count: usize,
}

impl Operations {
    pub fn new() -> Operations {
        Operations { known: HashMap::new(), count: 0 }
    }

    /// What the layer does to these inputs, if that is known.
    pub fn find(&self, call: &CatalogueCall, inputs: &[TensorType]) -> Option<Arc<Operation>> {
        let name = name(call);
        let alike = self.known.get(&self.hash(call, inputs))?;
        let same = |key: &Key| key.name == name && key.inputs == inputs && key.arguments == call.arguments;
        alike.iter().find(|(key, _)| same(key)).map(|(_, operation)| operation.clone())
    }

    /// Keeps what the layer does to these inputs.
    pub fn keep(&mut self, call: &CatalogueCall, inputs: Vec<TensorType>, operation: &Arc<Operation>) {
        if self.count >= MOST {
            self.known.clear();
            self.count = 0;
        }
        self.count = self.count.saturating_add(1);
        let hash = self.hash(call, &inputs);
        let key = Key { name: name(call), arguments: call.arguments.clone(), inputs };
        self.known.entry(hash).or_default().push((key, operation.clone()));
    }

    fn hash(&self, call: &CatalogueCall, inputs: &[TensorType]) -> u64 {
        self.known.hasher().hash_one((name(call), &call.arguments, inputs))
    }
}

fn name(call: &CatalogueCall) -> &'static str {
    call.alias.map_or(call.layer.name, |alias| alias.name)
}
