//! Fixes of random networks with defects: each leaves a program, takes its finding away and saves what it says; all of
//! them together compose.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestCaseError;
use weft::analysis::{Analysis, analyse};
use weft::diagnostic::{Diagnostic, Fix, Severity};
use weft::fix::{FixLevel, apply};
use weft::front::weft::Program;
use weft::lint::{Choice, Level, RULES, Settings, Subject, lint};
use weft::source::{FileId, Span};

use super::elaborated;
use super::stages::{on_maps, on_sequences};

/// What is wrong with a chain on maps: each has a finding with a fix wherever it stands, or after certain layers.
const ON_MAPS: &[&str] = &[
    "ReLU -> ReLU",
    "Sigmoid -> Dropout2d(0.1) -> ReLU",
    "ReLU6 -> MaxPool2d(3, stride=1, pad=1) -> ReLU6",
    "Softmax(axis=0) -> Softmax(axis=0)",
    "Dropout(0)",
    "Dropout2d(p=0.0)",
    "MaxPool2d(1)",
    "AvgPool2d(1, stride=1)",
    "Conv2d(12, kernel=3, pad=1) -> BatchNorm",
    "Conv2d(24, 3, padding=1, bias=true) -> InstanceNorm -> ReLU",
    "Conv2d(24, 1, 1, 0, 1, 1, true) -> BatchNorm2d",
    "Conv2d(36, kernel=1) -> Conv2d(12, kernel=1)",
    "ConvTranspose2d(12, kernel=3, stride=2, pad=1, output_pad=1)",
    "MaxPool2d(2)",
    "AvgPool2d(2)",
    "PReLU -> ReLU -> PReLU",
];

const ON_SEQUENCES: &[&str] = &[
    "GELU -> ReLU -> ReLU",
    "Softmax -> Softmax",
    "Softmax -> LogSoftmax",
    "Linear(1) -> Softmax -> Linear(24)",
    "Linear(48) -> Linear(24)",
    "Linear(48) -> Dropout(0.1) -> Linear(24)",
    "Dropout(0.0) -> Tanh -> Dropout(p=0)",
    "MultiheadAttention(1)",
    "Linear(24) -> ReLU -> Reshape([7, 24])",
];

/// What stands between two stages.
const BETWEEN: &[&str] =
    &[" -> ", "\n        -> ", " ->\n        ", " -> # a note\n        ", "\n        # a note\n        -> "];

/// Stages, one after the other.
fn chain(stages: BoxedStrategy<String>, least: usize, most: usize) -> BoxedStrategy<String> {
    let between = proptest::collection::vec(select(BETWEEN), most);
    (proptest::collection::vec(stages, least..=most), between)
        .prop_map(|(stages, between)| {
            let tail = stages.iter().skip(1).zip(between);
            tail.fold(stages.first().cloned().unwrap_or_default(), |text, (stage, between)| {
                text + between + stage
            })
        })
        .boxed()
}

fn maps(most: usize) -> BoxedStrategy<String> {
    let stage = prop_oneof![4 => select(ON_MAPS).prop_map(str::to_owned), 1 => on_maps().prop_map(|stage| stage.to_string())];
    chain(stage.boxed(), 1, most)
}

fn sequences() -> BoxedStrategy<String> {
    let stage = prop_oneof![3 => select(ON_SEQUENCES).prop_map(str::to_owned), 1 => on_sequences().prop_map(|stage| stage.to_string())];
    chain(stage.boxed(), 1, 3)
}

