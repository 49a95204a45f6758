//! What is called, and what it takes: layers of the catalogue, blocks, models, functions.

use crate::front::weft::built_in::{self, Function};
use crate::front::weft::names::{Symbol, SymbolId, SymbolKind};
use crate::ide::context::cursor::Call;
use crate::ide::workspace::Text;
use crate::layers::{self, Argument, Layer};

/// What is called.
#[derive(Clone, Copy, Debug)]
pub(in crate::ide) enum Callee<'a> {
    Layer(&'static Layer),
    /// A block, a model or a function of a file.
    Symbol(SymbolId, &'a Symbol),
    Function(&'static Function),
}

/// Something that a callee takes.
#[derive(Clone, Debug)]
pub(in crate::ide) struct Parameter<'a> {
    pub name: &'a str,
    /// As its callee declares it: `stride=1`.
    pub written: String,
    /// What a catalogue's entry says of it.
    pub argument: Option<&'static Argument>,
    /// True where it may be left out.
    pub optional: bool,
}

impl<'a> Callee<'a> {
    /// What a name would mean if it were called at a byte of the text.
    pub fn find(text: Text<'a>, name: &str, offset: usize) -> Option<Callee<'a>> {
        if let Some(id) = text.find(offset, name) {
            let symbol = text.program.names.symbol(id)?;
            let called = symbol.kind.is_item() && symbol.kind != SymbolKind::Constant;
            return called.then_some(Callee::Symbol(id, symbol));
        }
        let layer = layers::find(name).map(|(layer, _)| Callee::Layer(layer));
        layer.or_else(|| built_in::function(name).map(Callee::Function))
    }

    pub fn of_call(text: Text<'a>, call: &Call) -> Option<Callee<'a>> {
        Callee::find(text, call.name, call.at).filter(|_| !call.declares)
    }

    /// What it takes by position, in order.
    pub fn parameters(self, text: Text<'a>) -> Vec<Parameter<'a>> {
        match self {
            Callee::Layer(layer) => layer.arguments.iter().map(of_layer).collect(),
            Callee::Function(function) => {
                function.parameters.iter().map(|written| of_function(written)).collect()
            }
            Callee::Symbol(id, symbol) => {
                let own = base(text, id, symbol);
                let of = |kind| text.program.names.inside(own).filter(move |(_, symbol)| symbol.kind == kind);
                of(SymbolKind::Parameter).map(|(_, symbol)| declared(text, symbol)).collect()
            }
        }
    }

    /// What it takes by name alone: the inputs of a block after its first.
    pub fn inputs(self, text: Text<'a>) -> Vec<&'a Symbol> {
        let Callee::Symbol(id, symbol) = self else { return Vec::new() };
        if symbol.kind != SymbolKind::Block {
            return Vec::new();
        }
        let inside = text.program.names.inside(id).map(|(_, symbol)| symbol);
        inside.filter(|symbol| symbol.kind == SymbolKind::Input).skip(1).collect()
    }

    pub fn doc(self) -> Option<String> {
        match self {
            Callee::Layer(layer) => Some(layer.summary.to_owned()),
            Callee::Function(function) => Some(function.summary.to_owned()),
            Callee::Symbol(_, symbol) => symbol.doc.clone(),
        }
    }
}

fn of_layer(argument: &'static Argument) -> Parameter<'static> {
    let default = argument.fallback.value();
    let optional = default.is_some();
    let written =
        default.map_or_else(|| argument.name.to_owned(), |value| format!("{}={value}", argument.name));
    Parameter { name: argument.name, written, argument: Some(argument), optional }
}

fn of_function(written: &'static str) -> Parameter<'static> {
    let name = written.split('=').next().unwrap_or(written);
    Parameter { name, written: written.to_owned(), argument: None, optional: written.contains('=') }
}

fn declared<'a>(text: Text<'a>, symbol: &'a Symbol) -> Parameter<'a> {
    let written = text.program.sources.text(symbol.whole);
    let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
    let optional = symbol.whole != symbol.place();
    Parameter { name: &symbol.name, written, argument: None, optional }
}

/// The model that a variant goes back to, which has the parameters.
fn base(text: Text, id: SymbolId, symbol: &Symbol) -> SymbolId {
    use crate::front::weft::names::{Role, Target};
    let (mut id, mut symbol, mut left) = (id, symbol, text.program.names.symbols().count());
    while symbol.kind == SymbolKind::Variant && left > 0 {
        let inside = text.program.names.occurrences_in(symbol.whole.file).iter();
        let inside =
            inside.filter(|known| known.role == Role::Read && known.at.span.start >= symbol.whole.span.start);
        let first = inside.filter_map(|known| match known.target {
            Target::Symbol(id) => Some((id, text.program.names.symbol(id)?)),
            _ => None,
        });
        let mut models =
            first.filter(|(_, symbol)| matches!(symbol.kind, SymbolKind::Model | SymbolKind::Variant));
        let Some(next) = models.next() else { break };
        (id, symbol) = next;
        left = left.saturating_sub(1);
    }
    id
}
