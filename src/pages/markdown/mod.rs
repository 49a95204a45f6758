//! Documentation as Markdown: `docs/layers.md`, `docs/rules/`, and what an editor shows.

pub mod layers;
pub mod rules;

use super::{Pages, PagesFormat};

pub(super) static FORMAT: PagesFormat = PagesFormat {
    name: "markdown",
    summary: "For the documentation, and for editors",
    extensions: &["md"],
    writer: Pages {
        layers: |_| layers::book(),
        layer: |layer, _| layers::section(layer),
        rules: rules::index,
        rule: |name, _| rules::page(name),
    },
};
