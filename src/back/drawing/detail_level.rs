//! How far the blocks of a picture are opened.

/// Which blocks show what is inside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DetailLevel {
    /// How many levels of blocks are opened.
    pub depth: usize,
    /// Whether of blocks of one structure only the first is opened.
    pub each_once: bool,
}

impl DetailLevel {
    /// Every block is opened.
    pub const ALL: DetailLevel = DetailLevel { depth: usize::MAX, each_once: false };
    /// No block is opened.
    pub const NONE: DetailLevel = DetailLevel { depth: 0, each_once: false };

    /// Every block is opened down to a level; at 0 none is.
    pub const fn to(depth: usize) -> DetailLevel {
        DetailLevel { depth, each_once: false }
    }

    /// From the picture that shows most to the one that shows least.
    pub const FROM_MOST: [DetailLevel; 7] = [
        DetailLevel::ALL,
        DetailLevel { depth: usize::MAX, each_once: true },
        DetailLevel { depth: 3, each_once: true },
        DetailLevel { depth: 2, each_once: true },
        DetailLevel { depth: 1, each_once: false },
        DetailLevel { depth: 1, each_once: true },
        DetailLevel::NONE,
    ];
}
