//! Layers applied: from a layer with computed arguments, and the tensors it is sent, to nodes of the graph.
//!
//! Main type: [`Lowering`], the state of one model's graph: what is built, what is named, what went wrong. Whatever fails is
//! reported once and becomes [`Value::Poison`], of which nothing more is said. Knows nothing of expressions: `eval` does.

pub mod apply_layer;
pub mod build_errors;
pub mod inference_errors;
pub mod instantiation_cache;
mod instantiation_key;
pub mod naming;

use std::sync::Arc;

use super::errors::Errors;
use super::resolve::library::{Definition, Library, item_name};
use super::value::{Tensors, Value};
use crate::diagnostic::Diagnostic;
use crate::ir::{Builder, Defaults, InstanceSite, Port, Scope, ScopeId, ScopeKind, Size, Tensor, TensorType};
use crate::layers::OperationCache;
use crate::source::{Location, Span};
use instantiation_cache::InstantiationCache;
use smallvec::smallvec;

/// The most layers of a model, and the most uses of blocks, after expansion.
pub const LAYER_LIMIT: usize = 1_000_000;
/// How many expressions are computed, and rounds gone through, before a model counts as endless.
pub const STEP_LIMIT: u64 = 50_000_000;

/// A model's graph in the making.
pub struct Lowering<'p, 'e> {
    pub library: &'p Library,
    pub errors: &'e mut Errors,
    pub builder: Builder,
    /// True once anything is missing from the graph.
    pub failed: bool,
    /// The uses of blocks that are being expanded, the outermost first.
    pub calls: Vec<Call>,
    /// True inside an `assert`, which is decided at the defaults.
    pub judging: bool,
    /// How deep expressions are nested through blocks and functions.
    pub depth: u32,
    /// What layers that were applied do.
    operations: OperationCache,
    /// What blocks that were used expand to.
    pub expansions: &'e mut InstantiationCache,
    layers: usize,
    /// The uses of blocks and chains so far.
    modules: usize,
    steps: u64,
    stopped: bool,
}

/// A use of a block.
#[derive(Clone, Debug)]
pub struct Call {
    pub definition: Definition,
    pub path: Arc<str>,
    pub place: Location,
    pub inputs: Vec<TensorType>,
}

impl<'p, 'e> Lowering<'p, 'e> {
    pub fn new(
        library: &'p Library,
        errors: &'e mut Errors,
        expansions: &'e mut InstantiationCache,
        builder: Builder,
    ) -> Lowering<'p, 'e> {
        Lowering {
            library,
            errors,
            builder,
            failed: false,
            calls: Vec::new(),
            judging: false,
            depth: 0,
            operations: OperationCache::default(),
            expansions,
            layers: 0,
            modules: 0,
            steps: 0,
            stopped: false,
        }
    }

    pub fn at(&self, unit: u32, span: Span) -> Location {
        self.library.at(unit, span)
    }

    // ── what went wrong ──────────────────────────────────────────────────────────────────────────────────

    /// Reports an error, with the blocks that led to it.
    pub fn report(&mut self, error: Diagnostic) -> Value {
        self.failed = true;
        if !self.errors.has(error.code, error.primary.location) {
            let calls = self.calls.iter().rev().take(3);
            let error = calls.fold(error, |error, call| error.note(self.described(call)));
            self.errors.push(error);
        }
        Value::Poison
    }

    pub fn error(&mut self, code: &'static str, place: Location, message: impl Into<String>) -> Value {
        self.report(Diagnostic::structural(code, place, message))
    }

    /// What follows from an error that is reported already.
    pub fn poison(&mut self) -> Value {
        self.failed = true;
        Value::Poison
    }

    fn described(&self, call: &Call) -> String {
        let written = self.library.sources.text(call.place).split_whitespace().collect::<Vec<_>>().join(" ");
        let written = if written.chars().count() > 60 {
            written.chars().take(59).chain(['…']).collect()
        } else {
            written
        };
        let name = self.library.item(call.definition).and_then(|item| item_name(&item.kind));
        let name = name.map_or("", |name| &name.text);
        let (file, line, column) = self.library.sources.position(call.place);
        let inputs: Vec<_> = call.inputs.iter().map(ToString::to_string).collect();
        let path = if call.path.is_empty() { String::new() } else { format!(", `{}`,", call.path) };
        format!("in `{name}`, used as `{written}`{path} at {file}:{line}:{column} on {}", inputs.join(", "))
    }

    // ── limits ───────────────────────────────────────────────────────────────────────────────────────────

