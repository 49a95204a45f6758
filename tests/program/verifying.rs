//! `weft verify`: checkpoints that fit, that lack, that have too much, in one file or in several.

use std::fs;

use serde_json::{Value, json};

use crate::common::{Folder, Run};

/// Writes a checkpoint of zeros.
fn checkpoint(folder: &Folder, name: &str, tensors: &[(String, Vec<u64>)]) -> String {
    let mut at = 0;
    let mut header = json!({"__metadata__": {"format": "pt"}});
    for (name, shape) in tensors {
        let end = at + 4 * shape.iter().product::<u64>();
        header[name] = json!({"dtype": "F32", "shape": shape, "data_offsets": [at, end]});
        at = end;
    }
    let header = header.to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    let path = folder.at(name);
    fs::write(&path, bytes).expect("written");
    // The tensors themselves are a hole in the file: nothing reads them.
    let file = fs::OpenOptions::new().write(true).open(&path).expect("opened");
    file.set_len(8 + header.len() as u64 + at).expect("grown");
    path.to_str().expect("UTF-8").to_owned()
}

fn weft(arguments: &[&str]) -> (Option<i32>, String) {
    Run::at_root(arguments).whole()
}

/// The tensors of an example's model, `num_batches_tracked` among them, each once.
fn tensors(file: &str, model: &str) -> Vec<(String, Vec<u64>)> {
    let (_, text) = weft(&["build", file, "--to", "json", "--model", model]);
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let mut all = Vec::new();
    for weight in document["models"][0]["weights"].as_array().expect("weights") {
        let name = weight["name"].as_str().expect("a name").to_owned();
        let shape = weight["shape"].as_array().expect("a shape").iter().filter_map(Value::as_u64).collect();
        if let Some(path) = name.strip_suffix("running_mean") {
            all.push((format!("{path}num_batches_tracked"), Vec::new()));
        }
        all.push((name, shape));
    }
    all
}

const RESNET: [&str; 4] = ["verify", "examples/vision/resnet.weft", "--model", "ResNet50"];

fn verified(weights: &str, more: &[&str]) -> (Option<i32>, String) {
    let (status, said) = weft(&[&RESNET[..], &["--weights", weights], more].concat());
    (status, said.replace(weights, "WEIGHTS"))
}

#[test]
fn a_checkpoint_with_the_models_names_fits_and_one_dropped_or_reshaped_is_named() {
    let folder = Folder::new();
    let mut all = tensors("examples/vision/resnet.weft", "ResNet50");
    let (status, said) = verified(&checkpoint(&folder, "whole.safetensors", &all), &[]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("267 of 267 tensors fit; 53 num_batches_tracked left out"), "{said}");
    all.retain(|(name, _)| name != "layer2.0.conv1.weight");
    all.iter_mut().filter(|(name, _)| name == "fc.weight").for_each(|(_, shape)| *shape = vec![10, 2048]);
    all.push(("extra.weight".into(), vec![3]));
    let (status, said) = verified(&checkpoint(&folder, "wrong.safetensors", &all), &[]);
    assert_eq!(status, Some(1));
    insta::assert_snapshot!(said);
}

#[test]
fn names_under_a_prefix_or_renamed_fit_when_that_is_said() {
    let folder = Folder::new();
    let all = tensors("examples/vision/resnet.weft", "ResNet50");
    let other = |name: &str| format!("module.{}", name.replace("layer1", "stage.one"));
    let path = checkpoint(
        &folder,
        "other.safetensors",
        &all.iter().map(|(name, shape)| (other(name), shape.clone())).collect::<Vec<_>>(),
    );
    assert_eq!(verified(&path, &["--prefix", "module.", "--rename", "stage.one=layer1"]).0, Some(0));
    assert_eq!(verified(&path, &["--rename", "module=", "--rename", "stage.one=layer1"]).0, Some(0));
    assert_eq!(verified(&path, &["--prefix", "module."]).0, Some(1));
    let under = |name: &str| format!("module.{name}");
    let under: Vec<_> = all.iter().map(|(name, shape)| (under(name), shape.clone())).collect();
    let (status, said) = verified(&checkpoint(&folder, "under.safetensors", &under), &[]);
    assert!(status == Some(1) && said.contains("`--prefix module.`"), "{said}");
}

#[test]
fn a_tied_tensor_fits_under_either_of_its_names() {
    let folder = Folder::new();
    let verify = |all: &[(String, Vec<u64>)]| {
        let path = checkpoint(&folder, "gpt2.safetensors", all);
        weft(&["verify", "examples/text/gpt2.weft", "--model", "GPT2Small", "--weights", &path])
    };
    let mut all = tensors("examples/text/gpt2.weft", "GPT2Small");
    let (status, said) = verify(&all);
    assert!(status == Some(0) && said.contains("1 tied, stored once"), "{said}");
    all.iter_mut()
        .filter(|(name, _)| name == "transformer.wte.weight")
        .for_each(|(name, _)| *name = "lm_head.weight".into());
    assert_eq!(verify(&all).0, Some(0));
}

#[test]
fn a_checkpoint_in_several_files_is_read_by_its_index() {
    let folder = Folder::new();
    let all = tensors("examples/vision/resnet.weft", "ResNet50");
    let (first, second) = all.split_at(100);
    checkpoint(&folder, "a.safetensors", first);
    checkpoint(&folder, "b.safetensors", second);
    let of = |file: &'static str, part: &[(String, Vec<u64>)]| {
        part.iter().map(|(name, _)| (name.clone(), json!(file))).collect::<Vec<_>>()
    };
    let map: serde_json::Map<_, _> =
        of("a.safetensors", first).into_iter().chain(of("b.safetensors", second)).collect();
    let index = folder.at("model.safetensors.index.json");
    fs::write(&index, json!({"weight_map": map}).to_string()).expect("written");
    assert_eq!(verified(index.to_str().expect("UTF-8"), &[]).0, Some(0));
    fs::write(&index, json!({"weight_map": {"fc.weight": "../c.safetensors"}}).to_string()).expect("written");
    let (status, said) = verified(index.to_str().expect("UTF-8"), &[]);
    assert!(status == Some(2) && said.contains("does not lie beside it"), "{said}");
}

#[test]
fn what_is_no_checkpoint_is_refused_before_memory_is_taken() {
    let folder = Folder::new();
    let path = folder.at("net.safetensors");
    for bytes in
        [&b""[..], b"\xff\xff\xff\xff\xff\xff\xff\x7f{}", b"\x02\0\0\0\0\0\0\0{", b"\x02\0\0\0\0\0\0\0[]"]
    {
        fs::write(&path, bytes).expect("written");
        let (status, said) = verified(path.to_str().expect("UTF-8"), &[]);
        assert!(status == Some(2) && said.starts_with("error: cannot read"), "{said}");
    }
    assert_eq!(verified("/nonexistent.safetensors", &[]).0, Some(2));
}
