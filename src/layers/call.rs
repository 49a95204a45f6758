//! One application of a layer: its inputs and arguments, and what entries ask of them.
//!
//! Main type: [`Call`]. An accessor gives an argument's value in the form its kind promises.

use super::arguments::Arguments;
use super::entry::{Alias, Argument, ArgumentKind, Fallback, Layer};
use super::inference_error::{ErrorSubject, InferenceError};
use crate::ir::{Attribute, Count, Defaults, Operation, Shape, Size, TensorType};

/// A layer, applied.
pub struct Call<'a> {
    /// The layer.
    pub layer: &'static Layer,
    /// The inputs' types, in order.
    pub inputs: &'a [TensorType],
    /// The values of symbolic sizes by which the graph is judged.
    pub defaults: Defaults<'a>,
    arguments: &'a Arguments,
}

impl<'a> Call<'a> {
    /// Applies a layer.
    ///
    /// # Errors
    /// Why it cannot be applied.
    pub fn apply(
        layer: &'static Layer,
        alias: Option<&Alias>,
        arguments: &'a Arguments,
        inputs: &'a [TensorType],
        defaults: Defaults<'a>,
    ) -> Result<Operation, InferenceError> {
        if let Some(error) = arguments.missing(layer) {
            return Err(error);
        }
        let call = Call { layer, inputs, defaults, arguments };
        call.check_inputs(alias)?;
        let mut operation = (layer.apply)(&call)?;
        let resolved = std::mem::take(&mut operation.arguments);
        operation.kind = layer.into();
        operation.arguments = call.described(resolved);
        Ok(operation)
    }

    fn check_inputs(&self, alias: Option<&Alias>) -> Result<(), InferenceError> {
        let open = self.layer.inputs.iter().any(|name| name.ends_with('…'));
        let least = self.layer.sent().iter().filter(|name| !name.starts_with('[')).count();
        let found = self.inputs.len();
        if found < least || (!open && found > self.layer.inputs.len()) {
            let name = self.layer.name();
            let takes = self.layer.sent().join(", ");
            let sent = if found == 1 { "one tensor is" } else { &format!("{found} tensors are") };
            let message = format!("`{name}` takes ({takes}), but {sent} sent");
            let error = InferenceError::new("wrong-count", ErrorSubject::Layer, message);
            let needed: Vec<_> = self.layer.sent().iter().filter(|name| !name.starts_with('[')).collect();
            return Err(if let (true, [_, _, ..]) = (found < least, needed.as_slice()) {
                let needed = needed.into_iter().copied().collect::<Vec<_>>().join(", ");
                error.help(format!("several are sent as `({needed}) -> {name}`"))
            } else {
                error
            });
        }
        match (alias, self.inputs.first()) {
            (Some(alias), Some(first))
                if !alias.ranks.is_empty() && !alias.ranks.contains(&first.shape.rank()) =>
            {
                let ranks: Vec<_> = alias.ranks.iter().map(usize::to_string).collect();
                let expected = format!("a tensor of rank {}", ranks.join(" or "));
                Err(InferenceError::rank(alias.name, expected, &first.shape))
            }
            _ => Ok(()),
        }
    }

    /// Every argument with its value: what the layer resolved, else what was given, spelled out per axis.
    fn described(&self, mut resolved: Vec<(&'static str, Attribute)>) -> Vec<(&'static str, Attribute)> {
        let mut take = |name: &str| {
            let at = resolved.iter().position(|(known, _)| *known == name)?;
            Some(resolved.swap_remove(at).1)
        };
        let value = |slot: usize, argument: &Argument| {
            let value = self.arguments.value_at(slot, argument)?;
            Some(match (argument.kind, value) {
                (
                    ArgumentKind::PerAxis | ArgumentKind::Extents | ArgumentKind::Padding,
                    size @ Attribute::Size(_),
                ) => Attribute::List(vec![size; self.layer.spatial.max(1)]),
                (_, value) => value,
            })
        };
        let mut described = Vec::with_capacity(self.layer.arguments.len());
        for (slot, argument) in self.layer.arguments.iter().enumerate() {
            let value = take(argument.name).or_else(|| value(slot, argument));
            described.extend(value.map(|value| (argument.name, value)));
        }
        described
    }

    /// The first input.
    ///
    /// # Errors
    /// `wrong-count` where nothing is sent.
    pub fn input(&self) -> Result<&'a TensorType, InferenceError> {
        self.inputs.first().ok_or_else(|| {
            InferenceError::new(
                "wrong-count",
                ErrorSubject::Layer,
                format!("nothing is sent to `{}`", self.layer.name()),
            )
        })
    }

