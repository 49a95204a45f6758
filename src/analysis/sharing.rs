//! How often every stored tensor is used, and in which ways it is shared.
//!
//! A layer says how often it uses its weights. A bare parameter is followed through the layers that compute nothing
//! to where it is read: in a product once per row or column of the other side, element by element once per position
//! it is broadcast to, by any other layer once. What hangs on symbolic sizes is decided at their defaults.

use foldhash::HashMap;

use super::AtDefaults;
use super::data_movement::{ElementMap, passed, passes};
use super::region::{Range, Ranges, Reads, Uses, volume};
use crate::ir::axes::Link;
use crate::ir::{
    Attribute, Connection, Count, Declaration, Graph, Kind, Node, NodeId, Operation, Port, Shape, Size,
    Weight, WeightId, WeightSpec,
};

/// A way in which a tensor is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sharing {
    /// One place applies it at more than one position.
    Positions,
    /// It is used over more than one step of a recurrence.
    Time,
    /// It is used at more than one place.
    CallSites,
    /// It has more than one name.
    Tied,
}

impl Sharing {
    /// Every way, in order.
    pub const ALL: [Sharing; 4] = [Sharing::Positions, Sharing::Time, Sharing::CallSites, Sharing::Tied];

    /// Its name in documents: `call_sites`.
    pub fn name(self) -> &'static str {
        match self {
            Sharing::Positions => "positions",
            Sharing::Time => "time",
            Sharing::CallSites => "call_sites",
            Sharing::Tied => "tied",
        }
    }
}

/// How often a tensor's elements are used for one sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TensorUses {
    /// Its elements.
    pub elements: Count,
    /// The uses of its most used element.
    pub most: Count,
    /// The uses of its least used element.
    pub least: Count,
    /// The sum of the uses over its elements: what would be stored if every use had weights of its own.
    pub unshared: Count,
    /// The ways it is shared, sorted, each once.
    pub sharing: Vec<Sharing>,
    /// The number of places that use it.
    pub places: u32,
}

/// The uses of every stored tensor, by [`WeightId`].
pub fn sharing(graph: &Graph) -> Vec<TensorUses> {
    let judge = AtDefaults(graph);
    let places = places(graph);
    let mut account = Account::new(graph);
    account.layers(&places);
    account.parameters();
    // A model repeats its layers, so most tensors are used as an earlier one is: both are read once each, in one place of
    // equal layers.
    let mut first: HashMap<(*const Operation, usize, bool), WeightId> = HashMap::default();
    let mut all: Vec<TensorUses> = Vec::with_capacity(places.len());
    for ((id, weight), place) in graph.weights().zip(&places) {
        let uses = match *place {
            Place::OneLayer(operation, slot) => {
                let known = *first.entry((operation, slot, weight.aliases.is_empty())).or_insert(id);
                let is_alike = graph.weight(known).is_some_and(|known| known.shape == weight.shape);
                let known = all.get(known.0 as usize).filter(|_| is_alike).cloned();
                let used = || spec(operation, slot).map(|spec| used_once(weight, spec, judge));
                known.or_else(used).unwrap_or_default()
            }
            Place::Nowhere | Place::Several => account.summary(id, weight),
        };
        all.push(uses);
    }
    all
}

/// Where a stored tensor is read.
#[derive(Clone, Copy)]
enum Place<'g> {
    Nowhere,
    /// Once, as the tensor of a number of a layer that does this.
    OneLayer(&'g Operation, usize),
    /// In several places, or where it takes more than the layer to say how often.
    Several,
}

fn places(graph: &Graph) -> Vec<Place<'_>> {
    let mut places = vec![Place::Nowhere; graph.weight_count()];
    for (_, node) in graph.nodes() {
        // What follows from another layer's input, or from where a bare parameter is read, is not the layer's own.
        let is_own = !is_bare(node)
            && !node.layer().is_some_and(|layer| layer.looks_up())
            && !node.operation.weights.is_empty();
        for (slot, weight) in node.weights.iter().enumerate() {
            let Some(place) = places.get_mut(weight.0 as usize) else { continue };
            *place = match place {
                Place::Nowhere if is_own => Place::OneLayer(&node.operation, slot),
                _ => Place::Several,
            };
        }
    }
    places
}

