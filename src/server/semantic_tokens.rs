//! `textDocument/semanticTokens/full`, `textDocument/semanticTokens/range`

use lsp_types::{
    Position, SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens,
    SemanticTokensFullOptions, SemanticTokensLegend, SemanticTokensOptions, SemanticTokensParams,
    SemanticTokensRangeParams, SemanticTokensRangeResult, SemanticTokensResult,
};

use super::dispatch::Answer;
use super::session::Session;
use super::view::View;
use crate::ide::{self, Colour, Coloured};
use crate::source::Span;

/// The protocol's word for each colour. A block is a layer, and shown as one.
static TYPES: [(Colour, SemanticTokenType); 16] = [
    (Colour::Keyword, SemanticTokenType::KEYWORD),
    (Colour::Layer, SemanticTokenType::CLASS),
    (Colour::Block, SemanticTokenType::CLASS),
    (Colour::Model, SemanticTokenType::STRUCT),
    (Colour::Function, SemanticTokenType::FUNCTION),
    (Colour::Parameter, SemanticTokenType::PARAMETER),
    (Colour::Variable, SemanticTokenType::VARIABLE),
    (Colour::Dimension, SemanticTokenType::TYPE_PARAMETER),
    (Colour::Property, SemanticTokenType::PROPERTY),
    (Colour::Label, SemanticTokenType::new("label")),
    (Colour::Namespace, SemanticTokenType::NAMESPACE),
    (Colour::Type, SemanticTokenType::TYPE),
    (Colour::Number, SemanticTokenType::NUMBER),
    (Colour::Text, SemanticTokenType::STRING),
    (Colour::Comment, SemanticTokenType::COMMENT),
    (Colour::Operator, SemanticTokenType::OPERATOR),
];

/// Whether something holds of a token.
type Holds = fn(&Coloured) -> bool;

/// What holds of a token besides, from the lowest bit on.
static MODIFIERS: [(SemanticTokenModifier, Holds); 4] = [
    (SemanticTokenModifier::DECLARATION, |token| token.declaration),
    (SemanticTokenModifier::READONLY, |token| token.readonly),
    (SemanticTokenModifier::DEFAULT_LIBRARY, |token| token.standard),
    (SemanticTokenModifier::DOCUMENTATION, |token| token.documentation),
];

pub(super) fn options() -> SemanticTokensOptions {
    let legend = SemanticTokensLegend {
        token_types: TYPES.iter().map(|(_, word)| word.clone()).collect(),
        token_modifiers: MODIFIERS.iter().map(|(word, _)| word.clone()).collect(),
    };
    let full = Some(SemanticTokensFullOptions::Bool(true));
    SemanticTokensOptions { legend, full, range: Some(true), ..SemanticTokensOptions::default() }
}

pub(super) fn of_document(
    session: &mut Session,
    params: SemanticTokensParams,
) -> Answer<Option<SemanticTokensResult>> {
    let view = session.view(&params.text_document.uri)?;
    let whole = Span::new(0, view.document.text.len());
    Ok(Some(SemanticTokensResult::Tokens(tokens(&view, whole))))
}

pub(super) fn of_range(
    session: &mut Session,
    params: SemanticTokensRangeParams,
) -> Answer<Option<SemanticTokensRangeResult>> {
    let view = session.view(&params.text_document.uri)?;
    Ok(Some(SemanticTokensRangeResult::Tokens(tokens(&view, view.span(params.range)))))
}

/// The tokens of a span, each by its distance from the one before.
fn tokens(view: &View, within: Span) -> SemanticTokens {
    let mut found = ide::colours(view.snapshot.named());
    found.retain(|token| token.span.start < within.end && within.start < token.span.end);
    let mut walk = Walk { view, offset: 0, at: Position::default() };
    let mut before = Position::default();
    let mut data = Vec::with_capacity(found.len());
    for token in found {
        let start = walk.to(token.span.start);
        let end = walk.to(token.span.end);
        let new_line = start.line != before.line;
        data.push(SemanticToken {
            delta_line: start.line.saturating_sub(before.line),
            delta_start: start.character.saturating_sub(if new_line { 0 } else { before.character }),
            length: end.character.saturating_sub(start.character),
            token_type: index(token.colour),
            token_modifiers_bitset: modifiers(&token),
        });
        before = start;
    }
    SemanticTokens { result_id: None, data }
}

/// Positions of bytes that only go forward: each costs as much as the text since the last one, however long its line.
struct Walk<'v> {
    view: &'v View<'v>,
    offset: u32,
    at: Position,
}

impl Walk<'_> {
    fn to(&mut self, offset: u32) -> Position {
        let between = self.view.document.text.get(self.offset as usize..offset as usize).unwrap_or("");
        self.at = if between.contains(['\n', '\r']) {
            self.view.position(offset)
        } else {
            let width = self.view.session.encoding.length(between);
            Position::new(self.at.line, self.at.character.saturating_add(width))
        };
        self.offset = offset;
        self.at
    }
}

fn index(colour: Colour) -> u32 {
    let at = TYPES.iter().position(|(known, _)| *known == colour);
    at.and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
}

fn modifiers(token: &Coloured) -> u32 {
    let bits = MODIFIERS.iter().zip(0u32..).filter(|((_, holds), _)| holds(token));
    bits.fold(0, |set, (_, bit)| set | 1u32.wrapping_shl(bit))
}
