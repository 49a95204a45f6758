//! What a project decided for a file: the nearest `weft.toml` upwards, or one that is named, and its baseline.
//!
//! Main type: [`Projects`], which reads each file when it is first asked for, and remembers it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::HashMap;

use crate::config::{Config, FILE};
use crate::lint::{Baseline, Settings};
use crate::source::{Disk, FileSystem, Sources, Span};

/// Every configuration of a run, read when the first file asks for it.
#[derive(Debug, Default)]
pub struct Projects {
    named: Option<Arc<Config>>,
    /// What holds in a folder, where it was asked: by its whole path, and as it was written.
    known: Mutex<HashMap<PathBuf, Found>>,
    /// The baselines that were asked for.
    baselines: Mutex<HashMap<PathBuf, Result<Known, String>>>,
}

/// What a project decided for one file.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// Levels and thresholds of the rules, and budgets.
    pub settings: Settings,
    /// The findings that are put up with, and the folder that they are told from.
    pub baseline: Option<(PathBuf, Arc<Baseline>)>,
}

/// The folder of a baseline, and the baseline.
type Known = (PathBuf, Arc<Baseline>);

type Found = Result<Option<Arc<Config>>, String>;

impl Projects {
    /// No configuration yet but the one that was named.
    ///
    /// # Errors
    /// Why that one cannot be used.
    pub fn new(named: Option<&Path>) -> Result<Projects, String> {
        let named = named.map(|path| read(path).map(Arc::new)).transpose()?;
        Ok(Projects { named, ..Projects::default() })
    }

    /// What holds for a file; `None` where there is no configuration.
    ///
    /// # Errors
    /// Why the configuration that holds cannot be used.
    pub fn of(&self, file: &Path) -> Result<Option<Arc<Config>>, String> {
        if let Some(named) = &self.named {
            return Ok(Some(named.clone()));
        }
        let Some(folder) = file.parent() else { return Ok(None) };
        if folder.is_absolute() {
            return self.of_folder(folder);
        }
        // Many files lie in one folder: where that is, is asked once.
        if let Some(found) = self.known(folder) {
            return found;
        }
        let found = absolute(file).parent().map_or(Ok(None), |folder| self.of_folder(folder));
        self.remember(folder, &found);
        found
    }

    /// What was decided of the rules for a file.
    ///
    /// # Errors
    /// Why the configuration that holds cannot be used.
    pub fn settings(&self, file: &Path) -> Result<Settings, String> {
        let config = self.of(file)?;
        Ok(config.map(|config| config.settings(&absolute(file))).unwrap_or_default())
    }

    /// All that was decided for a file.
    ///
    /// # Errors
    /// Why the configuration that holds, or its baseline, cannot be used.
    pub fn decisions(&self, file: &Path) -> Result<Decisions, String> {
        let config = self.of(file)?;
        let baseline = config.as_ref().and_then(|config| config.baseline.as_deref());
        let baseline = baseline.map(|named| self.baseline(named)).transpose()?;
        let settings = config.map(|config| config.settings(&absolute(file))).unwrap_or_default();
        Ok(Decisions { settings, baseline })
    }

    /// A baseline and its folder, read when it is first asked for.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn baseline(&self, path: &Path) -> Result<(PathBuf, Arc<Baseline>), String> {
        let mut all = self.baselines.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(path.to_path_buf()).or_insert_with(|| read_baseline(path)).clone()
    }

    fn of_folder(&self, folder: &Path) -> Found {
        if let Some(found) = self.known(folder) {
            return found;
        }
        let path = folder.join(FILE);
        let found = match folder.parent() {
            _ if path.is_file() => read(&path).map(|config| Some(Arc::new(config))),
            Some(parent) => self.of_folder(parent),
            None => Ok(None),
        };
        self.remember(folder, &found);
        found
    }

    fn known(&self, folder: &Path) -> Option<Found> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(folder).cloned()
    }

    fn remember(&self, folder: &Path, found: &Found) {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(folder.to_path_buf(), found.clone());
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn read_baseline(path: &Path) -> Result<Known, String> {
    let name = path.display();
    let text = Disk.read(path).map_err(|error| {
        format!("cannot read `{name}`: {}; `weft check --write-baseline {name}` writes it", error.reason())
    })?;
    let baseline = Baseline::read(&text).map_err(|why| format!("cannot use `{name}`: {why}"))?;
    let absolute = absolute(path);
    Ok((absolute.parent().unwrap_or(&absolute).to_path_buf(), Arc::new(baseline)))
}

fn read(path: &Path) -> Result<Config, String> {
    let name = path.strip_prefix(std::env::current_dir().unwrap_or_default()).unwrap_or(path);
    let name = name.to_string_lossy();
    let text = Disk.read(path).map_err(|error| format!("cannot read `{name}`: {}", error.reason()))?;
    let absolute = absolute(path);
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
