//! `docs/gallery.md` and its pictures: every example with its figures, held to the examples and to the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use weft::analysis::{Analysis, AtDefaults, analyse};
use weft::back::drawing::Drawn;
use weft::back::{Job, TARGETS};
use weft::front::weft::{Input, Options, Program, elaborate};
use weft::ir::{Count, Graph};
use weft::source::Disk;
use weft::syntax::ast::ItemKind;

use crate::common::{examples, root};

/// Folders of `examples/` in the order of the page, and what they are called there.
const FAMILIES: [(&str, &str); 11] = [
    ("teaching", "Teaching"),
    ("vision", "Vision"),
    ("detection", "Detection"),
    ("segmentation", "Segmentation"),
    ("generative", "Generative"),
    ("text", "Text"),
    ("mixture", "Mixture of experts"),
    ("audio", "Audio"),
    ("recurrent", "Recurrent"),
    ("siamese", "Shared towers"),
    ("several_inputs", "Several inputs"),
];

/// What a forge shows of a picture without making it smaller.
const PAGE: (f64, f64) = (1_000.0, 900.0);

/// Models of which less is drawn than there is, because a long row of what differs in a number is all the rest.
const LESS: [(&str, &str, &str); 1] = [("WaveNet", "cycles", "1")];

const PICTURES: &str = "docs/pictures/gallery";

/// An example: a file with what it says of itself, and what follows from it.
struct Example {
    /// As it is called on the page: the file's name without its ending.
    name: String,
    /// Relative to the root.
    path: String,
    program: Program,
    analyses: Vec<Analysis>,
}

impl Example {
    fn read(path: &Path, options: &Options) -> Example {
        let text = std::fs::read_to_string(root().join(path)).expect("an example");
        let named = path.to_str().expect("UTF-8").to_string();
        let input = Input { name: named.clone(), path: Some(root().join(path)), text: text.into() };
        let program = elaborate(&Disk, input, options);
        assert!(program.errors.is_empty(), "{named}: {:?}", program.errors);
        let name = path.file_stem().expect("a name").to_str().expect("UTF-8").to_string();
        let analyses = program.models.iter().map(|graph| analyse(graph)).collect();
        Example { name, path: named, program, analyses }
    }

