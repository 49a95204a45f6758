//! Findings of several models, merged.

use foldhash::HashMap;

use super::model::LintedModel;
use crate::diagnostic::Diagnostic;
use crate::front::weft::Program;
use crate::source::{FileId, Location};

/// Findings, one for each rule and place, with the models that each was found in.
#[derive(Default)]
pub(super) struct Findings<'m> {
    findings: Vec<(Diagnostic, Vec<&'m str>)>,
    by_place: HashMap<(&'static str, Location, Option<String>), usize>,
}

impl<'m> Findings<'m> {
    /// Adds a finding. Of several in one place the worst is kept, of equally bad ones the first.
    pub fn add(&mut self, finding: Diagnostic, model: Option<&'m str>) {
        // Findings that are nowhere are told apart by what they say.
        let location = finding.primary.location;
        let message = (location.file == FileId::NOWHERE).then(|| finding.message.clone());
        let place = (finding.code, location, message);
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
    pub fn keep_fixes_that_hold_everywhere(
        &mut self,
        program: &Program,
        built_all: bool,
        all: &[LintedModel],
    ) {
        let fixed = self.findings.iter().filter(|(finding, _)| finding.fix.is_some());
        let asked = fixed.map(|(finding, _)| finding.primary.location).collect();
        for (finding, models) in self.findings.iter_mut().filter(|(_, models)| !models.is_empty()) {
            let place = finding.primary.location;
            let Some(fix) = &mut finding.fix else { continue };
            let item = (place.file == FileId(0)).then(|| program.item_at(place.span.start)).flatten();
            let mut others = all.iter().filter(|model| !models.contains(&&*model.graph.name));
            let is_elsewhere = others
                .any(|model| model.may_reach(program, item) && model.has_node_written_at(place, &asked));
            let own_file = fix.edits.iter().all(|edit| edit.location.file == FileId(0));
            fix.safe &= built_all;
            if is_elsewhere || !own_file {
                finding.fix = None;
            }
        }
    }

    /// The findings, with the models that each was found in where there are several.
    pub fn named(self, names_models: bool) -> Vec<Diagnostic> {
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
        let mut found = Findings::default();
        found.add(finding(Severity::Note, "a little"), Some("Small"));
        found.add(finding(Severity::Warning, "much"), Some("Large"));
        found.add(finding(Severity::Warning, "much more"), Some("Huge"));
        let [only] = &found.named(true)[..] else { panic!("one finding") };
        assert_eq!(only.message, "much");
        assert_eq!(only.notes, ["in `Large`; likewise in `Small`, `Huge`"]);
    }

    #[test]
    fn a_file_of_one_model_does_not_name_it() {
        let mut found = Findings::default();
        found.add(finding(Severity::Note, "a little"), Some("Only"));
        assert!(found.named(false).iter().all(|finding| finding.notes.is_empty()));
    }
}
