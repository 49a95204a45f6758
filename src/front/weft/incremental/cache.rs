//! What one elaboration leaves to the next: the items of its texts, its graphs, and what its blocks expanded to.
//!
//! Main type: [`IncrementalState`], of which a server keeps one for each open text. What comes out of an elaboration with it is what
//! comes out without; only what an edit touches, and what depends on it, is made again.

use std::cell::Cell;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use crate::front::weft::incremental::moves::{Moves, Stand};
use crate::front::weft::lower::instantiation_cache::{InstantiationCache, KnownModel};
use crate::front::weft::resolve::fingerprint::{Fingerprint, Fingerprints, Owns};
use crate::front::weft::resolve::library::{Definition, Library};
use crate::front::weft::resolve::texts::Texts;
use crate::source::{FileId, Location};
use crate::syntax;

/// For how many versions of a text a model is kept that is no more in it.
const PATIENCE: u32 = 64;
/// How many layers such models have together: some thirty megabytes.
const LOST_LAYERS: usize = 50_000;

/// What earlier elaborations of a text left.
#[derive(Debug, Default)]
pub struct IncrementalState {
    pub(in crate::front::weft) syntax: syntax::IncrementalState,
    /// The models of the last version.
    models: Vec<KnownModel>,
    /// Models of earlier versions, the last ones behind: a text that cannot be read for some keystrokes, or where some are
    /// taken back, is often what it was before.
    lost: Vec<Lost>,
    /// Where things stood in the version before the last one, and in that.
    before: Arc<Stand>,
    now: Arc<Stand>,
    moves: Option<Moves>,
    pub(in crate::front::weft) texts: Texts,
    pub(in crate::front::weft) owns: Owns,
    /// What nobody will ask for again, until there is time to put it away.
    spent: Vec<Lost>,
}

/// A model that a version did not hold as it was.
#[derive(Debug)]
struct Lost {
    known: KnownModel,
    /// Where that stood which was gone in this version, and where all else stands.
    gone: Arc<Stand>,
    rest: Arc<Stand>,
    /// How many versions ago that was.
    age: u32,
}

impl IncrementalState {
    /// What may be of use to a library that is to have these models, with all origins where they now stand; those in items
    /// that are gone lead nowhere.
    pub(in crate::front::weft) fn expansions(
        &mut self,
        library: &Library,
        fingerprints: &mut Fingerprints,
        wanted: &[Definition],
    ) -> InstantiationCache {
        self.tidy();
        let now = Stand::of(library, fingerprints.texts());
        self.before = std::mem::replace(&mut self.now, Arc::new(now));
        self.moves = self.before.moves_to(&self.now);
        let wanted: HashSet<_> = wanted.iter().map(|definition| fingerprints.whole(*definition)).collect();
        let known: HashMap<_, _> = fingerprints.all().collect();
        let mut models = std::mem::take(&mut self.models);
        let back = self.found_again(&known);
        if models.iter().chain(&back).filter(|model| wanted.contains(&model.fingerprint)).count()
            >= wanted.len()
        {
            // Nothing is to be built, so nothing needs what the others hold.
            let stand = self.before.clone();
            let gone: Vec<_> = models.extract_if(.., |model| !wanted.contains(&model.fingerprint)).collect();
            gone.into_iter().for_each(|model| self.lose(model, stand.clone(), stand.clone()));
        }
        match &self.moves {
            Some(moves) if moves.is_needed() => models.iter_mut().for_each(|model| model.follow(moves)),
            Some(_) => {}
            None => {
                let stand = self.before.clone();
                models.drain(..).for_each(|model| self.lose(model, stand.clone(), stand.clone()));
            }
        }
        models.extend(back);
        InstantiationCache::recalled(models, &known)
    }

