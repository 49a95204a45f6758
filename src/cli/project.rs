//! The `weft.toml` that holds for a file: the nearest one upwards, or the one that `--config` names.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::Common;
use super::load::reason;
use crate::config::{Config, FILE};
use crate::lint::Baseline;
use crate::source::{Disk, FileSystem, Sources, Span};

/// Every configuration of a run, read when the first file asks for it.
#[derive(Debug, Default)]
pub(super) struct Projects {
    named: Option<Arc<Config>>,
    /// What holds in a folder, where it was asked.
    known: Mutex<HashMap<PathBuf, Found>>,
    /// The baselines that were asked for.
    baselines: Mutex<HashMap<PathBuf, Result<Known, String>>>,
}

/// The folder of a baseline, and the baseline.
type Known = (PathBuf, Arc<Baseline>);

type Found = Result<Option<Arc<Config>>, String>;

impl Projects {
    /// No configuration yet but the one that was named.
    ///
    /// # Errors
    /// Why that one cannot be used.
    pub fn new(common: &Common) -> Result<Projects, String> {
        let named = common.config.as_deref().map(|path| read(path).map(Arc::new)).transpose()?;
        Ok(Projects { named, ..Projects::default() })
    }

    /// What holds for a file; `None` where there is no configuration.
    ///
    /// # Errors
    /// Why the configuration that holds cannot be used.
    pub fn of(&self, file: &Path) -> Found {
        if let Some(named) = &self.named {
            return Ok(Some(named.clone()));
        }
        let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
        absolute.parent().map_or(Ok(None), |folder| self.of_folder(folder))
    }

    /// A baseline, read when it is first asked for.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn baseline(&self, path: &Path) -> Result<Known, String> {
        let mut all = self.baselines.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(path.to_path_buf()).or_insert_with(|| read_baseline(path)).clone()
    }

    fn of_folder(&self, folder: &Path) -> Found {
        let known =
            |folder: &Path| self.known.lock().unwrap_or_else(PoisonError::into_inner).get(folder).cloned();
        if let Some(found) = known(folder) {
            return found;
        }
        let path = folder.join(FILE);
        let found = match folder.parent() {
            _ if path.is_file() => read(&path).map(|config| Some(Arc::new(config))),
            Some(parent) => self.of_folder(parent),
            None => Ok(None),
        };
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(folder.to_path_buf(), found.clone());
        found
    }
}

fn read_baseline(path: &Path) -> Result<Known, String> {
    let name = path.display();
    let text = Disk.read(path).map_err(|error| {
        format!("cannot read `{name}`: {}; `weft check --write-baseline {name}` writes it", reason(&error))
    })?;
    let baseline = Baseline::read(&text).map_err(|why| format!("cannot use `{name}`: {why}"))?;
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    Ok((absolute.parent().unwrap_or(&absolute).to_path_buf(), Arc::new(baseline)))
}

fn read(path: &Path) -> Result<Config, String> {
    let name = path.strip_prefix(std::env::current_dir().unwrap_or_default()).unwrap_or(path);
    let name = name.to_string_lossy();
    let text = Disk.read(path).map_err(|error| format!("cannot read `{name}`: {}", reason(&error)))?;
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    Config::parse(&text, absolute.parent().unwrap_or(&absolute)).map_err(|mistakes| {
        let mut sources = Sources::new();
        let file = sources.add(name.as_ref(), text.as_str());
        let told = mistakes.iter().map(|mistake| {
            let place = Span::new(mistake.span.start, mistake.span.end).within(file);
            let (name, line, column) = sources.position(place);
            format!("{name}:{line}:{column}: {}", mistake.message)
        });
        told.collect::<Vec<_>>().join("\nerror: ")
    })
}
