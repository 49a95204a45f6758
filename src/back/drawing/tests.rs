//! The layout on real networks: nothing stands on anything else, and nothing is outside.

use std::path::{Path, PathBuf};

use super::layout::{Layout, Rectangle, lay_out};
use super::{DetailLevel, Picture};
use crate::analysis::analyse;
use crate::front::weft::{Input, Options, elaborate};
use crate::source::Disk;

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let entries = |folder: PathBuf| {
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path())
    };
    let mut files: Vec<PathBuf> = entries(folder).filter(|path| path.is_dir()).flat_map(entries).collect();
    files.retain(|file| file.extension().is_some_and(|known| known == "weft"));
    files.sort();
    files
}

fn is_inside(inner: Rectangle, outer: Rectangle) -> bool {
    const LEAST: f64 = -0.01;
    inner.x - outer.x > LEAST
        && inner.y - outer.y > LEAST
        && outer.x + outer.width - inner.x - inner.width > LEAST
        && outer.y + outer.height - inner.y - inner.height > LEAST
}

fn overlap(a: Rectangle, b: Rectangle) -> bool {
    let along = |a: f64, width: f64, b: f64, other: f64| a + width > b + 0.01 && b + other > a + 0.01;
    along(a.x, a.width, b.x, b.width) && along(a.y, a.height, b.y, b.height)
}

fn hold(picture: &Picture, layout: &Layout, told: &str) {
    let whole = Rectangle { x: 0.0, y: 0.0, width: layout.width, height: layout.height };
    let place = |id: usize| layout.boxes[id];
    let families = picture.boxes.iter().map(|part| &part.inside).chain([&picture.outermost]);
    for children in families {
        for (i, a) in children.iter().enumerate() {
            for b in &children[i + 1..] {
                assert!(!overlap(place(*a), place(*b)), "{told}: {a} and {b} overlap");
            }
        }
    }
    for (id, part) in picture.boxes.iter().enumerate() {
        let around = part.around.map_or(whole, place);
        assert!(is_inside(place(id), around), "{told}: {id} stands outside: {:?} {around:?}", place(id));
    }
    for line in &layout.lines {
        for (x, y) in &line.points {
            let point = Rectangle { x: *x, y: *y, width: 0.0, height: 0.0 };
            assert!(is_inside(point, whole), "{told}: a line of {:?} leaves", picture.arrows[line.arrow]);
        }
        let drawn =
            picture.arrows.iter().enumerate().all(|(arrow, _)| layout.lines.iter().any(|l| l.arrow == arrow));
        assert!(drawn || picture.arrows.len() > 400, "{told}: an arrow has no line");
    }
}

#[test]
fn no_box_stands_on_another_and_all_stand_inside() {
    let files = examples();
    assert!(files.len() > 10, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a text");
        let input = Input { name: file.display().to_string(), path: Some(file.clone()), text: text.into() };
        let program = elaborate(&Disk, input, &Options::default());
        for graph in program.models.iter().take(2) {
            let analysis = analyse(graph);
            for opening in [DetailLevel::ALL, DetailLevel { depth: 1, each_once: true }, DetailLevel::NONE] {
                let picture = Picture::of(graph, &analysis, opening);
                for height in [300.0, 900.0, 1e9] {
                    let layout = lay_out(&picture, None, height, height);
                    hold(&picture, &layout, &format!("{} {opening:?} {height}", graph.name));
                }
            }
        }
    }
}

#[test]
fn arrows_join_boxes_that_have_no_boxes_inside() {
    for file in examples() {
        let text = std::fs::read_to_string(&file).expect("a text");
        let input = Input { name: file.display().to_string(), path: Some(file.clone()), text: text.into() };
        for graph in elaborate(&Disk, input, &Options::default()).models {
            let picture = Picture::of(&graph, &analyse(&graph), DetailLevel::ALL);
            for arrow in &picture.arrows {
                assert!(
                    picture.boxes[arrow.from].inside.is_empty() && picture.boxes[arrow.to].inside.is_empty()
                );
            }
            let read: std::collections::HashSet<_> = picture.arrows.iter().map(|arrow| arrow.to).collect();
            let outputs =
                picture.boxes.iter().enumerate().filter(|(_, part)| part.sort == super::BoxKind::Output);
            for (id, part) in outputs {
                assert!(read.contains(&id), "{}: nothing leads to {}", graph.name, part.name);
            }
        }
    }
}
