//! Texts whose brackets, strings and comments do not fit, built by construction: every opening bracket, before every kind
//! of token, inside every rule that can hold it, at several depths, with and without a final line break.
//!
//! `tests/parser_steps.rs` holds the parser to its bound on them, and `scripts/fuzz-parser` measures how long each takes.

/// The beginning of a text, up to a place in each rule that can hold a bracket.
pub const ENCLOSING: &[&str] = &[
    "",
    "use ",
    "use a.b: ",
    "const c = ",
    "const c(a = ",
    "block B ",
    "block B(a, ",
    "block B = ",
    "block B { ",
    "model M {\n    ",
    "model M = N",
    "model M = N(a = ",
    "model M = N {\n    ",
    "model M { input x",
    "model M { input x: [",
    "model M { input x: int[W = ",
    "model M { input x: [4] = ",
    "model M { param p = ",
    "model M { param p: [4, ",
    "model M { param p: [4], trainable = ",
    "model M { layer f = ",
    "model M { let ",
    "model M { let n = ",
    "model M { x = ",
    "model M { x = a -> ",
    "model M { x = a + ",
    "model M { x = not ",
    "model M { x = f(",
    "model M { x = f(a, b = ",
    "model M { x = [",
    "model M { x = [a, ",
    "model M { x = (",
    "model M { x = (a, ",
    "model M { x = a[",
    "model M { x = a[0..",
    "model M { x = a -> b{",
    "model M { x = a -> b.c[i]: ",
    "model M { x = a -> \"b{",
    "model M { (a, ",
    "model M { output ",
    "model M { output y = ",
    "model M { assert ",
    "model M { assert a, ",
    "model M { for ",
    "model M { for (i, ",
    "model M { for i in ",
    "model M { for i in 0..",
    "model M { for i in 0..1 {\n        ",
    "model M { if ",
    "model M { if c {\n        ",
    "model M { if c { } else ",
    "model M { if c { } else {\n        ",
    "model M { x = if ",
    "model M { x = if c { ",
    "model M { x = if c { a } else { ",
];

/// What opens a bracket, and the bracket that would close it.
pub const OPENING: &[(&str, &str)] = &[
    ("{", "}"),
    ("(", ")"),
    ("[", "]"),
    ("f(", ")"),
    ("f(a=", ")"),
    ("a[", "]"),
    ("b{", "}"),
    ("(a, ", ")"),
    ("[a, ", "]"),
    ("a -> (", ")"),
    ("if c {", "}"),
    ("if (", ")"),
    ("else {", "}"),
    ("for i in 0..1 {", "}"),
    ("for (", ")"),
];

/// What follows the brackets: each kind of token, and each way to leave something open.
pub const FOLLOWING: &[&str] = &[
    "",
    "x",
    "3",
    "1.5e-3",
    "\"s\"",
    "\"s",
    "\"",
    "\"\\",
    "\"a{",
    "# c",
    "r#",
    "x# )",
    "## d",
    "# }\n",
    "\n",
    "\r",
    "->",
    "=",
    "==",
    ":",
    "::",
    ",",
    ".",
    "..",
    "...",
    "-",
    "**",
    "not ",
    "and ",
    "if ",
    "else ",
    "for ",
    "in ",
    "input ",
    "let ",
    "layer ",
    "param ",
    "buffer ",
    "assert ",
    "output ",
    "use a",
    "\nuse a",
    "\nblock B",
    "\nmodel M",
    "true",
    "x =",
    "\nx =",
    "x:",
    "if c",
    "(a) =",
    ")",
    "]",
    "}",
    "\n}",
    ";",
    "&&",
    "é",
    "\0",
    "\u{202e}",
    "\\",
    "幅#",
];

/// How often the brackets are repeated.
pub const DEPTHS: &[usize] = &[1, 2, 5, 12, 40, 66];

/// The ways to put an opening bracket and what follows it together.
pub const SHAPES: usize = 4;

/// One text. Each part is an index into its table.
pub fn text(enclosing: &str, opening: (&str, &str), following: &str, depth: usize, shape: usize) -> String {
    let (open, close) = opening;
    let unit = format!("{open}{following}");
    let middle = match shape {
        0 => format!("{}{following}", open.repeat(depth)),
        1 => unit.repeat(depth),
        2 => format!("{}{following}{}", open.repeat(depth), close.repeat(depth / 2)),
        _ => format!("{}{}", open.repeat(depth), format!("{following}{close}").repeat(depth)),
    };
    format!("{enclosing}{middle}")
}

/// Shows every text to a function; of the shapes, depths and endings only each `stride`th.
pub fn each(stride: usize, mut see: impl FnMut(&str)) {
    let mut count = 0_usize;
    for enclosing in ENCLOSING {
        for opening in OPENING {
            for following in FOLLOWING {
                for depth in DEPTHS {
                    for shape in 0..SHAPES {
                        count += 1;
                        if count.is_multiple_of(stride) {
                            let mut text = text(enclosing, *opening, following, *depth, shape);
                            see(&text);
                            text.push('\n');
                            see(&text);
                        }
                    }
                }
            }
        }
    }
}
