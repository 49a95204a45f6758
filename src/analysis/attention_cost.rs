//! Attention layers: which of their MACs are products of queries and keys, what a mask leaves of them, what is kept
//! of keys and values between two steps of decoding.
//!
//! Main type: [`AttentionCost`]. Attention that a model writes out with `@` and Softmax is not known as such.

use crate::ir::declaration::Inside;
use crate::ir::{Attribute, Count, Graph, Node, NodeId, Role, Shape, Size};

/// What is known of an attention layer.
#[derive(Clone, Debug, PartialEq)]
pub struct AttentionCost {
    /// MACs of both products over the full rectangle.
    pub products: Count,
    /// Of these, what a causal mask and a window leave; `products` where there is neither.
    pub masked: Count,
    /// Elements of keys and values that decoding keeps for one sample.
    pub cached: Count,
    /// True where a position attends to none after it.
    pub is_causal: bool,
}

/// What is known of a layer as attention; `None` where it is none.
pub fn attention_cost(graph: &Graph, id: NodeId) -> Option<AttentionCost> {
    let node = graph.node(id)?;
    let rule: Rule = match node.layer()?.inside {
        Inside::AttentionProducts => of_products,
        Inside::Attention => of_heads,
        Inside::TransformerLayer => of_layer,
        Inside::Plain | Inside::Recurrence { .. } => return None,
    };
    let shapes: Vec<&Shape> = graph
        .inputs_of(id)
        .into_iter()
        .filter_map(|port| graph.type_of(port))
        .map(|kind| &kind.shape)
        .collect();
    rule(node, &shapes)
}

/// The MACs of a model with attention counted as its masks leave it; `None` where no mask leaves anything out.
pub fn masked_macs(graph: &Graph) -> Option<Count> {
    let mut differs = false;
    let macs = graph.nodes().map(|(id, node)| match attention_cost(graph, id) {
        Some(AttentionCost { products, masked, .. }) if products != masked => {
            differs = true;
            node.operation.macs.minus(&products).unwrap_or(Count::ZERO) + masked
        }
        _ => node.operation.macs.clone(),
    });
    let macs = macs.sum();
    differs.then_some(macs)
}

/// The elements of keys and values that decoding keeps for one sample, over all attention layers; zero for a model
/// that does not decode, which is one without causal attention.
pub fn cached(graph: &Graph) -> Count {
    let layers: Vec<AttentionCost> = graph.nodes().filter_map(|(id, _)| attention_cost(graph, id)).collect();
    let decodes = layers.iter().any(|layer| layer.is_causal);
    layers.iter().filter(|layer| decodes && layer.cached != Count::ZERO).map(|layer| &layer.cached).sum()
}

/// From a layer and its inputs' shapes to what is known of it.
type Rule = fn(&Node, &[&Shape]) -> Option<AttentionCost>;

/// Queries and keys that meet.
struct AttentionShape<'a> {
    queries: &'a Size,
    keys: &'a Size,
    /// Keys beyond those, which every query sees.
    extra: Count,
    causal: bool,
    window: Option<&'a Size>,
}

impl AttentionShape<'_> {
    /// Of products over the full rectangle, those that the mask leaves.
    fn left_of(&self, products: &Count) -> Count {
        let all = Count::from(self.queries) * (Count::from(self.keys) + &self.extra);
        let (Some(twice), Some(each)) = (self.pairs_twice(), products.exact_div(&all)) else {
            return products.clone();
        };
        let twice = (twice + Count::from(self.queries) * &self.extra * 2) * each;
        let two = Count::from(2);
        twice
            .exact_div(&two)
            .or_else(|| twice.to_size().floor_div(&2.into()).map(Count::from))
            .unwrap_or(twice)
    }

    /// Twice the pairs of a query and a key that it sees; `None` where every query sees all of them, and where a
    /// window lies over sequences of two lengths.
    fn pairs_twice(&self) -> Option<Count> {
        let (queries, keys) = (self.queries, self.keys);
        let pairs = match (self.causal, self.window) {
            (false, None) => return None,
            // Query i sees keys 0 to i.
            (true, None) => growing(&queries.min(keys)) + (queries - queries.min(keys)) * keys * 2,
            (_, Some(_)) if queries != keys => return None,
            // Query i sees the window's keys that end with i.
            (true, Some(window)) => {
                let full = queries.min(window);
                growing(&full) + (queries - &full) * &full * 2
            }
            // A window about query i, cut off at both ends.
            (false, Some(window)) => {
                let before = (window - 1).floor_div(&2.into())?;
                let after = window.floor_div(&2.into())?;
                queries * window * 2 - missing(&before, queries) - missing(&after, queries)
            }
        };
        Some(Count::from(pairs))
    }
}

/// `2 · (1 + 2 + … + n)`
fn growing(n: &Size) -> Size {
    n * &(n + 1)
}

/// Twice the keys that windows reaching `reach` past the query miss at one end of a sequence:
/// `2 · (reach + (reach − 1) + …)` over as many queries as there are.
fn missing(reach: &Size, queries: &Size) -> Size {
    let cut = reach.min(queries);
    &cut * reach * 2 - &cut * &(&cut - 1)
}

fn is_set(node: &Node, name: &str) -> bool {
    matches!(node.operation.argument(name), Some(Attribute::Flag(true)))
}

