//! The layout of an explanation: sections of steps, each a text, its arithmetic, a result and what that is.
//!
//! Main type: [`Page`]. Widths are those of a terminal; Chinese characters take two columns.

use unicode_width::UnicodeWidthStr;

use crate::diagnostic::escaped;
use crate::report::wrapped;

/// The width of prose where there is no terminal.
const PROSE: usize = 100;

/// Results further apart than this from their texts are hard to follow.
const WIDEST_TEXT: usize = 56;

/// A step of a derivation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ArithmeticStep {
    pub text: String,
    pub formula: String,
    /// `=`, `+`, or a space before the first of several that are added; nothing where there is no result.
    pub sign: &'static str,
    pub result: String,
    /// What the result is.
    pub unit: String,
}

#[derive(Clone, Debug, PartialEq)]
enum PageItem {
    ArithmeticStep(ArithmeticStep),
    Prose(String),
}

impl ArithmeticStep {
    /// The lines of a step where the columns have no room side by side: what does not fit behind its text stands below.
    fn narrow(&self, head: String, width: usize) -> Vec<String> {
        let text = escaped(&self.text);
        if self.sign.is_empty() {
            return vec![format!("{head}{text}")];
        }
        let value = [&*self.formula, self.sign, &*self.result].map(str::trim);
        let value: Vec<_> = value.into_iter().filter(|part| !part.is_empty()).collect();
        let computed = format!("{}  {}", value.join(" "), self.unit);
        let indent = head.width();
        let line = format!("{head}{text}  {computed}");
        if line.trim_end().width() <= width {
            return vec![line];
        }
        vec![format!("{head}{text}"), format!("{}{computed}", " ".repeat(indent.saturating_add(2)))]
    }
}

/// Steps under one label.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Section {
    pub label: String,
    items: Vec<PageItem>,
}

impl Section {
    pub fn new(label: String) -> Section {
        Section { label, items: Vec::new() }
    }

    pub fn step(&mut self, step: ArithmeticStep) {
        self.items.push(PageItem::ArithmeticStep(step));
    }

    pub fn prose(&mut self, text: String) {
        self.items.push(PageItem::Prose(text));
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    fn steps(&self) -> impl Iterator<Item = &ArithmeticStep> {
        self.items
            .iter()
            .filter_map(|item| if let PageItem::ArithmeticStep(step) = item { Some(step) } else { None })
    }
}

/// An explanation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    pub title: Vec<String>,
    pub sections: Vec<Section>,
}

/// The columns of a page.
struct Columns {
    label: usize,
    text: usize,
    formula: usize,
    result: usize,
    unit: usize,
}

impl Page {
    /// Adds a section, unless it is empty.
    pub fn add(&mut self, section: Section) {
        if !section.is_empty() {
            self.sections.push(section);
        }
    }

    pub fn written(&self, width: Option<usize>) -> String {
        let columns = self.columns();
        let mut lines: Vec<String> = self.title.iter().map(|line| escaped(line).into_owned()).collect();
        for section in &self.sections {
            lines.push(String::new());
            let mut label = section.label.as_str();
            for item in &section.items {
                lines.extend(columns.lines(label, item, width));
                label = "";
            }
        }
        lines.into_iter().map(|line| line.trim_end().to_string() + "\n").collect()
    }

    fn columns(&self) -> Columns {
        let widest = |of: fn(&ArithmeticStep) -> &str| {
            let widths = self.sections.iter().flat_map(Section::steps).map(|step| of(step).width());
            widths.max().unwrap_or(0)
        };
        Columns {
            label: self.sections.iter().map(|section| section.label.width()).max().unwrap_or(0),
            text: widest(|step| &step.text).min(WIDEST_TEXT),
            formula: widest(|step| &step.formula),
            result: widest(|step| &step.result),
            unit: widest(|step| &step.unit),
        }
    }
}

impl Columns {
    /// How wide the widest line may be.
    fn width(&self) -> usize {
        // The blanks between columns, and the sign.
        const BETWEEN: usize = 11;
        let columns = [self.label, self.text, self.formula, self.result, self.unit];
        columns.into_iter().fold(BETWEEN, usize::saturating_add)
    }

    fn lines(&self, label: &str, item: &PageItem, width: Option<usize>) -> Vec<String> {
        let head = format!(" {}  ", left(label, self.label));
        match item {
            PageItem::ArithmeticStep(step) => match width.filter(|width| self.width() > *width) {
                Some(width) => step.narrow(head, width),
                None => vec![head + &self.step(step)],
            },
            PageItem::Prose(text) => {
                let indent = head.width();
                let room = width.unwrap_or(PROSE).saturating_sub(indent);
                let lines = wrapped(&escaped(text), Some(room.max(40)));
                let heads = std::iter::once(head).chain(std::iter::repeat(" ".repeat(indent)));
                lines.into_iter().zip(heads).map(|(line, head)| head + &line).collect()
            }
        }
    }

    fn step(&self, step: &ArithmeticStep) -> String {
        let text = escaped(&step.text);
        if step.sign.is_empty() {
            return text.into_owned();
        }
        // A long text takes room from the formula behind it.
        let over = text.width().saturating_sub(self.text);
        let formula = right(&step.formula, self.formula.saturating_sub(over));
        let result = right(&step.result, self.result);
        format!("{}  {formula}  {} {result}  {}", left(&text, self.text), step.sign, step.unit)
    }
}

fn left(text: &str, width: usize) -> String {
    text.to_string() + &" ".repeat(width.saturating_sub(text.width()))
}

fn right(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(text.width())) + text
}
