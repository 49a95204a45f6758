//! Numbers that must divide others, and the nearest that do.
//!
//! Main function: [`divided`]. A symbol divides only where the normal forms show it.

use super::inference_error::{ErrorSubject, InferenceError};
use crate::ir::Size;

/// Which of the two numbers the reader is likelier to change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Free {
    /// The number that divides: heads, groups.
    Divisor,
    /// The number that is divided: channels, widths.
    Total,
}

/// How far from a number its nearest divisors are looked for.
const REACH: usize = 4096;

/// `total / by`, where that is exact.
///
/// # Errors
/// `indivisible`, with the message and with the nearest numbers that would do.
pub(super) fn divided(
    total: &Size,
    by: &Size,
    about: ErrorSubject,
    free: Free,
    message: impl FnOnce() -> String,
) -> Result<Size, InferenceError> {
    if let Some(quotient) = total.exact_div(by) {
        return Ok(quotient);
    }
    let error = InferenceError::indivisible(about, message());
    let (Some(total), Some(by)) = (total.as_number(), by.as_number()) else {
        return Err(error.help(
            "it is not known to divide: promise it where the symbol comes from, as in `input x: [8 * n]`, \
                or give the symbol a number with `--set`",
        ));
    };
    let (subject, near) = match free {
        Free::Divisor => (by, divisors(total, by)),
        Free::Total => (total, multiples(by, total)),
    };
    let near: Vec<_> = near.into_iter().flatten().map(|n| n.to_string()).collect();
    let help = (!near.is_empty()).then(|| format!("in place of {subject}: {}", near.join(" or ")));
    Err(help.into_iter().fold(error, InferenceError::help))
}

/// The nearest divisor below and above a number that is none.
fn divisors(of: i128, near: i128) -> [Option<i128>; 2] {
    let divides = |n: &i128| of.checked_rem(*n) == Some(0);
    let below = (1..near).rev().take(REACH).find(divides);
    let above = (near.saturating_add(1)..=of).take(REACH).find(divides);
    [below, above]
}

/// The nearest positive multiple below and above a number that is none.
fn multiples(of: i128, near: i128) -> [Option<i128>; 2] {
    let below = near.checked_div(of).and_then(|n| n.checked_mul(of)).filter(|n| *n > 0);
    let above = near.checked_div(of).and_then(|n| n.checked_add(1)?.checked_mul(of)).filter(|n| *n > 0);
    [below, above]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(total: i128, by: i128, free: Free) -> Vec<String> {
        let about = ErrorSubject::Layer;
        divided(&Size::from(total), &Size::from(by), about, free, String::new).unwrap_err().help
    }

    #[test]
    fn what_divides_is_divided() {
        let quotient =
            divided(&Size::from(12), &Size::from(4), ErrorSubject::Layer, Free::Total, String::new);
        assert_eq!(quotient, Ok(Size::from(3)));
    }

    #[test]
    fn what_does_not_divide_names_the_nearest_that_do() {
        assert_eq!(help(16, 5, Free::Divisor), ["in place of 5: 4 or 8"]);
        assert_eq!(help(10, 4, Free::Total), ["in place of 10: 8 or 12"]);
        assert_eq!(help(3, 4, Free::Total), ["in place of 3: 4"]);
    }

    #[test]
    fn the_search_ends_for_numbers_without_near_divisors() {
        assert!(help((1 << 61) - 1, 1 << 40, Free::Divisor).is_empty());
    }

    #[test]
    fn a_division_by_nothing_is_refused() {
        assert_eq!(help(4, 0, Free::Total), Vec::<String>::new());
    }
}
