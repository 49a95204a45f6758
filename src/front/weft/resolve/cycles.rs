//! Definitions that are made of themselves: a program always ends, so there are none.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::diagnostic::Diagnostic;
use crate::front::weft::errors::Errors;
use crate::front::weft::resolve::library::{Definition, Library, item_name};
use crate::source::Location;

type Edges<'a> = HashMap<Definition, Vec<(Definition, Location)>>;

/// Reports each circle once, where it closes.
pub fn report(
    library: &Library,
    edges: &[(Definition, Definition, Location)],
    errors: &mut Errors,
    circular: &mut HashSet<Definition>,
) {
    // Mostly all is made of what stands before it.
    if edges.iter().all(|(from, to, _)| to < from) {
        return;
    }
    let mut next: Edges = HashMap::new();
    let mut starts = Vec::new();
    for (from, to, place) in edges {
        next.entry(*from).or_default().push((*to, *place));
        starts.push(*from);
    }
    let mut done = HashSet::new();
    for start in starts {
        if done.contains(&start) {
            continue;
        }
        walk(library, &next, start, &mut done, errors, circular);
    }
}

/// A definition on the way, with how many of its edges have been followed.
struct Step {
    definition: Definition,
    followed: usize,
}

fn walk(
    library: &Library,
    next: &Edges,
    start: Definition,
    done: &mut HashSet<Definition>,
    errors: &mut Errors,
    circular: &mut HashSet<Definition>,
) {
    let mut way = vec![Step { definition: start, followed: 0 }];
    let mut on_way = HashSet::from_iter([start]);
    while let Some(step) = way.last_mut() {
        let edge = next.get(&step.definition).and_then(|edges| edges.get(step.followed)).copied();
        step.followed = step.followed.saturating_add(1);
        let from = step.definition;
        match edge {
            None => {
                done.insert(from);
                on_way.remove(&from);
                way.pop();
            }
            Some((to, place)) if on_way.contains(&to) => {
                let circle = way.iter().map(|step| step.definition).skip_while(|known| *known != to);
                let circle: Vec<_> = circle.collect();
                errors.push(told(library, &circle, to, place));
                circular.extend(circle);
            }
            Some((to, _)) if !done.contains(&to) => {
                on_way.insert(to);
                way.push(Step { definition: to, followed: 0 });
            }
            Some(_) => {}
        }
    }
}

fn told(library: &Library, circle: &[Definition], to: Definition, place: Location) -> Diagnostic {
    let name = |definition: &Definition| {
        let item = library.item(*definition).and_then(|item| item_name(&item.kind));
        item.map_or_else(String::new, |name| format!("`{}`", name.text))
    };
    let names: Vec<_> = circle.iter().map(name).collect();
    let message = if circle.len() == 1 {
        format!("{} is made of itself", names.concat())
    } else {
        format!("{} is made of itself, by way of {}", name(&to), names.get(1..).unwrap_or(&[]).join(", "))
    };
    let error = Diagnostic::structural("recursion", place, message)
        .help("there is no recursion: what repeats is a `for`, or `Layer * n`");
    match library.place(to) {
        Some(first) if first != place => error.related(first, "defined here"),
        _ => error,
    }
}
