//! Parts of a tensor: Select, Slice, Gather, and the lists that Split and Chunk give.

use super::{AXIS, MOVES, extent, from_start, moved, replaced, with_axes};
use crate::ir::declaration::{Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Attribute, Axes, Declaration, Family, Operation, Shape, Size, TensorType};
use crate::layers::axes::moves;
use crate::layers::call::Call;
use crate::layers::entry::{Argument, ArgumentKind, Fallback, Layer};
use crate::layers::inference_error::{ErrorSubject, InferenceError};

/// The most tensors that a list from one layer holds.
const MOST_PARTS: usize = 65_536;

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Select",
            family: Family::Shape,
            axes: Axes::Taken(moves::selected),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "One entry of an axis, and the axis dropped; `x[i]` is `Select(0, i)`.",
        arguments: &[
            AXIS,
            Argument::required(
                "index",
                &[],
                ArgumentKind::Size,
                "which entry; negative ones count from the end",
            ),
        ],
        shape: "[A, B, C] → [A, C] with axis = 1",
        example: "model Example {\n    input x: [197, 768]\n    \
            output y = x -> Select(axis=0, index=0) -> Linear(10)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.select.html",
        apply: select,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "Slice",
            family: Family::Shape,
            axes: Axes::Taken(moves::sliced),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "A range of an axis; `x[a..b]` is `Slice(0, a, b)`.",
        arguments: &[
            AXIS,
            Argument::optional("start", &[], ArgumentKind::Size, Fallback::Integer(0), "the first entry"),
            Argument::optional(
                "stop",
                &["end"],
                ArgumentKind::Size,
                Fallback::None,
                "one past the last entry; `none`: to the end",
            ),
            Argument::optional(
                "step",
                &[],
                ArgumentKind::Size,
                Fallback::Integer(1),
                "steps from entry to entry",
            ),
        ],
        shape: "[A, B] → [⌈(stop − start) / step⌉, B] with axis = 0",
        example: "model Example {\n    input x: [197, 768]\n    output y = x -> Slice(axis=0, start=1)\n}\n",
        reference: "https://numpy.org/doc/stable/user/basics.indexing.html",
        apply: slice,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "Split",
            family: Family::Shape,
            axes: Axes::Taken(moves::part),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "A list of parts of an axis: of one size each, the last perhaps smaller, or of the sizes \
            given.",
        arguments: &[
            Argument::required(
                "sizes",
                &["split_size_or_sections", "split_size"],
                ArgumentKind::Sizes,
                "the size of every part, or a list with the size of each",
            ),
            Argument::required("axis", &[], ArgumentKind::Axis, "the axis that is cut"),
        ],
        shape: "[A + B, C] → [A, C], [B, C] with sizes = [A, B], axis = 0",
        example: "model Example {\n    input x: [96, 28, 28]\n    \
            (a, b) = x -> Split([32, 64], axis=0)\n    output a, b\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.split.html",
        apply: split,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "Chunk",
            family: Family::Shape,
            axes: Axes::Taken(moves::part),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "A list of so many parts of an axis, of one size, the last perhaps smaller.",
        arguments: &[
            Argument::required("chunks", &[], ArgumentKind::Integer, "how many parts"),
            Argument::required("axis", &[], ArgumentKind::Axis, "the axis that is cut"),
        ],
        shape: "[n·A, B] → n times [A, B] with chunks = n, axis = 0",
        example: "model Example {\n    input x: [16, 256]\n    (gate, up) = x -> Chunk(2, axis=-1)\n    \
            output (gate -> SiLU) * up\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.chunk.html",
        apply: chunk,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "Gather",
            family: Family::Shape,
            axes: Axes::Taken(moves::gathered),
            features: Features::NONE,
            response: &[Response::Moves, Response::Indexes],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "Entries of an axis, picked and ordered by an integer tensor or by a constant list.",
        arguments: &[
            AXIS,
            Argument::optional(
                "indices",
                &[],
                ArgumentKind::Integers,
                Fallback::None,
                "a constant list in place of the second input; negative ones count from the end",
            ),
        ],
        inputs: &["x", "[indices]"],
        shape: "[A, B, C], int[I, J] → [A, I, J, C] with axis = 1",
        cost: "none: look-ups",
        example: "model Example {\n    input x: [197, 768]\n    \
            output y = x -> Gather(axis=0, indices=[0, 1])\n}\n",
        reference: "https://onnx.ai/onnx/operators/onnx__Gather.html",
        apply: gather,
        ..MOVES
    },
];

