//! Sums over a model and over each of its blocks.
//!
//! A block's sums are over the tensors that are used inside it, each once, however often and wherever else they are
//! used; and over the cost of all layers inside.

use std::sync::Arc;

use foldhash::HashMap;

use super::{AtDefaults, Sharing, TensorUses};
use crate::ir::{Count, Graph, Node, NodeId, Operation, Role, Routing, ScopeId, Weight};

/// The sums of a model or a block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Elements of learned tensors, each once.
    pub parameters: Count,
    /// The same, a tensor counted once for every name.
    pub parameters_gross: Count,
    /// Of `parameters`, those that are not frozen.
    pub trainable: Count,
    /// Of `parameters`, those that one position meets: of experts, `top_k`.
    pub active: Count,
    /// Of `parameters`, those of tensors used more than once.
    pub shared: Count,
    /// Of `parameters`, those of tensors used at most once.
    pub unshared_tensors: Count,
    /// What would be stored if every use had weights of its own.
    pub without_sharing: Count,
    /// Of `parameters`, those that are shared in each way. A tensor may be shared in several.
    pub by_sharing: BySharing,
    /// Elements of stored tensors that are not learned.
    pub buffers: Count,
    /// Multiply-accumulates.
    pub macs: Count,
    /// Element operations.
    pub elementwise: Count,
}

/// Parameters by the way they are shared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BySharing {
    /// Applied at more than one position by one place.
    pub positions: Count,
    /// Used over more than one step of a recurrence.
    pub time: Count,
    /// Used at more than one place.
    pub call_sites: Count,
    /// Known by more than one name.
    pub tied: Count,
}

impl BySharing {
    /// The sum of one way.
    pub fn of(&self, way: Sharing) -> &Count {
        match way {
            Sharing::Positions => &self.positions,
            Sharing::Time => &self.time,
            Sharing::CallSites => &self.call_sites,
            Sharing::Tied => &self.tied,
        }
    }

    fn of_mut(&mut self, way: Sharing) -> &mut Count {
        match way {
            Sharing::Positions => &mut self.positions,
            Sharing::Time => &mut self.time,
            Sharing::CallSites => &mut self.call_sites,
            Sharing::Tied => &mut self.tied,
        }
    }
}

/// A block's sums while they are taken.
#[derive(Clone, Debug, Default)]
struct Sums {
    totals: Totals,
    /// Parameters of experts; only when all are added is it known what `top_k` of them are.
    routed: Vec<(Routing, Count)>,
    /// The tensor of several blocks that was added last, so that none is added twice.
    last: Option<u32>,
}

/// The sums of every block with all inside, by [`ScopeId`]; the first is the model's.
pub fn totals(graph: &Graph, uses: &[TensorUses]) -> Vec<Totals> {
    let mut sums: Vec<Sums> = graph.scopes().map(|_| Sums::default()).collect();
    let users = users(graph);
    let tensors = || graph.weights().zip(uses).zip(&users);
    for (((_, weight), uses), users) in tensors() {
        let scope = match users {
            Users::None => ScopeId::ROOT,
            Users::One(scope) => *scope,
            Users::Several(_) => continue,
        };
        if let Some(sums) = sums.get_mut(scope.0 as usize) {
            sums.add(weight, uses, AtDefaults(graph));
        }
    }
    for (sums, cost) in sums.iter_mut().zip(costs(graph)) {
        (sums.totals.macs, sums.totals.elementwise) = cost;
    }
    pass_on(graph, &mut sums);
    for (((id, weight), uses), users) in tensors() {
        let Users::Several(scopes) = users else { continue };
        for inside in scopes.iter().flat_map(|scope| ancestry(graph, *scope)) {
            if let Some(sums) = sums.get_mut(inside.0 as usize).filter(|sums| sums.last != Some(id.0)) {
                sums.last = Some(id.0);
                sums.add(weight, uses, AtDefaults(graph));
            }
        }
    }
    sums.into_iter().map(Sums::finished).collect()
}

/// The cost of what stands in each block itself, multiply-accumulates and element operations. Blocks of equal layers, which
/// share their operations, are added up once.
fn costs(graph: &Graph) -> Vec<(Count, Count)> {
    let mut inside: Vec<Vec<&Arc<Operation>>> = graph.scopes().map(|_| Vec::new()).collect();
    for (_, node) in graph.nodes() {
        if let Some(operations) = inside.get_mut(node.scope.0 as usize) {
            operations.push(&node.operation);
        }
    }
    let mut known: HashMap<Vec<*const Operation>, (Count, Count)> = HashMap::default();
    let cost = |operations: Vec<&Arc<Operation>>| {
        let key = operations.iter().map(|operation| Arc::as_ptr(operation)).collect();
        let of_all = || {
            let macs = operations.iter().map(|operation| &operation.macs).sum();
            (macs, operations.iter().map(|operation| &operation.elementwise).sum())
        };
        known.entry(key).or_insert_with(of_all).clone()
    };
    inside.into_iter().map(cost).collect()
}

