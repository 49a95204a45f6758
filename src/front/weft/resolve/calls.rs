//! The arguments of calls whose callee is known by its name.

use foldhash::{HashSet, HashSetExt};

use super::scope::Kind;
use super::{Meant, Resolver};
use crate::diagnostic::{Diagnostic, nearest};
use crate::front::weft::errors::to_diagnostic;
use crate::front::weft::resolve::library::{Definition, Library, item_name};
use crate::front::weft::value::input_slot;
use crate::layers::migration_hints::INFERRED;
use crate::layers::{Arguments, InferenceError, Layer};
use crate::source::{Location, Span};
use crate::syntax::ast::{Arg, Expr, ExprKind, ItemKind, Name};

impl Resolver<'_> {
    /// Checks the arguments of a call of what its name means, at `span`.
    pub fn call(&mut self, meant: Meant, span: Span, arguments: &[Arg]) {
        match meant {
            Meant::Item(definition) => match self.library.item(definition).map(|item| &item.kind) {
                Some(ItemKind::Block { .. }) => self.block_call(definition, span, arguments),
                Some(ItemKind::Const { parameters: Some(_), .. }) => {
                    self.function_call(definition, span, arguments);
                }
                _ => {}
            },
            Meant::Layer(layer) => self.layer_call(layer, arguments),
            Meant::Other => {}
        }
    }

    fn layer_call(&mut self, layer: &'static Layer, arguments: &[Arg]) {
        let mut given = Slots::default();
        let mut next = 0usize;
        for argument in arguments {
            let place = self.at(argument.span());
            let Some(name) = &argument.name else {
                if next >= layer.arguments.len() {
                    let InferenceError { code, message, help, .. } = Arguments::too_many(layer);
                    let error = Diagnostic::structural(code, place, message);
                    let error = match self.tensor(&argument.value) {
                        Some(name) => error.help(format!("a tensor is sent: `{name} -> {}`", layer.name())),
                        None => help.into_iter().fold(error, Diagnostic::help),
                    };
                    self.errors.push(error);
                    return;
                }
                given.insert(next);
                next = next.saturating_add(1);
                continue;
            };
            let meant = layer.argument(&name.text);
            if let Some((slot, _)) = meant {
                self.names_argument(name.span, layer, slot);
            }
            match meant {
                Some((slot, known)) if !given.insert(slot) => {
                    let message = format!("`{}` of `{}` is given twice", known.name, layer.name());
                    let error = Diagnostic::structural("wrong-count", place, message);
                    self.errors.push(if slot < next {
                        let names: Vec<_> =
                            layer.arguments.iter().take(next).map(|known| known.name).collect();
                        error.help(format!("by position it is `{}`; {INFERRED}", names.join("`, `")))
                    } else {
                        error
                    });
                }
                Some(_) => {}
                None => {
                    let known = &*name.text == "trainable"
                        || input_slot(layer, &name.text).is_some()
                        || layer.weights.iter().any(|weight| matches_weight(weight.name, &name.text));
                    if !known && let Err(refusal) = Arguments::named(layer, &name.text) {
                        self.errors.push(to_diagnostic(refusal, place, &self.library.sources));
                    }
                }
            }
        }
    }

    /// The name of a tensor, if that is what an expression is.
    fn tensor<'e>(&self, expr: &'e Expr) -> Option<&'e str> {
        let ExprKind::Name(name) = &expr.kind else { return None };
        let local = self.scopes.find(name)?;
        matches!(local.kind, Kind::Input | Kind::Tensor | Kind::Output).then_some(name)
    }

    fn block_call(&mut self, definition: Definition, span: Span, arguments: &[Arg]) {
        let library = self.library;
        let parameters = library.parameters(definition);
        let mut given = Slots::default();
        let mut next = 0usize;
        for argument in arguments {
            let (place, whole) = (self.at(argument.span()), self.at(span));
            let slot = match &argument.name {
                None => {
                    next = next.saturating_add(1);
                    Some(next.saturating_sub(1)).filter(|slot| *slot < parameters.len())
                }
                Some(name) => {
                    self.names_parameter(name, definition);
                    let slot = parameters.iter().position(|parameter| parameter.name.text == name.text);
                    let sent = is_input(library.body(definition), &name.text);
                    if slot.is_none() && (sent || &*name.text == "trainable") {
                        continue;
                    }
                    slot
                }
            };
            match slot {
                None => self.errors.push(block_argument(library, definition, argument, place, whole)),
                Some(slot) if !given.insert(slot) => {
                    let name = parameters.get(slot).map_or("", |parameter| &parameter.name.text);
                    let message = format!("`{name}` is given twice");
                    self.errors.push(Diagnostic::structural("wrong-count", place, message));
                }
                Some(_) => {}
            }
        }
    }

    fn function_call(&mut self, definition: Definition, span: Span, arguments: &[Arg]) {
        let library = self.library;
        let parameters = library.parameters(definition);
        self.block_call(definition, span, arguments);
        let positional = arguments.iter().filter(|argument| argument.name.is_none()).count();
        let named = |name: &str| {
            arguments.iter().any(|argument| argument.name.as_ref().is_some_and(|known| &*known.text == name))
        };
        let missing = parameters.iter().enumerate().find(|(i, parameter)| {
            *i >= positional && parameter.default.is_none() && !named(&parameter.name.text)
        });
        if let Some((_, parameter)) = missing {
            let name = library.item(definition).and_then(|item| item_name(&item.kind));
            let message = format!("`{}` needs `{}`", name.map_or("", |name| &name.text), parameter.name.text);
            let place = self.at(span);
            self.errors.push(Diagnostic::structural("missing-argument", place, message));
        }
    }

    /// The arguments of `model Name = Base(…)`.
    pub fn variant_arguments(&mut self, base: &Name, found: Definition, arguments: &[Arg]) {
        if let Some(model) = base_model(self.library, found) {
            self.block_call(model, base.span, arguments);
        }
    }
}

