//! The files that are typed in.

use std::collections::BTreeSet;
use std::fmt::Write;

use weft::front::weft::{Input, Options, elaborate};
use weft::source::{FileId, Memory};
use weft::syntax::ast::ItemKind;
use weft::syntax::parse;

#[path = "../shared/examples.rs"]
mod examples;

/// Where is typed, and what: in a comment, a size, a layer's name, and a number that is right at every letter and that many
/// models take.
pub const PLACES: [(&str, &str); 4] =
    [("# ", "really"), ("Linear(", "12"), ("-> ReLU", "zzz"), ("eps=1e-", "12")];

/// The byte behind a place in the middle of a text; `None` where there is no such place.
pub fn behind(text: &str, place: &str) -> Option<usize> {
    let (before, after) = text.split_at(text.len() / 2);
    let found = after.find(place).map(|at| before.len() + at).or_else(|| before.rfind(place));
    found.map(|at| at + place.len())
}

/// A word like another, with other letters and digits; no two of the first few dozens begin alike for long.
pub fn another(word: &str, number: usize) -> String {
    let turned = |(letter, by): (char, usize)| {
        let (first, count) = if letter.is_ascii_digit() { (b'1', 9) } else { (b'a', 26) };
        let from = usize::from(letter as u8 - first);
        (first + ((from + by) % count) as u8) as char
    };
    // Numbers are counted up in their digits.
    let by = (0..).map(|place| if place == 0 { number } else { number / 9_usize.pow(place) });
    word.chars().zip(by).map(turned).collect()
}

/// Whole examples, one below the other, with their items' names made different, up to a number of lines.
pub fn zoo(lines: usize) -> String {
    let mut text = String::new();
    for (example, number) in examples::texts().iter().zip(1..) {
        let parsed = parse(FileId(0), example);
        let mut own = BTreeSet::new();
        let mut is_alone = true;
        for item in &parsed.file.items {
            match &item.kind {
                ItemKind::Use { .. } => is_alone = false,
                ItemKind::Const { name, .. }
                | ItemKind::Block { name, .. }
                | ItemKind::Model { name, .. }
                | ItemKind::Variant { name, .. } => {
                    own.insert(name.text.to_string());
                }
            }
        }
        let body = renamed(example, &own, number);
        if is_alone && text.lines().count() + body.lines().count() <= lines && is_whole(&body) {
            let _ = writeln!(text, "# {number}\n{body}");
        }
    }
    text
}

/// True where a text is right by itself: none of the words that were made different means something else as well.
fn is_whole(text: &str) -> bool {
    let input = Input { name: "part.weft".into(), path: None, text: text.into() };
    elaborate(&Memory::default(), input, &Options::default()).errors.is_empty()
}

/// A text with some of its words made different.
fn renamed(text: &str, words: &BTreeSet<String>, number: usize) -> String {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut new = String::with_capacity(text.len());
    let mut word = String::new();
    for character in text.chars().chain(['\n']) {
        if is_word(character) {
            word.push(character);
            continue;
        }
        new.push_str(&word);
        if words.contains(&word) {
            let _ = write!(new, "_{number}");
        }
        word.clear();
        new.push(character);
    }
    new
}

/// One model that is written out, stage by stage, in so many lines.
pub fn network(lines: usize) -> String {
    let mut text = String::from("# one network\nmodel Network {\n    input x: [32, 64, 64]\n");
    let stages = lines.saturating_sub(10) / 5;
    for stage in 0..stages {
        let _ = write!(
            text,
            "    h = x # stage {stage}\n        -> conv{stage}: Conv2d(32, kernel=3, pad=1, bias=false)\n        \
             -> norm{stage}: BatchNorm\n        -> ReLU\n    x = x + h\n"
        );
    }
    text + "    output logits = x -> GlobalAvgPool -> Linear(10) -> ReLU # the end\n}\n"
}
