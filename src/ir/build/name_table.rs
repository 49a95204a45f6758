//! What is called how in a model so far: the paths of its layers and blocks, its tensors, its nodes.
//!
//! Main type: [`NameTable`]. What a copied use of a block holds is entered name by name only once somebody asks for a name
//! under its path, which happens where a declared layer that holds it is used again, and hardly anywhere else.

use std::collections::hash_map::Entry;
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::ir::{Graph, NodeId, WeightId};
use crate::source::Location;

/// The names of each sort that a model has room for at first: nearly all models have more than a few.
const ROOM: usize = 28;

/// The names of a model.
#[derive(Debug)]
pub(crate) struct NameTable {
    paths: HashMap<Arc<str>, Location>,
    tensors: HashMap<Arc<str>, WeightId>,
    ids: HashMap<Arc<str>, Uses>,
    /// Copied uses of blocks whose names are not entered yet, by their paths. None stands in another.
    copies: HashMap<Arc<str>, DeferredCopy>,
    /// The hashes of the paths under which something is called anything, once somebody asks: a model without blocks that
    /// could be copied does not.
    insides: Option<HashSet<u64>>,
    /// The paths, in the order in which they were taken.
    reservations: Vec<Reservation>,
}

/// The nodes of one path so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Uses {
    pub first: NodeId,
    pub count: u32,
}

/// A use of a block that is a copy of another one in the same model.
#[derive(Clone, Debug)]
pub(crate) struct DeferredCopy {
    /// The path of the use that was copied.
    pub first: Arc<str>,
    /// The paths that were taken in that one, by number.
    pub reservations: Range<usize>,
    /// The nodes of the copy.
    pub nodes: Range<u32>,
    /// The tensors of the copy.
    pub weights: Range<u32>,
}

/// A path that was taken, or all those of a copy.
#[derive(Clone, Debug)]
pub(crate) enum Reservation {
    Path(Arc<str>),
    Copy { first: Arc<str>, path: Arc<str>, reservations: Range<usize> },
}

impl NameTable {
    pub fn new() -> NameTable {
        NameTable {
            paths: HashMap::with_capacity(ROOM),
            tensors: HashMap::with_capacity(ROOM),
            ids: HashMap::with_capacity(ROOM),
            copies: HashMap::new(),
            insides: None,
            reservations: Vec::with_capacity(ROOM),
        }
    }

    /// Where the layer or block of a path is used.
    pub fn path(&mut self, path: &str, graph: &Graph) -> Option<Location> {
        self.open_above(path, graph);
        self.paths.get(path).copied()
    }

    /// The tensor of a full name.
    pub fn tensor(&mut self, name: &str, graph: &Graph) -> Option<WeightId> {
        self.open_above(name, graph);
        self.tensors.get(name).copied()
    }

    /// The nodes of a path, or the one with an id.
    pub fn uses(&mut self, id: &str, graph: &Graph) -> Option<Uses> {
        self.open_above(id, graph);
        self.ids.get(id).copied()
    }

    /// The paths that were taken so far.
    pub fn reservations(&self) -> &[Reservation] {
        &self.reservations
    }

    pub fn into_reservations(self) -> Vec<Reservation> {
        self.reservations
    }

    /// Takes a path for a layer or block; where it is taken already, says by which.
    pub fn take_path(&mut self, path: &Arc<str>, place: Location, graph: &Graph) -> Option<Location> {
        self.open_above(path, graph);
        let first = take(&mut self.paths, path, place);
        if first.is_none() {
            self.enter(path);
            self.reservations.push(Reservation::Path(path.clone()));
        }
        first
    }

    /// Takes a full name for a tensor; where it is taken already, says by which.
    pub fn take_new_tensor(&mut self, name: &Arc<str>, id: WeightId, graph: &Graph) -> Option<WeightId> {
        self.open_above(name, graph);
        let first = take(&mut self.tensors, name, id);
        if first.is_none() {
            self.enter(name);
        }
        first
    }

    /// Notes one node more of a path; those that it had before.
    pub fn use_path(&mut self, path: &Arc<str>, node: NodeId, graph: &Graph) -> Option<Uses> {
        self.open_above(path, graph);
        match self.ids.entry(path.clone()) {
            Entry::Occupied(mut known) => {
                let before = *known.get();
                known.get_mut().count = before.count.saturating_add(1);
                return Some(before);
            }
            Entry::Vacant(free) => free.insert(Uses { first: node, count: 1 }),
        };
        self.enter(path);
        None
    }

