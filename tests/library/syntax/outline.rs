//! A tree as text: every node in parentheses, so that a claim about a tree fits on a line.

use weft::syntax::ast::*;

/// An expression.
pub fn expr(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Missing => "?".to_owned(),
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Float(value) => format!("{value:?}"),
        ExprKind::Str(text) => format!("{text:?}"),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::None => "none".to_owned(),
        ExprKind::Name(name) => name.to_string(),
        ExprKind::List(entries) => format!("[{}]", exprs(entries)),
        ExprKind::Paren(inner) => format!("(paren {})", self::expr(inner)),
        ExprKind::Tuple(entries) => format!("(tuple {})", exprs(entries)),
        ExprKind::Prefix(prefixes, value) => {
            let signs: String =
                prefixes.iter().map(|(op, _)| if *op == PrefixOp::Not { "not" } else { "-" }).collect();
            format!("({signs} {})", self::expr(value))
        }
        ExprKind::Infix(first, others) => {
            let rest: String =
                others.iter().map(|(op, _, value)| format!(" {} {}", op.sign(), self::expr(value))).collect();
            format!("({}{rest})", self::expr(first))
        }
        ExprKind::Power(operands) => format!("(** {})", exprs(operands)),
        ExprKind::Postfix(head, trailers) => {
            format!("{}{}", self::expr(head), trailers.iter().map(trailer).collect::<String>())
        }
        ExprKind::Range(start, end) => format!("({}..{})", self::expr(start), self::expr(end)),
        ExprKind::If(arms, otherwise) => {
            let arms: String =
                arms.iter().map(|(c, b)| format!(" {} {{{}}}", self::expr(c), self::expr(b))).collect();
            let otherwise = otherwise.as_ref().map(|branch| format!(" else {{{}}}", self::expr(branch)));
            format!("(if{arms}{})", otherwise.unwrap_or_default())
        }
        ExprKind::Chain(stages) => {
            format!("(chain {})", stages.iter().map(stage).collect::<Vec<_>>().join(" -> "))
        }
    }
}

fn exprs(list: &[Expr]) -> String {
    list.iter().map(expr).collect::<Vec<_>>().join(" ")
}

fn stage(stage: &Stage) -> String {
    let label = stage.label.as_ref().map(|text| format!("{}: ", label(text)));
    label.unwrap_or_default() + &expr(&stage.value)
}

/// A label: steps in brackets, what joins in braces.
pub fn label(label: &Label) -> String {
    let quote = if label.quoted { "'" } else { "" };
    let parts = label.parts.iter().map(|part| match part {
        LabelPart::Text(text) => text.to_string(),
        LabelPart::Step(step) => format!("[{}]", expr(step)),
        LabelPart::Join(join) => format!("{{{}}}", expr(join)),
    });
    format!("{quote}{}{quote}", parts.collect::<String>())
}

fn trailer(trailer: &Trailer) -> String {
    match &trailer.kind {
        TrailerKind::Call(arguments) => format!("({})", args(arguments)),
        TrailerKind::Index(index) => format!("[{}]", expr(index)),
        TrailerKind::Field(name) => format!(".{}", name.text),
    }
}

fn args(arguments: &[Arg]) -> String {
    let arg = |arg: &Arg| {
        let name = arg.name.as_ref().map(|name| format!("{}=", name.text));
        name.unwrap_or_default() + &expr(&arg.value)
    };
    arguments.iter().map(arg).collect::<Vec<_>>().join(", ")
}

fn targets(targets: &Targets) -> String {
    match targets {
        Targets::One(name) => name.text.to_string(),
        Targets::Tuple(names, _) => {
            format!("({})", names.iter().map(|name| &*name.text).collect::<Vec<_>>().join(" "))
        }
    }
}

fn dim(dim: &DimPattern) -> String {
    match &dim.kind {
        DimPatternKind::Any => "_".to_owned(),
        DimPatternKind::Leading => "...".to_owned(),
        DimPatternKind::Expr(value) => expr(value),
        DimPatternKind::Default(left, default) => format!("{} = {}", expr(left), expr(default)),
    }
}