/// What a layer says of a tensor that it reads. A node that stands for several experts lists each one's in turn.
fn spec(operation: &Operation, slot: usize) -> Option<&WeightSpec> {
    operation.weights.get(slot.checked_rem(operation.weights.len())?)
}

/// The uses of a tensor that one layer reads, in one place.
fn used_once(weight: &Weight, spec: &WeightSpec, judge: AtDefaults) -> TensorUses {
    let (usage, elements) = (&spec.usage, weight.shape.elements());
    let most = usage.most();
    let (least, unshared) = match &usage.uneven {
        Some((least, total)) => (least.clone(), total * &experts(&weight.shape, &spec.shape)),
        None => (most.clone(), &elements * &most),
    };
    let (most, least) =
        if judge.value_at_defaults(&elements) > 0 { (most, least) } else { (Count::ZERO, Count::ZERO) };
    let holds = |way: &Sharing| match way {
        Sharing::Positions => judge.value_at_defaults(&usage.positions) > 1,
        Sharing::Time => judge.value_at_defaults(&usage.steps) > 1,
        Sharing::CallSites => false,
        Sharing::Tied => !weight.aliases.is_empty(),
    };
    let sharing = Sharing::ALL.into_iter().filter(holds).collect();
    TensorUses { elements, most, least, unshared, sharing, places: 1 }
}

/// How many experts' tensors of a shape are stored as one.
fn experts(stored: &Shape, of_one: &Shape) -> Count {
    stored.elements().exact_div(&of_one.elements()).unwrap_or(Count::ONE)
}

/// What is known of one stored tensor.
#[derive(Clone, Debug, Default)]
struct Used {
    reads: Reads,
    over_time: bool,
    over_positions: bool,
}

impl Used {
    fn summary(&self, weight: &Weight, judge: AtDefaults) -> TensorUses {
        let (most, least) = self.reads.extremes(&weight.shape, judge);
        let one_place = self.reads.one_place(judge);
        let holds = |way: &Sharing| match way {
            Sharing::Positions => self.over_positions,
            Sharing::Time => self.over_time,
            Sharing::CallSites => judge.value_at_defaults(&most) > judge.value_at_defaults(&one_place),
            Sharing::Tied => !weight.aliases.is_empty(),
        };
        TensorUses {
            elements: weight.shape.elements(),
            unshared: self.reads.total(&weight.shape),
            sharing: Sharing::ALL.into_iter().filter(holds).collect(),
            places: self.reads.places(),
            most,
            least,
        }
    }
}

/// The regions that are followed in all, over every layer; beyond, where a region lies is forgotten.
const MOST_REGIONS: usize = 1 << 22;

struct Account<'a> {
    graph: &'a Graph,
    judge: AtDefaults<'a>,
    /// The tensors that are read in several places, as far as they were met.
    weights: HashMap<WeightId, Used>,
    followed: usize,
}

