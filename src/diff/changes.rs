//! What differs between two models whose layers are matched, as entries for people.
//!
//! Main function: [`entries`]. A block all of whose layers were added, removed or moved is one entry; consecutive ones
//! of one kind are folded.

use std::collections::HashMap;

use super::facts::{ComparedLayer, EnclosingBlock};
use super::grouping::gathered;
use super::matching::Matching;
use super::{ChangeKind, Detail, DiffEntry, Facts};

/// The differences in order, and how many layers are the same.
pub(super) fn entries(
    before: &[ComparedLayer],
    after: &[ComparedLayer],
    matching: &Matching,
) -> (Vec<DiffEntry>, usize) {
    let pairs = Pairs { before, after, matching };
    let mut told: Vec<PendingEntry> = Vec::new();
    let mut unchanged = 0usize;
    let states: Vec<Fate> = (0..after.len()).map(|at| pairs.state_of_after(at)).collect();
    let gone: Vec<Fate> = (0..before.len()).map(|at| pairs.state_of_before(at)).collect();
    let (new_blocks, old_blocks) = (whole_blocks(after, &states), whole_blocks(before, &gone));
    let mut next = 0usize;
    for (at, (item, state)) in after.iter().zip(&states).enumerate() {
        let partner = matching.backward.get(at).copied().flatten();
        // What was removed stands before the first that follows it and remained.
        if let Some(partner) = partner.filter(|_| *state != Fate::Moved) {
            while next <= partner {
                pairs.removed(&mut told, &gone, &old_blocks, next);
                next = next.saturating_add(1);
            }
        }
        match state {
            Fate::Same => unchanged = unchanged.saturating_add(1),
            Fate::Changed => told.extend(pairs.changed(partner, item)),
            Fate::Added => {
                while gone.get(next) == Some(&Fate::Removed) {
                    pairs.removed(&mut told, &gone, &old_blocks, next);
                    next = next.saturating_add(1);
                }
                add(&mut told, ChangeKind::Added, item, &new_blocks, None);
            }
            Fate::Moved => {
                let from = partner.and_then(|partner| before.get(partner));
                add(&mut told, ChangeKind::Moved, item, &new_blocks, from);
            }
            Fate::Removed => {}
        }
    }
    while next < before.len() {
        pairs.removed(&mut told, &gone, &old_blocks, next);
        next = next.saturating_add(1);
    }
    (gathered(folded(told)), unchanged)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Same,
    Changed,
    Added,
    Removed,
    Moved,
}

/// An entry, and what it needs to be folded with its neighbours.
#[derive(Debug)]
struct PendingEntry {
    entry: DiffEntry,
    /// The block it is, if it is one.
    block: Option<EnclosingBlock>,
    /// Of what moved, the path it had, and the series of the block that it was.
    was: Option<(String, Option<String>)>,
}

struct Pairs<'a> {
    before: &'a [ComparedLayer],
    after: &'a [ComparedLayer],
    matching: &'a Matching,
}

