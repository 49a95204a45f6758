//! What stands above every model: its parameters and its cost.

use crate::analysis::AtDefaults;
use crate::ide::Snapshot;
use crate::report::numbers::shown;
use crate::source::{FileId, Span};

/// A line above an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// The first line of the item.
    pub span: Span,
    /// The model's name.
    pub model: String,
    /// `61,706 parameters · 416,520 MACs`
    pub text: String,
}

/// A line above every model that could be built.
pub fn lenses(snapshot: &Snapshot) -> Vec<Lens> {
    let models = snapshot.program.models.iter().zip(&snapshot.analyses);
    let built = models.filter_map(|(graph, analysis)| {
        let place = snapshot.program.sources.first_line(graph.origin);
        let shown = |count| shown(count, AtDefaults(graph));
        let (parameters, macs) = (shown(&analysis.totals.parameters), shown(&analysis.totals.macs));
        let symbols: Vec<_> = graph
            .dimensions
            .iter()
            .filter_map(|dimension| Some(format!("{} = {}", dimension.name, dimension.default?)))
            .collect();
        let symbolic = analysis.totals.macs.is_symbolic() || analysis.totals.parameters.is_symbolic();
        let at = if symbolic && !symbols.is_empty() {
            format!(" at {}", symbols.join(", "))
        } else {
            String::new()
        };
        let text = format!("{parameters} parameters · {macs} MACs{at}");
        let model = graph.name.to_string();
        (place.file == FileId(0)).then_some(Lens { span: place.span, model, text })
    });
    built.collect()
}
