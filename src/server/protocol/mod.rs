//! The protocol itself: framing, capabilities on both sides, positions, addresses.

pub(in crate::server) mod capabilities;
pub(in crate::server) mod editor;
pub(in crate::server) mod positions;
pub(in crate::server) mod transport;
pub(in crate::server) mod uris;
