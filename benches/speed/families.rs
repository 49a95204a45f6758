//! Families of programs, each shaped to find work that grows faster than its text: quadratic, or worse.
//!
//! The benchmarks measure them, and `tests/library/robustness` checks what comes of them.

use std::fmt::Write as _;

/// Programs of one shape.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// What grows.
    pub name: &'static str,
    /// The text at a size.
    pub text: fn(usize) -> String,
}

/// Families without a mistake.
pub const SOUND: &[Family] = &[
    Family { name: "long chain", text: |n| in_model(&format!("output x{}", " -> ReLU".repeat(n))) },
    Family { name: "long sum", text: |n| in_model(&format!("output x{}", " + x".repeat(n))) },
    Family {
        name: "powers",
        text: |n| in_model(&format!("let n = 1{}\noutput x -> Linear(n)", " ** 1".repeat(n))),
    },
    Family { name: "prefixes", text: |n| in_model(&format!("output {}x", "- ".repeat(n))) },
    Family { name: "long list", text: |n| format!("const widths = [{}]\n", "64, ".repeat(n)) },
    Family {
        name: "wide fan",
        text: |n| in_model(&format!("output ({}) -> Concat(axis=0)", "x, ".repeat(n.max(2)))),
    },
    Family { name: "rebindings", text: |n| in_model(&format!("{}output x", "x = x -> ReLU\n".repeat(n))) },
    Family {
        name: "many names",
        text: |n| in_model(&format!("{}output x", numbered(n, |i| format!("y{i} = x -> l{i}: Linear(4)\n")))),
    },
    Family {
        name: "many blocks",
        text: |n| {
            numbered(n, |i| format!("block B{i}(width=4) {{ input x: [C] output x -> Linear(width) }}\n"))
        },
    },
    Family {
        name: "many models",
        text: |n| numbered(n, |i| format!("model M{i} {{ input x: [4] output y = x -> Linear(4) }}\n")),
    },
    Family {
        name: "many uses",
        text: |n| {
            let uses = numbered(n, |i| format!("y{i} = x -> b{i}: B\n"));
            format!("block B = Linear(4)\n{}", in_model(&format!("{uses}output x")))
        },
    },
    Family {
        name: "blocks of blocks",
        text: |n| numbered(n, |i| format!("block B{} = B{i} -> ReLU\n", i + 1)) + "block B0 = ReLU\n",
    },
    Family {
        name: "values of values",
        text: |n| numbered(n, |i| format!("const c{} = c{i} + 1\n", i + 1)) + "const c0 = 1\n",
    },
    Family {
        name: "else if",
        text: |n| {
            in_model(&format!(
                "if false {{ y = x }}{} else {{ y = x }}\noutput y",
                " else if false { y = x }".repeat(n)
            ))
        },
    },
    Family {
        name: "deep brackets",
        text: |n| in_model(&format!("let n = {}\noutput x", nests(n, "(", "1", ")", " + "))),
    },
    Family { name: "deep lists", text: |n| format!("const deep = [{}]\n", nests(n, "[", "1", "]", ", ")) },
    Family {
        name: "deep calls",
        text: |n| in_model(&format!("output x -> ({})", nests(n, "ReLU -> (", "ReLU", ")", " -> "))),
    },
    Family { name: "comments", text: |n| format!("{}const n = 1\n", "# (a comment [\n".repeat(n)) },
    Family { name: "blanks", text: |n| format!("const n ={}1\n", "  \n\t ".repeat(n)) },
    Family { name: "long string", text: |n| format!("const n = \"{}\"\n", "\\\"word ".repeat(n)) },
];

/// Families in which each unit of size is one mistake.
pub const FAULTY: &[Family] = &[
    Family {
        name: "unknown layers",
        text: |n| in_model(&format!("{}output x", numbered(n, |i| format!("y{i} = x -> Linaer{i}(4)\n")))),
    },
    Family {
        name: "missing operands",
        text: |n| in_model(&format!("{}output x", numbered(n, |i| format!("let y{i} = 1 +\n")))),
    },
    Family {
        name: "unclosed brackets",
        text: |n| in_model(&format!("{}output x", numbered(n, |i| format!("y{i} = (x\n")))),
    },
    Family {
        name: "unmatched closers",
        text: |n| in_model(&format!("{}output x", numbered(n, |i| format!("y{i} = x )\n")))),
    },
    Family { name: "broken items", text: |n| numbered(n, |i| format!("block B{i} input x: [C] output x\n")) },
    Family { name: "unclosed strings", text: |n| numbered(n, |i| format!("const s{i} = \"no end\n")) },
];

/// A model around statements about its one input `x`, a vector of four.
fn in_model(statements: &str) -> String {
    format!("model M {{\ninput x: [4]\n{statements}\n}}\n")
}

fn numbered(n: usize, line: impl Fn(usize) -> String) -> String {
    (0..n).fold(String::new(), |mut text, i| {
        // Writing to a string cannot fail.
        let _ = text.write_str(&line(i));
        text
    })
}

/// Nests of 100 brackets side by side: deep everywhere, but within the limit of nesting.
fn nests(n: usize, open: &str, inside: &str, close: &str, between: &str) -> String {
    const DEPTH: usize = 100;
    let nest = format!("{}{inside}{}", open.repeat(DEPTH), close.repeat(DEPTH));
    vec![nest; (n / DEPTH).max(1)].join(between)
}
