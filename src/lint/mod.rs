//! The linter: findings that can be proved from a graph, by rules of one file each.
//!
//! Main function: [`lint`], of a [`Subject`]: graphs and, where there is one, the text they were written as. A rule is a
//! [`Rule`] in a file of `rules/` and a line of [`RULES`]; its documentation, its examples and its check are together.
//! What keeps a graph from being built is in [`COMPILE_ERRORS`], for documentation.

mod compile_errors;
mod context;
mod coverage;
mod engine;
mod graph_index;
mod kinds;
mod paths;
mod rule;
mod rule_info;
mod rules;
mod settings;
mod stage_edit;
mod use_counts;

pub use compile_errors::{COMPILE_ERRORS, CompileError};
pub use context::LintContext;
pub use engine::{Baseline, LintCache, Subject, lint, lint_again};
pub use rule::{Category, Check, Level, Rule, Threshold};
pub use rule_info::rule_infos;
pub use settings::{Budget, Choice, Measure, Settings};

/// Every rule, in the order of the documentation.
pub static RULES: &[&Rule] = &[
    &rules::oversized_dense::RULE,
    &rules::unshared_local::RULE,
    &rules::unused_layer::RULE,
    &rules::unused_input::RULE,
    &rules::dead_kernel_taps::RULE,
    &rules::unread_activations::RULE,
    &rules::linear_chain::RULE,
    &rules::all_affine::RULE,
    &rules::bias_before_norm::RULE,
    &rules::double_activation::RULE,
    &rules::softmax_singleton::RULE,
    &rules::norm_singleton::RULE,
    &rules::norm_after_norm::RULE,
    &rules::dropout_before_batchnorm::RULE,
    &rules::dropout_extreme::RULE,
    &rules::dropout_on_output::RULE,
    &rules::checkerboard_upsample::RULE,
    &rules::dropped_border::RULE,
    &rules::even_kernel_same::RULE,
    &rules::stride_exceeds_kernel::RULE,
    &rules::depthwise_unmixed::RULE,
    &rules::dilation_gridding::RULE,
    &rules::plain_depth::RULE,
    &rules::saturating_stack::RULE,
    &rules::self_combine::RULE,
    &rules::duplicate_branch::RULE,
    &rules::untied_embedding::RULE,
    &rules::position_table_short::RULE,
    &rules::noop_layer::RULE,
    &rules::unused_definition::RULE,
    &rules::unused_suppression::RULE,
    &rules::naming_style::RULE,
    &rules::budget_exceeded::RULE,
    &rules::figures_changed::RULE,
    &rules::assertion_failed::RULE,
    &rules::tie_used_once::RULE,
    &rules::misaligned_channels::RULE,
    &rules::unshared_spatial_dense::RULE,
    &rules::redundant_key_bias::RULE,
    &rules::receptive_field_overshoot::RULE,
    &rules::receptive_field_short::RULE,
    &rules::aliasing_downsample::RULE,
    &rules::channel_imbalance::RULE,
    &rules::fragmentation::RULE,
    &rules::filters_shrink::RULE,
    &rules::dense_grows::RULE,
    &rules::kernel_shrink::RULE,
    &rules::pool_density::RULE,
    &rules::early_downsample::RULE,
    &rules::share_opportunity::RULE,
    &rules::volume_bottleneck::RULE,
];

/// Every name that `weft rule` knows: rules, then structural errors.
pub fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name).chain(COMPILE_ERRORS.iter().map(|error| error.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_and_each_is_there_once() {
        let mut all: Vec<_> = names().collect();
        assert!(all.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
