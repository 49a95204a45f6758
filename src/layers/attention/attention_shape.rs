//! What attention's projections and products store and cost.
//!
//! Main type: [`Meeting`], queries and keys that meet.

use super::Heads;
use crate::ir::{Count, Shape, Size, Usage, WeightSpec};
use crate::layers::linear::parameter;

/// Queries and keys that meet: what attention's projections and products depend on.
pub(in crate::layers) struct Meeting<'a> {
    /// Sequences, each on its own.
    pub(in crate::layers) sequences: Count,
    /// The queries' number and width.
    pub(in crate::layers) queries: (&'a Size, &'a Size),
    /// The keys' number and width.
    pub(in crate::layers) keys: (&'a Size, &'a Size),
    /// The values' width.
    pub(in crate::layers) values: &'a Size,
    /// Key positions beyond those that are projected.
    pub(in crate::layers) extra_keys: i128,
}

impl Meeting<'_> {
    /// The scores of all heads.
    pub(in crate::layers) fn scores(&self, heads: &Heads) -> Count {
        let keys = self.keys.0 + self.extra_keys;
        &self.sequences * &Count::from(self.queries.0) * Count::from(keys) * Count::from(&heads.heads)
    }

    /// The MACs of the four projections and the two products.
    pub(in crate::layers) fn macs(&self, heads: &Heads) -> Count {
        let (wide, narrow) = (&heads.heads * &heads.width, &heads.kv_heads * &heads.width);
        let of_queries = Count::from(self.queries.0) * Count::from(self.queries.1) * Count::from(&wide) * 2;
        let read = Count::from(self.keys.1) + Count::from(self.values);
        let of_keys = Count::from(self.keys.0) * Count::from(&narrow) * read;
        let products = self.scores(heads) * Count::from(&heads.width) * 2;
        &self.sequences * &(of_queries + of_keys) + products
    }

    /// The tensors, in PyTorch's order, each name after a prefix.
    pub(in crate::layers) fn weights(
        &self,
        heads: &Heads,
        prefix: &str,
        bias: bool,
        bias_kv: bool,
    ) -> Vec<WeightSpec> {
        let (wide, narrow) = (&heads.heads * &heads.width, &heads.kv_heads * &heads.width);
        let (from_queries, from_keys) = (self.used_at(self.queries.0), self.used_at(self.keys.0));
        let width = self.queries.1;
        let matrix = |rows: &Size, columns: &Size| Shape::from(vec![rows.clone(), columns.clone()]);
        let rows = &wide + &narrow * 2;
        let mut weights = Vec::new();
        let mut add = |name: &str, shape: Shape, usage: Usage| {
            weights.push(WeightSpec { usage, ..parameter(&format!("{prefix}{name}"), shape, &Count::ZERO) });
        };
        if self.keys.1 == width && self.values == width {
            add("in_proj_weight", matrix(&rows, width), self.fused(&(&wide * width), &(&narrow * width * 2)));
        } else {
            add("q_proj_weight", matrix(&wide, width), Usage::at(from_queries.clone()));
            add("k_proj_weight", matrix(&narrow, self.keys.1), Usage::at(from_keys.clone()));
            add("v_proj_weight", matrix(&narrow, self.values), Usage::at(from_keys));
        }
        if bias {
            add("in_proj_bias", Shape::from(vec![rows]), self.fused(&wide, &(&narrow * 2)));
        }
        if bias_kv {
            let position = Shape::from(vec![Size::from(1), Size::from(1), narrow]);
            add("bias_k", position.clone(), Usage::at(from_queries.clone()));
            add("bias_v", position, Usage::at(from_queries.clone()));
        }
        add("out_proj.weight", matrix(width, &wide), Usage::at(from_queries.clone()));
        if bias {
            add("out_proj.bias", Shape::from(vec![width.clone()]), Usage::at(from_queries));
        }
        weights
    }

    fn used_at(&self, length: &Size) -> Count {
        &self.sequences * &Count::from(length)
    }

    /// The uses of a tensor of which some elements meet the queries' positions and the others the keys'.
    fn fused(&self, of_queries: &Size, of_keys: &Size) -> Usage {
        let (queries, keys) = (self.queries.0, self.keys.0);
        if queries == keys {
            return Usage::at(self.used_at(queries));
        }
        let total =
            self.used_at(queries) * Count::from(of_queries) + self.used_at(keys) * Count::from(of_keys);
        let least = self.used_at(&queries.min(keys));
        Usage { uneven: Some((least, total)), ..Usage::at(self.used_at(&queries.max(keys))) }
    }
}
