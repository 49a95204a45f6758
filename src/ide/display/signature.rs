//! What a call takes, and which of it is being written.

use crate::ide::context::callee::{Callee, Parameter};
use crate::ide::context::cursor::{Call, Cursor, Inside};
use crate::ide::workspace::Text;
use crate::source::Span;

/// What a call takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// `Conv2d(out_channels, kernel, stride=1)`
    pub label: String,
    /// What is called, in a sentence or a few.
    pub doc: Option<String>,
    /// The arguments, in their order.
    pub parameters: Vec<Parameterised>,
    /// Which of them stands at the cursor.
    pub active: Option<usize>,
}

/// An argument in a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameterised {
    /// Its bytes in the label.
    pub span: Span,
    /// What it takes and what it does.
    pub doc: Option<String>,
}

/// What the call around a byte takes; `None` where there is none, or nothing is known of what is called.
pub fn signature(text: Text, offset: usize) -> Option<Signature> {
    let cursor = Cursor::at(text.content(), offset).filter(|cursor| cursor.inside != Inside::Comment)?;
    let call = cursor.call_around()?;
    let callee = Callee::of_call(text, &call)?;
    let parameters = callee.parameters(text);
    let inputs = callee.inputs(text);
    let named: Vec<&str> =
        parameters.iter().map(|known| known.name).chain(inputs.iter().map(|input| &*input.name)).collect();
    let active = active(&call, callee, &named, parameters.len());
    let mut label = format!("{}(", call.name);
    let mut found = Vec::new();
    let written = parameters.iter().map(|known| (known.written.clone(), doc(known)));
    let sent = inputs.iter().map(|input| (format!("{}=…", input.name), Some(sent(text, input))));
    for (at, (written, doc)) in written.chain(sent).enumerate() {
        label += if at > 0 { ", " } else { "" };
        let start = label.len();
        label += &written;
        found.push(Parameterised { span: Span::new(start, label.len()), doc });
    }
    label.push(')');
    Some(Signature { label, doc: callee.doc(), parameters: found, active })
}

/// The slot of the argument at the cursor: by its name, else the first that no position took.
fn active(call: &Call, callee: Callee, named: &[&str], positional: usize) -> Option<usize> {
    match (call.current, callee) {
        (Some(name), Callee::Layer(layer)) => layer.argument(name).map(|(slot, _)| slot),
        (Some(name), _) => named.iter().position(|known| *known == name),
        (None, _) => {
            let slot = call.given.iter().filter(|given| given.is_none()).count();
            let last = positional.checked_sub(1)?;
            // `…` stands for any number more.
            let more = named.get(last) == Some(&"…");
            if more { Some(slot.min(last)) } else { Some(slot).filter(|slot| *slot <= last) }
        }
    }
}

fn doc(parameter: &Parameter) -> Option<String> {
    let argument = parameter.argument?;
    let also = match argument.aliases {
        [] => String::new(),
        names => format!(" (also `{}`)", names.join("`, `")),
    };
    Some(format!("{}: {}{also}", argument.kind, argument.doc))
}

fn sent(text: Text, input: &crate::front::weft::names::Symbol) -> String {
    let written = text.program.sources.text(input.whole);
    let doc = input.doc.as_ref().map_or_else(String::new, |doc| format!("\n{doc}"));
    format!("`{}`{doc}", written.split_whitespace().collect::<Vec<_>>().join(" "))
}
