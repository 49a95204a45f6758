//! The engine: every rule asked of every model, findings merged, silenced and put in order.
//!
//! Main function: [`lint`]. `findings` merges what is found in several models at one place, `suppression` drops what a
//! comment allows, `baseline` what was recorded, `cache` keeps what an edit did not touch.

mod baseline;
mod cache;
mod findings;
mod model;
mod subject;
mod suppression;

pub use baseline::Baseline;
pub use cache::LintCache;
pub use subject::Subject;

use std::borrow::Borrow;

use super::context::LintContext;
use super::rule::{Check, Level, Rule};
use super::settings::{Choice, Settings};
use super::{RULES, rules};
use crate::analysis::Analysis;
use crate::diagnostic::Diagnostic;
use crate::front::weft;
use findings::Findings;
use model::LintedModel;

/// Every finding in some models, in order of place.
///
/// What is wrong with several models in one place, as with the variants of one architecture, is reported once.
pub fn lint<A: Borrow<Analysis>>(subject: Subject<A>, settings: &Settings) -> Vec<Diagnostic> {
    lint_again(subject, settings, None)
}

/// Every finding in a program that was elaborated with a [`weft::IncrementalState`], which knows what moved since the last
/// time. The result is that of [`lint`].
pub fn lint_again<A: Borrow<Analysis>>(
    subject: Subject<A>,
    settings: &Settings,
    mut cache: Option<(&mut LintCache, &weft::IncrementalState)>,
) -> Vec<Diagnostic> {
    let fingerprints = subject.fingerprints();
    if let Some((cache, state)) = &mut cache {
        cache.begin(settings, state, fingerprints);
    }
    let models: Vec<_> = subject.graphs.iter().map(|graph| LintedModel::new(graph)).collect();
    let mut found = Findings::default();
    for (number, (model, analysis)) in models.iter().zip(subject.analyses).enumerate() {
        let look = || of_model(&subject, model, analysis, settings);
        let findings = match cache.as_mut().zip(fingerprints.get(number)) {
            Some(((cache, _), fingerprint)) => cache.of_model(*fingerprint, look),
            None => look(),
        };
        findings.into_iter().for_each(|finding| found.add(finding, Some(&model.graph.name)));
    }
    if let Some((cache, _)) = &mut cache {
        cache.end();
    }
    if let Some(program) = subject.program {
        for rule in asked_for(settings) {
            let Check::File(check) = rule.check else { continue };
            let graded = check(program).into_iter().map(|finding| graded(finding, settings.choice(rule)));
            graded.for_each(|finding| found.add(finding, None));
        }
        found.keep_fixes_that_hold_everywhere(program, subject.has_all_models(), &models);
    }
    let mut findings = found.named(subject.graphs.len() > 1);
    if let Some(program) = subject.program {
        let level = settings.level(&rules::unused_suppression::RULE);
        let whole = program.errors.is_empty() && !settings.partial && !program.models.is_empty();
        let unused = (whole && level != Level::Allow).then(|| level.severity());
        findings = suppression::suppress(program, findings, unused);
    }
    findings.sort_by_key(|finding| (finding.primary.location, finding.code));
    findings
}

fn asked_for(settings: &Settings) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(|rule| settings.level(rule) != Level::Allow)
}

/// What every rule finds in one model.
fn of_model<A: Borrow<Analysis>>(
    subject: &Subject<A>,
    model: &LintedModel,
    analysis: &A,
    settings: &Settings,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rule in asked_for(settings) {
        let Check::Model(check) = rule.check else { continue };
        let choice = settings.choice(rule);
        let context = LintContext {
            graph: model.graph,
            analysis,
            sources: subject.sources,
            is_text: subject.program.is_some(),
            index: model.index(),
            settings,
            choice,
        };
        findings.extend(check(&context).into_iter().map(|finding| graded(finding, choice)));
    }
    findings
}

/// A finding as grave as was decided.
fn graded(finding: Diagnostic, choice: &Choice) -> Diagnostic {
    let severity = choice.level.map_or(finding.severity, Level::severity);
    Diagnostic { severity, ..finding }
}
