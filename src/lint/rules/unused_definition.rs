//! `unused-definition`: a block, constant, import or `let` that nothing reads.

use crate::diagnostic::{Diagnostic, Fix};
use crate::front::weft::Program;
use crate::lint::stage_edit::{delete_listed, delete_whole};
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
    fires: &[
        "\
const widths = [64, 128]

model Plain {
    input image: [3, 32, 32]
    output y = image -> Conv2d(64, kernel=3)
}
",
        "\
block Spare = Linear(10) -> ReLU

model Plain {
    input x: [64]
    output y = x -> Linear(10)
}
",
        "\
model Plain {
    input x: [64]
    let half = 32
    output y = x -> Linear(10)
}
",
    ],
    clean: &[
        "\
const widths = [64, 128]

model Plain {
    input image: [3, 32, 32]
    output y = image -> Conv2d(widths[0], kernel=3)
}
",
        "\
const widths = [64, 128]

block Stem = Conv2d(widths[0], kernel=3)
",
        "\
model Plain {
    input image: [C, H = 32, W = 32]
    let (_, height) = [1, 2]
    output y = image -> AdaptiveAvgPool2d(1)
}
",
    ],
    fix: "Use it or delete it.",
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
            let message = format!("the {what} `{}` is never used", definition.name);
            let finding = RULE.finding(definition.location, message).help("use it or delete it");
            // An import is one name of several, perhaps.
            let listed =
                (what == "import").then(|| delete_listed(&program.sources, definition.location)).flatten();
            let edit = listed.or_else(|| delete_whole(&program.sources, definition.whole));
            match edit {
                Some(edit) => finding.fix(Fix::safe(format!("delete `{}`", definition.name), vec![edit])),
                None => finding,
            }
        })
        .collect()
}
