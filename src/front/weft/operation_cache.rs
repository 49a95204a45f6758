//! OperationCache that were made already: a layer with the same arguments does the same to inputs of the same types.
//!
//! Main type: [`OperationCache`]. Equal layers of a model then share one operation, in memory and in the passes.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use smallvec::SmallVec;

use super::value::CatalogueCall;
use crate::ir::{Operation, TensorType};
use crate::layers::Arguments;

/// The most operations that are kept: a model in which no two layers are equal should not pay for it.
const MOST: usize = 4096;

/// How many there is room for at first: a small model has some ten.
const ROOM: usize = 14;

/// The types of a layer's inputs; most have no more than two.
pub(super) type Types = SmallVec<[TensorType; 2]>;

/// What an operation depends on.
#[derive(PartialEq)]
struct OperationKey {
    /// As it was called: an alias refuses what the layer itself takes.
    name: &'static str,
    arguments: Arguments,
    inputs: Types,
}

/// What has one hash; nearly always one operation.
type Alike = SmallVec<[(OperationKey, Arc<Operation>); 1]>;

/// The operations of a model so far, by the hash of what they depend on.
pub(super) struct OperationCache {
    known: HashMap<u64, Alike>,
    count: usize,
}

impl OperationCache {
    pub fn new() -> OperationCache {
        OperationCache { known: HashMap::with_capacity(ROOM), count: 0 }
    }

    /// What the layer does to these inputs; where that is not known, the hash under which it is kept.
    pub fn find(&self, call: &CatalogueCall, inputs: &[TensorType]) -> Result<Arc<Operation>, u64> {
        let name = name(call);
        let hash = self.known.hasher().hash_one((name, &call.arguments, inputs));
        let mut alike = self.known.get(&hash).into_iter().flatten();
        let same = |key: &OperationKey| {
            key.name == name && *key.inputs == *inputs && key.arguments == call.arguments
        };
        let known = alike.find(|(key, _)| same(key)).map(|(_, operation)| operation.clone());
        known.ok_or(hash)
    }

    /// Keeps what the layer does to these inputs, under their hash.
    pub fn keep(&mut self, hash: u64, call: &CatalogueCall, inputs: Types, operation: &Arc<Operation>) {
        if self.count >= MOST {
            self.known.clear();
            self.count = 0;
        }
        self.count = self.count.saturating_add(1);
        let key = OperationKey { name: name(call), arguments: call.arguments.clone(), inputs };
        self.known.entry(hash).or_default().push((key, operation.clone()));
    }
}

fn name(call: &CatalogueCall) -> &'static str {
    call.alias.map_or(call.layer.name, |alias| alias.name)
}
