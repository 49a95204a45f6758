//! The language server, spoken to over the wire as an editor does.

mod actions;
mod client;
mod naming;
mod session;
mod showing;
mod sync;
mod writing;
