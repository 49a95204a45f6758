//! What a finding is recognised by from one revision to the next, whatever moved above it.

use std::collections::HashMap;

use super::path::portable;
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// A fingerprint of each diagnostic of one file, in their order: 32 hexadecimal digits.
///
/// It is made from the file, the code, and the text of the line and of the place without its blanks, not from the
/// number of the line. Of several that are equal in all this, each is told by how many came before it.
pub fn fingerprints(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<String> {
    let mut seen: HashMap<u128, u128> = HashMap::new();
    let own = |diagnostic: &Diagnostic| {
        let hash = identity(diagnostic, sources);
        let before = seen.entry(hash).or_default();
        let own = if *before == 0 { hash } else { continued(hash, &before.to_le_bytes()) };
        *before = before.saturating_add(1);
        format!("{own:032x}")
    };
    diagnostics.iter().map(own).collect()
}

fn identity(diagnostic: &Diagnostic, sources: &Sources) -> u128 {
    let location = diagnostic.primary.location;
    let (name, line) = sources
        .get(location.file)
        .map_or(("", ""), |file| (file.name(), file.slice(file.line_span(location.span.start))));
    let path = portable(name);
    [&path, diagnostic.code, line, sources.text(location)].iter().fold(OFFSET, |hash, part| {
        let letters = part.bytes().filter(|byte| !byte.is_ascii_whitespace());
        continued(hash, &letters.chain([0]).collect::<Vec<_>>())
    })
}

/// FNV-1a of 128 bits, which is the same on every machine and in every version:
/// <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>
fn continued(hash: u128, bytes: &[u8]) -> u128 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::source::Span;

    /// The fingerprints of a rule at every place of a word.
    fn of(name: &str, text: &str, word: &str, code: &'static str) -> Vec<String> {
        let mut sources = Sources::new();
        let file = sources.add(name, text);
        let at = |(start, word): (usize, &str)| {
            let place = Span::new(start, start + word.len()).within(file);
            Diagnostic::finding(code, Severity::Note, place, "a message")
        };
        fingerprints(&text.match_indices(word).map(at).collect::<Vec<_>>(), &sources)
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        // Test vectors of the authors: "" and "foobar".
        assert_eq!(continued(OFFSET, b""), OFFSET);
        assert_eq!(continued(OFFSET, b"foobar"), 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
    }

    #[test]
    fn a_finding_that_moves_or_is_indented_keeps_its_fingerprint() {
        let before = of("a.weft", "model M {\n  spare\n}\n", "spare", "unused-input");
        assert_eq!(of("./a.weft", "# more\n\nmodel M {\n\tspare \n}\n", "spare", "unused-input"), before);
        assert_eq!(before[0].len(), 32);
        assert_ne!(of("b.weft", "model M {\n  spare\n}\n", "spare", "unused-input"), before);
        assert_ne!(of("a.weft", "model M {\n  spare\n}\n", "spare", "unused-layer"), before);
        assert_ne!(of("a.weft", "model M {\n  spare: [1]\n}\n", "spare", "unused-input"), before);
    }

    #[test]
    fn equal_lines_have_fingerprints_of_their_own() {
        let three = of("a.weft", "x + x\nx + x\n", "x", "self-combine");
        let mut distinct = three.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!((three.len(), distinct.len()), (4, 4));
    }
}
