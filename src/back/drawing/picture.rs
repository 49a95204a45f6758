//! The picture of a model: boxes in boxes, and the arrows between them.
//!
//! Main type: [`Picture`]. It says what is drawn and not where; each format draws the same picture. Repetitions are
//! one box, a shared layer is one box with an arrow for each of its uses.

use std::collections::HashSet;

use super::captions::CaptionSource;
use super::detail_level::DetailLevel;
use super::fold::Folds;
use crate::analysis::Analysis;
use crate::blocks::{Class, Run, Tree, TreeItem};
use crate::ir::{Family, Graph, NodeId, ScopeId};

/// A box of a [`Picture`], by its place.
pub type BoxId = usize;

/// What is drawn of a model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// The model's name.
    pub name: String,
    /// What it takes and gives: `image [3, 224, 224] → logits [1000]`.
    pub flow: String,
    /// Its sums: `25,557,032 parameters · 4,089,184,256 MACs`.
    pub sums: String,
    /// Every box, a box before those inside it.
    pub boxes: Vec<PictureBox>,
    /// The boxes that stand in no other, in order.
    pub outermost: Vec<BoxId>,
    /// The arrows, in order; between boxes without boxes inside.
    pub arrows: Vec<Arrow>,
}

/// A box.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PictureBox {
    /// What it is.
    pub sort: BoxKind,
    /// Its path as seen from the box around it; empty where the program made it up.
    pub name: String,
    /// The layer, or the block's definition.
    pub kind: String,
    /// The shape of its result.
    pub shape: String,
    /// The parameters it owns, and whose it uses where they are not its own.
    pub parameters: String,
    /// How often it stands here, and in which way: `× 6`, `used 2 times`; or nothing.
    pub repeats: String,
    /// Arguments, the whole path, cost: what a pointer shows.
    pub details: String,
    /// The use of a block that it shows, or the first of those.
    pub block: Option<ScopeId>,
    /// The box around it.
    pub around: Option<BoxId>,
    /// The boxes inside, in order.
    pub inside: Vec<BoxId>,
}

/// What a box is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BoxKind {
    /// An input of the model.
    Input,
    /// An output of the model.
    Output,
    /// A layer of a family; `None` for a constant.
    Layer(Option<Family>),
    /// A parameter or buffer that stands by itself.
    Stored,
    /// A block, opened if it has boxes inside.
    #[default]
    Block,
    /// Neighbours that repeat as one.
    Repetition,
}

/// An arrow.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// Where it comes from.
    pub from: BoxId,
    /// Where it leads.
    pub to: BoxId,
    /// Which uses of a shared layer it belongs to, in order; or nothing.
    pub uses: Vec<u32>,
}

impl Picture {
    /// Draws a model, blocks opened as told.
    pub fn of(graph: &Graph, analysis: &Analysis, opening: DetailLevel) -> Picture {
        Picture::fitting(graph, analysis, &[opening], |_| true)
    }

    /// Draws a model in the first of these ways that fits, or in the last.
    pub fn fitting(
        graph: &Graph,
        analysis: &Analysis,
        openings: &[DetailLevel],
        fits: impl Fn(&Picture) -> bool,
    ) -> Picture {
        let tree = Tree::of(graph);
        let folds = Folds::of(&tree);
        let tell = CaptionSource::new(&tree, &folds, analysis);
        let mut picture = Picture::default();
        for opening in openings {
            picture = Sketch::new(&tree, &folds, &tell, *opening).finished();
            if fits(&picture) {
                break;
            }
        }
        picture
    }
}

struct Sketch<'a> {
    tree: &'a Tree<'a>,
    folds: &'a Folds,
    tell: &'a CaptionSource<'a>,
    opening: DetailLevel,
    /// What was opened already, where each is opened once.
    opened: HashSet<Class>,
    picture: Picture,
    /// For each layer, the box that shows it.
    shown: Vec<Option<BoxId>>,
}