impl<'a> Account<'a> {
    fn new(graph: &'a Graph) -> Account<'a> {
        Account { graph, judge: AtDefaults(graph), weights: HashMap::default(), followed: 0 }
    }

    /// What was found of a tensor.
    fn summary(&self, id: WeightId, weight: &Weight) -> TensorUses {
        let nothing = Used::default();
        self.weights.get(&id).unwrap_or(&nothing).summary(weight, self.judge)
    }

    /// The weights of layers that are read in several places.
    fn layers(&mut self, places: &[Place]) {
        let is_several = |weight: WeightId| matches!(places.get(weight.0 as usize), Some(Place::Several));
        for (id, node) in self.graph.nodes().filter(|(_, node)| !is_bare(node)) {
            for (slot, weight) in node.weights.iter().enumerate().filter(|(_, weight)| is_several(**weight)) {
                if let Some(spec) = spec(&node.operation, slot) {
                    self.applied(id, *weight, spec);
                }
            }
        }
    }

    fn applied(&mut self, id: NodeId, weight: WeightId, spec: &WeightSpec) {
        let (judge, graph, usage) = (self.judge, self.graph, &spec.usage);
        let Some((shape, used)) = self.slot(weight) else { return };
        let ranges = vec![None; shape.rank()];
        if let Some(range) = rows_in_order(graph, id) {
            let rows = shape.dim(0).cloned().unwrap_or(Size::from(1));
            if let Some(rows) = on_axis(range, &rows, judge) {
                let ranges = ranges.into_iter().skip(1);
                used.reads.add(
                    std::iter::once(rows).chain(ranges).collect(),
                    Uses::once(Count::ONE),
                    shape,
                    judge,
                );
            }
            return;
        }
        let most = usage.most();
        used.over_positions |= judge.value_at_defaults(&usage.positions) > 1;
        used.over_time |= judge.value_at_defaults(&usage.steps) > 1;
        let uses = Uses { uneven: usage.uneven.clone(), ..Uses::once(most) };
        used.reads.add(ranges, uses.stacked(&experts(shape, &spec.shape)), shape, judge);
    }

    fn slot(&mut self, weight: WeightId) -> Option<(&'a Shape, &mut Used)> {
        Some((&self.graph.weight(weight)?.shape, self.weights.entry(weight).or_default()))
    }

    /// Bare parameters and buffers, followed from where they are read back to where they are declared.
    fn parameters(&mut self) {
        if !self.graph.nodes().any(|(_, node)| is_bare(node)) {
            return;
        }
        let views = views(self.graph);
        let mut reads: Vec<Vec<Reads>> = vec![Vec::new(); self.graph.len()];
        for output in &self.graph.outputs {
            if is_true(&views, output.source.node) {
                self.read(&mut reads, output.source, Uses::once(Count::ONE));
            }
        }
        let nodes: Vec<(NodeId, &Node)> = self.graph.nodes().collect();
        for (id, node) in nodes.into_iter().rev() {
            let results = reads.get_mut(id.0 as usize).map(std::mem::take).unwrap_or_default();
            if is_bare(node) {
                self.settle(node, results);
                continue;
            }
            let inputs = self.graph.inputs_of(id);
            let shapes = self.shapes(&inputs);
            for (slot, port) in inputs.iter().enumerate().filter(|(_, port)| is_true(&views, port.node)) {
                let connection =
                    Connection { operation: &node.operation, inputs: &shapes, input: slot, output: 0 };
                if passes(&connection) {
                    self.follow(&mut reads, &results, ElementMap { connection, judge: self.judge }, *port);
                } else {
                    self.read(&mut reads, *port, Uses::once(reading(&connection)));
                }
            }
        }
    }

    fn shapes(&self, ports: &[Port]) -> Vec<&'a Shape> {
        ports.iter().filter_map(|port| self.graph.type_of(*port)).map(|known| &known.shape).collect()
    }

    /// A read of a whole tensor.
    fn read(&mut self, reads: &mut [Vec<Reads>], port: Port, uses: Uses) {
        let Some(shape) = self.graph.type_of(port).map(|known| &known.shape) else { return };
        if let Some(of) = at_port(reads, port) {
            of.add(vec![None; shape.rank()], uses, shape, self.judge);
        }
    }

    /// Reads of a layer's results as reads of one of its inputs.
    fn follow(&mut self, reads: &mut [Vec<Reads>], results: &[Reads], map: ElementMap, port: Port) {
        let Some(shape) = self.graph.type_of(port).map(|known| &known.shape) else { return };
        let Some(of) = at_port(reads, port) else { return };
        for (output, result) in results.iter().enumerate() {
            self.followed = self.followed.saturating_add(result.len());
            let map = ElementMap { connection: Connection { output, ..map.connection }, ..map };
            for (ranges, uses) in result.regions() {
                for (ranges, uses) in passed(&map, ranges.clone(), uses.clone()) {
                    let (ranges, uses) = self.bounded(ranges, uses, shape);
                    of.add(ranges, uses, shape, self.judge);
                }
            }
        }
    }

    /// A region; where too many were followed already, one that may lie anywhere.
    fn bounded(&self, ranges: Ranges, uses: Uses, shape: &Shape) -> (Ranges, Uses) {
        if self.followed <= MOST_REGIONS {
            return (ranges, uses);
        }
        let uses = uses.spread(&volume(&ranges, shape.dims()));
        (vec![None; shape.rank()], uses)
    }

