//! A drawing as SVG, laid out so that it is read on one screen.
//!
//! Main functions: [`figure`] and [`insides`], elements for a page, and the target itself, a whole file. Blocks are
//! opened as far as the text stays readable at the size of a screen.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt::Write;
use std::io;
use std::rc::Rc;

use super::drawing::caption::{CaptionPiece, FONT, LINE, Look, lines};
use super::drawing::layout::{ArrowLine, Layout, Point, Rectangle, lay_out};
use super::drawing::{self, BoxId, BoxKind, DetailLevel, Drawn, Picture, PictureBox, detail_levels, palette};
use super::{Job, Target, Writer};
use crate::diagnostic::escaped;
use crate::ir::ScopeId;
use crate::output::WriteError;

pub(super) static TARGET: Target = Target {
    name: "svg",
    summary: "A drawing as SVG",
    extensions: &["svg"],
    writer: Writer { has_depth: true, write },
};

/// The screen that a drawing should fit on, and how small it may become for that.
const SCREEN: (f64, f64) = (1400.0, 840.0);
const SMALLEST: f64 = 0.8;

/// The heights of columns that are tried.
const HEIGHTS: [f64; 5] = [560.0, 700.0, 840.0, 1_020.0, 1_400.0];

/// A picture with more boxes is not tried where there is one with fewer.
const MOST_BOXES: usize = 1_500;

/// The space for a model's name above its drawing.
const TITLE: f64 = 46.0;

fn write(job: &Job, out: &mut dyn io::Write) -> Result<(), WriteError> {
    let levels = detail_levels(job.depth);
    let mut body = String::new();
    let (mut width, mut height) = (0.0_f64, 0.0_f64);
    for (graph, analysis) in job.models {
        let laid = figure((graph, analysis), &levels);
        let _ = writeln!(body, "<g transform=\"translate(0 {})\">", number(height));
        title(&mut body, &laid.picture);
        let _ = writeln!(body, "<g transform=\"translate(0 {})\">", number(TITLE));
        laid.write(&mut body, &|_| None);
        body.push_str("</g>\n</g>\n");
        width = width.max(laid.layout.width).max(title_width(&laid.picture));
        height += laid.layout.height + TITLE + 10.0;
    }
    let (width, height) = (number(width), number(height));
    write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" class=\"weft\">\n<style>\n{}{GROUND}</style>\n<rect class=\"ground\" \
         width=\"100%\" height=\"100%\"/>\n{body}</svg>\n",
        style()
    )?;
    Ok(())
}

/// A picture and where everything of it stands: an element for a page that has [`style`].
#[derive(Clone, Debug, Default)]
pub struct Figure {
    picture: Rc<Picture>,
    layout: Layout,
    /// The block whose inside it is; `None` for the whole model.
    inside_of: Option<BoxId>,
}

/// Where a closed block leads to, if anywhere.
pub type Address<'a> = &'a dyn Fn(ScopeId) -> Option<String>;

/// The picture of a model, opened in the first of these ways that is readable on a screen, or in the last.
pub fn figure((graph, analysis): Drawn, openings: &[DetailLevel]) -> Figure {
    let best = RefCell::new(Figure::default());
    Picture::fitting(graph, analysis, openings, |picture| {
        let layout = largest(picture, None);
        let fits = scale(&layout) >= SMALLEST;
        *best.borrow_mut() = Figure { picture: Rc::new(picture.clone()), layout, inside_of: None };
        fits
    });
    best.into_inner()
}

/// The insides of these blocks, all opened; of those that are not drawn for themselves, none.
pub fn insides((graph, analysis): Drawn, blocks: &HashSet<ScopeId>) -> Vec<Figure> {
    let picture = Rc::new(Picture::of(graph, analysis, DetailLevel::ALL));
    let chosen = picture.boxes.iter().enumerate().filter(|(_, part)| {
        !part.inside.is_empty() && part.block.is_some_and(|block| blocks.contains(&block))
    });
    let inside = |(id, _): (BoxId, &PictureBox)| Figure {
        layout: largest(&picture, Some(id)),
        picture: Rc::clone(&picture),
        inside_of: Some(id),
    };
    chosen.map(inside).collect()
}

