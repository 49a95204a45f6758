//! Layers in expressions: labels, chains, templates that are applied, blocks that are expanded.

mod block;
mod chain;
mod label;
mod mixture;
mod templates;