/// A network in whose every part something may be wrong: a chain, a chain with names by position, a block that is used
/// twice, a loop, a shared layer, definitions that nothing uses, a comment that allows nothing.
fn network() -> impl Strategy<Value = String> {
    let spare = select(vec![
        "",
        "const spare = 3\n\n",
        "## Of no use.\nblock Spare = ReLU -> ReLU\n\n",
        "use std.vision: Bottleneck, InvertedResidual\n\n",
        "# weft: allow(unused-layer)\n\n",
    ]);
    (maps(2), maps(3), maps(2), maps(2), sequences(), spare, any::<bool>()).prop_map(
        |(plain, counted, inner, looped, steps, spare, variant)| {
            let variant = if variant { "\nmodel Half = Net(width=12)\n" } else { "" };
            format!(
                "{spare}block Body {{
    input x: [C, H, W]
    let spare = C
    output x -> {inner}
}}

block Attend(heads) {{
    input x: [T, D]
    q = x -> query: Linear(D)
    k = x -> key: Linear(D)
    v = x -> Linear(D, bias=true)
    output (q, k, v) -> ScaledDotProductAttention(heads)
}}

model Net(width=24) {{
    input image: [12, 17, 19]
    input words: int[7]
    layer twice = Conv2d(12, kernel=3, pad=1)
    layer table = Embedding(50, width)
    maps = image -> twice -> BatchNorm -> twice -> BatchNorm -> {plain}
    maps = maps -> stages: ({counted})
    maps = maps -> body: Body * 2
    for i in 0..2 {{ maps = maps -> step[i]: ({looped}) }}
    steps = words -> table -> Linear(24) -> {steps} -> mix: Attend(2) * 2
    head = steps -> Linear(width) -> Linear(50, bias=false)
    output maps -> GlobalAvgPool -> classes: Linear(10)
    output head
}}
{variant}"
            )
        },
    )
}

/// Words that have no other near them.
const WORDS: &[&str] = &[
    "Conv2d",
    "BatchNorm",
    "InstanceNorm",
    "MaxPool2d",
    "AvgPool2d",
    "Dropout",
    "Dropout2d",
    "Softmax",
    "Sigmoid",
    "Linear",
    "Embedding",
    "GlobalAvgPool",
    "ScaledDotProductAttention",
    "MultiheadAttention",
    "LayerNorm",
    "Attend",
    "kernel",
    "stride",
    "groups",
    "dilation",
    "padding",
    "output_pad",
    "heads",
    "width",
    "image",
    "words",
    "table",
];

/// After these a name is defined, and any name is right.
const DEFINING: &[&str] = &["block ", "layer ", "input ", "block Attend(", "model Net("];

/// Where words are used that have no other near them.
fn words(text: &str) -> Vec<std::ops::Range<usize>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(is_part).map(|found| at + found) {
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |length| start + length);
        let is_defined_here = DEFINING.iter().any(|before| text[..start].ends_with(before));
        if WORDS.contains(&&text[start..end]) && !is_defined_here {
            found.push(start..end);
        }
        at = end;
    }
    found
}

/// A word with a letter twice, left out, or in the place of its neighbour; digits stay, since another digit is another
/// layer.
fn mistyped(word: &str, way: usize, at: Index) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let movable: Vec<usize> = (1..letters.len())
        .filter(|i| letters[*i].is_alphabetic() && letters[*i - 1].is_alphabetic())
        .collect();
    let at = *at.get(&movable);
    match way {
        0 => letters.insert(at, letters[at]),
        1 => drop(letters.remove(at)),
        _ => letters.swap(at - 1, at),
    }
    letters.into_iter().collect()
}

/// A text with one of the two spellings of a layer: a letter may be missing just where they differ.
fn one_spelling(text: &str) -> String {
    text.replace("MultiHeadAttention", "MultiheadAttention")
}

/// A text, read and judged by every rule.
struct Seen {
    program: Program,
    analyses: Vec<Analysis>,
    found: Vec<Diagnostic>,
}

impl Seen {
    fn of(text: &str) -> Seen {
        let program = elaborated(text, &[]);
        let analyses: Vec<_> = program.models.iter().map(|graph| analyse(graph)).collect();
        let asked = |level| Choice { level: Some(level), ..Choice::default() };
        let off = RULES.iter().filter(|rule| rule.level == Level::Allow);
        let rules = off.map(|rule| (rule.name, asked(Level::Warn))).collect();
        let findings =
            lint(Subject::program(&program, &analyses), &Settings { rules, ..Settings::default() });
        let mut found = [program.errors.clone(), findings].concat();
        found.sort_by_key(|one| (one.primary.location, one.code));
        Seen { program, analyses, found }
    }

