//! Models: which are complete, with which arguments, and their graphs.

use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::Evaluator;
use super::frame::{BodyResult, Frame};
use crate::front::weft::errors::Errors;
use crate::front::weft::lower::instantiation_cache::InstantiationCache;
use crate::front::weft::resolve::collect_names;
use crate::front::weft::resolve::fingerprint::Fingerprint;
use crate::front::weft::resolve::library::{Definition, Library, item_name};
use crate::front::weft::value::Value;
use crate::ir::{Builder, Count, Graph, InstanceSite, Size};
use crate::source::Location;
use crate::syntax::ast::{Arg, DimPatternKind, Expr, ItemKind, Stmt, StmtKind};

/// A model, its variants followed back to the one that has statements.
#[derive(Debug)]
pub struct Plan<'p> {
    pub name: Arc<str>,
    pub definition: Definition,
    base: Definition,
    doc: Option<&'p str>,
    place: Location,
    /// By parameter of the base: the expression that takes the place of its default, and its file.
    arguments: Vec<Option<(&'p Expr, u32)>>,
    asserts: Vec<(u32, &'p Stmt)>,
}

/// Values for parameters and symbolic sizes, each with the number of the file it was parsed as.
pub type Set = HashMap<Arc<str>, (Expr, u32)>;

impl<'p> Plan<'p> {
    /// The plan of a model; `None` where its base is missing or goes in a circle, which is reported elsewhere.
    pub fn of(library: &'p Library, definition: Definition) -> Option<Plan<'p>> {
        let item = library.item(definition)?;
        let name = item_name(&item.kind)?.text.clone();
        let mut variants = Vec::new();
        let mut base = definition;
        while let Some(ItemKind::Variant { base: next, arguments, asserts, .. }) =
            library.item(base).map(|item| &item.kind)
        {
            variants.push((base.unit, arguments, asserts));
            base = library.find(base.unit, &next.text)?;
            if variants.len() > library.files.iter().map(|unit| unit.tree.items.len()).sum() {
                return None;
            }
        }
        if !matches!(library.item(base)?.kind, ItemKind::Model { .. }) {
            return None;
        }
        let mut plan = Plan {
            name,
            definition,
            base,
            doc: item.doc.as_deref(),
            place: library.at(definition.unit, item.span),
            arguments: vec![None; library.parameters(base).len()],
            asserts: Vec::new(),
        };
        for (unit, arguments, asserts) in variants.into_iter().rev() {
            plan.vary(library, unit, arguments);
            plan.asserts.extend(asserts.iter().map(|stmt| (unit, stmt)));
        }
        Some(plan)
    }

    fn vary(&mut self, library: &'p Library, unit: u32, arguments: &'p [Arg]) {
        let parameters = library.parameters(self.base);
        let mut next = 0usize;
        for argument in arguments {
            let slot = match &argument.name {
                Some(name) => parameters.iter().position(|parameter| parameter.name.text == name.text),
                None => {
                    next = next.saturating_add(1);
                    next.checked_sub(1)
                }
            };
            if let Some(slot) = slot.and_then(|slot| self.arguments.get_mut(slot)) {
                *slot = Some((&argument.value, unit));
            }
        }
    }

    /// The parameters that have no value.
    pub fn open(&self, library: &Library, set: &Set) -> Vec<String> {
        library
            .parameters(self.base)
            .iter()
            .zip(&self.arguments)
            .filter(|(parameter, given)| {
                parameter.default.is_none() && given.is_none() && !set.contains_key(&parameter.name.text)
            })
            .map(|(parameter, _)| parameter.name.text.to_string())
            .collect()
    }

    /// The names that can be set: parameters, and new names in the shapes of inputs.
    pub fn settable(&self, library: &Library) -> Vec<String> {
        let parameters =
            library.parameters(self.base).iter().map(|parameter| parameter.name.text.to_string());
        let mut names: Vec<String> = parameters.collect();
        for stmt in library.body(self.base) {
            let StmtKind::Input { pattern, .. } = &stmt.kind else { continue };
            for dim in pattern {
                let (DimPatternKind::Expr(expr) | DimPatternKind::Default(expr, _)) = &dim.kind else {
                    continue;
                };
                let mut found = Vec::new();
                collect_names(expr, &mut found);
                for (name, _) in found {
                    if library.find(self.base.unit, &name).is_none()
                        && !names.iter().any(|known| **known == *name)
                    {
                        names.push(name.to_string());
                    }
                }
            }
        }
        names
    }

    /// Builds the model's graph; `None` where an error stands in its way.
    pub fn build(
        &self,
        library: &'p Library,
        errors: &mut Errors,
        expansions: &mut InstantiationCache,
        set: &'p Set,
        circular: &'p HashSet<Definition>,
        fingerprint: Option<Fingerprint>,
    ) -> Option<Arc<Graph>> {
        let mut builder = Builder::new(self.name.clone(), self.place);
        builder.document(self.doc.map(Arc::from));
        let mut evaluator = Evaluator::new(library, errors, expansions, set, circular, builder);
        let is_whole = self.fill(&mut evaluator).is_some();
        let (graph, reservations) = evaluator.lower.builder.finish_with_reservations();
        let graph = is_whole.then(|| Arc::new(graph));
        expansions.close(graph.as_ref(), reservations, fingerprint);
        graph
    }

    /// Fills the graph; `None` where an error stands in its way.
    fn fill(&self, evaluator: &mut Evaluator<'p, '_>) -> Option<()> {
        let library = evaluator.library;
        let mut frame = Frame::new(self.base.unit, InstanceSite::root());
        let given = self.given(evaluator);
        evaluator.bind_parameters(&mut frame, self.base, &given, self.place)?;
        evaluator.run(&mut frame, library.body(self.base));
        frame.asserts.extend(self.asserts.iter().copied());
        evaluator.outputs(&mut frame);
        if evaluator.lower.failed {
            return None;
        }
        let about_shapes = std::mem::take(&mut frame.asserts);
        let own = frame.unit;
        for (unit, stmt) in about_shapes {
            frame.unit = unit;
            evaluator.assert(&mut frame, stmt);
        }
        frame.unit = own;
        evaluator.deferred(&mut frame);
        evaluator.sums_countable(self.place);
        evaluator.least_sizes();
        (!evaluator.lower.failed).then_some(())
    }

    fn given(&self, evaluator: &mut Evaluator<'p, '_>) -> Vec<Option<Value>> {
        let library = evaluator.library;
        let parameters = library.parameters(self.base);
        let mut given = Vec::new();
        for (parameter, argument) in parameters.iter().zip(&self.arguments) {
            let set = evaluator.set_value(&parameter.name.text);
            given.push(match (set, argument) {
                (Some(value), _) => Some(value),
                (None, Some((expr, unit))) => {
                    let mut frame = Frame::new(*unit, InstanceSite::root());
                    Some(evaluator.eval(&mut frame, expr).first())
                }
                (None, None) => None,
            });
        }
        given
    }
}

impl<'p> Evaluator<'p, '_> {
    /// The value that is set for a name.
    pub fn set_value(&mut self, name: &str) -> Option<Value> {
        let set = self.set;
        let (expr, unit) = set.get(name)?;
        let mut frame = Frame::new(*unit, InstanceSite::root());
        Some(self.eval(&mut frame, expr).first())
    }

    /// Reports sums over the whole model that pass 128 bits.
    fn sums_countable(&mut self, here: Location) {
        let stored: Count =
            self.lower.builder.graph().weights().map(|(_, weight)| weight.shape.elements()).sum();
        let macs: Count = self.lower.builder.graph().nodes().map(|(_, node)| &node.operation.macs).sum();
        for (what, count) in [("stored elements", stored), ("multiply-accumulates", macs)] {
            if count.is_overflow() {
                let message = format!("the {what} of this model cannot be counted in 128 bits");
                self.lower.error("count-overflow", here, message);
            }
        }
    }

    /// The model's results by their names.
    fn outputs(&mut self, frame: &mut Frame<'p>) {
        let results = std::mem::take(&mut frame.outputs);
        let unnamed = results.iter().filter(|result| result.name.is_none()).count();
        let mut number = 0u32;
        let site = frame.site.clone();
        for BodyResult { name, value, place: here } in results {
            let name = name.unwrap_or_else(|| {
                number = number.saturating_add(1);
                if unnamed == 1 { "output".into() } else { format!("output_{number}").into() }
            });
            self.output_of(&name, value, &site, here);
        }
    }

    fn output_of(&mut self, name: &Arc<str>, value: Value, site: &InstanceSite, here: Location) {
        match value {
            Value::Tensor(tensor) => {
                let source = self.lower.builder.port(tensor, site);
                if let Err(error) = self.lower.builder.output(name, source, here) {
                    self.lower.build_error(error, &[], here);
                }
            }
            Value::List(values) => {
                for (i, value) in values.iter().enumerate() {
                    self.output_of(&format!("{name}[{i}]").into(), value.clone(), site, here);
                }
            }
            _ => self.lower.failed = true,
        }
    }

    /// The least value of each symbolic size for which no extent is empty, others at their defaults.
    fn least_sizes(&mut self) {
        let graph = self.lower.builder.graph();
        if graph.dimensions.is_empty() {
            return;
        }
        let nodes = graph.nodes();
        let sizes =
            nodes.flat_map(|(_, node)| node.operation.outputs.iter().flat_map(|output| output.shape.dims()));
        // Most layers have the sizes of the one before.
        let mut seen = HashSet::default();
        let extents: Vec<Size> = sizes
            .filter(|size| size.is_symbolic() && seen.insert(*size))
            .filter(|size| size.is_less(&Size::from(1)) != Some(false))
            .cloned()
            .collect();
        let least = graph.dimensions.iter().map(|dimension| {
            let upper = dimension.default.unwrap_or(1 << 20);
            let of_extents = extents.iter().map(|extent| self.least_for(extent, &dimension.name, upper));
            of_extents.max().unwrap_or(1).max(1)
        });
        let least: Vec<_> = least.collect();
        self.lower.builder.least_sizes(least);
    }

    /// By halving: an extent grows with every size it is made of.
    fn least_for(&self, extent: &Size, symbol: &str, upper: i128) -> i128 {
        let valid = |n: i128| {
            let large = self.lower.large();
            extent
                .at(&|name: &str| if name == symbol { Some(n) } else { large(name) })
                .is_some_and(|n| n >= 1)
        };
        let (mut low, mut high) = (1i128, upper.max(1));
        while low < high {
            let middle = low.midpoint(high);
            if valid(middle) {
                high = middle;
            } else {
                low = middle.saturating_add(1);
            }
        }
        low
    }
}
