//! Definitions, references and renaming.

use super::{Case, around, name_of};
use crate::ide::{definition, highlights, references, rename, renamed};
use crate::source::FileSystem;

/// The text of the file that defines what is at the cursor, with `⟨ ⟩` around the name.
fn defined(case: &Case) -> Option<String> {
    let found = definition(case.named(), case.cursor, false)?;
    let file = case.program.sources.get(found.name.file)?;
    Some(around(file.text(), [found.name.span]))
}

fn highlighted(case: &Case) -> String {
    case.with(highlights(case.named(), case.cursor).into_iter().map(|(span, _)| span))
}

/// Every file that speaks of what is at the cursor, with `⟨ ⟩` around the names.
fn spoken_of(case: &Case) -> Vec<String> {
    let found = case.ask(references);
    let mut files: Vec<_> = found.iter().map(|reference| reference.file.clone()).collect();
    files.dedup();
    let shown = files.into_iter().map(|file| {
        let name = name_of(&file);
        let text = case.files.read(name.as_ref()).expect("a file");
        let spans = found.iter().filter(|reference| reference.file == file).map(|reference| reference.span);
        format!("{name}: {}", around(&text, spans))
    });
    shown.collect()
}

/// Every file with the new name in it.
fn after(case: &Case, new: &str) -> Result<Vec<String>, String> {
    let places = case.ask(|text, at, workspace| renamed(text, at, new, workspace))?;
    let changed = places.into_iter().map(|(file, spans)| {
        let mut text = case.files.read(name_of(&file).as_ref()).expect("a file");
        spans.iter().rev().for_each(|span| text.replace_range(span.range(), new));
        text
    });
    Ok(changed.collect())
}

#[test]
fn a_read_goes_to_the_last_binding_before_it() {
    let case = Case::new("model M { input x: [3]  x = x -> ReLU  x = │x -> Tanh  output x }");
    let expected = "model M { input x: [3]  ⟨x⟩ = x -> ReLU  x = x -> Tanh  output x }";
    assert_eq!(defined(&case).as_deref(), Some(expected));
    let case = Case::new("model M { input x: [3]  output y = x -> Foo│  }  block Foo = ReLU");
    let expected = "model M { input x: [3]  output y = x -> Foo  }  block ⟨Foo⟩ = ReLU";
    assert_eq!(defined(&case).as_deref(), Some(expected));
}

#[test]
fn a_name_that_is_first_bound_in_a_loop_is_another_one_after_it() {
    let text = "model M { input x: [3] for i in 0..2 { y = x -> ReLU  x = │y } y = x output y }";
    let case = Case::new(text);
    let expected = "model M { input x: [3] for i in 0..2 { ⟨y⟩ = x -> ReLU  x = ⟨y⟩ } y = x output y }";
    assert_eq!(highlighted(&case), expected);
    let case = Case::new(&text.replace('│', "").replace("output y", "output │y"));
    let expected = "model M { input x: [3] for i in 0..2 { y = x -> ReLU  x = y } ⟨y⟩ = x output ⟨y⟩ }";
    assert_eq!(highlighted(&case), expected);
}

#[test]
fn arguments_parameters_and_sizes_are_names_too() {
    let case = Case::new(
        "block B(width│) { input x: [C, T] input y: [C, T] output (x, y) -> Concat(axis=0) -> Linear(width + T) }
         model M { input x: [3, 4] output (x, x) -> B(width=3) }",
    );
    assert_eq!(
        highlighted(&case),
        "block B(⟨width⟩) { input x: [C, T] input y: [C, T] output (x, y) -> Concat(axis=0) -> Linear(⟨width⟩ + T) }
         model M { input x: [3, 4] output (x, x) -> B(⟨width⟩=3) }"
    );
    let case = Case::new("block B { input x: [C, T] input y: [│C, T] output x -> Linear(C) }");
    assert_eq!(highlighted(&case), "block B { input x: [⟨C⟩, T] input y: [⟨C⟩, T] output x -> Linear(⟨C⟩) }");
    let case = Case::new(
        "block B(r) { input x: [C] input t: [C] = x output t } model M { input x: [3] output x -> B(1, │t=x) }",
    );
    assert_eq!(
        highlighted(&case),
        "block B(r) { input x: [C] input ⟨t⟩: [C] = x output ⟨t⟩ } model M { input x: [3] output x -> B(1, ⟨t⟩=x) }"
    );
}

