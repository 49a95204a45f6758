//! What people bring along from other languages, and what to write instead.

/// Signs: the sign, what to say, what to do.
pub(super) const FOREIGN_SIGNS: [(&str, &str, &str); 14] = [
    ("&&", "`&&` is no operator", "write `and`"),
    ("||", "`||` is no operator", "write `or`"),
    ("&", "`&` is no operator", "write `and`"),
    ("|", "`|` is no operator", "write `or`"),
    ("!", "`!` is no operator", "write `not`"),
    ("~", "`~` is no operator", "write `not`"),
    ("^", "`^` is no operator", "a power is written `a ** b`"),
    ("<>", "`<>` is no operator", "write `!=`"),
    ("|>", "`|>` is no operator", "a tensor is sent through a layer by `->`"),
    ("=>", "`=>` is no operator", "a tensor is sent through a layer by `->`"),
    ("<-", "`<-` is no operator", "a tensor is sent through a layer by `->`, a value named by `=`"),
    (":=", "`:=` is no operator", "write `=`"),
    (";", "`;` ends nothing", "remove it: a statement ends where the next begins"),
    ("'", "strings stand in double quotes", "write `\"…\"`"),
];

/// Signs that compute and name in one step.
pub(super) const ASSIGNING: [&str; 6] = ["+=", "-=", "*=", "/=", "//=", "**="];

/// Signs that are several tokens here and have no message of their own.
const LONG_SIGNS: [&str; 2] = ["::", "++"];

/// Whether two tokens that touch are one sign of another language.
pub(super) fn is_sign(both: &str) -> bool {
    let listed = FOREIGN_SIGNS.iter().any(|(sign, _, _)| *sign == both);
    listed || ASSIGNING.contains(&both) || LONG_SIGNS.contains(&both)
}

/// Words that begin a line: the word, what to say, what to do.
pub(super) const FOREIGN_STARTS: [(&str, &str, &str); 17] = [
    (
        "def",
        "there is no `def`",
        "a layer of your own is a `block Name(parameters) { … }`, a function of values a `const name(n) = …`",
    ),
    (
        "fn",
        "there is no `fn`",
        "a layer of your own is a `block Name(parameters) { … }`, a function of values a `const name(n) = …`",
    ),
    (
        "class",
        "there is no `class`",
        "write `model Name(parameters) { … }` or `block Name(parameters) { … }`",
    ),
    (
        "self",
        "there is no `self`",
        "a layer is declared by `layer name = Conv2d(64)`, or labelled where it is used: `x -> name: Conv2d(64)`",
    ),
    ("import", "there is no `import`", "write `use \"blocks.weft\": Name` or `use std.vision: Name`"),
    ("from", "there is no `from`", "write `use \"blocks.weft\": Name` or `use std.vision: Name`"),
    ("return", "there is no `return`", "a result is named by `output`"),
    ("elif", "there is no `elif`", "write `else if`"),
    ("while", "there is no `while`", "loops are finite: write `for i in 0..n { … }`"),
    ("pass", "there is no `pass`", "a branch may be empty: `{ }`"),
    ("lambda", "there is no `lambda`", "a function of values is a `const name(n) = …`"),
    ("print", "nothing is printed", "`weft report` shows every shape and count"),
    ("var", "there is no `var`", "a tensor is named by `x = …`, a value by `let n = …`"),
    ("with", "there is no `with`", "remove it"),
    ("try", "there is no `try`", "remove it"),
    ("struct", "there is no `struct`", "write `block Name(parameters) { … }`"),
    (
        "module",
        "there is no `module`",
        "write `model Name(parameters) { … }` or `block Name(parameters) { … }`",
    ),
];

/// Names of modules that hold layers in other frameworks.
pub(super) const FRAMEWORKS: [&str; 7] = ["nn", "torch", "F", "tf", "keras", "layers", "flax"];

/// Literals of Python, with their own spelling.
pub(super) const PYTHON_LITERALS: [(&str, &str); 3] =
    [("True", "true"), ("False", "false"), ("None", "none")];

/// Characters that look like a sign of the language, with the sign.
const LOOK_ALIKES: [(char, &str); 20] = [
    ('→', "->"),
    ('⟶', "->"),
    ('⇒', "->"),
    ('×', "*"),
    ('·', "*"),
    ('∗', "*"),
    ('÷', "/"),
    ('−', "-"),
    ('–', "-"),
    ('—', "-"),
    ('≤', "<="),
    ('≥', ">="),
    ('≠', "!="),
    ('…', "..."),
    ('“', "\""),
    ('”', "\""),
    ('„', "\""),
    ('‘', "\""),
    ('’', "\""),
    ('、', ","),
];

/// The sign of the language that a character looks like; a full-width one looks like its ASCII twin.
pub(super) fn look_alike(character: char) -> Option<String> {
    let listed = LOOK_ALIKES.iter().find(|(alike, _)| *alike == character).map(|(_, own)| (*own).to_owned());
    listed.or_else(|| {
        let code = u32::from(character).checked_sub(0xfee0).filter(|code| (0x21..0x7f).contains(code))?;
        char::from_u32(code).map(String::from)
    })
}
