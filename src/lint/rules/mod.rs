//! One file a rule: documentation, options, examples, check.

pub(super) mod all_affine;
pub(super) mod assertion_failed;
pub(super) mod bias_before_norm;
pub(super) mod budget_exceeded;
pub(super) mod checkerboard_upsample;
pub(super) mod dead_kernel_taps;
pub(super) mod depthwise_unmixed;
pub(super) mod dilation_gridding;
pub(super) mod double_activation;
pub(super) mod dropout_before_batchnorm;
pub(super) mod dropout_extreme;
pub(super) mod dropout_on_output;
pub(super) mod dropped_border;
pub(super) mod duplicate_branch;
pub(super) mod even_kernel_same;
pub(super) mod linear_chain;
pub(super) mod naming_style;
pub(super) mod noop_layer;
pub(super) mod norm_after_norm;
pub(super) mod norm_singleton;
pub(super) mod oversized_dense;
pub(super) mod plain_depth;
pub(super) mod position_table_short;
pub(super) mod saturating_stack;
pub(super) mod self_combine;
pub(super) mod softmax_singleton;
pub(super) mod stride_exceeds_kernel;
pub(super) mod unread_activations;
pub(super) mod unshared_local;
pub(super) mod untied_embedding;
pub(super) mod unused_definition;
pub(super) mod unused_input;
pub(super) mod unused_layer;
pub(super) mod unused_suppression;

#[cfg(test)]
mod tests;
