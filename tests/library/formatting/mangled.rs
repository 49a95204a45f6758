//! Programs whose blanks are put anew, with comments wherever there may be blanks.

use proptest::prelude::*;
use weft::source::FileId;
use weft::syntax::parse;

use super::corpus::samples;
use super::kept::holds;

/// A text as pieces without blanks and comments; every gap between two of them may be filled.
fn pieces(text: &str) -> Vec<&str> {
    let comments = parse(FileId(0), text).comments;
    let mut comments = comments.iter().map(|comment| comment.span.range()).peekable();
    let (mut pieces, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    let mut skip_to = 0;
    for (at, byte) in text.bytes().enumerate() {
        if at < skip_to {
            continue;
        }
        if quoted {
            quoted = byte != b'"' || escaped;
            escaped = byte == b'\\' && !escaped;
            continue;
        }
        let comment = comments.next_if(|comment| comment.start == at);
        if comment.is_some() || byte.is_ascii_whitespace() {
            pieces.push(&text[start..at]);
            skip_to = comment.as_ref().map_or(at + 1, |comment| comment.end);
            start = skip_to;
        }
        quoted = comment.is_none() && byte == b'"';
    }
    pieces.push(&text[start..]);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn gap() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        12 => Just(" "),
        3 => Just("\n"),
        2 => Just("  "),
        1 => Just("    \n\n\n  "),
        1 => Just(" # beside\n"),
        1 => Just("\n# above\n"),
        1 => Just("\n\n   ## documented  \n# twice\n\n"),
        1 => Just("  # one\n  # two\n"),
    ]
}

/// Joins pieces with gaps, which are used over and over.
fn mangled(text: &str, gaps: &[&str]) -> String {
    let pieces = pieces(text);
    let gaps = gaps.iter().cycle();
    pieces.iter().zip(gaps).map(|(piece, gap)| format!("{piece}{gap}")).collect()
}

fn readable() -> Vec<String> {
    let samples = samples().into_iter().map(|sample| sample.text);
    samples.filter(|text| parse(FileId(0), text).errors.is_empty()).collect()
}

#[test]
fn blanks_alone_decide_nothing_but_breaks() {
    for text in readable() {
        for gap in [" ", "\n", " \n\n", " # c\n", "\n# c\n"] {
            holds(&mangled(&text, &[gap]), None, false);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn comments_in_odd_places_are_kept(gaps in proptest::collection::vec(gap(), 1..80), from in 0usize..7) {
        for text in readable().iter().skip(from).step_by(7) {
            holds(&mangled(text, &gaps), None, false);
        }
    }

    #[test]
    fn what_is_allowed_stays_allowed(
        place in any::<prop::sample::Index>(), gaps in proptest::collection::vec(prop_oneof![5 => Just(" "), 1 => Just("\n")], 1..40),
    ) {
        for sample in samples().iter().filter(|sample| sample.name.starts_with("docs/rules/")) {
            if !parse(FileId(0), &sample.text).errors.is_empty() {
                continue;
            }
            let rule = sample.name.split(['/', '.']).nth(2).expect("a rule's page");
            let text = mangled(&sample.text, &gaps);
            let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).chain([text.len()]).collect();
            let end = ends[place.index(ends.len())];
            let text = format!("{}  # weft: allow({rule}){}", &text[..end], &text[end..]);
            holds(&text, None, true);
        }
    }
}
