//! `weft explain`, as its readers see it.

use crate::common::{Folder, Run, elaborated};

fn weft(arguments: &[&str]) -> (Option<i32>, String, String) {
    let run = Run::at_root(arguments);
    (run.status, run.out, run.err)
}

#[track_caller]
fn explained(arguments: &[&str]) -> String {
    let (status, out, err) = weft(&[&["explain"], arguments].concat());
    assert_eq!(status, Some(0), "{err}");
    out
}

const WORKED: [&str; 2] = ["examples/teaching/shared_kernel.weft", "conv"];

#[test]
fn the_worked_example() {
    insta::assert_snapshot!(explained(&WORKED));
}

#[test]
fn the_worked_example_in_chinese() {
    insta::assert_snapshot!(explained(&[WORKED[0], WORKED[1], "--lang", "zh"]));
}

/// Every number of a text, in order.
fn numbers(text: &str) -> Vec<String> {
    let digits = |c: char| c.is_ascii_digit() || c == ',';
    text.split(|c: char| !digits(c))
        .map(|word| word.trim_matches(',').to_string())
        .filter(|w| !w.is_empty())
        .collect()
}

#[test]
fn both_languages_say_the_same_numbers() {
    let cases = [
        WORKED.to_vec(),
        vec!["examples/teaching/lenet5.weft", "c3"],
        vec!["examples/recurrent/lstm_classifier.weft", "lstm1"],
        vec!["examples/text/gpt2.weft", "transformer.wte", "--model", "GPT2Small"],
        vec!["examples/text/gpt2.weft", "--model", "GPT2Small"],
        vec!["examples/siamese/koch.weft", "tower"],
    ];
    for case in cases {
        let (mut english, mut chinese) =
            (numbers(&explained(&case)), numbers(&explained(&[&case[..], &["--lang", "zh"]].concat())));
        // Words may stand in another order.
        english.sort();
        chinese.sort();
        assert_eq!(english, chinese, "{case:?}");
    }
}

#[test]
fn a_layer_of_every_kind_a_tower_a_tie_a_block_and_a_model() {
    let cases: [&[&str]; 8] = [
        &["examples/vision/resnet.weft", "layer2.0.conv2", "--model", "ResNet50"],
        &["examples/recurrent/lstm_classifier.weft", "lstm1"],
        &["examples/text/gpt2.weft", "transformer.wte", "--model", "GPT2Small"],
        &["examples/text/gpt2.weft", "transformer.h.0.attn", "--model", "GPT2Small"],
        &["examples/text/gpt2.weft", "transformer.h.0.attn.c_attn.weight", "--model", "GPT2Small"],
        &["examples/siamese/koch.weft", "tower"],
        &["examples/siamese/koch.weft", "tower.conv1"],
        &["examples/text/gpt2.weft", "--model", "GPT2Small"],
    ];
    let all: Vec<_> =
        cases.iter().map(|case| format!("$ weft explain {}\n{}", case.join(" "), explained(case))).collect();
    insta::assert_snapshot!(all.join("\n"));
}

/// A model with sizes that are open, in a file of its own.
fn open_sizes(folder: &Folder) -> String {
    let text = "model Open { input image: [3, H, W]
        output map = image -> conv: Conv2d(4, kernel=3, stride=2, pad=1)
        input tokens: [T, 16]
        output states = tokens -> attention: MultiheadAttention(4, causal=true) }";
    folder.put("open.weft", text).to_str().expect("UTF-8").to_string()
}

#[test]
fn sizes_that_are_open_stay_formulas() {
    let folder = Folder::new();
    let file = open_sizes(&folder);
    let attention = explained(&[&file, "attention"]);
    assert!(attention.contains("4 heads, T queries, T keys") && attention.contains("4·T·T"), "{attention}");
    let conv = explained(&[&file, "conv"]);
    assert!(conv.contains("axis 1: (H + 1) // 2"), "{conv}");
    assert!(!conv.contains("1,048,576") && !conv.contains("1048576"), "{conv}");
    assert!(
        explained(&[&file, "conv", "--set", "H=9", "--set", "W=9"])
            .contains("(9 + 2·1 − 3) / 2 + 1 = 5 each way")
    );
}

/// Every layer of the catalogue's own example can be explained, and what is explained names its parameters.
#[test]
fn every_layer_of_the_catalogue_is_explained() {
    use weft::analysis::analyse;
    use weft::explain::{Language, Topic, explain};
    for layer in weft::layers::all() {
        let program = elaborated(layer.example);
        let graph = &program.models[0];
        let analysis = analyse(graph);
        for (id, node) in graph.nodes().filter(|(_, node)| node.kind() == layer.name()) {
            for (_, language) in Language::ALL {
                let text = explain(graph, &analysis, &Topic::Layer(id), *language, None);
                let parameters = node.operation.parameters().to_string();
                assert!(
                    parameters == "0" || text.contains(&parameters),
                    "{}: {parameters} in\n{text}",
                    layer.name()
                );
                assert!(!text.contains('{'), "{}", text);
            }
        }
    }
}

#[test]
fn a_name_that_is_close_is_suggested() {
    let (status, out, err) = weft(&["explain", "examples/teaching/lenet5.weft", "c33"]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert_eq!(err, "error: no layer, block or tensor is called `c33`; did you mean `c3`?\n");
}
