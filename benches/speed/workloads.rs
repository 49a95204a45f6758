//! Programs of any size that look like those people write: each a function from a size to text.

use crate::examples;

/// The examples, over and over, until they hold at least so many bytes. Names come back, which the parser does
/// not mind.
pub fn examples_repeated(bytes: usize) -> String {
    let all = examples::texts().join("\n");
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