    pub fn take_tensor(&mut self, name: Arc<str>, id: WeightId) {
        self.enter(&name);
        self.tensors.insert(name, id);
    }

    pub fn take_id(&mut self, id: Arc<str>, uses: Uses) {
        self.enter(&id);
        self.ids.insert(id, uses);
    }

    /// Takes all names under a path under which there are none, as they are under that of the use that was copied.
    pub fn take_copy(&mut self, path: Arc<str>, deferred: DeferredCopy) {
        self.enter(&path);
        let (first, reservations) = (deferred.first.clone(), deferred.reservations.clone());
        self.reservations.push(Reservation::Copy { first, path: path.clone(), reservations });
        self.copies.insert(path, deferred);
    }

    /// True if certainly nothing is called anything under a path.
    pub fn is_free_under(&mut self, path: &str) -> bool {
        if self.insides.is_none() {
            self.insides = Some(self.all_insides());
        }
        let is_inside = |insides: &HashSet<u64>| insides.contains(&insides.hasher().hash_one(path));
        let in_copy =
            || self.copies.contains_key(path) || above(path).any(|above| self.copies.contains_key(above));
        !self.insides.as_ref().is_some_and(is_inside) && !in_copy()
    }

    fn all_insides(&self) -> HashSet<u64> {
        let mut insides = HashSet::new();
        let names = self.paths.keys().chain(self.tensors.keys()).chain(self.ids.keys());
        names.chain(self.copies.keys()).for_each(|name| enter(&mut insides, name));
        insides
    }

    /// Notes that something is called a name, where it is known under which paths anything is.
    fn enter(&mut self, name: &str) {
        self.insides.iter_mut().for_each(|insides| enter(insides, name));
    }

    /// Enters the names of the copy that a name would stand in.
    fn open_above(&mut self, name: &str, graph: &Graph) {
        if self.copies.is_empty() {
            return;
        }
        if let Some((path, deferred)) = above(name).find_map(|path| self.copies.remove_entry(path)) {
            self.open(&path, &deferred, graph);
        }
    }

    fn open(&mut self, path: &Arc<str>, deferred: &DeferredCopy, graph: &Graph) {
        let mut claims = Vec::new();
        reserved(&self.reservations, &deferred.reservations, &mut claims);
        for first in claims {
            if let Some((place, name)) = self.path(&first, graph).zip(renamed(&first, &deferred.first, path))
            {
                self.enter(&name);
                self.paths.insert(name, place);
            }
        }
        for id in deferred.nodes.clone().map(NodeId) {
            // What is called as the block itself was entered when it was added.
            let Some(node) = graph.node(id).filter(|node| node.path != *path) else { continue };
            let only = Uses { first: id, count: 1 };
            self.enter(&node.path);
            let uses = self.ids.entry(node.path.clone());
            uses.and_modify(|uses| uses.count = uses.count.saturating_add(1)).or_insert(only);
            if node.id != node.path {
                self.ids.insert(node.id.clone(), only);
            }
        }
        for id in deferred.weights.clone().map(WeightId) {
            let Some(weight) = graph.weight(id) else { continue };
            for name in weight.aliases.iter().chain([&weight.name]) {
                self.take_tensor(name.clone(), id);
            }
        }
    }
}

/// Enters a name; where it is there already, gives what it stands for and leaves that.
fn take<V: Copy>(table: &mut HashMap<Arc<str>, V>, name: &Arc<str>, value: V) -> Option<V> {
    match table.entry(name.clone()) {
        Entry::Occupied(first) => Some(*first.get()),
        Entry::Vacant(free) => {
            free.insert(value);
            None
        }
    }
}

/// Notes that something is called a name, for all paths above it.
fn enter(insides: &mut HashSet<u64>, name: &str) {
    for path in above(name) {
        let hash = insides.hasher().hash_one(path);
        if !insides.insert(hash) {
            break;
        }
    }
}

/// Adds the paths among some reservations, which are numbered as all of their model are. `None` if there are no such numbers.
pub(super) fn reserved(all: &[Reservation], numbers: &Range<usize>, paths: &mut Vec<Arc<str>>) -> Option<()> {
    for reservation in all.get(numbers.clone())? {
        match reservation {
            Reservation::Path(path) => paths.push(path.clone()),
            Reservation::Copy { first, path, reservations } => {
                let before = paths.len();
                reserved(all, reservations, paths)?;
                for name in paths.get_mut(before..)? {
                    *name = renamed(name, first, path)?;
                }
            }
        }
    }
    Some(())
}

