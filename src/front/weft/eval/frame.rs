//! A body that is being expanded: its place in the graph, its names, its results.
//!
//! Main type: [`Frame`]. A name that is bound again is bound where it was first bound; so what a
//! round of a `for` binds anew outlasts it only if it was known before.

use std::sync::Arc;

use foldhash::{HashMapExt, HashSet, HashSetExt};

use crate::front::weft::lower::naming::Counters;
use crate::front::weft::resolve::name_map::NameMap;
use crate::front::weft::value::{CallInputs, Value};
use crate::ir::InstanceSite;
use crate::source::Location;
use crate::syntax::ast::Stmt;

/// A body that is being expanded.
#[derive(Debug)]
pub(super) struct Frame<'p> {
    pub unit: u32,
    pub site: InstanceSite,
    /// How many unlabelled layers of a name there are so far.
    pub counters: Counters,
    /// The results so far.
    pub outputs: Vec<BodyResult>,
    /// What is sent, where a caller sends it.
    pub sent: Option<CallInputs>,
    /// Assertions about totals, which wait for the end, each with its file.
    pub asserts: Vec<(u32, &'p Stmt)>,
    /// The first node and the first tensor inside.
    pub first: (usize, usize),
    /// Words of statements that could not be read.
    pub unread: HashSet<Arc<str>>,
    names: NameMap<Value>,
    /// What the names that each round bound were before it.
    rounds: Vec<Vec<(Arc<str>, Option<Value>)>>,
}

/// A result of a body.
#[derive(Clone, Debug)]
pub(super) struct BodyResult {
    pub name: Option<Arc<str>>,
    pub value: Value,
    pub place: Location,
}

impl<'p> Frame<'p> {
    pub fn new(unit: u32, site: InstanceSite) -> Frame<'p> {
        Frame {
            unit,
            site,
            counters: Counters::new(),
            outputs: Vec::new(),
            sent: None,
            asserts: Vec::new(),
            first: (0, 0),
            unread: HashSet::new(),
            names: NameMap::default(),
            rounds: Vec::new(),
        }
    }

    pub fn find(&self, name: &str) -> Option<&Value> {
        self.names.get(name)
    }

    /// Binds a name where it is known, else in the innermost round.
    pub fn bind(&mut self, name: Arc<str>, value: Value) {
        match self.names.get_mut(&name) {
            Some(known) => *known = value,
            None => self.bind_here(name, value),
        }
    }

    /// Binds a name in the innermost round, whatever is known outside.
    pub fn bind_here(&mut self, name: Arc<str>, value: Value) {
        match self.rounds.last_mut() {
            Some(round) => {
                let before = self.names.insert(name.clone(), value);
                round.push((name, before));
            }
            None => {
                self.names.insert(name, value);
            }
        }
    }

    pub fn enter_round(&mut self) {
        self.rounds.push(Vec::new());
    }

    pub fn leave_round(&mut self) {
        for (name, before) in self.rounds.pop().into_iter().flatten().rev() {
            match before {
                Some(value) => drop(self.names.insert(name, value)),
                None => self.names.remove(&name),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_round_binds_ends_with_it_and_what_it_hides_comes_back() {
        let mut frame = Frame::new(0, InstanceSite::default());
        let value = |frame: &Frame, name: &str| frame.find(name).and_then(Value::attribute);
        let number = |n: i128| Some(Value::size(n).attribute().expect("a size"));
        frame.bind("x".into(), Value::size(1));
        frame.enter_round();
        frame.bind("x".into(), Value::size(2));
        frame.bind("new".into(), Value::size(3));
        frame.enter_round();
        frame.bind_here("x".into(), Value::size(4));
        frame.bind_here("x".into(), Value::size(5));
        frame.bind("x".into(), Value::size(6));
        frame.bind("new".into(), Value::size(7));
        assert_eq!((value(&frame, "x"), value(&frame, "new")), (number(6), number(7)));
        frame.leave_round();
        assert_eq!((value(&frame, "x"), value(&frame, "new")), (number(2), number(7)));
        frame.leave_round();
        assert_eq!((value(&frame, "x"), value(&frame, "new")), (number(2), None));
    }
}
