//! What is shown to readers holds: every program of the language's reference, what the README shows, what `check` says
//! of the examples, and one document in both formats.

use crate::common::{Run, examples, read, sound};
use crate::formats::schema;

fn weft(arguments: &[&str]) -> Run {
    Run::at_root(arguments)
}

#[test]
fn every_program_of_the_language_reference_holds() {
    let text = read("docs/language.md");
    let blocks: Vec<_> =
        text.split("\n```weft\n").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    assert!(blocks.len() > 15, "{} programs", blocks.len());
    for block in blocks {
        let program = sound(block);
        let failed =
            program.models.iter().flat_map(|model| &model.assertions).find(|assertion| !assertion.holds);
        assert!(failed.is_none(), "{failed:?} in\n{block}");
    }
}

#[test]
fn check_says_of_the_examples_what_was_reviewed() {
    let run = weft(&["check", "examples", "--format", "compact"]);
    assert_eq!(run.status, Some(0));
    let found = run.out;
    let found: Vec<_> = found.lines().map(|line| line.split(" holds ").next().unwrap_or(line)).collect();
    assert_eq!(
        found,
        [
            "examples/siamese/koch.weft:10:19: warning[oversized-dense] `tower.fc`",
            "examples/teaching/dense_thousand.weft:9:43: warning[oversized-dense] `dense`",
            "examples/teaching/dqn.weft:11:23: warning[oversized-dense] `fc4`",
            "examples/vision/alexnet.weft:18:33: warning[oversized-dense] `classifier.1`",
            "examples/vision/vgg.weft:16:22: warning[bias-before-norm] the biases of `features.0` (and 12 more written \
             here) are cancelled by the BatchNorm after each",
            "examples/vision/vgg.weft:28:13: warning[oversized-dense] `classifier.0`",
        ]
    );
}

#[test]
fn the_thirteen_biases_of_vgg_16_with_norms_are_told_of_in_one_sum() {
    let run = weft(&["check", "examples/vision/vgg.weft", "--model", "VGG16BN"]);
    let found = run.out;
    assert_eq!(found.matches("warning[bias-before-norm]").count(), 1, "{found}");
    assert!(found.contains("`features.0` (and 12 more") && found.contains("4,224 parameters"), "{found}");
}

#[test]
fn an_imagenet_resnet_on_small_images_has_most_of_its_taps_in_the_padding() {
    let of_side = |side: &str| {
        let set = format!("side={side}");
        let resnet = ["check", "examples/vision/resnet.weft", "--model", "ResNet18", "--set", &set];
        weft(&resnet).out
    };
    let small = of_side("32");
    assert!(small.starts_with(
        "warning[dead-kernel-taps]: 6,946,816 of 11,166,912 convolution weights are dead (62.2%)"
    ));
    assert_eq!(small.matches("[dead-kernel-taps]").count(), 1, "{small}");
    assert_eq!(of_side("224"), "");
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let readme = read("README.md");
    let shown: Vec<_> = readme.split("\n```\n$ weft ").skip(1).collect();
    assert_eq!(shown.len(), 2);
    for shown in shown {
        let shown = shown.split("\n```").next().expect("a block");
        let (command, expected) = shown.split_once('\n').expect("a command and its output");
        let run = weft(&command.split(' ').collect::<Vec<_>>());
        // As a terminal shows both streams.
        let printed = run.said();
        assert!(printed.starts_with(expected), "{command} prints\n{printed}");
    }
}

#[test]
fn the_formats_of_a_document_say_the_same_and_what_its_schema_allows() {
    let examples = examples();
    assert!(examples.len() > 15);
    let shipped = read("docs/document.schema.json");
    let shipped = serde_json::from_str(&shipped).expect("JSON");
    for path in &examples {
        let path = path.to_str().expect("UTF-8");
        for arguments in [["report", path, "--format"], ["build", path, "--to"]] {
            let of = |format| weft(&[&arguments[..], &[format]].concat()).out;
            let json: serde_json::Value = serde_json::from_str(&of("json")).expect("JSON");
            let yaml: serde_json::Value = serde_yaml::from_str(&of("yaml")).expect("YAML");
            assert_eq!(json, yaml, "{path}");
            assert_eq!(schema::mistakes(&json, &shipped), Vec::<String>::new(), "{path}");
            assert!(json["models"].as_array().is_some_and(|models| !models.is_empty()), "{path}");
        }
    }
}

#[test]
fn every_column_and_sum_stands_in_the_guide_to_reports() {
    let guide = read("docs/reports.md");
    for column in weft::report::COLUMNS {
        assert!(guide.contains(&format!("| `{}` |", column.key)), "no column {}", column.key);
    }
    for format in weft::report::FORMATS.iter() {
        assert!(guide.contains(&format!("`{}`", format.name)), "no format {}", format.name);
    }
    for key in weft::diff::keys() {
        assert!(guide.contains(&format!("`{key}`")), "no sum {key}");
    }
}