/// The sums of some layers: of every tensor that one of them reads, once, and of their cost.
pub fn totals_of(graph: &Graph, uses: &[TensorUses], layers: &[NodeId]) -> Totals {
    let nodes: Vec<&Node> = layers.iter().filter_map(|id| graph.node(*id)).collect();
    let mut read: Vec<_> = nodes.iter().flat_map(|node| node.weights.iter().copied()).collect();
    read.sort_unstable();
    read.dedup();
    let mut sums = Sums::default();
    for id in read {
        if let (Some(weight), Some(uses)) = (graph.weight(id), uses.get(id.0 as usize)) {
            sums.add(weight, uses, AtDefaults(graph));
        }
    }
    for node in nodes {
        sums.totals.macs += &node.operation.macs;
        sums.totals.elementwise += &node.operation.elementwise;
    }
    sums.finished()
}

impl Sums {
    fn add(&mut self, weight: &Weight, uses: &TensorUses, judge: AtDefaults) {
        let (totals, elements) = (&mut self.totals, &uses.elements);
        if weight.role == Role::Buffer {
            totals.buffers += elements;
            return;
        }
        totals.parameters += elements;
        let names = Count::from((weight.aliases.len() as u128).saturating_add(1));
        totals.parameters_gross += &(elements * &names);
        if weight.trainable {
            totals.trainable += elements;
        }
        let is_shared = judge.value_at_defaults(&uses.most) > 1;
        let by_use = if is_shared { &mut totals.shared } else { &mut totals.unshared_tensors };
        *by_use += elements;
        totals.without_sharing += &uses.unshared;
        for way in &uses.sharing {
            *totals.by_sharing.of_mut(*way) += elements;
        }
        match weight.routing {
            None => totals.active += elements,
            Some(routing) => self.add_routed(routing, elements),
        }
    }

    fn add_routed(&mut self, routing: Routing, elements: &Count) {
        match self.routed.iter_mut().find(|(known, _)| *known == routing) {
            Some((_, sum)) => *sum += elements,
            None => self.routed.push((routing, elements.clone())),
        }
    }

    /// Adds all of a block inside.
    fn add_block(&mut self, inner: &Sums) {
        let Totals {
            parameters,
            parameters_gross,
            trainable,
            active,
            shared,
            unshared_tensors,
            without_sharing,
            by_sharing,
            buffers,
            macs,
            elementwise,
        } = &inner.totals;
        let totals = &mut self.totals;
        totals.parameters += parameters;
        totals.parameters_gross += parameters_gross;
        totals.trainable += trainable;
        totals.active += active;
        totals.shared += shared;
        totals.unshared_tensors += unshared_tensors;
        totals.without_sharing += without_sharing;
        for way in Sharing::ALL {
            *totals.by_sharing.of_mut(way) += by_sharing.of(way);
        }
        totals.buffers += buffers;
        totals.macs += macs;
        totals.elementwise += elementwise;
        for (routing, sum) in &inner.routed {
            self.add_routed(*routing, sum);
        }
    }

    fn finished(mut self) -> Totals {
        for (routing, sum) in &self.routed {
            self.totals.active += &met(sum, *routing);
        }
        self.totals
    }
}

/// Of the parameters of all experts, those that one position meets. Experts are alike, so this is exact but where a
/// block holds some experts only.
fn met(all: &Count, routing: Routing) -> Count {
    let chosen = all * &Count::from(u128::from(routing.top_k.min(routing.experts)));
    let experts = u128::from(routing.experts.max(1));
    let rounded = || chosen.as_number().and_then(|n| n.checked_div(experts)).map(Count::from);
    chosen.exact_div(&Count::from(experts)).or_else(rounded).unwrap_or(chosen)
}

/// The blocks whose layers use a stored tensor.
#[derive(Clone)]
enum Users {
    None,
    One(ScopeId),
    Several(Vec<ScopeId>),
}

/// The blocks whose layers use each stored tensor.
fn users(graph: &Graph) -> Vec<Users> {
    let mut all = vec![Users::None; graph.weights().count()];
    for (_, node) in graph.nodes() {
        for weight in &node.weights {
            let Some(users) = all.get_mut(weight.0 as usize) else { continue };
            match users {
                Users::None => *users = Users::One(node.scope),
                Users::One(scope) if *scope == node.scope => {}
                Users::One(scope) => *users = Users::Several(vec![*scope, node.scope]),
                Users::Several(scopes) => scopes.push(node.scope),
            }
        }
    }
    all
}

