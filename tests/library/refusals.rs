//! What those who know PyTorch or Keras get wrong, and what they are told: the argument, its value, why it cannot be, and
//! the nearest that can. One snapshot a family.

use crate::common::elaborated;

/// What is said of `x -> LAYER` (or of `(…) -> LAYER` as it stands) for each of some inputs and layers. Each must be
/// refused, once.
fn said(wrong: &[(&str, &str)]) -> String {
    let mut said = String::new();
    for (shape, layer) in wrong {
        let sent = if layer.starts_with('(') { "" } else { "x -> " };
        let text = format!("model M {{\n    input x: {shape}\n    output y = {sent}{layer}\n}}");
        let program = elaborated(&text);
        let [error] = program.errors.as_slice() else {
            panic!("{shape} -> {layer} is to give one error, not {:?}", program.errors);
        };
        let place = program.sources.text(error.primary.location);
        said += &format!("{shape} -> {layer}\n    {place}: {} [{}]\n", error.message, error.code);
        said.extend(error.help.iter().map(|help| format!("    help: {help}\n")));
    }
    said
}

#[track_caller]
fn check(family: &str, wrong: &[(&str, &str)]) {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(family, said(wrong)) });
}

#[test]
fn convolutions() {
    check(
        "convolutions",
        &[
            ("[3, 8, 8]", "Conv2d(8, kernel=0)"),
            ("[3, 8, 8]", "Conv2d(8, kernel=-3)"),
            ("[3, 8, 8]", "Conv2d(8, kernel=3.0)"),
            ("[3, 8, 8]", "Conv2d(0, kernel=3)"),
            ("[3, 8, 8]", "Conv2d(8, kernel=3, stride=0)"),
            ("[3, 8, 8]", "Conv2d(8, kernel=3, dilation=0)"),
            ("[3, 8, 8]", "Conv2d(8, kernel=3, pad=-1)"),
            ("[3, 8, 8]", "Conv2d(8, kernel=3, pad=1.5)"),
            ("[3, 8, 8]", "Conv2d(8, kernel=3, pad=[1, 2, 3])"),
            ("[3, 8, 8]", "Conv2d(8, kernel=3, pad=\"smae\")"),
            ("[3, 8, 8]", "Conv2d(8, kernel=3, groups=2)"),
            ("[4, 8, 8]", "Conv2d(6, kernel=3, groups=4)"),
            ("[4, 8, 8]", "Conv2d(6, kernel=3, groups=0)"),
            ("[4, 8, 8]", "Conv2d(6, kernel=9)"),
            ("[4, 8]", "Conv1d(6, kernel=5, dilation=3, pad=1)"),
            ("[4, 8, 8]", "Conv2d(6, kernel=3, padding_mode=\"reflct\")"),
            ("[4, 8, 8]", "Conv2d(6, kernel=3, pad=8, padding_mode=\"reflect\")"),
            ("[4, 8, 8]", "Conv2d(6, kernel=3, pad=9, padding_mode=\"circular\")"),
            ("[8, 8]", "Conv2d(6, kernel=3)"),
            ("[4, 8, 8]", "Conv2d(kernel=3)"),
            ("[4, 8, 8]", "Conv2d(4, 6, kernel=3)"),
            ("[4, 8, 8]", "Conv2d(6, 3, bias=1)"),
            ("[4, 8, 8]", "Conv2d(6, 3, 1, 1, 1, 1, true, \"zeros\", 5)"),
            ("[4, 8, 8]", "Conv2d(in_channels=4, out_channels=6, kernel_size=3)"),
            ("[4, 8, 8]", "Conv2d(6, kernal=3)"),
            ("int[4, 8, 8]", "Conv2d(6, kernel=3)"),
            ("[4, 8, 8]", "ConvTranspose2d(6, kernel=3, output_pad=1)"),
            ("[4, 8, 8]", "ConvTranspose2d(6, kernel=3, pad=\"same\")"),
            ("[4, 8, 8]", "ConvTranspose2d(6, kernel=3, groups=3)"),
            ("[4, 8, 8]", "ConvTranspose2d(6, kernel=3, padding_mode=\"reflect\")"),
            ("[4, 1, 1]", "ConvTranspose2d(6, kernel=3, pad=3)"),
            ("[4, 3]", "Unfold(2)"),
            ("[4, 3]", "Fold([3, 3], 2)"),
            ("[9, 4]", "Fold([3, 3], 2)"),
        ],
    );
}

