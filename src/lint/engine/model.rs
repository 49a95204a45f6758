//! A model that is linted, and what is found out of it when it is needed.

use std::cell::OnceCell;

use foldhash::HashSet;

use crate::front::weft::Program;
use crate::ir::Graph;
use crate::lint::graph_index::GraphIndex;
use crate::source::Location;

/// A graph with its index, the places where its nodes are written, and the items that it is made of.
pub(super) struct LintedModel<'m> {
    pub graph: &'m Graph,
    index: OnceCell<GraphIndex>,
    places: OnceCell<HashSet<Location>>,
    /// The items of the file that the model is made of, if that is known.
    items: OnceCell<Option<Vec<u32>>>,
}

impl<'m> LintedModel<'m> {
    /// A graph of which nothing is asked yet.
    pub fn new(graph: &'m Graph) -> LintedModel<'m> {
        LintedModel { graph, index: OnceCell::new(), places: OnceCell::new(), items: OnceCell::new() }
    }

    /// Who reads whom.
    pub fn index(&self) -> &GraphIndex {
        self.index.get_or_init(|| GraphIndex::of(self.graph))
    }

    /// Whether a node may be written in an item of the file.
    pub fn may_reach(&self, program: &Program, item: Option<u32>) -> bool {
        let own = || program.item_at(self.graph.origin.span.start);
        let items = self.items.get_or_init(|| Some(program.reach.as_ref()?.from(own()?)));
        match (items, item) {
            (Some(items), Some(item)) => items.contains(&item),
            _ => true,
        }
    }

    /// Whether a node is written at one of the places that are asked for.
    pub fn has_node_written_at(&self, origin: Location, asked: &HashSet<Location>) -> bool {
        let origins = || self.graph.nodes().map(|(_, node)| node.origin);
        let places = || origins().filter(|origin| asked.contains(origin)).collect();
        self.places.get_or_init(places).contains(&origin)
    }
}
