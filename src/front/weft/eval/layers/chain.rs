//! Chains: tensors sent through stages, and chains that are layers themselves.

use crate::diagnostic::Diagnostic;
use crate::front::weft::eval::Evaluator;
use crate::front::weft::eval::expression::Chosen;
use crate::front::weft::eval::frame::Frame;
use crate::front::weft::lower::naming::Numbering;
use crate::front::weft::value::{Label, Layer, Stage, Value};
use crate::source::Location;
use crate::syntax::ast::{self, ExprKind};

impl<'p> Evaluator<'p, '_> {
    /// `x -> A -> B` sends a tensor; `A -> B` is a layer.
    pub fn chain(&mut self, frame: &mut Frame<'p>, stages: &'p [ast::Stage], place: Location) -> Value {
        let Some((first, rest)) = stages.split_first() else { return self.lower.poison() };
        if first.label.is_some() || is_if(&first.value) {
            return self.chain_layer(frame, stages, place);
        }
        let value = self.eval(frame, &first.value);
        match value {
            Value::Layer(layer) => {
                let first = Stage { label: None, origin: self.at(frame, first.value.span), layer };
                self.rest_of_layer(frame, vec![first], rest, place)
            }
            Value::Tensor(_) | Value::Outputs(_) => self.sent(frame, value, rest),
            Value::List(_) if value.is_tensors() => self.sent(frame, value, rest),
            Value::Poison => {
                for stage in rest {
                    self.stage(frame, stage, &mut Vec::new());
                }
                self.lower.poison()
            }
            other => {
                let place = self.at(frame, first.value.span);
                let error = Diagnostic::structural(
                    "wrong-kind",
                    place,
                    format!("`->` sends tensors through layers, but this is {}", other.what()),
                );
                self.lower.report(match &other {
                    Value::List(_) => {
                        error.help("a list is sent as several inputs where all of it are tensors")
                    }
                    _ => error,
                })
            }
        }
    }

    fn sent(&mut self, frame: &mut Frame<'p>, value: Value, stages: &'p [ast::Stage]) -> Value {
        let mut value = value;
        let mut ready = Vec::new();
        for stage in stages {
            ready.clear();
            let complete = self.stage(frame, stage, &mut ready);
            value = if complete { value } else { self.lower.poison() };
            for stage in &ready {
                let (parent, counters) = (&frame.site, &mut frame.counters);
                value = self.apply_stage(stage, value, parent, &mut Numbering::Counters(counters));
            }
        }
        value
    }

    fn chain_layer(&mut self, frame: &mut Frame<'p>, stages: &'p [ast::Stage], place: Location) -> Value {
        if let (Some(first), None) = (stages.first(), stages.first().and_then(|stage| stage.label.as_ref()))
            && let ExprKind::If(arms, otherwise) = &first.value.kind
            && let Chosen::Branch(branch) = self.chosen(frame, arms, otherwise.as_deref())
        {
            // The branch may be a tensor, which begins a chain that sends.
            let value = self.eval(frame, branch);
            if value.is_tensors() && !matches!(&value, Value::List(values) if values.is_empty()) {
                return self.sent(frame, value, stages.get(1..).unwrap_or(&[]));
            }
        }
        self.rest_of_layer(frame, Vec::new(), stages, place)
    }

    fn rest_of_layer(
        &mut self,
        frame: &mut Frame<'p>,
        mut ready: Vec<Stage>,
        rest: &'p [ast::Stage],
        place: Location,
    ) -> Value {
        let mut complete = true;
        for stage in rest {
            complete &= self.stage(frame, stage, &mut ready);
        }
        if complete { Value::Layer(Layer::chain(ready, place)) } else { self.lower.poison() }
    }

    /// A stage, computed; an `if` without a label stands for the stages of its chosen branch. False where
    /// that fails.
    pub fn stage(&mut self, frame: &mut Frame<'p>, stage: &'p ast::Stage, ready: &mut Vec<Stage>) -> bool {
        let label = match &stage.label {
            None => None,
            Some(label) => match self.label(frame, label) {
                Some(label) => Some(label),
                None => return false,
            },
        };
        if let (None, ExprKind::If(arms, otherwise)) = (&label, &stage.value.kind) {
            return match self.chosen(frame, arms, otherwise.as_deref()) {
                Chosen::Unknown => false,
                Chosen::Nothing => true,
                Chosen::Branch(branch) => self.branch(frame, branch, ready),
            };
        }
        let value = self.eval(frame, &stage.value);
        let written = stage.label.as_ref().map_or(stage.value.span, |label| label.span.to(stage.value.span));
        self.layer_stage(label, value, self.at(frame, written), ready)
    }

    fn branch(&mut self, frame: &mut Frame<'p>, branch: &'p ast::Expr, ready: &mut Vec<Stage>) -> bool {
        match &branch.kind {
            ExprKind::Chain(stages) => stages.iter().all(|stage| self.stage(frame, stage, ready)),
            ExprKind::If(arms, otherwise) => match self.chosen(frame, arms, otherwise.as_deref()) {
                Chosen::Unknown => false,
                Chosen::Nothing => true,
                Chosen::Branch(branch) => self.branch(frame, branch, ready),
            },
            _ => {
                let value = self.eval(frame, branch);
                self.layer_stage(None, value, self.at(frame, branch.span), ready)
            }
        }
    }

    fn layer_stage(
        &mut self,
        label: Option<Label>,
        value: Value,
        origin: Location,
        ready: &mut Vec<Stage>,
    ) -> bool {
        match value {
            Value::Layer(layer) => {
                ready.push(Stage { label, layer, origin });
                true
            }
            Value::Poison => {
                self.lower.failed = true;
                false
            }
            other => {
                let error = Diagnostic::structural(
                    "wrong-kind",
                    origin,
                    format!("after `->` and after a label stands a layer, but this is {}", other.what()),
                );
                self.lower.report(match other {
                    Value::Tensor(_) | Value::Outputs(_) | Value::List(_) => error.help(
                        "several tensors are sent in parentheses: `(a, b) -> Add`; a label stands before a layer: `x -> name: Layer`",
                    ),
                    _ => error,
                });
                false
            }
        }
    }
}

fn is_if(expr: &ast::Expr) -> bool {
    matches!(expr.kind, ExprKind::If(..))
}
