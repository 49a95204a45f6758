//! SARIF 2.1.0, which code-scanning services read: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
//!
//! Lines and columns count from 1, columns in characters. A relative path is one from the folder where the program ran.

use serde_json::{Map, Value, json};

use super::fingerprint::fingerprints;
use super::json::text;
use super::path::{portable, uri};
use super::prose::prose;
use super::{FindingsFormat, Found, RuleInfo, Writer};
use crate::diagnostic::{Diagnostic, Fix, Label, Severity};
use crate::source::{Location, Sources};

/// One log of one run.
pub static FORMAT: FindingsFormat = FindingsFormat {
    name: "sarif",
    summary: "SARIF 2.1.0, for code scanning",
    extensions: &["sarif"],
    writer: Writer { opening, entries, separator: ",\n", closing: |_| "\n]}]}\n".to_owned(), counts: false },
};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The folder where the program ran, by the name that services know.
const ROOT: &str = "%SRCROOT%";
/// The name of the fingerprint: its number changes with the way it is made.
const FINGERPRINT: &str = "weft/v1";

fn opening(codes: &[RuleInfo]) -> String {
    let driver = json!({
        "name": env!("CARGO_PKG_NAME"),
        "fullName": concat!("weft ", env!("CARGO_PKG_VERSION")),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": codes.iter().map(rule).collect::<Vec<_>>(),
    });
    format!(
        "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{}}},\
         \"columnKind\":\"unicodeCodePoints\",\"results\":[\n",
        text(&driver)
    )
}

fn rule(about: &RuleInfo) -> Value {
    json!({
        "id": about.code,
        "shortDescription": {"text": about.summary},
        "fullDescription": {"text": about.meaning},
        "help": {"text": about.fix},
        "defaultConfiguration": {"enabled": about.enabled, "level": level(about.severity)},
        "properties": {"tags": [about.category]},
    })
}

/// Every diagnostic as a result on a line of its own.
fn entries(found: &Found) -> Vec<String> {
    let fingerprints = fingerprints(found.diagnostics, found.sources);
    let each = found.diagnostics.iter().zip(fingerprints);
    each.map(|(diagnostic, fingerprint)| text(&result(diagnostic, &fingerprint, found.sources))).collect()
}

fn result(diagnostic: &Diagnostic, fingerprint: &str, sources: &Sources) -> Value {
    let mut result = json!({
        "ruleId": diagnostic.code,
        "level": level(diagnostic.severity),
        "message": {"text": prose(diagnostic, sources)},
        "locations": [place(diagnostic.primary.location, sources)],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    });
    if let Some(result) = result.as_object_mut() {
        let related = diagnostic.related.iter().zip(1u32..);
        let related: Vec<_> = related.map(|(label, id)| other_place(label, id, sources)).collect();
        if !related.is_empty() {
            result.insert("relatedLocations".to_owned(), related.into());
        }
        if let Some(fix) = &diagnostic.fix {
            result.insert("fixes".to_owned(), json!([fix_value(fix, sources)]));
        }
    }
    result
}

fn level(severity: Severity) -> &'static str {
    severity.name()
}

fn place(location: Location, sources: &Sources) -> Value {
    let (name, _, _) = sources.position(location);
    json!({"physicalLocation": {"artifactLocation": artifact(name), "region": region(location, sources)}})
}

fn other_place(label: &Label, id: u32, sources: &Sources) -> Value {
    let mut place = place(label.location, sources);
    if let Some(place) = place.as_object_mut() {
        place.insert("id".to_owned(), id.into());
        if !label.text.is_empty() {
            place.insert("message".to_owned(), json!({"text": label.text}));
        }
    }
    place
}

fn artifact(name: &str) -> Value {
    let uri = uri(name);
    let relative = uri == portable(name) || !uri.starts_with("file:");
    if relative { json!({"uri": uri, "uriBaseId": ROOT}) } else { json!({"uri": uri}) }
}

fn region(location: Location, sources: &Sources) -> Value {
    let (_, line, column) = sources.position(location);
    let end = sources.get(location.file).map_or((line, column), |file| file.line_column(location.span.end));
    json!({"startLine": line, "startColumn": column, "endLine": end.0, "endColumn": end.1})
}

/// The edits of a fix, by file in the order of their first edits.
fn fix_value(fix: &Fix, sources: &Sources) -> Value {
    let mut files: Vec<_> = fix.edits.iter().map(|edit| edit.location.file).collect();
    files.sort_unstable();
    files.dedup();
    let changes = files.iter().map(|file| {
        let name = sources.get(*file).map_or("", |file| file.name());
        let edits = fix.edits.iter().filter(|edit| edit.location.file == *file);
        let replacements = edits.map(|edit| {
            json!({"deletedRegion": region(edit.location, sources), "insertedContent": {"text": edit.text}})
        });
        json!({"artifactLocation": artifact(name), "replacements": replacements.collect::<Vec<_>>()})
    });
    let mut value = Map::new();
    value.insert("description".to_owned(), json!({"text": fix.title}));
    value.insert("artifactChanges".to_owned(), changes.collect());
    value.insert("properties".to_owned(), json!({"safe": fix.safe}));
    value.into()
}