/// Statements, set apart by `; `.
pub fn body(statements: &[Stmt]) -> String {
    statements.iter().map(stmt).collect::<Vec<_>>().join("; ")
}

fn stmt(statement: &Stmt) -> String {
    let int = |integer: &bool| if *integer { "int" } else { "" };
    match &statement.kind {
        StmtKind::Input { name, integer, pattern, default, .. } => {
            let dims: Vec<_> = pattern.iter().map(dim).collect();
            let default = default.as_ref().map(|value| format!(" = {}", expr(value))).unwrap_or_default();
            format!("input {}: {}[{}]{default}", name.text, int(integer), dims.join(", "))
        }
        StmtKind::Assign { targets: left, value } => format!("{} = {}", targets(left), expr(value)),
        StmtKind::Let { targets: left, value } => format!("let {} = {}", targets(left), expr(value)),
        StmtKind::Layer { name, label: path, value } => {
            let path = path.as_ref().map(|path| format!("{}: ", label(path))).unwrap_or_default();
            format!("layer {} = {path}{}", name.text, expr(value))
        }
        StmtKind::Param { buffer, name, label: path, integer, shape, trainable, .. } => {
            let keyword = if *buffer { "buffer" } else { "param" };
            let path = path.as_ref().map(|path| format!(" = {}", label(path))).unwrap_or_default();
            let trainable =
                trainable.as_ref().map(|value| format!(", trainable={}", expr(value))).unwrap_or_default();
            format!("{keyword} {}{path}: {}[{}]{trainable}", name.text, int(integer), exprs(shape))
        }
        StmtKind::For { index, element, over, body: round } => {
            let index = index.as_ref().map(|name| format!("{}, ", name.text)).unwrap_or_default();
            format!("for {index}{} in {} {{{}}}", targets(element), expr(over), body(round))
        }
        StmtKind::If { arms, otherwise } => {
            let arms: Vec<_> =
                arms.iter().map(|(c, branch)| format!("if {} {{{}}}", expr(c), body(branch))).collect();
            let otherwise =
                otherwise.as_ref().map(|branch| format!(" else {{{}}}", body(branch))).unwrap_or_default();
            arms.join(" else ") + &otherwise
        }
        StmtKind::Assert { condition, message } => {
            let message = message.as_ref().map(|text| format!(", {text:?}")).unwrap_or_default();
            format!("assert {}{message}", expr(condition))
        }
        StmtKind::Output { name, values } => {
            let name = name.as_ref().map(|name| format!("{} = ", name.text)).unwrap_or_default();
            format!("output {name}{}", values.iter().map(expr).collect::<Vec<_>>().join(", "))
        }
        StmtKind::Bad { words } => format!("bad {words:?}"),
    }
}

/// An item.
pub fn item(item: &Item) -> String {
    match &item.kind {
        ItemKind::Use { source, names, .. } => {
            let names: Vec<_> = names.iter().map(|name| &*name.text).collect();
            format!("use {source:?}: {}", names.join(" "))
        }
        ItemKind::Const { name, parameters: list, value } => {
            let list = list.as_ref().map(|list| format!("({})", parameters(list))).unwrap_or_default();
            format!("const {}{list} = {}", name.text, expr(value))
        }
        ItemKind::Block { name, parameters: list, body: inside } => {
            let inside = match inside {
                BlockBody::Statements(statements) => format!("{{{}}}", body(statements)),
                BlockBody::Layer(layer) => format!("= {}", expr(layer)),
            };
            format!("block {}({}) {inside}", name.text, parameters(list))
        }
        ItemKind::Model { name, parameters: list, body: inside } => {
            format!("model {}({}) {{{}}}", name.text, parameters(list), body(inside))
        }
        ItemKind::Variant { name, base, arguments, asserts } => {
            format!("model {} = {}({}) {{{}}}", name.text, base.text, args(arguments), body(asserts))
        }
    }
}

fn parameters(list: &[Parameter]) -> String {
    let parameter = |parameter: &Parameter| {
        let default = parameter.default.as_ref().map(|value| format!("={}", expr(value)));
        parameter.name.text.to_string() + &default.unwrap_or_default()
    };
    list.iter().map(parameter).collect::<Vec<_>>().join(", ")
}