    fn of_code(&self, code: &str) -> usize {
        self.found.iter().filter(|one| one.code == code).count()
    }

    /// How often each error is told.
    fn errors(&self) -> BTreeMap<&'static str, usize> {
        let mut errors = BTreeMap::new();
        for one in self.found.iter().filter(|one| one.severity == Severity::Error) {
            *errors.entry(one.code).or_default() += 1;
        }
        errors
    }

    /// What of each model can be seen from outside, but for its parameters: the shapes of its outputs.
    fn shapes(&self) -> Vec<String> {
        let outputs = self.program.models.iter().flat_map(|graph| {
            let shape = |output: &weft::ir::Output| graph.type_of(output.source).map(ToString::to_string);
            graph.outputs.iter().map(move |output| shape(output).unwrap_or_default())
        });
        outputs.collect()
    }

    fn tensors(&self) -> Vec<String> {
        let weights = self.program.models.iter().flat_map(|graph| {
            graph.weights().map(|(_, weight)| format!("{} {} {}", graph.name, weight.name, weight.shape))
        });
        weights.collect()
    }

    /// The parameters of each model.
    fn parameters(&self) -> Vec<u128> {
        self.analyses.iter().map(|of| of.totals.parameters.as_number().expect("no size is open")).collect()
    }
}

/// The parameters that a fix says it saves.
fn saved(fix: &Fix) -> u128 {
    let number = fix.title.split("saves ").nth(1).and_then(|rest| rest.split(' ').next());
    number.map_or(0, |number| number.replace(',', "").parse().expect("a number"))
}

/// A network that can be built, or none where a window did not fit.
fn built(text: &str) -> Result<Seen, TestCaseError> {
    let seen = Seen::of(text);
    if seen.program.errors.iter().any(|error| error.code == "empty-output") {
        return Err(TestCaseError::reject("a window does not fit"));
    }
    prop_assert_eq!(&seen.program.errors, &[], "{}", text);
    Ok(seen)
}

/// Where a place begins after a fix; `None` where it went.
fn moved(place: Span, fix: &Fix) -> Option<i64> {
    let mut start = i64::from(place.start);
    for edit in &fix.edits {
        let span = edit.location.span;
        if edit.text.is_empty() && span.start <= place.start && place.end <= span.end {
            return None;
        }
        if span.end <= place.start && span.start < place.start {
            start += edit.text.len() as i64 - i64::from(span.end - span.start);
        }
    }
    Some(start)
}

/// True where the same rule finds nothing at a finding's place after its fix.
fn is_gone(finding: &Diagnostic, fix: &Fix, after: &Seen) -> bool {
    let place = moved(finding.primary.location.span, fix);
    let stands_there = |one: &Diagnostic| place == Some(i64::from(one.primary.location.span.start));
    !after.found.iter().any(|one| one.code == finding.code && stands_there(one))
}

/// No error is told more often than before.
fn no_new_error(before: &Seen, after: &Seen, told: &str) -> Result<(), TestCaseError> {
    for (code, count) in after.errors() {
        prop_assert!(count <= before.of_code(code), "{} is new\n{}", code, told);
    }
    Ok(())
}

/// What of a network changes by safe fixes: tensors that they do without, and nothing else.
fn is_the_same(before: &Seen, after: &Seen, told: &str) -> Result<(), TestCaseError> {
    prop_assert_eq!(before.shapes(), after.shapes(), "{}", told);
    let (old, new) = (before.tensors(), after.tensors());
    let mut old = old.iter();
    prop_assert!(new.iter().all(|tensor| old.any(|known| known == tensor)), "{:?}\n{}", new, told);
    Ok(())
}

/// A fix saves what it says in one model, and in no model anything if it says nothing.
fn saves_what_it_says(before: &Seen, after: &Seen, fix: &Fix, told: &str) -> Result<(), TestCaseError> {
    let (old, new) = (before.parameters(), after.parameters());
    let savings: Vec<u128> = old.iter().zip(new).map(|(old, new)| old - new).collect();
    let said = saved(fix);
    prop_assert!(
        savings.contains(&said) && (said > 0 || savings.iter().all(|saving| *saving == 0)),
        "{:?} is saved\n{}",
        savings,
        told
    );
    Ok(())
}

