//! What the elements of a tensor are.
//!
//! Main type: [`ElementType`]. Names are PyTorch's; packed types, of less than a byte, are counted in bits.

use std::fmt;

/// The type of a tensor's elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ElementType {
    /// IEEE double precision.
    Float64,
    /// IEEE single precision: what a tensor holds unless it says otherwise.
    #[default]
    Float32,
    /// IEEE half precision.
    Float16,
    /// 8 bits of exponent, 7 of mantissa.
    BFloat16,
    /// 4 bits of exponent, 3 of mantissa (OCP FP8).
    Float8E4M3,
    /// 5 bits of exponent, 2 of mantissa (OCP FP8).
    Float8E5M2,
    /// A pair of single-precision numbers.
    Complex64,
    /// Token ids, positions, indices.
    Int64,
    /// 32-bit integers.
    Int32,
    /// 16-bit integers.
    Int16,
    /// 8-bit integers.
    Int8,
    /// Bytes.
    UInt8,
    /// Integers from −8 to 7, packed two to a byte.
    Int4,
    /// Integers from 0 to 15, packed two to a byte.
    UInt4,
    /// `true` or `false`, a byte each.
    Bool,
}

/// Each type with its name and its bits an element.
const TYPES: [(ElementType, &str, u32); 15] = [
    (ElementType::Float64, "float64", 64),
    (ElementType::Float32, "float32", 32),
    (ElementType::Float16, "float16", 16),
    (ElementType::BFloat16, "bfloat16", 16),
    (ElementType::Float8E4M3, "float8_e4m3", 8),
    (ElementType::Float8E5M2, "float8_e5m2", 8),
    (ElementType::Complex64, "complex64", 64),
    (ElementType::Int64, "int64", 64),
    (ElementType::Int32, "int32", 32),
    (ElementType::Int16, "int16", 16),
    (ElementType::Int8, "int8", 8),
    (ElementType::UInt8, "uint8", 8),
    (ElementType::Int4, "int4", 4),
    (ElementType::UInt4, "uint4", 4),
    (ElementType::Bool, "bool", 8),
];

impl ElementType {
    /// Every type.
    pub fn all() -> impl Iterator<Item = ElementType> {
        TYPES.iter().map(|(kind, ..)| *kind)
    }

    /// The type of a name.
    pub fn find(name: &str) -> Option<ElementType> {
        TYPES.iter().find(|(_, known, _)| *known == name).map(|(kind, ..)| *kind)
    }

    /// Its name: `float32`.
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// Bits an element.
    pub fn bits(self) -> u32 {
        self.entry().2
    }

    /// True for real and complex numbers, which weights and activations hold.
    pub fn is_floating(self) -> bool {
        self <= ElementType::Complex64
    }

    /// True for integers: ids, indices, quantised values.
    pub fn is_integer(self) -> bool {
        !self.is_floating() && self != ElementType::Bool
    }

    fn entry(self) -> &'static (ElementType, &'static str, u32) {
        let known = TYPES.iter().find(|(kind, ..)| *kind == self);
        known.unwrap_or(&(ElementType::Float32, "float32", 32))
    }
}

impl fmt::Display for ElementType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_floating_an_integer_or_a_boolean() {
        let named = |is: fn(ElementType) -> bool| {
            ElementType::all().filter(|kind| is(*kind)).map(ElementType::name).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            named(ElementType::is_floating),
            "float64 float32 float16 bfloat16 float8_e4m3 float8_e5m2 complex64"
        );
        assert_eq!(named(ElementType::is_integer), "int64 int32 int16 int8 uint8 int4 uint4");
        assert_eq!(named(|kind| !kind.is_floating() && !kind.is_integer()), "bool");
    }

    #[test]
    fn each_is_found_by_its_name_and_packed_ones_take_less_than_a_byte() {
        assert!(ElementType::all().all(|kind| ElementType::find(kind.name()) == Some(kind)));
        let packed: Vec<_> = ElementType::all().filter(|kind| kind.bits() < 8).collect();
        assert_eq!(packed, [ElementType::Int4, ElementType::UInt4]);
        assert_eq!(ElementType::find("float"), None);
    }
}
