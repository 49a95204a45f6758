//! What follows an operand: indices and fields, and tensors inside declared layers.

use std::sync::Arc;

use super::frame::Frame;
use super::{DeclaredLayer, Evaluator};
use crate::diagnostic::{Diagnostic, nearest};
use crate::front::weft::value::{CatalogueCall, DeclaredLayerId, LayerTemplate, Value};
use crate::ir::{InstanceSite, Tensor};
use crate::source::Location;
use crate::syntax::ast::{Expr, ExprKind, Trailer, TrailerKind};

impl<'p> Evaluator<'p, '_> {
    pub fn index(&mut self, frame: &mut Frame<'p>, value: Value, index: &'p Expr, here: Location) -> Value {
        if let ExprKind::Range(from, to) = &index.kind {
            let from = self.eval(frame, from);
            let to = self.eval(frame, to);
            return self.slice(frame, value, &from, &to, here);
        }
        let at = self.eval(frame, index).first();
        let place = self.at(frame, index.span);
        match value {
            Value::List(values) => {
                let Some(n) = self.number(&at, "an index", place) else { return self.lower.poison() };
                match entry(n, values.len()).and_then(|slot| values.get(slot)) {
                    Some(value) => value.clone(),
                    None => {
                        let message = format!("there is no entry {n} in a list of {}", values.len());
                        self.lower.error("invalid-argument", place, message)
                    }
                }
            }
            Value::Tensor(tensor) => {
                if at.is_poison() {
                    return self.lower.poison();
                }
                let arguments = [("axis", Value::size(0)), ("index", at)];
                self.operator(frame, "Select", &[tensor], &arguments, here)
            }
            other => {
                let message = format!("only lists and tensors have entries, but this is {}", other.what());
                self.lower.error("wrong-kind", here, message)
            }
        }
    }

    fn slice(
        &mut self,
        frame: &mut Frame<'p>,
        value: Value,
        from: &Value,
        to: &Value,
        here: Location,
    ) -> Value {
        match value {
            Value::List(values) => {
                let a = self.number(from, "where a range begins", here);
                let b = self.number(to, "where a range ends", here);
                let (Some(a), Some(b)) = (a, b) else { return self.lower.poison() };
                let ends = (bound(a, values.len()), bound(b, values.len()));
                let (Some(a), Some(b)) = ends else {
                    let message = format!("{a}..{b} is outside a list of {}", values.len());
                    return self.lower.error("invalid-argument", here, message);
                };
                Value::list(values.get(a..b.max(a)).unwrap_or(&[]).to_vec())
            }
            Value::Tensor(tensor) => {
                if from.is_poison() || to.is_poison() {
                    return self.lower.poison();
                }
                let arguments = [("axis", Value::size(0)), ("start", from.clone()), ("stop", to.clone())];
                self.operator(frame, "Slice", &[tensor], &arguments, here)
            }
            other => {
                let message = format!("only lists and tensors have entries, but this is {}", other.what());
                self.lower.error("wrong-kind", here, message)
            }
        }
    }

    pub fn field(&mut self, value: Value, name: &str, here: Location, at: Location) -> Value {
        let Value::Tensor(tensor) = value else {
            let error = Diagnostic::structural(
                "wrong-kind",
                here,
                format!("only tensors and declared layers have fields, but this is {}", value.what()),
            );
            return self.lower.report(match value {
                Value::Layer(_) => error.help(
                    "a layer expression is a template and has no weights; `layer f = …` declares one that has",
                ),
                _ => error,
            });
        };
        let shape = self.lower.type_of(tensor).shape;
        let axis = match name {
            "shape" => return Value::list(shape.dims().iter().cloned().map(Value::Size).collect()),
            "rank" => return Value::size(shape.rank()),
            "channels" => 0,
            "height" => 1,
            "width" => 2,
            _ => {
                let known = ["shape", "rank", "channels", "height", "width"];
                let message = format!("a tensor has no field `{name}`");
                let error = Diagnostic::structural("unknown-name", at, message);
                return self.lower.report(match (nearest(name, known), name) {
                    (_, "T") => error.help("`x -> Transpose(0, 1)` exchanges two axes"),
                    (_, "size") => error.meant(at, "shape"),
                    (Some(near), _) => error.meant(at, near),
                    (None, _) => error.help(format!("it has `{}`", known.join("`, `"))),
                });
            }
        };
        match (shape.rank(), shape.dim(axis)) {
            (3, Some(size)) => Value::Size(size.clone()),
            _ => {
                let message =
                    format!("`{name}` is an axis of a tensor [channels, height, width], but this is {shape}");
                self.lower.error("shape-mismatch", here, message)
            }
        }
    }

    /// A tensor inside a declared layer, by its path: `transformer.wte.weight`.
    pub fn inside(
        &mut self,
        frame: &mut Frame<'p>,
        id: DeclaredLayerId,
        trailers: &'p [Trailer],
        place: Location,
    ) -> (Value, &'p [Trailer]) {
        let Some(declared) = self.declared_layer(id).cloned() else { return (self.lower.poison(), &[]) };
        if declared.uses == 0
            && let LayerTemplate::Catalogue(call) = &declared.layer.template
        {
            self.fix_declared(id, &call.clone(), &declared.path, &frame.site.clone(), declared.origin);
        }
        let mut path = declared.path.to_string();
        let mut rest = trailers;
        while let Some((trailer, after)) = rest.split_first() {
            let step = match &trailer.kind {
                TrailerKind::Field(name) => name.text.to_string(),
                TrailerKind::Index(index) => {
                    let step = self.eval(frame, index);
                    match step {
                        Value::Text(text) => text.to_string(),
                        step => {
                            let at = self.at(frame, index.span);
                            let Some(n) = self.number(&step, "a step of a path", at) else {
                                return (self.lower.poison(), &[]);
                            };
                            n.to_string()
                        }
                    }
                }
                TrailerKind::Call(_) => break,
            };
            path.push('.');
            path.push_str(&step);
            rest = after;
            if let Some(weight) = self.lower.builder.tensor_named(&path) {
                return (Value::Tensor(Tensor::Weight(weight)), rest);
            }
        }
        (self.no_such_tensor(&declared, &path, place), &[])
    }

    fn fix_declared(
        &mut self,
        id: DeclaredLayerId,
        call: &CatalogueCall,
        path: &Arc<str>,
        parent: &InstanceSite,
        here: Location,
    ) {
        let Some(declared) = self.declared_layer(id) else { return };
        let site = InstanceSite {
            path: path.clone(),
            is_named: true,
            is_further_use: declared.is_further_use,
            is_frozen: declared.is_frozen || !call.trainable,
            ..parent.clone()
        };
        if self.lower.fix_weights(call, &site, here)
            && let Some(declared) = self.declared_layers.get_mut(id.0 as usize)
        {
            declared.is_further_use = true;
        }
    }

    fn no_such_tensor(&mut self, declared: &DeclaredLayer, path: &str, place: Location) -> Value {
        if declared.is_broken {
            return self.lower.poison();
        }
        let prefix = format!("{}.", declared.path);
        let names = self
            .lower
            .builder
            .graph()
            .weights()
            .flat_map(|(_, weight)| weight.aliases.iter().chain([&weight.name]));
        let mut known: Vec<_> = names.filter(|name| name.starts_with(&prefix)).cloned().collect();
        known.sort();
        if known.is_empty() {
            let error = Diagnostic::structural(
                "unknown-name",
                place,
                format!("`{path}` has no shape yet: no use of `{}` has fixed it", declared.path),
            )
            .related(declared.origin, "declared here")
            .help("use the layer above this line, or turn the tie round: the owner is used first");
            return self.lower.report(error);
        }
        let error = Diagnostic::structural("unknown-name", place, format!("there is no tensor `{path}`"))
            .related(declared.origin, "declared here");
        let near =
            nearest(path, known.iter().map(|name| &**name)).map(|near| format!("did you mean `{near}`?"));
        let listed = || {
            let names: Vec<_> = known.iter().take(6).map(|name| &**name).collect();
            format!("it has `{}`", names.join("`, `"))
        };
        self.lower.report(error.help(near.unwrap_or_else(listed)))
    }
}

/// An index from the start, or from the end if negative; `None` outside.
fn entry(n: i128, length: usize) -> Option<usize> {
    bound(n, length).filter(|slot| *slot < length)
}

/// A bound of a range, which may be the length.
fn bound(n: i128, length: usize) -> Option<usize> {
    let extent = i128::try_from(length).ok()?;
    let from_start = if n < 0 { n.checked_add(extent)? } else { n };
    usize::try_from(from_start).ok().filter(|slot| *slot <= length)
}
