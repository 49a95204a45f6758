//! The functions of the language, and what is said of them. What they compute is in `functions`.

/// A function of the language.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// What it takes, as it is shown.
    pub parameters: &'static [&'static str],
    /// What it gives, in one sentence.
    pub summary: &'static str,
}

/// Every function, in the order of the language's documentation.
pub static FUNCTIONS: &[Function] = &[
    Function {
        name: "min",
        parameters: &["a", "b", "…"],
        summary: "The least of several sizes or numbers, or of a list.",
    },
    Function {
        name: "max",
        parameters: &["a", "b", "…"],
        summary: "The greatest of several sizes or numbers, or of a list.",
    },
    Function { name: "ceil", parameters: &["x"], summary: "The least integer that is not below a number." },
    Function {
        name: "floor",
        parameters: &["x"],
        summary: "The greatest integer that is not above a number.",
    },
    Function {
        name: "round",
        parameters: &["x"],
        summary: "The nearest integer; a half goes to the even one.",
    },
    Function { name: "len", parameters: &["list"], summary: "How many entries a list has." },
    Function { name: "sum", parameters: &["list"], summary: "The sum of a list's entries." },
    Function { name: "reverse", parameters: &["list"], summary: "A list, its last entry first." },
    Function {
        name: "arange",
        parameters: &["from", "to"],
        summary: "The integers up to a size as a tensor: `arange(T)`, `arange(a, b)`.",
    },
    Function {
        name: "zeros",
        parameters: &["shape", "dtype=\"float\""],
        summary: "A tensor of zeros: `zeros([T, T])`, of integers with `dtype=\"int\"`.",
    },
    Function {
        name: "randn",
        parameters: &["shape", "dtype=\"float\""],
        summary: "A tensor of random numbers, normally distributed.",
    },
];

/// The function of a name.
pub fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}
