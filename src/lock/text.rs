//! The text of `weft.lock`: TOML, one line a figure, so that a review sees what a change costs.

use std::fmt::Write as _;

use toml::de::{DeTable, DeValue};

use super::{Figures, Layer, Lock};

/// The version of the text.
const VERSION: &str = "1";

impl Lock {
    /// The text.
    pub fn text(&self) -> String {
        let mut text = format!(
            "# Every model's figures, by `weft lock`. Commit it: `weft check --locked` fails where one has changed.\nversion = {VERSION}\n"
        );
        for (file, models) in &self.files {
            for (name, figures) in models {
                // Writing to a string never fails.
                let _ = write!(text, "\n[{}.{}]\n{}", quoted(file), quoted(name), figures.text());
            }
        }
        text
    }

    /// Reads a text.
    ///
    /// # Errors
    /// Why it is none that `weft lock` wrote.
    pub fn read(text: &str) -> Result<Lock, String> {
        let table = DeTable::parse(text).map_err(|error| error.message().to_owned())?;
        let mut lock = Lock::default();
        for (file, models) in table.get_ref() {
            match models.get_ref() {
                DeValue::Integer(version) if file.get_ref() == "version" => {
                    if version.as_str() != VERSION {
                        return Err(format!(
                            "it is of version {}, this program reads {VERSION}",
                            version.as_str()
                        ));
                    }
                }
                DeValue::Table(models) => {
                    let entry = lock.files.entry(file.get_ref().to_string()).or_default();
                    for (name, figures) in models {
                        let figures = figures.get_ref().as_table().and_then(Figures::read);
                        let figures =
                            figures.ok_or_else(|| format!("`{}` in it cannot be read", name.get_ref()))?;
                        entry.insert(name.get_ref().to_string(), figures);
                    }
                }
                _ => return Err(format!("`{}` in it cannot be read", file.get_ref())),
            }
        }
        Ok(lock)
    }
}

impl Figures {
    fn text(&self) -> String {
        let Figures { params, params_gross, macs, macs_formula, memory, outputs, layers } = self;
        let mut text = format!("params = {params}\nparams_gross = {params_gross}\nmacs = {macs}\n");
        if let Some(formula) = macs_formula {
            let _ = writeln!(text, "macs_formula = {}", quoted(formula));
        }
        let outputs: Vec<_> = outputs.iter().map(|output| quoted(output)).collect();
        let _ = write!(text, "memory = {memory}\noutputs = [{}]\nlayers = [\n", outputs.join(", "));
        for Layer { path, kind, params, macs } in layers {
            let _ = writeln!(text, "    [{}, {}, {params}, {macs}],", quoted(path), quoted(kind));
        }
        text + "]\n"
    }

    fn read(table: &DeTable) -> Option<Figures> {
        let value = |key: &str| table.get(key).map(|value| value.get_ref());
        let count = |key: &str| value(key).and_then(number);
        let outputs = value("outputs")?.as_array()?.iter();
        let layers = value("layers")?.as_array()?.iter();
        Some(Figures {
            params: count("params")?,
            params_gross: count("params_gross")?,
            macs: count("macs")?,
            macs_formula: value("macs_formula").and_then(DeValue::as_str).map(str::to_owned),
            memory: count("memory")?,
            outputs: outputs.map(|one| one.get_ref().as_str().map(str::to_owned)).collect::<Option<_>>()?,
            layers: layers.map(|one| layer(one.get_ref())).collect::<Option<_>>()?,
        })
    }
}

fn layer(value: &DeValue) -> Option<Layer> {
    let parts: Vec<&DeValue> = value.as_array()?.iter().map(|part| part.get_ref()).collect();
    let [path, kind, params, macs] = parts[..] else { return None };
    let (params, macs) = (number(params)?, number(macs)?);
    Some(Layer { path: path.as_str()?.to_owned(), kind: kind.as_str()?.to_owned(), params, macs })
}

/// A number of any size: TOML's own reader would stop at 64 bits.
fn number(value: &DeValue) -> Option<u128> {
    let integer = value.as_integer()?;
    u128::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn quoted(text: &str) -> String {
    // JSON's escapes are TOML's.
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let layer =
            |path: &str| Layer { path: path.into(), kind: "Linear × 2".into(), params: 3, macs: u128::MAX };
        let figures = Figures {
            params: 1,
            params_gross: 2,
            macs: u128::MAX,
            macs_formula: Some("3·T²".into()),
            memory: 4,
            outputs: vec!["y [T, 3]".into(), "\"z\\ [1]".into()],
            layers: vec![layer("a.b"), layer("\"c\"")],
        };
        let mut lock = Lock::default();
        let models = lock.files.entry("net \"1\"/a.weft".to_owned()).or_default();
        models.insert("Net".into(), figures.clone());
        models.insert(
            "Other".into(),
            Figures { macs_formula: None, outputs: vec![], layers: vec![], ..figures },
        );
        lock.files.entry("b.weft".to_owned()).or_default().insert("Net".into(), Figures::default());
        assert_eq!(Lock::read(&lock.text()), Ok(lock));
        assert!(Lock::read("version = 2\n").is_err_and(|message| message.contains("version 2")));
        assert!(Lock::read("version = 1\n[\"a.weft\".M]\nparams = 3\n").is_err());
    }
}