fn select(call: &Call) -> Result<Operation, InferenceError> {
    let shape = with_axes(call)?;
    let axis = call.axis("axis", shape.rank())?;
    let extent = extent(shape, axis);
    from_start(call, "index", &call.size("index")?, &extent, &(&extent - 1))?;
    moved(call, replaced(shape, axis, []))
}

fn slice(call: &Call) -> Result<Operation, InferenceError> {
    let shape = with_axes(call)?;
    let axis = call.axis("axis", shape.rank())?;
    let extent = extent(shape, axis);
    let start = from_start(call, "start", &call.size("start")?, &extent, &extent)?;
    let stop = match call.value("stop") {
        Attribute::Size(stop) => from_start(call, "stop", &stop, &extent, &extent)?,
        _ => extent.clone(),
    };
    let length = &stop - &start;
    call.not_empty(&length, || {
        format!("the range from {start:#} to {stop:#} of an axis of {extent:#} holds nothing")
    })?;
    let step = call.size_from("step", 1)?;
    let length = length.ceil_div(&step).unwrap_or(length);
    let arguments = vec![("start", Attribute::from(start)), ("stop", Attribute::from(stop))];
    Ok(Operation { arguments, ..moved(call, replaced(shape, axis, [length]))? })
}

fn split(call: &Call) -> Result<Operation, InferenceError> {
    let shape = with_axes(call)?;
    let axis = call.axis("axis", shape.rank())?;
    let extent = extent(shape, axis);
    let sizes = call.sizes("sizes");
    if let Some(wrong) = sizes.iter().find(|size| size.is_less(&Size::from(1)) == Some(true)) {
        return Err(InferenceError::argument(
            "sizes",
            format!("a part holds at least one entry, but `sizes` has {wrong:#}"),
        ));
    }
    let sizes = match call.value("sizes") {
        Attribute::Size(each) => equal_parts(&extent, &each, ErrorSubject::Argument("sizes"))?,
        _ => sizes,
    };
    let sum = sizes.iter().fold(Size::from(0), |sum, size| sum + size);
    if sum != extent {
        let message = format!("`sizes` adds up to {sum:#}, but axis {axis} of {shape} is {extent:#}");
        return Err(InferenceError::new("shape-mismatch", ErrorSubject::Argument("sizes"), message));
    }
    parts(call, shape, axis, sizes)
}

fn chunk(call: &Call) -> Result<Operation, InferenceError> {
    let shape = with_axes(call)?;
    let axis = call.axis("axis", shape.rank())?;
    let extent = extent(shape, axis);
    let chunks = call.size_from("chunks", 1)?;
    let sizes = match (extent.exact_div(&chunks), extent.as_number()) {
        (Some(each), _) => equal_parts(&extent, &each, ErrorSubject::Argument("chunks"))?,
        (None, Some(_)) => {
            let each = extent.ceil_div(&chunks).unwrap_or_else(|| extent.clone());
            equal_parts(&extent, &each, ErrorSubject::Argument("chunks"))?
        }
        (None, None) => {
            let message = format!("axis {axis} of {shape} is not known to divide into {chunks} equal parts");
            return Err(InferenceError::new("undecided", ErrorSubject::Argument("chunks"), message).help(
                format!(
                    "promise it where the symbol comes from, as in `input x: [{chunks} * n]`, or give it a \
                    number with `--set`"
                ),
            ));
        }
    };
    parts(call, shape, axis, sizes)
}

