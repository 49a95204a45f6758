//! Where the items of a text stand, and where they went since.
//!
//! Main types: [`Stand`] of one version of a text, and [`Moves`] from one to a later one.

use std::sync::Arc;

use foldhash::{HashMap, HashSet, HashSetExt};

use crate::front::weft::resolve::library::Library;
use crate::front::weft::resolve::texts::ItemText;
use crate::source::{FileId, Location, Span};
use crate::syntax::By;

/// An item's place and text.
type Placed = (Span, Arc<ItemText>);

/// Where the items of one version of a text stand.
#[derive(Debug, Default)]
pub struct Stand {
    /// The files that were read, the given one first.
    files: Vec<(String, Arc<str>)>,
    /// The items of the given file, in order.
    items: Vec<Placed>,
    /// True where two items have one text, so that nobody can say which went where; an error in any case.
    has_twins: bool,
}

impl Stand {
    /// Where the items stand whose texts these are.
    pub(in crate::front::weft) fn of(library: &Library, texts: &[Arc<ItemText>]) -> Stand {
        let files = library.files.iter().filter_map(|unit| library.sources.get(unit.file));
        let files = files.map(|file| (file.name().to_owned(), file.text().clone())).collect();
        let items = library.unit(0).map_or(&[][..], |unit| &unit.tree.items);
        let items: Vec<_> = items.iter().map(|item| item.span).zip(texts.iter().cloned()).collect();
        // Items with one text share it.
        let mut seen = HashSet::with_capacity(items.len());
        let has_twins = !items.iter().all(|(_, text)| seen.insert(Arc::as_ptr(text)));
        Stand { files, items, has_twins }
    }

    /// What went where from this version to a later one; `None` where nobody can say.
    pub(in crate::front::weft) fn moves_to(&self, later: &Stand) -> Option<Moves> {
        let is_one_file = match (self.files.first(), later.files.first()) {
            (Some((before, _)), Some((after, _))) => before == after,
            _ => false,
        };
        let can_tell = is_one_file
            && self.files.iter().skip(1).eq(later.files.iter().skip(1))
            && !self.has_twins
            && !later.has_twins;
        can_tell.then(|| Moves::of(&self.items, &later.items))
    }
}

/// A part of a text this long is looked for in few items.
const STRETCH: u32 = 64;

/// Where the items of a text went.
#[derive(Debug)]
pub struct Moves {
    /// Where each was, in order, and by how much it moved; `None` where it is gone.
    items: Vec<(Span, Option<By>)>,
    /// For every stretch of the text, the last item that begins before it or with it.
    stretches: Vec<usize>,
}

impl Moves {
    /// From where items were to where they are; none is there twice.
    fn of(before: &[Placed], after: &[Placed]) -> Moves {
        // An edit is in one place: what stands before it and behind it is the same in both.
        let first = alike(before.iter().zip(after));
        let (rest, now) = (before.get(first..).unwrap_or(&[]), after.get(first..).unwrap_or(&[]));
        let last = alike(rest.iter().rev().zip(now.iter().rev()));
        let changed = rest.get(..rest.len().saturating_sub(last)).unwrap_or(&[]);
        let (between, behind) = now.split_at_checked(now.len().saturating_sub(last)).unwrap_or_default();
        let places: HashMap<&str, Span> = between.iter().map(|(span, text)| (&*text.text, *span)).collect();
        let place = |(span, _): &Placed| Some(*span);
        let places = after.iter().take(first).map(place).chain(
            changed.iter().map(|(_, text)| places.get(&*text.text).copied()).chain(behind.iter().map(place)),
        );
        let by = |from: Span, to: Span| By::between(from.start as usize, to.start as usize);
        let moved =
            |((span, _), place): (&Placed, Option<Span>)| (*span, place.map(|place| by(*span, place)));
        let items: Vec<_> = before.iter().zip(places).map(moved).collect();
        Moves { stretches: stretches(&items), items }
    }

    /// True if anything stands elsewhere.
    pub fn is_needed(&self) -> bool {
        self.items.iter().any(|(_, by)| *by != Some(By::NOTHING))
    }

