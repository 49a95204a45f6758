//! Which uses of blocks and layers are members of one series, and what a series is called.
//!
//! Main type: [`Series`], a key that the members of a series have in common. Members are the numbers of one list
//! (`layer3.0`, `layer3.1`: PyTorch's `ModuleList`), one place in the rounds of a loop, or uses to which nobody gave a name
//! (`bottleneck_1`, `bottleneck_2`). Names that merely end in digits make no series.

use crate::ir::{Graph, Node, Scope, ScopeId, ScopeKind};
use crate::source::Location;

/// What the members of a series have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Series<'g> {
    /// The scope around the members: of rounds, the one around the loop.
    around: ScopeId,
    /// The block that they are uses of, or the kind of the layers.
    definition: &'g str,
    members: Members<'g>,
}

/// By what the members belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Members<'g> {
    /// The list that they are numbers of.
    List(&'g str),
    /// What their names begin with, which are made up from the definition.
    Unnamed(&'g str),
    /// Where they are written in the body of a loop.
    Rounds(Location),
    /// The one path of a use that is in no series, or of several uses of one set of weights.
    Alone(&'g str),
}

/// The series of a use of a block.
pub(crate) fn series<'g>(graph: &'g Graph, scope: &'g Scope) -> Series<'g> {
    member(graph, scope.parent.unwrap_or_default(), &scope.definition, &scope.path, scope.origin)
}

/// The series of a layer.
pub(crate) fn series_of_layer<'g>(graph: &'g Graph, node: &'g Node) -> Series<'g> {
    member(graph, node.scope, node.kind(), &node.path, node.origin)
}

fn member<'g>(
    graph: &'g Graph,
    around: ScopeId,
    definition: &'g str,
    path: &'g str,
    origin: Location,
) -> Series<'g> {
    let (module, round) = (graph.module_of(around), round(graph, around));
    let (list, step) = path.rsplit_once('.').unwrap_or(("", path));
    let (around, members) = if is_number(step) {
        (module, Members::List(list))
    } else if is_made_up(step, definition) {
        (module, Members::Unnamed(path.trim_end_matches(|c: char| c.is_ascii_digit())))
    } else if let Some(outside) = round {
        (outside, Members::Rounds(origin))
    } else {
        (module, Members::Alone(path))
    };
    Series { around, definition, members }
}

/// Of a round, the scope around its loop.
fn round(graph: &Graph, scope: ScopeId) -> Option<ScopeId> {
    let scope = graph.scope(scope)?;
    matches!(scope.kind, ScopeKind::Repeat { .. }).then_some(scope.parent).flatten()
}

/// True for a chain in parentheses, which is no block that anybody named.
pub(crate) fn is_chain(scope: &Scope) -> bool {
    scope.kind == ScopeKind::Chain
}

/// True for a chain without a label.
pub(crate) fn is_unnamed_chain(scope: &Scope) -> bool {
    is_chain(scope) && is_made_up(last_step(&scope.path), &scope.definition)
}

/// True where the last step of a path is a number: a place in a chain or a list, as in `classifier.3`.
pub(crate) fn is_numbered(path: &str) -> bool {
    is_number(last_step(path))
}

fn last_step(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn is_number(step: &str) -> bool {
    !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit())
}

/// True for a name that is made up from what it names: `conv2d_1` of a `Conv2d`.
fn is_made_up(step: &str, definition: &str) -> bool {
    step.rsplit_once('_').is_some_and(|(base, number)| {
        let letters = base.chars().filter(|c| *c != '_');
        is_number(number) && letters.eq(definition.chars().filter(|c| *c != '_').flat_map(char::to_lowercase))
    })
}

/// The name of several members by the paths of the first and the last: `layer3` of `layer3.0` and `layer3.5`, else
/// `stage1 … 4`.
pub(crate) fn range_label(first: &str, last: &str) -> String {
    if first == last {
        return first.to_string();
    }
    match first.rsplit_once('.').filter(|(_, step)| is_number(step)) {
        Some((list, _)) => list.to_string(),
        None => range(first, last),
    }
}

/// `layer3.1 … 5`: two paths, of the second what differs.
pub(crate) fn range(first: &str, last: &str) -> String {
    if first == last {
        return first.to_string();
    }
    let common = first.char_indices().zip(last.chars()).take_while(|((_, a), b)| a == b);
    let end = common.last().map_or(0, |((at, c), _)| at.saturating_add(c.len_utf8()));
    // A number is said whole.
    let begin = first.get(..end).unwrap_or("").trim_end_matches(|c: char| c.is_ascii_digit());
    format!("{first} … {}", last.strip_prefix(begin).unwrap_or(last))
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
        assert_eq!(range_label("stage10", "stage14"), "stage10 … 14");
        assert_eq!(range_label("tower", "tower"), "tower");
        assert_eq!(range("layer3.1", "layer3.5"), "layer3.1 … 5");
    }

    #[test]
    fn a_made_up_name_is_the_kind_and_a_number() {
        assert!(is_made_up("conv2d_1", "Conv2d") && is_made_up("basic_block_12", "BasicBlock"));
        assert!(!is_made_up("conv1", "Conv2d") && !is_made_up("conv_1", "Conv2d"));
    }
}
