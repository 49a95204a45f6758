//! What sizes promise to the layers: exact halving, decided comparisons, formulas people can read.

use super::*;

fn symbol(name: &str) -> Size {
    Size::symbol(name)
}

fn over(dividend: Size, divisor: i128) -> Size {
    dividend.floor_div(&Size::from(divisor)).expect("a divisor that is not 0")
}

/// `⌊(extent + 2·pad - kernel) / stride⌋ + 1`
fn convolved(extent: &Size, kernel: i128, stride: i128, pad: i128) -> Size {
    over(extent + 2 * pad - kernel, stride) + 1
}

#[test]
fn convolutions_halve_a_promised_multiple_exactly() {
    let stem = convolved(&(symbol("h") * 32), 7, 2, 3);
    assert_eq!(stem, symbol("h") * 16);
    let pooled = convolved(&stem, 3, 2, 1);
    assert_eq!(pooled, symbol("h") * 8);
    let last = (0..3).fold(pooled, |extent, _| convolved(&extent, 3, 2, 1));
    assert_eq!(last, symbol("h"));
}

#[test]
fn convolutions_of_a_free_extent_agree_however_they_halve() {
    let twice = convolved(&convolved(&symbol("H"), 3, 2, 1), 1, 2, 0);
    assert_eq!(twice.to_string(), "(H + 3) // 4");
    assert_eq!(twice, symbol("H").ceil_div(&Size::from(4)).expect("4 is not 0"));
    assert_eq!(over(over(symbol("H"), 2), 3), over(symbol("H"), 6));
}

#[test]
fn division_takes_out_all_that_divides() {
    let t = symbol("T");
    assert_eq!(over(&t * 3 - 1, 2), &t - 1 + over(&t + 1, 2));
    assert_eq!((&t * &t - 1).floor_div(&(&t + 1)), Some(&t - 1));
    assert_eq!((&t * 12 * symbol("S")).exact_div(&(symbol("S") * 4)), Some(&t * 3));
    assert_eq!((&t * 3).exact_div(&Size::from(2)), None);
    assert_eq!((&t * 6 + 4).modulo(&Size::from(3)), Some(Size::from(1)));
    assert_eq!((&t - 1).floor_div(&t), Some(Size::from(0)));
}

#[test]
fn division_rounds_down_whatever_the_signs() {
    let floor = |a: i128, b: i128| Size::from(a).floor_div(&Size::from(b)).and_then(|n| n.as_number());
    assert_eq!([floor(7, 2), floor(-7, 2), floor(7, -2), floor(-7, -2)], [3, -4, -4, 3].map(Some));
    let rest = |a: i128, b: i128| Size::from(a).modulo(&Size::from(b)).and_then(|n| n.as_number());
    assert_eq!([rest(7, 2), rest(-7, 2), rest(7, -2), rest(-7, -2)], [1, 1, -1, -1].map(Some));
    let ceil = |a: i128, b: i128| Size::from(a).ceil_div(&Size::from(b)).and_then(|n| n.as_number());
    assert_eq!([ceil(7, 2), ceil(-7, 2), ceil(7, -2), ceil(-7, -2)], [4, -3, -3, 4].map(Some));
    assert_eq!(rest(i128::MIN, -1), Some(0));
}

#[test]
fn only_the_number_0_divides_nothing() {
    for dividend in [Size::from(1), symbol("T"), Size::OVERFLOW] {
        assert_eq!(dividend.floor_div(&Size::from(0)), None);
        assert_eq!(dividend.modulo(&Size::from(0)), None);
        assert_eq!(dividend.ceil_div(&(symbol("T") - symbol("T"))), None);
    }
    assert_eq!(Size::from(i128::MIN).floor_div(&Size::from(-1)), Some(Size::OVERFLOW));
}

#[test]
fn a_comparison_is_decided_where_every_value_agrees() {
    let t = symbol("T");
    let n = |n: i128| Size::from(n);
    assert_eq!(t.is_less(&(&t + 1)), Some(true));
    assert_eq!(t.is_less(&n(1)), Some(false));
    assert_eq!(t.is_less(&n(2)), None);
    assert_eq!(t.is_equal(&n(0)), Some(false));
    assert_eq!(t.is_equal(&n(2)), None);
    assert_eq!((&t * 2).is_equal(&n(3)), Some(false));
    assert_eq!(t.is_equal(&symbol("S")), None);
    assert_eq!(t.is_less(&(&t * &t + 1)), Some(true));
    assert_eq!((&t * symbol("S")).is_less(&t), Some(false));
    assert_eq!(over(t.clone(), 2).is_less(&t), Some(true));
    assert_eq!(t.modulo(&n(8)).expect("8 is not 0").is_less(&n(8)), Some(true));
    assert_eq!(Size::OVERFLOW.is_equal(&Size::OVERFLOW), None);
}