/// A name under one path as it is under another.
fn renamed(name: &str, from: &str, to: &str) -> Option<Arc<str>> {
    name.strip_prefix(from).map(|rest| [to, rest].concat().into())
}

/// The paths above a name, the longest first: `a.b` and `a` for `a.b.c`.
fn above(name: &str) -> impl Iterator<Item = &str> {
    name.rmatch_indices('.').filter_map(|(dot, _)| name.get(..dot))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Kind, Node, Operation, Shape, TensorType, Weight};
    use crate::source::{FileId, Span};

    fn place(start: u32) -> Location {
        Span { start, end: start + 1 }.within(FileId(0))
    }

    /// Adds a layer of one tensor to a graph, and says their numbers.
    fn layer(graph: &mut Graph, path: &str) -> (NodeId, WeightId) {
        let shape = Shape::from([4]);
        let weight = graph.add_weight(Weight {
            name: format!("{path}.weight").into(),
            aliases: Vec::new(),
            shape: shape.clone(),
            dtype: Default::default(),
            role: Default::default(),
            trainable: true,
            origin: Location::default(),
            routing: None,
        });
        let node = Node {
            id: path.into(),
            path: path.into(),
            operation: Arc::new(Operation::new(Kind::Input, vec![TensorType::float(shape)])),
            weights: [weight].into_iter().collect(),
            origin: Location::default(),
            scope: Default::default(),
            first_use: None,
            routing: None,
            doc: None,
        };
        (graph.add(node, &[]), weight)
    }

    #[test]
    fn a_copy_is_called_as_what_was_copied_once_somebody_asks() {
        let mut graph = Graph::new("M".into(), Location::default());
        let mut taken = NameTable::new();
        let (first, weight) = layer(&mut graph, "a.fc");
        taken.take_path(&"a".into(), place(1), &graph);
        taken.take_path(&"a.fc".into(), place(2), &graph);
        taken.take_id("a.fc".into(), Uses { first, count: 1 });
        taken.take_tensor("a.fc.weight".into(), weight);
        let (node, copied) = layer(&mut graph, "b.fc");
        taken.take_path(&"b".into(), place(3), &graph);
        let deferred = DeferredCopy {
            first: "a".into(),
            reservations: 1..2,
            nodes: node.0..node.0 + 1,
            weights: copied.0..copied.0 + 1,
        };
        taken.take_copy("b".into(), deferred);

        assert!(taken.ids.len() == 1, "nobody asked yet");
        assert_eq!(taken.path("b.fc", &graph), Some(place(2)), "it is written in the block");
        assert_eq!(taken.path("b", &graph), Some(place(3)));
        assert_eq!(taken.tensor("b.fc.weight", &graph), Some(copied));
        assert_eq!(taken.uses("b.fc", &graph).map(|uses| (uses.first, uses.count)), Some((node, 1)));
        assert_eq!(taken.tensor("b.other.weight", &graph), None);

        let mut claims = Vec::new();
        reserved(taken.reservations(), &(0..taken.reservations().len()), &mut claims).expect("claims");
        assert_eq!(claims.iter().map(|claim| &**claim).collect::<Vec<_>>(), ["a", "a.fc", "b", "b.fc"]);
    }

    #[test]
    fn a_path_is_free_where_nothing_stands_under_it() {
        let graph = Graph::new("M".into(), Location::default());
        let mut taken = NameTable::new();
        taken.take_path(&"layers.0".into(), place(1), &graph);
        taken.take_tensor("stem.conv.weight".into(), WeightId(0));
        let deferred =
            DeferredCopy { first: "layers.0".into(), reservations: 0..0, nodes: 0..0, weights: 0..0 };
        taken.take_copy("layers.1".into(), deferred);
        for (path, is_free) in [
            ("layers.0", true),
            ("layers", false),
            ("stem", false),
            ("stem.conv", false),
            ("stem.conv.weight", true),
            ("layers.1", false),
            ("layers.1.fc", false),
            ("layers.2", true),
            ("layer", true),
        ] {
            assert_eq!(taken.is_free_under(path), is_free, "{path}");
        }
        assert!(taken.path("layers.1.fc", &graph).is_none());
    }
}
