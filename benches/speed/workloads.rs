//! Programs of any size that look like those people write: each a function from a size to text.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the examples.
pub fn examples_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// Every example's text, in order of path.
pub fn examples() -> Vec<String> {
    let mut folders = vec![examples_folder()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "weft") {
                files.push(path);
            }
        }
    }
    files.sort();
    files.iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
}

/// The examples, over and over, until they hold at least so many bytes. Names come back, which the parser does
/// not mind.
pub fn examples_repeated(bytes: usize) -> String {
    let all = examples().join("\n");
    all.repeat(bytes.div_ceil(all.len().max(1)))
}

/// So many convolutions in a row, written as one repetition.
pub fn repeated_layers(layers: usize) -> String {
    format!(
        "model Repeated {{
    input x: [8, 16, 16]
    output y = x -> Conv2d(8, kernel=3, pad=1) * {layers}
}}
"
    )
}

/// So many layers in residual blocks of four, which a loop applies.
pub fn residual_layers(layers: usize) -> String {
    format!(
        "block Residual {{
    input x: [C, H, W]
    output x + (x -> conv: Conv2d(C, kernel=3, pad=1, bias=false) -> norm: BatchNorm -> ReLU)
}}

model Looped {{
    input image: [8, 16, 16]
    x = image
    for i in 0..{} {{ x = x -> body[i]: Residual }}
    output y = x
}}
",
        layers / 4
    )
}
