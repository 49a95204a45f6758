//! One file a rule: documentation, options, examples, check.

use super::Rule;

/// A rule is a file here and a line in this list.
macro_rules! rules {
    ($($name:ident),* $(,)?) => {
        $(pub(super) mod $name;)*

        /// Every rule, in the order of the documentation.
        pub static RULES: &[&Rule] = &[$(&$name::RULE),*];
    };
}

rules! {
    oversized_dense,
    unshared_local,
    unused_layer,
    unused_input,
    dead_kernel_taps,
    unread_activations,
    linear_chain,
    all_affine,
    bias_before_norm,
    double_activation,
    softmax_singleton,
    norm_singleton,
    norm_after_norm,
    dropout_before_batchnorm,
    dropout_extreme,
    dropout_on_output,
    checkerboard_upsample,
    dropped_border,
    even_kernel_same,
    stride_exceeds_kernel,
    depthwise_unmixed,
    dilation_gridding,
    plain_depth,
    saturating_stack,
    self_combine,
    duplicate_branch,
    untied_embedding,
    position_table_short,
    noop_layer,
    unused_definition,
    unused_suppression,
    naming_style,
    budget_exceeded,
    figures_changed,
    assertion_failed,
    tie_used_once,
    misaligned_channels,
    unshared_spatial_dense,
    redundant_key_bias,
    receptive_field_overshoot,
    receptive_field_short,
    aliasing_downsample,
    channel_imbalance,
    fragmentation,
    filters_shrink,
    dense_grows,
    kernel_shrink,
    pool_density,
    early_downsample,
    share_opportunity,
    volume_bottleneck,
}

#[cfg(test)]
mod tests;