impl<'a> Sketch<'a> {
    fn new(
        tree: &'a Tree<'a>,
        folds: &'a Folds,
        tell: &'a CaptionSource<'a>,
        opening: DetailLevel,
    ) -> Sketch<'a> {
        let shown = vec![None; tree.graph.len()];
        let picture = tell.title();
        Sketch { tree, folds, tell, opening, opened: HashSet::new(), picture, shown }
    }

    fn finished(mut self) -> Picture {
        self.fill(ScopeId::ROOT, None, 0);
        self.outputs();
        self.arrows();
        self.picture
    }

    /// Adds the boxes of a block.
    fn fill(&mut self, scope: ScopeId, around: Option<BoxId>, depth: usize) {
        let (tree, folds) = (self.tree, self.folds);
        let items = tree.children(scope);
        let mut runs = folds.runs(scope).iter().peekable();
        let mut at = 0usize;
        while let Some(item) = items.get(at) {
            let run = runs.next_if(|run| run.start == at);
            let length = run.map_or(1, |run| run.period.saturating_mul(run.times)).max(1);
            let first = tree.span(*item).start;
            if folds.drawn(first) == first {
                match run {
                    Some(run) if run.period > 1 => self.repetition(items, run, around, depth),
                    _ => {
                        let last = run.and_then(|run| last(items, run, at)).unwrap_or(*item);
                        self.item((*item, last), run, around, depth);
                    }
                }
            }
            at = at.saturating_add(length);
        }
    }

    /// Adds a box around neighbours that repeat as one.
    fn repetition(&mut self, items: &[TreeItem], run: &Run, around: Option<BoxId>, depth: usize) {
        let id = self.add(self.tell.repetition(items, run), around);
        for (at, item) in items.iter().enumerate().skip(run.start).take(run.period) {
            self.item((*item, last(items, run, at).unwrap_or(*item)), None, Some(id), depth);
        }
    }

    /// Adds the box of a part; `last` is the last that it stands for, or itself.
    fn item(
        &mut self,
        (item, last): (TreeItem, TreeItem),
        run: Option<&Run>,
        around: Option<BoxId>,
        depth: usize,
    ) {
        match item {
            TreeItem::Layer(layer) => {
                let part = self.tell.layer(layer, last, run);
                let id = self.add(part, around);
                self.show(layer.0, id);
            }
            TreeItem::Block(scope) => {
                let structure = self.tree.structure(scope);
                let is_open = depth < self.opening.depth
                    && !(self.opening.each_once && self.opened.contains(&structure));
                let id = self.add(self.tell.block(scope, last, run, is_open), around);
                if is_open {
                    self.opened.insert(structure);
                    self.fill(scope, Some(id), depth.saturating_add(1));
                } else {
                    self.tree.span(item).for_each(|layer| self.show(layer, id));
                }
            }
        }
    }

    fn add(&mut self, mut part: PictureBox, around: Option<BoxId>) -> BoxId {
        let id = self.picture.boxes.len();
        part.around = around;
        self.picture.boxes.push(part);
        match around.and_then(|around| self.picture.boxes.get_mut(around)) {
            Some(around) => around.inside.push(id),
            None => self.picture.outermost.push(id),
        }
        id
    }

    fn show(&mut self, layer: u32, id: BoxId) {
        if let Some(shown) = self.shown.get_mut(layer as usize) {
            *shown = Some(id);
        }
    }

    fn shown(&self, layer: u32) -> Option<BoxId> {
        self.shown.get(self.folds.drawn(layer) as usize).copied().flatten()
    }

    /// Adds a box for each output of the model, with its arrow.
    fn outputs(&mut self) {
        for output in &self.tree.graph.outputs {
            let id = self.add(self.tell.output(output), None);
            let layer = output.source.node.0;
            if let Some(from) = self.shown(layer) {
                let uses = self.folds.shared(layer).map(|(_, number)| number).into_iter().collect();
                self.picture.arrows.push(Arrow { from, to: id, uses });
            }
        }
    }

    fn arrows(&mut self) {
        let to_outputs = std::mem::take(&mut self.picture.arrows);
        let mut arrows: Vec<Arrow> = Vec::new();
        for (id, _) in self.tree.graph.nodes() {
            for (slot, port) in self.tree.graph.inputs_of(id).into_iter().enumerate() {
                if !self.folds.is_carried(id, slot) {
                    arrows.extend(self.arrow(port.node, id));
                }
            }
        }
        arrows.extend(to_outputs);
        // Arrows between the same boxes are one, with all the uses.
        arrows.sort_by_key(|arrow| (arrow.from, arrow.to));
        for arrow in arrows {
            match self.picture.arrows.last_mut() {
                Some(last) if (last.from, last.to) == (arrow.from, arrow.to) => last.uses.extend(arrow.uses),
                _ => self.picture.arrows.push(arrow),
            }
        }
        for arrow in &mut self.picture.arrows {
            arrow.uses.sort_unstable();
            arrow.uses.dedup();
        }
    }

    fn arrow(&self, source: NodeId, reader: NodeId) -> Option<Arrow> {
        let (from, to) = (self.shown(source.0)?, self.shown(reader.0)?);
        let uses = match (self.folds.shared(source.0), self.folds.shared(reader.0)) {
            (Some(a), Some(b)) if a == b => None,
            (_, Some((_, number))) | (Some((_, number)), None) => Some(number),
            (None, None) => None,
        };
        // What stays inside a closed block is not drawn; a shared layer that reads itself is.
        (from != to || uses.is_some()).then(|| Arrow { from, to, uses: uses.into_iter().collect() })
    }
}

/// The last of the parts that the one at a place stands for.
fn last(items: &[TreeItem], run: &Run, at: usize) -> Option<TreeItem> {
    items.get(at.saturating_add(run.period.saturating_mul(run.times.saturating_sub(1)))).copied()
}
