//! `oversized-dense`: the figures that it is known by.

use super::{dense, findings, said};

#[test]
fn the_first_dense_layer_of_vgg_16_holds_three_quarters_of_it() {
    let mut body = String::new();
    for (depth, width) in [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)] {
        for _ in 0..depth {
            body += &format!("Conv2d({width}, kernel=3, pad=1) -> ReLU -> ");
        }
        body += "MaxPool2d(2) -> ";
    }
    body += "Flatten -> classifier: (Linear(4096) -> ReLU -> Dropout(0.5) -> Linear(4096) -> ReLU -> Linear(1000))";
    let found = findings(&dense("[3, 224, 224]", &body));
    let [fc6] = &found[..] else { panic!("one finding: {found:?}") };
    assert_eq!(fc6.message, "`classifier.0` holds 74.3% of this model's parameters");
    assert_eq!(fc6.primary.text, "102,764,544 parameters, each used once");
    assert_eq!(fc6.related[0].text, "7 × 7 = 49 positions of 512 channels become 25,088 features");
    let left = "`GlobalAvgPool` in place of `Flatten` would leave 2,101,248: one weight per channel, shared by all positions";
    assert_eq!(fc6.help, [left]);
    assert!(fc6.notes[0].starts_with("they do 0.66% of the arithmetic"), "{:?}", fc6.notes);
}

#[test]
fn a_dense_layer_is_oversized_only_where_all_four_conditions_hold() {
    let cases = [
        // AlexNet's, with the dropout before it.
        ("[256, 6, 6]", "Dropout(0.5) -> Flatten -> Dropout(0.5) -> Linear(4096) -> ReLU -> Linear(4096)", 1),
        ("[256, 6, 6]", "Reshape([9216]) -> ReLU -> Linear(4096)", 1),
        // An MLP on CIFAR's images, and on MNIST's: too small.
        ("[3, 32, 32]", "Flatten -> Linear(512) -> ReLU -> Linear(10)", 1),
        ("[1, 28, 28]", "Flatten -> Linear(512) -> ReLU -> Linear(512) -> ReLU -> Linear(10)", 0),
        // Three positions.
        ("[1024, 3, 1]", "Flatten -> Linear(1000)", 0),
        ("[1024, 2, 2]", "Flatten -> Linear(1000)", 1),
        // No positions: what is flattened was features before.
        ("[4096]", "Linear(4096)", 0),
        ("[4096]", "Reshape([64, 8, 8]) -> Flatten -> Linear(4096)", 0),
        // Every token shares it.
        ("[16, 4096]", "Linear(4096)", 0),
        // Half of the model, and less than half.
        ("[256, 4, 4]", "Flatten -> Linear(1024, bias=false) -> Linear(4096, bias=false)", 1),
        ("[256, 4, 4]", "Flatten -> Linear(1024, bias=false) -> Linear(4097, bias=false)", 0),
        // 999,999 parameters, and a million.
        ("[1, 4, 250]", "Flatten -> Linear(1000, bias=false)", 1),
        ("[1, 27, 37]", "Flatten -> Linear(1001, bias=false)", 0),
    ];
    for (input, body, expected) in cases {
        let found = said("oversized-dense", &dense(input, body));
        assert_eq!(found.len(), expected, "{input} -> {body}: {found:?}");
    }
}

#[test]
fn a_dense_layer_over_the_models_own_input_is_not_sent_to_global_pooling() {
    let found = findings(&dense("[3, 32, 32]", "Flatten -> Linear(512) -> ReLU -> Linear(10)"));
    assert_eq!(found.len(), 1);
    assert!(found[0].help.iter().all(|line| !line.contains("GlobalAvgPool")), "{:?}", found[0].help);
}

#[test]
fn a_dense_layer_shared_by_two_towers_is_as_oversized_and_said_once() {
    let found = said(
        "oversized-dense",
        "block Tower = Conv2d(64, kernel=3) -> ReLU -> Flatten -> fc: Linear(512)
model Siamese {
    input left: [1, 20, 20]
    input right: [1, 20, 20]
    layer tower = Tower
    a = left -> tower
    b = right -> tower
    output y = (a - b) -> Linear(1)
}
",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("10,617,344 parameters, each used once at each of 2 places"), "{found:?}");
}

#[test]
fn a_flattened_sequence_counts_its_tokens_as_positions() {
    let found = findings(&dense("int[256]", "Embedding(100, 16) -> Flatten -> Linear(1024)"));
    assert_eq!(found[0].related[0].text, "256 positions of 16 channels become 4,096 features");
}

#[test]
fn variants_that_share_a_flaw_are_told_once_by_name() {
    let found = findings(
        "model Net(units) {
    input x: [3, 32, 32]
    output y = x -> Flatten -> Linear(units) -> ReLU -> Linear(10)
}
model Small = Net(512)
model Large = Net(1024)
",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].notes.contains(&"in `Small`; likewise in `Large`".to_owned()), "{:?}", found[0].notes);
}