/// Of the ways to lay a picture out, the one that is largest on a screen.
fn largest(picture: &Picture, block: Option<BoxId>) -> Layout {
    let tries = if picture.boxes.len() > MOST_BOXES { HEIGHTS.get(2..3) } else { HEIGHTS.get(..) };
    let inside = |height: f64| height.max(SCREEN.1 - 60.0);
    let layouts = tries.unwrap_or(&[]).iter().map(|height| lay_out(picture, block, *height, inside(*height)));
    layouts.max_by(|a, b| scale(a).total_cmp(&scale(b))).unwrap_or_default()
}

/// How much a layout shrinks on a screen.
fn scale(layout: &Layout) -> f64 {
    (SCREEN.0 / layout.width.max(1.0)).min(SCREEN.1 / layout.height.max(1.0)).min(1.0)
}

/// The ground of a drawing that stands alone.
const GROUND: &str =
    ".weft .ground{fill:#fff}\n@media (prefers-color-scheme:dark){.weft .ground{fill:#0b1120}}\n";

/// The style sheet of drawings, for light and dark grounds.
pub fn style() -> String {
    let mut text = format!(
        ".weft text{{font:{FONT}px \"Helvetica Neue\",Helvetica,Arial,\"Liberation Sans\",sans-serif;fill:#334155}}\n\
         .weft .name{{font-weight:600;fill:#0f172a}}.weft .shape{{fill:#475569}}.weft .repeats{{font-weight:600;fill:#b45309}}\n\
         .weft .title{{font-size:15px;font-weight:600;fill:#0f172a}}\n\
         .weft .line{{fill:none;stroke:#64748b;stroke-width:1.2}}.weft .head,.weft .port{{fill:#64748b}}.weft .use{{font-size:10px;fill:#b45309;font-weight:600;paint-order:stroke;stroke:#fff;stroke-width:3px}}\n\
"
    );
    let mut dark = String::from(
        ".weft text{fill:#cbd5e1}.weft .name,.weft .title{fill:#f1f5f9}.weft .shape{fill:#94a3b8}\
         .weft .repeats,.weft .use{fill:#fbbf24}.weft .use{stroke:#0b1120}.weft .line{stroke:#94a3b8}.weft .head,.weft .port{fill:#94a3b8}\n",
    );
    for colour in palette::COLOURS {
        for (text, (fill, border)) in [(&mut text, colour.light), (&mut dark, colour.dark)] {
            let _ = writeln!(text, ".weft .of-{}{{fill:{fill};stroke:{border}}}", colour.name);
        }
    }
    let _ = writeln!(text, "@media (prefers-color-scheme:dark){{\n{dark}}}");
    text
}

fn title(text: &mut String, picture: &Picture) {
    let _ = writeln!(text, "<text class=\"title\" x=\"10\" y=\"22\">{}</text>", safe(&picture.name));
    let below = format!("{}   ·   {}", picture.flow, picture.sums);
    let _ = writeln!(text, "<text x=\"10\" y=\"38\">{}</text>", safe(&below));
}

fn title_width(picture: &Picture) -> f64 {
    let letters = picture.flow.chars().count().saturating_add(picture.sums.chars().count()).saturating_add(8);
    (letters as f64 * FONT * 0.56).min(SCREEN.0)
}

impl Figure {
    /// How many boxes it has.
    pub fn boxes(&self) -> usize {
        self.picture.boxes.len()
    }

    /// The blocks that are closed in it, in order.
    pub fn closed(&self) -> impl Iterator<Item = ScopeId> {
        self.picture.boxes.iter().filter(|part| part.inside.is_empty()).filter_map(|part| part.block)
    }