    /// The first input's shape.
    ///
    /// # Errors
    /// As [`Call::input`].
    pub fn shape(&self) -> Result<&'a Shape, InferenceError> {
        self.input().map(|input| &input.shape)
    }

    /// The first input as leading axes and the last `trailing` ones; `expected` says what those are.
    ///
    /// # Errors
    /// `shape-mismatch` where there are fewer.
    pub fn trailing(
        &self,
        trailing: usize,
        expected: &str,
    ) -> Result<(&'a [Size], &'a [Size]), InferenceError> {
        let shape = self.shape()?;
        shape.split_trailing(trailing).ok_or_else(|| InferenceError::rank(self.layer.name(), expected, shape))
    }

    /// Refuses integer tensors where weights meet floating-point ones.
    ///
    /// # Errors
    /// `wrong-kind` naming the input.
    pub fn floating(&self) -> Result<(), InferenceError> {
        match self.inputs.iter().position(|input| input.dtype.is_integer()) {
            None => Ok(()),
            Some(at) => Err(InferenceError::new(
                "wrong-kind",
                ErrorSubject::Input(at),
                format!("`{}` takes floating-point tensors, but this one holds integers", self.layer.name()),
            )
            .help("token ids go through an `Embedding` first".to_string())),
        }
    }

    /// An argument's value or its default; `Attribute::None` where the entry has no such argument.
    pub fn value(&self, name: &str) -> Attribute {
        self.arguments.value(self.layer, name).unwrap_or(Attribute::None)
    }

    /// True where an argument is `none` or left out without a default.
    pub fn is_none(&self, name: &str) -> bool {
        match self.arguments.given(self.layer, name) {
            Some((_, Some(given))) => *given == Attribute::None,
            Some((argument, None)) => matches!(argument.fallback, Fallback::Required | Fallback::None),
            None => true,
        }
    }

    /// True where an argument is `true`.
    pub fn flag(&self, name: &str) -> bool {
        match self.arguments.given(self.layer, name) {
            Some((_, Some(given))) => *given == Attribute::Flag(true),
            Some((argument, None)) => argument.fallback == Fallback::Flag(true),
            None => false,
        }
    }

    /// A string argument; empty where it is none.
    pub fn text(&self, name: &str) -> &'a str {
        match self.arguments.given(self.layer, name) {
            Some((_, Some(Attribute::Text(text)))) => text,
            Some((&Argument { fallback: Fallback::Text(text), .. }, None)) => text,
            _ => "",
        }
    }

    /// A number, whole or not; 0 where it is none.
    pub fn float(&self, name: &str) -> f64 {
        match self.value(name) {
            Attribute::Float(x) => x,
            value => value.as_integer().unwrap_or(0) as f64,
        }
    }

    /// A size.
    ///
    /// # Errors
    /// `invalid-argument` where it is none.
    pub fn size(&self, name: &'static str) -> Result<Size, InferenceError> {
        match self.value(name) {
            Attribute::Size(size) => Ok(size),
            value => {
                Err(InferenceError::argument(name, format!("`{name}` is a size, but `{value}` was given")))
            }
        }
    }

    /// A size that must be at least `least`.
    ///
    /// # Errors
    /// `invalid-argument` where it is known to be less.
    pub fn size_from(&self, name: &'static str, least: i128) -> Result<Size, InferenceError> {
        let size = self.size(name)?;
        at_least(name, &size, least)?;
        Ok(size)
    }

    /// An integer that is no formula.
    ///
    /// # Errors
    /// `invalid-argument` where it is none.
    pub fn integer(&self, name: &'static str) -> Result<i128, InferenceError> {
        let size = self.size(name)?;
        size.as_number().ok_or_else(|| {
            InferenceError::undecided(ErrorSubject::Argument(name), format!("`{name}`"), &size)
        })
    }

    /// A list of sizes; one stands for a list of one.
    pub fn sizes(&self, name: &str) -> Vec<Size> {
        match self.value(name) {
            Attribute::List(values) => values.iter().filter_map(|value| value.as_size().cloned()).collect(),
            Attribute::Size(size) => vec![size],
            _ => Vec::new(),
        }
    }

    /// A size for each of the layer's spatial axes, each at least `least`.
    ///
    /// # Errors
    /// `invalid-argument` where a list has another length, or a size is known to be less.
    pub fn per_axis(&self, name: &'static str, least: i128) -> Result<Vec<Size>, InferenceError> {
        let axes = self.layer.spatial;
        let sizes = match self.value(name) {
            Attribute::Size(size) => vec![size; axes],
            _ => self.sizes(name),
        };
        if sizes.len() != axes {
            let found = self.value(name);
            return Err(InferenceError::argument(
                name,
                format!("`{name}` is one size, or {axes} of them, one per axis; `{found}` was given"),
            ));
        }
        sizes.iter().try_for_each(|size| at_least(name, size, least))?;
        Ok(sizes)
    }

    /// A result's extent for each of the layer's spatial axes, at least 1; `none` is the input's own.
    ///
    /// # Errors
    /// `invalid-argument` where a list has another length, or an extent is known to be less.
    pub fn extents(&self, name: &'static str, own: &[Size]) -> Result<Vec<Size>, InferenceError> {
        let Attribute::List(values) = self.value(name) else { return self.per_axis(name, 1) };
        if values.len() != own.len() {
            return self.per_axis(name, 1);
        }
        let extent = |(value, own): (&Attribute, &Size)| value.as_size().unwrap_or(own).clone();
        let extents: Vec<Size> = values.iter().zip(own).map(extent).collect();
        extents.iter().try_for_each(|size| at_least(name, size, 1))?;
        Ok(extents)
    }

    /// An axis argument as an index into `rank` axes.
    ///
    /// # Errors
    /// `invalid-argument` where there is no such axis.
    pub fn axis(&self, name: &'static str, rank: usize) -> Result<usize, InferenceError> {
        resolve_axis(name, self.integer(name)?, rank)
    }

    /// Several axes as indices into `rank` axes, each at most once.
    ///
    /// # Errors
    /// `invalid-argument` where there is no such axis, or one stands twice.
    pub fn axes(&self, name: &'static str, rank: usize) -> Result<Vec<usize>, InferenceError> {
        let mut axes = Vec::new();
        for axis in self.sizes(name) {
            let axis = resolve_axis(name, axis.as_number().unwrap_or(0), rank)?;
            if axes.contains(&axis) {
                return Err(InferenceError::argument(name, format!("`{name}` names axis {axis} twice")));
            }
            axes.push(axis);
        }
        Ok(axes)
    }

    /// Refuses an extent that is empty: known to be less than 1, or so at the defaults (a symbol without one
    /// counts as large). `what` says how it came about: `a 7×7 kernel on a 5×5 map`.
    ///
    /// # Errors
    /// `empty-output`.
    pub fn not_empty(&self, extent: &Size, what: impl FnOnce() -> String) -> Result<(), InferenceError> {
        let large = |symbol: &str| Some((self.defaults)(symbol).unwrap_or(1 << 20));
        match extent.at(&large) {
            Some(n) if n < 1 => Err(InferenceError::empty(what())),
            _ => Ok(()),
        }
    }
}

fn at_least(name: &'static str, size: &Size, least: i128) -> Result<(), InferenceError> {
    if size.is_less(&Size::from(least)) == Some(true) {
        let message = format!("`{name}` must be at least {least}, but is {size:#}");
        return Err(InferenceError::argument(name, message).help(format!("`{name}={least}` is the least")));
    }
    Ok(())
}

fn resolve_axis(name: &'static str, axis: i128, rank: usize) -> Result<usize, InferenceError> {
    let extent = i128::try_from(rank).unwrap_or(i128::MAX);
    let from_start = if axis < 0 { axis.saturating_add(extent) } else { axis };
    usize::try_from(from_start).ok().filter(|axis| *axis < rank).ok_or_else(|| {
        let has = match rank {
            0 => "is a scalar, without axes".to_string(),
            1 => "has one axis, 0".to_string(),
            _ => format!("has {rank} axes, 0 to {}", extent.saturating_sub(1)),
        };
        InferenceError::argument(name, format!("`{name}` is {axis}, but the tensor {has}"))
            .help("axes do not count the batch, and negative ones count from the end")
    })
}

/// The number of positions that leading axes hold.
pub(super) fn positions(leading: &[Size]) -> Count {
    Count::product(leading)
}
