//! Where a layer is applied, and to what.
//!
//! Main types: [`InstanceSite`] and [`Tensor`].

use std::cell::RefCell;
use std::sync::Arc;

use crate::ir::{Port, Routing, ScopeId, WeightId};

/// A tensor that a layer can be applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tensor {
    /// A result of a node.
    Port(Port),
    /// A stored tensor, not yet read in the graph.
    Weight(WeightId),
}

/// Where a layer's weights are stored, and what holds for all inside.
#[derive(Clone, Debug, Default)]
pub struct InstanceSite {
    /// The dotted path: what the node is called, and the beginning of its tensors' names.
    pub path: Arc<str>,
    /// The scope it is in.
    pub scope: ScopeId,
    /// True where the path is a person's choice (a label, a declaration, a position in a chain), so that a tie under it is
    /// a further name of the tensor.
    pub is_named: bool,
    /// True in a further use of a declared layer: the weights exist.
    pub is_further_use: bool,
    /// True where nothing inside is trained.
    pub is_frozen: bool,
    /// Where it is inside the expert of a mixture.
    pub routed: Option<Routed>,
    /// The doc comment of the statement.
    pub doc: Option<Arc<str>>,
}

/// Inside the expert of a mixture.
#[derive(Clone, Copy, Debug)]
pub struct Routed {
    /// How many experts there are, and how many a position meets.
    pub routing: Routing,
    /// True where one tensor holds all experts' weights.
    pub is_stacked: bool,
    /// The length of the mixture's own path; without stacking, `.0` follows it.
    pub prefix: usize,
}

impl InstanceSite {
    /// The body of the model.
    pub fn root() -> InstanceSite {
        InstanceSite::default()
    }

    /// Another path, where all else holds too.
    pub fn at(&self, path: Arc<str>) -> InstanceSite {
        InstanceSite { path, doc: self.doc.clone(), ..*self }
    }
}

/// `path.step`
pub fn join(path: &str, step: &str) -> Arc<str> {
    if path.is_empty() { Arc::from(step) } else { concatenated(&[path, ".", step]) }
}

/// `path.base_3`
pub fn join_numbered(path: &str, base: &str, number: u32) -> Arc<str> {
    let point = if path.is_empty() { "" } else { "." };
    concatenated(&[path, point, base, "_", &number.to_string()])
}

/// Parts of a text as one, put together in a buffer that is kept, so that only the result takes memory of its own.
fn concatenated(parts: &[&str]) -> Arc<str> {
    thread_local! { static BUFFER: RefCell<String> = const { RefCell::new(String::new()) } }
    BUFFER.with_borrow_mut(|buffer| {
        buffer.clear();
        parts.iter().for_each(|part| buffer.push_str(part));
        Arc::from(buffer.as_str())
    })
}
