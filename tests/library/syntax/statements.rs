//! Claims about statements, items and documentation.

use weft::syntax::ast::ItemKind;

use super::{clean, items, statements};

#[test]
fn a_program_of_one_line_parses() {
    let text = "model M { input x: [3,8,8] a = x -> Linaer(1) output y = a }";
    assert_eq!(items(text), "model M() {input x: [3, 8, 8]; a = (chain x -> Linaer(1)); output y = a}");
}

#[test]
fn a_statement_ends_where_the_next_begins() {
    assert_eq!(
        statements("a = b c = d -> f (p, q) = r let n = m"),
        "a = b; c = (chain d -> f); (p q) = r; let n = m"
    );
    assert_eq!(statements("a = b\n(c, d) = e"), "a = b; (c d) = e");
    assert_eq!(statements("a = f\n    (c, _,) = e"), "a = f; (c _) = e");
}

#[test]
fn an_if_at_the_beginning_of_a_statement_is_one() {
    assert_eq!(
        statements("a = b if c { d = e } else if f { g = h } else { i = if j { k } else { l } }"),
        "a = b; if c {d = e} else if f {g = h} else {i = (if j {k} else {l})}"
    );
    assert_eq!(statements("output if c { a } else { b }"), "output (if c {a} else {b})");
}

#[test]
fn inputs_have_patterns_and_defaults() {
    assert_eq!(
        statements("input a: [3, H, W = 224] input b: int[T = 32] input c: [..., _, 2 * n] input d: [] = a"),
        "input a: [3, H, W = 224]; input b: int[T = 32]; input c: [..., _, (2 * n)]; input d: [] = a"
    );
    assert_eq!(
        statements("input a: [3, 32 * h = 224, 32 * w = 224,]"),
        "input a: [3, (32 * h) = 224, (32 * w) = 224]"
    );
    assert_eq!(statements("input a: [f(n), (n + 1) // 2]"), "input a: [f(n), ((paren (n + 1)) // 2)]");
}

#[test]
fn stored_tensors_have_shapes_labels_and_may_be_frozen() {
    assert_eq!(
        statements(
            "param a: [197, n + 1] buffer b: int[2401] param s: [] param c = v.cls: [1], trainable=false"
        ),
        "param a: [197 (n + 1)]; buffer b: int[2401]; param s: []; param c = v.cls: [1], trainable=false"
    );
    assert_eq!(statements("buffer b = layer[0].x: [n]"), "buffer b = layer[0].x: [n]");
    assert_eq!(statements("param p = \"a{i}\": [n]"), "param p = 'a{i}': [n]");
    assert_eq!(statements("param p = model.p: [n]"), "param p = model.p: [n]");
}

#[test]
fn a_declared_layers_label_is_the_path_of_all_of_it() {
    assert_eq!(statements("layer f = a.b: Linear(3)"), "layer f = a.b: Linear(3)");
    assert_eq!(statements("layer f = model.norm: Linear(3) * 2"), "layer f = model.norm: (Linear(3) * 2)");
    assert_eq!(statements("layer f = A -> b: B"), "layer f = (chain A -> b: B)");
    assert_eq!(statements("layer f = a: (A -> B)"), "layer f = a: (paren (chain A -> B))");
    assert_eq!(statements("layer f = (a: A) -> B"), "layer f = (chain (paren (chain a: A)) -> B)");
}

#[test]
fn a_round_names_an_entry_or_an_index_and_an_entry() {
    assert_eq!(
        statements(
            "for i in 0..n { } for d in list { } for (a, b) in rows { } for i, (k, o) in f(rows) { x = k }"
        ),
        "for i in (0..n) {}; for d in list {}; for (a b) in rows {}; for i, (k o) in f(rows) {x = k}"
    );
    assert_eq!(statements("for i in (n - 1)..len(a) + 1 { }"), "for i in ((paren (n - 1))..(len(a) + 1)) {}");
}

