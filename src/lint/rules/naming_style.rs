//! `naming-style`: names against the language's conventions.

use foldhash::{HashSet, HashSetExt};

use crate::diagnostic::Diagnostic;
use crate::front::weft::Program;
use crate::lint::{Category, Check, Level, Rule};
use crate::source::{FileId, Span};
use crate::syntax::ast::{
    BlockBody, DimPattern, DimPatternKind, ExprKind, ItemKind, Name, Parameter, Stmt, StmtKind, Targets,
};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "naming-style",
    category: Category::Style,
    level: Level::Note,
    summary: "a name is written against the conventions",
    proves: "\
A block or model is not in `UpperCamelCase`, or another name is not in `snake_case`. A single upper-case letter or word \
may name a size (`T`, `Width`). Labels are free, and so are the names of `param` and `buffer`, which are stored: they \
follow a checkpoint.",
    why: "In a chain one sees by its spelling whether a word is a layer or a tensor.",
    fires: &[
        "\
block conv_norm(n) = Conv2d(n, kernel=3, pad=1, bias=false) -> BatchNorm

model Net {
    input image: [3, 32, 32]
    output y = image -> conv_norm(8) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Net(numClasses=10) {
    input image: [3, 32, 32]
    output y = image -> Conv2d(8, kernel=3) -> ReLU -> GlobalAvgPool -> Linear(numClasses)
}
",
        "\
model small_net {
    input image: [3, 32, 32]
    output y = image -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Net {
    input theImage: [3, 32, 32]
    output y = theImage -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Net {
    input image: [3, inputHeight = 32, 32]
    output y = image -> GlobalAvgPool -> Linear(10)
}
",
    ],
    clean: &[
        "\
block ConvNorm(n) = Conv2d(n, kernel=3, pad=1, bias=false) -> BatchNorm

model Net {
    input image: [3, 32, 32]
    output y = image -> ConvNorm(8) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model ResNet50_32x4d(num_classes=10) {
    input image: [3, H = 32, Width = 32]
    output y = image -> Mixed_5b: Conv2d(8, kernel=3) -> ReLU -> GlobalAvgPool -> Linear(num_classes)
}
",
        "\
model Net {
    input x: [T = 16, 8]
    param positionTable: [1, 8]
    let D = x.shape[1]
    output y = x + positionTable -> Linear(D) -> ReLU
}
",
    ],
    fix: "Rename it.",
    exceptions: "Names of blocks that others import already.",
    source: "Weft's conventions, `docs/language.md`",
    thresholds: &[],
    check: Check::File(check),
};

/// What a name must look like.
#[derive(Clone, Copy)]
enum Style {
    /// `UpperCamelCase`
    Camel,
    /// `snake_case`
    Snake,
    /// `snake_case`, or a single upper-case letter or word.
    Size,
}

/// A name where it is given, with what it names.
#[derive(Clone, Copy)]
struct Named<'t> {
    text: &'t str,
    span: Span,
    style: Style,
    what: &'static str,
}

fn named<'t>(name: &'t Name, style: Style, what: &'static str) -> Named<'t> {
    Named { text: &name.text, span: name.span, style, what }
}

fn check(program: &Program) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut names = Vec::new();
    for item in &program.tree.items {
        names.clear();
        in_item(&item.kind, &mut names);
        // Most items follow the conventions.
        if names.iter().all(follows) {
            continue;
        }
        // A name that is bound again, or read in a later pattern, is spoken of once.
        let mut told = HashSet::new();
        names.retain(|name| told.insert(name.text));
        found.extend(names.iter().filter(|name| !follows(name)).map(finding));
    }
    found
}

fn in_item<'t>(item: &'t ItemKind, names: &mut Vec<Named<'t>>) {
    match item {
        ItemKind::Use { .. } => {}
        ItemKind::Const { name, parameters, .. } => {
            names.push(named(name, Style::Size, "constant"));
            in_parameters(parameters.iter().flatten(), names);
        }
        ItemKind::Block { name, parameters, body } => {
            names.push(named(name, Style::Camel, "block"));
            in_parameters(parameters, names);
            if let BlockBody::Statements(body) = body {
                in_body(body, names);
            }
        }
        ItemKind::Model { name, parameters, body } => {
            names.push(named(name, Style::Camel, "model"));
            in_parameters(parameters, names);
            in_body(body, names);
        }
        ItemKind::Variant { name, .. } => names.push(named(name, Style::Camel, "model")),
    }
}

