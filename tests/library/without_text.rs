//! A graph that no Weft text was read for, as other tools' models are: all but text is there for it.

use std::sync::Arc;

use weft::analysis::analyse;
use weft::back::{Job, TARGETS};
use weft::diagnostic::pretty::{Style, render};
use weft::diff::{Side, diff};
use weft::explain::{Language, explain, subject};
use weft::ir::{
    Attribute, Builder, Graph, InstanceSite, Port, Scope, ScopeId, ScopeKind, Tensor, TensorType,
};
use weft::layers::{self, Arguments, Call};
use weft::lint::{RULES, Settings, Subject, lint};
use weft::report::{self, Report};
use weft::source::{Location, Sources};

/// A model whose places are nowhere.
struct Model {
    builder: Builder,
    scope: ScopeId,
}

impl Model {
    fn new(name: &str) -> Model {
        Model { builder: Builder::new(name.into(), Location::NOWHERE), scope: ScopeId::ROOT }
    }

    fn input(&mut self, name: &str, shape: [i128; 3]) -> Port {
        self.builder.input(name, TensorType::float(shape), None, Location::NOWHERE).expect("a free name")
    }

    fn layer(&mut self, path: &str, kind: &str, arguments: &[(&str, i128)], input: Port) -> Port {
        let (layer, alias) = layers::find(kind).expect("a layer");
        let mut given = Arguments::default();
        for (name, value) in arguments {
            let slot = Arguments::named(layer, name).expect("an argument");
            given.set(layer, slot, Attribute::from(*value)).expect("a value");
        }
        let input = Tensor::Port(input);
        let applied = Call::apply(layer, alias, &given, &[self.builder.type_of(input)], &|_| None);
        let site = InstanceSite { scope: self.scope, is_named: true, ..InstanceSite::root().at(path.into()) };
        let node = self
            .builder
            .apply(Arc::new(applied.expect("it fits")), &[input], &[], &site, Location::NOWHERE)
            .expect("a free path");
        self.builder.first_result(node)
    }

    fn block(&mut self, path: &str, definition: &str, inside: impl FnOnce(&mut Model) -> Port) -> Port {
        let parent = self.scope;
        self.scope = self.builder.open_scope(Scope {
            kind: ScopeKind::Block,
            path: path.into(),
            definition: definition.into(),
            parent: Some(parent),
            origin: Location::NOWHERE,
            ..Scope::default()
        });
        let result = inside(self);
        self.builder.close_scope(self.scope, Arc::default());
        self.scope = parent;
        result
    }

    fn finish(mut self, output: Port) -> Arc<Graph> {
        self.builder.output("y", output, Location::NOWHERE).expect("a free name");
        Arc::new(self.builder.finish())
    }
}

/// Two blocks, in each of which one activation follows another that does the same.
fn stack(channels: i128) -> Arc<Graph> {
    let mut model = Model::new("Stack");
    let mut x = model.input("image", [3, 32, 32]);
    for number in 0..2 {
        let path = format!("stages.{number}");
        x = model.block(&path, "Stage", |model| {
            let wide = [("out_channels", channels), ("kernel", 3)];
            let conv = model.layer(&format!("{path}.conv"), "Conv2d", &wide, x);
            let once = model.layer(&format!("{path}.act1"), "ReLU", &[], conv);
            model.layer(&format!("{path}.act2"), "ReLU", &[], once)
        });
    }
    model.finish(x)
}

#[test]
fn every_rule_that_asks_a_graph_is_asked_and_each_finding_is_told_without_a_place_or_a_fix() {
    let graphs = [stack(8)];
    let analyses = [analyse(&graphs[0])];
    let sources = Sources::new();
    let found = lint(Subject::graphs(&graphs, &analyses, &sources), &Settings::default());
    let said: Vec<_> = found.iter().map(|finding| (finding.code, &*finding.message)).collect();
    assert_eq!(said.iter().filter(|(code, _)| *code == "double-activation").count(), 2, "{said:?}");
    assert!(found.iter().all(|finding| finding.fix.is_none()));
    let text = render(&found, &sources, Style::PLAIN);
    assert!(text.contains("double-activation") && !text.contains(":1:1"), "{text}");
    assert!(RULES.len() > 40);
}

#[test]
fn it_is_reported_explained_drawn_and_documented() {
    let graph = stack(8);
    let analysis = analyse(&graph);
    for format in report::FORMATS.iter() {
        let mut text = Vec::new();
        let models = vec![(&*graph, &analysis)];
        (format.writer)(&Report { models, ..Report::default() }, &mut text).expect(format.name);
        let text = String::from_utf8(text).expect("UTF-8");
        assert!(text.contains("Stage"), "{}: {text}", format.name);
    }
    for target in TARGETS.iter() {
        let models = [(&*graph, &analysis)];
        let text = target.writer.text(&Job { models: &models, depth: None }).expect(target.name);
        assert!(text.contains("Stack") && text.contains("Conv2d"), "{}: {text}", target.name);
    }
    for path in [None, Some("stages.1"), Some("stages.1.conv")] {
        let subject = subject(&graph, path).expect("it is there");
        let text = explain(&graph, &analysis, &subject, Language::English, None);
        assert!(text.contains("584") || path.is_none() && text.contains("808"), "{text}");
    }
}

#[test]
fn it_is_compared() {
    let (narrow, wide) = (stack(8), stack(16));
    let (before, after) = (analyse(&narrow), analyse(&wide));
    let side = |graph, analysis| Side { graph, analysis };
    let differs = diff(side(&narrow, &before), side(&wide, &after));
    assert!(!differs.is_empty() && diff(side(&narrow, &before), side(&narrow, &before)).is_empty());
    assert!(differs.entries.iter().any(|entry| entry.path == "stages.0.conv"), "{:?}", differs.entries);
}
