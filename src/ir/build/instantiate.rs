//! Instantiating a part of a graph once more, which is faster than building it again.

use std::cell::Cell;
use std::ops::Range;

use super::instance::{Instance, InstanceCopy};
use super::name_table::{DeferredCopy, Reservation, reserved};
use crate::ir::{Builder, Graph, InstanceSite, NodeId, Port, ScopeId, WeightId};
use crate::source::Location;

/// How far a graph has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    nodes: usize,
    weights: usize,
    scopes: usize,
    assertions: usize,
    reservations: usize,
}

impl Builder {
    /// How far the graph has come.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            nodes: self.graph.len(),
            weights: self.graph.weight_count(),
            scopes: self.graph.scope_count(),
            assertions: self.graph.assertions.len(),
            reservations: self.names.reservations().len(),
        }
    }

    /// What was added since a mark, at a site.
    pub(crate) fn instance_since(
        &self,
        mark: Mark,
        site: &InstanceSite,
        inputs: Vec<Port>,
        here: Location,
    ) -> Instance {
        Instance {
            path: site.path.clone(),
            here,
            inputs,
            nodes: number(mark.nodes)..number(self.graph.len()),
            weights: number(mark.weights)..number(self.graph.weight_count()),
            scopes: number(mark.scopes)..number(self.graph.scope_count()),
            assertions: mark.assertions..self.graph.assertions.len(),
            reservations: mark.reservations..self.names.reservations().len(),
        }
    }

    /// True if certainly nothing has a name under a path.
    pub(crate) fn is_free_under(&mut self, path: &str) -> bool {
        self.names.is_free_under(path)
    }

    /// An instance on its way to a site. Its name space must be free, and it must be whole.
    pub(crate) fn copy_of<'c>(
        &self,
        first: &'c Instance,
        inputs: &'c [Port],
        site: &'c InstanceSite,
        here: Location,
    ) -> InstanceCopy<'c> {
        let before = (self.graph.len(), self.graph.weight_count(), self.graph.scope_count());
        InstanceCopy { first, inputs, site, here, before, name: Cell::default() }
    }

    /// Adds a copy of an instance in this graph.
    pub(crate) fn add_copy(&mut self, copy: &InstanceCopy) {
        let (first, site) = (copy.first, copy.site);
        let deferred = DeferredCopy {
            first: first.path.clone(),
            reservations: first.reservations.clone(),
            nodes: numbers(self.graph.len(), first.nodes.len()),
            weights: numbers(self.graph.weight_count(), first.weights.len()),
        };
        self.names.take_copy(site.path.clone(), deferred);
        self.add_parts(copy, None);
    }

    /// Adds a copy of an instance in another graph, whose reservations are given; `None`, and nothing added, where they are
    /// not those of that graph.
    pub(crate) fn add_copy_from(
        &mut self,
        copy: &InstanceCopy,
        graph: &Graph,
        reservations: &[Reservation],
    ) -> Option<()> {
        let mut paths = Vec::new();
        reserved(reservations, &copy.first.reservations, &mut paths)?;
        for path in paths {
            self.names.take_path(&copy.name(&path), copy.here, &self.graph);
        }
        self.add_parts(copy, Some(graph));
        Some(())
    }

    /// Adds what a copy holds, and its names where it is one from another graph; `None` is this one.
    fn add_parts(&mut self, copy: &InstanceCopy, from: Option<&Graph>) {
        let first = copy.first;
        for id in first.weights.clone().map(WeightId) {
            let weight = from.unwrap_or(&self.graph).weight(id).map(|weight| copy.weight(weight));
            let Some(weight) = weight else { continue };
            let names =
                from.map(|_| weight.aliases.iter().chain([&weight.name]).cloned().collect::<Vec<_>>());
            let id = self.graph.add_weight(weight);
            names.into_iter().flatten().for_each(|name| self.names.take_tensor(name, id));
        }
        for id in first.scopes.clone().map(ScopeId) {
            let scope = from.unwrap_or(&self.graph).scope(id).map(|scope| copy.scope(scope));
            scope.into_iter().for_each(|scope| {
                self.graph.add_scope(scope);
            });
        }
        for id in first.nodes.clone().map(NodeId) {
            let Some((node, inputs)) = copy.node(from.unwrap_or(&self.graph), id) else { continue };
            // What has the path of the instance itself is not under it, where the deferred names are.
            if from.is_none() && node.path != copy.site.path {
                self.graph.add(node, &inputs);
            } else {
                let is_further_use = node.first_use.is_some();
                self.numbered_node(node, &inputs, is_further_use);
            }
        }
        for number in first.assertions.clone() {
            let assertions = &from.unwrap_or(&self.graph).assertions;
            let assertion = assertions.get(number).map(|assertion| copy.assertion(assertion));
            self.graph.assertions.extend(assertion);
        }
    }
}

fn numbers(first: usize, count: usize) -> Range<u32> {
    number(first)..number(first.saturating_add(count))
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