    /// The block whose inside it is.
    pub fn inside_of(&self) -> Option<&PictureBox> {
        self.picture.boxes.get(self.inside_of?)
    }

    /// It as an element.
    pub fn element(&self, address: Address) -> String {
        let (width, height) = (number(self.layout.width), number(self.layout.height));
        let least = number(self.layout.width * SMALLEST);
        let mut body = String::new();
        self.write(&mut body, address);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" style=\"min-width:{least}px\" class=\"weft\" role=\"img\" aria-label=\"the graph of {}\">\n{body}</svg>\n",
            safe(&self.picture.name)
        )
    }

    fn write(&self, text: &mut String, address: Address) {
        for (part, place) in self.picture.boxes.iter().zip(&self.layout.boxes) {
            let block = part.block.filter(|_| part.inside.is_empty());
            match block.and_then(address) {
                _ if place.width <= 0.0 => {}
                Some(address) => {
                    let _ = writeln!(text, "<a href=\"{}\">", safe(&address));
                    draw_box(text, part, *place);
                    text.push_str("</a>\n");
                }
                None => draw_box(text, part, *place),
            }
        }
        for line in &self.layout.lines {
            draw_line(text, line);
        }
        for ((x, y), uses) in self.labels() {
            let label = drawing::uses(&uses);
            let (x, y) = (number(x + 5.0), number(y - 4.0));
            let _ = writeln!(text, "<text class=\"use\" x=\"{x}\" y=\"{y}\">{label}</text>");
        }
        for (x, y) in &self.layout.ports {
            let _ = writeln!(
                text,
                "<circle class=\"port\" cx=\"{}\" cy=\"{}\" r=\"2.4\"/>",
                number(*x),
                number(*y)
            );
        }
    }

    /// What is said at the heads of arrows: where, and which uses they belong to. What would stand on one another at
    /// one box is said once.
    fn labels(&self) -> Vec<(Point, Vec<u32>)> {
        let told = self.layout.lines.iter().filter(|line| line.labelled).filter_map(|line| {
            let arrow = self.picture.arrows.get(line.arrow).filter(|arrow| !arrow.uses.is_empty())?;
            Some((arrow.to, *line.points.last()?, arrow.uses.clone()))
        });
        let mut told: Vec<(BoxId, Point, Vec<u32>)> = told.collect();
        told.sort_by(|(a, from, _), (b, to, _)| a.cmp(b).then(from.0.total_cmp(&to.0)));
        let mut labels: Vec<(BoxId, Point, Vec<u32>)> = Vec::new();
        for (to, at, uses) in told {
            match labels.last_mut() {
                Some((known, first, of)) if *known == to && at.0 - first.0 < label_width(of) => {
                    of.extend(uses)
                }
                _ => labels.push((to, at, uses)),
            }
        }
        let sorted = |mut uses: Vec<u32>| {
            uses.sort_unstable();
            uses.dedup();
            uses
        };
        labels.into_iter().map(|(_, at, uses)| (at, sorted(uses))).collect()
    }
}

/// How wide the label of some uses is, with a little room after it.
fn label_width(uses: &[u32]) -> f64 {
    drawing::uses(uses).chars().count() as f64 * FONT * 0.56 + 6.0
}

fn draw_line(text: &mut String, line: &ArrowLine) {
    let _ = writeln!(text, "<path class=\"line\" d=\"{}\"/>", path(&line.points));
    if let Some((x, y)) = line.points.last().filter(|_| line.head) {
        let _ = writeln!(text, "<path class=\"head\" d=\"M{0} {1}l-3.2 -6h6.4z\"/>", number(*x), number(*y));
    }
}

