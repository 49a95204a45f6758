//! Names and what follows them: calls, indices, fields.

use std::sync::Arc;

use super::Evaluator;
use super::frame::Frame;
use crate::diagnostic::Diagnostic;
use crate::front::weft::resolve::built_in::function;
use crate::front::weft::resolve::library::Definition;
use crate::front::weft::resolve::{block_argument, is_input, matches_weight};
use crate::front::weft::value::{
    BlockCall, CatalogueCall, DeclaredLayerId, Layer, LayerTemplate, Tie, Value, input_slot,
};
use crate::ir::{Attribute, Tensor};
use crate::layers::{ArgumentKind, Arguments};
use crate::source::Location;
use crate::syntax::ast::{Arg, Expr, ExprKind, ItemKind, Trailer, TrailerKind};

impl<'p> Evaluator<'p, '_> {
    /// The value of a name: of the body, of the file, of the catalogue.
    pub fn name(&mut self, frame: &mut Frame<'p>, name: &Arc<str>, place: Location) -> Value {
        if let Some(value) = frame.find(name).cloned() {
            self.lower.failed |= value.is_poison();
            return value;
        }
        if let Some(definition) = self.library.find(frame.unit, name) {
            return self.definition(definition, place);
        }
        if let Some(template) = CatalogueCall::of(name).map(|call| LayerTemplate::Catalogue(Arc::new(call))) {
            return Value::Layer(Layer::new(template, place));
        }
        if function(name).is_some() {
            return self.lower.error(
                "wrong-kind",
                place,
                format!("`{name}` is a function: call it, `{name}(…)`"),
            );
        }
        self.unknown(frame, name, place)
    }

    fn unknown(&mut self, frame: &Frame<'p>, name: &str, place: Location) -> Value {
        self.lower.failed = true;
        let said = frame.unread.contains(name)
            || self.library.is_unread(frame.unit, name)
            || self.lower.errors.has("unknown-name", place)
            || self.lower.errors.has("unknown-layer", place);
        if said {
            return Value::Poison;
        }
        let message = format!("nothing is called `{name}` here");
        let error = Diagnostic::structural("unknown-name", place, message)
            .note("it is bound where it is written only if another branch is chosen, or in another round");
        self.lower.report(error)
    }

    fn definition(&mut self, definition: Definition, place: Location) -> Value {
        let library = self.library;
        match library.item(definition).map(|item| &item.kind) {
            Some(ItemKind::Const { parameters: None, .. }) => self.constant_value(definition, place),
            Some(ItemKind::Const { name, .. }) => {
                let message = format!("`{}` is a function: call it, `{}(…)`", name.text, name.text);
                self.lower.error("wrong-kind", place, message)
            }
            Some(ItemKind::Block { parameters, .. }) => {
                let arguments = vec![None; parameters.len()];
                let call = BlockCall { definition, arguments, trainable: true };
                Value::Layer(Layer::new(LayerTemplate::Block(Arc::new(call)), place))
            }
            Some(ItemKind::Model { name, .. } | ItemKind::Variant { name, .. }) => {
                let error = Diagnostic::structural(
                    "wrong-kind",
                    place,
                    format!("`{}` is a model, and a model is no layer", name.text),
                );
                self.lower.report(error.help("what is to be used inside a model is a `block`"))
            }
            Some(ItemKind::Use { .. }) | None => self.lower.poison(),
        }
    }

    /// An operand with calls, indices and fields after it.
    pub fn postfix(
        &mut self,
        frame: &mut Frame<'p>,
        base: &'p Expr,
        trailers: &'p [Trailer],
        place: Location,
    ) -> Value {
        let (mut value, mut trailers) = match self.function_call(frame, base, trailers) {
            Some((value, rest)) => (value, rest),
            None => (self.eval(frame, base), trailers),
        };
        while let Some((trailer, rest)) = trailers.split_first() {
            let here = self.at(frame, base.span.to(trailer.span));
            if let Value::Layer(Layer { template: LayerTemplate::DeclaredLayer(id), .. }) = &value
                && !matches!(trailer.kind, TrailerKind::Call(_))
            {
                let id = *id;
                (value, trailers) = self.inside(frame, id, trailers, place);
                continue;
            }
            trailers = rest;
            value = match (&trailer.kind, value.first()) {
                (_, Value::Poison) => {
                    if let TrailerKind::Call(arguments) = &trailer.kind {
                        for argument in arguments {
                            self.eval(frame, &argument.value);
                        }
                    }
                    self.lower.poison()
                }
                (TrailerKind::Call(arguments), Value::Layer(layer)) => {
                    self.call(frame, layer, arguments, here)
                }
                (TrailerKind::Call(arguments), Value::None) if arguments.is_empty() => Value::None,
                (TrailerKind::Call(_), value) => {
                    let message =
                        format!("only layers and functions are called, but this is {}", value.what());
                    self.lower.error("wrong-kind", here, message)
                }
                (TrailerKind::Index(index), value) => self.index(frame, value, index, here),
                (TrailerKind::Field(name), value) => {
                    let at = self.at(frame, name.span);
                    self.field(value, &name.text, here, at)
                }
            };
        }
        value
    }

    /// A call of a function, by its name; what follows the call is left.
    fn function_call(
        &mut self,
        frame: &mut Frame<'p>,
        base: &'p Expr,
        trailers: &'p [Trailer],
    ) -> Option<(Value, &'p [Trailer])> {
        let ExprKind::Name(name) = &base.kind else { return None };
        let (Trailer { kind: TrailerKind::Call(arguments), span }, rest) = trailers.split_first()? else {
            return None;
        };
        if frame.find(name).is_some() {
            return None;
        }
        let place = self.at(frame, base.span.to(*span));
        if let Some(definition) = self.library.find(frame.unit, name) {
            let library = self.library;
            return match library.item(definition).map(|item| &item.kind) {
                Some(ItemKind::Const { parameters: Some(_), .. }) => {
                    Some((self.defined_function(frame, definition, arguments, place), rest))
                }
                _ => None,
            };
        }
        let known = function(name)?.name;
        Some((self.function(frame, known, arguments, place), rest))
    }

    // ── layers, called ───────────────────────────────────────────────────────────────────────────────────

    fn call(&mut self, frame: &mut Frame<'p>, layer: Layer, arguments: &'p [Arg], here: Location) -> Value {
        let mut inputs = layer.inputs;
        let template = match layer.template {
            LayerTemplate::Catalogue(call) => self.call_catalogue(frame, call, arguments, &mut inputs),
            LayerTemplate::Block(call) => self.call_block(frame, &call, arguments, &mut inputs, here),
            LayerTemplate::DeclaredLayer(id) => {
                self.call_declared_layer(frame, id, arguments, &mut inputs, here)
            }
            template if arguments.is_empty() => Some(template),
            _ => {
                let message = "a chain takes no arguments: the layers in it have theirs already";
                self.lower.error("wrong-count", here, message);
                None
            }
        };
        match template {
            Some(template) => Value::Layer(Layer { template, inputs, origin: here }),
            None => self.lower.poison(),
        }
    }

    fn call_catalogue(
        &mut self,
        frame: &mut Frame<'p>,
        mut template: Arc<CatalogueCall>,
        arguments: &'p [Arg],
        inputs: &mut Vec<(Arc<str>, Value, Location)>,
    ) -> Option<LayerTemplate> {
        let call = Arc::make_mut(&mut template);
        let mut complete = true;
        for argument in arguments {
            let value = self.eval(frame, &argument.value).first();
            let place = self.at(frame, argument.span());
            if value.is_poison() {
                self.lower.failed = true;
                complete = false;
                continue;
            }
            complete &= match &argument.name {
                Some(name) => self.named_argument(call, &name.text, value, place, inputs),
                None => match call.arguments.next_free(call.layer) {
                    Ok(slot) => self.set_argument(call, slot, value, place),
                    Err(refusal) => {
                        self.lower.inference_error(refusal, place);
                        false
                    }
                },
            };
        }
        complete.then_some(LayerTemplate::Catalogue(template))
    }

    fn named_argument(
        &mut self,
        call: &mut CatalogueCall,
        name: &Arc<str>,
        value: Value,
        place: Location,
        inputs: &mut Vec<(Arc<str>, Value, Location)>,
    ) -> bool {
        let layer = call.layer;
        let argument = layer.argument(name);
        let is_weight = || layer.weights.iter().any(|weight| matches_weight(weight.name, name));
        match value {
            Value::Tensor(Tensor::Weight(weight)) if is_weight() => {
                call.ties.retain(|tie| tie.name != *name);
                call.ties.push(Tie { name: name.clone(), weight, place });
                match argument {
                    Some((slot, argument)) if argument.kind == ArgumentKind::Flag => {
                        self.set_argument(call, slot, Value::Flag(true), place)
                    }
                    _ => true,
                }
            }
            Value::Tensor(Tensor::Port(_)) if is_weight() => {
                let message = format!("`{name}` is tied to a stored tensor, but this one is computed");
                let error = Diagnostic::structural("wrong-kind", place, message)
                    .help("a `param`, or a tensor of a declared layer: `words.weight`");
                self.lower.report(error);
                false
            }
            Value::Tensor(_) if input_slot(layer, name).is_some() => {
                inputs.push((name.clone(), value, place));
                true
            }
            Value::Flag(flag) if argument.is_none() && &**name == "trainable" => {
                call.trainable = flag;
                true
            }
            value if argument.is_none() && is_weight() => {
                let message = format!(
                    "`{name}` is a tensor of the layer; it is tied to another tensor, but this is {}",
                    value.what()
                );
                self.lower.error("wrong-kind", place, message);
                false
            }
            value => match argument.map_or_else(|| Arguments::named(layer, name), |(slot, _)| Ok(slot)) {
                Ok(slot) => self.set_argument(call, slot, value, place),
                Err(refusal) => {
                    if !self.lower.errors.has(refusal.code, place) {
                        self.lower.inference_error(refusal, place);
                    }
                    self.lower.failed = true;
                    false
                }
            },
        }
    }

    fn set_argument(&mut self, call: &mut CatalogueCall, slot: usize, value: Value, place: Location) -> bool {
        let Some(argument) = call.layer.arguments.get(slot) else { return false };
        let attribute = match (&value, value.attribute()) {
            (Value::Layer(layer), _) if argument.kind == ArgumentKind::Layer => {
                let name = Attribute::Text(self.library.sources.text(layer.origin).into());
                call.expert = Some(layer.clone());
                name
            }
            (_, Some(attribute)) => attribute,
            (_, None) => {
                let message = format!(
                    "`{}` is {}, but this is {}",
                    argument.name,
                    argument.kind.described(),
                    value.what()
                );
                let error = Diagnostic::structural("wrong-kind", place, message);
                self.lower.report(match value {
                    Value::Tensor(_) | Value::List(_) => {
                        error.help(format!("tensors are sent: `x -> {}(…)`", call.layer.name()))
                    }
                    _ => error,
                });
                return false;
            }
        };
        match call.arguments.set(call.layer, slot, attribute) {
            Ok(()) => {
                call.places.retain(|(known, _)| *known != slot);
                call.places.push((slot, place));
                true
            }
            Err(refusal) => {
                self.lower.inference_error(refusal, place);
                false
            }
        }
    }

    fn call_block(
        &mut self,
        frame: &mut Frame<'p>,
        call: &BlockCall,
        arguments: &'p [Arg],
        inputs: &mut Vec<(Arc<str>, Value, Location)>,
        here: Location,
    ) -> Option<LayerTemplate> {
        let library = self.library;
        let mut call = call.clone();
        let parameters = library.parameters(call.definition);
        for argument in arguments {
            let value = self.eval(frame, &argument.value).first();
            let place = self.at(frame, argument.span());
            let slot = match &argument.name {
                None => call.arguments.iter().position(Option::is_none),
                Some(name) => {
                    let slot = parameters.iter().position(|parameter| parameter.name.text == name.text);
                    match (slot, &value) {
                        (None, Value::Flag(flag)) if &*name.text == "trainable" => {
                            call.trainable = *flag;
                            continue;
                        }
                        (None, value) if is_input(library.body(call.definition), &name.text) => {
                            inputs.push((name.text.clone(), value.clone(), place));
                            continue;
                        }
                        (slot, _) => slot,
                    }
                }
            };
            match slot.and_then(|slot| call.arguments.get_mut(slot)) {
                Some(argument) => *argument = Some(value),
                None => {
                    self.unknown_block_argument(call.definition, argument, place, here);
                    return None;
                }
            }
        }
        Some(LayerTemplate::Block(Arc::new(call)))
    }

    fn unknown_block_argument(
        &mut self,
        definition: Definition,
        argument: &Arg,
        place: Location,
        here: Location,
    ) {
        let error = block_argument(self.library, definition, argument, place, here);
        self.lower.report(error);
    }

    fn call_declared_layer(
        &mut self,
        frame: &mut Frame<'p>,
        id: DeclaredLayerId,
        arguments: &'p [Arg],
        inputs: &mut Vec<(Arc<str>, Value, Location)>,
        here: Location,
    ) -> Option<LayerTemplate> {
        for argument in arguments {
            let value = self.eval(frame, &argument.value).first();
            let place = self.at(frame, argument.span());
            match (&argument.name, value) {
                (Some(name), value @ Value::Tensor(_)) => inputs.push((name.text.clone(), value, place)),
                (_, Value::Poison) => return None,
                _ => {
                    let declared = self.declared_layer(id).map(|thing| thing.origin);
                    let error = Diagnostic::structural(
                        "wrong-count",
                        here,
                        "a declared layer has its arguments already, and one set of weights",
                    )
                    .help("a layer with other arguments is another layer: declare it, or use the template");
                    self.lower.report(match declared {
                        Some(place) => error.related(place, "declared here"),
                        None => error,
                    });
                    return None;
                }
            }
        }
        Some(LayerTemplate::DeclaredLayer(id))
    }
}
