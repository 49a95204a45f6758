// Weft for editors that colour by tree-sitter: what a token is, what a bracket holds, what an item is called.
//
// It is lenient: a file with mistakes keeps its colours. What a program means is the language server's business.

const DECLARES = ["input", "let", "layer", "param", "buffer"];
const CONTROLS = ["for", "in", "if", "else", "assert", "output"];
const KEYWORDS = ["use", "const", "block", "model", ...DECLARES, ...CONTROLS, "and", "or", "not", "true", "false", "none"];

module.exports = grammar({
  name: "weft",

  extras: ($) => [/\s/, "\ufeff", $.doc_comment, $.comment],
  word: ($) => $.identifier,
  // Only the colon at its end tells a label from an operand.
  conflicts: ($) => [
    [$.label, $.name],
    [$.label, $.path],
    [$.label, $._operand],
    [$._label_step, $.step],
    [$._label_join, $.join],
    [$._label_field, $.field],
    [$.keyword, $._word],
    [$.logic, $._word],
    [$.constant, $._word],
  ],

  rules: {
    source_file: ($) => repeat(choice($.use, $.item, $._node)),

    use: ($) => seq("use", field("source", choice($.string, $.import_path)), ":"),
    import_path: ($) => seq($.identifier, repeat(seq(token.immediate("."), $.identifier))),

    // What follows the `=` of an item stands beside it: it ends where the next item begins.
    item: ($) =>
      prec.right(
        seq(
          field("kind", choice("const", "block", "model")),
          field("name", $.identifier),
          optional(field("parameters", alias($._call, $.parameters))),
          optional(field("body", $.block)),
        ),
      ),

    block: ($) => seq("{", repeat($._node), "}"),

    _node: ($) =>
      choice(
        $.declaration,
        $.keyword,
        $.logic,
        $.constant,
        $.argument,
        $.label,
        $._operand,
        $.block,
        $.operator,
        $.arrow,
        ",",
        ":",
      ),

    declaration: ($) => seq(field("kind", choice(...DECLARES)), field("name", choice($.identifier, $.group))),
    keyword: (_) => choice(...CONTROLS),
    logic: (_) => choice("and", "or", "not"),
    constant: (_) => choice("true", "false", "none"),

    // `kernel=3`: a named argument touches its sign.
    argument: ($) => seq(field("name", choice($.identifier, alias($._word, $.identifier))), token.immediate("=")),

    // `layer{stage + 1}[i].attn:`, `[0]:`, `"block{s}":`
    label: ($) =>
      prec.dynamic(
        1,
        seq(
          choice($.identifier, alias($._word, $.identifier), $.list, $.string),
          repeat(choice(alias($._label_step, $.step), alias($._label_join, $.join), $._label_field)),
          ":",
        ),
      ),
    _label_step: ($) => seq(token.immediate("["), repeat($._node), "]"),
    _label_join: ($) => seq(token.immediate("{"), repeat($._node), "}"),
    _label_field: ($) =>
      seq(token.immediate("."), choice($.identifier, alias($._word, $.identifier), alias(/\d\w*/, $.identifier))),

    _operand: ($) => choice($.path, $.name, $.group, $.list, $.string, $.number),
    name: ($) => $.identifier,
    path: ($) =>
      prec.right(
        seq(
          choice($.identifier, alias($._word, $.identifier), $.group, $.list),
          repeat1(choice($._call, $.step, $.join, $.field)),
        ),
      ),
    field: ($) => seq(token.immediate("."), choice($.identifier, alias($._word, $.identifier), alias(/\d\w*/, $.identifier))),
    step: ($) => seq(token.immediate("["), repeat($._node), "]"),
    join: ($) => seq(token.immediate("{"), repeat($._node), "}"),
    _call: ($) => seq(token.immediate("("), repeat($._node), ")"),
    group: ($) => seq("(", repeat($._node), ")"),
    list: ($) => seq("[", repeat($._node), "]"),

    // A keyword as a word of a label, a field or an argument's name.
    _word: (_) => choice(...KEYWORDS),

    operator: (_) => choice("**", "*", "+", "-", "//", "/", "%", "@", "==", "!=", "<=", "<", ">=", ">", "=", "..", "..."),
    arrow: (_) => "->",

    string: ($) => seq('"', repeat(choice($.escape, token.immediate(/[^"\\\n]+/))), token.immediate('"')),
    escape: (_) => token.immediate(/\\./),
    number: (_) => /\d[\d_]*(\.\d[\d_]*)?([eE][+-]?\d+)?[kMG]?/,
    identifier: (_) => /[\p{XID_Start}_][\p{XID_Continue}]*/u,

    doc_comment: (_) => token(prec(1, /##([^#\n][^\n]*)?/)),
    comment: (_) => token(/#[^\n]*/),
  },
});