/// A block and all that it stands in.
fn ancestry(graph: &Graph, scope: ScopeId) -> impl Iterator<Item = ScopeId> {
    std::iter::successors(Some(scope), |inner| graph.scope(*inner)?.parent)
}

/// Adds the sums of each block to those of the block that it stands in. Parents stand before their children, so from the
/// last to the first each is complete when it is passed on.
fn pass_on(graph: &Graph, sums: &mut [Sums]) {
    let parents: Vec<(ScopeId, ScopeId)> =
        graph.scopes().filter_map(|(id, scope)| Some((id, scope.parent?))).collect();
    for (child, parent) in parents.into_iter().rev() {
        let Some((before, behind)) = sums.split_at_mut_checked(child.0 as usize) else { continue };
        if let (Some(outer), Some(inner)) = (before.get_mut(parent.0 as usize), behind.first()) {
            outer.add_block(inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::analyse;
    use crate::ir::test_graph::{TestGraph, layer};
    use crate::ir::{Count, Operation, Role, TensorType, Usage};

    #[test]
    fn a_block_sums_what_is_inside_it_and_inside_its_blocks() {
        let mut test = TestGraph::new("Nested");
        let x = test.input("x", [4]);
        let outer = test.enter("a", "Outer");
        let h = test.linear("a.fc", x, 4);
        let inner = test.enter("a.b", "Inner");
        let h = test.linear("a.b.fc", h, 2);
        test.leave();
        test.leave();
        let y = test.linear("head", h, 3);
        test.output("y", y);
        let scopes = analyse(&test.graph).scopes;
        let of = |scope: usize| {
            let totals = scopes.get(scope).expect("a block");
            (totals.parameters.as_number(), totals.macs.as_number())
        };
        assert_eq!(of(inner.0 as usize), (Some(10), Some(8)));
        assert_eq!(of(outer.0 as usize), (Some(30), Some(24)));
        assert_eq!(of(0), (Some(39), Some(30)));
    }

    #[test]
    fn a_tensor_used_in_two_blocks_counts_in_both_and_once_in_the_model() {
        let mut test = TestGraph::new("Twice");
        let x = test.input("x", [4]);
        test.enter("a", "A");
        let h = test.linear("fc", x, 4);
        test.leave();
        test.enter("b", "B");
        let y = test.again("fc", h, 4);
        test.leave();
        test.output("y", y);
        let scopes = analyse(&test.graph).scopes;
        let parameters: Vec<_> = scopes.iter().map(|totals| totals.parameters.as_number()).collect();
        assert_eq!(parameters, [Some(20), Some(20), Some(20)]);
    }

    #[test]
    fn of_experts_a_position_meets_top_k() {
        let mut test = TestGraph::new("Experts");
        let x = test.input("x", [5, 4]);
        let mut h = test.linear("router", x, 3);
        for expert in 0..3 {
            let weight = test.expert(&format!("experts.{expert}.weight"), [7, 1], 3, 2);
            h = test.using("Linear", weight, Usage::at(Count::from(5)), &[h], [5, 7]);
        }
        test.output("y", h);
        let totals = analyse(&test.graph).totals;
        assert_eq!((totals.parameters, totals.active), (Count::from(15 + 21), Count::from(15 + 14)));
    }

    #[test]
    fn buffers_and_frozen_tensors_are_told_apart() {
        let mut test = TestGraph::new("Frozen");
        let x = test.input("x", [4]);
        let y = test.linear("fc", x, 4);
        let mean = test.weight("norm.running_mean", [4]);
        test.weight_mut(mean).role = Role::Buffer;
        test.node("norm", Operation::new(layer("BatchNorm"), vec![TensorType::float([4])]), &[mean], &[y]);
        let weight = test.graph.weights().next().expect("a weight").0;
        test.weight_mut(weight).trainable = false;
        let totals = analyse(&test.graph).totals;
        let counts = [totals.parameters, totals.trainable, totals.buffers];
        assert_eq!(counts.map(|count| count.as_number()), [Some(20), Some(4), Some(4)]);
    }

    #[test]
    fn what_is_stored_without_sharing_is_the_sum_of_all_uses() {
        let mut test = TestGraph::new("Unshared");
        let x = test.input("x", [9, 2]);
        let y = test.linear("fc", x, 3);
        test.output("y", y);
        assert_eq!(analyse(&test.graph).totals.without_sharing, Count::from(9 * (6 + 3)));
    }
}
