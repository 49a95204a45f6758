//! The JSON Schema of `weft.toml`, from the same tables that read it.

use serde_json::{Map, Value, json};

use super::reading::{CATEGORIES, LEVELS, MEASURES};
use crate::lint::{RULES, Rule};

/// The schema, as editors use it to complete and check a `weft.toml`.
pub fn schema() -> String {
    let object = |properties: Value| json!({"type": "object", "additionalProperties": false, "properties": properties});
    let selectors = json!({"type": "array", "items": {"enum": selectors()}});
    let rules = object(RULES.iter().map(|rule| (rule.name.to_owned(), of_rule(rule))).collect());
    let decisions = |more: Value| {
        let mut all = json!({"select": selectors, "ignore": selectors, "rules": rules});
        merge(&mut all, more);
        object(all)
    };
    let paths = json!({"paths": {"type": "array", "items": {"type": "string"}, "minItems": 1,
        "description": "Patterns as in a .gitignore, from the folder of weft.toml"}});
    let mut of_paths = decisions(paths);
    merge(&mut of_paths, json!({"required": ["paths"]}));
    let lint = decisions(json!({
        "overrides": {"type": "array", "items": of_paths, "description": "Decisions for some files; the last one wins"},
        "baseline": {"type": "string", "description": "A file of recorded findings to ignore, relative to the folder of weft.toml"},
    }));
    let budget = json!({"type": "object", "properties": measures(),
        "additionalProperties": object(measures()),
        "description": "Bounds for every model, and under a model's name for that one"});
    let mut whole = object(json!({"lint": lint, "budget": budget}));
    merge(&mut whole, json!({"$schema": "http://json-schema.org/draft-07/schema#", "title": "weft.toml"}));
    format!("{whole:#}\n")
}

fn selectors() -> Vec<String> {
    let groups = ["all", "default"].into_iter().map(str::to_owned);
    let categories = CATEGORIES.iter().map(ToString::to_string);
    groups.chain(categories).chain(RULES.iter().map(|rule| rule.name.to_owned())).collect()
}

fn of_rule(rule: &Rule) -> Value {
    let level = json!({"enum": LEVELS.iter().map(|(name, _)| *name).collect::<Vec<_>>()});
    let mut options = Map::from_iter([("level".to_owned(), level.clone())]);
    for option in rule.thresholds {
        let about = json!({"type": "integer", "minimum": 0, "default": option.default.to_string().parse::<u64>().ok(),
            "description": option.doc});
        options.insert(option.name.to_owned(), about);
    }
    let table = json!({"type": "object", "additionalProperties": false, "properties": options});
    json!({"description": rule.summary, "anyOf": [level, table]})
}

fn measures() -> Value {
    let bound = |example: &str| json!({"type": ["integer", "string"], "minimum": 0, "examples": [example]});
    let named = MEASURES.iter().map(|(name, _)| {
        let example = if *name == "memory" { "100 MiB" } else { "26M" };
        ((*name).to_owned(), bound(example))
    });
    named.collect()
}

fn merge(into: &mut Value, more: Value) {
    if let (Some(into), Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}
