//! Values, arithmetic, statements, calls: what a model's text computes, and which layers it applies.
//!
//! Main type: [`Evaluator`], whose methods are spread over this folder by what they evaluate. Layers that are applied go to
//! [`Lowering`], which adds them to the graph. Whatever fails is reported once and becomes [`Value::Poison`].

mod arithmetic;
mod assertion;
mod calls;
mod expression;
mod fields;
mod frame;
mod functions;
mod layers;
pub mod model;
mod pattern;
mod statement;
mod value_limits;

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::errors::Errors;
use super::lower::Lowering;
use super::lower::instantiation_cache::InstantiationCache;
use super::resolve::library::{Definition, Library};
use super::value::{DeclaredLayerId, Layer, Value};
use crate::diagnostic::Diagnostic;
use crate::ir::Builder;
use crate::source::{Location, Span};
use crate::syntax::ast::Expr;
use arithmetic::EvalError;
use frame::Frame;

/// How deep blocks may be nested in blocks.
const BLOCK_DEPTH_LIMIT: usize = 64;
/// How deep expressions may be nested through blocks and functions.
const DEPTH_LIMIT: u32 = 4_000;

/// One model in the making.
struct Evaluator<'p, 'e> {
    library: &'p Library,
    lower: Lowering<'p, 'e>,
    /// Values that take the place of a model's parameters and symbolic sizes.
    set: &'p HashMap<Arc<str>, (Expr, u32)>,
    /// Definitions that are made of themselves, which is reported.
    circular: &'p HashSet<Definition>,
    /// True where a default was needed to decide.
    at_defaults: bool,
    declared_layers: Vec<DeclaredLayer>,
    constants: HashMap<Definition, Value>,
}

/// A declared layer.
#[derive(Clone, Debug)]
struct DeclaredLayer {
    pub path: Arc<str>,
    pub layer: Layer,
    pub uses: u32,
    /// True if it was declared in a further use of another declared layer: its weights exist.
    pub is_further_use: bool,
    pub is_frozen: bool,
    /// True if a use of it failed, which is reported: what it stores is not known.
    pub is_broken: bool,
    pub origin: Location,
}

impl<'p, 'e> Evaluator<'p, 'e> {
    fn new(
        library: &'p Library,
        errors: &'e mut Errors,
        expansions: &'e mut InstantiationCache,
        set: &'p HashMap<Arc<str>, (Expr, u32)>,
        circular: &'p HashSet<Definition>,
        builder: Builder,
    ) -> Evaluator<'p, 'e> {
        Evaluator {
            library,
            lower: Lowering::new(library, errors, expansions, builder),
            set,
            circular,
            at_defaults: false,
            declared_layers: Vec::new(),
            constants: HashMap::new(),
        }
    }

    fn eval_error(&mut self, place: Location, error: EvalError) -> Value {
        let found = Diagnostic::structural(error.code, place, error.message);
        self.lower.report(match error.help {
            Some(help) => found.help(help),
            None => found,
        })
    }

    /// Runs `inside` one level deeper, unless that is too deep.
    fn deeper(&mut self, place: Location, inside: impl FnOnce(&mut Self) -> Value) -> Value {
        if self.lower.depth >= DEPTH_LIMIT {
            return self.lower.error(
                "limit",
                place,
                "expressions are nested too deep through blocks and functions",
            );
        }
        self.lower.depth = self.lower.depth.saturating_add(1);
        let value = inside(self);
        self.lower.depth = self.lower.depth.saturating_sub(1);
        value
    }

    fn declared_layer(&self, id: DeclaredLayerId) -> Option<&DeclaredLayer> {
        self.declared_layers.get(id.0 as usize)
    }

    fn at(&self, frame: &Frame<'p>, span: Span) -> Location {
        self.lower.at(frame.unit, span)
    }
}
