//! Which entries of a factor a result reads, and what it multiplies them with.

use crate::ir::{Size, WindowAxis};

/// Which entries of a factor of the input the entries of a result read.
#[derive(Clone, Debug, PartialEq)]
pub enum Link {
    /// Both have it: entry i is read by entry i.
    Same,
    /// Both have it: entry i of the result reads `start + step·i`.
    Sliced {
        /// What the first reads.
        start: Size,
        /// From one to the next.
        step: Size,
    },
    /// Both have it: entry i of the result reads `i − before`; beyond the input lies a border.
    Placed {
        /// Entries of the border before the input.
        before: Size,
        /// What the border is.
        border: Border,
    },
    /// Both have it: entry i of the result reads `i − by`, counted round.
    Rolled {
        /// By how many places.
        by: Size,
    },
    /// Both have it: entry i of the result reads the i-th of these.
    Listed(Vec<Size>),
    /// Both have it: a window slides over the input.
    Window {
        /// The window.
        window: WindowAxis,
        /// What lies beyond the input.
        border: Border,
        /// What becomes of the entries under the window.
        taps: Taps,
    },
    /// Both have it: a window slides over the result, and each entry of the input writes what lies under it.
    Spread(WindowAxis),
    /// Twice in the result, first as a tap of the window and then as its position: the entry that the tap reads.
    Unfolded(WindowAxis),
    /// Twice in the input, first as a tap of the window and then as its position: those that write to the entry.
    Folded(WindowAxis),
    /// Both have it: as many windows as the result has entries, from ⌊i·n / m⌋ to ⌈(i + 1)·n / m⌉, averaged if they
    /// are added.
    Adaptive,
    /// Both have it: resized.
    Resized {
        /// How values between the entries come about.
        by: Resizing,
        /// True where the corner entries keep their places.
        corners: bool,
        /// The factor, where it was given instead of the extent.
        scale: Option<f64>,
    },
    /// Both have it, and every entry reads all: softmax, norms, attention to itself.
    Whole,
    /// Both have it; in training every entry reads all, over the whole batch, and otherwise itself alone: BatchNorm.
    Statistics,
    /// Both have it: entry i reads those up to i.
    UpTo,
    /// Both have it: entry i reads those up to i, in the first half of another factor of the result, and those from i
    /// in its second half.
    BothWays {
        /// The other factor.
        direction: usize,
    },
    /// Both have it: entry i reads the last so many up to i, and without a mask as many after it.
    Near {
        /// How many, itself included.
        window: Size,
        /// True where it reads none after itself.
        causal: bool,
    },
    /// Only the input has it: all of it is summed over, times weights of the layer or what another input has.
    Contracted,
    /// Only the input has it: all of it is compared, averaged or otherwise put together.
    Mixed,
    /// Only the input has it: this one entry is read.
    Picked(Size),
    /// Only the input has it: the values of another input say which are read, so any may be.
    LookedUp,
    /// Only the result has it: weights of the layer write it.
    Written,
    /// Only the result has it: the same entries again and again.
    Repeated,
    /// Only the result has it: another input decides it, or it is computed anew.
    New,
    /// Only the result has it, the entries of this input are at one place of it, and elsewhere are others.
    At(Size),
}

/// What lies beyond an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// Nothing that depends on the input: zeros, another constant, another input.
    Constant,
    /// The input mirrored, without the outermost entry.
    Reflect,
    /// The outermost entry.
    Replicate,
    /// The input again, from the other end.
    Circular,
}

/// What becomes of the entries under a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taps {
    /// Each tap has a coefficient of its own.
    Own,
    /// Each tap at each position has a coefficient of its own.
    OwnEverywhere,
    /// They are compared or otherwise put together.
    Alike,
    /// Their mean, in which padding counts as entries.
    MeanWithPadding,
    /// Their mean.
    Mean,
}

/// What the entries along a factor are multiplied with, in a layer that is linear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coefficients {
    /// All with the same.
    Alike,
    /// Each with a weight or a constant of its own.
    Own,
    /// Each with what another input has there.
    Data,
}

/// How a position of a resized axis reads the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resizing {
    /// The entry at ⌊position · extent / result⌋.
    Nearest,
    /// The entry nearest to the position's middle.
    NearestExact,
    /// The two neighbours, by distance.
    Linear,
    /// Two neighbours on each side, by a cubic.
    Cubic,
    /// The mean of every entry that the position covers.
    Area,
}
