//! Arithmetic and comparison of values. Nothing here knows of tensors or places.
//!
//! Integers stay integers: `/` gives one where it is exact, `//` and `%` round down, and a formula in symbolic
//! sizes goes wherever an integer does.

use super::expression::LIST_LIMIT;
use crate::front::weft::lower::set_help;
use crate::front::weft::value::{LayerTemplate, Value};
use crate::ir::Size;
use crate::syntax::ast::InfixOp;

/// Why an operator has no result: a structural error without its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EvalError {
    pub code: &'static str,
    pub message: String,
    pub help: Option<String>,
}

impl EvalError {
    pub fn new(code: &'static str, message: impl Into<String>) -> EvalError {
        EvalError { code, message: message.into(), help: None }
    }

    pub fn help(self, help: impl Into<String>) -> EvalError {
        EvalError { help: Some(help.into()), ..self }
    }
}

/// `a op b` for numbers and lists; comparisons and logic are elsewhere.
pub(super) fn infix(op: InfixOp, a: &Value, b: &Value) -> Result<Value, EvalError> {
    match (a, b) {
        (Value::Poison, _) | (_, Value::Poison) => Ok(Value::Poison),
        (Value::Size(a), Value::Size(b)) => whole(op, a, b),
        (Value::List(a), Value::List(b)) if op == InfixOp::Add => {
            let length = a.len().saturating_add(b.len());
            if length as i128 > LIST_LIMIT {
                return Err(EvalError::new(
                    "limit",
                    format!("a list of {length} entries is longer than {LIST_LIMIT}"),
                ));
            }
            Ok(Value::list(a.iter().chain(b.iter()).cloned().collect()))
        }
        _ => match (fraction(a)?, fraction(b)?) {
            (Some(x), Some(y)) => fractions(op, x, y),
            _ => Err(unlike(op, a, b)),
        },
    }
}

fn whole(op: InfixOp, a: &Size, b: &Size) -> Result<Value, EvalError> {
    let zero = || EvalError::new("invalid-argument", format!("`{a:#} {} {b:#}` divides by 0", op.sign()));
    let size = match op {
        InfixOp::Add => a + b,
        InfixOp::Subtract => a - b,
        InfixOp::Multiply => a * b,
        InfixOp::FloorDivide => a.floor_div(b).ok_or_else(zero)?,
        InfixOp::Modulo => a.modulo(b).ok_or_else(zero)?,
        InfixOp::Divide if b.as_number() == Some(0) => return Err(zero()),
        InfixOp::Divide => match (a.exact_div(b), a.as_number(), b.as_number()) {
            (Some(exact), ..) => exact,
            (None, Some(a), Some(b)) => return Ok(Value::Float(a as f64 / b as f64)),
            _ => {
                return Err(EvalError::new(
                    "undecided",
                    format!("`{a:#}` divided by `{b:#}` may be no integer"),
                )
                .help("`//` rounds down"));
            }
        },
        _ => {
            return Err(EvalError::new("wrong-kind", format!("`{}` takes tensors, not integers", op.sign())));
        }
    };
    overflow(size)
}

fn overflow(size: Size) -> Result<Value, EvalError> {
    if size.is_overflow() {
        return Err(EvalError::new("count-overflow", "this passes 128 bits"));
    }
    Ok(Value::Size(size))
}

fn fractions(op: InfixOp, x: f64, y: f64) -> Result<Value, EvalError> {
    let result = match op {
        InfixOp::Add => x + y,
        InfixOp::Subtract => x - y,
        InfixOp::Multiply => x * y,
        InfixOp::Divide | InfixOp::FloorDivide | InfixOp::Modulo if y == 0.0 => {
            return Err(EvalError::new("invalid-argument", format!("`{x} {} {y}` divides by 0", op.sign())));
        }
        InfixOp::Divide => x / y,
        InfixOp::FloorDivide => (x / y).floor(),
        InfixOp::Modulo => x - y * (x / y).floor(),
        _ => return Err(EvalError::new("wrong-kind", format!("`{}` takes tensors, not numbers", op.sign()))),
    };
    finite(result)
}

fn finite(x: f64) -> Result<Value, EvalError> {
    if x.is_finite() {
        return Ok(Value::Float(x));
    }
    Err(EvalError::new("invalid-argument", "this is larger than any fraction can be"))
}

/// The number as a fraction; a formula has none.
fn fraction(value: &Value) -> Result<Option<f64>, EvalError> {
    match value {
        Value::Float(x) => Ok(Some(*x)),
        Value::Size(size) => match size.as_number() {
            Some(n) => Ok(Some(n as f64)),
            None => Err(EvalError::new(
                "undecided",
                format!("`{size:#}` meets a fraction, so it must be a number"),
            )
            .help(set_help(size))),
        },
        _ => Ok(None),
    }
}

fn unlike(op: InfixOp, a: &Value, b: &Value) -> EvalError {
    let fault = EvalError::new(
        "wrong-kind",
        format!("`{}` takes two numbers, but this is {} and {}", op.sign(), a.what(), b.what()),
    );
    match (op, a, b) {
        (InfixOp::Multiply, Value::Size(n), Value::Layer(_)) => {
            fault.help(format!("a layer is repeated by a number on its right: `Layer * {n:#}`"))
        }
        (InfixOp::Add, Value::List(_), _) | (InfixOp::Add, _, Value::List(_)) => {
            fault.help("a list grows by a list: `list + [value]`")
        }
        (_, Value::Layer(_), _) | (_, _, Value::Layer(_)) => {
            fault.help("a layer is applied to a tensor first: `(x -> Layer) + y`")
        }
        _ => fault,
    }
}