/// Arguments that were given, by their slots.
#[derive(Debug, Default)]
struct Slots {
    /// A bit for each of the first ones: hardly anything has more.
    first: u128,
    others: HashSet<usize>,
}

impl Slots {
    /// Notes one; false where it was there before.
    fn insert(&mut self, slot: usize) -> bool {
        let Some(bit) = u32::try_from(slot).ok().and_then(|slot| 1u128.checked_shl(slot)) else {
            return self.others.insert(slot);
        };
        let is_new = self.first & bit == 0;
        self.first |= bit;
        is_new
    }
}

/// The model with statements that a variant goes back to.
pub fn base_model(library: &Library, mut definition: Definition) -> Option<Definition> {
    let mut seen = HashSet::new();
    loop {
        match &library.item(definition)?.kind {
            ItemKind::Model { .. } => return Some(definition),
            ItemKind::Variant { base, .. } if seen.insert(definition) => {
                definition = library.find(definition.unit, &base.text)?;
            }
            _ => return None,
        }
    }
}

/// An argument that a block, model or function does not take.
pub fn block_argument(
    library: &Library,
    definition: Definition,
    argument: &Arg,
    place: Location,
    whole: Location,
) -> Diagnostic {
    let parameters = library.parameters(definition);
    let name = library.item(definition).and_then(|item| item_name(&item.kind));
    let name = name.map_or("", |name| &name.text);
    let names: Vec<_> = parameters.iter().map(|parameter| &*parameter.name.text).collect();
    let takes = match names.as_slice() {
        [] => format!("`{name}` takes no arguments"),
        [only] => format!("`{name}` takes one argument, `{only}`"),
        several => format!("`{name}` takes `{}`", several.join("`, `")),
    };
    let error = match &argument.name {
        None => Diagnostic::structural("wrong-count", whole, format!("{takes}; here are more")),
        Some(wrong) => {
            let message = format!("`{name}` has no argument `{}`", wrong.text);
            let error = Diagnostic::structural("unknown-argument", place, message);
            match nearest(&wrong.text, names.iter().copied()) {
                Some(near) => error.meant(wrong.span.within(place.file), near),
                None => error.help(takes),
            }
        }
    };
    match library.place(definition) {
        Some(place) => error.related(place, "its parameters"),
        None => error,
    }
}

/// True if a name is one that a weight can have: `weight_ih_l0` for `weight_ih_l{k}`.
pub fn matches_weight(pattern: &str, name: &str) -> bool {
    match pattern.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?.1))) {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            digits > 0 && rest.get(digits..).is_some_and(|rest| matches_weight(after, rest))
        }),
    }
}

/// True if a block has an input of this name.
pub fn is_input(body: &[crate::syntax::ast::Stmt], name: &str) -> bool {
    body.iter().any(|stmt| match &stmt.kind {
        crate::syntax::ast::StmtKind::Input { name: known, .. } => &*known.text == name,
        _ => false,
    })
}
