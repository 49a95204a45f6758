//! Twice the text is twice the result: each family of `benches/speed/families.rs` at a size and at twice that.
//!
//! Sizes are such that exponential work never ends and quadratic work is felt; how long each family takes
//! is measured by `cargo bench`, and `docs/performance.md` shows it.

use weft::format::format;
use weft::source::FileId;
use weft::syntax::parse;

use super::families::{FAULTY, SOUND};
use super::{messages, on_a_large_stack, program};

const UNITS: usize = 2_000;

#[test]
fn sound_families_have_no_errors_at_any_size() {
    for family in SOUND {
        for units in [UNITS, 2 * UNITS] {
            assert_eq!(messages(&program(&(family.text)(units))), Vec::<String>::new(), "{}", family.name);
        }
    }
}

#[test]
fn every_mistake_is_reported_once_however_many_there_are() {
    for family in FAULTY {
        for units in [UNITS, 2 * UNITS] {
            let found = program(&(family.text)(units)).errors.len();
            assert_eq!(found, units, "{}: errors in {units} units", family.name);
        }
    }
}

#[test]
fn a_comment_to_every_line_and_an_item_to_every_unit() {
    for units in [UNITS, 2 * UNITS] {
        let text_of = |name: &str| {
            let family = SOUND.iter().find(|family| family.name == name).expect("a family of that name");
            (family.text)(units)
        };
        let parsed = |name: &str| on_a_large_stack(|| parse(FileId(0), &text_of(name)));
        assert_eq!(parsed("many blocks").file.items.len(), units);
        assert_eq!(parsed("many models").file.items.len(), units);
        assert_eq!(parsed("comments").comments.len(), units);
    }
}

#[test]
fn a_text_of_any_shape_is_laid_out_and_then_stays() {
    for family in SOUND {
        let text = (family.text)(2 * UNITS);
        let once = on_a_large_stack(|| format(&text)).expect("no errors");
        assert!(on_a_large_stack(|| format(&once)).as_deref() == Ok(&*once), "{}", family.name);
    }
}