/// As many parts of one size as an extent has, the last what is left.
fn equal_parts(extent: &Size, each: &Size, about: ErrorSubject) -> Result<Vec<Size>, InferenceError> {
    let count = extent.ceil_div(each).unwrap_or_else(|| extent.clone());
    let number =
        count.as_number().ok_or_else(|| InferenceError::undecided(about, "the number of parts", &count))?;
    let whole = usize::try_from(number).ok().filter(|count| *count <= MOST_PARTS).ok_or_else(|| {
        let message = format!("an axis of {extent:#} in parts of {each:#} gives a list of {number} tensors");
        InferenceError::new("limit", about, message)
            .help(format!("a list from one layer holds at most {MOST_PARTS}"))
    })?;
    let before = whole.saturating_sub(1);
    let last = extent - each * Size::from(before);
    Ok(std::iter::repeat_n(each.clone(), before).chain([last]).collect())
}

fn parts(call: &Call, shape: &Shape, axis: usize, sizes: Vec<Size>) -> Result<Operation, InferenceError> {
    let dtype = call.input()?.dtype;
    let part = |size: Size| TensorType { shape: replaced(shape, axis, [size]), dtype };
    let outputs = sizes.into_iter().map(part).collect();
    Ok(Operation { gives_list: true, ..Operation::new(call.layer, outputs) })
}

fn gather(call: &Call) -> Result<Operation, InferenceError> {
    let shape = with_axes(call)?;
    let axis = call.axis("axis", shape.rank())?;
    let extent = extent(shape, axis);
    let picked = match (call.inputs.get(1), call.value("indices")) {
        (Some(indices), Attribute::None) => {
            integers(indices)?;
            indices.shape.dims().to_vec()
        }
        (None, Attribute::List(_)) => {
            let indices = call.sizes("indices");
            for index in &indices {
                from_start(call, "indices", index, &extent, &(&extent - 1))?;
            }
            let count = Size::from(indices.len());
            call.not_empty(&count, || "an empty list of `indices` picks nothing".to_string())?;
            vec![count]
        }
        (None, Attribute::Size(index)) => {
            from_start(call, "indices", &index, &extent, &(&extent - 1))?;
            Vec::new()
        }
        (indices, _) => {
            let found = if indices.is_some() { "both are given" } else { "neither is given" };
            let message = format!("`Gather` takes its indices as a second tensor or as `indices`; {found}");
            return Err(InferenceError::new("wrong-count", ErrorSubject::Layer, message));
        }
    };
    moved(call, replaced(shape, axis, picked))
}

