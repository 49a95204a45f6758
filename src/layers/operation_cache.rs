//! Operations that were inferred already: a layer with the same arguments does the same to inputs of the same types.
//!
//! Main type: [`OperationCache`]. Equal layers of a model then share one operation, in memory and in the passes.

use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use smallvec::SmallVec;

use super::{Alias, Arguments, Call, InferenceError, Layer};
use crate::ir::{Defaults, Operation, TensorType};

/// The most operations that are kept: a model in which no two layers are equal should not pay for it.
const MOST: usize = 4096;

/// How many there is room for at first: a small model has some ten.
const ROOM: usize = 14;

/// The types of a layer's inputs; most have no more than two.
pub type InputTypes = SmallVec<[TensorType; 2]>;

/// What an operation depends on.
#[derive(PartialEq)]
struct OperationKey {
    /// As it was called: an alias refuses what the layer itself takes.
    name: &'static str,
    arguments: Arguments,
    inputs: InputTypes,
}

/// What has one hash; nearly always one operation.
type SameHash = SmallVec<[(OperationKey, Arc<Operation>); 1]>;

/// The operations of a model so far, by the hash of what they depend on.
pub struct OperationCache {
    known: HashMap<u64, SameHash>,
    count: usize,
}

impl OperationCache {
    /// What a layer does to inputs, and whether that was inferred just now.
    ///
    /// # Errors
    /// Why it cannot be applied.
    pub fn apply(
        &mut self,
        layer: &'static Layer,
        alias: Option<&'static Alias>,
        arguments: &Arguments,
        inputs: InputTypes,
        defaults: Defaults,
    ) -> Result<(Arc<Operation>, bool), InferenceError> {
        let name = alias.map_or(layer.name(), |alias| alias.name);
        let hash = self.known.hasher().hash_one((name, arguments, &*inputs));
        let is_same =
            |key: &OperationKey| key.name == name && key.inputs == inputs && key.arguments == *arguments;
        let mut same_hash = self.known.get(&hash).into_iter().flatten();
        if let Some((_, known)) = same_hash.find(|(key, _)| is_same(key)) {
            return Ok((known.clone(), false));
        }
        let operation = Arc::new(Call::apply(layer, alias, arguments, &inputs, defaults)?);
        // What cannot be counted is reported wherever it is applied.
        if operation.overflow().is_none() {
            self.keep(hash, OperationKey { name, arguments: arguments.clone(), inputs }, &operation);
        }
        Ok((operation, true))
    }

    fn keep(&mut self, hash: u64, key: OperationKey, operation: &Arc<Operation>) {
        if self.count >= MOST {
            self.known.clear();
            self.count = 0;
        }
        self.count = self.count.saturating_add(1);
        self.known.entry(hash).or_default().push((key, operation.clone()));
    }
}

impl Default for OperationCache {
    fn default() -> OperationCache {
        OperationCache { known: HashMap::with_capacity(ROOM), count: 0 }
    }
}

impl fmt::Debug for OperationCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationCache").field("count", &self.count).finish_non_exhaustive()
    }
}
