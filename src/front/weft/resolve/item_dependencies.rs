//! Which items of a file are made of which: a block of the blocks that it names, a variant of its model.
//!
//! Main type: [`ItemDependencies`]. All that a model's graph holds is written in the model's item or in one that it reaches.

use crate::front::weft::resolve::library::Definition;
use crate::source::Location;

/// The given file.
const FILE: u32 = 0;

/// The items of the given file, by number, with those that each names.
#[derive(Clone, Debug, Default)]
pub struct ItemDependencies {
    /// In order, each once.
    names: Vec<(u32, u32)>,
}

impl ItemDependencies {
    pub(in crate::front::weft) fn of(edges: &[(Definition, Definition, Location)]) -> ItemDependencies {
        let here = edges.iter().filter(|(from, to, _)| from.unit == FILE && to.unit == FILE);
        let mut names: Vec<_> = here.map(|(from, to, _)| (from.item, to.item)).collect();
        names.sort_unstable();
        names.dedup();
        ItemDependencies { names }
    }

    /// An item and all that it is made of.
    pub fn from(&self, item: u32) -> Vec<u32> {
        let mut reached = vec![item];
        let mut looked_at = 0;
        while let Some(from) = reached.get(looked_at).copied() {
            let first = self.names.partition_point(|(name, _)| *name < from);
            let of_item = self.names.iter().skip(first).take_while(|(name, _)| *name == from);
            for (_, to) in of_item {
                if !reached.contains(to) {
                    reached.push(*to);
                }
            }
            looked_at = looked_at.saturating_add(1);
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    #[test]
    fn an_item_reaches_what_its_items_name() {
        let place = Span::default().within(FileId(0));
        let here = |item| Definition { unit: 0, item };
        let imported = Definition { unit: 1, item: 5 };
        let edges = [(3, 1), (1, 0), (3, 1), (4, 2)].map(|(from, to)| (here(from), here(to), place));
        let others = [(here(4), imported, place), (imported, here(0), place), (here(0), here(3), place)];
        let reach = ItemDependencies::of(&[&edges[..], &others].concat());
        assert_eq!(reach.from(3), [3, 1, 0]);
        assert_eq!(reach.from(4), [4, 2]);
        assert_eq!(reach.from(2), [2]);
        assert_eq!(reach.from(9), [9]);
    }
}
