//! One file a rule: documentation, options, examples, check.

pub(super) mod assertion_failed;
pub(super) mod budget_exceeded;
pub(super) mod oversized_dense;
pub(super) mod unshared_local;
pub(super) mod unused_definition;
pub(super) mod unused_input;
pub(super) mod unused_layer;
pub(super) mod unused_suppression;

#[cfg(test)]
mod tests;
