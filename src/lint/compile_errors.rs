//! What keeps a graph from being built: the documentation of every structural error.
//!
//! Main table: [`COMPILE_ERRORS`]. The errors themselves are made where they are found; none can be allowed or lowered.

/// A structural error.
#[derive(Debug)]
pub struct CompileError {
    /// Its name, in kebab-case.
    pub name: &'static str,
    /// What is wrong, in a line.
    pub summary: &'static str,
    /// What it means, and how it is decided.
    pub meaning: &'static str,
    /// A program that has it.
    pub example: &'static str,
    /// The same program, fixed.
    pub fixed: &'static str,
    /// How to fix it.
    pub fix: &'static str,
}

/// Every structural error, from the text to the numbers.
pub static COMPILE_ERRORS: &[CompileError] = &[
    CompileError {
        name: "syntax",
        summary: "the text is not Weft",
        meaning: "\
A character, a bracket or a word stands where the language has no place for it. What is left is still read, so one such \
error does not hide the next; a statement that could not be read says nothing else.",
        example: "model Net {\n    input x: [3, 32, 32]\n    output y = x ->\n}\n",
        fixed: "model Net {\n    input x: [3, 32, 32]\n    output y = x -> ReLU\n}\n",
        fix: "The message says what was expected and after what.",
    },
    CompileError {
        name: "unknown-name",
        summary: "nothing is called by this name here",
        meaning: "\
A tensor, value, parameter or size is read that was not bound before, or a part of a layer that it does not have, or one \
whose shape no use has fixed yet. A name first bound in a round of a `for` is not known outside it.",
        example: "model Net {\n    input image: [3, 32, 32]\n    output y = imgae -> ReLU\n}\n",
        fixed: "model Net {\n    input image: [3, 32, 32]\n    output y = image -> ReLU\n}\n",
        fix: "Bind the name first, or write the one that is suggested.",
    },
    CompileError {
        name: "unknown-layer",
        summary: "no layer or block is called by this name",
        meaning: "\
A stage names something that is no layer of the catalogue, no block of the file or its imports, no declared layer and no \
parameter. Unused blocks and branches not taken are checked as well.",
        example: "model Net {\n    input x: [10]\n    output y = x -> Linaer(5)\n}\n",
        fixed: "model Net {\n    input x: [10]\n    output y = x -> Linear(5)\n}\n",
        fix: "`weft layer` lists the catalogue. Import the block, or write the name that is suggested.",
    },
    CompileError {
        name: "unknown-argument",
        summary: "the layer has no argument of this name",
        meaning: "\
The named argument is none of the layer's or block's. PyTorch's and Keras's names for an argument are known; `dim` is \
written `axis`, because axes do not count the batch.",
        example: "model Net {\n    input x: [3, 32, 32]\n    output y = x -> Conv2d(8, kernel=3, strid=2)\n}\n",
        fixed: "model Net {\n    input x: [3, 32, 32]\n    output y = x -> Conv2d(8, kernel=3, stride=2)\n}\n",
        fix: "`weft layer NAME` lists a layer's arguments.",
    },
    CompileError {
        name: "invalid-argument",
        summary: "an argument cannot have this value",
        meaning: "\
The value is of the wrong kind (a string where a size belongs) or out of range: a kernel of 0, a dropout rate past 1, an \
axis that the input does not have.",
        example: "model Net {\n    input x: [10]\n    output y = x -> Dropout(1.5)\n}\n",
        fixed: "model Net {\n    input x: [10]\n    output y = x -> Dropout(0.5)\n}\n",
        fix: "The message says what the argument takes.",
    },
    CompileError {
        name: "missing-argument",
        summary: "an argument without a default is left out",
        meaning: "The layer or block cannot be applied without it. Channels of the input are never an argument.",
        example: "model Net {\n    input x: [3, 32, 32]\n    output y = x -> Conv2d(8)\n}\n",
        fixed: "model Net {\n    input x: [3, 32, 32]\n    output y = x -> Conv2d(8, kernel=3)\n}\n",
        fix: "Give it.",
    },
    CompileError {
        name: "wrong-kind",
        summary: "a tensor, a layer or a value is used where another is expected",
        meaning: "\
A tensor is what flows through the model, a layer is what it flows through, a value is known before: one cannot stand for \
another. A condition must be true or false.",
        example: "model Net {\n    input x: [10]\n    let n = 3\n    output y = if n { x } else { x -> ReLU }\n}\n",
        fixed: "model Net {\n    input x: [10]\n    let n = 3\n    output y = if n > 0 { x } else { x -> ReLU }\n}\n",
        fix: "The message says what was found and what was expected.",
    },
    CompileError {
        name: "wrong-count",
        summary: "there are more or fewer than needed",
        meaning: "\
A layer takes another number of inputs, gives another number of results than are taken apart, or a list has another \
length.",
        example: "model Net {\n    input x: [10]\n    output y = (x, x) -> Linear(5)\n}\n",
        fixed: "model Net {\n    input x: [10]\n    output y = (x, x) -> Concat(axis=0) -> Linear(5)\n}\n",
        fix: "The message has both numbers.",
    },
    CompileError {
        name: "duplicate-name",
        summary: "two things would have one name",
        meaning: "\
Two layers are stored under one path, two tensors under one name, or two items, parameters or inputs are called the same. \
Both places are shown.",
        example: "model Net {\n    input x: [10]\n    output y = x -> fc: Linear(5) -> fc: Linear(5)\n}\n",
        fixed: "model Net {\n    input x: [10]\n    output y = x -> fc1: Linear(5) -> fc2: Linear(5)\n}\n",
        fix: "Label them apart. To use one set of weights twice, declare it: `layer fc = Linear(5)`.",
    },
    CompileError {
        name: "shape-mismatch",
        summary: "shapes that must agree do not",
        meaning: "\
The operands of an addition, a concatenation or a matrix product, or an input and its pattern, have different extents, or a \
layer takes another rank. Two sizes are equal when their formulas are: what cannot be shown equal is an error even where the \
defaults agree. The message shows both shapes and where each comes from.",
        example: "model Net {\n    input x: [3, 32, 32]\n    output y = x + (x -> Conv2d(3, kernel=3))\n}\n",
        fixed: "model Net {\n    input x: [3, 32, 32]\n    output y = x + (x -> Conv2d(3, kernel=3, pad=1))\n}\n",
        fix: "Change the layer at which the shapes parted: padding, stride or channels.",
    },
    CompileError {
        name: "empty-output",
        summary: "a result would hold nothing",
        meaning: "\
An extent of the result would be 0 or less, mostly because a kernel is larger than the padded map. Where the extent is \
symbolic only the defaults count.",
        example: "model Net {\n    input x: [3, 5, 5]\n    output y = x -> Conv2d(8, kernel=7)\n}\n",
        fixed: "model Net {\n    input x: [3, 5, 5]\n    output y = x -> Conv2d(8, kernel=7, pad=3)\n}\n",
        fix: "Pad, take a smaller kernel, or reduce the map less before.",
    },
    CompileError {
        name: "indivisible",
        summary: "a number does not divide another",
        meaning: "\
Groups must divide the channels, heads the width, key heads the heads, r² the channels of a PixelShuffle; a rotary width is \
even. The nearest values that work are named.",
        example: "model Net {\n    input x: [6, 32, 32]\n    output y = x -> Conv2d(8, kernel=3, groups=4)\n}\n",
        fixed: "model Net {\n    input x: [6, 32, 32]\n    output y = x -> Conv2d(8, kernel=3, groups=2)\n}\n",
        fix: "Take one of the values that are named.",
    },
    CompileError {
        name: "tie-mismatch",
        summary: "two tied tensors have different shapes",
        meaning: "\
`weight=other.weight` makes two layers store one tensor, so its shape must be what both need. A Linear's weight is \
[out, in], an Embedding's [entries, width].",
        example: "\
model Net {
    input tokens: int[16]
    layer words = Embedding(1000, 64)
    output y = tokens -> words -> Linear(500, bias=false, weight=words.weight)
}
",
        fixed: "\
model Net {
    input tokens: int[16]
    layer words = Embedding(1000, 64)
    output y = tokens -> words -> Linear(1000, bias=false, weight=words.weight)
}
",
        fix: "Give both layers the same sizes.",
    },
    CompileError {
        name: "undecided",
        summary: "a symbolic size is used where a number is needed",
        meaning: "\
What shapes the graph must be a number: conditions, ranges, list lengths, repetition counts and every weight's shape. A \
size that a model's input leaves open is a symbol, even with a default.",
        example: "model Net {\n    input x: [T]\n    output y = x -> Linear(5)\n}\n",
        fixed: "model Net(t=64) {\n    input x: [t]\n    output y = x -> Linear(5)\n}\n",
        fix: "Give the symbol a number with `--set`, or make it a parameter of the model.",
    },
    CompileError {
        name: "recursion",
        summary: "a definition is made of itself",
        meaning: "A block, constant or function leads back to itself, directly or through others. A program always ends.",
        example: "\
block Deep = Linear(5) -> Deep

model Net {
    input x: [5]
    output y = x -> Deep
}
",
        fixed: "\
block Deep = Linear(5) -> ReLU

model Net {
    input x: [5]
    output y = x -> Deep * 3
}
",
        fix: "Repeat with `* n` or a `for`.",
    },
    CompileError {
        name: "import",
        summary: "an import cannot be resolved",
        meaning: "\
The file does not exist, cannot be read, lies outside the project, imports its importer, or has no such item. Imports are \
relative to the file they stand in and stay inside the project's root, the nearest folder upwards with a `weft.toml` or a \
`.git`. `std.` needs no file.",
        example: "\
use \"missing.weft\": Stem

model Net {
    input x: [5]
    output y = x -> Stem
}
",
        fixed: "\
block Stem = Linear(5) -> ReLU

model Net {
    input x: [5]
    output y = x -> Stem
}
",
        fix: "Fix the path or the name.",
    },
    CompileError {
        name: "limit",
        summary: "the program is larger than the limits allow",
        meaning: "\
A source file holds at most 16 MiB, brackets nest 256 deep, blocks 64 deep, a model has a million layers, a program a \
thousand imported files. The limits are checked before the memory is taken.",
        example: "model Net {\n    input x: [5]\n    output y = x -> ReLU * 2_000_000\n}\n",
        fixed: "model Net {\n    input x: [5]\n    output y = x -> ReLU * 2\n}\n",
        fix: "Usually a number is mistyped.",
    },
    CompileError {
        name: "count-overflow",
        summary: "a count passes 128 bits",
        meaning: "Elements, parameters and costs are exact integers. One that passes 128 bits is an error, never a wrap.",
        example: "\
model Net {
    input x: [9_000_000_000, 9_000_000_000, 9_000_000_000, 9_000_000_000]
    output y = x -> Flatten
}
",
        fixed: "model Net {\n    input x: [9_000_000_000, 9]\n    output y = x -> Flatten\n}\n",
        fix: "Usually a number is mistyped.",
    },
];
