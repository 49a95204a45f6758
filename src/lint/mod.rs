//! The linter: findings that can be proved from a graph, by rules of one file each.
//!
//! Main function: [`lint`]. A rule is a [`Rule`] in a file of `rules/` and a line of [`RULES`]; its documentation, its
//! examples and its check stand together. What keeps a graph from being built is in [`structural`], for documentation.

mod baseline;
mod cache;
mod compile_errors;
mod context;
mod coverage;
mod documentation;
mod graph_index;
mod kinds;
mod markdown;
mod paths;
mod rule;
mod rule_info;
mod rules;
mod settings;
mod stage_edit;
mod suppression;
mod use_counts;

pub use baseline::Baseline;
pub use cache::LintCache;
pub use compile_errors::{CompileError, STRUCTURAL};
pub use context::LintContext;
pub use documentation::{index, page};
pub use markdown::{markdown_index, markdown_page};
pub use rule::{Category, Check, Level, Rule, Threshold};
pub use rule_info::abouts;
pub use settings::{Budget, Choice, Measure, Settings};

use std::borrow::Borrow;
use std::cell::OnceCell;

use foldhash::{HashMap, HashSet};

use crate::analysis::Analysis;
use crate::diagnostic::Diagnostic;
use crate::front::weft::{self, Program};
use crate::ir::{Graph, Origin};
use crate::source::{FileId, Location};
use graph_index::GraphIndex;

/// Every rule, in the order of the documentation.
pub static RULES: &[&Rule] = &[
    &rules::oversized_dense::RULE,
    &rules::unshared_local::RULE,
    &rules::unused_layer::RULE,
    &rules::unused_input::RULE,
    &rules::dead_kernel_taps::RULE,
    &rules::unread_activations::RULE,
    &rules::linear_chain::RULE,
    &rules::all_affine::RULE,
    &rules::bias_before_norm::RULE,
    &rules::double_activation::RULE,
    &rules::softmax_singleton::RULE,
    &rules::norm_singleton::RULE,
    &rules::norm_after_norm::RULE,
    &rules::dropout_before_batchnorm::RULE,
    &rules::dropout_extreme::RULE,
    &rules::dropout_on_output::RULE,
    &rules::checkerboard_upsample::RULE,
    &rules::dropped_border::RULE,
    &rules::even_kernel_same::RULE,
    &rules::stride_exceeds_kernel::RULE,
    &rules::depthwise_unmixed::RULE,
    &rules::dilation_gridding::RULE,
    &rules::plain_depth::RULE,
    &rules::saturating_stack::RULE,
    &rules::self_combine::RULE,
    &rules::duplicate_branch::RULE,
    &rules::untied_embedding::RULE,
    &rules::position_table_short::RULE,
    &rules::noop_layer::RULE,
    &rules::unused_definition::RULE,
    &rules::unused_suppression::RULE,
    &rules::naming_style::RULE,
    &rules::budget_exceeded::RULE,
    &rules::figures_changed::RULE,
    &rules::assertion_failed::RULE,
    &rules::tie_used_once::RULE,
    &rules::misaligned_channels::RULE,
    &rules::unshared_spatial_dense::RULE,
    &rules::redundant_key_bias::RULE,
    &rules::receptive_field_overshoot::RULE,
    &rules::receptive_field_short::RULE,
    &rules::aliasing_downsample::RULE,
    &rules::channel_imbalance::RULE,
    &rules::fragmentation::RULE,
    &rules::filters_shrink::RULE,
    &rules::dense_grows::RULE,
    &rules::kernel_shrink::RULE,
    &rules::pool_density::RULE,
    &rules::early_downsample::RULE,
    &rules::share_opportunity::RULE,
    &rules::volume_bottleneck::RULE,
];

/// Every name that `weft rule` knows: rules, then structural errors.
pub fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name).chain(STRUCTURAL.iter().map(|error| error.name))
}

/// Every finding in a program, in order of place, by the analyses of its models in their order.
///
/// What is wrong with several models in one place, as with the variants of one architecture, is said once.
pub fn lint(program: &Program, analyses: &[impl Borrow<Analysis>], settings: &Settings) -> Vec<Diagnostic> {
    lint_again(program, analyses, settings, None)
}

