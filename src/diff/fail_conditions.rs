//! Conditions on which a comparison fails: `params > +5%`.
//!
//! Main type: [`FailConditions`]. A bound with a sign is on the change, absolute or in per cent; one without is on what it is.

use std::fmt;
use std::str::FromStr;

use super::numbers::{relative, signed};
use super::{Diff, Measure, keys};
use crate::diagnostic::nearest;

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub struct FailConditions {
    key: String,
    comparison: Comparison,
    bound: Bound,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    More,
    AtLeast,
    Less,
    AtMost,
}

/// Longer signs first, so that `>=` is not read as `>`.
const COMPARISONS: &[(&str, Comparison)] = &[
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    (">", Comparison::More),
    ("<", Comparison::Less),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Bound {
    /// On the change, in per cent.
    Percent(f64),
    /// On the change.
    ChangeKind(i128),
    /// On what it is.
    Value(i128),
}

impl Comparison {
    fn holds<T: PartialOrd>(self, one: T, other: T) -> bool {
        match self {
            Comparison::More => one > other,
            Comparison::AtLeast => one >= other,
            Comparison::Less => one < other,
            Comparison::AtMost => one <= other,
        }
    }
}

/// A condition that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The condition.
    pub condition: String,
    /// What the sum did: `params +18,992,128 (+74.3%)`.
    pub found: String,
}

impl FailConditions {
    /// What it found, where it holds.
    pub fn reached(&self, diff: &Diff) -> Option<Reached> {
        let measure = diff.measures.iter().find(|measure| measure.key == self.key)?;
        let Measure { before, after, .. } = *measure;
        let clamp = |n: u128| i128::try_from(n).unwrap_or(i128::MAX);
        let (old, new) = (clamp(before), clamp(after));
        let holds = match self.bound {
            // From nothing to something is more than any share.
            Bound::Percent(percent) => {
                let share = match (old, new) {
                    (0, 0) => 0.0,
                    (0, _) => f64::INFINITY,
                    _ => (new as f64 - old as f64) / old as f64 * 100.0,
                };
                self.comparison.holds(share, percent)
            }
            Bound::ChangeKind(bound) => self.comparison.holds(new.saturating_sub(old), bound),
            Bound::Value(bound) => self.comparison.holds(new, bound),
        };
        let found = || format!("{} {} ({})", self.key, signed(before, after), relative(before, after));
        holds.then(|| Reached { condition: self.text.clone(), found: found() })
    }
}

impl fmt::Display for FailConditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.text)
    }
}

/// `params > +5%`, `macs >= +1M`, `memory > 2G`.
impl FromStr for FailConditions {
    type Err = String;

    fn from_str(text: &str) -> Result<FailConditions, String> {
        let found = COMPARISONS.iter().find_map(|(sign, comparison)| {
            let (key, bound) = text.split_once(sign)?;
            Some((key.trim(), *comparison, bound.trim()))
        });
        let Some((key, comparison, bound)) = found else {
            return Err("expected a sum, a comparison and a bound, as in `params > +5%`".to_owned());
        };
        if !keys().any(|known| known == key) {
            let hint = match nearest(key, keys()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there is `{}`", keys().collect::<Vec<_>>().join("`, `")),
            };
            return Err(format!("no sum is called `{key}`; {hint}"));
        }
        Ok(FailConditions {
            key: key.to_owned(),
            comparison,
            bound: bound_of(bound)?,
            text: text.trim().to_owned(),
        })
    }
}

/// Suffixes of a number, as the language has them.
const SUFFIXES: &[(char, i128)] = &[('k', 1_000), ('M', 1_000_000), ('G', 1_000_000_000)];

fn bound_of(text: &str) -> Result<Bound, String> {
    let signed = text.starts_with(['+', '-', '−']);
    let plain = text.replace('−', "-");
    if let Some(percent) = plain.strip_suffix('%') {
        if !signed {
            return Err(format!("`{text}` is a change: write `+{text}`"));
        }
        let percent: Option<f64> = percent.trim().parse().ok().filter(|percent: &f64| percent.is_finite());
        return percent.map(Bound::Percent).ok_or_else(|| format!("`{text}` is no share"));
    }
    let number = number(plain.trim_start_matches(['+', '-']));
    let number = number.ok_or_else(|| format!("`{text}` is no number; `5%`, `100k` and `26M` are"))?;
    let number = if plain.starts_with('-') { number.saturating_neg() } else { number };
    Ok(if signed { Bound::ChangeKind(number) } else { Bound::Value(number) })
}

/// A whole number: digits, `_` between them, a fraction only before a suffix that makes it whole.
fn number(text: &str) -> Option<i128> {
    let (digits, factor) = SUFFIXES
        .iter()
        .find_map(|(suffix, factor)| Some((text.strip_suffix(*suffix)?, *factor)))
        .unwrap_or((text, 1));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}").replace('_', "");
    if !whole.starts_with(|c: char| c.is_ascii_digit()) || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scale = 10i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let scaled = all.parse::<i128>().ok()?.checked_mul(factor)?;
    (scaled.checked_rem(scale)? == 0).then(|| scaled.checked_div(scale)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(before: u128, after: u128) -> Diff {
        let measure = Measure { name: "parameters", key: "params", is_bytes: false, before, after };
        Diff {
            names: Default::default(),
            entries: Vec::new(),
            unchanged: 0,
            measures: vec![measure],
            open: Vec::new(),
        }
    }

    #[track_caller]
    fn holds(gate: &str, before: u128, after: u128) -> bool {
        gate.parse::<FailConditions>().expect("a condition").reached(&diff(before, after)).is_some()
    }

    #[test]
    fn a_bound_is_on_the_change_or_on_what_it_is() {
        assert!(holds("params > +5%", 100, 106) && !holds("params > +5%", 100, 105));
        assert!(holds("params >= +5%", 100, 105) && holds("params < -5 %", 100, 94));
        assert!(holds("params>+1k", 0, 1001) && !holds("params > +1k", 0, 1000));
        assert!(holds("params > 2.5M", 0, 2_500_001) && !holds("params > 2.5M", 9_000_000, 2_500_000));
        assert!(holds("params > +5%", 0, 1) && !holds("params > +5%", 0, 0));
    }

    #[test]
    fn what_is_no_condition_is_refused_with_a_hint() {
        let refused = |text: &str| text.parse::<FailConditions>().expect_err("no condition");
        assert_eq!(refused("parms > +5%"), "no sum is called `parms`; did you mean `params`?");
        assert_eq!(refused("params > 5%"), "`5%` is a change: write `+5%`");
        assert_eq!(refused("params > +lots"), "`+lots` is no number; `5%`, `100k` and `26M` are");
        assert_eq!(refused("params"), "expected a sum, a comparison and a bound, as in `params > +5%`");
    }
}
