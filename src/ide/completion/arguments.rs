//! The arguments of a call, and what they may be.

use super::{Completion, CompletionKind, Documentation, layers};
use crate::ide::context::callee::{Callee, Parameter};
use crate::ide::context::cursor::{Call, Cursor};
use crate::ide::workspace::Text;
use crate::layers::{Argument, ArgumentKind, Fallback};

/// How far the names of arguments are: nothing is nearer.
const RANK: u8 = 0;

/// Arguments that are seldom given: ties, and what freezes.
const SELDOM: u8 = 6;

/// The names of the arguments that are not given yet.
pub(super) fn names(text: Text, callee: Callee, call: &Call, cursor: &Cursor) -> Vec<Completion> {
    if matches!(callee, Callee::Function(_)) {
        return Vec::new();
    }
    let parameters = callee.parameters(text);
    let positional = call.given.iter().filter(|given| given.is_none()).count();
    let canonical = |name: &str| match callee {
        Callee::Layer(layer) => {
            layer.argument(name).map_or_else(|| name.to_owned(), |(_, known)| known.name.to_owned())
        }
        _ => name.to_owned(),
    };
    let given: Vec<String> = call.given.iter().flatten().map(|name| canonical(name)).collect();
    let open = |name: &str| !given.iter().any(|known| known == name);
    let free = parameters.iter().skip(positional).filter(|known| open(known.name));
    let mut found: Vec<Completion> = free.map(|known| argument(known, cursor)).collect();
    let inputs = callee.inputs(text);
    let inputs = inputs.iter().filter(|input| open(&input.name));
    found.extend(inputs.map(|input| Completion {
        detail: text.program.sources.text(input.whole).split_whitespace().collect::<Vec<_>>().join(" "),
        summary: input.doc.clone().unwrap_or_else(|| "an input, sent by name".to_owned()),
        ..assigned(&input.name, cursor, None, RANK)
    }));
    if let Callee::Layer(layer) = callee {
        let weights = layer.weights.iter().filter(|weight| {
            !weight.name.contains('{') && open(weight.name) && layer.argument(weight.name).is_none()
        });
        found.extend(weights.map(|weight| Completion {
            detail: weight.shape.to_owned(),
            summary: "tied to another tensor".to_owned(),
            ..assigned(weight.name, cursor, None, SELDOM)
        }));
    }
    let frozen = matches!(callee, Callee::Layer(layer) if layer.weights.is_empty());
    let variant = matches!(callee, Callee::Symbol(_, symbol) if symbol.kind != crate::front::weft::names::SymbolKind::Block);
    if open("trainable") && !frozen && !variant {
        found.push(Completion {
            detail: "true or false; default true".to_owned(),
            summary: "`false` freezes all weights inside".to_owned(),
            ..assigned("trainable", cursor, Some("${1|false,true|}".to_owned()), SELDOM)
        });
    }
    found
}

fn argument(parameter: &Parameter, cursor: &Cursor) -> Completion {
    let Some(known) = parameter.argument else {
        return Completion {
            detail: parameter.written.clone(),
            summary: "a parameter".to_owned(),
            ..assigned(parameter.name, cursor, None, RANK)
        };
    };
    let value = match known.kind {
        ArgumentKind::Flag if known.fallback == Fallback::Flag(true) => Some("${1|false,true|}".to_owned()),
        ArgumentKind::Flag => Some("${1|true,false|}".to_owned()),
        ArgumentKind::Choice(choices) => Some(format!("${{1|{}|}}", quoted(choices).join(","))),
        _ => None,
    };
    let default = known.fallback.value();
    let default = default.map_or_else(|| "required".to_owned(), |value| format!("default {value}"));
    let also = match known.aliases {
        [] => String::new(),
        names => format!("\n\nAlso called `{}`.", names.join("`, `")),
    };
    Completion {
        detail: format!("{}; {default}", known.kind),
        summary: known.doc.to_owned(),
        documentation: Documentation::Text(format!("{}: {}{also}", known.kind, known.doc)),
        ..assigned(parameter.name, cursor, value, RANK)
    }
}

/// `name=`, and where the writer goes on.
fn assigned(name: &str, cursor: &Cursor, value: Option<String>, rank: u8) -> Completion {
    let written = cursor.rest().trim_start_matches(' ').starts_with('=');
    let insert = if written { name.to_owned() } else { format!("{name}=") };
    let snippet = (!written).then(|| format!("{name}={}", value.unwrap_or_else(|| "$1".to_owned())));
    Completion {
        label: format!("{name}="),
        insert,
        snippet,
        ..Completion::plain(name, CompletionKind::Argument, rank)
    }
}

/// What the argument at the cursor may be, where that is known.
pub(super) fn values(callee: Callee, call: &Call, cursor: &Cursor) -> Vec<Completion> {
    let Some(argument) = wanted(callee, call) else { return Vec::new() };
    let value = |text: &str| Completion {
        summary: argument.doc.to_owned(),
        ..Completion::plain(text, CompletionKind::Value, RANK)
    };
    match argument.kind {
        ArgumentKind::Flag => ["true", "false"].map(value).to_vec(),
        ArgumentKind::Choice(choices) => quoted(choices).iter().map(|choice| value(choice)).collect(),
        ArgumentKind::Padding => ["\"same\"", "\"valid\""].map(value).to_vec(),
        ArgumentKind::Layer => layers::all(cursor),
        _ => Vec::new(),
    }
}

/// The strings that the argument at the cursor may be, without their quotes.
pub(super) fn strings(callee: Callee, call: &Call) -> Vec<Completion> {
    let Some(argument) = wanted(callee, call) else { return Vec::new() };
    let choices = match argument.kind {
        ArgumentKind::Choice(choices) => choices,
        ArgumentKind::Padding => &["same", "valid"],
        _ => &[],
    };
    let value = |choice: &&str| Completion {
        summary: argument.doc.to_owned(),
        ..Completion::plain(*choice, CompletionKind::Value, RANK)
    };
    choices.iter().map(value).collect()
}

/// The argument at the cursor: by its name, else by its position.
fn wanted(callee: Callee, call: &Call) -> Option<&'static Argument> {
    let Callee::Layer(layer) = callee else { return None };
    match call.current {
        Some(name) => layer.argument(name).map(|(_, argument)| argument),
        None => layer.arguments.get(call.given.iter().filter(|given| given.is_none()).count()),
    }
}

fn quoted(choices: &[&str]) -> Vec<String> {
    choices.iter().map(|choice| format!("{choice:?}")).collect()
}
