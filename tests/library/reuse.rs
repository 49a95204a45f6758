//! A block that was expanded before is copied: nothing that comes out may tell.

use std::fs;
use std::path::{Path, PathBuf};

use weft::front::weft::{Input, Options, Program, elaborate};
use weft::source::Disk;

fn built(path: &Path, text: &str, no_cache: bool) -> Program {
    let input = Input { name: path.display().to_string(), path: Some(path.to_owned()), text: text.into() };
    elaborate(&Disk, input, &Options { no_cache, ..Options::default() })
}

/// Compares everything that a graph holds, and every error.
fn assert_alike(path: &Path, text: &str) -> usize {
    let (no_cache, reused) = (built(path, text, true), built(path, text, false));
    assert_eq!(no_cache.errors, reused.errors, "{}", path.display());
    assert_eq!(no_cache.models.len(), reused.models.len(), "{}", path.display());
    for (a, b) in no_cache.models.iter().zip(&reused.models) {
        // Whole texts are long: what differs is looked for only where they do.
        let (told_a, told_b) = (format!("{a:?}"), format!("{b:?}"));
        if told_a != told_b {
            let at = told_a.bytes().zip(told_b.bytes()).position(|(a, b)| a != b).unwrap_or(0);
            let around = |told: &str| told.chars().skip(at.saturating_sub(300)).take(600).collect::<String>();
            panic!("{}: {}\nanew   {}\nreused {}", path.display(), a.name, around(&told_a), around(&told_b));
        }
    }
    no_cache.models.len()
}

fn weft_files(folder: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            weft_files(&path.to_string_lossy(), found);
        } else if path.extension().is_some_and(|end| end == "weft") {
            found.push(path);
        }
    }
}

/// Elaboration needs a deep stack.
fn on_deep_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(weft::cli::STACK).spawn(work);
    thread.expect("a thread").join().expect("no panic");
}

#[test]
fn no_example_tells_whether_its_blocks_were_copied() {
    on_deep_stack(|| {
        let mut files = Vec::new();
        for folder in ["examples", "tests/standard", "tests/suite"] {
            weft_files(folder, &mut files);
        }
        let models: usize =
            files.iter().map(|path| assert_alike(path, &fs::read_to_string(path).expect("text"))).sum();
        assert!(models > 100, "{models}");
    });
}

