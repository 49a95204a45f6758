//! The catalogue as its readers meet it: every page is whole, every example runs, and the written documentation is in
//! step with the entries.

use std::collections::BTreeSet;

use weft::analysis::{Analysis, analyse};
use weft::front::weft::Program;
use weft::layers::{self, Layer, WeightDoc};
use weft::lint::{Settings, Subject, lint};
use weft::pages::markdown::layers as markdown;
use weft::pages::text::layers::{list, page};

use crate::common::{Run, elaborated, read};

fn run(layer: &Layer) -> Program {
    elaborated(layer.example)
}

#[test]
fn the_written_documentation_is_in_step_with_the_catalogue() {
    assert!(
        read("docs/layers.md") == markdown::book(),
        "docs/layers.md is out of step; write it with `cargo run -- layer --format markdown > docs/layers.md`"
    );
}

#[test]
fn every_page_says_everything() {
    for layer in layers::all() {
        let text = page(layer, 100);
        for heading in ["shape", "arguments", "weights", "cost", "example"] {
            assert!(text.contains(&format!("\n{heading}\n  ")), "{heading} of\n{text}");
        }
        assert!(
            text.starts_with(&format!("{}: ", layer.name())) && text.contains("\nsee https://"),
            "{text}"
        );
        for argument in layer.arguments {
            assert!(!argument.doc.is_empty() && !argument.kind.to_string().is_empty(), "{}", argument.name);
        }
    }
}

#[test]
fn every_example_uses_its_layer_and_gives_the_linter_nothing_to_say() {
    for layer in layers::all() {
        let program = run(layer);
        assert_eq!(program.errors, [], "{}", layer.example);
        let used = program
            .models
            .iter()
            .flat_map(|graph| graph.nodes())
            .any(|(_, node)| node.kind() == layer.name());
        assert!(used, "`{}` does not occur in\n{}", layer.name(), layer.example);
        let analyses: Vec<Analysis> = program.models.iter().map(|graph| analyse(graph)).collect();
        assert_eq!(
            lint(Subject::program(&program, &analyses), &Settings::default()),
            [],
            "{}",
            layer.example
        );
    }
}

#[test]
fn the_tensors_that_an_example_stores_are_documented() {
    for layer in layers::all() {
        for graph in &run(layer).models {
            let weights = graph.nodes().filter(|(_, node)| node.kind() == layer.name());
            let weights = weights.flat_map(|(_, node)| node.operation.weights.clone());
            for weight in weights {
                let known = layer.weights.iter().any(|doc| stands_for(doc, &weight.name));
                assert!(known, "`{}` stores an undocumented `{}`", layer.name(), weight.name);
            }
        }
    }
}

/// Whether a documented name, in which `{k}` stands for a number, is that of a tensor.
fn stands_for(doc: &WeightDoc, name: &str) -> bool {
    match doc.name.split_once("{k}") {
        None => doc.name == name,
        Some((before, after)) => {
            let rest = name.trim_end_matches("_reverse").strip_prefix(before);
            let number = rest.and_then(|rest| rest.strip_suffix(after));
            number.is_some_and(|number| number.parse::<u32>().is_ok())
        }
    }
}

#[test]
fn every_layer_is_listed_once_under_its_family() {
    let listed = list(10_000);
    let names: Vec<_> =
        listed.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).collect();
    let distinct: BTreeSet<_> = names.iter().copied().collect();
    assert_eq!(names.len(), distinct.len());
    assert_eq!(distinct, layers::all().map(|layer| layer.name()).collect());
    let words: BTreeSet<_> = listed.split(|c: char| !c.is_alphanumeric()).collect();
    assert!(layers::names().all(|name| words.contains(name)), "every other name too");
}

fn weft_layer(arguments: &[&str]) -> Run {
    Run::at_root(&[&["layer"], arguments].concat())
}

#[test]
fn the_program_finds_a_layer_by_any_name_and_writes_it_either_way() {
    let linear = layers::find("Linear").expect("a layer").0;
    for name in ["Linear", "Dense"] {
        assert_eq!(weft_layer(&[name]).out, page(linear, 100));
        let markdown = weft_layer(&[name, "--format", "markdown"]);
        assert_eq!(markdown.out, markdown::section(linear));
    }
    assert_eq!(weft_layer(&["--format", "markdown"]).out, markdown::book());
    assert_eq!(weft_layer(&[]).out, list(100));
}

#[test]
fn a_name_that_no_layer_has_is_answered_with_one_that_is_near_or_that_weft_has_in_its_place() {
    let answers = [
        ("Conv2D", "did you mean `Conv2d`?"),
        ("Softmx", "did you mean `Softmax`?"),
        ("Conv2DTranspose", "in Weft: `ConvTranspose2d`"),
        ("Frobnicate", "`weft layer` lists them all"),
    ];
    for (name, answer) in answers {
        let said = weft_layer(&[name]);
        assert_eq!((said.status, said.out.as_str()), (Some(2), ""));
        let expected = format!("error: no layer is called `{name}`; {answer}\n");
        assert_eq!(said.err, expected);
    }
}

/// The rows of the language's table of layers: a family, and the layers in it.
fn listed_in_the_language() -> Vec<(String, BTreeSet<String>)> {
    let text = read("docs/language.md");
    let section = text.split("\n## The layers\n").nth(1).expect("the section");
    let section = section.split("\n## ").next().expect("its text");
    let rows =
        section.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    let names = |cell: &str| cell.split(", ").map(|name| name.trim_matches('`').to_string()).collect();
    rows.filter(|(family, _)| !matches!(*family, "family" | "---"))
        .map(|(family, layers)| (family.to_string(), names(layers)))
        .collect()
}

#[test]
fn the_language_lists_every_layer_of_the_catalogue_and_no_other() {
    let mut expected: Vec<(String, BTreeSet<String>)> = Vec::new();
    for layer in layers::all() {
        let family = layer.family().title();
        if !expected.iter().any(|(known, _)| known == family) {
            expected.push((family.to_string(), BTreeSet::new()));
        }
        let (_, names) = expected.iter_mut().find(|(known, _)| known == family).expect("the family");
        names.insert(layer.name().to_string());
    }
    assert_eq!(listed_in_the_language(), expected);
}

#[test]
fn the_layers_that_the_architecture_adds_are_the_codes_own() {
    let text = read("docs/architecture.md");
    let diffs: Vec<_> =
        text.split("\n```diff\n").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    assert_eq!(diffs.len(), 3);
    for diff in diffs {
        let path = diff.lines().find_map(|line| line.strip_prefix("+++ b/")).expect("a file");
        let code = read(path);
        let added =
            diff.lines().filter(|line| !line.starts_with("+++")).filter_map(|line| line.strip_prefix('+'));
        for line in added {
            assert!(code.contains(&format!("\n{line}\n")), "{path} has no line\n{line}");
        }
    }
}

#[test]
fn every_name_finds_its_layer() {
    for layer in layers::all() {
        let names = layer.aliases.iter().map(|alias| alias.name).chain([layer.name()]);
        for name in names {
            let (found, alias) = layers::find(name).expect("a layer");
            assert_eq!(found.name(), layer.name());
            assert_eq!(alias.is_some(), name != layer.name());
        }
    }
}