fn draw_box(text: &mut String, part: &PictureBox, place: Rectangle) {
    let colour = palette::of(part.sort).name;
    let radius = match part.sort {
        BoxKind::Input | BoxKind::Output => place.height / 2.0,
        _ => 5.0,
    };
    let rectangle = |text: &mut String, shift: f64, extra: &str| {
        let _ = writeln!(
            text,
            "<rect class=\"of-{colour}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"{extra}/>",
            number(place.x + shift),
            number(place.y + shift),
            number(place.width),
            number(place.height),
            number(radius)
        );
    };
    let _ = writeln!(text, "<g><title>{}</title>", safe_lines(&details(part)));
    if part.repeats.starts_with('×') {
        rectangle(text, 3.0, "");
    }
    let extra = if part.sort == BoxKind::Repetition { " stroke-dasharray=\"4 3\"" } else { "" };
    rectangle(text, 0.0, extra);
    for (line, row) in lines(part).iter().zip(0u32..) {
        let y = place.y + f64::from(row) * LINE + FONT + 3.0;
        if part.inside.is_empty() {
            let _ = write!(
                text,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">",
                number(place.x + place.width / 2.0),
                number(y)
            );
        } else {
            let _ = write!(text, "<text x=\"{}\" y=\"{}\">", number(place.x + 8.0), number(y));
        }
        for (i, piece) in line.iter().enumerate() {
            span(text, piece, i > 0);
        }
        text.push_str("</text>\n");
    }
    text.push_str("</g>\n");
}

fn details(part: &PictureBox) -> String {
    let texts = [&part.details, &part.shape, &part.parameters];
    texts.into_iter().filter(|text| !text.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn span(text: &mut String, piece: &CaptionPiece, follows: bool) {
    let class = match piece.look {
        Look::Name => "name",
        Look::Kind => "kind",
        Look::Shape => "shape",
        Look::Number => "number",
        Look::Repeats => "repeats",
    };
    let shift = if follows { " dx=\"6\"" } else { "" };
    let _ = write!(text, "<tspan class=\"{class}\"{shift}>{}</tspan>", safe(&piece.text));
}

/// A line with round corners; a slanting piece as a curve that begins and ends upright.
fn path(points: &[Point]) -> String {
    let mut text = String::new();
    let Some((first, rest)) = points.split_first() else { return text };
    let _ = write!(text, "M{} {}", number(first.0), number(first.1));
    let mut at = *first;
    for (i, point) in rest.iter().enumerate() {
        let next = rest.get(i.saturating_add(1));
        let slants = (at.0 - point.0).abs() > 0.1 && (at.1 - point.1).abs() > 0.1;
        if slants {
            let middle = number((at.1 + point.1) / 2.0);
            let (x, to_x, to_y) = (number(at.0), number(point.0), number(point.1));
            let _ = write!(text, "C{x} {middle} {to_x} {middle} {to_x} {to_y}");
        } else if let Some(next) = next {
            corner(&mut text, at, *point, *next);
        } else {
            let _ = write!(text, "L{} {}", number(point.0), number(point.1));
        }
        at = *point;
    }
    text
}

fn corner(text: &mut String, before: Point, at: Point, after: Point) {
    const RADIUS: f64 = 4.0;
    let towards = |other: Point| {
        let (x, y) = (other.0 - at.0, other.1 - at.1);
        let length = (x * x + y * y).sqrt().max(0.01);
        let step = RADIUS.min(length / 2.0) / length;
        (at.0 + x * step, at.1 + y * step)
    };
    let (a, b) = (towards(before), towards(after));
    let _ = write!(
        text,
        "L{} {}Q{} {} {} {}",
        number(a.0),
        number(a.1),
        number(at.0),
        number(at.1),
        number(b.0),
        number(b.1)
    );
}

/// A number with one decimal at most.
fn number(x: f64) -> String {
    let text = format!("{x:.1}");
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_string(),
        None => text,
    }
}

/// A text that is text to a reader of XML or HTML, on one line.
pub fn safe(text: &str) -> String {
    let text = escaped(text);
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

fn safe_lines(text: &str) -> String {
    text.lines().map(safe).collect::<Vec<_>>().join("\n")
}
