//! The names and shapes in a checkpoint: the header of a `.safetensors` file, or all those that an index names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use safetensors::tensor::Metadata;

/// The tensors of a checkpoint: name and shape.
pub type Tensors = BTreeMap<String, Vec<u128>>;

/// The largest header, which is the format's own limit.
const HEADER_LIMIT: u64 = 100_000_000;
/// The largest index of a checkpoint in several files.
const INDEX_LIMIT: u64 = 64 << 20;

/// Reads a checkpoint: `model.safetensors`, or `model.safetensors.index.json` with its files beside it.
///
/// # Errors
/// Why it cannot be read.
pub fn read(path: &Path) -> Result<Tensors, String> {
    if path.extension().is_some_and(|extension| extension == "json") { sharded(path) } else { header(path) }
}

fn header(path: &Path) -> Result<Tensors, String> {
    let told = |why: &dyn std::fmt::Display| format!("cannot read `{}`: {why}", path.display());
    let mut file = File::open(path).map_err(|error| told(&error))?;
    let about = file.metadata().map_err(|error| told(&error))?;
    if !about.is_file() {
        return Err(told(&"it is no regular file"));
    }
    let mut buffer = vec![0u8; 8];
    file.read_exact(&mut buffer).map_err(|_| told(&"it is too short for a safetensors file"))?;
    let length = <[u8; 8]>::try_from(&buffer[..]).map_or(u64::MAX, u64::from_le_bytes);
    // Nothing is allocated by a number that the file only claims.
    if length > HEADER_LIMIT || length > about.len() {
        return Err(told(&"it is no safetensors file: its header would be longer than it may"));
    }
    let taken = file.take(length).read_to_end(&mut buffer).map_err(|error| told(&error))?;
    if taken as u64 != length {
        return Err(told(&"it ends within its header"));
    }
    let header = buffer.get(8..).unwrap_or(&[]);
    let metadata: Metadata = serde_json::from_slice(header).map_err(|error| told(&error))?;
    let whole = length.saturating_add(8).saturating_add(metadata.data_len() as u64);
    if whole != about.len() {
        return Err(told(&format!("it has {} bytes where its header speaks of {whole}", about.len())));
    }
    let shape = |shape: &[usize]| shape.iter().map(|extent| *extent as u128).collect();
    Ok(metadata.tensors().into_iter().map(|(name, info)| (name, shape(&info.shape))).collect())
}

/// What an index holds that matters here.
#[derive(serde::Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

fn sharded(path: &Path) -> Result<Tensors, String> {
    let told = |why: &dyn std::fmt::Display| format!("cannot read `{}`: {why}", path.display());
    let mut text = String::new();
    let file = File::open(path).map_err(|error| told(&error))?;
    file.take(INDEX_LIMIT).read_to_string(&mut text).map_err(|error| told(&error))?;
    let index: Index = serde_json::from_str(&text).map_err(|error| told(&error))?;
    let mut all = Tensors::new();
    for shard in index.weight_map.values().collect::<BTreeSet<_>>() {
        if Path::new(shard).components().count() != 1 {
            return Err(told(&format!("it names `{shard}`, which does not lie beside it")));
        }
        let tensors = header(&path.with_file_name(shard))?;
        all.extend(tensors.into_iter().filter(|(name, _)| index.weight_map.get(name) == Some(shard)));
    }
    match index.weight_map.iter().find(|(name, _)| !all.contains_key(*name)) {
        Some((name, shard)) => Err(told(&format!("`{name}` is not in `{shard}`"))),
        None => Ok(all),
    }
}
