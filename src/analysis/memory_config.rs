//! What memory is counted for: a type of numbers, a batch, an optimiser.
//!
//! Main type: [`MemoryConfig`]. [`DATA_TYPES`] and [`OPTIMIZERS`] are tables; a further one is one line.

use crate::ir::{Count, ElementType, TensorType};

/// A type of floating-point (or quantised) numbers.
#[derive(Debug, PartialEq, Eq)]
pub struct DataType {
    /// Its name, as frameworks write it: `float32`.
    pub name: &'static str,
    /// Another name for it: `fp32`.
    pub short: &'static str,
    /// Bits a number.
    pub bits: u32,
}

const fn data_type(name: &'static str, short: &'static str, bits: u32) -> DataType {
    DataType { name, short, bits }
}

/// Every type of numbers, the usual one first.
pub static DATA_TYPES: &[DataType] = &[
    data_type("float32", "fp32", 32),
    data_type("float16", "fp16", 16),
    data_type("bfloat16", "bf16", 16),
    data_type("float64", "fp64", 64),
    data_type("float8", "fp8", 8),
    data_type("int8", "i8", 8),
    data_type("int4", "i4", 4),
];

impl DataType {
    /// The type of this name, long or short.
    pub fn find(name: &str) -> Option<&'static DataType> {
        DATA_TYPES.iter().find(|known| known.name == name || known.short == name)
    }

    /// The bytes that so many elements of a tensor take: floating-point ones in this type, others in their own. A tensor
    /// begins on a byte of its own.
    pub fn bytes(&self, elements: &Count, dtype: ElementType) -> Count {
        let bits = if dtype.is_floating() { self.bits } else { dtype.bits() };
        if let (bytes, Some(0)) = (bits / 8, bits.checked_rem(8)) {
            return elements * &Count::from(u128::from(bytes));
        }
        let all = (elements * &Count::from(u128::from(bits))).to_size();
        all.ceil_div(&8.into()).map_or(Count::OVERFLOW, Count::from)
    }

    /// The bytes of a whole tensor.
    pub fn bytes_of(&self, tensor: &TensorType) -> Count {
        self.bytes(&tensor.shape.elements(), tensor.dtype)
    }
}

/// An optimiser, by what it keeps.
#[derive(Debug, PartialEq, Eq)]
pub struct Optimizer {
    /// Its name: `adam`.
    pub name: &'static str,
    /// Numbers that it keeps for each trainable parameter, of the parameter's type.
    pub states: u32,
    /// What they are.
    pub keeps: &'static str,
}

/// Every optimiser. AdamW keeps what Adam keeps.
pub static OPTIMIZERS: &[Optimizer] = &[
    Optimizer { name: "sgd", states: 0, keeps: "nothing" },
    Optimizer { name: "momentum", states: 1, keeps: "a velocity" },
    Optimizer { name: "adam", states: 2, keeps: "a mean and a variance" },
];

impl Optimizer {
    /// The optimiser of this name.
    pub fn find(name: &str) -> Option<&'static Optimizer> {
        OPTIMIZERS.iter().find(|known| known.name == name)
    }
}

/// What memory is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryConfig {
    /// The type of weights, activations, gradients and optimiser states. Integer tensors stay `int64`.
    pub dtype: &'static DataType,
    /// Samples at once.
    pub batch: u64,
    /// What trains it; `None` where only inference is asked for.
    pub optimizer: Option<&'static Optimizer>,
}

/// One sample, `float32`, inference.
impl Default for MemoryConfig {
    fn default() -> MemoryConfig {
        const USUAL: &DataType = &data_type("float32", "fp32", 32);
        MemoryConfig { dtype: DATA_TYPES.first().unwrap_or(USUAL), batch: 1, optimizer: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_byte_is_rounded_up_tensor_by_tensor() {
        let int4 = DataType::find("int4").expect("a type");
        assert_eq!(int4.bytes(&Count::from(7), ElementType::Float32), Count::from(4));
        assert_eq!(int4.bytes(&Count::from(7), ElementType::Int64), Count::from(56));
        assert_eq!(DataType::find("bf16").map(|known| known.name), Some("bfloat16"));
    }
}