/// `-a`
pub(super) fn negate(a: &Value) -> Result<Value, EvalError> {
    match a {
        Value::Poison => Ok(Value::Poison),
        Value::Size(size) => overflow(size * -1),
        Value::Float(x) => Ok(Value::Float(-x)),
        _ => Err(EvalError::new(
            "wrong-kind",
            format!("`-` takes a number or a tensor, but this is {}", a.what()),
        )),
    }
}

/// `a ** b`
pub(super) fn power(a: &Value, b: &Value) -> Result<Value, EvalError> {
    if a.is_poison() || b.is_poison() {
        return Ok(Value::Poison);
    }
    if let (Value::Size(base), Value::Size(exponent)) = (a, b) {
        match exponent.as_number() {
            Some(n) if n >= 0 => return whole_power(base, n),
            Some(_) => {}
            None => {
                return Err(EvalError::new(
                    "undecided",
                    format!("the exponent `{exponent:#}` must be a number"),
                )
                .help(set_help(exponent)));
            }
        }
    }
    match (fraction(a)?, fraction(b)?) {
        (Some(0.0), Some(y)) if y < 0.0 => Err(EvalError::new("invalid-argument", "0 to a negative power")),
        (Some(x), Some(y)) => finite(x.powf(y)),
        _ => Err(EvalError::new(
            "wrong-kind",
            format!("`**` takes two numbers, but this is {} and {}", a.what(), b.what()),
        )),
    }
}

fn whole_power(base: &Size, exponent: i128) -> Result<Value, EvalError> {
    let result = match (base.as_number(), u32::try_from(exponent)) {
        (Some(0 | 1), _) if exponent > 0 => base.clone(),
        (Some(-1), _) => Size::from(if exponent % 2 == 0 { 1 } else { -1 }),
        (_, Ok(exponent)) => base.pow(exponent),
        (_, Err(_)) => Size::OVERFLOW,
    };
    overflow(result)
}

/// Whether two values are equal: `None` where symbolic sizes leave it open.
pub(super) fn equal(a: &Value, b: &Value) -> Result<Option<bool>, EvalError> {
    Ok(match (a, b) {
        (Value::Poison, _) | (_, Value::Poison) => None,
        (Value::Tensor(_) | Value::Outputs(_), _) | (_, Value::Tensor(_) | Value::Outputs(_)) => {
            return Err(EvalError::new(
                "wrong-kind",
                "tensors cannot be compared: their values are not known",
            )
            .help("their shapes can: `a.shape == b.shape`"));
        }
        (Value::Size(a), Value::Size(b)) => a.is_equal(b),
        (Value::Size(a), Value::Float(x)) | (Value::Float(x), Value::Size(a)) => {
            a.as_number().map(|n| n as f64 == *x)
        }
        (Value::Float(x), Value::Float(y)) => Some(x == y),
        (Value::None, Value::None) => Some(true),
        (Value::Flag(a), Value::Flag(b)) => Some(a == b),
        (Value::Text(a), Value::Text(b)) => Some(a == b),
        (Value::List(a), Value::List(b)) if a.len() != b.len() => Some(false),
        (Value::List(a), Value::List(b)) => {
            let mut result = Some(true);
            for (a, b) in a.iter().zip(b.iter()) {
                match equal(a, b)? {
                    Some(true) => {}
                    Some(false) => return Ok(Some(false)),
                    None => result = None,
                }
            }
            result
        }
        (Value::Layer(a), Value::Layer(b)) => Some(same_template(&a.template, &b.template)),
        _ => Some(false),
    })
}

fn same_template(a: &LayerTemplate, b: &LayerTemplate) -> bool {
    match (a, b) {
        (LayerTemplate::Pass, LayerTemplate::Pass) => true,
        (LayerTemplate::DeclaredLayer(a), LayerTemplate::DeclaredLayer(b)) => a == b,
        (LayerTemplate::Catalogue(a), LayerTemplate::Catalogue(b)) => {
            std::ptr::eq(a.layer, b.layer) && a.arguments == b.arguments
        }
        (LayerTemplate::Block(a), LayerTemplate::Block(b)) => {
            let pairs = a.arguments.iter().zip(&b.arguments);
            a.definition == b.definition
                && pairs.clone().all(|(a, b)| match (a, b) {
                    (None, None) => true,
                    (Some(a), Some(b)) => equal(a, b) == Ok(Some(true)),
                    _ => false,
                })
        }
        _ => false,
    }
}

/// Whether `a < b`: `None` where symbolic sizes leave it open.
pub(super) fn less(a: &Value, b: &Value) -> Result<Option<bool>, EvalError> {
    match (a, b) {
        (Value::Poison, _) | (_, Value::Poison) => Ok(None),
        (Value::Size(a), Value::Size(b)) => Ok(a.is_less(b)),
        _ => match (fraction(a)?, fraction(b)?) {
            (Some(x), Some(y)) => Ok(Some(x < y)),
            _ => Err(EvalError::new(
                "wrong-kind",
                format!("only numbers have an order, but this is {} and {}", a.what(), b.what()),
            )),
        },
    }
}

/// `floor`, `ceil` and `round` of a fraction; the last half to even.
pub(super) fn rounded(name: &str, x: f64) -> Result<Value, EvalError> {
    let whole = match name {
        "floor" => x.floor(),
        "ceil" => x.ceil(),
        _ => x.round_ties_even(),
    };
    if whole.abs() < 1e38 {
        return Ok(Value::size(whole as i128));
    }
    Err(EvalError::new("count-overflow", "this passes 128 bits"))
}
