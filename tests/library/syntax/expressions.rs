//! Claims about expressions: precedence, chains, labels, brackets.

use super::{expression, statements};

#[test]
fn operators_bind_from_or_to_power() {
    assert_eq!(expression("a or b and not c == d + e * f"), "(a or (b and (not (c == (d + (e * f))))))");
    assert_eq!(expression("a ** b * c + d < e and f or g"), "((((((** a b) * c) + d) < e) and f) or g)");
}

#[test]
fn operators_of_one_level_stand_in_one_node() {
    assert_eq!(expression("a - b + c - d"), "(a - b + c - d)");
    assert_eq!(expression("a * b / c // d % e @ f"), "(a * b / c // d % e @ f)");
    assert_eq!(expression("a ** b ** c"), "(** a b c)");
    assert_eq!(expression("a and b and c or d or e"), "((a and b and c) or d or e)");
}

#[test]
fn a_sign_binds_more_weakly_than_a_power_and_more_strongly_than_a_product() {
    assert_eq!(expression("-x ** 2"), "(- (** x 2))");
    assert_eq!(expression("-x * y"), "((- x) * y)");
    assert_eq!(expression("2 ** -x"), "(** 2 (- x))");
    assert_eq!(expression("- - x"), "(-- x)");
    assert_eq!(expression("a - -b"), "(a - (- b))");
}

#[test]
fn not_binds_more_weakly_than_a_comparison() {
    assert_eq!(expression("not a == b"), "(not (a == b))");
    assert_eq!(expression("not a and not not b"), "((not a) and (notnot b))");
    assert_eq!(expression("not -a < b"), "(not ((- a) < b))");
}

#[test]
fn an_arrow_binds_weakest() {
    assert_eq!(expression("h + skip -> ReLU"), "(chain (h + skip) -> ReLU)");
    assert_eq!(expression("a or b -> f -> g"), "(chain (a or b) -> f -> g)");
    assert_eq!(expression("a -> f * 3 -> g"), "(chain a -> (f * 3) -> g)");
    assert_eq!(expression("a - b->f"), "(chain (a - b) -> f)");
}

#[test]
fn a_label_belongs_to_its_stage() {
    assert_eq!(expression("x -> c: f(3) -> g"), "(chain x -> c: f(3) -> g)");
    assert_eq!(expression("c: f"), "(chain c: f)");
    assert_eq!(expression("c: f * 2 -> g"), "(chain c: (f * 2) -> g)");
    assert_eq!(expression("x -> c: (a: f -> g)"), "(chain x -> c: (paren (chain a: f -> g)))");
    assert_eq!(expression("x -> c: if a { f } -> g"), "(chain x -> c: (if a {f}) -> g)");
}

#[test]
fn a_label_is_a_path_of_words_steps_and_joined_words() {
    assert_eq!(expression("x -> a.b.c: f"), "(chain x -> a.b.c: f)");
    assert_eq!(expression("x -> layer{stage + 1}[i]: f"), "(chain x -> layer{(stage + 1)}[i]: f)");
}

#[test]
fn a_label_may_begin_with_a_step_or_a_keyword() {
    assert_eq!(expression("x -> [0]: f -> [i + 1].a: g"), "(chain x -> [0]: f -> [(i + 1)].a: g)");
    assert_eq!(expression("x -> model.layers: f"), "(chain x -> model.layers: f)");
    assert_eq!(
        expression("x -> layer{i}: f -> block[2].input: g"),
        "(chain x -> layer{i}: f -> block[2].input: g)"
    );
    assert_eq!(expression("x -> in: f -> _: g"), "(chain x -> in: f -> _: g)");
}

