//! `textDocument/semanticTokens/full`, `textDocument/semanticTokens/range`

use lsp_types::{
    Position, SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens,
    SemanticTokensFullOptions, SemanticTokensLegend, SemanticTokensOptions, SemanticTokensParams,
    SemanticTokensRangeParams, SemanticTokensRangeResult, SemanticTokensResult,
};

use crate::ide::{self, ClassifiedToken, TokenClass};
use crate::server::dispatch::Answer;
use crate::server::session::Session;
use crate::server::texts::view::View;
use crate::source::Span;

/// The protocol's word for each colour. A block is a layer, and shown as one.
static TYPES: [(TokenClass, SemanticTokenType); 16] = [
    (TokenClass::Keyword, SemanticTokenType::KEYWORD),
    (TokenClass::Layer, SemanticTokenType::CLASS),
    (TokenClass::Block, SemanticTokenType::CLASS),
    (TokenClass::Model, SemanticTokenType::STRUCT),
    (TokenClass::Function, SemanticTokenType::FUNCTION),
    (TokenClass::Parameter, SemanticTokenType::PARAMETER),
    (TokenClass::Variable, SemanticTokenType::VARIABLE),
    (TokenClass::Dimension, SemanticTokenType::TYPE_PARAMETER),
    (TokenClass::Property, SemanticTokenType::PROPERTY),
    (TokenClass::Label, SemanticTokenType::new("label")),
    (TokenClass::Namespace, SemanticTokenType::NAMESPACE),
    (TokenClass::Type, SemanticTokenType::TYPE),
    (TokenClass::Number, SemanticTokenType::NUMBER),
    (TokenClass::Text, SemanticTokenType::STRING),
    (TokenClass::Comment, SemanticTokenType::COMMENT),
    (TokenClass::Operator, SemanticTokenType::OPERATOR),
];

/// Whether something holds of a token.
type Holds = fn(&ClassifiedToken) -> bool;

/// What holds of a token besides, from the lowest bit on.
static MODIFIERS: [(SemanticTokenModifier, Holds); 4] = [
    (SemanticTokenModifier::DECLARATION, |token| token.declaration),
    (SemanticTokenModifier::READONLY, |token| token.readonly),
    (SemanticTokenModifier::DEFAULT_LIBRARY, |token| token.standard),
    (SemanticTokenModifier::DOCUMENTATION, |token| token.documentation),
];

pub(in crate::server) fn options() -> SemanticTokensOptions {
    let legend = SemanticTokensLegend {
        token_types: TYPES.iter().map(|(_, word)| word.clone()).collect(),
        token_modifiers: MODIFIERS.iter().map(|(word, _)| word.clone()).collect(),
    };
    let full = Some(SemanticTokensFullOptions::Bool(true));
    SemanticTokensOptions { legend, full, range: Some(true), ..SemanticTokensOptions::default() }
}

pub(in crate::server) fn of_document(
    session: &mut Session,
    params: SemanticTokensParams,
) -> Answer<Option<SemanticTokensResult>> {
    let view = session.view(&params.text_document.uri)?;
    let whole = Span::new(0, view.document.text.len());
    Ok(Some(SemanticTokensResult::Tokens(tokens(&view, whole))))
}

pub(in crate::server) fn of_range(
    session: &mut Session,
    params: SemanticTokensRangeParams,
) -> Answer<Option<SemanticTokensRangeResult>> {
    let view = session.view(&params.text_document.uri)?;
    Ok(Some(SemanticTokensRangeResult::Tokens(tokens(&view, view.span(params.range)))))
}

/// The tokens of a span, each by its distance from the one before.
fn tokens(view: &View, within: Span) -> SemanticTokens {
    let mut found = ide::semantic_tokens(view.snapshot.named());
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

fn index(colour: TokenClass) -> u32 {
    let at = TYPES.iter().position(|(known, _)| *known == colour);
    at.and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
}

fn modifiers(token: &ClassifiedToken) -> u32 {
    let bits = MODIFIERS.iter().zip(0u32..).filter(|((_, holds), _)| holds(token));
    bits.fold(0, |set, (_, bit)| set | 1u32.wrapping_shl(bit))
}
