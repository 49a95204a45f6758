//! What differs between two models whose layers are matched, as entries for people.
//!
//! Main function: [`entries`]. A block all of whose layers were added, removed or moved is one entry; consecutive ones
//! of one kind are folded.

use std::collections::HashMap;

use super::facts::{Around, Item};
use super::grouping::gathered;
use super::matching::Matching;
use super::{Change, Detail, Entry, Facts};

/// The differences in order, and how many layers are the same.
pub(super) fn entries(before: &[Item], after: &[Item], matching: &Matching) -> (Vec<Entry>, usize) {
    let pairs = Pairs { before, after, matching };
    let mut told: Vec<Told> = Vec::new();
    let mut unchanged = 0usize;
    let states: Vec<State> = (0..after.len()).map(|at| pairs.state_of_after(at)).collect();
    let gone: Vec<State> = (0..before.len()).map(|at| pairs.state_of_before(at)).collect();
    let (new_blocks, old_blocks) = (whole_blocks(after, &states), whole_blocks(before, &gone));
    let mut next = 0usize;
    for (at, (item, state)) in after.iter().zip(&states).enumerate() {
        let partner = matching.backward.get(at).copied().flatten();
        // What was removed stands before the first that follows it and remained.
        if let Some(partner) = partner.filter(|_| *state != State::Moved) {
            while next <= partner {
                pairs.removed(&mut told, &gone, &old_blocks, next);
                next = next.saturating_add(1);
            }
        }
        match state {
            State::Same => unchanged = unchanged.saturating_add(1),
            State::Changed => told.extend(pairs.changed(partner, item)),
            State::Added => {
                while gone.get(next) == Some(&State::Removed) {
                    pairs.removed(&mut told, &gone, &old_blocks, next);
                    next = next.saturating_add(1);
                }
                add(&mut told, Change::Added, item, &new_blocks, None);
            }
            State::Moved => {
                let from = partner.and_then(|partner| before.get(partner));
                add(&mut told, Change::Moved, item, &new_blocks, from);
            }
            State::Removed => {}
        }
    }
    while next < before.len() {
        pairs.removed(&mut told, &gone, &old_blocks, next);
        next = next.saturating_add(1);
    }
    (gathered(folded(told)), unchanged)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Same,
    Changed,
    Added,
    Removed,
    Moved,
}

/// An entry, and what it needs to be folded with its neighbours.
#[derive(Debug)]
struct Told {
    entry: Entry,
    /// The block it is, if it is one; of one that moved, also the block it was.
    block: Option<Around>,
    was: Option<String>,
}

struct Pairs<'a> {
    before: &'a [Item],
    after: &'a [Item],
    matching: &'a Matching,
}

