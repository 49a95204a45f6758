//! Changes of numbers as people read them.

use super::Measure;
use crate::report::numbers::{grouped, octets};

/// `+18,992,128`, `−3`, `0`.
pub(super) fn signed(before: u128, after: u128) -> String {
    let size = grouped(after.abs_diff(before));
    match after.cmp(&before) {
        std::cmp::Ordering::Less => format!("−{size}"),
        std::cmp::Ordering::Equal => "0".to_string(),
        std::cmp::Ordering::Greater => format!("+{size}"),
    }
}

/// `+74.3%`; `new` where there was nothing; a change that is there never rounds to nothing.
pub(super) fn relative(before: u128, after: u128) -> String {
    if before == after {
        return "0.0%".to_string();
    }
    if before == 0 {
        return "new".to_string();
    }
    let share = (after as f64 - before as f64) / before as f64 * 100.0;
    match share {
        _ if share.abs() >= 0.05 => format!("{share:+.1}%").replace('-', "−"),
        _ if share > 0.0 => "+<0.1%".to_string(),
        _ => "−<0.1%".to_string(),
    }
}

impl Measure {
    /// A value of it.
    pub(super) fn shown(&self, value: u128) -> String {
        if self.is_bytes { octets(value) } else { grouped(value) }
    }

    /// By how much it changed.
    pub(super) fn change(&self) -> String {
        if !self.is_bytes {
            return signed(self.before, self.after);
        }
        let size = octets(self.after.abs_diff(self.before));
        match self.after.cmp(&self.before) {
            std::cmp::Ordering::Less => format!("−{size}"),
            std::cmp::Ordering::Equal => "0".to_string(),
            std::cmp::Ordering::Greater => format!("+{size}"),
        }
    }

    /// True where it is shown though it did not change.
    pub(super) fn is_central(&self) -> bool {
        matches!(self.key, "params" | "macs" | "memory")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_carry_their_sign() {
        assert_eq!(signed(25_557_032, 44_549_160), "+18,992,128");
        assert_eq!(signed(10, 7), "−3");
        assert_eq!(relative(25_557_032, 44_549_160), "+74.3%");
        assert_eq!(relative(1_000_000, 999_999), "−<0.1%");
        assert_eq!(relative(0, 9), "new");
        assert_eq!(relative(200, 100), "−50.0%");
    }
}
