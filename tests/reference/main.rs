//! Layers and models held to the figures of the frameworks that have them, which lie beside this file.

#[path = "../common/mod.rs"]
mod common;

mod layers;
mod zoo;