/// What a copy must not be made of, or must be changed in one.
const TRAPS: &[(&str, &str)] = &[
    ("a path that is taken", "
        block Pair { input x: [c]  output y = x -> first: Linear(c) -> Linear(c) }
        model M { input x: [4]
            x = x -> a: Pair
            x = x -> b.linear_1: Linear(4)
            x = x -> b: Pair
            output z = x -> c: Pair }"),
    ("a tensor of an outer layer", "
        block Head(w) { input x: [c]  output y = x -> proj: Linear(c, weight=w, bias=false) }
        model M { input x: [4]
            layer shared = Linear(4, bias=false)
            x = x -> shared
            x = x -> a: Head(shared.weight)
            output z = x -> b: Head(shared.weight) }"),
    ("ties inside", "
        block Tied { input x: [c]
            layer up = Linear(c, bias=false)
            output y = x -> up -> down: Linear(c, weight=up.weight) }
        model M { input x: [4]  output z = x -> a: Tied -> b: Tied -> c: Tied }"),
    ("a declared layer used twice inside", "
        block Twice { input x: [c]
            layer f = Linear(c)
            output y = x -> f -> ReLU -> f }
        model M { input x: [4]  output z = x -> Twice -> Twice -> Twice }"),
    ("a declared block used twice", "
        block Unit { input x: [c]  output y = x + (x -> Linear(c)) }
        model M { input x: [4]
            layer f = Unit * 2
            output z = x -> f -> f -> Unit -> Unit }"),
    ("the same tensor twice, and two", "
        block Sum { input a: [c]  input b: [c]  output y = (a -> Linear(c)) + (b -> Linear(c)) }
        model M { input x: [4]
            p = x -> Linear(4)
            q = (x, x) -> s1: Sum
            r = (x, p) -> s2: Sum
            s = (p, p) -> s3: Sum
            output z = (q, r) -> s4: Sum
            output w = s }"),
    ("an input sent by name", "
        block Cond { input x: [c]  input time: [c] = x  output y = x + (time -> Linear(c)) }
        model M { input x: [4]  input t: [4]
            output z = x -> Cond -> Cond(time=t) -> Cond -> Cond(time=t) }"),
    ("layers as arguments", "
        block Act(act, norm=BatchNorm) { input x: [c, h]  output y = x -> norm -> act }
        model M { input x: [4, 4]
            output z = x -> Act(ReLU) -> Act(GELU) -> Act(ReLU) -> Act(PReLU, norm=LayerNorm) -> Act(PReLU, norm=LayerNorm) }"),
    ("a lone layer under a name and without one", "
        block Only = Linear(4)
        model M { input x: [4]  output z = x -> Only -> named: Only -> Only -> other: Only }"),
    ("frozen and not", "
        block Unit { input x: [c]  output y = x -> Linear(c) }
        model M { input x: [4]
            output z = x -> Unit -> Unit(trainable=false) -> Unit -> Unit(trainable=false) }"),
    ("parameters, several results, assertions", "
        block FailConditions { input x: [c]
            ## How much passes.
            param g: [c]
            output open = x * g
            output shut = x - x * g
            assert params == c }
        model M { input x: [4]
            (a, b) = x -> first: FailConditions
            (c, d) = a + b -> second: FailConditions
            output z = (c + d) -> FailConditions -> FailConditions }"),
    ("symbolic sizes", "
        block Unit { input x: [t, c]  output y = x -> Linear(c) -> ReLU }
        model M { input x: [T, 8]
            output z = x -> Unit -> Unit -> Unit }"),
    ("an error in the block", "
        block Bad { input x: [c]  output y = x -> Reshape([c + 1]) }
        model M { input x: [4]  output z = x -> Bad -> Bad }"),
    ("an error in the second use alone", "
        block Half { input x: [c]  output y = x -> Reshape([2, c // 2]) -> Flatten -> Linear(3) }
        model M { input x: [4]  output z = x -> Half -> Half -> Half }"),
    ("blocks in blocks, numbered by position", "
        block Inner(n) = (Linear(n) -> ReLU) * 2
        block Outer(n) { input x: [c]  output y = x -> body: Inner(n) * 2 -> Inner(n) }
        model M { input x: [4]  output z = x -> Outer(4) * 3 -> tail: Outer(4) }"),
    ("a mixture inside", "
        block Expert(h) { input x: [t, c]  output y = x -> Linear(h) -> ReLU -> Linear(c) }
        block Moe { input x: [t, c]
            scores = x -> gate: Linear(4, bias=false)
            output y = (x, scores) -> experts: MixtureOfExperts(Expert(8), top_k=2) }
        model M { input x: [6, 4]  output z = x -> Moe -> Moe -> last: Moe }"),
];

#[test]
fn no_trap_tells_either() {
    on_deep_stack(|| {
        for (trap, text) in TRAPS {
            let path = PathBuf::from(format!("{trap}.weft"));
            assert_alike(&path, text);
            let errors = built(&path, text, false).errors;
            assert_eq!(errors.is_empty(), !trap.contains("error"), "{trap}: {errors:#?}");
        }
    });
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % n.max(1)
    }

    fn place(&mut self, text: &str) -> usize {
        let at = self.below(text.len() + 1);
        (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
    }
}

/// One edit as a person, a tool or a cat makes it.
fn edited(text: &str, original: &str, dice: &mut Dice) -> String {
    let mut new = text.to_owned();
    match dice.below(12) {
        0 => return original.to_owned(),
        1 => {
            let (a, b) = (dice.place(text), dice.place(text));
            new.replace_range(a.min(b)..a.max(b).min(a.min(b) + 40).max(a.min(b)), "");
        }
        2 | 3 => {
            let words = [
                "ReLU",
                " -> ",
                "(",
                ")",
                "}",
                "{",
                "\n",
                "## told\n",
                "x",
                "é",
                "\"",
                "# c",
                "model ",
                "block ",
                "1",
                ", ",
            ];
            new.insert_str(dice.place(text), words[dice.below(words.len())]);
        }
        4..=6 => {
            let digits: Vec<_> = text.match_indices(|c: char| c.is_ascii_digit()).collect();
            if let Some((at, _)) = digits.get(dice.below(digits.len())) {
                new.replace_range(*at..at + 1, ["1", "2", "4", "64"][dice.below(4)]);
            }
        }
        7 => new.insert_str(0, "\n# above\n"),
        8 | 9 => {
            let mut items: Vec<_> = text.split("\n\n").collect();
            let (a, b) = (dice.below(items.len()), dice.below(items.len()));
            items.swap(a, b);
            return items.join("\n\n");
        }
        10 => {
            let items: Vec<_> = text.split("\n\n").collect();
            let one = items[dice.below(items.len())];
            return format!("{text}\n\n{one}");
        }
        _ => new.push_str("\n\nblock Spare(n) = Linear(n)\n"),
    }
    new
}

/// All that an elaboration gives; what it says of fingerprints aside, which only a recall has.
fn told(program: Program) -> String {
    format!("{:#?}", Program { fingerprints: Vec::new(), ..program })
}

#[test]
fn after_any_edits_what_is_recalled_is_what_is_read_anew() {
    use weft::front::weft::{IncrementalState, elaborate_again};
    on_deep_stack(|| {
        let traps: Vec<_> = TRAPS.iter().filter(|(trap, _)| !trap.contains("taken")).collect();
        let several = |range: std::ops::Range<usize>| {
            let texts = traps[range].iter().enumerate().map(|(i, (_, text))| {
                ["M", "Unit", "Head", "Pair"].iter().fold(text.to_string(), |text, name| {
                    text.replace(&format!("{name} "), &format!("{name}{i} "))
                        .replace(&format!("{name}("), &format!("{name}{i}("))
                })
            });
            texts.collect::<Vec<_>>().join("\n\n").replace("        ", "")
        };
        let example = |path: &str| fs::read_to_string(path).expect("an example");
        let texts = [
            several(0..5),
            several(5..11),
            several(11..15),
            example("examples/teaching/lenet5.weft"),
            example("examples/vision/unet.weft"),
            example("tests/standard/maps.weft"),
        ];
        let mut dice = Dice(7);
        let mut reused = 0;
        for original in &texts {
            let (mut recall, mut text) = (IncrementalState::default(), original.clone());
            for _ in 0..40 {
                let input = || Input {
                    name: "a.weft".into(),
                    path: Some("a.weft".into()),
                    text: text.as_str().into(),
                };
                let again = elaborate_again(&Disk, input(), &Options::default(), Some(&mut recall));
                reused += again.models.len();
                let no_cache = elaborate(&Disk, input(), &Options { no_cache: true, ..Options::default() });
                let (again, no_cache) = (told(again), told(no_cache));
                if again != no_cache {
                    let line = again.lines().zip(no_cache.lines()).position(|(a, b)| a != b).unwrap_or(0);
                    let around = |told: &str| {
                        told.lines().skip(line.saturating_sub(12)).take(25).collect::<Vec<_>>().join("\n")
                    };
                    panic!("{text}\n---- again\n{}\n---- no_cache\n{}", around(&again), around(&no_cache));
                }
                text = edited(&text, original, &mut dice);
            }
        }
        assert!(reused > 200, "{reused} models were built: the texts are broken too often");
    });
}

/// The doc comments of a model's nodes: each is made no_cache when its statement runs, and shared where it was copied.
fn docs(program: &Program) -> Vec<std::sync::Arc<str>> {
    program.models.iter().flat_map(|model| model.nodes()).filter_map(|(_, node)| node.doc.clone()).collect()
}

const DOCUMENTED: &str = "
block Unit {
    input x: [c]
    ## Told once.
    output y = x -> Linear(c)
}

model First { input x: [4]  output z = x -> Unit -> Unit }

model Second { input x: [4]  output z = x -> Unit }
";

#[test]
fn a_further_use_is_a_copy_also_in_the_next_model() {
    let path = Path::new("copies.weft");
    let (reused, no_cache) = (docs(&built(path, DOCUMENTED, false)), docs(&built(path, DOCUMENTED, true)));
    assert_eq!((reused.len(), no_cache.len()), (3, 3));
    assert!(reused.iter().all(|doc| std::sync::Arc::ptr_eq(doc, &reused[0])));
    assert!(no_cache[1..].iter().all(|doc| !std::sync::Arc::ptr_eq(doc, &no_cache[0])));
}

/// The versions of one text, each elaborated with what the ones before it left.
fn versions() -> impl FnMut(&str) -> Program {
    let mut recall = weft::front::weft::IncrementalState::default();
    move |text| {
        let input = Input { name: "a.weft".into(), path: Some("a.weft".into()), text: text.into() };
        weft::front::weft::elaborate_again(&Disk, input, &Options::default(), Some(&mut recall))
    }
}

#[test]
fn an_edit_leaves_other_models_and_blocks_as_they_are() {
    use std::sync::Arc;
    let mut next = versions();
    let before = next(DOCUMENTED);
    let after =
        next(&DOCUMENTED.replace("x -> Unit }", "x -> Unit -> ReLU }").replacen("\n", "\n# above\n", 1));
    assert_eq!(before.fingerprints[0], after.fingerprints[0]);
    assert_ne!(before.fingerprints[1], after.fingerprints[1]);
    assert!(
        docs(&after).iter().all(|doc| Arc::ptr_eq(doc, &docs(&before)[0])),
        "the block was expanded again"
    );
    let changed = next(&DOCUMENTED.replace("Linear(c)", "Linear(4)"));
    assert!(docs(&changed).iter().all(|doc| !Arc::ptr_eq(doc, &docs(&before)[0])), "the block was changed");
}

#[test]
fn what_an_edit_breaks_is_as_it_was_when_that_is_taken_back() {
    use std::sync::Arc;
    let mut next = versions();
    let before = next(DOCUMENTED);
    for broken in ["Linear(1c", "Linear(12c"] {
        assert!(next(&DOCUMENTED.replace("Linear(c", broken)).models.is_empty(), "{broken} could be read");
    }
    let mended = next(&format!("# above\n{DOCUMENTED}"));
    assert_eq!(mended.fingerprints, before.fingerprints);
    assert!(
        docs(&mended).iter().all(|doc| Arc::ptr_eq(doc, &docs(&before)[0])),
        "a block was expanded again"
    );
    let places = |program: &Program| -> Vec<_> {
        program
            .models
            .iter()
            .flat_map(|model| model.nodes())
            .map(|(_, node)| node.origin.span.start)
            .collect()
    };
    let moved: Vec<_> = places(&before).iter().map(|start| start + "# above\n".len() as u32).collect();
    assert_eq!(places(&mended), moved);
}
