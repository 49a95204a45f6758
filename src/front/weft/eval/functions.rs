//! Functions: those of the language, and those a file defines by `const`.

use std::sync::Arc;

use super::arithmetic::{self, EvalError};
use super::frame::Frame;
use super::{BLOCK_DEPTH_LIMIT, Evaluator};
use crate::diagnostic::Diagnostic;
use crate::front::weft::resolve::library::Definition;
use crate::front::weft::value::Value;
use crate::ir::{ElementType, InstanceSite, Kind, Operation, Shape, Size, Tensor, TensorType, Weights};
use crate::source::Location;
use crate::syntax::ast::{Arg, ItemKind};

impl<'p> Evaluator<'p, '_> {
    /// A function of the language, called.
    pub fn function(
        &mut self,
        frame: &mut Frame<'p>,
        name: &'static str,
        arguments: &'p [Arg],
        place: Location,
    ) -> Value {
        let mut values = Vec::new();
        let mut dtype = ElementType::Float32;
        for argument in arguments {
            let value = self.eval(frame, &argument.value).first();
            match &argument.name {
                None => values.push(value),
                Some(word) if &*word.text == "dtype" && matches!(name, "zeros" | "randn") => match &value {
                    Value::Text(text) if &**text == "int" => dtype = ElementType::Int64,
                    Value::Text(text) if &**text == "float" => {}
                    _ => {
                        let place = self.at(frame, argument.value.span);
                        return self.lower.error(
                            "invalid-argument",
                            place,
                            "`dtype` is \"float\" or \"int\"",
                        );
                    }
                },
                Some(word) => {
                    let place = self.at(frame, word.span);
                    let message = format!("`{name}` has no argument `{}`", word.text);
                    return self.lower.error("unknown-argument", place, message);
                }
            }
        }
        if values.iter().any(Value::is_poison) {
            return self.lower.poison();
        }
        let result = match name {
            "arange" => return self.arange(frame, &values, place),
            "zeros" | "randn" => return self.filled(frame, name, &values, dtype, place),
            _ => compute(name, &values),
        };
        match result {
            Ok(value) => value,
            Err(fault) => self.eval_error(place, fault),
        }
    }

    fn arange(&mut self, frame: &mut Frame<'p>, values: &[Value], place: Location) -> Value {
        let (start, length) = match values {
            [Value::Size(to)] => (Size::from(0), to.clone()),
            [Value::Size(from), Value::Size(to)] => (from.clone(), to - from),
            _ => return self.misused("arange", "one size, or two: `arange(T)`, `arange(a, b)`", place),
        };
        let empty = length.at(&self.lower.large()).is_some_and(|n| n < 1);
        if empty {
            return self.lower.error(
                "empty-output",
                place,
                format!("`arange` of {length:#} numbers is empty"),
            );
        }
        let operation = Operation::new(Kind::Arange, vec![TensorType::int(Shape::from(vec![length]))]);
        self.constant(frame, Operation { arguments: vec![("start", start.into())], ..operation }, place)
    }

    fn filled(
        &mut self,
        frame: &mut Frame<'p>,
        name: &'static str,
        values: &[Value],
        dtype: ElementType,
        place: Location,
    ) -> Value {
        let shape = match values {
            [Value::List(sizes)] => sizes
                .iter()
                .map(|size| if let Value::Size(size) = size { Some(size.clone()) } else { None })
                .collect::<Option<Vec<Size>>>(),
            _ => None,
        };
        let Some(shape) = shape else {
            return self.misused(name, "a shape: a list of sizes, `[T, T]`", place);
        };
        let shape = Shape::from(shape);
        if shape.dims().iter().any(|size| size.at(&self.lower.large()).is_some_and(|n| n < 1)) {
            return self.lower.error("empty-output", place, format!("`{name}` of shape {shape} is empty"));
        }
        let kind = if name == "zeros" { Kind::Zeros } else { Kind::Randn };
        self.constant(frame, Operation::new(kind, vec![TensorType { shape, dtype }]), place)
    }

    /// A node without inputs and weights.
    fn constant(&mut self, frame: &mut Frame<'p>, operation: Operation, place: Location) -> Value {
        let base = operation.kind.name().to_lowercase();
        let site = self.lower.unlabelled(&frame.site, &base, &mut frame.counters, place);
        let node = self.lower.builder.node(Arc::new(operation), Weights::new(), &[], &site, place);
        Value::Tensor(Tensor::Port(self.lower.builder.first_result(node)))
    }

    fn misused(&mut self, name: &str, takes: &str, place: Location) -> Value {
        self.lower.error("wrong-kind", place, format!("`{name}` takes {takes}"))
    }

    /// The value of a `const`, computed once.
    pub fn constant_value(&mut self, definition: Definition, place: Location) -> Value {
        if let Some(known) = self.constants.get(&definition) {
            return known.clone();
        }
        let library = self.library;
        let Some(ItemKind::Const { value, .. }) = library.item(definition).map(|item| &item.kind) else {
            return self.lower.poison();
        };
        self.constants.insert(definition, Value::Poison);
        let mut frame = Frame::new(definition.unit, InstanceSite::default());
        let result = self.deeper(place, |builder| builder.eval(&mut frame, value));
        let result = if !matches!(&result, Value::List(values) if values.is_empty()) && result.is_tensors() {
            let place = self.at(&frame, value.span);
            self.lower.error(
                "wrong-kind",
                place,
                "a `const` is a value or a layer; tensors are made in a model or block",
            )
        } else {
            result
        };
        self.constants.insert(definition, result.clone());
        result
    }

    /// A function that a file defines, called.
    pub fn defined_function(
        &mut self,
        frame: &mut Frame<'p>,
        definition: Definition,
        arguments: &'p [Arg],
        place: Location,
    ) -> Value {
        let library = self.library;
        let Some(ItemKind::Const { name, parameters: Some(parameters), value }) =
            library.item(definition).map(|item| &item.kind)
        else {
            return self.lower.poison();
        };
        if self.circular.contains(&definition) {
            return self.lower.poison();
        }
        let mut given: Vec<Option<Value>> = vec![None; parameters.len()];
        for argument in arguments {
            let value = self.eval(frame, &argument.value).first();
            let slot = match &argument.name {
                Some(word) => parameters.iter().position(|parameter| parameter.name.text == word.text),
                None => given.iter().position(Option::is_none),
            };
            match slot.and_then(|slot| given.get_mut(slot)) {
                Some(slot) => *slot = Some(value),
                None => return self.lower.poison(),
            }
        }
        let mut inner = Frame::new(definition.unit, InstanceSite::default());
        for (parameter, value) in parameters.iter().zip(given) {
            let value = match (value, &parameter.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.eval(&mut inner, default),
                (None, None) => {
                    let message = format!("`{}` needs `{}`", name.text, parameter.name.text);
                    return self.lower.error("missing-argument", place, message);
                }
            };
            inner.bind_here(parameter.name.text.clone(), value);
        }
        self.deeper(place, |builder| builder.eval(&mut inner, value))
    }

    /// True where one more block would be one too many, which is reported.
    pub fn too_deep(&mut self, place: Location) -> bool {
        let deep = self.lower.calls.len() >= BLOCK_DEPTH_LIMIT;
        if deep {
            let message = format!("blocks stand in blocks more than {BLOCK_DEPTH_LIMIT} deep");
            self.lower.report(Diagnostic::structural("limit", place, message));
        }
        deep
    }
}

