//! Who feeds and who reads whom in a graph, in flat tables: what nearly every rule asks, computed once a model.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::graph::{Graph, Node, NodeId, Origin, Port};
use crate::layers::{self, Family};

/// A node that reads a result of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The node that reads.
    pub node: NodeId,
    /// Which of its inputs it is.
    pub slot: usize,
    /// Which result it reads.
    pub output: u32,
}

/// The wires of a graph, and what follows from them alone.
#[derive(Debug, Default)]
pub struct Wiring {
    inputs: Table<Port>,
    readers: Table<Reader>,
    families: Vec<Option<Family>>,
    gives_output: Vec<bool>,
    of_data: OnceCell<Vec<bool>>,
    sites: OnceCell<HashMap<Origin, usize>>,
}

impl Wiring {
    /// The wires of a graph.
    pub fn of(graph: &Graph) -> Wiring {
        let inputs = Table::new(graph.nodes().map(|(id, _)| graph.inputs_of(id)));
        let mut readers: Vec<Vec<Reader>> = vec![Vec::new(); graph.len()];
        for (id, _) in graph.nodes() {
            for (slot, port) in inputs.row(id).iter().enumerate() {
                if let Some(of_port) = readers.get_mut(index(port.node)) {
                    of_port.push(Reader { node: id, slot, output: port.output });
                }
            }
        }
        let family = |node: &Node| layers::find(node.kind()).map(|(layer, _)| layer.family);
        let mut gives_output = vec![false; graph.len()];
        for output in &graph.outputs {
            if let Some(gives) = gives_output.get_mut(index(output.source.node)) {
                *gives = true;
            }
        }
        Wiring {
            inputs,
            readers: Table::new(readers),
            families: graph.nodes().map(|(_, node)| family(node)).collect(),
            gives_output,
            of_data: OnceCell::new(),
            sites: OnceCell::new(),
        }
    }

    /// What feeds a node, in the order of its inputs.
    pub fn inputs(&self, id: NodeId) -> &[Port] {
        self.inputs.row(id)
    }

    /// Who reads a node's results, in execution order.
    pub fn readers(&self, id: NodeId) -> &[Reader] {
        self.readers.row(id)
    }

    /// The family of a node's layer; `None` for inputs, stored tensors and constants.
    pub fn family(&self, id: NodeId) -> Option<Family> {
        self.families.get(index(id)).copied().flatten()
    }

    /// True where a result of the node is one of the model's.
    pub fn gives_output(&self, id: NodeId) -> bool {
        self.gives_output.get(index(id)).copied().unwrap_or(false)
    }

    /// True where a node's result depends on an input of the model.
    pub fn is_of_data(&self, graph: &Graph, id: NodeId) -> bool {
        let all = self.of_data.get_or_init(|| {
            let mut of_data: Vec<bool> = Vec::with_capacity(graph.len());
            for (id, node) in graph.nodes() {
                let mut inputs = self.inputs(id).iter();
                let fed = inputs.any(|port| of_data.get(index(port.node)).copied().unwrap_or(false));
                of_data.push(fed || node.kind() == "Input");
            }
            of_data
        });
        all.get(index(id)).copied().unwrap_or(false)
    }

    /// How many nodes are written at a place.
    pub fn written_at(&self, graph: &Graph, origin: Origin) -> usize {
        let sites = self.sites.get_or_init(|| {
            let mut sites = HashMap::new();
            for (_, node) in graph.nodes() {
                let count: &mut usize = sites.entry(node.origin).or_default();
                *count = count.saturating_add(1);
            }
            sites
        });
        sites.get(&origin).copied().unwrap_or(0)
    }
}

/// A node's place in a table of all nodes.
pub fn index(id: NodeId) -> usize {
    id.0 as usize
}

/// Rows of different lengths, one a node, end to end.
#[derive(Debug)]
struct Table<T> {
    entries: Vec<T>,
    ends: Vec<usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { entries: Vec::new(), ends: Vec::new() }
    }
}

impl<T> Table<T> {
    fn new<R: IntoIterator<Item = T>>(rows: impl IntoIterator<Item = R>) -> Table<T> {
        let mut table = Table::default();
        for row in rows {
            table.entries.extend(row);
            table.ends.push(table.entries.len());
        }
        table
    }

    fn row(&self, id: NodeId) -> &[T] {
        let end = self.ends.get(index(id)).copied().unwrap_or(0);
        let before = index(id).checked_sub(1).and_then(|before| self.ends.get(before));
        self.entries.get(before.copied().unwrap_or(0)..end).unwrap_or(&[])
    }
}