    fn models(&self) -> impl Iterator<Item = Drawn<'_>> {
        self.program.models.iter().map(|graph| &**graph).zip(&self.analyses)
    }

    /// The first complete model of each that is written out, of whose kind the others are.
    fn architectures(&self) -> Vec<Drawn<'_>> {
        let mut bases: BTreeMap<&str, &str> = BTreeMap::new();
        for item in &self.program.tree.items {
            if let ItemKind::Variant { name, base, .. } = &item.kind {
                bases.insert(&name.text, &base.text);
            }
        }
        let mut met = BTreeSet::new();
        let base = |graph: &Graph| {
            let mut name: &str = &graph.name;
            while let Some(base) = bases.get(name) {
                name = base;
            }
            name.to_string()
        };
        self.models().filter(|(graph, _)| met.insert(base(graph))).collect()
    }

    /// What it is, in a few words: the beginning of what it says of itself.
    fn title(&self) -> &str {
        let doc = self.program.tree.doc.as_deref().expect("an example says what it is");
        let end = [" (", ": ", ":\n", ". ", ".\n", ", "].into_iter().filter_map(|end| doc.find(end)).min();
        doc[..end.unwrap_or(doc.len())].trim()
    }

    /// What the file says of one of its models.
    fn says_of(&self, model: &str) -> Option<String> {
        let item = self.program.tree.items.iter().find(|item| match &item.kind {
            ItemKind::Model { name, .. } | ItemKind::Variant { name, .. } => &*name.text == model,
            _ => false,
        })?;
        item.doc.as_ref().map(|doc| doc.lines().collect::<Vec<_>>().join(" "))
    }

    fn figures(&self) -> String {
        let mut text = String::from(
            "| model | parameters | shared | unshared | without sharing | MACs |\n| --- | --: | --: | --: | --: | --: |\n",
        );
        for (graph, analysis) in self.models() {
            let number = |count: &Count| at_defaults(graph, count).to_string();
            let totals = &analysis.totals;
            let mut parameters = number(&totals.parameters);
            if totals.active != totals.parameters {
                let _ = write!(parameters, "<br>{} active", number(&totals.active));
            }
            let counts = [&totals.shared, &totals.unshared_tensors, &totals.without_sharing, &totals.macs];
            let counts = counts.map(number).join(" | ");
            let _ = writeln!(text, "| `{}`{} | {parameters} | {counts} |", graph.name, sizes(graph));
        }
        text
    }

    /// Its part of the page; its drawings are added to `pictures`.
    fn section(&self, pictures: &mut BTreeMap<String, String>) -> String {
        let doc = self.program.tree.doc.as_deref().expect("an example says what it is").trim();
        let path = &self.path;
        let mut text = format!("### {}\n\n{doc}\n\n[`{path}`](../{path})\n\n{}", self.name, self.figures());
        for (graph, _) in self.models() {
            if let Some(doc) = self.says_of(&graph.name) {
                let _ = write!(text, "\n`{}`: {doc}\n", graph.name);
            }
        }
        for drawn in self.architectures() {
            let (model, (options, svg)) = (&drawn.0.name, self.picture(drawn));
            let name = format!("{}-{model}.svg", self.name);
            let _ = write!(
                text,
                "\n[![{model}, drawn](pictures/gallery/{name})](pictures/gallery/{name})\n\n\
                 `weft build {path} --model {model} --to svg{options}`{}\n",
                if options.contains("--set") { ": a part of it, of a size to read" } else { "" }
            );
            pictures.insert(name, svg);
        }
        text
    }

    /// A model's drawing, its outermost blocks opened if there is room on the page, and the options that it needs.
    fn picture(&self, drawn: Drawn) -> (String, String) {
        let Some((model, name, value)) = LESS.iter().find(|(model, ..)| **model == *drawn.0.name) else {
            let (depth, svg) = picture(drawn);
            return (format!(" --depth {depth}"), svg);
        };
        let set = vec![(name.to_string(), value.to_string())];
        let less = Example::read(
            Path::new(&self.path),
            &Options { models: vec![model.to_string()], set, ..Options::default() },
        );
        let (depth, svg) = picture(less.models().next().expect("a model"));
        (format!(" --set {name}={value} --depth {depth}"), svg)
    }

    /// The fewest and the most parameters of its models.
    fn range(&self) -> (u128, u128) {
        let counts = self.models().map(|(graph, analysis)| {
            AtDefaults(graph).count(&analysis.totals.parameters).expect("sizes have defaults")
        });
        counts.fold((u128::MAX, 0), |(least, most), count| (least.min(count), most.max(count)))
    }
}

/// A count's number at the defaults of the model's sizes.
fn at_defaults(graph: &Graph, count: &Count) -> Count {
    Count::from(AtDefaults(graph).count(count).expect("sizes have defaults"))
}

/// ` at T = 1024`, where sizes are open.
fn sizes(graph: &Graph) -> String {
    let told = graph.dimensions.iter().filter_map(|of| Some(format!("{} = {}", of.name, of.default?)));
    let told: Vec<_> = told.collect();
    if told.is_empty() { String::new() } else { format!("<br>at {}", told.join(", ")) }
}

/// A model's drawing, its outermost blocks opened if there is room on the page, and how deep that is.
fn picture(drawn: Drawn) -> (usize, String) {
    let svg = TARGETS.find("svg").expect("a target").writer;
    let draw = |depth| svg.text(&Job { models: &[drawn], depth: Some(depth) }).expect("a drawing");
    let opened = draw(1);
    let (width, height) = extent(&opened);
    if width <= PAGE.0 && height <= PAGE.1 {
        return (1, opened);
    }
    (0, draw(0))
}

