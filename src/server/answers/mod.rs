//! One file a request: its parameters put to `ide`, and the answer in the types of the protocol.

pub(in crate::server) mod actions;
pub(in crate::server) mod completion;
pub(in crate::server) mod findings;
pub(in crate::server) mod folding;
pub(in crate::server) mod formatting;
pub(in crate::server) mod hints;
pub(in crate::server) mod hover;
pub(in crate::server) mod names;
pub(in crate::server) mod pages;
pub(in crate::server) mod rename;
pub(in crate::server) mod semantic_tokens;
pub(in crate::server) mod signature;
pub(in crate::server) mod symbols;