#[test]
fn a_variant_speaks_of_its_base() {
    let case = Case::new(
        "model M(n│=3) { input x: [4] output y = x -> Linear(n) } model N = M(n=2) { assert y.shape[0] == n }",
    );
    assert_eq!(
        highlighted(&case),
        "model M(⟨n⟩=3) { input x: [4] output y = x -> Linear(⟨n⟩) } model N = M(⟨n⟩=2) { assert y.shape[0] == ⟨n⟩ }"
    );
}

#[test]
fn layers_and_their_arguments_are_found_by_any_of_their_names() {
    let case = Case::new(
        "model M { input x: [3, 4, 4] output x -> BatchNorm2d -> Conv2d(3, ker│nel=1) -> BatchNorm -> Conv2d(3, kernel_size=1) }",
    );
    assert_eq!(
        highlighted(&case),
        "model M { input x: [3, 4, 4] output x -> BatchNorm2d -> Conv2d(3, ⟨kernel⟩=1) -> BatchNorm -> Conv2d(3, ⟨kernel_size⟩=1) }"
    );
    let case = Case::new("model M { input x: [3, 4, 4] output x -> Batch│Norm2d -> BatchNorm }");
    assert_eq!(highlighted(&case), "model M { input x: [3, 4, 4] output x -> ⟨BatchNorm2d⟩ -> ⟨BatchNorm⟩ }");
}

const BLOCKS: &str = "block Stem(n) = Linear(n) -> ReLU\nblock Two = Stem(3) -> Stem(4)\n";

#[test]
fn a_name_is_found_in_every_file_that_imports_it() {
    let main = "use \"blocks.weft\": Stem\nmodel M { input x: [3] output x -> St│em(2) }\n";
    let other = "use \"blocks.weft\": Stem\nmodel Other { input x: [3] output x -> Stem(n=2) }\n";
    let unrelated = "block Stem = ReLU\n";
    let case =
        Case::beside(main, &[("blocks.weft", BLOCKS), ("other.weft", other), ("unrelated.weft", unrelated)]);
    assert_eq!(
        defined(&case).as_deref(),
        Some("block ⟨Stem⟩(n) = Linear(n) -> ReLU\nblock Two = Stem(3) -> Stem(4)\n")
    );
    assert_eq!(
        spoken_of(&case),
        [
            "blocks.weft: block ⟨Stem⟩(n) = Linear(n) -> ReLU\nblock Two = ⟨Stem⟩(3) -> ⟨Stem⟩(4)\n",
            "main.weft: use \"blocks.weft\": ⟨Stem⟩\nmodel M { input x: [3] output x -> ⟨Stem⟩(2) }\n",
            "other.weft: use \"blocks.weft\": ⟨Stem⟩\nmodel Other { input x: [3] output x -> ⟨Stem⟩(n=2) }\n",
        ]
    );
    let renamed = after(&case, "Trunk").expect("a name that nothing else has");
    assert_eq!(renamed.concat().matches("Trunk").count(), 7);
}

#[test]
fn a_parameter_is_renamed_where_other_files_give_it() {
    let other = "use \"main.weft\": Stem\nmodel Other { input x: [3] output x -> Stem(n=2) }\n";
    let case = Case::beside("block Stem(│n) = Linear(n)\n", &[("other.weft", other)]);
    let expected = ["block Stem(width) = Linear(width)\n", &other.replace("n=2", "width=2")];
    assert_eq!(after(&case, "width").expect("a free name"), expected);
}

