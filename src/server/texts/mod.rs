//! The texts that are open, those on the disk below them, and what is known of each version.

pub(in crate::server) mod documents;
pub(in crate::server) mod overlay_fs;
pub(in crate::server) mod sync;
pub(in crate::server) mod view;
pub(in crate::server) mod workspace;
