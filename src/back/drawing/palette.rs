//! The colours of boxes, by what they are.

use super::picture::BoxKind;
use crate::ir::Family;

/// A colour of boxes.
#[derive(Debug, PartialEq)]
pub(in crate::back) struct Colour {
    /// Its name, for style sheets.
    pub name: &'static str,
    /// The fill and the border on a light ground.
    pub light: (&'static str, &'static str),
    /// The fill and the border on a dark ground.
    pub dark: (&'static str, &'static str),
}

const fn colour(
    name: &'static str,
    light: (&'static str, &'static str),
    dark: (&'static str, &'static str),
) -> Colour {
    Colour { name, light, dark }
}

/// Every colour.
pub(in crate::back) static COLOURS: &[Colour] = &[
    colour("port", ("#ffffff", "#475569"), ("#0f172a", "#94a3b8")),
    colour("constant", ("#f1f5f9", "#94a3b8"), ("#1e293b", "#64748b")),
    colour("stored", ("#fef9c3", "#ca8a04"), ("#3b2f0b", "#ca8a04")),
    colour("block", ("#f8fafc", "#94a3b8"), ("#172033", "#64748b")),
    colour("convolution", ("#dbeafe", "#3b82f6"), ("#172f5c", "#60a5fa")),
    colour("linear", ("#e0e7ff", "#6366f1"), ("#272a63", "#818cf8")),
    colour("sequence", ("#ede9fe", "#8b5cf6"), ("#35215e", "#a78bfa")),
    colour("mixture", ("#fae8ff", "#c026d3"), ("#4a154f", "#e879f9")),
    colour("normalisation", ("#d1fae5", "#10b981"), ("#0d3b2e", "#34d399")),
    colour("activation", ("#ffedd5", "#f97316"), ("#4a2410", "#fb923c")),
    colour("pooling", ("#cffafe", "#0891b2"), ("#0b3a46", "#22d3ee")),
    colour("regularisation", ("#f3f4f6", "#9ca3af"), ("#262d38", "#8b95a5")),
    colour("shape", ("#f5f5f4", "#a8a29e"), ("#2b2826", "#a8a29e")),
    colour("merging", ("#ffe4e6", "#f43f5e"), ("#4c1622", "#fb7185")),
];

/// The colour of a box.
pub(in crate::back) fn of(sort: BoxKind) -> &'static Colour {
    static PLAIN: Colour = colour("block", ("#f8fafc", "#94a3b8"), ("#172033", "#64748b"));
    let name = match sort {
        BoxKind::Input | BoxKind::Output => "port",
        BoxKind::Stored => "stored",
        BoxKind::Block | BoxKind::Repetition => "block",
        BoxKind::Layer(None) => "constant",
        BoxKind::Layer(Some(family)) => match family {
            Family::Convolution => "convolution",
            Family::LinearAlgebra => "linear",
            Family::Sequence => "sequence",
            Family::Mixture => "mixture",
            Family::Normalisation => "normalisation",
            Family::Activation => "activation",
            Family::Pooling => "pooling",
            Family::Regularisation => "regularisation",
            Family::Shape => "shape",
            Family::Merging => "merging",
        },
    };
    COLOURS.iter().find(|colour| colour.name == name).unwrap_or(&PLAIN)
}
