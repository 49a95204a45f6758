//! `weft report` in every format: the same numbers, in the order and the columns that are asked for.

use serde_json::Value;

use crate::common::Run;

fn weft(arguments: &[&str]) -> (Option<i32>, String, String) {
    let run = Run::at_root(arguments);
    (run.status, run.out, run.err)
}

#[track_caller]
fn report(arguments: &[&str]) -> String {
    let (status, out, err) = weft(&[&["report"], arguments].concat());
    assert_eq!((status, err.as_str()), (Some(0), ""));
    out
}

const LENET: &str = "examples/teaching/lenet5.weft";
const GPT2: [&str; 3] = ["examples/text/gpt2.weft", "--model", "GPT2Small"];

#[test]
fn lenet_5() {
    insta::assert_snapshot!(report(&[LENET]));
}

#[test]
fn lenet_5_as_markdown() {
    insta::assert_snapshot!(report(&[LENET, "--format", "markdown"]));
}

#[test]
fn gpt_2_trained_with_adam_in_bfloat16() {
    let options = ["--dtype", "bf16", "--batch", "8", "--optimizer", "adam", "--training"];
    insta::assert_snapshot!(report(&[&GPT2[..], &options].concat()));
}

#[test]
fn receptive_fields_and_intensity_of_alexnet() {
    let columns = "kind,output,field,stride,centre,bytes,intensity";
    insta::assert_snapshot!(report(&["examples/vision/alexnet.weft", "--columns", columns]));
}

#[test]
fn the_largest_layers_of_resnet_50() {
    let options = ["--model", "ResNet50", "--depth", "2", "--sort", "macs", "--top", "5"];
    insta::assert_snapshot!(report(&[&["examples/vision/resnet.weft"], &options[..]].concat()));
}

/// The records of a CSV text, by column.
fn records(text: &str) -> Vec<Vec<(String, String)>> {
    let mut lines = text.split("\r\n").filter(|line| !line.is_empty()).map(fields);
    let names = lines.next().expect("a heading");
    lines.map(|line| names.iter().cloned().zip(line).collect()).collect()
}

fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().expect("a field").push(other),
        }
    }
    fields
}

fn sum(records: &[Vec<(String, String)>], column: &str) -> u128 {
    let values = records.iter().flatten().filter(|(name, value)| name == column && !value.is_empty());
    values.map(|(_, value)| value.parse::<u128>().expect("a number")).sum()
}

#[test]
fn json_yaml_and_csv_agree_at_every_depth() {
    let files = ["examples/vision/resnet.weft", "examples/siamese/koch.weft", "examples/text/bert.weft"];
    for file in files {
        let json: Value = serde_json::from_str(&report(&[file, "--format", "json"])).expect("JSON");
        let yaml: Value = serde_yaml::from_str(&report(&[file, "--format", "yaml"])).expect("YAML");
        assert_eq!(json, yaml, "{file}");
        for model in json["models"].as_array().expect("models") {
            let name = model["name"].as_str().expect("a name");
            let at = |key: &str| {
                let number = &model["totals"][format!("{key}_at_defaults")];
                let number = if number.is_null() { &model["totals"][key] } else { number };
                u128::from(number.as_u64().expect("a number"))
            };
            for depth in ["0", "1", "9"] {
                let csv =
                    report(&[file, "--format", "csv", "--model", name, "--depth", depth, "--columns", "all"]);
                let records = records(&csv);
                let columns = [
                    ("params", "parameters"),
                    ("without_sharing", "without_sharing"),
                    ("macs", "macs"),
                    ("elementwise", "elementwise"),
                    ("trainable", "trainable"),
                    ("shared", "shared"),
                ];
                for (column, total) in columns {
                    assert_eq!(sum(&records, column), at(total), "{column} of {name} at depth {depth}");
                }
            }
        }
    }
}

#[test]
fn sorted_lines_and_the_largest_add_up_as_before() {
    let options: [&[&str]; 3] =
        [&["--sort", "macs"], &["--top", "3"], &["--sort", "uses", "--top", "2", "--depth", "1"]];
    for options in options {
        let csv = report(&[&[GPT2[0], GPT2[1], GPT2[2], "--format", "csv"], options].concat());
        assert_eq!(sum(&records(&csv), "params"), 124_439_808, "{options:?}");
        assert_eq!(sum(&records(&csv), "macs"), 145_824_153_600, "{options:?}");
    }
    let csv = report(&[LENET, "--format", "csv", "--sort", "params", "--top", "2"]);
    let names: Vec<_> = records(&csv).into_iter().map(|record| record[1].1.clone()).collect();
    assert_eq!(names, ["c5", "f6", "10 more lines"]);
}

#[test]
fn the_document_tells_memory_masks_training_and_fields() {
    let options =
        ["--format", "json", "--dtype", "float16", "--batch", "2", "--optimizer", "adam", "--training"];
    let json: Value = serde_json::from_str(&report(&[&GPT2[..], &options].concat())).expect("JSON");
    let model = &json["models"][0];
    let footprint = &model["footprint"];
    assert_eq!(footprint["parameters"], 2 * 124_439_808_u64);
    assert_eq!(footprint["optimizer_states"], 4 * 124_439_808_u64);
    assert_eq!(footprint["kv_cache_at_defaults"], 2 * (36 << 20));
    assert_eq!(model["totals"]["macs_masked_at_defaults"], 136_169_914_368_u64);
    assert_eq!(model["training"]["forward_at_defaults"], 145_824_153_600_u64);
    let json: Value = serde_json::from_str(&report(&[LENET, "--format", "json"])).expect("JSON");
    let layer = &json["models"][0]["layers"][2];
    assert_eq!(
        layer["receptive_field"],
        serde_json::json!({"size": [6, 6], "stride": [2, 2], "centre": [2.5, 2.5]})
    );
    let conv = &json["models"][0]["layers"][0];
    assert_eq!(conv["dense_equivalent"], 1024 * 4704 + 4704);
    assert_eq!(json["models"][0]["weights"][0]["owner"], "c1");
}

#[test]
fn a_column_that_is_none_is_refused_with_the_one_that_may_be_meant() {
    for option in ["--columns", "--sort"] {
        let (status, out, err) = weft(&["report", LENET, option, "mac"]);
        assert_eq!((status, out.as_str()), (Some(2), ""));
        assert_eq!(err, "error: no column is called `mac`; did you mean `macs`?\n");
    }
    let (status, _, err) = weft(&["report", LENET, "--dtype", "float33"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("float32"), "{err}");
    assert_eq!(weft(&["report", LENET, "--batch", "0"]).0, Some(2));
}