fn integers(indices: &TensorType) -> Result<(), InferenceError> {
    if indices.dtype.is_integer() {
        return Ok(());
    }
    let message = format!("`Gather` picks by integers, but the second tensor, {indices}, is floating-point");
    Err(InferenceError::new("wrong-kind", ErrorSubject::Input(1), message).help("declare it `int[…]`"))
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, TensorType};
    use crate::layers::test_call::{floats, ints, refused, run};

    fn result(name: &str, arguments: &[(&str, Attribute)], inputs: &[TensorType]) -> TensorType {
        run(name, arguments, inputs).outputs.remove(0)
    }

    fn at(axis: i128, rest: &[(&'static str, i128)]) -> Vec<(&'static str, Attribute)> {
        let rest = rest.iter().map(|(name, n)| (*name, Attribute::from(*n)));
        std::iter::once(("axis", Attribute::from(axis))).chain(rest).collect()
    }

    #[test]
    fn selecting_drops_the_axis_and_stays_inside() {
        assert_eq!(result("Select", &at(1, &[("index", -4)]), &[ints([3, 4, 5])]), ints([3, 5]));
        let beyond = refused("Select", &at(0, &[("index", 3)]), &[floats([3, 4])]);
        assert_eq!(beyond.message, "`index` is 3, outside the axis of 3");
        assert_eq!(beyond.help, ["it goes from -3 to 2"]);
        assert_eq!(refused("Select", &at(0, &[("index", -4)]), &[floats([3, 4])]).code, "invalid-argument");
    }

    #[test]
    fn a_slice_counts_its_steps_rounded_up() {
        let rows = |rest: &[(&'static str, i128)]| result("Slice", &at(0, rest), &[floats([10, 2])]);
        assert_eq!(rows(&[("start", 1)]), floats([9, 2]));
        assert_eq!(rows(&[("start", -3), ("stop", -1)]), floats([2, 2]));
        assert_eq!(rows(&[("step", 3)]), floats([4, 2]));
        assert_eq!(rows(&[("start", 1), ("stop", 10), ("step", 3)]), floats([3, 2]));
    }

    #[test]
    fn a_slice_outside_or_of_nothing_is_refused() {
        let error = |rest: &[(&'static str, i128)]| refused("Slice", &at(0, rest), &[floats([10])]);
        assert_eq!(error(&[("stop", 11)]).message, "`stop` is 11, outside the axis of 10");
        assert_eq!(error(&[("start", -11)]).code, "invalid-argument");
        assert_eq!(error(&[("start", 4), ("stop", 4)]).code, "empty-output");
        assert_eq!(error(&[("step", 0)]).code, "invalid-argument");
    }

    #[test]
    fn split_cuts_by_size_or_by_a_list_of_sizes() {
        let by = |sizes: Attribute| {
            run("Split", &[("sizes", sizes), ("axis", Attribute::from(0))], &[floats([10, 2])])
        };
        let each = by(Attribute::from(4));
        assert!(each.gives_list);
        assert_eq!(each.outputs, [floats([4, 2]), floats([4, 2]), floats([2, 2])]);
        assert_eq!(by(Attribute::from(vec![3i128, 7])).outputs, [floats([3, 2]), floats([7, 2])]);
        let sizes = Attribute::from(vec![3i128, 6]);
        let short = refused("Split", &[("sizes", sizes), ("axis", Attribute::from(0))], &[floats([10, 2])]);
        assert_eq!(short.message, "`sizes` adds up to 9, but axis 0 of [10, 2] is 10");
    }

    #[test]
    fn chunk_gives_parts_as_pytorch_does_even_fewer() {
        let chunks = |n: i128| run("Chunk", &at(-1, &[("chunks", n)]), &[floats([5])]).outputs;
        assert_eq!(chunks(2), [floats([3]), floats([2])]);
        assert_eq!(chunks(4), [floats([2]), floats([2]), floats([1])]);
        assert_eq!(chunks(9).len(), 5);
        assert_eq!(refused("Chunk", &at(0, &[("chunks", 0)]), &[floats([5])]).code, "invalid-argument");
    }

    #[test]
    fn a_list_of_too_many_tensors_is_refused_before_it_is_made() {
        let long = [floats([1 << 40])];
        assert_eq!(refused("Chunk", &at(0, &[("chunks", 1 << 39)]), &long).code, "limit");
        assert_eq!(refused("Split", &at(0, &[("sizes", 1)]), &[floats([65_537])]).code, "limit");
        assert_eq!(run("Split", &at(0, &[("sizes", 1)]), &[floats([65_536])]).outputs.len(), 65_536);
    }

    #[test]
    fn gathering_puts_the_axes_of_the_indices_in_place_of_one() {
        let table = [floats([3, 9, 5])];
        let with = |indices: TensorType| [floats([3, 9, 5]), indices];
        assert_eq!(result("Gather", &at(1, &[]), &with(ints([2, 7]))), floats([3, 2, 7, 5]));
        let list =
            |indices: &[i128]| [("axis", Attribute::from(1)), ("indices", Attribute::from(indices.to_vec()))];
        assert_eq!(result("Gather", &list(&[0, 8, -9]), &table), floats([3, 3, 5]));
        assert_eq!(result("Gather", &at(1, &[("indices", 4)]), &table), floats([3, 5]));
        assert_eq!(refused("Gather", &list(&[9]), &table).code, "invalid-argument");
        assert_eq!(refused("Gather", &at(1, &[]), &with(floats([2]))).code, "wrong-kind");
        assert_eq!(refused("Gather", &at(1, &[]), &table).code, "wrong-count");
    }
}
