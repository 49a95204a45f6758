//! Blocks, expanded at each use: parameters, inputs, statements, results.

use std::sync::Arc;

use super::templates::{ports, sent_ports};
use crate::diagnostic::Diagnostic;
use crate::front::weft::eval::Evaluator;
use crate::front::weft::eval::frame::Frame;
use crate::front::weft::lower::Call;
use crate::front::weft::lower::naming::Counters;
use crate::front::weft::resolve::library::{Definition, item_name};
use crate::front::weft::value::{BlockCall, CallInputs, LayerTemplate, Value};
use crate::ir::{Attribute, InstanceSite, Scope, ScopeId, ScopeKind, Tensor};
use crate::source::Location;
use crate::syntax::ast::{Expr, Stmt, StmtKind};
use smallvec::SmallVec;

impl<'p> Evaluator<'p, '_> {
    /// Expands a block at a place.
    pub fn expand(
        &mut self,
        call: &Arc<BlockCall>,
        sent: CallInputs,
        site: &InstanceSite,
        here: Location,
        counters: Option<&mut Counters>,
    ) -> Value {
        if self.circular.contains(&call.definition) || self.too_deep(here) || !self.lower.step(1, here) {
            return self.lower.poison();
        }
        // A block that counts on with the counters around it is a part of them.
        let mark = match counters {
            None => self.lower.reuse(call, &sent, site, here),
            Some(_) => Err(None),
        };
        let mark = match mark {
            Ok(value) => return value,
            Err(mark) => mark,
        };
        let inputs = sent.positional.as_slice().iter().map(|tensor| self.lower.type_of(*tensor)).collect();
        let path = site.path.clone();
        self.lower.calls.push(Call { definition: call.definition, path, place: here, inputs });
        let value = self.expanded(call, sent, site, here, counters);
        self.lower.calls.pop();
        if let Some(mark) = mark {
            self.lower.remember(mark, &value, site, here);
        }
        value
    }

    fn expanded(
        &mut self,
        call: &BlockCall,
        sent: CallInputs,
        site: &InstanceSite,
        here: Location,
        counters: Option<&mut Counters>,
    ) -> Value {
        let is_frozen = site.is_frozen || !call.trainable;
        let site = InstanceSite { is_frozen, doc: None, ..site.clone() };
        let mut frame = Frame::new(call.definition.unit, site);
        let graph = self.lower.builder.graph();
        frame.first = (graph.len(), graph.weight_count());
        let Some(arguments) = self.bind_parameters(&mut frame, call.definition, &call.arguments, here) else {
            return self.lower.poison();
        };
        let Some(scope) = self.open_block(call.definition, arguments, &sent, &frame.site, here) else {
            return self.lower.poison();
        };
        frame.site.scope = scope;
        let library = self.library;
        if let Some(chain) = library.chain(call.definition) {
            let result = self.expand_chain(&mut frame, chain, sent, here, counters);
            self.lower.builder.close_scope(scope, ports([(&"".into(), &result)]));
            return result;
        }
        let body = library.body(call.definition);
        if !self.inputs_fit(&library.name(call.definition), body, &sent, here) {
            return self.lower.poison();
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
        let unnamed = Arc::from("");
        let named =
            frame.outputs.iter().map(|result| (result.name.as_ref().unwrap_or(&unnamed), &result.value));
        let outputs = ports(named);
        self.lower.builder.close_scope(scope, outputs);
        let mut results = frame.outputs.into_iter().map(|result| result.value);
        match (results.len(), results.next()) {
            (1, Some(only)) => only,
            (_, Some(first)) => Value::Outputs(Arc::new(std::iter::once(first).chain(results).collect())),
            (_, None) => self.lower.poison(),
        }
    }

    /// The scope of a block's use; `None` where there are too many.
    fn open_block(
        &mut self,
        definition: Definition,
        arguments: Vec<(Arc<str>, Attribute)>,
        sent: &CallInputs,
        site: &InstanceSite,
        here: Location,
    ) -> Option<ScopeId> {
        if !self.lower.one_more_module(here) {
            return None;
        }
        let names = input_names(self.library.body(definition));
        Some(self.lower.builder.open_scope(Scope {
            kind: ScopeKind::Block,
            path: site.path.clone(),
            definition: self.library.name(definition),
            arguments: arguments.into(),
            parent: Some(site.scope),
            inputs: sent_ports(sent, &names),
            origin: here,
            doc: self.library.item(definition).and_then(|item| item.doc.as_deref()).map(Arc::from),
            ..Scope::default()
        }))
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
        let site = frame.site.clone();
        match &layer.template {
            LayerTemplate::Chain(stages) if sent.named.is_empty() => {
                self.apply_positions(stages, input, &site)
            }
            _ => self.apply_at(&layer, input, &sent.named, &site, here, counters),
        }
    }

    fn not_a_layer(&mut self, frame: &Frame<'p>, chain: &'p Expr) -> Value {
        let place = self.at(frame, chain.span);
        if self.lower.failed && self.lower.errors.any_within(place) {
            return self.lower.poison();
        }
        let error = Diagnostic::structural("wrong-kind", place, "after `block name =` stands a layer");
        self.lower
            .report(error.help("a block with inputs and statements is written in braces: `block Name { … }`"))
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
        self.lower.report(error);
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
                self.lower.error("wrong-count", place, format!("`{input}` of `{name}` is sent twice"));
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
        self.lower.report(if inputs.is_empty() {
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
        self.lower.tensors(value, here).and_then(|tensors| tensors.first().copied())
    }
}

/// The names of a block's inputs, in order.
fn input_names(body: &[Stmt]) -> SmallVec<[Arc<str>; 4]> {
    let inputs = body.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Input { name, .. } => Some(name.text.clone()),
        _ => None,
    });
    inputs.collect()
}
