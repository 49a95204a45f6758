//! What one elaboration leaves to the next: the items of its texts, its graphs, and what its blocks expanded to.
//!
//! Main type: [`Recall`], of which a server keeps one for each open text. What comes out of an elaboration with it is what
//! comes out without; only what an edit touches, and what depends on it, is made again.

use std::cell::Cell;
use std::sync::Arc;

use foldhash::{HashMap, HashSet, HashSetExt};

use super::builder::origin;
use super::fingerprint::{Fingerprint, Fingerprints};
use super::library::{Definition, Library};
use super::reuse::{Expansion, Expansions};
use crate::graph::{Graph, Origin};
use crate::source::{FileId, Location, Span};
use crate::syntax::{self, By};

/// What earlier elaborations of a text left.
#[derive(Debug, Default)]
pub struct Recall {
    pub(super) syntax: syntax::Recall,
    models: Vec<Known>,
    /// The files that were read, the given one first.
    files: Vec<(String, Arc<str>)>,
    /// The items of the given file.
    items: Vec<Stood>,
    moves: Option<Moves>,
}

/// A model that was built.
#[derive(Debug)]
pub(super) struct Known {
    pub fingerprint: Fingerprint,
    pub graph: Arc<Graph>,
    /// The paths that were taken in it, in order.
    pub claims: Vec<Arc<str>>,
    /// What its blocks expanded to, by what they depend on.
    pub expanded: Vec<(Fingerprint, Vec<Expansion>)>,
}

/// Where an item stood.
#[derive(Clone, Debug)]
struct Stood {
    span: Span,
    text: Arc<str>,
}

impl Recall {
    /// What may be of use to a library, with all origins where they now stand; those in items that are gone lead nowhere.
    pub(super) fn expansions(&mut self, library: &Library, fingerprints: &mut Fingerprints) -> Expansions {
        let mut models = std::mem::take(&mut self.models);
        let (files, items) = (files(library), items(library));
        let name = |files: &[(String, Arc<str>)]| files.first().map(|(name, _)| name.clone());
        let other_files =
            name(&self.files) != name(&files) || !self.files.iter().skip(1).eq(files.iter().skip(1));
        // Of two items with one text nobody can say which moved where; they are an error in any case.
        let can_tell = !other_files && !any_twice(&self.items) && !any_twice(&items);
        if !can_tell {
            models.clear();
        }
        let moves = Moves::between(&self.items, &items);
        (self.files, self.items) = (files, items);
        if moves.is_needed() {
            models.iter_mut().for_each(|model| moves.apply(model));
        }
        self.moves = can_tell.then_some(moves);
        let units = (0u32..).zip(&library.files);
        let definitions = units.flat_map(|(unit, file)| {
            (0u32..).zip(&file.tree.items).map(move |(item, _)| Definition { unit, item })
        });
        let known: HashMap<_, _> =
            definitions.map(|definition| (fingerprints.whole(definition), definition)).collect();
        Expansions::recalled(models, &known)
    }

    /// What went where from the text before to the last one; `None` where nobody can say.
    pub fn moves(&self) -> Option<&Moves> {
        self.moves.as_ref()
    }

    /// Keeps what a run leaves.
    pub(super) fn keep(&mut self, expansions: Expansions, fingerprints: &mut Fingerprints) {
        self.models = expansions.left(|definition| fingerprints.whole(definition));
        self.syntax.sweep();
    }
}

fn files(library: &Library) -> Vec<(String, Arc<str>)> {
    let files = library.files.iter().filter_map(|unit| library.sources.get(unit.file));
    files.map(|file| (file.name().to_owned(), file.text().clone())).collect()
}

fn items(library: &Library) -> Vec<Stood> {
    let Some(unit) = library.unit(0) else { return Vec::new() };
    let text = |span: Span| Arc::from(library.sources.text(span.within(unit.file)));
    unit.tree.items.iter().map(|item| Stood { span: item.span, text: text(item.span) }).collect()
}

fn any_twice(items: &[Stood]) -> bool {
    let mut texts = HashSet::new();
    !items.iter().all(|item| texts.insert(&item.text))
}

/// Where the items of a text went.
#[derive(Debug)]
pub struct Moves {
    /// Where each was, in order, and by how much it moved; `None` where it is gone.
    items: Vec<(Span, Option<By>)>,
}

impl Moves {
    fn between(before: &[Stood], after: &[Stood]) -> Moves {
        let places: HashMap<&str, Span> = after.iter().map(|item| (&*item.text, item.span)).collect();
        let moved = |item: &Stood| {
            let place = places.get(&*item.text)?;
            Some(By::between(item.span.start as usize, place.start as usize))
        };
        Moves { items: before.iter().map(|item| (item.span, moved(item))).collect() }
    }

    /// True if anything stands elsewhere.
    pub fn is_needed(&self) -> bool {
        self.items.iter().any(|(_, by)| by.is_none_or(|by| by != By::NOTHING))
    }

    fn apply(&self, model: &mut Known) {
        // What stands side by side was written side by side: most are found where the one before was.
        let last = Cell::new(0);
        let moved = |origin: Origin| {
            let number = self.number_of(origin, last.get());
            last.set(number);
            self.moved_in(number, origin)
        };
        Arc::make_mut(&mut model.graph).map_origins(&moved);
        let expansions = model.expanded.iter_mut().flat_map(|(_, alike)| alike);
        expansions.for_each(|expansion| expansion.map_origins(&moved));
    }

    /// Where a place is now.
    pub fn location(&self, place: Location) -> Location {
        super::location(self.moved(origin(place)))
    }

    fn moved(&self, origin: Origin) -> Origin {
        self.moved_in(self.number_of(origin, 0), origin)
    }

    /// The number of the item that may hold a place; it is tried first whether that is `near`.
    fn number_of(&self, origin: Origin, near: usize) -> usize {
        let holds = |(span, _): &(Span, _)| {
            span.start <= origin.start && origin.start < span.end && origin.end <= span.end
        };
        if self.items.get(near).is_some_and(holds) {
            return near;
        }
        let behind = self.items.partition_point(|(span, _)| span.start <= origin.start);
        behind.saturating_sub(1)
    }

    fn moved_in(&self, number: usize, origin: Origin) -> Origin {
        if FileId(origin.file) != FileId(0) {
            return origin;
        }
        match self.items.get(number) {
            Some((span, Some(by))) if span.start <= origin.start && origin.end <= span.end => {
                Origin { start: by.moved(origin.start), end: by.moved(origin.end), ..origin }
            }
            // Nothing is written there, so that it is mistaken for no place of the text.
            _ => Origin { file: FileId::NOWHERE.0, ..origin },
        }
    }
}
