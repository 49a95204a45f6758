//! What is at a place of a text: the name, the call and the statement there, and what the graphs say of it.

pub(in crate::ide) mod callee;
pub(in crate::ide) mod cursor;
pub(in crate::ide) mod flow;
pub(in crate::ide) mod imports;
pub(in crate::ide) mod inside;
pub(in crate::ide) mod values;
