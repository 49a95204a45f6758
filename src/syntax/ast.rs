//! The spanned syntax tree. Spans are bytes of the one file that was parsed.
//!
//! Depth is bounded by the nesting of brackets: operators of one precedence, chains, prefixes and
//! trailers are lists, never nested pairs. A part that could not be read is [`ExprKind::Missing`] or
//! [`StmtKind::Bad`], and has been reported; whatever meets one says nothing more.

use std::sync::Arc;

use crate::source::Span;

/// A whole file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// The `##` paragraph at the top with a blank line after it.
    pub doc: Option<String>,
    /// The items that could be read, in order; each may be known to the next text as well.
    pub items: Vec<Arc<Item>>,
    /// The words of what could not be read outside of any item, and was reported: any of them may name an item.
    pub lost: Vec<Arc<str>>,
}

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The name.
    pub text: Arc<str>,
    /// Its place.
    pub span: Span,
}

/// An item: what stands at the top of a file.
#[derive(Clone, Debug)]
pub struct Item {
    /// The `##` lines above.
    pub doc: Option<String>,
    /// From its keyword to its last token.
    pub span: Span,
    /// What it is.
    pub kind: ItemKind,
}

/// The kinds of items.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `use "blocks.weft": Bottleneck, Stem` or `use std.vision: Bottleneck`.
    Use {
        /// What is imported from.
        source: UseSource,
        /// The place of the source.
        source_span: Span,
        /// What is imported.
        names: Vec<Name>,
    },
    /// `const widths = [64, 128]`; with parameters, a function.
    Const {
        /// Its name.
        name: Name,
        /// A function's parameters.
        parameters: Option<Vec<Parameter>>,
        /// Its value or a function's result.
        value: Expr,
    },
    /// `block Name(parameters) { … }` or `block Name(parameters) = layer`.
    Block {
        /// Its name.
        name: Name,
        /// Its parameters.
        parameters: Vec<Parameter>,
        /// What it is made of.
        body: BlockBody,
    },
    /// `model Name(parameters) { … }`.
    Model {
        /// Its name.
        name: Name,
        /// Its parameters.
        parameters: Vec<Parameter>,
        /// Its statements.
        body: Vec<Stmt>,
    },
    /// `model Name = Other(arguments) { asserts }`.
    Variant {
        /// Its name.
        name: Name,
        /// The model it varies.
        base: Name,
        /// Its arguments (empty for a bare name).
        arguments: Vec<Arg>,
        /// The `assert` statements in its braces.
        asserts: Vec<Stmt>,
    },
}

/// Where a `use` imports from.
#[derive(Clone, Debug, PartialEq)]
pub enum UseSource {
    /// Another file, relative to this one.
    File(Arc<str>),
    /// A path of names: `std.vision`.
    Path(Arc<str>),
}

/// A block's body.
#[derive(Clone, Debug)]
pub enum BlockBody {
    /// `{ … }`
    Statements(Vec<Stmt>),
    /// `= layer`
    Layer(Expr),
}

/// `name` or `name=default` among an item's parameters.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its default.
    pub default: Option<Expr>,
}

impl Parameter {
    /// The parameter's place, its default included.
    pub fn span(&self) -> Span {
        self.default.as_ref().map_or(self.name.span, |default| self.name.span.to(default.span))
    }
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// The `##` lines above.
    pub doc: Option<String>,
    /// From its first to its last token.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

/// The kinds of statements.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `input x: [3, H, W = 224]`, `input memory: [S, D] = x`.
    Input {
        /// Its name.
        name: Name,
        /// True for `int[…]`.
        integer: bool,
        /// The shape pattern.
        pattern: Vec<DimPattern>,
        /// The span of the pattern, `int` included.
        pattern_span: Span,
        /// The tensor that stands in where a caller leaves it out.
        default: Option<Expr>,
    },
    /// `x = …`, `(a, b) = …`
    Assign {
        /// What is bound.
        targets: Targets,
        /// To what.
        value: Expr,
    },
    /// `let n = …`, `let (h, w) = …`
    Let {
        /// What is bound.
        targets: Targets,
        /// To what.
        value: Expr,
    },
    /// `layer f = Conv2d(64)`, `layer f = label: Conv2d(64)`
    Layer {
        /// Its name.
        name: Name,
        /// The path where its weights are stored, instead of its name.
        label: Option<Label>,
        /// The recipe. A leading label is in `label`, never here.
        value: Expr,
    },
    /// `param p: [197, 768]`, `buffer index: int[2401]`, both perhaps with a label: `param p = a.b: [3]`.
    Param {
        /// True for `buffer`.
        buffer: bool,
        /// Its name.
        name: Name,
        /// The path of the tensor, instead of its name.
        label: Option<Label>,
        /// True for `int[…]`.
        integer: bool,
        /// The extents.
        shape: Vec<Expr>,
        /// The span of the shape, `int` included.
        shape_span: Span,
        /// What follows `, trainable=`.
        trainable: Option<Expr>,
    },
    /// `for i, (a, b) in rows { … }`
    For {
        /// The index, where two are named.
        index: Option<Name>,
        /// The element.
        element: Targets,
        /// What is gone through: a list, or an [`ExprKind::Range`].
        over: Expr,
        /// The statements of a round.
        body: Vec<Stmt>,
    },
    /// `if … { } else if … { } else { }`
    If {
        /// Conditions with their branches.
        arms: Vec<(Expr, Vec<Stmt>)>,
        /// The `else` branch.
        otherwise: Option<Vec<Stmt>>,
    },
    /// `assert condition, "message"`
    Assert {
        /// What must hold.
        condition: Expr,
        /// What to say where it does not.
        message: Option<Arc<str>>,
    },
    /// `output y = …`, `output a, b`
    Output {
        /// The name in `output y = …`.
        name: Option<Name>,
        /// The results; exactly one where `name` is given.
        values: Vec<Expr>,
    },
    /// A statement that could not be read, and was reported. It may have bound any of these words.
    Bad {
        /// The words of its text.
        words: Vec<Arc<str>>,
    },
}