#[test]
fn the_source_of_a_use_goes_to_the_file_and_a_standard_name_to_its_use() {
    let case = Case::beside("use \"blo│cks.weft\": Stem\nblock B = Stem(3)", &[("blocks.weft", BLOCKS)]);
    assert_eq!(defined(&case).as_deref(), Some(format!("⟨⟩{BLOCKS}").as_str()));
    let case = Case::new("use std.vision: BasicBlock\nblock B = Basic│Block(3)");
    assert_eq!(defined(&case).as_deref(), Some("use std.vision: ⟨BasicBlock⟩\nblock B = BasicBlock(3)"));
}

#[test]
fn a_path_in_a_declared_layer_goes_to_its_label() {
    let text = |used: &str| {
        let block = "block B { input x: [C]  output x -> a.b: Linear(4) -> c: Linear(4) }";
        format!(
            "{block} model M {{ input x: [3]  layer f = B  layer g = Linear(4)  y = x -> f -> g  output {used} }}"
        )
    };
    let goes = |used: &str, to: &str, new: &str| {
        let case = Case::new(&text(used));
        assert_eq!(defined(&case).expect("a definition"), case.text.replacen(to, new, 1), "{used}");
    };
    goes("y * f.c│.weight", "-> c:", "-> ⟨c⟩:");
    goes("y * f.a.│b.weight", "a.b:", "⟨a.b⟩:");
    goes("y * f.a│.b.weight", "a.b:", "⟨a.b⟩:");
    goes("y * g.wei│ght", "layer g", "layer ⟨g⟩");
    assert_eq!(defined(&Case::new(&text("y.sha│pe[0]"))), None);
}

#[test]
fn what_has_no_name_of_its_own_cannot_be_renamed() {
    let refused = |marked: &str, new: &str| {
        let case = Case::new(marked);
        after(&case, new).expect_err("a refusal")
    };
    let model = |body: &str| format!("model M {{ input x: [3] {body} }}");
    insta::assert_snapshot!(
        [
            refused(&model("output x -> Re│LU"), "Tanh"),
            refused(&model("output x -> Linear(out│=3)"), "n"),
            refused(&model("let n = m│in(1, 2) output x -> Linear(n)"), "n"),
            refused("use std.vision: Bottle│neck\n", "Neck"),
            refused(&model("output 3│"), "n"),
            refused(&model("y│ = x output y"), "model"),
            refused(&model("y│ = x output y"), "3y"),
            refused(&model("y│ = x output y"), "a b"),
            refused(&model("y│ = x output y"), "_"),
        ]
        .join("\n")
    );
}

#[test]
fn a_name_that_would_change_what_another_means_is_refused() {
    let refused = |marked: &str, new: &str| after(&Case::new(marked), new).expect_err("a refusal");
    insta::assert_snapshot!(
        [
            refused("model M { input x: [3] y│ = x -> ReLU output x + y }", "x"),
            refused("model M { input x: [3] layer f│ = ReLU output x -> f -> Tanh }", "Tanh"),
            refused("model M { input x: [3] y│ = x -> ReLU output y + z }", "z"),
            refused("block A│ = ReLU\nblock B = A", "B"),
            refused("block A│(n) = Linear(n)\nmodel M(B) { input x: [3] output x -> A(3) -> B }", "B"),
        ]
        .join("\n")
    );
}

#[test]
fn a_broken_file_keeps_its_names() {
    let case = Case::new(
        "model M { input x: [3]\n y = x -> \n layer f│ = Linear(3)\n z = x -> f -> )\n output z -> f }",
    );
    assert_eq!(
        highlighted(&case),
        "model M { input x: [3]\n y = x -> \n layer ⟨f⟩ = Linear(3)\n z = x -> f -> )\n output z -> ⟨f⟩ }"
    );
    assert!(rename(case.named(), case.cursor).is_ok());
    insta::assert_snapshot!(after(&case, "g").expect_err("a refusal"));
    let apart = "model M { input x: [3]\n layer f│ = ReLU\n output x -> f }\nmodel N { input x: [3]\n f = x )\n output x }";
    assert!(after(&Case::new(apart), "g").is_ok());
    let argument = "block B(n│) = Linear(n)\nmodel N { input x: [3]\n y = x -> B(n=2) -> )\n output x }";
    insta::assert_snapshot!(after(&Case::new(argument), "width").expect_err("a refusal"));
}