fn in_parameters<'t>(parameters: impl IntoIterator<Item = &'t Parameter>, names: &mut Vec<Named<'t>>) {
    names.extend(parameters.into_iter().map(|parameter| named(&parameter.name, Style::Size, "parameter")));
}

fn in_body<'t>(body: &'t [Stmt], names: &mut Vec<Named<'t>>) {
    body.iter().for_each(|stmt| in_statement(&stmt.kind, names));
}

fn in_statement<'t>(stmt: &'t StmtKind, names: &mut Vec<Named<'t>>) {
    match stmt {
        StmtKind::Input { name, pattern, .. } => {
            names.push(named(name, Style::Snake, "input"));
            names.extend(pattern.iter().filter_map(in_pattern));
        }
        StmtKind::Assign { targets, .. } => in_targets(targets, Style::Snake, "tensor", names),
        StmtKind::Let { targets, .. } => in_targets(targets, Style::Size, "value", names),
        StmtKind::Layer { name, .. } => names.push(named(name, Style::Snake, "layer")),
        StmtKind::Output { name, .. } => {
            names.extend(name.iter().map(|name| named(name, Style::Snake, "output")))
        }
        StmtKind::For { index, element, body, .. } => {
            names.extend(index.iter().map(|name| named(name, Style::Size, "index")));
            in_targets(element, Style::Size, "element", names);
            in_body(body, names);
        }
        StmtKind::If { arms, otherwise } => {
            arms.iter().for_each(|(_, body)| in_body(body, names));
            otherwise.iter().for_each(|body| in_body(body, names));
        }
        StmtKind::Param { .. } | StmtKind::Assert { .. } | StmtKind::Bad { .. } => {}
    }
}

fn in_targets<'t>(targets: &'t Targets, style: Style, what: &'static str, names: &mut Vec<Named<'t>>) {
    match targets {
        Targets::One(name) => names.push(named(name, style, what)),
        Targets::Tuple(all, _) => names.extend(all.iter().map(|name| named(name, style, what))),
    }
}

/// The name of a size: a bare one, or one with a default.
fn in_pattern(dim: &DimPattern) -> Option<Named<'_>> {
    let (DimPatternKind::Expr(expr) | DimPatternKind::Default(expr, _)) = &dim.kind else { return None };
    match &expr.kind {
        ExprKind::Name(text) => Some(Named { text, span: expr.span, style: Style::Size, what: "size" }),
        _ => None,
    }
}

fn follows(name: &Named) -> bool {
    match name.style {
        Style::Camel => is_camel(name.text),
        Style::Snake => is_snake(name.text),
        Style::Size => is_snake(name.text) || is_size(name.text),
    }
}

fn finding(name: &Named) -> Diagnostic {
    let Named { text, span, style, what } = *name;
    let (expected, better) = match style {
        Style::Camel => ("UpperCamelCase", camel(text)),
        Style::Snake | Style::Size => ("snake_case", snake(text)),
    };
    RULE.finding(span.within(FileId(0)), format!("the {what} `{text}` is not written in `{expected}`"))
        .help(format!("`{better}`"))
}

/// Words that begin with a capital, without underscores but between digits (`ResNeXt50_32x4d`).
fn is_camel(name: &str) -> bool {
    let between_digits = |(at, _): (usize, char)| {
        let (before, after) = (name.get(..at).unwrap_or(""), name.get(at..).unwrap_or(""));
        before.ends_with(|c: char| c.is_ascii_digit())
            && after.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    !name.starts_with(char::is_lowercase)
        && name.char_indices().filter(|(_, c)| *c == '_').all(between_digits)
}

fn is_snake(name: &str) -> bool {
    let is_small = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    name.bytes().all(is_small) || !name.contains(char::is_uppercase)
}

/// One word that begins with a capital: `T`, `Width`, `CLASSES`.
fn is_size(name: &str) -> bool {
    let rest = name.get(1..).unwrap_or("");
    name.starts_with(char::is_uppercase)
        && (is_snake(rest) || rest == rest.to_uppercase())
        && !name.contains('_')
}

fn camel(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    name.split('_').map(capital).collect()
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    let mut after_small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && after_small {
            text.push('_');
        }
        after_small = letter.is_lowercase() || letter.is_ascii_digit();
        text.extend(letter.to_lowercase());
    }
    text
}
