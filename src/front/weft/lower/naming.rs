//! Names for what has no label: by position in a chain, by kind and number elsewhere.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use foldhash::HashMap;

use super::Lowering;
use crate::front::weft::resolve::library::item_name;
use crate::front::weft::value::{Layer, LayerTemplate};
use crate::ir::{InstanceSite, join, join_numbered};
use crate::layers;
use crate::source::Location;

/// How many unlabelled layers of a name a body has so far.
pub type Counters = HashMap<Arc<str>, u32>;

/// How stages without a label are named.
pub enum Numbering<'a> {
    /// By position among all stages, in a chain that is a layer.
    Positions(&'a mut u32),
    /// By kind and number, elsewhere: `conv2d_1`.
    Counters(&'a mut Counters),
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

impl Lowering<'_, '_> {
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
    fn counted(&mut self, parent: &InstanceSite, base: &str, counters: &mut Counters) -> Arc<str> {
        let count = match counters.get_mut(base) {
            Some(count) => count,
            None => counters.entry(Arc::from(base)).or_insert(0),
        };
        loop {
            *count = count.saturating_add(1);
            let path = join_numbered(&parent.path, base, *count);
            if parent.is_further_use || !self.builder.is_taken(&path) {
                return path;
            }
            self.expansions.passed_over = true;
        }
    }

    /// The site of a node without a label.
    pub fn unlabelled(
        &mut self,
        parent: &InstanceSite,
        base: &str,
        counters: &mut Counters,
        here: Location,
    ) -> InstanceSite {
        let path = self.counted(parent, base, counters);
        let site = InstanceSite { is_named: false, ..parent.at(path) };
        self.reserve(&site, here);
        site
    }

    fn base_name(&self, layer: &Layer) -> Cow<'static, str> {
        match &layer.template {
            LayerTemplate::Catalogue(call) => layer_name(call.layer.name()).into(),
            LayerTemplate::Block(call) => {
                let item = self.library.item(call.definition);
                let name = item.and_then(|item| item_name(&item.kind));
                name.map_or_else(String::new, |name| snake_case(&name.text)).into()
            }
            LayerTemplate::Chain(_) => "sequential".into(),
            LayerTemplate::Repeat(..) | LayerTemplate::Pass | LayerTemplate::DeclaredLayer(_) => {
                "layer".into()
            }
        }
    }
}

/// The name of a layer of the catalogue as its uses without a label are called: put together once.
pub fn layer_name(layer: &'static str) -> &'static str {
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
