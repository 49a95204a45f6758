//! `unused-suppression`: a comment allows what nothing would tell of. Its check is the suppression itself.

use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "unused-suppression",
    category: Category::Style,
    level: Level::Warn,
    summary: "a `# weft: allow(…)` allows nothing",
    proves: "\
No finding of the rule lies where the comment speaks of, or no rule has this name. It is asked only where all models of \
the file were built as they are written, and in a file with models: what others import is judged where they use it.",
    why: "It hides the next finding of the rule, which nobody has looked at.",
    fires: &[
        "\
model Plain {
    input image: [3, 32, 32]
    # weft: allow(oversized-dense): small enough
    output y = image -> Conv2d(64, kernel=3)
}
",
        "\
model Plain {
    input image: [3, 32, 32]
    output y = image -> Conv2d(64, kernel=3)  # weft: allow(unused-layr)
}
",
        "\
# weft: allow(unused-input, shape-mismatch)

model Plain {
    input image: [3, 32, 32]
    output y = image -> Conv2d(64, kernel=3)
}
",
    ],
    clean: &[
        "\
model Dense {
    input image: [1, 32, 32]
    # weft: allow(oversized-dense): its lesson
    output y = image
        -> Flatten
        -> Linear(1000)
}
",
        "\
# weft: allow(unused-input)

model Plain {
    input image: [3, 32, 32]
    input spare: [3]
    output y = image -> Conv2d(64, kernel=3)
}
",
        "\
model Plain {
    input image: [3, 32, 32]
    input spare: [3]  # weft: allow(unused-input, )
    output y = image -> Conv2d(64, kernel=3)
}
",
    ],
    fix: "Delete the comment, or the name in it.",
    exceptions: "None.",
    source: "Weft's own",
    thresholds: &[],
    check: Check::Suppressions,
};