/// `⌊(2·T + 1) / 2·(W - H)⌋` is -2 at T = 1, W - H = -1, where `⌊T / (W - H)⌋` is -1.
#[test]
fn a_constant_is_rounded_away_only_under_a_positive_divisor() {
    let (h, t, w) = (symbol("H"), symbol("T"), symbol("W"));
    let values = |name: &str| Some(if name == "H" { 2 } else { 1 });
    let may_be_negative = (&t * 2 + 1).floor_div(&(&w * 2 - &h * 2)).expect("not the number 0");
    assert_eq!(may_be_negative.at(&values), Some(-2));
    assert_eq!((&t * 2 + 1).floor_div(&(&w * 2)), t.floor_div(&w));
}

#[test]
fn a_bound_holds_where_a_factor_may_be_negative() {
    let n = |n: i128| Size::from(n);
    let factor = (symbol("B") - symbol("A")).max(&n(-2)).min(&n(2));
    let last = (symbol("D") - symbol("C")).min(&n(1)).max(&n(-1));
    let others = symbol("W") + &factor * 3 - last;
    let product = over(symbol("W"), 3) * factor;
    for size in [&others + &product, &others - &product] {
        let least = size.at(&|name| Some(if name == "A" || name == "D" { 3 } else { 1 }));
        assert_eq!(least, Some(-6));
        assert!(size.least() <= least, "{size} falls below {:?}", size.least());
    }
}

#[test]
fn minimum_and_maximum_keep_only_what_can_win() {
    let t = symbol("T");
    let five = Size::from(5);
    assert_eq!(t.min(&(&t + 1)), t);
    assert_eq!(t.max(&(&t + 1)), &t + 1);
    assert_eq!(t.max(&Size::from(1)), t);
    assert_eq!(t.min(&five).min(&Size::from(7)), t.min(&five));
    assert_eq!((&t + 1).min(&Size::from(8)), t.min(&Size::from(7)) + 1);
    assert_eq!((t.min(&five).least(), t.min(&five).greatest()), (Some(1), Some(5)));
}

#[test]
fn a_formula_is_written_as_in_the_language() {
    let (s, t) = (symbol("S"), symbol("T"));
    let written = [
        (t.clone(), "T"),
        (&t + 1, "T + 1"),
        (&t - 1, "T - 1"),
        (Size::from(5) - &t, "5 - T"),
        (&t - &s, "T - S"),
        (Size::from(0) - &t - 1, "-T - 1"),
        (&t * 2, "2·T"),
        (&t * &s * &s * 50257, "50,257·S²·T"),
        (&t * 7_077_888 + &t * &t * 1_536, "7,077,888·T + 1,536·T²"),
        (over(t.clone(), 2), "T // 2"),
        (over(&t * 2, 3), "(2·T) // 3"),
        (over(&t + 1, 2) * 3 - 2, "3·((T + 1) // 2) - 2"),
        (t.floor_div(&(&s * 2)).expect("not 0"), "T // (2·S)"),
        (t.min(&Size::from(5)), "min(T, 5)"),
        (t.max(&s).pow(12) * 2, "2·max(S, T)¹²"),
        (Size::from(50257), "50257"),
        (Size::from(-3), "-3"),
        (Size::OVERFLOW, "overflow"),
    ];
    for (size, text) in written {
        assert_eq!(size.to_string(), text);
    }
    assert_eq!(format!("{:#}", &t * 1024 + 1000), "1024·T + 1000");
    assert_eq!(format!("[{:>4}|{:<4}]", t, Size::from(12)), "[   T|12  ]");
}

#[test]
fn symbols_are_listed_once_and_take_their_values() {
    let size = symbol("W") * symbol("H") + over(symbol("H"), 2).min(&symbol("A"));
    assert_eq!(size.symbols(), ["A", "H", "W"]);
    let values = |name: &str| Some(if name == "A" { 3 } else { 10 });
    assert_eq!(size.at(&values), Some(103));
    assert_eq!(size.at(&|name: &str| (name != "A").then_some(1)), None);
}

#[test]
fn what_passes_128_bits_or_the_limits_is_an_overflow_that_stays() {
    assert!((Size::from(i128::MAX) + 1).is_overflow());
    assert!((symbol("T") * i128::MAX * 2).is_overflow());
    assert!(symbol("T").pow(17).is_overflow());
    assert!((Size::from(0) * Size::OVERFLOW).is_overflow());
    assert!(symbol("T").pow(16).is_symbolic());
    assert_eq!(Size::OVERFLOW.min(&symbol("T")).exact_div(&Size::from(2)), Some(Size::OVERFLOW));
    let sum_of = |symbols: i32| (0..symbols).fold(Size::from(0), |sum, i| sum + symbol(&format!("S{i}")));
    assert!(sum_of(256).is_symbolic());
    assert!(sum_of(257).is_overflow());
}

#[test]
fn a_loop_of_hostile_formulas_ends_in_an_overflow() {
    let t = symbol("T");
    let nested = (1..2_000).fold(t.clone(), |size, i| {
        (&size * &size + i).floor_div(&(&size + &t)).expect("not 0").max(&(symbol("S") * i))
    });
    assert!(nested.is_overflow());
}
