//! Labels to paths, and names for what has no label.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use foldhash::HashMap;

use super::evaluator::Evaluator;
use super::frame::{Frame, InstanceSite, join, join_numbered};
use super::value::{Label, Layer, LayerTemplate, Value};
use crate::diagnostic::Diagnostic;
use crate::layers;
use crate::source::Location;
use crate::syntax::ast::{self, Expr, LabelPart};

/// The bytes that a label has room for at first: few have more.
const ROOM: usize = 32;

/// How stages without a label are named.
pub(super) enum Numbering<'a> {
    /// By position among all stages, in a chain that is a layer.
    Positions(&'a mut u32),
    /// By kind and number, elsewhere: `conv2d_1`.
    Counters(&'a mut HashMap<Arc<str>, u32>),
}

impl Numbering<'_> {
    /// A stage that has a name of its own takes its position all the same.
    pub fn skip(&mut self) {
        if let Numbering::Positions(next) = self {
            **next = next.saturating_add(1);
        }
    }

    pub fn is_positional(&self) -> bool {
        matches!(self, Numbering::Positions(_))
    }
}

impl<'p> Evaluator<'p, '_> {
    /// A label with its steps and braces computed; `None` where that fails.
    pub fn label(&mut self, frame: &mut Frame<'p>, label: &'p ast::Label) -> Option<Label> {
        if let ([LabelPart::Text(text)], false) = (label.parts.as_slice(), label.quoted)
            && &**text == "_"
        {
            return Some(Label::Splice);
        }
        if let [LabelPart::Text(text)] = label.parts.as_slice()
            && !has_empty_step(text)
        {
            return Some(Label::Path(text.clone()));
        }
        let mut path = String::with_capacity(ROOM);
        for part in &label.parts {
            match part {
                LabelPart::Text(text) => path.push_str(text),
                LabelPart::Join(expr) => path.push_str(&self.step_text(frame, expr)?),
                LabelPart::Step(expr) => {
                    let step = self.step_text(frame, expr)?;
                    if !path.is_empty() && !path.ends_with('.') {
                        path.push('.');
                    }
                    path.push_str(&step);
                }
            }
        }
        let place = self.at(frame, label.span);
        if has_empty_step(&path) {
            let message = format!("the label `{path}` has an empty step");
            self.report(
                Diagnostic::structural("invalid-argument", place, message)
                    .help("a path is words with points between them: `layer1.conv`"),
            );
            return None;
        }
        Some(Label::Path(path.into()))
    }

    fn step_text(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Option<String> {
        let value = self.eval(frame, expr).first();
        match value {
            Value::Text(text) => Some(text.to_string()),
            Value::Size(_) => {
                let place = self.at(frame, expr.span);
                self.number(&value, "a step of a label", place).map(|n| n.to_string())
            }
            Value::Poison => {
                self.failed = true;
                None
            }
            other => {
                let place = self.at(frame, expr.span);
                let message = format!("a label takes integers and strings, but this is {}", other.what());
                self.error("wrong-kind", place, message);
                None
            }
        }
    }

    /// The path of a layer without a label.
    pub fn next_path(&mut self, parent: &InstanceSite, layer: &Layer, numbering: &mut Numbering) -> Arc<str> {
        match numbering {
            Numbering::Positions(next) => {
                let path = join(&parent.path, &next.to_string());
                **next = next.saturating_add(1);
                path
            }
            Numbering::Counters(counters) => self.counted(parent, &self.base_name(layer), counters),
        }
    }

    /// `base_1`, `base_2` …; a name that is a label already is passed over.
    fn counted(
        &mut self,
        parent: &InstanceSite,
        base: &str,
        counters: &mut HashMap<Arc<str>, u32>,
    ) -> Arc<str> {
        let count = match counters.get_mut(base) {
            Some(count) => count,
            None => counters.entry(Arc::from(base)).or_insert(0),
        };
        loop {
            *count = count.saturating_add(1);
            let path = join_numbered(&parent.path, base, *count);
            if parent.repeat || !self.is_taken(&path) {
                return path;
            }
            self.expansions.passed_over = true;
        }
    }

    /// The place of a node that stands in a frame without a label.
    pub fn unlabelled(&mut self, frame: &mut Frame<'p>, base: &str, here: Location) -> InstanceSite {
        let path = self.counted(&frame.place, base, &mut frame.counters);
        let place = InstanceSite { named: false, ..frame.place.at(path) };
        self.claim(&place.path, &place, here);
        place
    }

    fn base_name(&self, layer: &Layer) -> Cow<'static, str> {
        match &layer.template {
            LayerTemplate::Catalogue(call) => layer_name(call.layer.name).into(),
            LayerTemplate::Block(call) => {
                let item = self.library.item(call.definition);
                let name = item.and_then(|item| super::library::item_name(&item.kind));
                name.map_or_else(String::new, |name| snake_case(&name.text)).into()
            }
            LayerTemplate::Chain(_) => "sequential".into(),
            LayerTemplate::Repeat(..) | LayerTemplate::Pass | LayerTemplate::DeclaredLayer(_) => {
                "layer".into()
            }
        }
    }
}

fn has_empty_step(path: &str) -> bool {
    path.as_bytes().split(|byte| *byte == b'.').any(<[u8]>::is_empty)
}

/// The name of a layer of the catalogue as its uses without a label are called: put together once.
pub(super) fn layer_name(layer: &'static str) -> &'static str {
    static NAMES: LazyLock<HashMap<&'static str, String>> =
        LazyLock::new(|| layers::names().map(|name| (name, snake_case(name))).collect());
    NAMES.get(layer).map_or(layer, String::as_str)
}

/// `BatchNorm` as `batch_norm`, `Conv2d` as `conv2d`, `LSTM` as `lstm`, `ReLU` as `relu`, `PReLU` as `prelu`.
fn snake_case(name: &str) -> String {
    let goes_on = |letter: char| letter.is_lowercase() || letter.is_ascii_digit();
    let mut snake = String::with_capacity(name.len().saturating_add(4));
    let mut before = None;
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        let mut after = letters.clone();
        let starts_word = letter.is_uppercase()
            && before.is_some_and(goes_on)
            && after.next().is_some_and(char::is_lowercase)
            && after.next().is_none_or(goes_on);
        if starts_word {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
        before = Some(letter);
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn names_read_as_words() {
        let cases = [
            ("Conv2d", "conv2d"),
            ("BatchNorm", "batch_norm"),
            ("ReLU", "relu"),
            ("PReLU", "prelu"),
            ("LSTM", "lstm"),
            ("MaxPool2d", "max_pool2d"),
            ("GlobalAvgPool", "global_avg_pool"),
            ("LayerNorm", "layer_norm"),
            ("MBConv", "mbconv"),
            ("AdaptiveAvgPool2d", "adaptive_avg_pool2d"),
        ];
        for (name, snake) in cases {
            assert_eq!(snake_case(name), snake);
        }
    }
}
