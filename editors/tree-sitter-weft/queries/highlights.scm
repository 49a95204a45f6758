; No two of these meet on one node, so that it does not matter whether the first or the last one wins.

(doc_comment) @comment.documentation
(comment) @comment

"use" @keyword
(item kind: _ @keyword)
(declaration kind: _ @keyword)
(keyword) @keyword
(logic) @keyword.operator
(constant) @constant.builtin

(import_path (identifier) @module)
(item kind: ["block" "model"] name: (identifier) @type)
(item kind: "const" name: (identifier) @function)
(declaration name: (identifier) @variable)

(label (identifier) @label)
(label (string) @label)

(argument name: (identifier) @variable.parameter)
(field (identifier) @property)

((name (identifier) @constructor) (#match? @constructor "^[A-Z].*[a-z]"))
((name (identifier) @constant) (#match? @constant "^[A-Z][A-Z0-9_]*$"))
((name (identifier) @variable) (#not-match? @variable "^[A-Z]"))
((path . (identifier) @constructor) (#match? @constructor "^[A-Z]"))
((path . (identifier) @type.builtin) (#eq? @type.builtin "int"))
((path . (identifier) @function.builtin)
  (#match? @function.builtin "^(min|max|floor|ceil|round|len|sum|reverse|arange|zeros|randn)$"))

(arrow) @operator
(operator) @operator
(number) @number
(use (string) @string)
(source_file (string) @string)
(step (string) @string)
(block (string) @string)
(path (string) @string)
(group (string) @string)
(list (string) @string)
(escape) @string.escape

["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ":"] @punctuation.delimiter