    /// Counts work; false once a model has taken more than any model needs.
    pub fn step(&mut self, cost: u64, place: Location) -> bool {
        self.steps = self.steps.saturating_add(cost);
        if self.steps > STEP_LIMIT && !self.stopped {
            self.stopped = true;
            let message = format!("this model takes more than {} steps to expand", grouped(STEP_LIMIT));
            self.error("limit", place, message);
        }
        if self.stopped {
            self.failed = true;
        }
        !self.stopped
    }

    /// One layer more; false where that is one too many.
    pub fn one_more_layer(&mut self, place: Location) -> bool {
        self.layers = self.layers.saturating_add(1);
        if self.layers > LAYER_LIMIT && !self.stopped {
            self.stopped = true;
            let message = format!("this model has more than {} layers", grouped(LAYER_LIMIT as u64));
            self.error("limit", place, message);
        }
        self.failed |= self.stopped;
        !self.stopped
    }

    /// One use of a block or a chain more; false where that is one too many.
    pub fn one_more_module(&mut self, place: Location) -> bool {
        self.modules = self.modules.saturating_add(1);
        if self.modules > LAYER_LIMIT {
            let limit = grouped(LAYER_LIMIT as u64);
            let message = format!("this model uses blocks and chains more than {limit} times");
            self.error("limit", place, message);
            return false;
        }
        true
    }

    /// A round of a repetition; a single one is no repetition, and opens none.
    pub fn open_round(&mut self, index: u32, of: u32, site: &InstanceSite, here: Location) -> ScopeId {
        if of < 2 {
            return site.scope;
        }
        self.builder.open_scope(Scope {
            kind: ScopeKind::Repeat { index, of },
            path: site.path.clone(),
            parent: Some(site.scope),
            origin: here,
            ..Scope::default()
        })
    }

    // ── symbolic sizes ───────────────────────────────────────────────────────────────────────────────────

    /// The defaults, and something large for a symbol without one.
    pub fn large(&self) -> impl Fn(&str) -> Option<i128> {
        |symbol: &str| Some(self.builder.graph().default_of(symbol).unwrap_or(1 << 20))
    }

    /// Runs something that judges by the defaults of the symbolic sizes.
    pub fn with_defaults<R>(&self, run: impl FnOnce(Defaults) -> R) -> R {
        run(&|symbol: &str| self.builder.graph().default_of(symbol))
    }

    /// A symbol where a number is needed.
    pub fn undecided(&mut self, what: &str, size: &Size, place: Location) -> Value {
        let message = format!("{what} must be a number, but is `{size:#}`");
        self.report(Diagnostic::structural("undecided", place, message).help(set_help(size)))
    }

    // ── tensors ──────────────────────────────────────────────────────────────────────────────────────────

    pub fn type_of(&self, tensor: Tensor) -> TensorType {
        self.builder.type_of(tensor)
    }

    /// The tensors that a value sends: one, or a list's.
    pub fn tensors(&mut self, value: Value, here: Location) -> Option<Tensors> {
        match value.first() {
            Value::Tensor(tensor) => Some(smallvec![tensor]),
            Value::List(values) => values.iter().map(|value| self.one_tensor(value, here)).collect(),
            Value::Poison => {
                self.failed = true;
                None
            }
            other => {
                self.error(
                    "wrong-kind",
                    here,
                    format!("a layer is sent tensors, but this is {}", other.what()),
                );
                None
            }
        }
    }

    fn one_tensor(&mut self, value: &Value, here: Location) -> Option<Tensor> {
        match value.clone().first() {
            Value::Tensor(tensor) => Some(tensor),
            Value::Poison => {
                self.failed = true;
                None
            }
            Value::List(_) => {
                let error = Diagnostic::structural("wrong-kind", here, "a list stands inside several inputs")
                    .help("lists are joined by `+`: `states + [x] -> Concat(axis=0)`");
                self.report(error);
                None
            }
            other => {
                self.error(
                    "wrong-kind",
                    here,
                    format!("a layer is sent tensors, but one of these is {}", other.what()),
                );
                None
            }
        }
    }
}

/// The results of a node as a value.
pub fn results(node: crate::ir::NodeId, count: usize, gives_list: bool) -> Value {
    let port = |output| Value::Tensor(Tensor::Port(Port { node, output }));
    let all = || (0u32..).take(count).map(port).collect();
    match (gives_list, count) {
        (true, _) => Value::list(all()),
        (false, 1) => port(0),
        (false, _) => Value::Outputs(Arc::new(all())),
    }
}

/// What to do where a symbol stands and a number is needed.
pub fn set_help(size: &Size) -> String {
    let symbols = size.symbols();
    let names = symbols.join("`, `");
    let example = symbols.first().map_or("T", String::as_str);
    format!("give `{names}` a number: `--set {example}=…`, or make it a parameter of the model")
}

/// `1,000,000`
pub fn grouped(n: u64) -> String {
    crate::ir::Count::from(u128::from(n)).to_string()
}