/// How wide and how high a drawing is.
fn extent(svg: &str) -> (f64, f64) {
    let extent = svg.split("viewBox=\"0 0 ").nth(1).and_then(|rest| rest.split('"').next()).expect("a box");
    let (width, height) = extent.split_once(' ').expect("two numbers");
    (width.parse().expect("a number"), height.parse().expect("a number"))
}

/// The examples of a family, by name.
fn family(folder: &str) -> Vec<Example> {
    let paths =
        examples().into_iter().filter(|path| path.parent().is_some_and(|family| family.ends_with(folder)));
    paths.map(|path| Example::read(&path, &Options::default())).collect()
}

/// The page, and the pictures by their files' names.
fn gallery() -> (String, BTreeMap<String, String>) {
    let families: Vec<_> = FAMILIES.iter().map(|(folder, title)| (*title, family(folder))).collect();
    let examples = || families.iter().flat_map(|(_, examples)| examples);
    let architectures: usize = examples().map(|example| example.architectures().len()).sum();
    let models: usize = examples().map(|example| example.program.models.len()).sum();
    let mut text = format!(
        "# Gallery\n\n{} files describe {architectures} architectures in {models} models. Every figure is what \
         `weft report` says of the file, at the defaults of sizes that are open; a test of the project makes this page \
         and holds it to the examples. What the columns mean: [Reading a model](reports.md).\n\n",
        examples().count()
    );
    text.push_str(
        "| family | example | what it is | models | parameters |\n| --- | --- | --- | --: | --: |\n",
    );
    for (title, examples) in &families {
        for (i, example) in examples.iter().enumerate() {
            let family = if i == 0 {
                format!("[{title}](#{})", title.to_lowercase().replace(' ', "-"))
            } else {
                String::new()
            };
            let (least, most) = example.range();
            let mut range = Count::from(least).to_string();
            if most > least {
                let _ = write!(range, " … {}", Count::from(most));
            }
            let _ = writeln!(
                text,
                "| {family} | [{0}](#{0}) | {1} | {2} | {range} |",
                example.name,
                example.title(),
                example.program.models.len()
            );
        }
    }
    let _ = writeln!(text, "| all | {} | {architectures} architectures | {models} | |", examples().count());
    let mut pictures = BTreeMap::new();
    for (title, examples) in &families {
        let _ = write!(text, "\n## {title}\n");
        for example in examples {
            let _ = write!(text, "\n{}", example.section(&mut pictures));
        }
    }
    (text, pictures)
}

fn put(page: &str, pictures: &BTreeMap<String, String>) {
    let folder = root().join(PICTURES);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, svg) in pictures {
        std::fs::write(folder.join(name), svg).expect("written");
    }
    std::fs::write(root().join("docs/gallery.md"), page).expect("written");
}

#[test]
fn the_gallery_shows_every_example_as_it_is() {
    let (page, pictures) = gallery();
    if std::env::var_os("WEFT_WRITE_DOCS").is_some() {
        put(&page, &pictures);
    }
    let again = "out of step: run `WEFT_WRITE_DOCS=1 cargo test gallery::`";
    assert!(std::fs::read_to_string(root().join("docs/gallery.md")).unwrap_or_default() == page, "{again}");
    let files = std::fs::read_dir(root().join(PICTURES)).expect("pictures");
    let files: BTreeSet<_> =
        files.map(|file| file.expect("a file").file_name().into_string().expect("UTF-8")).collect();
    assert_eq!(files, pictures.keys().cloned().collect(), "{again}");
    for (name, svg) in &pictures {
        let written = std::fs::read_to_string(root().join(PICTURES).join(name)).expect("a picture");
        assert!(written == *svg, "{name} is {again}");
    }
}

#[test]
fn every_folder_of_examples_is_a_family() {
    let families =
        examples().into_iter().filter_map(|path| path.parent()?.file_name()?.to_str().map(str::to_owned));
    let folders: BTreeSet<_> = families.collect();
    assert_eq!(folders, FAMILIES.iter().map(|(folder, _)| folder.to_string()).collect());
}
