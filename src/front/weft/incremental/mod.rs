//! What one elaboration leaves to the next, so that an edit costs what it touches.
//!
//! Main type: [`cache::IncrementalState`]. What comes out with it is what comes out without.

pub mod cache;
pub mod moves;
