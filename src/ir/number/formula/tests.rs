//! The algebra against arithmetic: whatever the rules make of a formula, its value stays the same.

use proptest::prelude::*;

use crate::ir::Size;

/// A formula as it might be written, computed two ways: at once with numbers, and as a normal form.
#[derive(Clone, Debug)]
enum Tree {
    Number(i128),
    Symbol(&'static str),
    Add(Box<Tree>, Box<Tree>),
    Sub(Box<Tree>, Box<Tree>),
    Mul(Box<Tree>, Box<Tree>),
    FloorDiv(Box<Tree>, Box<Tree>),
    CeilDiv(Box<Tree>, Box<Tree>),
    Modulo(Box<Tree>, Box<Tree>),
    Min(Box<Tree>, Box<Tree>),
    Max(Box<Tree>, Box<Tree>),
    Pow(Box<Tree>, u32),
}

impl Tree {
    /// `None` where a divisor is the number 0.
    fn size(&self) -> Option<Size> {
        Some(match self {
            Tree::Number(n) => Size::from(*n),
            Tree::Symbol(name) => Size::symbol(name),
            Tree::Add(a, b) => a.size()? + b.size()?,
            Tree::Sub(a, b) => a.size()? - b.size()?,
            Tree::Mul(a, b) => a.size()? * b.size()?,
            Tree::FloorDiv(a, b) => a.size()?.floor_div(&b.size()?)?,
            Tree::CeilDiv(a, b) => a.size()?.ceil_div(&b.size()?)?,
            Tree::Modulo(a, b) => a.size()?.modulo(&b.size()?)?,
            Tree::Min(a, b) => a.size()?.min(&b.size()?),
            Tree::Max(a, b) => a.size()?.max(&b.size()?),
            Tree::Pow(a, exponent) => a.size()?.pow(*exponent),
        })
    }

