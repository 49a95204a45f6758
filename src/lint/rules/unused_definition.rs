//! `unused-definition`: a block, constant, import or `let` that nothing reads.

use crate::diagnostic::Diagnostic;
use crate::elaborate::Program;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "unused-definition",
    category: Category::Style,
    level: Level::Warn,
    summary: "a block, constant, import or `let` is never used",
    proves: "\
Nothing in the file reads the name. Names bound in patterns, `_` and loop variables are exempt; so are the blocks and \
constants of a file without a model, which offers them to others.",
    why: "It says something that has no effect, and the reader must find that out.",
    fires: &["\
const widths = [64, 128]

model Plain {
    input image: [3, 32, 32]
    output y = image -> Conv2d(64, kernel=3)
}
"],
    clean: &["\
const widths = [64, 128]

model Plain {
    input image: [3, 32, 32]
    output y = image -> Conv2d(widths[0], kernel=3)
}
"],
    mend: "Use it or delete it.",
    exceptions: "None.",
    source: "Weft's own",
    thresholds: &[],
    check: Check::File(check),
};

fn check(program: &Program) -> Vec<Diagnostic> {
    let unused = program.unused.iter();
    unused
        .map(|definition| {
            let what = match definition.what {
                "const" => "constant",
                "let" => "value",
                what => what,
            };
            RULE.finding(definition.location, format!("the {what} `{}` is never used", definition.name))
                .help("use it or delete it")
        })
        .collect()
}
