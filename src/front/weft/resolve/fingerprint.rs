//! What a definition depends on, as a number: its own text and that of all it may name, in all files.
//!
//! Main type: [`Fingerprints`]. Two definitions with one fingerprint mean the same, wherever they stand. Every word of an
//! item counts as a name that it may use, so that the fingerprint of a definition changes too often rather than too
//! seldom.

use std::sync::Arc;

use crate::digest::digest;
use crate::front::weft::resolve::library::{Definition, Library, Unit};
use crate::front::weft::resolve::name_map::NameMap;
use crate::front::weft::resolve::texts::ItemText;

/// What a definition depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u128);

/// The fingerprints of a library's definitions, found as they are asked for.
pub(in crate::front::weft) struct Fingerprints<'l> {
    library: &'l Library,
    /// The texts of the items of every file.
    texts: Vec<Vec<Arc<ItemText>>>,
    /// Of each file, the number of its first item among all items.
    first: Vec<usize>,
    own: Vec<Option<Own>>,
    whole: Vec<Option<Fingerprint>>,
    /// By way of which definition each item was looked at last, as one more than its number.
    seen: Vec<usize>,
}

/// An item alone: a digest of its text and of what its words may mean, and those definitions.
#[derive(Debug)]
struct Own {
    hash: u128,
    names: Vec<Definition>,
}

/// What the items of a version say alone, for the next version.
#[derive(Debug, Default)]
pub(in crate::front::weft) struct Owns {
    files: Vec<OfFile>,
}

#[derive(Debug)]
struct OfFile {
    /// What its words meant.
    names: NameMap<Definition>,
    items: Vec<(Arc<ItemText>, Option<Own>)>,
}

impl Owns {
    /// Those that are the same in a library: items with their text at their place, in files where every word means what
    /// it meant.
    fn still(self, library: &Library, texts: &[Vec<Arc<ItemText>>]) -> Vec<Option<Own>> {
        let mut before = self.files.into_iter();
        let of_file = |(unit, texts): (&Unit, &Vec<Arc<ItemText>>)| {
            let known = before.next().filter(|known| known.names == unit.names);
            let mut known = known.into_iter().flat_map(|known| known.items);
            let of_item = |text: &Arc<ItemText>| {
                let (before, own) = known.next()?;
                own.filter(|_| Arc::ptr_eq(&before, text))
            };
            texts.iter().map(of_item).collect::<Vec<_>>()
        };
        library.files.iter().zip(texts).flat_map(of_file).collect()
    }
}

impl<'l> Fingerprints<'l> {
    /// Those of a library with these texts, of which much may be known from the version before.
    pub fn of(library: &'l Library, texts: Vec<Vec<Arc<ItemText>>>, before: Owns) -> Fingerprints<'l> {
        let mut items = 0usize;
        let first = texts.iter().map(|texts| {
            let first = items;
            items = items.saturating_add(texts.len());
            first
        });
        let first = first.collect();
        let own = before.still(library, &texts);
        Fingerprints { library, texts, first, own, whole: vec![None; items], seen: vec![0; items] }
    }

    /// What the next version may know.
    pub fn left(self) -> Owns {
        let mut own = self.own.into_iter();
        let of_file = |(unit, texts): (&Unit, Vec<Arc<ItemText>>)| {
            let items = texts.into_iter().map(|text| (text, own.next().flatten())).collect();
            OfFile { names: unit.names.clone(), items }
        };
        Owns { files: self.library.files.iter().zip(self.texts).map(of_file).collect() }
    }

    /// The texts of the items of the given file.
    pub fn texts(&self) -> &[Arc<ItemText>] {
        self.texts.first().map_or(&[], Vec::as_slice)
    }

    /// Every definition with its fingerprint.
    pub fn all(&mut self) -> impl Iterator<Item = (Fingerprint, Definition)> {
        let lengths: Vec<_> = self.texts.iter().map(|texts| texts.len()).collect();
        let units = (0u32..).zip(lengths);
        let definitions =
            units.flat_map(|(unit, items)| (0u32..).take(items).map(move |item| Definition { unit, item }));
        definitions.map(|definition| (self.whole(definition), definition))
    }

    /// A definition with all that it depends on.
    pub fn whole(&mut self, definition: Definition) -> Fingerprint {
        let number = self.number(definition);
        if let Some(Some(known)) = self.whole.get(number) {
            return *known;
        }
        // Itself twice, so that of two definitions that depend on each other each has its own.
        let mut sum = self.own(definition).map_or(0, |own| own.hash);
        let mut waiting = vec![definition];
        let mark = number.saturating_add(1);
        while let Some(next) = waiting.pop() {
            let at = self.number(next);
            if self.seen.get_mut(at).is_none_or(|seen| std::mem::replace(seen, mark) == mark) {
                continue;
            }
            if let Some(own) = self.own(next) {
                // A sum, so that the order in which they are found does not matter.
                sum = sum.wrapping_add(own.hash);
                waiting.extend(&own.names);
                if let Some(doc) = self.doc(next) {
                    sum = sum.wrapping_add(digest(&(self.text(next).map(|text| text.digest), doc)));
                }
            }
        }
        if let Some(whole) = self.whole.get_mut(number) {
            *whole = Some(Fingerprint(sum));
        }
        Fingerprint(sum)
    }

    fn number(&self, definition: Definition) -> usize {
        let first = self.first.get(definition.unit as usize).copied();
        first.unwrap_or(usize::MAX).saturating_add(definition.item as usize)
    }

    /// The documentation above an item, which is no part of its text.
    fn doc(&self, definition: Definition) -> Option<&'l str> {
        self.library.item(definition)?.doc.as_deref()
    }

    fn text(&self, definition: Definition) -> Option<&ItemText> {
        self.texts.get(definition.unit as usize)?.get(definition.item as usize).map(|text| &**text)
    }

    fn own(&mut self, definition: Definition) -> Option<&Own> {
        let number = self.number(definition);
        if self.own.get(number)?.is_none() {
            let own = Own::of(self.library, definition, self.text(definition)?);
            *self.own.get_mut(number)? = Some(own);
        }
        self.own.get(number)?.as_ref()
    }
}

impl Own {
    fn of(library: &Library, definition: Definition, text: &ItemText) -> Own {
        let mut names = Vec::new();
        // Which of its words mean something, and in which file that stands.
        let mut meant = Vec::new();
        for (word, number) in text.words.iter().zip(0u32..) {
            if let Some(found) = library.find(definition.unit, word)
                && !names.contains(&found)
            {
                names.push(found);
                meant.push((number, found.unit));
            }
        }
        Own { hash: digest(&(definition.unit, text.digest, meant)), names }
    }
}
