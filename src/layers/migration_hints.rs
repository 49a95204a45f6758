//! What those who know other frameworks write, and what Weft has in its place.
//!
//! Hints only: none of these names means anything in the language.

/// What those who know other frameworks write and Weft does not.
pub(crate) const INFERRED: &str = "the input's channels and widths (`in_channels`, `num_features`, `embed_dim` …) are inferred: leave them out";

/// Arguments that other frameworks have and Weft does not, with the reason.
const ARGUMENTS: &[(&[&str], &str)] = &[
    (
        &["in_channels", "in_features", "input_size", "num_features", "num_channels", "embed_dim", "d_model"],
        "it is inferred from the input: leave it out",
    ),
    (
        &["dim", "dims", "dim0", "dim1"],
        "axes are written `axis` here and do not count the batch: PyTorch's `dim=1` is `axis=0`",
    ),
    (&["start_dim"], "it is written `start_axis` here and does not count the batch: PyTorch's 1 is 0"),
    (&["end_dim"], "it is written `end_axis` here and does not count the batch: PyTorch's 1 is 0"),
    (&["activation"], "an activation is a layer of its own: `-> ReLU`"),
    (
        &["return_sequences", "return_state"],
        "all results are given, and those that are needed taken: `(y, h) = …`",
    ),
    (&["batch_first"], "the batch axis is never written, so there is nothing to choose: leave it out"),
    (
        &[
            "inplace",
            "device",
            "dtype",
            "max_norm",
            "norm_type",
            "scale_grad_by_freq",
            "sparse",
            "recompute_scale_factor",
            "kernel_initializer",
            "bias_initializer",
            "kernel_regularizer",
            "bias_regularizer",
        ],
        "it says nothing about the architecture: leave it out",
    ),
    (
        &["divisor_override", "return_indices", "input_shape", "batch_size", "data_format"],
        "it does not exist in Weft: leave it out",
    ),
];

/// Layers that go by another name here, or are no layers here.
const LAYERS: &[(&[&str], &str)] = &[
    (&["Conv1DTranspose"], "`ConvTranspose1d`"),
    (&["Conv2DTranspose"], "`ConvTranspose2d`"),
    (&["Conv3DTranspose"], "`ConvTranspose3d`"),
    (&["LazyConv1d"], "`Conv1d`"),
    (&["LazyConv2d"], "`Conv2d`"),
    (&["LazyConv3d"], "`Conv3d`"),
    (&["LazyLinear", "FullyConnected", "InnerProduct"], "`Linear`"),
    (&["AveragePooling1D"], "`AvgPool1d`"),
    (&["AveragePooling2D"], "`AvgPool2d`"),
    (&["AveragePooling3D"], "`AvgPool3d`"),
    (&["GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"], "`GlobalAvgPool`"),
    (&["GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D"], "`GlobalMaxPool`"),
    (&["BatchNormalization", "SyncBatchNorm"], "`BatchNorm`"),
    (&["LayerNormalization"], "`LayerNorm`"),
    (&["GroupNormalization"], "`GroupNorm`"),
    (&["RMSNormalization", "LlamaRMSNorm"], "`RMSNorm`"),
    (&["ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"], "`Pad`"),
    (&["ConstantPad1d", "ConstantPad2d", "ConstantPad3d"], "`Pad(…, value=…)`"),
    (&["ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d"], "`Pad(…, mode=\"reflect\")`"),
    (&["ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d"], "`Pad(…, mode=\"replicate\")`"),
    (&["CircularPad1d", "CircularPad2d", "CircularPad3d"], "`Pad(…, mode=\"circular\")`"),
    (&["UpSampling1D", "UpSampling2D", "UpSampling3D", "UpsamplingNearest2d"], "`Upsample(scale_factor=…)`"),
    (&["UpsamplingBilinear2d"], "`Upsample(scale_factor=…, mode=\"bilinear\", align_corners=true)`"),
    (&["Softmax2d"], "`Softmax(axis=0)`"),
    (&["SpatialDropout1D", "FeatureAlphaDropout"], "`Dropout1d`"),
    (&["SpatialDropout2D"], "`Dropout2d`"),
    (&["SpatialDropout3D"], "`Dropout3d`"),
    (&["SimpleRNN"], "`RNN`"),
    (&["Bidirectional"], "`LSTM(…, bidirectional=true)`"),
    (&["LayerScale"], "`Scale`"),
    (&["Attention"], "`MultiheadAttention`, or `ScaledDotProductAttention` without weights"),
    (&["Activation"], "an activation is a layer of its own: `ReLU`"),
    (&["Sequential"], "a chain is a layer: `(Conv2d(8, 3) -> ReLU)`"),
    (&["ModuleList", "Repeat"], "a layer is repeated as `Layer * 12`"),
    (&["Residual"], "a sum is written: `x + (x -> …)`"),
    (&["TimeDistributed"], "a layer is applied at each position of the leading axes as it is"),
    (&["Input", "InputLayer"], "an input is a statement: `input x: [3, 224, 224]`"),
    (&["Lambda"], "a computation is written out, or is a `block`"),
];

/// Modules in which other frameworks keep their layers.
const MODULES: &[&str] = &["nn", "torch", "F", "keras", "layers", "tf", "jnp", "flax"];

/// Why a layer has no argument of this name, where another framework's has.
pub fn argument(name: &str) -> Option<&'static str> {
    found(ARGUMENTS, name)
}

/// What stands in the place of another framework's layer.
pub fn layer(name: &str) -> Option<&'static str> {
    found(LAYERS, name)
}

/// Whether another framework keeps its layers in a module of this name.
pub fn is_module(name: &str) -> bool {
    MODULES.contains(&name)
}

fn found(table: &[(&[&str], &'static str)], name: &str) -> Option<&'static str> {
    table.iter().find(|(names, _)| names.contains(&name)).map(|(_, hint)| *hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers;

    #[test]
    fn a_hint_is_for_names_that_mean_nothing_here_and_names_what_does() {
        for (names, hint) in LAYERS {
            assert!(names.iter().all(|name| layers::find(name).is_none()), "{names:?}");
            let quoted = hint.split('`').nth(1).unwrap_or_default();
            let first = quoted.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let layer = first.starts_with(char::is_uppercase) && first != "Layer";
            assert!(!layer || layers::find(first).is_some(), "{hint}");
        }
    }
}