/// Every finding in a program that was elaborated with a [`crate::front::weft::IncrementalState`], which tells what moved since the
/// last time. The result is that of [`lint`].
pub fn lint_again(
    program: &Program,
    analyses: &[impl Borrow<Analysis>],
    settings: &Settings,
    mut recall: Option<(&mut LintCache, &weft::IncrementalState)>,
) -> Vec<Diagnostic> {
    if let Some((recall, models)) = &mut recall {
        recall.begin(settings, models, &program.fingerprints);
    }
    let mut found = Found::default();
    let wirings: Vec<_> = program
        .models
        .iter()
        .map(|graph| Wires { graph, index: OnceCell::new(), places: OnceCell::new(), items: OnceCell::new() })
        .collect();
    for (number, (wires, analysis)) in wirings.iter().zip(analyses).enumerate() {
        let look = || of_model(program, wires, analysis, settings);
        let known = recall.as_mut().zip(program.fingerprints.get(number));
        let findings = match known {
            Some(((recall, _), fingerprint)) => recall.of_model(*fingerprint, look),
            None => look(),
        };
        findings.into_iter().for_each(|finding| found.add(finding, Some(&wires.graph.name)));
    }
    if let Some((recall, _)) = &mut recall {
        recall.end();
    }
    for rule in asked_for(settings) {
        if let Check::File(check) = rule.check {
            let graded = check(program).into_iter().map(|finding| graded(finding, settings.choice(rule)));
            graded.for_each(|finding| found.add(finding, None));
        }
    }
    found.keep_fixes_that_hold_everywhere(program, &wirings);
    let findings = found.named(program.models.len() > 1);
    let level = settings.level(&rules::unused_suppression::RULE);
    let whole = program.errors.is_empty() && !settings.partial && !program.models.is_empty();
    let unused = (whole && level != Level::Allow).then(|| level.severity());
    let mut findings = suppression::suppress(program, findings, unused);
    findings.sort_by_key(|finding| (finding.primary.location, finding.code));
    findings
}

/// A model, its wires, and where its nodes are written of the places that are asked for; all found when needed.
struct Wires<'m> {
    graph: &'m Graph,
    index: OnceCell<GraphIndex>,
    places: OnceCell<HashSet<Origin>>,
    /// The items of the file that the model is made of, if that is known.
    items: OnceCell<Option<Vec<u32>>>,
}

impl Wires<'_> {
    fn index(&self) -> &GraphIndex {
        self.index.get_or_init(|| GraphIndex::of(self.graph))
    }

    /// Whether a node may be written in an item of the file.
    fn may_reach(&self, program: &Program, item: Option<u32>) -> bool {
        let own = || program.item_at(self.graph.origin.start);
        let items = self.items.get_or_init(|| Some(program.reach.as_ref()?.from(own()?)));
        match (items, item) {
            (Some(items), Some(item)) => items.contains(&item),
            _ => true,
        }
    }

    /// Whether a node is written at one of the places that are asked for.
    fn has_node_written_at(&self, origin: Origin, asked: &HashSet<Origin>) -> bool {
        let origins = || self.graph.nodes().map(|(_, node)| node.origin);
        let places = || origins().filter(|origin| asked.contains(origin)).collect();
        self.places.get_or_init(places).contains(&origin)
    }
}

fn asked_for(settings: &Settings) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(|rule| settings.level(rule) != Level::Allow)
}

/// What every rule finds in one model.
fn of_model(
    program: &Program,
    wires: &Wires,
    analysis: &dyn Borrow<Analysis>,
    settings: &Settings,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rule in asked_for(settings) {
        let Check::Model(check) = rule.check else { continue };
        let choice = settings.choice(rule);
        let (graph, index) = (wires.graph, wires.index());
        let context = LintContext { graph, analysis, sources: &program.sources, index, settings, choice };
        findings.extend(check(&context).into_iter().map(|finding| graded(finding, choice)));
    }
    findings
}

