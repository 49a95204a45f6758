//! In which order the boxes of a row stand: each near those it is joined to.
//!
//! Main functions: [`ordered`], by barycentres, and [`spread`], which keeps an order and a distance while moving each as
//! little as possible.

/// How often rows are ordered by the rows above and below.
const SWEEPS: usize = 4;

/// The rows with their spots in order.
pub(super) fn ordered(ranks: &[usize], arrows: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let rows = ranks.iter().max().map_or(0, |last| last.saturating_add(1));
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); rows];
    for (spot, rank) in ranks.iter().enumerate() {
        rows.get_mut(*rank).into_iter().for_each(|row| row.push(spot));
    }
    if rows.iter().all(|row| row.len() < 2) {
        return rows;
    }
    let mut joined: Vec<Vec<usize>> = vec![Vec::new(); ranks.len()];
    for (a, b) in arrows.iter().filter(|(a, b)| a != b) {
        joined.get_mut(*a).into_iter().for_each(|others| others.push(*b));
        joined.get_mut(*b).into_iter().for_each(|others| others.push(*a));
    }
    let mut at: Vec<f64> = vec![0.0; ranks.len()];
    rows.iter().for_each(|row| number(row, &mut at));
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        for step in 0..rows.len() {
            let rank = if down { step } else { rows.len().saturating_sub(step).saturating_sub(1) };
            let Some(row) = rows.get_mut(rank).filter(|row| row.len() > 1) else { continue };
            let mut keyed: Vec<(f64, usize)> = row
                .iter()
                .map(|spot| {
                    let others = joined.get(*spot).map_or(&[][..], Vec::as_slice);
                    let before = |other: &&usize| {
                        ranks
                            .get(**other)
                            .is_some_and(|other| if down { *other < rank } else { *other > rank })
                    };
                    let places = others.iter().filter(before).filter_map(|other| at.get(*other));
                    (mean(places.copied()).or(at.get(*spot).copied()).unwrap_or_default(), *spot)
                })
                .collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            *row = keyed.into_iter().map(|(_, spot)| spot).collect();
            number(row, &mut at);
        }
    }
    rows
}

/// The places of a row's spots, about a middle of 0.
fn number(row: &[usize], at: &mut [f64]) {
    let middle = (row.len() as f64 - 1.0) / 2.0;
    for (place, spot) in row.iter().enumerate() {
        at.get_mut(*spot).into_iter().for_each(|at| *at = place as f64 - middle);
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// Places in order, each at least a distance behind the one before it, as near as possible to where they want to be:
/// the least sum of weighted squares, by pooling neighbours that are in each other's way. `wanted` has places and
/// weights.
pub(super) fn spread(wanted: &[(f64, f64)], distances: &[f64]) -> Vec<f64> {
    let mut offset = 0.0;
    let mut offsets = Vec::with_capacity(wanted.len());
    // Pools of neighbours: the weighted sum of what they want, the weight, how many.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (i, (want, weight)) in wanted.iter().enumerate() {
        if i > 0 {
            offset += distances.get(i.saturating_sub(1)).copied().unwrap_or_default();
        }
        offsets.push(offset);
        let (mut sum, mut heavy, mut count) = ((want - offset) * weight, *weight, 1usize);
        while let Some((before, weight, of)) =
            pools.last().copied().filter(|(before, weight, _)| before / weight > sum / heavy)
        {
            (sum, heavy, count) = (sum + before, heavy + weight, count.saturating_add(of));
            pools.pop();
        }
        pools.push((sum, heavy, count));
    }
    let means = pools.into_iter().flat_map(|(sum, weight, count)| std::iter::repeat_n(sum / weight, count));
    means.zip(offsets).map(|(mean, offset)| mean + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::{ordered, spread};

    #[test]
    fn arrows_that_would_cross_are_uncrossed() {
        // Two chains, declared crosswise.
        let rows = ordered(&[0, 0, 1, 1], &[(0, 3), (1, 2)]);
        let crossed = [rows[0].iter().position(|s| *s == 0), rows[1].iter().position(|s| *s == 3)];
        assert_eq!(crossed[0], crossed[1], "{rows:?}");
    }

    #[test]
    fn neighbours_keep_their_distance_and_move_little() {
        let spread = |wanted: &[f64], distances: &[f64]| {
            spread(&wanted.iter().map(|want| (*want, 1.0)).collect::<Vec<_>>(), distances)
        };
        assert_eq!(spread(&[0.0, 0.0], &[10.0]), [-5.0, 5.0]);
        assert_eq!(spread(&[0.0; 4], &[10.0; 3]), [-15.0, -5.0, 5.0, 15.0]);
        assert_eq!(spread(&[0.0, 50.0], &[10.0]), [0.0, 50.0]);
        assert_eq!(spread(&[4.0, 2.0, 100.0], &[2.0, 2.0]), [2.0, 4.0, 100.0]);
    }

    #[test]
    fn what_is_heavy_stays_and_what_is_light_gives_way() {
        let places = spread(&[(0.0, 1.0), (0.0, 0.0001)], &[10.0]);
        assert!(places[0].abs() < 0.01 && (places[1] - 10.0).abs() < 0.01, "{places:?}");
    }
}
