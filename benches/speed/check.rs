//! What `weft check` does to a file, without the process around it.

use divan::{Bencher, black_box};
use weft::analysis::{Analysis, analyse};
use weft::front::weft::{Input, Options, Program, elaborate};
use weft::source::Disk;

use crate::examples;

/// The graphs of a text's models, all or those named.
pub fn elaborated(text: String, models: &[&str]) -> Program {
    let input = Input { name: "bench.weft".into(), path: None, text: text.into() };
    let models = models.iter().map(ToString::to_string).collect();
    elaborate(&Disk, input, &Options { models, ..Options::default() })
}

fn check(text: &str, models: &[&str]) -> (Program, Vec<Analysis>) {
    let program = elaborated(text.to_owned(), models);
    assert!(program.errors.is_empty(), "{:?}", program.errors);
    let analyses = program.models.iter().map(|graph| analyse(graph)).collect();
    (program, analyses)
}

/// One model, or the family of eight that stands in its file.
#[divan::bench(args = [&["ResNet50"][..], &[]], sample_count = 100)]
fn resnet(bencher: Bencher, models: &[&str]) {
    let path = examples::folder().join("vision/resnet.weft");
    let text = std::fs::read_to_string(path).expect("the example is there");
    bencher.bench(|| check(black_box(&text), models));
}