#[test]
fn a_label_may_be_a_string_with_expressions_in_braces() {
    assert_eq!(
        expression(r#"x -> "block{s}.block{s + 1}-{i}": f"#),
        "(chain x -> 'block{s}.block{(s + 1)}-{i}': f)"
    );
    assert_eq!(expression(r#"x -> "a b\"c": f"#), "(chain x -> 'a b\"c': f)");
    assert_eq!(expression(r#"x -> "{names[i]}": f"#), "(chain x -> '{names[i]}': f)");
    assert_eq!(
        expression(r#"x -> "{if a { b } else { c }}z": f"#),
        "(chain x -> '{(if a {b} else {c})}z': f)"
    );
}

#[test]
fn parentheses_hold_one_or_make_a_list() {
    assert_eq!(expression("(a)"), "(paren a)");
    assert_eq!(expression("(a, b)"), "(tuple a b)");
    assert_eq!(expression("(a, b,)"), "(tuple a b)");
    assert_eq!(expression("(a,)"), "(tuple a)");
    assert_eq!(expression("(0..n)"), "(paren (0..n))");
    assert_eq!(expression("(x -> f, y -> g) -> h"), "(chain (tuple (chain x -> f) (chain y -> g)) -> h)");
    assert_eq!(expression("[]"), "[]");
    assert_eq!(expression("[1, [2], 3,]"), "[1 [2] 3]");
}

#[test]
fn what_follows_an_operand_touches_it() {
    assert_eq!(expression("f(3)(4).weight[0][-1]"), "f(3)(4).weight[0][(- 1)]");
    assert_eq!(expression("x[a..b][1..-1]"), "x[(a..b)][(1..(- 1))]");
    assert_eq!(expression("(x -> f)[0]"), "(paren (chain x -> f))[0]");
    assert_eq!(expression("x.shape[0] // 2"), "(x.shape[0] // 2)");
}

#[test]
fn arguments_are_expressions_ranges_or_named_by_any_word() {
    assert_eq!(expression("f(a, b=2, in=x -> g, 0..3)"), "f(a, b=2, in=(chain x -> g), (0..3))");
    assert_eq!(expression("f()"), "f()");
    assert_eq!(expression("f(a == b, c=d == e,)"), "f((a == b), c=(d == e))");
}

#[test]
fn an_if_is_an_operand() {
    assert_eq!(expression("if a { b } else if c { d } else { e }"), "(if a {b} c {d} else {e})");
    assert_eq!(expression("x -> if a { f } -> g"), "(chain x -> (if a {f}) -> g)");
    assert_eq!(expression("if a { b } else { c } + 1"), "((if a {b} else {c}) + 1)");
    assert_eq!(expression("if a { x -> f } else { c: g }"), "(if a {(chain x -> f)} else {(chain c: g)})");
    assert_eq!(
        expression("if (x -> f) == y { b } else { c }"),
        "(if ((paren (chain x -> f)) == y) {b} else {c})"
    );
}

#[test]
fn numbers_have_groups_and_size_suffixes() {
    assert_eq!(expression("[3, 1_000, 26M, 2.5M, 4k, 1G]"), "[3 1000 26000000 2500000 4000 1000000000]");
    assert_eq!(expression("[0.1, 1e-5, 1E6, 32.0, 1.5e+3]"), "[0.1 1e-5 1000000.0 32.0 1500.0]");
    assert_eq!(expression("170141183460469231731687303715884105727"), i128::MAX.to_string());
}

#[test]
fn literals_are_no_names() {
    assert_eq!(
        expression("[true, false, none, nonet, \"a\\n\\\"\\\\\\t\"]"),
        "[true false none nonet \"a\\n\\\"\\\\\\t\"]"
    );
}

#[test]
fn names_may_be_of_any_script() {
    assert_eq!(expression("größe + 幅_1 + _x"), "(größe + 幅_1 + _x)");
}

#[test]
fn a_range_is_told_from_a_fraction() {
    assert_eq!(
        statements("for i in 0..3 { } for i in 1.0..n { }"),
        "for i in (0..3) {}; for i in (1.0..n) {}"
    );
}
