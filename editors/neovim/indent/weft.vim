" Four columns for what stands in brackets, and for what goes on with a statement.
if exists("b:did_indent")
  finish
endif
let b:did_indent = 1

setlocal indentexpr=WeftIndent(v:lnum)
setlocal indentkeys=0),0],0},0<->,!^F,o,O
let b:undo_indent = "setlocal inde< indk<"

if exists("*WeftIndent")
  finish
endif

let s:in_text = 'synIDattr(synID(line("."), col("."), 0), "name") =~ "String\\|Comment\\|Doc\\|Escape"'

" The bracket that holds the cursor's line: its line and column, zeros where there is none.
function! s:Bracket(line) abort
  call cursor(a:line, 1)
  return searchpairpos('[({\[]', '', '[)}\]]', 'bW', s:in_text)
endfunction

function! s:GoesOn(line) abort
  let above = prevnonblank(a:line - 1)
  return getline(a:line) =~ '^\s*\%(->\|+ \|\* \|and \|or \)' || above > 0 && getline(above) =~ '=$'
endfunction

function! WeftIndent(line) abort
  let [open, column] = s:Bracket(a:line)
  let closes = getline(a:line) =~ '^\s*[)}\]]'
  let goes_on = !closes && s:GoesOn(a:line)
  if open == 0
    return goes_on ? shiftwidth() : 0
  endif
  let text = getline(open)
  let braces = text[column - 1] ==# '{'
  let broken = text[column :] =~ '^\s*\%(#.*\)\?$'
  let listed = match(getline(open, a:line - 1), ',$') >= 0
  if closes
    return indent(open)
  elseif goes_on && (braces || listed && broken)
    return indent(open) + 2 * shiftwidth()
  elseif braces || broken || goes_on
    return indent(open) + shiftwidth()
  endif
  return virtcol([open, column])
endfunction
