//! In which row each box of a block stands: one below the lowest of those it reads from.
//!
//! Main function: [`ranks`]. What reads nothing stands just above its first reader. An arrow that leads back, as those
//! of a shared layer used again may, moves nothing.

/// The row of each spot, given the arrows between spots in their order.
pub(super) fn ranks(
    spots: usize,
    arrows: &[(usize, usize)],
    is_pinned: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let mut ranks = vec![0usize; spots];
    let mut reads = vec![false; spots];
    let mut forward: Vec<(usize, usize)> = arrows.iter().copied().filter(|(a, b)| a < b).collect();
    forward.sort_unstable();
    for (a, b) in &forward {
        let below = ranks.get(*a).map_or(0, |rank| rank.saturating_add(1));
        if let (Some(rank), Some(reads)) = (ranks.get_mut(*b), reads.get_mut(*b)) {
            *rank = below.max(*rank);
            *reads = true;
        }
    }
    let mut first_reader = vec![usize::MAX; spots];
    for (a, b) in &forward {
        if let (Some(first), Some(rank)) = (first_reader.get_mut(*a), ranks.get(*b)) {
            *first = (*first).min(*rank);
        }
    }
    for (spot, (reads, first)) in reads.into_iter().zip(first_reader).enumerate() {
        if let (false, false, Some(rank)) =
            (reads || is_pinned(spot), first == usize::MAX, ranks.get_mut(spot))
        {
            *rank = first.saturating_sub(1);
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::ranks;

    #[test]
    fn a_reader_stands_below_the_lowest_it_reads_and_what_reads_nothing_close_to_its_reader() {
        // 0 → 1 → 2 → 4, 0 → 4, 3 → 4, and an arrow back from 4 to 1.
        let arrows = [(0, 1), (1, 2), (2, 4), (0, 4), (3, 4), (4, 1)];
        assert_eq!(ranks(5, &arrows, |_| false), [0, 1, 2, 2, 3]);
        assert_eq!(ranks(5, &arrows, |spot| spot == 3), [0, 1, 2, 0, 3]);
    }
}
