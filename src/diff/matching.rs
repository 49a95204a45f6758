//! Which layer of one model is which of the other.
//!
//! Main function: [`matched`]. A layer with a name is the one of the same id. A layer without, whose id counts those
//! of its kind, is found by order among those of its block: first those that are alike, then those of one kind. What
//! is left over on both sides and is alike has moved.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::facts::ComparedLayer;

/// Which layer is which, both ways, by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Matching {
    /// For each layer of the first model, the one of the second.
    pub forward: Vec<Option<usize>>,
    /// For each layer of the second model, the one of the first.
    pub backward: Vec<Option<usize>>,
}

impl Matching {
    fn pair(&mut self, before: usize, after: usize) {
        if let (Some(forward), Some(backward)) = (self.forward.get_mut(before), self.backward.get_mut(after))
        {
            (*forward, *backward) = (Some(after), Some(before));
        }
    }

    fn is_free(&self, before: usize, after: usize) -> bool {
        self.forward.get(before) == Some(&None) && self.backward.get(after) == Some(&None)
    }
}

/// Longer lists of layers without a name in one block are matched by id, which takes no time.
const LONGEST: usize = 2_000_000;

/// Which layer of the first model is which of the second.
pub(super) fn matched(before: &[ComparedLayer], after: &[ComparedLayer]) -> Matching {
    let mut matching = Matching { forward: vec![None; before.len()], backward: vec![None; after.len()] };
    named(&mut matching, before, after);
    unnamed(&mut matching, before, after);
    moved(&mut matching, before, after);
    matching
}

fn named(matching: &mut Matching, before: &[ComparedLayer], after: &[ComparedLayer]) {
    let known: HashMap<&str, usize> = after
        .iter()
        .enumerate()
        .filter(|(_, item)| !item.is_unnamed)
        .map(|(at, item)| (&*item.id, at))
        .collect();
    for (at, item) in before.iter().enumerate().filter(|(_, item)| !item.is_unnamed) {
        if let Some(other) = known.get(&*item.id) {
            matching.pair(at, *other);
        }
    }
}

/// The layers without a name, by the block they stand in.
fn by_block(items: &[ComparedLayer]) -> BTreeMap<&str, Vec<usize>> {
    let mut blocks: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, item) in items.iter().enumerate().filter(|(_, item)| item.is_unnamed) {
        blocks.entry(item.scope()).or_default().push(at);
    }
    blocks
}

fn unnamed(matching: &mut Matching, before: &[ComparedLayer], after: &[ComparedLayer]) {
    let others = by_block(after);
    for (path, own) in by_block(before) {
        let Some(other) = others.get(path) else { continue };
        if own.len().saturating_mul(other.len()) > LONGEST {
            by_id(matching, before, after, &own, other);
            continue;
        }
        for (one, two) in longest_common(before, after, &own, other, |one, two| one.is_like(two)) {
            matching.pair(one, two);
        }
        let free = |known: &[Option<usize>], all: &[usize]| -> Vec<usize> {
            all.iter().copied().filter(|at| known.get(*at) == Some(&None)).collect()
        };
        let (own, other) = (free(&matching.forward, &own), free(&matching.backward, other));
        for (one, two) in longest_common(before, after, &own, &other, |one, two| one.kind == two.kind) {
            matching.pair(one, two);
        }
    }
}

fn by_id(
    matching: &mut Matching,
    before: &[ComparedLayer],
    after: &[ComparedLayer],
    own: &[usize],
    other: &[usize],
) {
    let known: HashMap<&str, usize> =
        other.iter().filter_map(|at| Some((&*after.get(*at)?.id, *at))).collect();
    for (at, item) in own.iter().filter_map(|at| Some((*at, before.get(*at)?))) {
        if let Some(two) = known.get(&*item.id) {
            matching.pair(at, *two);
        }
    }
}

