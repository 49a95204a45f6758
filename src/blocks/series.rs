//! Which uses of blocks are members of one series, and what a series is called.
//!
//! Main functions: [`series`], a key that the members of a series have in common, and [`range_label`], their common name.

use crate::ir::{Scope, ScopeId};

/// What a chain in parentheses is called as a block, and the beginning of the name of one without a label.
const CHAIN: (&str, &str) = ("Sequential", "sequential_");

/// What the members of a series have in common: the block around them, the block they are uses of, the path up to their
/// number.
pub(crate) type Series<'g> = (Option<ScopeId>, &'g str, &'g str);

/// The series of a use of a block.
pub(crate) fn series(scope: &Scope) -> Series<'_> {
    (scope.parent, &scope.definition, stem(&scope.path))
}

/// True for a chain in parentheses, which is no block that anybody named.
pub(crate) fn is_chain(scope: &Scope) -> bool {
    &*scope.definition == CHAIN.0
}

/// True for a chain without a label.
pub(crate) fn is_unnamed_chain(scope: &Scope) -> bool {
    is_chain(scope) && scope.path.rsplit('.').next().is_some_and(|step| step.starts_with(CHAIN.1))
}

/// A path without the number at its end: `layer3.` of `layer3.5`.
pub(crate) fn stem(path: &str) -> &str {
    path.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// What a member adds to the path of its series: `5` of `layer3.5`.
pub(crate) fn number(path: &str) -> &str {
    path.strip_prefix(stem(path)).unwrap_or(path)
}

/// True where the last step of a path is a number: a place in a chain or a list, as in `classifier.3`.
pub(crate) fn is_numbered(path: &str) -> bool {
    stem(path.rsplit('.').next().unwrap_or(path)).is_empty()
}

/// The name of several members by the paths of the first and the last: `layer3` of `layer3.0` and `layer3.5`, else
/// `stage1 … 4`.
pub(crate) fn range_label(first: &str, last: &str) -> String {
    if first == last {
        return first.to_string();
    }
    match stem(first).strip_suffix('.') {
        Some(list) => list.to_string(),
        None => format!("{first} … {}", number(last)),
    }
}

/// A path as its words and its numbers: `h.`, `.ln_`, `` and `0`, `1`.
pub(crate) fn words_and_numbers(path: &str) -> (Vec<String>, Vec<String>) {
    let (mut texts, mut numbers) = (vec![String::new()], Vec::<String>::new());
    let mut in_number = false;
    for character in path.chars() {
        match (character.is_ascii_digit(), in_number) {
            (true, true) => numbers.last_mut().map_or((), |number| number.push(character)),
            (true, false) => {
                numbers.push(character.to_string());
                texts.push(String::new());
            }
            (false, _) => texts.last_mut().map_or((), |text| text.push(character)),
        }
        in_number = character.is_ascii_digit();
    }
    (texts, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_words_and_numbers() {
        let (texts, numbers) = words_and_numbers("h.10.ln_1");
        assert_eq!(
            (texts.join("#"), numbers),
            ("h.#.ln_#".to_string(), vec!["10".to_string(), "1".to_string()])
        );
    }

    #[test]
    fn members_of_a_list_are_called_by_the_list_and_others_by_the_first_and_the_last() {
        assert_eq!(range_label("layer3.0", "layer3.5"), "layer3");
        assert_eq!(range_label("stage1", "stage4"), "stage1 … 4");
        assert_eq!(range_label("tower", "tower"), "tower");
    }
}
