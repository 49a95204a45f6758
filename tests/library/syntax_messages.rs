//! What the parser says of mistakes: one snapshot for each family of them.

use std::fmt::Write as _;

use weft::source::{FileId, SourceFile, Sources};
use weft::syntax::parse;

/// Each program, with its messages: place, the text there, what is said, what to do.
fn messages(programs: &str) -> String {
    let mut report = String::new();
    for program in programs.split("\n---\n") {
        let program = program.trim_matches('\n');
        let mut sources = Sources::new();
        let id = sources.add("a.weft", program);
        let file = sources.get(id).unwrap();
        writeln!(report, "{}", visible(program)).unwrap();
        let errors = parse(FileId(0), program).errors;
        if errors.is_empty() {
            writeln!(report, "   no error").unwrap();
        }
        for error in errors {
            assert!(error.structural && matches!(error.code, "syntax" | "limit"), "{error:?}");
            let place = error.primary.location.span;
            let (line, column) = file.line_column(place.start);
            writeln!(report, "   {line}:{column} {:?}: {}", shown(file, place), error.message).unwrap();
            for help in error.help {
                writeln!(report, "       help: {help}").unwrap();
            }
        }
        writeln!(report).unwrap();
    }
    report
}

/// A text whose every character can be seen.
fn visible(text: &str) -> String {
    let hidden = |c: char| {
        c != '\n'
            && (c.is_control()
                || c.is_whitespace() && c != ' '
                || !c.is_alphanumeric() && "\u{202e}\u{2066}\u{200b}\u{200d}\u{feff}".contains(c))
    };
    text.chars().map(|c| if hidden(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

fn assert_messages(name: &str, report: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, report));
}

fn shown(file: &SourceFile, place: weft::source::Span) -> &str {
    file.slice(place)
}

/// The same for statements: each line is the body of a model.
fn statements(lines: &str) -> String {
    let programs: Vec<_> =
        lines.trim_matches('\n').lines().map(|line| format!("model M {{\n{line}\ny = x\n}}")).collect();
    let report = messages(&programs.join("\n---\n"));
    report.replace("model M {\n", "").replace("\ny = x\n}", "").replace("   2:", "   ")
}

#[test]
fn numbers() {
    assert_messages(
        "numbers",
        &statements(
            "
let a = 2T
let a = 3H + 1
let a = 26 M
let a = 3 H
let a = 1.
let a = 1_
let a = 1__0
let a = 1.2.3
let a = 0x10
let a = 4K
let a = 1.0000001M
let a = 1e999
let a = 170141183460469231731687303715884105728
let a = 1.e5
let a = [3 4]
x = a -> Linear(3 H)
",
        ),
    );
}

#[test]
fn signs_of_other_languages() {
    assert_messages(
        "signs_of_other_languages",
        &statements(
            "
if a && b { }
if a || b { }
if !a { }
if a = 3 { }
if (a = 3) { }
if a is none { }
if a in b { }
if a < b < c { }
x = a;
x = a |> Linear(3)
x = Conv2d(3, pad='same')
use 'blocks.weft': A
let a = b ^ 2
// a comment in C
x = a // here
x = a -> Linear(True)
x = None
self.conv = nn.Conv2d(3)
x = self.conv(x)
x = nn.Conv2d(3, 4)
x = torch.nn.functional.relu(x)
x = f(**kwargs)
x = f(a, *rest)
x += 1
x[0] = 3
x: int = 3
def forward(self, x):
class Net(nn.Module):
import torch
from torch import nn
return x
while a { }
elif a { }
print(x)
x = a if c else b
let a = [f(n) for n in ns]
let a = {\"b\": 3}
let a = lambda n: n + 1
x = y = z
x -> Linear(3)
Linear(3)
conv: Linear(3)
in = 3
inptu x: [3]
ouput y = x
",
        ),
    );
}

#[test]
fn something_is_missing() {
    assert_messages(
        "something_is_missing",
        &statements(
            "
x = a ->
x = a -> -> b
x = a +
x = a -> conv:
x =
let a
let = 3
let a =
layer f
layer f Linear(3)
layer = Linear(3)
input x
input x [3]
input : [3]
input x:
input x = y
input x: [3, 224
param p
param p = [3]
param p = zeros([3])
param p = a.b
param p: [3], frozen
param p: [_]
param p: [..., 3]
param p: [N = 3]
param p: float[3]
output
output a,
output a b
assert
assert a,
assert a \"no\"
for i 0..n { }
for i in { }
for in n { }
for i in 0.. { }
for i in 0..n
for i, in n { }
for i in a -> b { }
if { }
if a
if a: b = 3
if a b { }
if if a { } { }
else { }
x = if a { }
x = if a b
x = if a { b } else
x = ()
x = a[]
x = a[1:3]
x = a[:3]
x = a[i:j]
let = 3
for = 3
x = a.
x = f(n=)
x = f(a b)
x = f (a)
x = a [0]
x = 0..3
x = [0..3]
(a, 3) = b
(a + b) = c
",
        ),
    );
}

#[test]
fn chains_and_labels() {
    assert_messages(
        "chains_and_labels",
        &statements(
            "
x = a -> f + y
x = a -> f -> g * 2 + y
x = a -> Layer(3) * 2 * 3
x = a -> c: f - y
x = c: f + y
x = a -> c: d: f
x = a -> c(3): f
x = a -> 3: f
x = a -> -c: f
x = a -> (c): f
x = a -> [0, 1]: f
x = a -> c[0..3]: f
x = a -> c{}: f
x = a -> layer{i}
x = a -> c{i}
x = a -> c{i}d: f
x = a -> model
x = a -> \"a{i\": f
x = a -> \"a}\": f
x = a -> \"a{}\": f
x = a -> \"a{i +}\": f
x = a -> \"\": f
x = a -> \"a\".b: f
x = a -> \"a{i # b}\": f
layer f = a: A -> B
x = a + b: f
x = a -> c + d: f
x = a[b + 1:c]
x = a + c{i}
x = if c { a } else { b }(3)
x = a -> b == c
let a = b + not c
let a = 2 ** -3 ** 2
let a = not - b
let a = b < c == d
",
        ),
    );
}

#[test]
fn brackets_and_strings() {
    assert_messages(
        "brackets_and_strings",
        &messages(
            "
model M {
    x = f(a
    y = g(b)
    z = [1, 2
}
---
model M {
    x = f(a]
    y = b
}
---
model M {
    x = a)
    y = b
}
---
model M {
    x = f(
        a
        b = 3
    )
    y = b
}
---
model M {
    x = \"abc
    y = b
}
---
model M {
    for i in 0..3 {
        x = a
    y = b
}
model N { x = a }
---
model M {
    x = a
}
    y = b
}
model N { x = a }
---
model M {
    x = \"a\\q\"
    y = \"\\\"\\\\\\n\\t\"
}
---
x = 3
y = 4
---
model M
    x = 3
",
        ),
    );
}

#[test]
fn items() {
    assert_messages(
        "items",
        &messages(
            "
modle M { x = a }
---
model { x = a }
---
model 3 { x = a }
---
model M
---
model M = 
---
model M(a) = N(a)
---
model M = N(3) { x = a }
---
model M = N(3) -> Linear(3)
---
block B(a, **kwargs) { output a }
---
block B(a) -> Tensor { output a }
---
block B(a): { output a }
---
block B(a)
---
const a
---
const = 3
---
const in = 3
---
const a = 26 M
---
use
---
use std.vision
---
use \"a.weft\" A
---
use \"a.weft\": A,
---
use \"a.weft\": A B
---
block A(n=) = Linear(n)
---
block A(n n) = Linear(n)
---
def f(x): return x
---
model M {
    x = a
    block Inner { output a }
    y = x
}
model N { x = a }
---
const f = 1 const g = 2 block B = A
",
        ),
    );
}

#[test]
fn characters() {
    assert_messages(
        "characters",
        &messages(
            "model M {\n    x = a\u{0}b\n    y = a\u{200b}\n    z = a\u{a0}+ b\n    w = \u{202e}a\n}\n---\n\
         model M {\r    x = a\r    y = b\r}\n---\n\
         # a \u{202e}comment\nconst a = \"b\u{2066}\"\nconst b = \"\u{200d}\" # \u{200d}\n---\n\
         \u{feff}const a = 1\n---\nconst a = \u{feff}1\n---\nconst a = 3 \u{20ac}\n---\nconst a = \u{ff08}3\u{ff09}\n\
         ---\nconst a = 3 \u{d7} 4\n",
        ),
    );
}