/// The longest sequence of pairs in which both lists keep their order.
fn longest_common(
    before: &[ComparedLayer],
    after: &[ComparedLayer],
    own: &[usize],
    other: &[usize],
    is_pair: impl Fn(&ComparedLayer, &ComparedLayer) -> bool,
) -> Vec<(usize, usize)> {
    let pair = |one: usize, two: usize| {
        let items =
            own.get(one).and_then(|at| before.get(*at)).zip(other.get(two).and_then(|at| after.get(*at)));
        items.is_some_and(|(one, two)| is_pair(one, two))
    };
    let width = other.len().saturating_add(1);
    // lengths[i · width + j]: the longest common sequence of what follows i and j.
    let mut lengths = vec![0u32; own.len().saturating_add(1).saturating_mul(width)];
    let place = |one: usize, two: usize| one.saturating_mul(width).saturating_add(two);
    let length = |lengths: &[u32], one, two| lengths.get(place(one, two)).copied().unwrap_or(0);
    for one in (0..own.len()).rev() {
        for two in (0..other.len()).rev() {
            let (below, right) = (one.saturating_add(1), two.saturating_add(1));
            let best = if pair(one, two) {
                length(&lengths, below, right).saturating_add(1)
            } else {
                length(&lengths, below, two).max(length(&lengths, one, right))
            };
            if let Some(slot) = lengths.get_mut(place(one, two)) {
                *slot = best;
            }
        }
    }
    let (mut one, mut two) = (0usize, 0usize);
    let mut pairs = Vec::new();
    while one < own.len() && two < other.len() {
        let (below, right) = (one.saturating_add(1), two.saturating_add(1));
        if pair(one, two) {
            pairs.extend(own.get(one).copied().zip(other.get(two).copied()));
            (one, two) = (below, right);
        } else if length(&lengths, below, two) >= length(&lengths, one, right) {
            one = below;
        } else {
            two = right;
        }
    }
    pairs
}

/// Whole blocks, then single layers with weights, that are alike under another path.
fn moved(matching: &mut Matching, before: &[ComparedLayer], after: &[ComparedLayer]) {
    let (own, other) = (free_blocks(before, &matching.forward), free_blocks(after, &matching.backward));
    let mut known: HashMap<String, VecDeque<&[usize]>> = HashMap::new();
    for (path, members) in &other {
        if let Some(likeness) = block_likeness(after, path, members) {
            known.entry(likeness).or_default().push_back(members);
        }
    }
    for (path, members) in &own {
        let likeness = block_likeness(before, path, members);
        let alike = likeness.and_then(|likeness| known.get_mut(&likeness)?.pop_front());
        for (one, two) in members.iter().zip(alike.into_iter().flatten()) {
            if matching.is_free(*one, *two) {
                matching.pair(*one, *two);
            }
        }
    }
    let mut waiting: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (at, item) in after.iter().enumerate() {
        if matching.backward.get(at) == Some(&None) && !item.tensors.is_empty() {
            waiting.entry(item.likeness()).or_default().push_back(at);
        }
    }
    for (at, item) in before.iter().enumerate() {
        if matching.forward.get(at) == Some(&None)
            && let Some(two) = waiting.get_mut(&item.likeness()).and_then(VecDeque::pop_front)
        {
            matching.pair(at, two);
        }
    }
}

/// The outermost blocks of which no layer is matched, each with its layers in order.
fn free_blocks<'i>(items: &'i [ComparedLayer], matched: &[Option<usize>]) -> Vec<(&'i str, Vec<usize>)> {
    let is_free = |at: &usize| matched.get(*at) == Some(&None);
    let mut whole: HashMap<&str, bool> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        for around in &item.around {
            *whole.entry(&around.path).or_insert(true) &= is_free(&at);
        }
    }
    let mut blocks: Vec<(&str, Vec<usize>)> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        let outermost = item.around.iter().rev().find(|around| whole.get(&*around.path) == Some(&true));
        let Some(around) = outermost else { continue };
        let place = *known.entry(&around.path).or_insert(blocks.len());
        match blocks.get_mut(place) {
            Some((_, members)) => members.push(at),
            None => blocks.push((&around.path, vec![at])),
        }
    }
    blocks
}

/// What makes two blocks the same, wherever they stand; `None` for one without weights.
fn block_likeness(items: &[ComparedLayer], path: &str, members: &[usize]) -> Option<String> {
    let members: Vec<&ComparedLayer> = members.iter().filter_map(|at| items.get(*at)).collect();
    let holds_weights = members.iter().any(|item| !item.tensors.is_empty());
    let told = members.iter().map(|item| format!("{} {}", item.within(path), item.likeness()));
    holds_weights.then(|| told.collect::<Vec<_>>().join("\n"))
}