#[test]
fn pools() {
    check(
        "pools",
        &[
            ("[4, 8, 8]", "MaxPool2d(0)"),
            ("[4, 8, 8]", "MaxPool2d(9)"),
            ("[4, 3, 3]", "MaxPool2d(2, dilation=5)"),
            ("[4, 8, 8]", "MaxPool2d(3, pad=2)"),
            ("[4, 8, 8]", "MaxPool2d(2, stride=0)"),
            ("[4, 8, 8]", "MaxPool2d(2, return_indices=true)"),
            ("[4, 8, 8]", "AvgPool2d(2, divisor_override=3)"),
            ("[4, 8, 8]", "AvgPool2d(2, dilation=2)"),
            ("[4, 8, 8]", "AdaptiveAvgPool2d(0)"),
            ("[4, 8, 8]", "AdaptiveAvgPool2d([7])"),
            ("[4, 8, 8]", "AdaptiveAvgPool2d([none, 0])"),
            ("[4, 8]", "AdaptiveAvgPool2d(1)"),
            ("[4]", "GlobalAvgPool"),
            ("[4, 8, 8]", "LpPool(0, 2)"),
            ("[4, 8, 8]", "LpPool(2, [2])"),
            ("[4, 8]", "LPPool2d(2, 2)"),
        ],
    );
}

#[test]
fn normalisation_and_regularisation() {
    check(
        "normalisation_and_regularisation",
        &[
            ("[64, 8, 8]", "BatchNorm2d(64)"),
            ("[64, 8, 8]", "BatchNorm2d(num_features=64)"),
            ("[64, 8, 8]", "BatchNorm1d"),
            ("[64]", "InstanceNorm"),
            ("[64, 8, 8]", "GroupNorm(48)"),
            ("[64, 8, 8]", "GroupNorm(0)"),
            ("[64, 8, 8]", "GroupNorm(32, 64)"),
            ("[64, 8, 8]", "LayerNorm([64, 8])"),
            ("[64, 8, 8]", "LayerNorm([8, 8], axis=0)"),
            ("[64, 8, 8]", "LayerNorm(eps=-0.5)"),
            ("[64, 8, 8]", "LayerNorm(axis=3)"),
            ("[]", "LayerNorm"),
            ("[64, 8]", "LocalResponseNorm(0)"),
            ("[10, 64]", "Normalize(0)"),
            ("[10, 64]", "Scale(axis=2)"),
            ("[10, 64]", "Dropout(50)"),
            ("[10, 64]", "Dropout(p=0.5, inplace=true)"),
            ("[10, 64]", "Dropout2d"),
            ("[10, 64]", "DropPath"),
        ],
    );
}

#[test]
fn linear_algebra_and_activations() {
    check(
        "linear_algebra_and_activations",
        &[
            ("[10, 64]", "Linear"),
            ("[10, 64]", "Linear(0)"),
            ("[10, 64]", "Linear(64, 10)"),
            ("[10, 64]", "Linear(in_features=64, out_features=10)"),
            ("int[10]", "Linear(3)"),
            ("[]", "Linear(3)"),
            ("[10]", "Embedding(10, 3)"),
            ("int[10]", "Embedding(10, 3, padding_idx=10)"),
            ("int[10]", "Embedding(10, 3, max_norm=1.0)"),
            ("[10, 64]", "Softmax(dim=1)"),
            ("[10, 64]", "Softmax(2)"),
            ("[64]", "Softmax(1)"),
            ("[4, 3]", "GLU"),
            ("[4, 3]", "PReLU(3)"),
            ("[4, 3]", "Hardtanh(2, 1)"),
            ("[4, 3]", "Clamp"),
            ("[4, 3]", "Softplus(0)"),
            ("[4, 3]", "GELU(\"tan\")"),
            ("[4, 3]", "ReLU(true)"),
        ],
    );
}

#[test]
fn sequences() {
    check(
        "sequences",
        &[
            ("[10, 64]", "MultiheadAttention(64, 8)"),
            ("[10, 64]", "MultiheadAttention(7)"),
            ("[10, 64]", "MultiheadAttention(0)"),
            ("[10, 64]", "MultiheadAttention(8, kv_heads=3)"),
            ("[10, 64]", "MultiheadAttention(8, kdim=32)"),
            ("[10, 64]", "MultiheadAttention(8, batch_first=true)"),
            ("[64]", "MultiheadAttention(8)"),
            ("[10, 64]", "ScaledDotProductAttention(8)"),
            ("[10, 64]", "LSTM(0)"),
            ("[10, 64]", "LSTM(64, 20, 2)"),
            ("[10, 64]", "LSTM(8, proj_size=8)"),
            ("[10, 64]", "LSTM(8, num_layers=0)"),
            ("[10, 64]", "LSTM(8, dropout=1.5)"),
            ("[64]", "GRU(8)"),
            ("[10, 64]", "RNN(8, nonlinearity=\"sigmoid\")"),
            ("[10, 64]", "TransformerEncoderLayer(5)"),
            ("[10, 64]", "TransformerEncoderLayer(d_model=64, nhead=8)"),
            ("[10, 64]", "TransformerEncoderLayer(8, activation=\"silu\")"),
            ("[10, 64]", "TransformerDecoderLayer(8)"),
            ("[10, 64]", "RotaryEmbedding(48)"),
            ("[10, 64]", "RelativePositionBias(8, buckets=31)"),
            ("[10]", "SinusoidalEmbedding(7)"),
            ("[10, 8]", "MixtureOfExperts(Linear(8))"),
            ("[10, 8]", "(x, x, x) -> MixtureOfExperts(Linear(8))"),
            ("[10, 8]", "(x, x) -> MixtureOfExperts(Linear(8), top_k=9)"),
            ("[10, 8]", "(x, x[0..4]) -> MixtureOfExperts(Linear(8))"),
            ("[10, 8]", "(x, x, x[1..4]) -> MultiheadAttention(2)"),
            ("[10, 8]", "(x, x[1..3]) -> LSTM(5)"),
            ("[10, 8]", "(x, x, x, x) -> LSTM(5)"),
            ("[10, 8]", "(x, x, x, x) -> MultiheadAttention(2)"),
        ],
    );
}

