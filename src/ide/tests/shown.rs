//! Outlines, folds and semantic_tokens.

use super::{Case, around};
use crate::front::weft::{Input, Options, elaborate};
use crate::ide::{Outline, Text, Workspace, folds, outline, semantic_tokens, workspace_outline};
use crate::source::Memory;

const PROGRAM: &str = "\
## A file about nets.
## 卷积 🧵

use std.vision: BasicBlock, Bottleneck
use std.text: PreNormLayer

const widths = [64, 128]
const double(n, by=2) = n * by

# Not documentation.
## A tower.
block Tower(width, act=ReLU) {
    input x: [C, H, W]
    layer conv = tower.conv: Conv2d(width, kernel=3, pad=\"same\")
    output x -> conv -> bn: BatchNorm -> act
}

block Small(n) = Linear(n)
    -> ReLU
    -> out: Linear(n)

model Net(depth=2) {
    input 图像: int[3, H = 32, W = 32]
    param scale: [1]
    buffer table = a.table: [4]
    let n = min(depth, 3)
    x = 图像
        -> \"block{n}.conv\": Conv2d(
            64,
            kernel=3,
        )
        -> (stem: (
            Tower(3) -> Dropout(0.5)
        ))
    for i in 0..depth {
        x = x -> stage{i}.layers[i]: Small(n) * 2
    }
    if depth > 1 {
        x = x -> ReLU # done
    }
    assert params > 0, \"none\"
    output logits = x * scale -> GlobalAvgPool -> fc: Linear(10, bias=false)
    output x
}
model Deep = Net(depth=4) { assert x.rank == 3 }
";

fn tree(entries: &[Outline], depth: usize, lines: &mut Vec<String>) {
    for entry in entries {
        assert!(
            entry.whole.start <= entry.selection.start && entry.selection.end <= entry.whole.end,
            "{entry:?}"
        );
        lines.push(format!("{}{} {} ({:?})", "  ".repeat(depth), entry.name, entry.detail, entry.kind));
        tree(&entry.children, depth + 1, lines);
    }
}

fn case() -> Case {
    Case::new(&format!("{PROGRAM}│"))
}

#[test]
fn an_outline_holds_items_and_what_stands_in_them() {
    let case = case();
    let mut lines = Vec::new();
    tree(&outline(&case.text, &case.program.tree), 0, &mut lines);
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn an_item_of_the_workspace_is_found_by_letters_of_its_name() {
    let case = Case::beside(
        "model ResNet { output 1 }│",
        &[("b.weft", "block Stem = ReLU\nblock ResBlock = ReLU\n")],
    );
    let found = |query: &str| {
        let workspace = Workspace { files: &case.files, list: &|| case.paths.clone() };
        let files = workspace_outline(query, workspace);
        let names = files.into_iter().flat_map(|file| file.items).map(|item| item.name);
        names.collect::<Vec<_>>()
    };
    assert_eq!(found(""), ["Stem", "ResBlock", "ResNet"]);
    assert_eq!(found("resn"), ["ResNet"]);
    assert_eq!(found("RB"), ["ResBlock"]);
    assert!(found("x").is_empty());
}

#[test]
fn bodies_chains_comments_and_imports_fold() {
    let mut files = Memory::default();
    files.insert("main.weft", PROGRAM);
    let input = Input { name: "main.weft".into(), path: Some("main.weft".into()), text: PROGRAM.into() };
    let program = elaborate(&files, input, &Options::default());
    let lines: Vec<_> = PROGRAM.lines().collect();
    let shown = folds(&program).into_iter().map(|fold| {
        let line = |offset: u32| PROGRAM[..offset as usize].matches('\n').count();
        let (from, to) = (line(fold.span.start), line(fold.span.end));
        format!("{:?} {}..{} | {} … {}", fold.kind, from + 1, to + 1, lines[from].trim(), lines[to].trim())
    });
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_token_has_the_colour_of_what_it_means() {
    let case = case();
    let shown = semantic_tokens(case.named()).into_iter().map(|token| {
        let mut words = vec![format!("{:?}", token.colour)];
        let flags = [
            (token.declaration, "declaration"),
            (token.readonly, "readonly"),
            (token.standard, "standard"),
            (token.documentation, "documentation"),
        ];
        words.extend(flags.into_iter().filter(|(on, _)| *on).map(|(_, word)| word.to_owned()));
        format!("{}  {}", &case.text[token.span.range()], words.join(" "))
    });
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
}

#[test]
fn colours_are_in_order_and_do_not_overlap() {
    let case = case();
    let spans: Vec<_> = semantic_tokens(case.named()).into_iter().map(|token| token.span).collect();
    assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{}", around(&case.text, spans));
    let broken = Case::new("model M { input x: [3] y = x -> Foo(3, bar=x) -> a.b[x].c: Conv2d( │");
    let named = Text { program: &broken.program, path: None };
    assert!(semantic_tokens(named).iter().all(|token| &broken.text[token.span.range()] != "Foo"));
}