/// A text with fixes written into it until there is none.
fn mended(text: &str, wanted: FixLevel) -> Result<String, TestCaseError> {
    let mut text = text.to_owned();
    for _ in 0..10 {
        let seen = Seen::of(&text);
        let fixed = apply(FileId(0), &text, &seen.found, wanted);
        if fixed.count == 0 {
            return Ok(text);
        }
        let syntax = |seen: &Seen| seen.of_code("syntax");
        prop_assert!(syntax(&Seen::of(&fixed.text)) <= syntax(&seen), "{}\nbecame\n{}", text, fixed.text);
        text = fixed.text;
    }
    Err(TestCaseError::fail(format!("ten rounds do not end\n{text}")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, max_global_rejects: 8192, ..ProptestConfig::default() })]

    #[test]
    fn each_fix_leaves_a_program_without_its_finding_and_saves_what_it_says(text in network()) {
        let seen = built(&text)?;
        for finding in seen.found.iter().filter(|finding| finding.fix.is_some()) {
            let fix = finding.fix.as_ref().expect("one");
            let fixed = apply(FileId(0), &text, std::slice::from_ref(finding), FixLevel::All);
            prop_assert_eq!(fixed.count, 1);
            let after = Seen::of(&fixed.text);
            let told = format!("[{}] {}: {}\n{text}\nbecame\n{}", finding.code, finding.message, fix.title, fixed.text);
            prop_assert!(is_gone(finding, fix, &after), "it is still there: {}", told);
            no_new_error(&seen, &after, &told)?;
            if fix.safe {
                is_the_same(&seen, &after, &told)?;
                saves_what_it_says(&seen, &after, fix, &told)?;
            }
        }
    }

    #[test]
    fn safe_fixes_compose_and_unsafe_ones_too(text in network()) {
        let seen = built(&text)?;
        let safe = mended(&text, FixLevel::Safe)?;
        let after = Seen::of(&safe);
        let told = format!("{text}\nbecame\n{safe}");
        no_new_error(&seen, &after, &told)?;
        is_the_same(&seen, &after, &told)?;
        prop_assert!(!after.found.iter().any(|one| one.fix.as_ref().is_some_and(|fix| fix.safe)), "{}", told);
        let all = mended(&text, FixLevel::All)?;
        let after = Seen::of(&all);
        let told = format!("{text}\nbecame\n{all}");
        no_new_error(&seen, &after, &told)?;
        prop_assert!(!after.found.iter().any(|one| one.fix.is_some()), "{}", told);
    }

    #[test]
    fn mistyped_words_are_put_right_whatever_else_is_wrong(
        text in network(),
        typos in proptest::collection::vec((any::<Index>(), 0..3usize, any::<Index>()), 1..5),
    ) {
        built(&text)?;
        let places = words(&text);
        let typos: BTreeMap<usize, _> = typos.into_iter().map(|(word, way, at)| (word.index(places.len()), (way, at))).collect();
        let mut wrong = text.clone();
        for (word, (way, at)) in typos.into_iter().rev() {
            let place = places[word].clone();
            wrong.replace_range(place.clone(), &mistyped(&text[place], way, at));
        }
        let mut right = wrong.clone();
        for _ in 0..10 {
            let mut seen = Seen::of(&right);
            seen.found.retain(|one| one.code.starts_with("unknown-"));
            let fixed = apply(FileId(0), &right, &seen.found, FixLevel::All);
            right = fixed.text;
        }
        prop_assert_eq!(one_spelling(&right), one_spelling(&text), "of\n{}", wrong);
        let all = |text: &str| mended(text, FixLevel::All).map(|text| one_spelling(&text));
        prop_assert_eq!(all(&wrong)?, all(&text)?, "of\n{}", wrong);
    }
}
