//! Where the items of a text stand, and where they went since.
//!
//! Main types: [`Stand`] of one version of a text, and [`Moves`] from one to a later one.

use std::sync::Arc;

use foldhash::{HashMap, HashSet, HashSetExt};

use super::builder::origin;
use super::library::Library;
use crate::graph::Origin;
use crate::source::{FileId, Location, Span};
use crate::syntax::By;

/// Where the items of one version of a text stand.
#[derive(Debug, Default)]
pub struct Stand {
    /// The files that were read, the given one first.
    files: Vec<(String, Arc<str>)>,
    /// The items of the given file, in order.
    items: Vec<(Span, Arc<str>)>,
    /// True where two items have one text, so that nobody can say which went where; an error in any case.
    has_twins: bool,
}

impl Stand {
    pub(super) fn of(library: &Library) -> Stand {
        let files = library.files.iter().filter_map(|unit| library.sources.get(unit.file));
        let files = files.map(|file| (file.name().to_owned(), file.text().clone())).collect();
        let items: Vec<_> = library.unit(0).map_or_else(Vec::new, |unit| {
            let text = |span: Span| Arc::from(library.sources.text(span.within(unit.file)));
            unit.tree.items.iter().map(|item| (item.span, text(item.span))).collect()
        });
        let mut texts = HashSet::new();
        let has_twins = !items.iter().all(|(_, text): &(Span, Arc<str>)| texts.insert(text.clone()));
        Stand { files, items, has_twins }
    }

    /// What went where from this version to a later one; `None` where nobody can say.
    pub(super) fn moves_to(&self, later: &Stand) -> Option<Moves> {
        let is_one_file = match (self.files.first(), later.files.first()) {
            (Some((before, _)), Some((after, _))) => before == after,
            _ => false,
        };
        let can_tell = is_one_file
            && self.files.iter().skip(1).eq(later.files.iter().skip(1))
            && !self.has_twins
            && !later.has_twins;
        let places: HashMap<&str, Span> = later.items.iter().map(|(span, text)| (&**text, *span)).collect();
        let moved = |(span, text): &(Span, Arc<str>)| {
            let place = places.get(&**text);
            (*span, place.map(|place| By::between(span.start as usize, place.start as usize)))
        };
        can_tell.then(|| Moves { items: self.items.iter().map(moved).collect() })
    }
}

/// Where the items of a text went.
#[derive(Debug)]
pub struct Moves {
    /// Where each was, in order, and by how much it moved; `None` where it is gone.
    items: Vec<(Span, Option<By>)>,
}

impl Moves {
    /// True if anything stands elsewhere.
    pub fn is_needed(&self) -> bool {
        self.items.iter().any(|(_, by)| *by != Some(By::NOTHING))
    }

    /// The beginning of the first item that stands elsewhere or is gone; what ends before it is where it was.
    pub(super) fn start(&self) -> u32 {
        let moved = self.items.iter().find(|(_, by)| *by != Some(By::NOTHING));
        moved.map_or(u32::MAX, |(span, _)| span.start)
    }

    /// Where a place is now; in no file where it is gone.
    pub fn location(&self, place: Location) -> Location {
        super::location(self.moved(origin(place), &mut 0))
    }

    /// Where a place is now; in no file where it is gone. What stands side by side was often written side by side, so the
    /// item that held the place before, by number, is tried first.
    pub(super) fn moved(&self, origin: Origin, item: &mut usize) -> Origin {
        if FileId(origin.file) != FileId(0) {
            return origin;
        }
        let holds = |(span, _): &(Span, _)| span.start <= origin.start && origin.start < span.end;
        if !self.items.get(*item).is_some_and(holds) {
            let behind = self.items.partition_point(|(span, _)| span.start <= origin.start);
            *item = behind.saturating_sub(1);
        }
        match self.items.get(*item) {
            Some((span, Some(by))) if span.start <= origin.start && origin.end <= span.end => {
                Origin { start: by.moved(origin.start), end: by.moved(origin.end), ..origin }
            }
            // Nothing is written there, so that it is mistaken for no place of the text.
            _ => Origin { file: FileId::NOWHERE.0, ..origin },
        }
    }
}