/// A finding as grave as was decided.
fn graded(finding: Diagnostic, choice: &Choice) -> Diagnostic {
    let severity = choice.level.map_or(finding.severity, Level::severity);
    Diagnostic { severity, ..finding }
}

/// Findings, one for each rule and place, with the models that each was found in.
#[derive(Default)]
struct Found<'m> {
    findings: Vec<(Diagnostic, Vec<&'m str>)>,
    by_place: HashMap<(&'static str, Location), usize>,
}

impl<'m> Found<'m> {
    /// Adds a finding. Of several in one place the worst is kept, of equally bad ones the first.
    fn add(&mut self, finding: Diagnostic, model: Option<&'m str>) {
        let place = (finding.code, finding.primary.location);
        let number = *self.by_place.entry(place).or_insert(self.findings.len());
        match self.findings.get_mut(number) {
            None => self.findings.push((finding, model.into_iter().collect())),
            Some((kept, models)) => {
                let worse = finding.severity > kept.severity;
                if worse {
                    *kept = finding;
                }
                if let Some(model) = model.filter(|model| !models.contains(model)) {
                    models.insert(if worse { 0 } else { models.len() }, model);
                }
            }
        }
    }

    /// Drops a fix that would change a model in which nothing was found, or a file other than the one that is checked.
    /// Where not every model of the file was built, a fix is safe only as far as is known, so it is not.
    fn keep_fixes_that_hold_everywhere(&mut self, program: &Program, wirings: &[Wires]) {
        let built_all =
            program.declared.len() == program.models.len().saturating_add(program.incomplete.len());
        let origin =
            |place: Location| Origin { file: place.file.0, start: place.span.start, end: place.span.end };
        let fixed = self.findings.iter().filter(|(finding, _)| finding.fix.is_some());
        let asked = fixed.map(|(finding, _)| origin(finding.primary.location)).collect();
        for (finding, models) in self.findings.iter_mut().filter(|(_, models)| !models.is_empty()) {
            let place = origin(finding.primary.location);
            let Some(fix) = &mut finding.fix else { continue };
            let item = (place.file == FileId(0).0).then(|| program.item_at(place.start)).flatten();
            let mut others = wirings.iter().filter(|wires| !models.contains(&&*wires.graph.name));
            let stands_elsewhere = others
                .any(|wires| wires.may_reach(program, item) && wires.has_node_written_at(place, &asked));
            let own_file = fix.edits.iter().all(|edit| edit.location.file == FileId(0));
            fix.safe &= built_all;
            if stands_elsewhere || !own_file {
                finding.fix = None;
            }
        }
    }

    fn named(self, names_models: bool) -> Vec<Diagnostic> {
        let named = |(finding, models): (Diagnostic, Vec<&str>)| match models.split_first() {
            Some((first, [])) if names_models => finding.note(format!("in `{first}`")),
            Some((first, others)) if names_models => {
                finding.note(format!("in `{first}`; likewise in `{}`", others.join("`, `")))
            }
            _ => finding,
        };
        self.findings.into_iter().map(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::source::Span;

    fn finding(severity: Severity, message: &str) -> Diagnostic {
        Diagnostic::finding("some-rule", severity, Span::new(3, 4).within(FileId(0)), message)
    }

    #[test]
    fn one_place_is_spoken_of_once_and_the_worst_is_kept() {
        let mut found = Found::default();
        found.add(finding(Severity::Note, "a little"), Some("Small"));
        found.add(finding(Severity::Warning, "much"), Some("Large"));
        found.add(finding(Severity::Warning, "much more"), Some("Huge"));
        let [only] = &found.named(true)[..] else { panic!("one finding") };
        assert_eq!(only.message, "much");
        assert_eq!(only.notes, ["in `Large`; likewise in `Small`, `Huge`"]);
    }

    #[test]
    fn a_file_of_one_model_does_not_name_it() {
        let mut found = Found::default();
        found.add(finding(Severity::Note, "a little"), Some("Only"));
        assert!(found.named(false).iter().all(|finding| finding.notes.is_empty()));
    }

    #[test]
    fn names_are_kebab_case_and_each_is_there_once() {
        let mut all: Vec<_> = names().collect();
        assert!(all.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
