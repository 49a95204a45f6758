//! Text to tree, in bytes a second.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use weft::source::{FileId, Sources};
use weft::syntax::parse;

use crate::families::{FAULTY, Family, SOUND};
use crate::workloads::examples_repeated;

const MEGABYTE: usize = 1_000_000;

fn parse_text(bencher: Bencher, text: &str) {
    let file: FileId = Sources::new().add("bench.weft", text);
    bencher.counter(BytesCount::of_str(text)).bench(|| parse(file, black_box(text)));
}

/// The examples, repeated to a megabyte.
#[divan::bench(sample_count = 20)]
fn examples_to_1_mb(bencher: Bencher) {
    parse_text(bencher, &examples_repeated(MEGABYTE));
}

/// Each family at a size and at twice that: linear work has the same bytes a second in both.
#[divan::bench(args = sizes(), sample_count = 5)]
fn families(bencher: Bencher, size: &Sized) {
    parse_text(bencher, &(size.family.text)(size.units));
}

/// A family at a size.
struct Sized {
    family: &'static Family,
    units: usize,
}

impl std::fmt::Display for Sized {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} x {}", self.family.name, self.units)
    }
}

fn sizes() -> impl Iterator<Item = Sized> {
    SOUND.iter().chain(FAULTY).flat_map(|family| [10_000, 20_000].map(|units| Sized { family, units }))
}