#[test]
fn outputs_and_asserts() {
    assert_eq!(
        statements("output a, b + c output y = a -> f"),
        "output a, (b + c); output y = (chain a -> f)"
    );
    assert_eq!(statements("assert n > 0, \"no\" assert a == b"), "assert (n > 0), \"no\"; assert (a == b)");
}

#[test]
fn every_kind_of_item() {
    assert_eq!(
        items(
            "use \"a.weft\": A, B\nuse std.vision: C\nconst w = [1, 2]\nconst f(n, by=8) = n // by\n\
             block D(n) = Conv2d(n) -> ReLU\nblock E { output x }\nmodel M(a, b=2,) { }\nmodel N = M(1, b=2)\n\
             model O = M(1) { assert params == 3 assert a, \"b\" }\nmodel P = M"
        ),
        "use File(\"a.weft\"): A B\nuse Path(\"std.vision\"): C\nconst w = [1 2]\nconst f(n, by=8) = (n // by)\n\
         block D(n) = (chain Conv2d(n) -> ReLU)\nblock E() {output x}\nmodel M(a, b=2) {}\nmodel N = M(1, b=2) {}\n\
         model O = M(1) {assert (params == 3); assert a, \"b\"}\nmodel P = M() {}"
    );
}

#[test]
fn an_item_keyword_inside_a_label_ends_no_item() {
    let text = "model M {\n    x = a\n        -> model.layers: f\n        -> block: g\n        -> use.it: h\n}\nmodel N { }";
    assert_eq!(clean(text).file.items.len(), 2);
}

#[test]
fn documentation_belongs_to_what_stands_below_it() {
    let parsed = clean(
        "## The file.\n## Its second line.\n\n## A block.\n# a remark\n## More of it.\nblock B {\n\
         \x20   ## An input.\n    input x: [3]\n\n    ## Not the statement's.\n\n    y = x ## nor this\n    output y\n}\n",
    );
    assert_eq!(parsed.file.doc.as_deref(), Some("The file.\nIts second line."));
    assert_eq!(parsed.file.items[0].doc.as_deref(), Some("A block.\nMore of it."));
    let ItemKind::Block { body: weft::syntax::ast::BlockBody::Statements(body), .. } =
        &parsed.file.items[0].kind
    else {
        panic!("no block");
    };
    let docs: Vec<_> = body.iter().map(|statement| statement.doc.as_deref()).collect();
    assert_eq!(docs, [Some("An input."), None, None]);
}

#[test]
fn a_paragraph_that_touches_an_item_is_the_items_not_the_files() {
    let parsed = clean("## The item.\nconst a = 1\n");
    assert_eq!((parsed.file.doc, parsed.file.items[0].doc.as_deref()), (None, Some("The item.")));
}

#[test]
fn comments_are_kept_in_order() {
    let text = "# one\nconst a = [ # two\n    1, ## three\n    ### four\n    \"# no\",\n]\n";
    let comments = clean(text).comments;
    let shown: Vec<_> = comments.iter().map(|c| (&text[c.span.range()], c.doc, c.own_line)).collect();
    assert_eq!(
        shown,
        [
            ("# one", false, true),
            ("# two", false, false),
            ("## three", true, false),
            ("### four", false, true)
        ]
    );
}

#[test]
fn spans_reach_from_the_first_to_the_last_token() {
    let text = "model M {\n    x = a -> f(3) # remark\n\n    for i in 0..n { y = x }  \n    output x[0] + y\n}  # end\n";
    let parsed = clean(text);
    let item = &parsed.file.items[0];
    assert!(text[item.span.range()].ends_with("+ y\n}"));
    let ItemKind::Model { body, .. } = &item.kind else { panic!("no model") };
    let shown: Vec<_> = body.iter().map(|statement| &text[statement.span.range()]).collect();
    assert_eq!(shown, ["x = a -> f(3)", "for i in 0..n { y = x }", "output x[0] + y"]);
}
