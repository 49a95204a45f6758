//! What a definition depends on, as a number: its own text and that of all it may name, in all files.
//!
//! Main type: [`Fingerprints`]. Two definitions with one fingerprint mean the same, wherever they stand. Every word of an
//! item counts as a name that it may use, so that the fingerprint of a definition changes too often rather than too
//! seldom.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::library::{Definition, Library};
use crate::digest::digest;
use crate::syntax;

/// What a definition depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u128);

/// The fingerprints of a library's definitions, found as they are asked for.
pub(super) struct Fingerprints<'l> {
    library: &'l Library,
    own: HashMap<Definition, Own>,
    whole: HashMap<Definition, Fingerprint>,
}

/// An item alone: its text, and the definitions that its words may mean.
struct Own {
    hash: u128,
    names: Vec<Definition>,
}

impl<'l> Fingerprints<'l> {
    pub fn of(library: &'l Library) -> Fingerprints<'l> {
        Fingerprints { library, own: HashMap::new(), whole: HashMap::new() }
    }

    /// A definition with all that it depends on.
    pub fn whole(&mut self, definition: Definition) -> Fingerprint {
        if let Some(known) = self.whole.get(&definition) {
            return *known;
        }
        let mut seen = HashSet::new();
        let mut waiting = vec![definition];
        let mut sum = digest(&(definition.unit, self.text(definition)));
        while let Some(next) = waiting.pop() {
            if seen.insert(next) {
                let own = self.own(next);
                // A sum, so that the order in which they are found does not matter.
                sum = sum.wrapping_add(own.hash);
                waiting.extend(&own.names);
            }
        }
        self.whole.insert(definition, Fingerprint(sum));
        Fingerprint(sum)
    }

    fn text(&self, definition: Definition) -> &'l str {
        let place = self.library.item(definition).map(|item| self.library.at(definition.unit, item.span));
        place.map_or("", |place| self.library.sources.text(place))
    }

    fn own(&mut self, definition: Definition) -> &Own {
        let (library, text) = (self.library, self.text(definition));
        self.own.entry(definition).or_insert_with(|| {
            let doc = library.item(definition).and_then(|item| item.doc.as_deref());
            let mut names = Vec::new();
            let mut meant = Vec::new();
            for word in syntax::words(text) {
                if let Some(found) = library.find(definition.unit, word)
                    && !names.contains(&found)
                {
                    names.push(found);
                    meant.push((word, found.unit));
                }
            }
            Own { hash: digest(&(definition.unit, doc, text, meant)), names }
        })
    }
}