    /// What was found of a bare parameter: of each expert's, and in a stack of experts of each share of it.
    fn settle(&mut self, node: &Node, found: Vec<Reads>) {
        let judge = self.judge;
        let rank = node.operation.outputs.first().map_or(0, |output| output.shape.rank());
        for weight in &node.weights {
            let Some((shape, used)) = self.slot(*weight) else { continue };
            let stacked = shape.rank().saturating_sub(rank);
            for (ranges, uses) in found.iter().flat_map(Reads::regions) {
                let ranges = std::iter::repeat_n(None, stacked).chain(ranges.iter().cloned()).collect();
                let experts = volume(&vec![None; stacked], shape.dims());
                used.over_positions |= judge.value_at_defaults(&uses.one_place) > 1;
                used.reads.add(ranges, uses.clone().stacked(&experts), shape, judge);
            }
        }
    }
}

fn at_port(reads: &mut [Vec<Reads>], port: Port) -> Option<&mut Reads> {
    let of = reads.get_mut(port.node.0 as usize)?;
    let output = port.output as usize;
    if of.len() <= output {
        of.resize(output.saturating_add(1), Reads::default());
    }
    of.get_mut(output)
}

/// True for a stored tensor that stands in the graph by itself.
fn is_bare(node: &Node) -> bool {
    node.operation.kind.is_stored()
}

fn is_true(flags: &[bool], node: NodeId) -> bool {
    flags.get(node.0 as usize).copied().unwrap_or(false)
}

/// For every node, whether its results hold elements of a bare parameter.
fn views(graph: &Graph) -> Vec<bool> {
    let mut views: Vec<bool> = Vec::with_capacity(graph.len());
    for (id, node) in graph.nodes() {
        let inputs = graph.inputs_of(id);
        let shapes: Vec<&Shape> =
            inputs.iter().filter_map(|port| graph.type_of(*port)).map(|known| &known.shape).collect();
        let is_view = |(slot, port): (usize, &Port)| {
            let connection =
                Connection { operation: &node.operation, inputs: &shapes, input: slot, output: 0 };
            is_true(&views, port.node) && passes(&connection)
        };
        let view = is_bare(node) || inputs.iter().enumerate().any(is_view);
        views.push(view);
    }
    views
}

/// How often a layer that computes reads each element of one of its inputs: where inputs meet in sums and products, at
/// every place of the result to which the others take it.
fn reading(connection: &Connection) -> Count {
    let meets = |layer: &&Declaration| layer.merges() || layer.is_product();
    let Some(layer) = connection.operation.layer().filter(meets) else { return Count::ONE };
    let map = layer.axes.map(connection);
    let taken = map.factors.iter().filter(|factor| matches!(factor.link, Link::Repeated | Link::New));
    taken.fold(Count::ONE, |product, factor| product * Count::from(&factor.result))
}

/// The rows that an embedding looks up where it is fed by `arange`: each of them once.
fn rows_in_order(graph: &Graph, id: NodeId) -> Option<(Size, Size)> {
    graph.node(id)?.layer().filter(|layer| layer.looks_up())?;
    let mut port = *graph.inputs_of(id).first()?;
    while graph.node(port.node)?.layer().is_some_and(|layer| layer.keeps_order()) {
        port = *graph.inputs_of(port.node).first()?;
    }
    let source = graph.node(port.node).filter(|node| node.operation.kind == Kind::Arange)?;
    let start =
        source.operation.argument("start").and_then(Attribute::as_size).cloned().unwrap_or(Size::from(0));
    let stop = &start + graph.type_of(port)?.shape.dim(0)?;
    Some((start, stop))
}

/// A range cut to an axis at the defaults; the inner `None` is the whole axis, the outer none of it.
fn on_axis((start, stop): (Size, Size), extent: &Size, judge: AtDefaults) -> Option<Range> {
    let stop =
        if judge.size_at_defaults(&stop) > judge.size_at_defaults(extent) { extent.clone() } else { stop };
    if judge.size_at_defaults(&start) >= judge.size_at_defaults(&stop) {
        return None;
    }
    Some((start.as_number() != Some(0) || stop != *extent).then_some((start, stop)))
}
