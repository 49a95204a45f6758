//! The examples against real frameworks: totals, every stored tensor's name and shape, ties, and the layers that own
//! weights in order with output shape, parameters and MACs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use crate::common::{self, Run, read, root};

/// How many reference models there are: all of them have an example.
const COUNT: usize = 39;

/// The reference models, as paths below `tests/reference`.
fn references() -> Vec<PathBuf> {
    let folder = root().join("tests/reference");
    let mut paths: Vec<_> = ["torchvision", "transformers"]
        .iter()
        .flat_map(|library| std::fs::read_dir(folder.join(library)).expect("a library's folder"))
        .map(|file| file.expect("a file").path())
        .map(|path| path.strip_prefix(&folder).expect("a path below").to_path_buf())
        .collect();
    paths.sort();
    assert_eq!(paths.len(), COUNT, "{paths:?}");
    paths
}

/// Every model of every example, as the program's own document has it.
fn examples() -> Vec<Value> {
    let mut models = Vec::new();
    for file in common::examples() {
        let run = Run::at_root(&["report", "--format", "json", file.to_str().expect("UTF-8")]);
        assert_eq!(run.status, Some(0), "{}: {}", file.display(), run.err);
        let mut document: Value = serde_json::from_str(&run.out).expect("a document");
        let Value::Array(several) = document["models"].take() else { panic!("models") };
        models.extend(several);
    }
    models
}

/// A value at the defaults of the symbolic sizes.
fn at_defaults<'a>(object: &'a Value, key: &str) -> &'a Value {
    let number = &object[format!("{key}_at_defaults")];
    if number.is_null() { &object[key] } else { number }
}

/// Every name of a stored tensor, with its shape.
fn tensors(model: &Value, role: &str) -> BTreeMap<String, Value> {
    let mut named = BTreeMap::new();
    for weight in model["weights"].as_array().expect("weights") {
        if weight["role"] == role {
            let names = weight["aliases"].as_array().expect("aliases").iter().chain([&weight["name"]]);
            named.extend(names.map(|name| {
                (name.as_str().expect("a name").to_string(), at_defaults(weight, "shape").clone())
            }));
        }
    }
    named
}

fn table(object: &Value) -> BTreeMap<String, Value> {
    object.as_object().into_iter().flatten().map(|(name, shape)| (name.clone(), shape.clone())).collect()
}

fn difference(model: &Value, reference: &Value) -> Option<String> {
    let mut wanted = table(&reference["tensors"]);
    for group in reference["tied"].as_array().into_iter().flatten() {
        let names: Vec<_> = group.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let shape = names.iter().find_map(|name| wanted.get(*name)).expect("an owner").clone();
        for name in names {
            wanted.entry(name.to_string()).or_insert_with(|| shape.clone());
        }
    }
    if tensors(model, "parameter") != wanted {
        return Some("names and shapes of the parameters".to_string());
    }
    if reference["buffer_tensors"].is_object() {
        let mut buffers = table(&reference["buffer_tensors"]);
        buffers.retain(|name, _| !name.ends_with("num_batches_tracked"));
        if tensors(model, "buffer") != buffers || model["totals"]["buffers"] != reference["buffers"] {
            return Some("buffers".to_string());
        }
    }
    let gross = reference["parameters_if_tied_counted_apart"].as_u64().unwrap_or(0);
    if model["totals"]["parameters_gross"].as_u64() < Some(gross) {
        return Some("gross parameters".to_string());
    }
    let output = at_defaults(&model["outputs"][0], "shape");
    if !reference["output"].is_null() && *output != reference["output"] {
        return Some(format!("output {output}"));
    }
    reference["layers"].as_array().into_iter().flatten().find_map(|wanted| layer_difference(model, wanted))
}

fn layer_difference(model: &Value, wanted: &Value) -> Option<String> {
    if wanted["parameters"].as_u64().unwrap_or(0) == 0 {
        return None;
    }
    let name = &wanted["name"];
    let layers = model["layers"].as_array().expect("layers");
    let Some(found) = layers.iter().find(|layer| layer["name"] == *name) else {
        return Some(format!("no layer {name}"));
    };
    let macs = wanted["macs"].as_u64().unwrap_or(0);
    let same = at_defaults(found, "output_shapes")[0] == wanted["output"]
        && found["parameters"] == wanted["parameters"]
        && (macs == 0 || *at_defaults(found, "macs") == wanted["macs"]);
    (!same).then(|| format!("{name}: {found} instead of {wanted}"))
}

#[test]
fn examples_agree_with_the_frameworks() {
    let models = examples();
    let mut wrong = Vec::new();
    for path in references() {
        let name = path.display();
        let text = std::fs::read_to_string(root().join("tests/reference").join(&path));
        let reference: Value = serde_json::from_str(&text.expect("a reference")).expect("its figures");
        let alike: Vec<_> =
            models.iter().filter(|model| model["totals"]["parameters"] == reference["parameters"]).collect();
        let reasons: Vec<_> = alike.iter().map(|model| difference(model, &reference)).collect();
        if !reasons.iter().any(Option::is_none) {
            wrong.push(format!("{name}: {}", reasons.into_iter().flatten().collect::<Vec<_>>().join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_copies_are_the_originals() {
    let originals = root().join("../shared/reference");
    if !originals.is_dir() {
        eprintln!("skipped: there are no originals beside this folder to compare the copies with");
        return;
    }
    for path in references().into_iter().chain(["layers.csv", "meaning.jsonl"].map(PathBuf::from)) {
        let copy = std::fs::read(root().join("tests/reference").join(&path)).expect("a copy");
        let original = std::fs::read(originals.join(&path)).expect("an original");
        assert!(copy == original, "tests/reference/{} differs from its original", path.display());
    }
}

/// A model's parameters as one number: see `scripts/model_rows.py`, which makes it of a framework's.
fn digest(parameters: &BTreeMap<String, Value>) -> String {
    let shape = |shape: &Value| {
        let dims: Vec<_> = shape.as_array().expect("a shape").iter().map(Value::to_string).collect();
        dims.join(", ")
    };
    let mut lines: Vec<_> =
        parameters.iter().map(|(name, dims)| format!("{name} [{}]", shape(dims))).collect();
    lines.sort();
    let hashed = lines.join("\n").bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    format!("{hashed:016x}")
}

#[test]
fn more_examples_have_the_parameters_of_the_frameworks_models_by_name_and_shape() {
    let models = examples();
    let rows = read("tests/reference/more_models.csv");
    let mut agreed = 0;
    for row in rows.lines().skip(1) {
        let [name, framework, parameters, names, of] = row.split(',').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let model = models.iter().find(|model| model["name"] == name).expect(name);
        assert_eq!(model["totals"]["parameters"].to_string(), parameters, "{name}, {framework}");
        let tensors = tensors(model, "parameter");
        assert_eq!((tensors.len().to_string().as_str(), digest(&tensors).as_str()), (names, of), "{name}");
        agreed += 1;
    }
    assert_eq!(agreed, 32);
}
