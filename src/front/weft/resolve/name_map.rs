//! Tables by name that say quickly of most names that they lack them.
//!
//! Main type: [`NameMap`]. A word of a file is looked for among the names of a body, then those of the file, then those of
//! the catalogue. Names of layers begin with another letter than nearly all others.

use std::sync::Arc;

use foldhash::HashMap;

/// What names stand for.
#[derive(Clone, Debug)]
pub struct NameMap<V> {
    table: HashMap<Arc<str>, V>,
    /// A bit for each letter with which a name in it begins; bits may be left of names that were taken out.
    letters: u64,
}

impl<V> Default for NameMap<V> {
    fn default() -> NameMap<V> {
        NameMap { table: HashMap::default(), letters: 0 }
    }
}

impl<V: PartialEq> PartialEq for NameMap<V> {
    fn eq(&self, other: &NameMap<V>) -> bool {
        self.table == other.table
    }
}

impl<V> NameMap<V> {
    pub fn get(&self, name: &str) -> Option<&V> {
        if self.may_hold(name) { self.table.get(name) } else { None }
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        if self.may_hold(name) { self.table.get_mut(name) } else { None }
    }

    /// Enters a name; what it stood for before.
    pub fn insert(&mut self, name: Arc<str>, value: V) -> Option<V> {
        self.letters |= letter(&name);
        self.table.insert(name, value)
    }

    /// Enters a name; what it stands for now.
    pub fn enter(&mut self, name: Arc<str>, value: V) -> &mut V {
        self.letters |= letter(&name);
        self.table.entry(name).insert_entry(value).into_mut()
    }

    pub fn remove(&mut self, name: &str) {
        self.table.remove(name);
    }

    /// Takes everything out; the room stays.
    pub fn drain(&mut self) -> impl Iterator<Item = (Arc<str>, V)> {
        self.letters = 0;
        self.table.drain()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &V)> {
        self.table.iter()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.table.keys().map(|name| &**name)
    }

    fn may_hold(&self, name: &str) -> bool {
        self.letters & letter(name) != 0
    }
}

/// The bit of a name's first byte: letters have one each. The empty name has the one of all others.
fn letter(name: &str) -> u64 {
    1u64.wrapping_shl(name.as_bytes().first().copied().map_or(0, u32::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_long_as_it_is_there() {
        let mut table = NameMap::default();
        for name in ["x", "X", "é", "", "_a", "0"] {
            assert_eq!(table.get(name), None);
            assert_eq!(table.insert(name.into(), 1), None, "{name}");
            assert_eq!(table.insert(name.into(), 2), Some(1), "{name}");
            assert_eq!(table.get(name), Some(&2), "{name}");
            assert_eq!(table.get_mut(name), Some(&mut 2), "{name}");
        }
        assert_eq!(*table.enter("yes".into(), 3), 3);
        assert_eq!((table.get("yes"), table.get("y")), (Some(&3), None));
        table.remove("yes");
        assert_eq!(table.get("yes"), None);
        assert_eq!(table.drain().count(), 6);
        assert_eq!(table.get("x"), None);
    }
}
