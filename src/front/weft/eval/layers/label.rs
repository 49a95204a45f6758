//! Labels to paths.

use crate::diagnostic::Diagnostic;
use crate::front::weft::eval::Evaluator;
use crate::front::weft::eval::frame::Frame;
use crate::front::weft::value::{Label, Value};
use crate::syntax::ast::{self, Expr, LabelPart};

/// The bytes that a label has room for at first: few have more.
const ROOM: usize = 32;

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
            self.lower.report(
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
                self.lower.failed = true;
                None
            }
            other => {
                let place = self.at(frame, expr.span);
                let message = format!("a label takes integers and strings, but this is {}", other.what());
                self.lower.error("wrong-kind", place, message);
                None
            }
        }
    }
}

fn has_empty_step(path: &str) -> bool {
    path.as_bytes().split(|byte| *byte == b'.').any(<[u8]>::is_empty)
}
