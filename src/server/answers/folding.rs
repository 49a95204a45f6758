//! `textDocument/foldingRange`

use lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use crate::ide::{self, FoldKind};
use crate::server::dispatch::Answer;
use crate::server::session::Session;

pub(in crate::server) fn ranges(
    session: &mut Session,
    params: FoldingRangeParams,
) -> Answer<Option<Vec<FoldingRange>>> {
    let view = session.view(&params.text_document.uri)?;
    let found = ide::folds(&view.snapshot.program).into_iter().map(|fold| {
        let range = view.range(fold.span);
        // The whole last line is hidden, and the first one stays whole: what an editor does that folds lines only.
        FoldingRange {
            start_line: range.start.line,
            end_line: range.end.line,
            kind: Some(match fold.kind {
                FoldKind::Comment => FoldingRangeKind::Comment,
                FoldKind::Imports => FoldingRangeKind::Imports,
                FoldKind::Region => FoldingRangeKind::Region,
            }),
            ..FoldingRange::default()
        }
    });
    Ok(Some(found.collect()))
}