impl Pairs<'_> {
    fn state_of_after(&self, at: usize) -> State {
        let partner = self.matching.backward.get(at).copied().flatten();
        match (partner.and_then(|partner| self.before.get(partner)), self.after.get(at)) {
            (Some(before), Some(after)) => self.state(before, after),
            _ => State::Added,
        }
    }

    fn state_of_before(&self, at: usize) -> State {
        let partner = self.matching.forward.get(at).copied().flatten();
        match (self.before.get(at), partner.and_then(|partner| self.after.get(partner))) {
            (Some(before), Some(after)) => self.state(before, after),
            _ => State::Removed,
        }
    }

    fn state(&self, before: &Item, after: &Item) -> State {
        let is_moved = before.id != after.id && !(before.is_unnamed && before.scope() == after.scope());
        match is_moved {
            true => State::Moved,
            false if self.details(before, after).is_empty() => State::Same,
            false => State::Changed,
        }
    }

    fn changed(&self, partner: Option<usize>, after: &Item) -> Option<Told> {
        let before = partner.and_then(|partner| self.before.get(partner))?;
        let kind = if before.kind == after.kind {
            after.kind.to_string()
        } else {
            format!("{} → {}", before.kind, after.kind)
        };
        let entry = Entry {
            change: Change::Changed,
            path: after.id.clone(),
            from: None,
            kind,
            blocks: 0,
            paths: Vec::new(),
            before: Some(before.facts.clone()),
            after: Some(after.facts.clone()),
            details: self.details(before, after),
        };
        Some(Told { entry, block: None, was: None })
    }

    fn removed(&self, told: &mut Vec<Told>, gone: &[State], blocks: &HashMap<String, State>, at: usize) {
        if let (Some(State::Removed), Some(item)) = (gone.get(at), self.before.get(at)) {
            add(told, Change::Removed, item, blocks, None);
        }
    }

    fn details(&self, before: &Item, after: &Item) -> Vec<Detail> {
        let mut details = listed(&before.arguments, &after.arguments);
        if before.facts.output != after.facts.output {
            details.push(Detail {
                what: "output".to_string(),
                before: before.facts.output.clone(),
                after: after.facts.output.clone(),
            });
        }
        details.extend(listed(&before.tensors, &after.tensors));
        details.extend(self.rewired(before, after));
        if details.is_empty() && before.facts.macs != after.facts.macs {
            let numbers = [before.facts.macs, after.facts.macs].map(crate::report::numbers::grouped);
            let [before, after] = numbers;
            details.push(Detail { what: "MACs".to_string(), before, after });
        }
        details
    }

    /// Inputs that are layers of both models, but others than before. What stands between is told as added or removed.
    fn rewired(&self, before: &Item, after: &Item) -> Option<Detail> {
        if before.inputs.len() != after.inputs.len() {
            let text = |item: &Item| format!("{} inputs", item.inputs.len());
            return Some(Detail { what: "reads".to_string(), before: text(before), after: text(after) });
        }
        before.inputs.iter().zip(&after.inputs).find_map(|((one, output), (two, other))| {
            let known = self.matching.forward.get(*one).copied().flatten()?;
            let remains = self.matching.backward.get(*two).copied().flatten().is_some();
            let differs = known != *two || output != other;
            let name = |items: &[Item], at: usize| items.get(at).map(|item| item.id.clone());
            (differs && remains).then_some(())?;
            Some(Detail {
                what: "reads".to_string(),
                before: name(self.before, *one)?,
                after: name(self.after, *two)?,
            })
        })
    }
}

/// What differs between two lists of named values.
fn listed<N: AsRef<str>>(before: &[(N, String)], after: &[(N, String)]) -> Vec<Detail> {
    let find = |list: &[(N, String)], name: &str| {
        list.iter().find(|(known, _)| known.as_ref() == name).map(|(_, value)| value.clone())
    };
    let gone = before.iter().filter(|(name, _)| find(after, name.as_ref()).is_none());
    let names: Vec<&str> = after.iter().chain(gone).map(|(name, _)| name.as_ref()).collect();
    let absent = || "none".to_string();
    let detail = |name: &str| {
        let (one, two) = (find(before, name), find(after, name));
        (one != two).then(|| Detail {
            what: name.to_string(),
            before: one.unwrap_or_else(absent),
            after: two.unwrap_or_else(absent),
        })
    };
    names.into_iter().filter_map(detail).collect()
}

/// Of the blocks all of whose layers share a fate, that fate.
fn whole_blocks(items: &[Item], states: &[State]) -> HashMap<String, State> {
    let mut blocks: HashMap<String, Option<State>> = HashMap::new();
    for (item, state) in items.iter().zip(states) {
        for around in &item.around {
            let known = blocks.entry(around.path.clone()).or_insert(Some(*state));
            *known = known.filter(|known| known == state);
        }
    }
    let whole = blocks.into_iter().filter_map(|(path, state)| Some((path, state?)));
    whole.filter(|(_, state)| matches!(state, State::Added | State::Removed | State::Moved)).collect()
}

