//! Where to go from a name: its definition, its uses, the outline of a file.

pub(in crate::ide) mod definition;
pub(in crate::ide) mod outline;
pub(in crate::ide) mod references;
