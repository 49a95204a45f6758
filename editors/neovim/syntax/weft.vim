" Colours of Weft, for Vim and Neovim; in Neovim the server's semantic tokens lie above them.
if exists("b:current_syntax")
  finish
endif

" Not `syntax keyword`: a keyword in a label is none, and what is defined further down comes first.
syntax match weftDeclaration "\<\%(use\|const\|block\|model\|input\|let\|layer\|param\|buffer\|output\)\>"
syntax match weftControl "\<\%(for\|in\|if\|else\|assert\)\>"
syntax match weftLogic "\<\%(and\|or\|not\)\>"
syntax match weftConstant "\<\%(true\|false\|none\)\>"

syntax match weftFunction "\<\%(min\|max\|floor\|ceil\|round\|len\|sum\|reverse\|arange\|zeros\|randn\)\ze("
syntax match weftType "\<int\ze\["
syntax match weftLayer "\<\u\w*\l\w*\>"
syntax match weftLayer "\<\u[A-Z0-9_]\+\ze("
syntax match weftLayer "\%(->\s\)\@<=\u[A-Z0-9_]\+\>"
syntax match weftArgument "\<\k\+\ze=[^=>[:space:]]"
syntax match weftField "\.\@<!\.\zs\h\w*"
syntax match weftNumber "\<\d[0-9_]*\%(\.\d[0-9_]*\)\?\%([eE][+-]\?\d\+\)\?[kMG]\?\>"
syntax match weftArrow "->"
syntax match weftOperator "\*\*\|//\|\.\.\.\?\|[=!<>]=\|-\@<![<>]\|[-+*/%@=]\%(>\)\@!"

syntax region weftString start=+"+ skip=+\\.+ end=+"+ oneline contains=weftEscape
syntax match weftEscape +\\["\\nt]+ contained
" `layer{stage + 1}[i].attn:`, `"block{s}":`; keywords are words of a label.
syntax match weftLabel "\%(\k\+\|\[[^]]*\]\)\%(\.\k\+\|\[[^]]*\]\|{[^}]*}\)*\ze:" contains=weftLabelStep
syntax match weftLabel +"\%([^"\\]\|\\.\)*"\ze:+ contains=weftLabelStep
syntax match weftLabelStep "[\[{][^]}]*[\]}]" contained contains=weftNumber,weftOperator
syntax match weftName "\%(\<\%(block\|model\|const\|input\|let\|layer\|param\|buffer\)\s\+\)\@<=\K\k*"
syntax match weftImported "\%(\<use\s\+\)\@<=[^":]\+\ze:"

syntax match weftComment "#.*$" contains=weftOrder,@Spell
syntax match weftDoc "##\%(#\)\@!.*$" contains=@Spell
syntax match weftOrder "weft:\s*allow([^)]*)" contained

highlight default link weftDeclaration Keyword
highlight default link weftControl Conditional
highlight default link weftLogic Operator
highlight default link weftConstant Constant
highlight default link weftFunction Function
highlight default link weftType Type
highlight default link weftLayer Type
highlight default link weftName Identifier
highlight default link weftArgument Identifier
highlight default link weftField Identifier
highlight default link weftNumber Number
highlight default link weftArrow Special
highlight default link weftOperator Operator
highlight default link weftLabel Label
highlight default link weftImported Include
highlight default link weftLabelStep Identifier
highlight default link weftString String
highlight default link weftEscape SpecialChar
highlight default link weftComment Comment
highlight default link weftDoc SpecialComment
highlight default link weftOrder PreProc

let b:current_syntax = "weft"
