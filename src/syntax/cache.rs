//! Items that were parsed before: a text that is parsed again is read anew only where it differs.
//!
//! Main type: [`IncrementalState`]. Only items without any error are kept, by their whole text; what is kept moves with its text.
//! The comments above an item are no part of it, and are read anew.

use std::collections::HashMap;
use std::sync::Arc;

use super::ast::Item;
use super::shift::{By, Shift};

/// The items of the texts that were parsed last.
#[derive(Clone, Debug, Default)]
pub struct IncrementalState {
    known: HashMap<Box<str>, Kept>,
    /// How often what is not asked for was dropped.
    round: u64,
}

/// A stretch of a text, parsed.
#[derive(Clone, Debug)]
struct Kept {
    /// Where it stood.
    start: usize,
    items: Vec<Arc<Item>>,
    /// When it was last asked for.
    round: u64,
}

/// A stretch of a text that may be known.
#[derive(Clone, Copy)]
pub(super) struct Stretch<'t> {
    pub text: &'t str,
    pub start: usize,
}

impl IncrementalState {
    /// The items of a stretch, where they now stand, with the documentation that they had.
    pub(super) fn find(&mut self, stretch: Stretch) -> Option<Vec<Arc<Item>>> {
        let kept = self.known.get_mut(stretch.text)?;
        kept.round = self.round;
        let by = By::between(kept.start, stretch.start);
        if kept.start != stretch.start {
            kept.items.shift(by);
            kept.start = stretch.start;
        }
        Some(kept.items.clone())
    }

    /// Keeps the items of a stretch that holds no error.
    pub(super) fn keep(&mut self, stretch: Stretch, items: &[Arc<Item>]) {
        let Stretch { text, start } = stretch;
        let kept = Kept { start, items: items.to_vec(), round: self.round };
        self.known.insert(text.into(), kept);
    }

    /// Forgets what was not asked for since the last time.
    pub(crate) fn sweep(&mut self) {
        let round = self.round;
        self.known.retain(|_, kept| kept.round == round);
        self.round = round.wrapping_add(1);
    }
}
