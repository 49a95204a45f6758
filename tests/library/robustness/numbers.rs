//! Sizes 0, 1, 2³¹, 2⁶³, and products that pass 128 bits: exact, or `count-overflow`, never wrapped.

use weft::ir::Count;

use super::{errors_of, program};

/// The elements of the first stored tensor of a text's one model.
fn first_weight(text: &str) -> Count {
    let program = program(text);
    assert_eq!(super::messages(&program), Vec::<String>::new(), "{text}");
    program.models[0].weights().next().expect("a weight").1.shape.elements()
}

fn linear(inputs: &str, outputs: &str) -> String {
    format!("model M {{ input x: [{inputs}] output x -> Linear({outputs}, bias=false) }}")
}

#[test]
fn no_axis_is_empty() {
    for text in [
        "model M { input x: [0] output x -> ReLU }",
        "model M { input x: [-1] output x -> ReLU }",
        "model M { input x: [4] output x -> Linear(0) }",
        "model M { input x: [1, 2, 2] output x -> Conv2d(1, kernel=3) }",
        "model M { input x: [4] param p: [0] output x + p }",
    ] {
        assert_eq!(errors_of(text).len(), 1, "{text}");
    }
}

#[test]
fn weights_are_counted_exactly_up_to_127_bits() {
    assert_eq!(first_weight(&linear("1", "1")), Count::from(1u128));
    assert_eq!(first_weight(&linear("2 ** 31", "2 ** 31")), Count::from(1u128 << 62));
    assert_eq!(first_weight(&linear("2 ** 63", "2 ** 63")), Count::from(1u128 << 126));
    assert_eq!(first_weight(&linear("2 ** 63", "2 ** 64")), Count::from(1u128 << 127));
    assert_eq!(first_weight(&linear("2 ** 64", "2 ** 64 - 1")), Count::from((1u128 << 64) * ((1 << 64) - 1)));
}

#[test]
fn what_passes_128_bits_is_a_count_overflow() {
    for text in [
        linear("2 ** 64", "2 ** 64"),
        linear("2 ** 63", "2 ** 65"),
        "model M { input x: [2 ** 64, 2 ** 64] output x -> ReLU }".into(),
        "model M { input x: [2 ** 127] output x -> ReLU }".into(),
        "model M { input x: [2 ** 2 ** 2 ** 2 ** 2] output x -> ReLU }".into(),
        "model M { input x: [4] param p: [2 ** 63, 2 ** 63, 4] output x }".into(),
        "model M { input x: [4] let n = 2 ** 126 * 2 output x }".into(),
        "model M { input x: [4] let n = 2 ** 126 + 2 ** 126 output x }".into(),
        "model M { input x: [4] let n = -(2 ** 126) * 4 output x }".into(),
        "model M { input x: [4] let n = sum([2 ** 126, 2 ** 126]) output x }".into(),
        "model M { input x: [2 ** 62, 2 ** 62] output x -> Linear(2 ** 8, bias=false) }".into(),
    ] {
        assert_eq!(errors_of(&text), ["count-overflow"], "{text}");
    }
}

#[test]
fn sums_over_a_model_pass_128_bits_as_errors_too() {
    let text = "model M { input x: [2 ** 63] output x -> Linear(2 ** 63) -> Linear(2 ** 63) -> Linear(2 ** 63) \
                -> Linear(2 ** 63) assert params > 0 }";
    assert_eq!(errors_of(text), ["count-overflow"]);
}

#[test]
fn literals_of_any_length_are_errors_or_numbers() {
    for digits in [38, 39, 40, 400, 40_000] {
        let text = |number: &str| format!("model M {{ input x: [4] let n = {number} output x }}");
        let errors = errors_of(&text(&"9".repeat(digits)));
        assert_eq!(errors.len(), usize::from(digits > 38), "{digits} digits: {errors:?}");
        assert!(
            errors_of(&text(&format!("0.{}", "9".repeat(digits)))).is_empty(),
            "{digits} digits of a fraction"
        );
        assert_eq!(
            errors_of(&text(&format!("1e{}", "9".repeat(digits)))).len(),
            1,
            "an exponent of {digits} digits"
        );
    }
    assert_eq!(
        errors_of(
            "model M { input x: [4] let n = 999_999_999_999_999_999_999_999_999_999_999_999G output x }"
        )
        .len(),
        1
    );
}

#[test]
fn arithmetic_without_a_result_is_an_error() {
    for expression in [
        "1 / 0",
        "1 // 0",
        "1 % 0",
        "1.5 / 0",
        "1.5 // 0.0",
        "0 ** -1",
        "1e308 * 10.0",
        "(-(2 ** 126) * 2) // -1",
        "floor(1e300)",
        "2 ** 1e9",
        "[1][5]",
        "[1][-2]",
        "[1][2 ** 100]",
    ] {
        let errors = errors_of(&format!("model M {{ input x: [4] let n = {expression} output x }}"));
        assert_eq!(errors.len(), 1, "{expression}: {errors:?}");
    }
}