    /// `None` where a divisor is 0, or a step passes 128 bits.
    fn value(&self, values: &[i128; 3]) -> Option<i128> {
        match self {
            Tree::Number(n) => Some(*n),
            Tree::Symbol(name) => value_of(name, values),
            Tree::Add(a, b) => a.value(values)?.checked_add(b.value(values)?),
            Tree::Sub(a, b) => a.value(values)?.checked_sub(b.value(values)?),
            Tree::Mul(a, b) => a.value(values)?.checked_mul(b.value(values)?),
            Tree::FloorDiv(a, b) => floor(a.value(values)?, b.value(values)?),
            Tree::CeilDiv(a, b) => Some(-floor(-a.value(values)?, b.value(values)?)?),
            Tree::Modulo(a, b) => {
                let (a, b) = (a.value(values)?, b.value(values)?);
                Some(a - b * floor(a, b)?)
            }
            Tree::Min(a, b) => Some(a.value(values)?.min(b.value(values)?)),
            Tree::Max(a, b) => Some(a.value(values)?.max(b.value(values)?)),
            Tree::Pow(a, exponent) => a.value(values)?.checked_pow(*exponent),
        }
    }
}

/// The definition, by search from the truncated quotient.
fn floor(a: i128, b: i128) -> Option<i128> {
    let near = a.checked_div(b)?;
    [near - 1, near].into_iter().rfind(|quotient| if b > 0 { quotient * b <= a } else { quotient * b >= a })
}

fn value_of(name: &str, values: &[i128; 3]) -> Option<i128> {
    ["H", "T", "W"].iter().position(|symbol| *symbol == name).map(|i| values[i])
}

fn at(size: &Size, values: &[i128; 3]) -> Option<i128> {
    size.at(&|name| value_of(name, values))
}

fn number() -> impl Strategy<Value = Tree> {
    prop_oneof![-9..40_i128, Just(16), Just(32)].prop_map(Tree::Number)
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![number(), prop_oneof![Just("H"), Just("T"), Just("W")].prop_map(Tree::Symbol)];
    leaf.prop_recursive(5, 24, 2, |inner| {
        let two = (inner.clone().prop_map(Box::new), inner.clone().prop_map(Box::new));
        let divided = (
            inner.clone().prop_map(Box::new),
            prop_oneof![3 => number().boxed(), 1 => inner.clone().boxed()].prop_map(Box::new),
        );
        prop_oneof![
            3 => two.clone().prop_map(|(a, b)| Tree::Add(a, b)),
            2 => two.clone().prop_map(|(a, b)| Tree::Sub(a, b)),
            2 => two.clone().prop_map(|(a, b)| Tree::Mul(a, b)),
            3 => divided.clone().prop_map(|(a, b)| Tree::FloorDiv(a, b)),
            1 => divided.clone().prop_map(|(a, b)| Tree::CeilDiv(a, b)),
            1 => divided.prop_map(|(a, b)| Tree::Modulo(a, b)),
            1 => two.clone().prop_map(|(a, b)| Tree::Min(a, b)),
            1 => two.prop_map(|(a, b)| Tree::Max(a, b)),
            1 => (inner.prop_map(Box::new), 0..4_u32).prop_map(|(a, exponent)| Tree::Pow(a, exponent)),
        ]
    })
}

/// Sizes that are no overflow.
fn size() -> impl Strategy<Value = Size> {
    tree().prop_filter_map("a number or formula", |tree| tree.size().filter(|size| !size.is_overflow()))
}

/// Small values, where floors and minima change; and some large ones.
fn values() -> impl Strategy<Value = [i128; 3]> {
    prop::array::uniform3(prop_oneof![4 => 1..7_i128, 1 => 1..3000_i128])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_normal_form_has_the_value_of_what_was_written(tree in tree(), values in values()) {
        if let (Some(value), Some(size)) = (tree.value(&values), tree.size()) {
            prop_assert!(size.is_overflow() || at(&size, &values) == Some(value), "{size} is not {value}");
        }
    }

    #[test]
    fn bounds_are_never_passed(size in size(), values in values()) {
        if let Some(value) = at(&size, &values) {
            prop_assert!(size.least().is_none_or(|least| least <= value), "{size} = {value}, least {:?}", size.least());
            prop_assert!(size.greatest().is_none_or(|greatest| value <= greatest), "{size} = {value}, greatest {:?}", size.greatest());
        }
    }

    #[test]
    fn a_decided_comparison_holds_for_all_values(a in size(), b in size(), values in values()) {
        if let (Some(x), Some(y)) = (at(&a, &values), at(&b, &values)) {
            prop_assert!(a.is_less(&b).is_none_or(|is_less| is_less == (x < y)), "{a} against {b}");
            prop_assert!(a.is_equal(&b).is_none_or(|is_equal| is_equal == (x == y)), "{a} against {b}");
            prop_assert!(a != b || x == y, "{a} against {b}");
        }
    }

    #[test]
    fn sums_and_products_obey_the_laws_of_algebra(a in size(), b in size(), c in size()) {
        let agree = |left: Size, right: Size| left == right || left.is_overflow() || right.is_overflow();
        prop_assert!(agree(&a + &b, &b + &a));
        prop_assert!(agree(&a * &b, &b * &a));
        prop_assert!(agree((&a + &b) + &c, &a + &(&b + &c)));
        prop_assert!(agree((&a * &b) * &c, &a * &(&b * &c)));
        prop_assert!(agree(&a * &(&b + &c), &a * &b + &a * &c));
        prop_assert!(agree((&a + &b) - &b, a.clone()));
        prop_assert!(agree(a.min(&b), b.min(&a)), "{} against {}", a.min(&b), b.min(&a));
        prop_assert!(agree(a.max(&a), a.clone()));
    }

    #[test]
    fn division_undoes_multiplication(a in size(), b in size()) {
        let product = &a * &b;
        if b != Size::from(0) && !product.is_overflow() {
            let quotient = product.exact_div(&b);
            let is_first = quotient.as_ref().is_some_and(|quotient| *quotient == a || quotient.is_overflow());
            prop_assert!(is_first, "({product}) / ({b}) = {quotient:?}, not {a}");
        }
    }

    #[test]
    fn whole_multiples_leave_a_floor(a in size(), b in size(), n in 1..50_i128) {
        let left = (&a * n + &b).floor_div(&Size::from(n)).expect("no division by 0");
        let right = &a + b.floor_div(&Size::from(n)).expect("no division by 0");
        prop_assert!(left == right || left.is_overflow() || right.is_overflow(), "{left} against {right}");
    }
}
