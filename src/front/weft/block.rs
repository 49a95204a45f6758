//! Blocks, expanded at each use: parameters, inputs, statements, results.

use std::sync::Arc;

use super::evaluator::{Call, Evaluator};
use super::frame::{CallInputs, Frame, InstanceSite};
use super::library::{Definition, item_name};
use super::templates::Counters;
use super::value::{BlockCall, LayerTemplate, Tensor, Value};
use crate::diagnostic::Diagnostic;
use crate::ir::Attribute;
use crate::source::Location;
use crate::syntax::ast::{Expr, Stmt, StmtKind};

impl<'p> Evaluator<'p, '_> {
    /// Expands a block at a place.
    pub fn expand(
        &mut self,
        call: &Arc<BlockCall>,
        sent: CallInputs,
        place: &InstanceSite,
        here: Location,
        counters: Option<&mut Counters>,
    ) -> Value {
        if self.circular.contains(&call.definition) || self.too_deep(here) || !self.step(1, here) {
            return self.poison();
        }
        // A block that counts on with the counters around it is a part of them.
        let mark = match counters {
            None => self.reuse(call, &sent, place, here),
            Some(_) => Err(None),
        };
        let mark = match mark {
            Ok(value) => return value,
            Err(mark) => mark,
        };
        let inputs = sent.positional.as_slice().iter().map(|tensor| self.type_of(*tensor)).collect();
        let path = place.path.clone();
        self.calls.push(Call { definition: call.definition, path, place: here, inputs });
        let value = self.expanded(call, sent, place, here, counters);
        self.calls.pop();
        if let Some(mark) = mark {
            self.remember(mark, &value, place, here);
        }
        value
    }

    fn expanded(
        &mut self,
        call: &BlockCall,
        sent: CallInputs,
        place: &InstanceSite,
        here: Location,
        counters: Option<&mut Counters>,
    ) -> Value {
        let place = InstanceSite { frozen: place.frozen || !call.trainable, doc: None, ..place.clone() };
        let mut frame = Frame::new(call.definition.unit, place);
        frame.first = (self.graph.len(), self.stored);
        let Some(arguments) = self.bind_parameters(&mut frame, call.definition, &call.arguments, here) else {
            return self.poison();
        };
        let library = self.library;
        let name = library.item(call.definition).and_then(|item| item_name(&item.kind));
        let name = name.map_or_else(|| Arc::from(""), |name| name.text.clone());
        let Some(scope) = self.scope(name.clone(), arguments, &frame.place.clone(), here) else {
            return self.poison();
        };
        frame.place.scope = scope;
        if let Some(chain) = library.chain(call.definition) {
            return self.expand_chain(&mut frame, chain, sent, here, counters);
        }
        let body = library.body(call.definition);
        if !self.inputs_fit(&name, body, &sent, here) {
            return self.poison();
        }
        frame.sent = Some(sent);
        match counters {
            None => self.run(&mut frame, body),
            Some(counters) => {
                frame.counters = std::mem::take(counters);
                self.run(&mut frame, body);
                *counters = std::mem::take(&mut frame.counters);
            }
        }
        self.deferred(&mut frame);
        let mut results = frame.outputs.into_iter().map(|result| result.value);
        match (results.len(), results.next()) {
            (1, Some(only)) => only,
            (_, Some(first)) => Value::Outputs(Arc::new(std::iter::once(first).chain(results).collect())),
            (_, None) => self.poison(),
        }
    }

    /// A block that is a chain: its stages are numbered as in any chain that is a layer.
    fn expand_chain(
        &mut self,
        frame: &mut Frame<'p>,
        chain: &'p Expr,
        sent: CallInputs,
        here: Location,
        counters: Option<&mut Counters>,
    ) -> Value {
        let Value::Layer(layer) = self.eval(frame, chain) else { return self.not_a_layer(frame, chain) };
        let input = match sent.positional.as_slice() {
            [only] => Value::Tensor(*only),
            several => Value::list(several.iter().map(|tensor| Value::Tensor(*tensor)).collect()),
        };
        let place = frame.place.clone();
        match &layer.template {
            LayerTemplate::Chain(stages) if sent.named.is_empty() => {
                self.apply_positions(stages, input, &place)
            }
            _ => self.apply_at(&layer, input, &sent.named, &place, here, counters),
        }
    }

    fn not_a_layer(&mut self, frame: &Frame<'p>, chain: &'p Expr) -> Value {
        let place = self.at(frame, chain.span);
        if self.failed && self.errors.any_within(place) {
            return self.poison();
        }
        let error = Diagnostic::structural("wrong-kind", place, "after `block name =` stands a layer");
        self.report(error.help("a block with inputs and statements is written in braces: `block Name { … }`"))
    }

    /// Binds an item's parameters; gives those that a document can show.
    pub fn bind_parameters(
        &mut self,
        frame: &mut Frame<'p>,
        definition: Definition,
        given: &[Option<Value>],
        here: Location,
    ) -> Option<Vec<(Arc<str>, Attribute)>> {
        let library = self.library;
        let parameters = library.parameters(definition);
        let mut shown = Vec::new();
        for (i, parameter) in parameters.iter().enumerate() {
            let value = match (given.get(i).cloned().flatten(), &parameter.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.eval(frame, default).first(),
                (None, None) => {
                    self.missing(definition, given, here);
                    return None;
                }
            };
            let attribute = match (&value, value.attribute()) {
                (Value::Layer(layer), _) => {
                    Some(Attribute::Text(self.library.sources.text(layer.origin).into()))
                }
                (_, attribute) => attribute,
            };
            shown.extend(attribute.map(|attribute| (parameter.name.text.clone(), attribute)));
            frame.bind_here(parameter.name.text.clone(), value);
        }
        Some(shown)
    }

    fn missing(&mut self, definition: Definition, given: &[Option<Value>], here: Location) {
        let library = self.library;
        let parameters = library.parameters(definition);
        let missing: Vec<_> = parameters
            .iter()
            .enumerate()
            .filter(|(i, parameter)| parameter.default.is_none() && given.get(*i).is_none_or(Option::is_none))
            .map(|(_, parameter)| format!("`{}`", parameter.name.text))
            .collect();
        let name = library.item(definition).and_then(|item| item_name(&item.kind));
        let name = name.map_or("", |name| &name.text);
        let message = format!("`{name}` needs {}", missing.join(" and "));
        let mut error = Diagnostic::structural("missing-argument", here, message);
        if let Some(place) = library.place(definition) {
            error = error.related(place, "its parameters");
        }
        self.report(error);
    }

    /// Whether the number of inputs is right, and every one by name exists.
    fn inputs_fit(&mut self, name: &str, body: &'p [Stmt], sent: &CallInputs, here: Location) -> bool {
        let inputs: Vec<_> = body
            .iter()
            .filter_map(|stmt| match &stmt.kind {
                StmtKind::Input { name, default, .. } => Some((&name.text, default.is_some())),
                _ => None,
            })
            .collect();
        let positional = sent.positional.len();
        let given =
            |i: usize, input: &str| i < positional || sent.named.iter().any(|(name, ..)| &**name == input);
        let lacks = inputs.iter().enumerate().any(|(i, (input, default))| !default && !given(i, input));
        if positional <= inputs.len() && !lacks {
            let twice = inputs.iter().take(positional).find_map(|(input, _)| {
                sent.named.iter().find(|(name, ..)| name == *input).map(|(_, _, place)| (*input, *place))
            });
            if let Some((input, place)) = twice {
                self.error("wrong-count", place, format!("`{input}` of `{name}` is sent twice"));
                return false;
            }
            return true;
        }
        let takes: Vec<_> = inputs
            .iter()
            .map(|(input, default)| if *default { format!("[{input}]") } else { input.to_string() })
            .collect();
        let found = match positional {
            1 => "one tensor is sent".to_string(),
            n => format!("{n} tensors are sent"),
        };
        let message = format!("`{name}` takes ({}), but {found}", takes.join(", "));
        let error = Diagnostic::structural("wrong-count", here, message);
        self.report(if inputs.is_empty() {
            error.help("a block takes tensors by `input x: [C, H, W]`")
        } else {
            error.help("several tensors are sent in parentheses: `(a, b) -> Block`")
        });
        false
    }

    /// The tensor that is sent for an input, by position or by name.
    pub fn take_sent(&mut self, frame: &mut Frame<'p>, name: &str, here: Location) -> Option<Tensor> {
        let sent = frame.sent.as_mut()?;
        if let Some(tensor) = sent.positional.next() {
            return Some(tensor);
        }
        let at = sent.named.iter().position(|(known, ..)| &**known == name)?;
        let (_, value, _) = sent.named.swap_remove(at);
        self.tensors(value, here).and_then(|tensors| tensors.first().copied())
    }
}