fn size<'n>(node: &'n Node, name: &str) -> Option<&'n Size> {
    node.operation.argument(name).and_then(Attribute::as_size)
}

/// MACs that weights take no part in.
fn without_weights(node: &Node) -> Count {
    let matrices = node.operation.weights.iter().filter(|weight| weight.role == Role::Parameter);
    let matrices = matrices.filter(|weight| weight.shape.rank() == 2);
    let weighted: Count = matrices.map(|weight| weight.usage.total(&weight.shape.elements())).sum();
    node.operation.macs.minus(&weighted).unwrap_or(Count::ZERO)
}

fn of_products(node: &Node, shapes: &[&Shape]) -> Option<AttentionCost> {
    let (query, key, value) = (shapes.first()?, shapes.get(1)?, shapes.get(2)?);
    let (queries, keys) = (query.dim_from_end(1)?, key.dim_from_end(1)?);
    let (causal, window) = (is_set(node, "causal"), size(node, "window"));
    let meeting = AttentionShape { queries, keys, extra: Count::ZERO, causal, window };
    let products = node.operation.macs.clone();
    let kept = window.map_or(keys.clone(), |window| window.min(keys));
    let each = (key.elements() + value.elements()).exact_div(&Count::from(keys))?;
    let cached = if causal || queries != keys { each * Count::from(kept) } else { Count::ZERO };
    Some(AttentionCost { masked: meeting.left_of(&products), products, cached, is_causal: causal })
}

fn of_heads(node: &Node, shapes: &[&Shape]) -> Option<AttentionCost> {
    let query = shapes.first()?;
    let key = shapes.get(1).unwrap_or(query);
    let (queries, keys) = (query.dim_from_end(1)?, key.dim_from_end(1)?);
    let extra = ["add_bias_kv", "add_zero_attn"].iter().filter(|name| is_set(node, name)).count();
    let causal = is_set(node, "causal");
    let meeting = AttentionShape { queries, keys, extra: Count::from(extra as u128), causal, window: None };
    let products = without_weights(node);
    let width = query.dim_from_end(0)?;
    let heads = size(node, "heads")?;
    let head_width = size(node, "head_width").cloned().or_else(|| width.exact_div(heads))?;
    let kept = key.elements().exact_div(&Count::from(key.dim_from_end(0)?))?;
    let cached = if causal || queries != keys {
        kept * Count::from(size(node, "kv_heads").unwrap_or(heads)) * Count::from(&head_width) * 2
    } else {
        Count::ZERO
    };
    Some(AttentionCost { masked: meeting.left_of(&products), products, cached, is_causal: causal })
}

/// A layer of a transformer: attention to itself, masked if any is, and in a decoder to a memory.
fn of_layer(node: &Node, shapes: &[&Shape]) -> Option<AttentionCost> {
    let x = shapes.first()?;
    let length = x.dim_from_end(1)?;
    let causal = is_set(node, "causal");
    let meeting = AttentionShape { queries: length, keys: length, extra: Count::ZERO, causal, window: None };
    // 2·T²·D for each of the leading axes' sequences.
    let itself = x.elements() * Count::from(length) * 2;
    let products = without_weights(node);
    let to_memory = products.minus(&itself).unwrap_or(Count::ZERO);
    let memory = shapes.get(1).map_or(Count::ZERO, |memory| memory.elements() * 2);
    let own = if causal { x.elements() * 2 } else { Count::ZERO };
    Some(AttentionCost {
        masked: meeting.left_of(&itself) + to_memory,
        products,
        cached: own + memory,
        is_causal: causal,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pairs of a query and a key that it sees, counted one by one.
    fn counted(queries: i128, keys: i128, causal: bool, window: Option<i128>) -> u128 {
        let sees = |query: i128, key: i128| match (causal, window) {
            (false, None) => true,
            (true, None) => key <= query,
            (true, Some(window)) => key <= query && query - key < window,
            (false, Some(window)) => query - key <= (window - 1) / 2 && key - query <= window / 2,
        };
        let pairs = (0..queries).flat_map(|query| (0..keys).map(move |key| (query, key)));
        pairs.filter(|(query, key)| sees(*query, *key)).count() as u128
    }

    proptest! {
        #[test]
        fn a_mask_leaves_the_pairs_that_it_shows(
            queries in 1..12i128, keys in 1..12i128, causal: bool, window in proptest::option::of(1..14i128), each in 1..4u128,
        ) {
            let keys = if window.is_some() { queries } else { keys };
            let (sizes, reach) = ((Size::from(queries), Size::from(keys)), window.map(Size::from));
            let meeting = AttentionShape {
                queries: &sizes.0, keys: &sizes.1, extra: Count::ZERO, causal, window: reach.as_ref(),
            };
            let all = Count::from(Size::from(queries * keys)) * each;
            prop_assert_eq!(meeting.left_of(&all), Count::from(counted(queries, keys, causal, window) * each));
        }
    }

    #[test]
    fn half_of_a_square_stays_a_formula() {
        let t = Size::symbol("T");
        let meeting =
            AttentionShape { queries: &t, keys: &t, extra: Count::ZERO, causal: true, window: None };
        let products = Count::from(&t * &t) * 1536;
        assert_eq!(meeting.left_of(&products).to_string(), "768·T + 768·T²");
    }
}
