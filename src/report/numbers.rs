//! Numbers as people read them: grouped, as shares, as bytes.

use crate::analysis::AtDefaults;
use crate::ir::Count;

/// A count grouped by thousands; a formula as its number at the defaults, or as itself where it has none.
pub(crate) fn shown(count: &Count, defaults: AtDefaults) -> String {
    match defaults.count(count) {
        Some(n) => grouped(n),
        None => count.to_string(),
    }
}

/// `24,300`
pub(crate) fn grouped(n: u128) -> String {
    Count::from(n).to_string()
}

/// A share in percent with one decimal: `78.0`; `<0.1` for what is there but would round to nothing.
pub(crate) fn percent(part: u128, whole: u128) -> String {
    let share = if whole == 0 { 0.0 } else { part as f64 / whole as f64 * 100.0 };
    if part > 0 && share < 0.05 { "<0.1".to_string() } else { format!("{share:.1}") }
}

/// `6.9× as many`; without a decimal from a hundred on.
pub(crate) fn times(many: u128, few: u128) -> Option<String> {
    ratio(many, few).map(|ratio| format!("{ratio}× as many"))
}

/// `6.9`, `98,775`; `None` where it is one.
pub(crate) fn ratio(many: u128, few: u128) -> Option<String> {
    if few == 0 || many == few {
        return None;
    }
    let ratio = many as f64 / few as f64;
    Some(match ratio {
        _ if many.checked_rem(few) == Some(0) => grouped(many.checked_div(few).unwrap_or(0)),
        _ if ratio < 0.95 => format!("{ratio:.2}"),
        _ if ratio < 99.95 => format!("{ratio:.1}"),
        _ if ratio < 1e15 => grouped(ratio.round() as u128),
        _ => format!("{ratio:.1e}"),
    })
}

/// The bytes that so many elements take as float32: `241.0 KiB`.
pub(crate) fn bytes(elements: u128) -> String {
    octets(elements.saturating_mul(4))
}

/// So many bytes: `241.0 KiB`.
pub(crate) fn octets(bytes: u128) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let bytes = bytes as f64;
    if bytes < 1024.0 {
        return format!("{bytes:.0} B");
    }
    let mut scaled = bytes / 1024.0;
    let mut units = UNITS.iter();
    let mut unit = units.next().unwrap_or(&"KiB");
    while scaled >= 1023.95 {
        let Some(larger) = units.next() else { break };
        (scaled, unit) = (scaled / 1024.0, larger);
    }
    format!("{scaled:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_take_the_unit_that_keeps_them_short() {
        assert_eq!(bytes(28), "112 B");
        assert_eq!(bytes(61_706), "241.0 KiB");
        assert_eq!(bytes(262_144 - 1), "1.0 MiB");
        assert_eq!(bytes(46_702_792_704), "174.0 GiB");
    }

    #[test]
    fn a_share_that_is_there_is_never_said_to_be_nothing() {
        assert_eq!(percent(1, 100_000), "<0.1");
        assert_eq!(percent(0, 100_000), "0.0");
        assert_eq!(percent(48_120, 61_706), "78.0");
        assert_eq!(percent(0, 0), "0.0");
    }

    #[test]
    fn a_ratio_is_as_exact_as_it_is_small() {
        assert_eq!(times(423_038, 61_706).as_deref(), Some("6.9× as many"));
        assert_eq!(times(25_200, 28).as_deref(), Some("900× as many"));
        assert_eq!(times(5, 10).as_deref(), Some("0.50× as many"));
        assert_eq!(times(7, 7), None);
        assert_eq!(times(7, 0), None);
    }
}