/// Adds a layer to the entry of the outermost block that shares its fate, or as an entry of its own.
fn add(
    told: &mut Vec<Told>,
    change: Change,
    item: &Item,
    blocks: &HashMap<String, State>,
    from: Option<&Item>,
) {
    let depth = item.around.iter().rposition(|around| blocks.contains_key(&around.path));
    let block = depth.and_then(|depth| item.around.get(depth)).cloned();
    let was = from.map(|from| match depth.and_then(|depth| from.around.get(depth)) {
        Some(around) => around.path.clone(),
        None => from.id.clone(),
    });
    if let (Some(block), Some(last)) = (&block, told.last_mut())
        && last.block.as_ref() == Some(block)
        && last.entry.change == change
        && last.was == was
    {
        join(&mut last.entry, item, from);
        return;
    }
    let here = |facts: &Facts| Some(facts.clone());
    let entry = Entry {
        change,
        path: block.as_ref().map_or(item.id.clone(), |block| block.path.clone()),
        from: was.clone(),
        kind: block.as_ref().map_or(item.kind.to_string(), |block| block.definition.clone()),
        blocks: usize::from(block.is_some()),
        paths: Vec::new(),
        before: match change {
            Change::Removed => here(&item.facts),
            Change::Moved => from.and_then(|from| here(&from.facts)),
            _ => None,
        },
        after: if change == Change::Removed { None } else { here(&item.facts) },
        details: Vec::new(),
    };
    told.push(Told { entry, block, was });
}

/// A further layer of a block.
fn join(entry: &mut Entry, item: &Item, from: Option<&Item>) {
    let own = |facts: &mut Option<Facts>, more: &Facts| {
        if let Some(facts) = facts {
            *facts = sum(facts, more);
        }
    };
    own(&mut entry.before, from.map_or(&item.facts, |from| &from.facts));
    own(&mut entry.after, &item.facts);
}

/// Both together; the output of the later.
pub(super) fn sum(facts: &Facts, more: &Facts) -> Facts {
    Facts {
        output: more.output.clone(),
        parameters: facts.parameters.saturating_add(more.parameters),
        macs: facts.macs.saturating_add(more.macs),
    }
}

/// Consecutive blocks of one kind at one numbered path as one entry.
fn folded(told: Vec<Told>) -> Vec<Entry> {
    let stem = |path: &str| path.trim_end_matches(|c: char| c.is_ascii_digit()).to_string();
    let mut folded: Vec<Run> = Vec::new();
    for Told { entry, .. } in told {
        let fits = |run: &Run| {
            let known = &run.entry;
            entry.blocks > 0
                && known.blocks > 0
                && (known.change, &known.kind) == (entry.change, &entry.kind)
                && stem(&run.first) == stem(&entry.path)
                && run.first != entry.path
                && run.came_from.as_deref().map(stem) == entry.from.as_deref().map(stem)
        };
        match folded.last_mut().filter(|run| fits(run)) {
            Some(run) => run.extend(entry),
            None => {
                let (first, came_from) = (entry.path.clone(), entry.from.clone());
                folded.push(Run { first, came_from, entry });
            }
        }
    }
    folded.into_iter().map(|run| run.entry).collect()
}

/// Blocks that are folded.
struct Run {
    first: String,
    came_from: Option<String>,
    entry: Entry,
}

impl Run {
    fn extend(&mut self, more: Entry) {
        let entry = &mut self.entry;
        entry.path = format!("{} … {}", self.first, more.path);
        entry.from =
            self.came_from.as_ref().zip(more.from.as_ref()).map(|(first, last)| format!("{first} … {last}"));
        entry.blocks = entry.blocks.saturating_add(more.blocks);
        let joined = |own: &mut Option<Facts>, more: Option<Facts>| {
            *own = match (own.take(), more) {
                (Some(own), Some(more)) => Some(sum(&own, &more)),
                (own, more) => own.or(more),
            };
        };
        joined(&mut entry.before, more.before);
        joined(&mut entry.after, more.after);
    }
}