    /// The beginning of the first item that stands elsewhere or is gone; what ends before it is where it was.
    pub(in crate::front::weft) fn start(&self) -> u32 {
        let moved = self.items.iter().find(|(_, by)| *by != Some(By::NOTHING));
        moved.map_or(u32::MAX, |(span, _)| span.start)
    }

    /// Where a place is now; in no file where it is gone.
    pub fn moved(&self, place: Location) -> Location {
        let Location { file, span } = place;
        if file != FileId(0) {
            return place;
        }
        match self.item_before(span.start) {
            Some((item, Some(by))) if item.start <= span.start && span.end <= item.end => {
                Span { start: by.moved(span.start), end: by.moved(span.end) }.within(file)
            }
            // Nothing is written there, so that it is mistaken for no place of the text.
            _ => span.within(FileId::NOWHERE),
        }
    }

    /// The last item that begins before a place or with it; the first one where none does.
    fn item_before(&self, offset: u32) -> Option<&(Span, Option<By>)> {
        let stretch = self.stretches.get(offset.div_euclid(STRETCH) as usize).or(self.stretches.last());
        let from = stretch.copied().unwrap_or(0);
        let mut items = self.items.get(from..)?.iter();
        let mut item = items.next()?;
        for next in items.take_while(|(span, _)| span.start <= offset) {
            item = next;
        }
        Some(item)
    }
}

/// How many pairs of items have one text, up to the first that has two.
fn alike<'i>(pairs: impl Iterator<Item = (&'i Placed, &'i Placed)>) -> usize {
    pairs.take_while(|((_, before), (_, after))| before.is(after)).count()
}

/// For every stretch of a text, the number of the last item that begins before it or with it, or the first.
fn stretches(items: &[(Span, Option<By>)]) -> Vec<usize> {
    let mut stretches = Vec::new();
    for (number, (span, _)) in items.iter().enumerate() {
        let from = span.start.div_ceil(STRETCH) as usize;
        // Those before its first one are the item's before.
        stretches.resize(from.max(stretches.len()), number.saturating_sub(1));
    }
    stretches.push(items.len().saturating_sub(1));
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> Arc<ItemText> {
        Arc::new(ItemText::of(text))
    }

    /// Items of these texts and places.
    fn items(items: &[(&str, u32)]) -> Vec<Placed> {
        let span = |start: u32, text: &str| Span { start, end: start + text.len() as u32 };
        items.iter().map(|(text, start)| (span(*start, text), item(text))).collect()
    }

    fn moved(moves: &Moves, start: u32) -> Option<u32> {
        let now = moves.moved(Span { start, end: start + 1 }.within(FileId(0)));
        (now.file == FileId(0)).then_some(now.span.start)
    }

    #[test]
    fn an_item_is_found_wherever_it_went() {
        let long = "l".repeat(1000);
        let before = items(&[
            ("first", 3),
            ("gone", 10),
            (&long, 20),
            ("swapped", 1100),
            ("other", 1110),
            ("last", 5000),
        ]);
        let after = items(&[
            ("first", 3),
            ("new", 10),
            (&long, 30),
            ("other", 1050),
            ("swapped", 1060),
            ("last", 4000),
        ]);
        let moves = Moves::of(&before, &after);
        assert!(moves.is_needed());
        assert_eq!(moves.start(), 10);
        let places = [
            (0, None),
            (3, Some(3)),
            (7, Some(7)),
            (8, None),
            (10, None),
            (20, Some(30)),
            (1019, Some(1029)),
        ];
        let behind = [(1020, None), (1100, Some(1060)), (1106, Some(1066)), (1110, Some(1050)), (4999, None)];
        for (from, to) in
            places.into_iter().chain(behind).chain([(5000, Some(4000)), (5004, None), (90_000, None)])
        {
            assert_eq!(moved(&moves, from), to, "{from}");
        }
    }

    #[test]
    fn what_stands_where_it_was_moves_nowhere() {
        let before = items(&[("first", 0), ("second", 64), ("third", 128)]);
        let moves = Moves::of(&before, &before);
        assert!(!moves.is_needed());
        assert_eq!(moves.start(), u32::MAX);
        assert_eq!([0, 64, 128].map(|place| moved(&moves, place)), [Some(0), Some(64), Some(128)]);
        assert_eq!(moved(&Moves::of(&[], &before), 0), None);
    }
}