#[test]
fn shapes() {
    check(
        "shapes",
        &[
            ("[10, 64]", "Flatten(start_dim=1)"),
            ("[10, 64]", "Flatten(1, 0)"),
            ("[10, 64]", "Unflatten(1, [5, 10])"),
            ("[10, 64]", "Unflatten(1, [5, -1])"),
            ("[10, 64]", "Reshape([5, -1, -1])"),
            ("[10, 64]", "Reshape(5, -1)"),
            ("[10, 64]", "Permute(1, 0)"),
            ("[10, 64]", "Permute([1, 1])"),
            ("[10, 64]", "Permute([1])"),
            ("[10, 64]", "Transpose(0, 2)"),
            ("[64]", "Unsqueeze(2)"),
            ("[10, 64]", "Expand([20, 64])"),
            ("[10, 64]", "Select(0, 10)"),
            ("[10, 64]", "Slice(0, 4, 2)"),
            ("[10, 64]", "Slice(0, 0, 11)"),
            ("[10, 64]", "Split([3, 3], axis=0)"),
            ("[10, 64]", "Split(3)"),
            ("[10, 64]", "Chunk(0, axis=0)"),
            ("[10, 64]", "Gather(0)"),
            ("[10, 64]", "Gather(0, indices=[10])"),
            ("[10, 64]", "Mean(2)"),
            ("[10, 64]", "Mean([0, 0])"),
            ("[10, 64]", "Pad([1])"),
            ("[3, 4, 4]", "Pad([4, 4], mode=\"reflect\")"),
            ("[3, 4, 4]", "Pad(5, mode=\"circular\")"),
            ("[3, 4, 4]", "Pad([-2, -2])"),
            ("[3, 4, 4]", "Pad([6, -5])"),
            ("[3, 4, 4]", "Roll([1, 2], axis=0)"),
            ("[3, 4, 4]", "Upsample"),
            ("[3, 4, 4]", "Upsample(scale_factor=2, size=4)"),
            ("[3, 4, 4]", "Upsample(scale_factor=0)"),
            ("[3, 4, 4]", "Upsample(scale_factor=2, mode=\"linear\")"),
            ("[3, 4, 4]", "Upsample(scale_factor=[2])"),
            ("[3, 4, 4]", "PixelShuffle(2)"),
            ("[4, 3, 3]", "PixelUnshuffle(2)"),
            ("[4, 3, 3]", "ChannelShuffle(3)"),
        ],
    );
}

#[test]
fn names_of_other_frameworks() {
    check(
        "names_of_other_frameworks",
        &[
            ("[3, 8, 8]", "Conv2DTranspose(2, 3)"),
            ("[3, 8, 8]", "GlobalAveragePooling2D()"),
            ("[3, 8, 8]", "BatchNormalization()"),
            ("[3, 8, 8]", "ReflectionPad2d(1)"),
            ("[3, 8, 8]", "Sequential(ReLU)"),
            ("[3, 8, 8]", "Conv2D(8, 3)"),
            ("[3, 8, 8]", "Relu"),
            ("[3, 8, 8]", "nn.ReLU"),
            ("[3, 8, 8]", "ReLU(x)"),
            ("[3, 8, 8]", "Conv2d(8, 3, weigth=x)"),
            ("[8]", "Dense(10, activation=\"relu\")"),
            ("[8]", "Dense(10, kernel_initializer=\"he\")"),
            ("[5, 8]", "LSTM(10, return_sequences=true)"),
            ("[3, 8, 8]", "Conv2d(8, 3, data_format=\"NHWC\")"),
        ],
    );
}
