//! What a column says of a line.

use super::numbers::{grouped, percent, shown};
use crate::analysis::AtDefaults;
use crate::ir::Count;

/// What a column says of a line.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ColumnValue {
    /// Nothing.
    Nothing,
    /// Words.
    Text(String),
    /// A number, or a formula.
    Number(Count),
    /// From the least to the most.
    Between(Count, Count),
    /// A part of a whole.
    Share(u128, u128),
    /// A ratio.
    Ratio(f64),
}

impl ColumnValue {
    /// As people read it.
    pub fn shown(&self, defaults: AtDefaults) -> String {
        match self {
            ColumnValue::Nothing => String::new(),
            ColumnValue::Text(text) => text.clone(),
            ColumnValue::Number(count) => shown(count, defaults),
            ColumnValue::Between(least, most) => match (shown(least, defaults), shown(most, defaults)) {
                (least, most) if least == most => most,
                (least, most) => format!("{least}–{most}"),
            },
            ColumnValue::Share(part, whole) => percent(*part, *whole),
            ColumnValue::Ratio(ratio) if *ratio < 9.95 => format!("{ratio:.1}"),
            ColumnValue::Ratio(ratio) => grouped(ratio.round() as u128),
        }
    }

    /// As programs read it: not grouped, not rounded; of a range the most.
    pub fn plain(&self, defaults: AtDefaults) -> String {
        let number = |count: &Count| {
            defaults.count(count).map_or_else(|| format!("{count:#}"), |number| number.to_string())
        };
        match self {
            ColumnValue::Nothing => String::new(),
            ColumnValue::Text(text) => text.clone(),
            ColumnValue::Number(count) | ColumnValue::Between(_, count) => number(count),
            ColumnValue::Share(_, 0) => "0".to_string(),
            ColumnValue::Share(part, whole) => (*part as f64 / *whole as f64 * 100.0).to_string(),
            ColumnValue::Ratio(ratio) => ratio.to_string(),
        }
    }

    /// How large it is; `None` for words and nothing.
    pub(super) fn size(&self, defaults: AtDefaults) -> Option<f64> {
        match self {
            ColumnValue::Nothing | ColumnValue::Text(_) => None,
            ColumnValue::Number(count) | ColumnValue::Between(_, count) => {
                Some(defaults.value_at_defaults(count) as f64)
            }
            ColumnValue::Share(part, _) => Some(*part as f64),
            ColumnValue::Ratio(ratio) => Some(*ratio),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Graph;

    #[test]
    fn values_are_grouped_for_people_and_plain_for_programs() {
        let graph = Graph::default();
        let defaults = AtDefaults(&graph);
        let both = |value: ColumnValue| (value.shown(defaults), value.plain(defaults));
        let told = |shown: &str, plain: &str| (shown.to_string(), plain.to_string());
        assert_eq!(both(ColumnValue::Number(Count::from(12_345))), told("12,345", "12345"));
        assert_eq!(both(ColumnValue::Between(Count::from(2), Count::from(1_000))), told("2–1,000", "1000"));
        assert_eq!(both(ColumnValue::Share(1, 8)), told("12.5", "12.5"));
        assert_eq!(both(ColumnValue::Ratio(0.25)), told("0.2", "0.25"));
        assert_eq!(both(ColumnValue::Nothing), told("", ""));
    }
}