    /// The models that an earlier version held as this one may do.
    fn found_again(&mut self, known: &HashMap<Fingerprint, Definition>) -> Vec<KnownModel> {
        let lost = std::mem::take(&mut self.lost).into_iter();
        let is_back = |lost: &Lost| known.contains_key(&lost.known.fingerprint);
        let (back, mut lost): (Vec<_>, Vec<_>) = lost.partition(is_back);
        lost.retain_mut(|lost| {
            lost.age = lost.age.saturating_add(1);
            lost.age <= PATIENCE
        });
        self.lost = lost;
        back.into_iter().filter_map(|lost| lost.found(&self.now)).collect()
    }

    /// Keeps a model that is not of the last version, in place of those that were lost longest ago.
    fn lose(&mut self, mut known: KnownModel, gone: Arc<Stand>, rest: Arc<Stand>) {
        (known.expanded, known.end) = (Vec::new(), None);
        self.lost.push(Lost { known, gone, rest, age: 0 });
        let layers = |lost: &Lost| lost.known.graph.len();
        let mut excess = self.lost.iter().map(layers).sum::<usize>().saturating_sub(LOST_LAYERS);
        let is_spent = |lost: &mut Lost| {
            let is_spent = excess > 0;
            excess = excess.saturating_sub(layers(lost));
            is_spent
        };
        self.spent.extend(self.lost.extract_if(.., is_spent));
    }

    /// What went where from the text before to the last one; `None` where nobody can say.
    pub fn moves(&self) -> Option<&Moves> {
        self.moves.as_ref()
    }

    /// Where things stood in the text before.
    pub fn before(&self) -> &Arc<Stand> {
        &self.before
    }

    /// What went where from an earlier text to the last one; `None` where nobody can say.
    pub fn moves_since(&self, earlier: &Stand) -> Option<Moves> {
        earlier.moves_to(&self.now)
    }

    /// True where a model that the text no longer holds may come back.
    pub fn is_awaited(&self, fingerprint: Fingerprint) -> bool {
        self.lost.iter().any(|lost| lost.known.fingerprint == fingerprint)
    }

    /// Puts away what nobody will ask for again: a large model takes as long as an elaboration that knows all.
    pub fn tidy(&mut self) {
        self.spent.clear();
    }

    /// Keeps what a run leaves.
    pub(in crate::front::weft) fn keep(
        &mut self,
        expansions: InstantiationCache,
        mut fingerprints: Fingerprints,
    ) {
        let (current, gone) = expansions.left(|definition| fingerprints.whole(definition));
        self.models = current;
        self.owns = fingerprints.left();
        gone.into_iter().for_each(|model| self.lose(model, self.before.clone(), self.now.clone()));
        self.syntax.sweep();
    }
}

impl KnownModel {
    /// Moves everything to where it is written now.
    fn follow(&mut self, moves: &Moves) {
        if self.end.is_some_and(|end| end <= moves.start()) {
            return;
        }
        let end = Cell::new(0);
        let moved = |origin: Location| {
            let origin = moves.moved(origin);
            if origin.file == FileId(0) {
                end.set(end.get().max(origin.span.end));
            }
            origin
        };
        Arc::make_mut(&mut self.graph).map_origins(&moved);
        let expansions = self.expanded.iter_mut().flat_map(|(_, alike)| alike);
        expansions.for_each(|expansion| expansion.map_origins(&moved));
        self.end = Some(end.get());
    }
}

impl Lost {
    /// The model where it now stands; `None` where a part of it is gone, or nobody can say.
    fn found(mut self, now: &Stand) -> Option<KnownModel> {
        let (gone, rest) = (self.gone.moves_to(now)?, self.rest.moves_to(now)?);
        let is_whole = Cell::new(true);
        let moved = |origin: Location| {
            let origin = match origin.file {
                FileId::NOWHERE => gone.moved(origin.span.within(FileId(0))),
                _ => rest.moved(origin),
            };
            is_whole.set(is_whole.get() && origin.file != FileId::NOWHERE);
            origin
        };
        Arc::make_mut(&mut self.known.graph).map_origins(&moved);
        is_whole.get().then_some(self.known)
    }
}
