//! Layers at numbered places that changed in the same way, told once: `h.{0…11}.ln_1`.
//!
//! Main function: [`gathered`].

use std::collections::HashMap;

use super::changes::sum;
use super::{DiffEntry, Facts};
use crate::blocks::words_and_numbers;

/// So many numbers are listed where they do not follow each other.
const LISTED: usize = 6;

/// Entries of layers that differ in one number of their paths only are one, where the first of them stood.
pub(super) fn gathered(entries: Vec<DiffEntry>) -> Vec<DiffEntry> {
    let mut kin: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, entry) in
        entries.iter().enumerate().filter(|(_, entry)| entry.blocks == 0 && entry.from.is_none())
    {
        kin.entry(likeness(entry)).or_default().push(at);
    }
    let mut groups: HashMap<usize, (usize, Vec<usize>)> = HashMap::new();
    for members in kin.into_values().filter(|members| members.len() > 1) {
        for (place, group) in grouped(&entries, &members) {
            if let (Some(first), true) = (group.first(), group.len() > 1) {
                groups.insert(*first, (place, group));
            }
        }
    }
    let followers: Vec<usize> =
        groups.values().flat_map(|(_, group)| group.iter().skip(1).copied()).collect();
    let mut told: Vec<bool> = vec![false; entries.len()];
    for at in followers {
        if let Some(told) = told.get_mut(at) {
            *told = true;
        }
    }
    let shown = entries.iter().enumerate().filter(|(at, _)| told.get(*at) == Some(&false));
    shown
        .map(|(at, entry)| match groups.get(&at) {
            Some((place, group)) => as_one(&entries, *place, group).unwrap_or_else(|| entry.clone()),
            None => entry.clone(),
        })
        .collect()
}

/// What entries have in common that are told as one.
fn likeness(entry: &DiffEntry) -> String {
    let (texts, _) = words_and_numbers(&entry.path);
    format!("{:?}", (entry.change, &entry.kind, &entry.details, &entry.before, &entry.after, texts))
}

/// Members by all numbers of their paths but one: that which leaves the fewest groups.
fn grouped(entries: &[DiffEntry], members: &[usize]) -> Vec<(usize, Vec<usize>)> {
    let numbers: Vec<(usize, Vec<String>)> = members
        .iter()
        .filter_map(|at| entries.get(*at).map(|entry| (*at, words_and_numbers(&entry.path).1)))
        .collect();
    let places = numbers.first().map_or(0, |(_, numbers)| numbers.len());
    let by = |place: usize| {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut known: HashMap<Vec<&String>, usize> = HashMap::new();
        for (at, numbers) in &numbers {
            let others =
                numbers.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, number)| number);
            let group = *known.entry(others.collect()).or_insert(groups.len());
            match groups.get_mut(group) {
                Some(group) => group.push(*at),
                None => groups.push(vec![*at]),
            }
        }
        groups
    };
    let best = (0..places).map(|place| (place, by(place))).min_by_key(|(_, groups)| groups.len());
    best.into_iter().flat_map(|(place, groups)| groups.into_iter().map(move |group| (place, group))).collect()
}

/// Several entries as one.
fn as_one(entries: &[DiffEntry], place: usize, group: &[usize]) -> Option<DiffEntry> {
    let members: Vec<&DiffEntry> = group.iter().filter_map(|at| entries.get(*at)).collect();
    let (first, rest) = members.split_first()?;
    let (texts, numbers) = words_and_numbers(&first.path);
    let varying: Vec<String> =
        members.iter().filter_map(|entry| words_and_numbers(&entry.path).1.into_iter().nth(place)).collect();
    let numbers = numbers
        .into_iter()
        .enumerate()
        .map(|(at, number)| if at == place { format!("{{{}}}", range(&varying)) } else { number });
    let gaps = numbers.chain(std::iter::once(String::new()));
    let path = texts.into_iter().zip(gaps).map(|(text, number)| text + &number).collect();
    let total = |of: fn(&DiffEntry) -> Option<&Facts>| {
        let start = of(first)?.clone();
        Some(rest.iter().filter_map(|entry| of(entry)).fold(start, |all, more| sum(&all, more)))
    };
    let (before, after) = (total(|entry| entry.before.as_ref()), total(|entry| entry.after.as_ref()));
    let paths = members.iter().map(|entry| entry.path.clone()).collect();
    Some(DiffEntry { path, paths, before, after, ..(*first).clone() })
}

/// `0…11`, or `0, 3, 5` where they do not follow each other.
fn range(numbers: &[String]) -> String {
    let values: Vec<Option<u64>> = numbers.iter().map(|number| number.parse().ok()).collect();
    let follows = |pair: &[Option<u64>]| match pair {
        [Some(one), Some(other)] => one.checked_add(1) == Some(*other),
        _ => false,
    };
    match numbers {
        [first, _, .., last] if values.windows(2).all(follows) => format!("{first}…{last}"),
        few => {
            let listed: Vec<&str> = few.iter().take(LISTED).map(|number| number.as_str()).collect();
            let more = if few.len() > LISTED { ", …" } else { "" };
            format!("{}{more}", listed.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_follow_each_other_are_a_range() {
        let of =
            |numbers: &[&str]| range(&numbers.iter().map(|number| number.to_string()).collect::<Vec<_>>());
        assert_eq!(of(&["0", "1", "2", "3"]), "0…3");
        assert_eq!(of(&["0", "2"]), "0, 2");
        assert_eq!(of(&["0", "1"]), "0, 1");
    }
}