/// The left side of a binding.
#[derive(Clone, Debug)]
pub enum Targets {
    /// `x`
    One(Name),
    /// `(a, _, c)`; `_` is a name here and binds nothing.
    Tuple(Vec<Name>, Span),
}

/// One axis of an `input`'s pattern.
#[derive(Clone, Debug)]
pub struct DimPattern {
    /// Its place.
    pub span: Span,
    /// What it says.
    pub kind: DimPatternKind,
}

/// What an axis of a pattern says.
#[derive(Clone, Debug)]
pub enum DimPatternKind {
    /// `_`
    Any,
    /// `...`
    Leading,
    /// An expression that must match; a lone new name (an [`ExprKind::Name`]) is bound instead.
    Expr(Expr),
    /// `W = 224`, `32 * h = 224`: a new name with the default of the whole extent.
    Default(Expr, Expr),
}

/// A path where weights are stored: `layer{stage + 1}[i]`, `"block{s}-{i}"`, `_`.
#[derive(Clone, Debug)]
pub struct Label {
    /// Its place, without the colon.
    pub span: Span,
    /// Its parts, in order. The label `_` is the one text `_` with `quoted` false.
    pub parts: Vec<LabelPart>,
    /// True if it was written as a string.
    pub quoted: bool,
}

/// A part of a label.
#[derive(Clone, Debug)]
pub enum LabelPart {
    /// Words and points as written: `layer`, `.attn`.
    Text(Arc<str>),
    /// `[n]`: a step of its own.
    Step(Expr),
    /// `{n}`: joins the word before it.
    Join(Expr),
}

/// A stage of a chain: `label: layer`. A repetition is part of the layer expression (`Layer(8) * 12`).
#[derive(Clone, Debug)]
pub struct Stage {
    /// Where its weights are stored.
    pub label: Option<Label>,
    /// The layer; in the first stage of a chain perhaps a tensor.
    pub value: Expr,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// From its first to its last token.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// Could not be read; reported already.
    Missing,
    /// `3`, `1_000`, `26M`
    Int(i128),
    /// `0.1`, `1e-5`
    Float(f64),
    /// `"…"`, unescaped.
    Str(Arc<str>),
    /// `true`, `false`
    Bool(bool),
    /// `none`
    None,
    /// A name.
    Name(Arc<str>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `(a)`: a scope of its own for a chain or labelled stage, nothing for anything else.
    Paren(Box<Expr>),
    /// `(a, b)`, `(a,)`: the list `[a, b]`, `[a]`.
    Tuple(Vec<Expr>),
    /// `- - not x`: prefixes, the outermost first.
    Prefix(Vec<(PrefixOp, Span)>, Box<Expr>),
    /// Operators of one precedence, from left to right.
    Infix(Box<Expr>, Vec<(InfixOp, Span, Expr)>),
    /// `a ** b ** c`, from right to left.
    Power(Vec<Expr>),
    /// A call, an index or a field, one after the other: `f(3).weight[0]`.
    Postfix(Box<Expr>, Vec<Trailer>),
    /// `a..b`
    Range(Box<Expr>, Box<Expr>),
    /// `if c { a } else if d { b } else { e }`
    If(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// `a -> label: b -> c`, or a lone labelled stage `label: b`.
    Chain(Vec<Stage>),
}

/// What follows an operand without a blank.
#[derive(Clone, Debug)]
pub struct Trailer {
    /// Its place, brackets and point included.
    pub span: Span,
    /// What it is.
    pub kind: TrailerKind,
}

/// The kinds of trailers.
#[derive(Clone, Debug)]
pub enum TrailerKind {
    /// `(arguments)`
    Call(Vec<Arg>),
    /// `[i]`, `[a..b]`
    Index(Box<Expr>),
    /// `.name`
    Field(Name),
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub struct Arg {
    /// The name in `name=value`.
    pub name: Option<Name>,
    /// The value.
    pub value: Expr,
}

impl Arg {
    /// The argument's place, its name included.
    pub fn span(&self) -> Span {
        self.name.as_ref().map_or(self.value.span, |name| name.span.to(self.value.span))
    }
}

/// `-` and `not`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrefixOp {
    /// `-`
    Negate,
    /// `not`
    Not,
}

/// Operators between two operands, except `**` and `->`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is its sign")]
pub enum InfixOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    MatMul,
}

impl InfixOp {
    /// The operator as it is written.
    pub fn sign(self) -> &'static str {
        match self {
            InfixOp::Or => "or",
            InfixOp::And => "and",
            InfixOp::Equal => "==",
            InfixOp::NotEqual => "!=",
            InfixOp::Less => "<",
            InfixOp::LessEqual => "<=",
            InfixOp::Greater => ">",
            InfixOp::GreaterEqual => ">=",
            InfixOp::Add => "+",
            InfixOp::Subtract => "-",
            InfixOp::Multiply => "*",
            InfixOp::Divide => "/",
            InfixOp::FloorDivide => "//",
            InfixOp::Modulo => "%",
            InfixOp::MatMul => "@",
        }
    }
}
