//! What an editor shows beside or over a text: colours, folds, hints, lenses, hovers, signatures.

pub(in crate::ide) mod folding;
pub(in crate::ide) mod highlighting;
pub(in crate::ide) mod hints;
pub(in crate::ide) mod hover;
pub(in crate::ide) mod lenses;
pub(in crate::ide) mod signature;
