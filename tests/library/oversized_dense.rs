//! The dense layers that `oversized-dense` is known by, as published: which are told of, and which are not.

use std::path::Path;

use weft::analysis::analyse;
use weft::front::weft::{Input, Options, elaborate};
use weft::lint::{Settings, Subject, lint};
use weft::source::Disk;

/// Where the layer is, its name, its parameters, and whether it is told of.
type Row = (&'static str, &'static str, &'static str, u128, bool);

const PUBLISHED: &[Row] = &[
    ("vision/vgg", "VGG16", "classifier.0", 102_764_544, true),
    ("vision/vgg", "VGG16", "classifier.3", 16_781_312, false),
    ("vision/vgg", "VGG16", "classifier.6", 4_097_000, false),
    ("vision/alexnet", "AlexNet", "classifier.1", 37_752_832, true),
    ("teaching/lenet5", "LeNet5", "c5", 48_120, false),
    ("siamese/koch", "Koch", "tower.fc", 37_752_832, true),
    ("teaching/dqn", "DQN", "fc4", 1_606_144, true),
    ("vision/resnet", "ResNet50", "fc", 2_049_000, false),
    ("vision/mobilenet_v3", "MobileNetV3Small", "classifier.3", 1_025_000, false),
    ("vision/vit", "ViTB16", "encoder.layers.encoder_layer_0.mlp.0", 2_362_368, false),
];

const WRITTEN: &[(&str, &str, &str, u128, bool)] = &[
    (
        "[1, 28, 28]",
        "Conv2d(32, 3) -> ReLU -> Conv2d(64, 3) -> ReLU -> MaxPool2d(2) -> Flatten",
        "fc1: Linear(128) -> ReLU -> Linear(10)",
        1_179_776,
        true,
    ),
    ("[3, 32, 32]", "Flatten", "fc1: Linear(512) -> ReLU -> Linear(10)", 1_573_376, true),
    (
        "[1, 28, 28]",
        "Flatten",
        "fc1: Linear(512) -> ReLU -> Linear(512) -> ReLU -> Linear(10)",
        401_920,
        false,
    ),
];

/// The parameters of a layer of a model, and whether the rule tells of it.
fn judged(input: Input, model: &str, layer: &str) -> (u128, bool) {
    let options = Options { models: vec![model.to_owned()], ..Options::default() };
    let program = elaborate(&Disk, input, &options);
    assert_eq!(program.errors, []);
    let analyses: Vec<_> = program.models.iter().map(|graph| analyse(graph)).collect();
    let found = lint(Subject::program(&program, &analyses), &Settings::default());
    let named = format!("`{layer}` holds");
    let told = found.iter().any(|one| one.code == "oversized-dense" && one.message.starts_with(&named));
    let mut nodes = program.models[0].nodes();
    let (_, node) =
        nodes.find(|(_, node)| &*node.path == layer).unwrap_or_else(|| panic!("no {layer} in {model}"));
    (node.operation.parameters().as_number().expect("a number"), told)
}

#[test]
fn the_dense_layers_of_published_networks() {
    for &(file, model, layer, parameters, told) in PUBLISHED {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/{file}.weft"));
        let text = std::fs::read_to_string(&path).expect("an example");
        let input = Input { name: file.into(), path: Some(path), text: text.into() };
        assert_eq!(judged(input, model, layer), (parameters, told), "{model} {layer}");
    }
}

#[test]
fn the_dense_layers_of_small_networks() {
    for &(input, before, dense, parameters, told) in WRITTEN {
        let text =
            format!("model Net {{\n    input x: {input}\n    output y = x -> {before} -> {dense}\n}}\n");
        let input = Input { name: "net.weft".into(), path: None, text: text.as_str().into() };
        assert_eq!(judged(input, "Net", "fc1"), (parameters, told), "{text}");
    }
}
