//! What the text of an item says by itself, wherever it stands: kept from one version of a file to the next.
//!
//! Main type: [`Texts`]. An edit touches few items; the words of all others are cut and digested once.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::digest::digest;
use crate::front::weft::resolve::library::{Library, Unit};
use crate::source::Span;
use crate::syntax;

/// The text of an item.
#[derive(Debug, PartialEq, Eq)]
pub struct ItemText {
    pub text: Arc<str>,
    /// A number that stands for it.
    pub digest: u128,
    /// Its words that may be names, each once.
    pub words: Vec<Box<str>>,
}

impl ItemText {
    pub fn of(text: &str) -> ItemText {
        let mut seen = HashSet::new();
        let words = syntax::words(text).filter(|word| seen.insert(*word)).map(Box::from).collect();
        ItemText { text: text.into(), digest: digest(&text), words }
    }

    /// Whether two items have one text.
    pub fn is(self: &Arc<ItemText>, other: &Arc<ItemText>) -> bool {
        Arc::ptr_eq(self, other) || self.text == other.text
    }
}

/// The texts of the items that were read last.
#[derive(Debug, Default)]
pub struct Texts {
    known: HashMap<Arc<str>, Arc<ItemText>>,
}

impl Texts {
    /// The texts of the items of every file, in order. Items with one text share it; what is not there is forgotten.
    pub fn read(&mut self, library: &Library) -> Vec<Vec<Arc<ItemText>>> {
        let mut known = HashMap::with_capacity(self.known.len());
        let mut item_text = |text: &str| {
            if let Some(again) = known.get(text) {
                return Arc::clone(again);
            }
            let item = self.known.remove(text).unwrap_or_else(|| Arc::new(ItemText::of(text)));
            known.insert(item.text.clone(), item.clone());
            item
        };
        let of_file = |unit: &Unit| {
            let text = |span: Span| library.sources.text(span.within(unit.file));
            unit.tree.items.iter().map(|item| item_text(text(item.span))).collect()
        };
        let texts = library.files.iter().map(of_file).collect();
        self.known = known;
        texts
    }
}