impl Pairs<'_> {
    fn state_of_after(&self, at: usize) -> Fate {
        let partner = self.matching.backward.get(at).copied().flatten();
        match (partner.and_then(|partner| self.before.get(partner)), self.after.get(at)) {
            (Some(before), Some(after)) => self.state(before, after),
            _ => Fate::Added,
        }
    }

    fn state_of_before(&self, at: usize) -> Fate {
        let partner = self.matching.forward.get(at).copied().flatten();
        match (self.before.get(at), partner.and_then(|partner| self.after.get(partner))) {
            (Some(before), Some(after)) => self.state(before, after),
            _ => Fate::Removed,
        }
    }

    fn state(&self, before: &ComparedLayer, after: &ComparedLayer) -> Fate {
        let is_moved = before.id != after.id && !(before.is_unnamed && before.scope() == after.scope());
        match is_moved {
            true => Fate::Moved,
            false if self.details(before, after).is_empty() => Fate::Same,
            false => Fate::Changed,
        }
    }

    fn changed(&self, partner: Option<usize>, after: &ComparedLayer) -> Option<PendingEntry> {
        let before = partner.and_then(|partner| self.before.get(partner))?;
        let kind = if before.kind == after.kind {
            after.kind.to_string()
        } else {
            format!("{} → {}", before.kind, after.kind)
        };
        let entry = DiffEntry {
            change: ChangeKind::Changed,
            path: after.id.clone(),
            from: None,
            kind,
            blocks: 0,
            paths: Vec::new(),
            before: Some(before.facts.clone()),
            after: Some(after.facts.clone()),
            details: self.details(before, after),
        };
        Some(PendingEntry { entry, block: None, was: None })
    }

    fn removed(
        &self,
        told: &mut Vec<PendingEntry>,
        gone: &[Fate],
        blocks: &HashMap<String, Fate>,
        at: usize,
    ) {
        if let (Some(Fate::Removed), Some(item)) = (gone.get(at), self.before.get(at)) {
            add(told, ChangeKind::Removed, item, blocks, None);
        }
    }

    fn details(&self, before: &ComparedLayer, after: &ComparedLayer) -> Vec<Detail> {
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
    fn rewired(&self, before: &ComparedLayer, after: &ComparedLayer) -> Option<Detail> {
        if before.inputs.len() != after.inputs.len() {
            let text = |item: &ComparedLayer| format!("{} inputs", item.inputs.len());
            return Some(Detail { what: "reads".to_string(), before: text(before), after: text(after) });
        }
        before.inputs.iter().zip(&after.inputs).find_map(|((one, output), (two, other))| {
            let known = self.matching.forward.get(*one).copied().flatten()?;
            let remains = self.matching.backward.get(*two).copied().flatten().is_some();
            let differs = known != *two || output != other;
            let name = |items: &[ComparedLayer], at: usize| items.get(at).map(|item| item.id.clone());
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
fn whole_blocks(items: &[ComparedLayer], states: &[Fate]) -> HashMap<String, Fate> {
    let mut blocks: HashMap<String, Option<Fate>> = HashMap::new();
    for (item, state) in items.iter().zip(states) {
        for around in &item.around {
            let known = blocks.entry(around.path.clone()).or_insert(Some(*state));
            *known = known.filter(|known| known == state);
        }
    }
    let whole = blocks.into_iter().filter_map(|(path, state)| Some((path, state?)));
    whole.filter(|(_, state)| matches!(state, Fate::Added | Fate::Removed | Fate::Moved)).collect()
}

/// Adds a layer to the entry of the outermost block that shares its fate, or as an entry of its own.
fn add(
    told: &mut Vec<PendingEntry>,
    change: ChangeKind,
    item: &ComparedLayer,
    blocks: &HashMap<String, Fate>,
    from: Option<&ComparedLayer>,
) {
    let depth = item.around.iter().rposition(|around| blocks.contains_key(&around.path));
    let block = depth.and_then(|depth| item.around.get(depth)).cloned();
    let was = from.map(|from| match depth.and_then(|depth| from.around.get(depth)) {
        Some(around) => (around.path.clone(), Some(around.series.clone())),
        None => (from.id.clone(), None),
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
    let entry = DiffEntry {
        change,
        path: block.as_ref().map_or(item.id.clone(), |block| block.path.clone()),
        from: was.as_ref().map(|(path, _)| path.clone()),
        kind: block.as_ref().map_or(item.kind.to_string(), |block| block.definition.clone()),
        blocks: usize::from(block.is_some()),
        paths: Vec::new(),
        before: match change {
            ChangeKind::Removed => here(&item.facts),
            ChangeKind::Moved => from.and_then(|from| here(&from.facts)),
            _ => None,
        },
        after: if change == ChangeKind::Removed { None } else { here(&item.facts) },
        details: Vec::new(),
    };
    told.push(PendingEntry { entry, block, was });
}

/// A further layer of a block.
fn join(entry: &mut DiffEntry, item: &ComparedLayer, from: Option<&ComparedLayer>) {
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

/// Consecutive members of one series of blocks as one entry.
fn folded(told: Vec<PendingEntry>) -> Vec<DiffEntry> {
    let mut folded: Vec<BlockRun> = Vec::new();
    for PendingEntry { entry, block, was } in told {
        let series = block.map(|block| (block.series, was.and_then(|(_, series)| series)));
        let fits = |run: &BlockRun| {
            let known = &run.entry;
            series.is_some()
                && run.series == series
                && (known.change, &known.kind) == (entry.change, &entry.kind)
                && run.first != entry.path
                && run.came_from.is_some() == entry.from.is_some()
        };
        match folded.last_mut().filter(|run| fits(run)) {
            Some(run) => run.extend(entry),
            None => {
                let (first, came_from) = (entry.path.clone(), entry.from.clone());
                folded.push(BlockRun { first, came_from, series, entry });
            }
        }
    }
    folded.into_iter().map(|run| run.entry).collect()
}

/// Blocks that are folded.
struct BlockRun {
    first: String,
    came_from: Option<String>,
    /// Their series, and that of the blocks that they were, if they moved.
    series: Option<(String, Option<String>)>,
    entry: DiffEntry,
}

impl BlockRun {
    fn extend(&mut self, more: DiffEntry) {
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
