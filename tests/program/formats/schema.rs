//! Documents against a JSON Schema of draft 4: as much of it as the schemas of this folder use. A keyword that is not
//! known here is a failure, so that nothing is held to be valid that was not looked at.

use serde_json::Value;

/// What is wrong with a document, a line each.
pub fn mistakes(document: &Value, schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Validator { whole: schema }.check(document, schema, "", &mut found);
    found
}

/// Keywords that say nothing of a document's validity, or only of strings that name a thing.
const SILENT: &[&str] =
    &["$schema", "id", "title", "description", "default", "definitions", "format", "pattern", "properties"];

struct Validator<'s> {
    whole: &'s Value,
}

impl Validator<'_> {
    fn check(&self, value: &Value, schema: &Value, at: &str, found: &mut Vec<String>) {
        for (keyword, bound) in schema.as_object().expect("a schema is an object") {
            let holds = match keyword.as_str() {
                "$ref" => {
                    let path = bound
                        .as_str()
                        .and_then(|path| path.strip_prefix('#'))
                        .expect("a path of this schema");
                    self.check(value, self.whole.pointer(path).expect("a definition"), at, found);
                    true
                }
                "type" => is(value, bound.as_str().expect("a type")),
                "enum" => bound.as_array().expect("a list").contains(value),
                "minimum" => value.as_f64().is_none_or(|value| value >= bound.as_f64().expect("a number")),
                "maximum" => value.as_f64().is_none_or(|value| value <= bound.as_f64().expect("a number")),
                "minLength" => value.as_str().is_none_or(|text| text.chars().count() >= number(bound)),
                "minItems" => value.as_array().is_none_or(|list| list.len() >= number(bound)),
                "uniqueItems" => value
                    .as_array()
                    .is_none_or(|list| list.iter().enumerate().all(|(n, item)| !list[..n].contains(item))),
                "required" => value.as_object().is_none_or(|object| {
                    bound
                        .as_array()
                        .expect("a list")
                        .iter()
                        .all(|key| object.contains_key(key.as_str().expect("a key")))
                }),
                "anyOf" | "oneOf" => {
                    let branches = bound.as_array().expect("a list").iter();
                    branches.filter(|branch| mistakes_at(self, value, branch).is_empty()).count() > 0
                }
                "items" => {
                    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(item, bound, &format!("{at}/{n}"), found);
                    }
                    true
                }
                "additionalProperties" => self.others(value, schema, bound, at, found),
                _ => {
                    assert!(SILENT.contains(&keyword.as_str()), "the keyword `{keyword}` is not known");
                    true
                }
            };
            if !holds {
                found.push(format!("{at}: {value} against {keyword}: {bound}"));
            }
        }
        for (key, part) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(value) = value.get(key) {
                self.check(value, part, &format!("{at}/{key}"), found);
            }
        }
    }

    fn others(
        &self,
        value: &Value,
        schema: &Value,
        bound: &Value,
        at: &str,
        found: &mut Vec<String>,
    ) -> bool {
        let known = |key: &String| schema["properties"].get(key).is_some();
        let mut others = value.as_object().into_iter().flatten().filter(|(key, _)| !known(key));
        match bound {
            Value::Bool(allowed) => *allowed || others.next().is_none(),
            bound => {
                others.for_each(|(key, value)| self.check(value, bound, &format!("{at}/{key}"), found));
                true
            }
        }
    }
}

fn mistakes_at(validator: &Validator, value: &Value, schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    validator.check(value, schema, "", &mut found);
    found
}

fn number(bound: &Value) -> usize {
    bound.as_u64().and_then(|bound| usize::try_from(bound).ok()).expect("a number")
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("the type `{other}` is not known"),
    }
}