/// The functions of numbers and lists.
fn compute(name: &str, values: &[Value]) -> Result<Value, EvalError> {
    let misused = |takes: &str| {
        let found: Vec<_> = values.iter().map(Value::what).collect();
        let found = if found.is_empty() { "nothing".to_string() } else { found.join(", ") };
        Err(EvalError::new("wrong-kind", format!("`{name}` takes {takes}, but was given {found}")))
    };
    match (name, values) {
        ("min" | "max", [Value::List(values)]) => extreme(name, values),
        ("min" | "max", values) if values.len() > 1 => extreme(name, values),
        ("min" | "max", _) => misused("two or more numbers, or a list"),
        ("floor" | "ceil" | "round", [Value::Size(size)]) => Ok(Value::Size(size.clone())),
        ("floor" | "ceil" | "round", [Value::Float(x)]) => arithmetic::rounded(name, *x),
        ("floor" | "ceil" | "round", _) => misused("one number"),
        ("len", [Value::List(values)]) => Ok(Value::size(values.len())),
        ("len", _) => misused("a list"),
        ("sum", [Value::List(values)]) => values.iter().try_fold(Value::size(0), |sum, value| {
            arithmetic::infix(crate::syntax::ast::InfixOp::Add, &sum, value)
        }),
        ("sum", _) => misused("a list of numbers"),
        ("reverse", [Value::List(values)]) => Ok(Value::list(values.iter().rev().cloned().collect())),
        _ => misused("a list"),
    }
}

fn extreme(name: &str, values: &[Value]) -> Result<Value, EvalError> {
    let Some((first, rest)) = values.split_first() else {
        return Err(EvalError::new("invalid-argument", format!("`{name}` of an empty list")));
    };
    rest.iter().try_fold(first.clone(), |best, value| {
        if let (Value::Size(a), Value::Size(b)) = (&best, value) {
            return Ok(Value::Size(if name == "min" { a.min(b) } else { a.max(b) }));
        }
        let smaller = arithmetic::less(value, &best)? == Some(true);
        let equal = arithmetic::equal(value, &best)? == Some(true);
        let better = if name == "min" { smaller } else { !smaller && !equal };
        Ok(if better { value.clone() } else { best })
    })
}
