//! How far the blocks of a picture are opened.

/// Which blocks show what is inside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// How many levels of blocks are opened.
    pub depth: usize,
    /// Whether of blocks of one structure only the first is opened.
    pub each_once: bool,
}

impl Opening {
    /// Every block is opened.
    pub const ALL: Opening = Opening { depth: usize::MAX, each_once: false };
    /// No block is opened.
    pub const NONE: Opening = Opening { depth: 0, each_once: false };

    /// Every block is opened down to a level; at 0 none is.
    pub const fn to(depth: usize) -> Opening {
        Opening { depth, each_once: false }
    }

    /// From the picture that shows most to the one that shows least.
    pub const FROM_MOST: [Opening; 7] = [
        Opening::ALL,
        Opening { depth: usize::MAX, each_once: true },
        Opening { depth: 3, each_once: true },
        Opening { depth: 2, each_once: true },
        Opening { depth: 1, each_once: false },
        Opening { depth: 1, each_once: true },
        Opening::NONE,
    ];
}
