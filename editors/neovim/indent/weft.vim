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

function! s:Code(line) abort
  return substitute(getline(a:line), '\("\%(\\.\|[^"\\]\)*"\)\|#.*$', '\1', '')
endfunction

function! WeftIndent(line) abort
  let above = prevnonblank(a:line - 1)
  if above == 0
    return 0
  endif
  let code = s:Code(above)
  let indent = indent(above)
  let here = getline(a:line)
  if code =~ '[({\[]\s*$'
    let indent += shiftwidth()
  elseif here =~ '^\s*->' && code !~ '^\s*->'
    let indent += shiftwidth()
  elseif here !~ '^\s*->' && code =~ '^\s*->' && code !~ '[({\[]\s*$'
    " Behind a chain the next statement stands where the chain began.
    let start = above
    while start > 1 && getline(start) =~ '^\s*->'
      let start = prevnonblank(start - 1)
    endwhile
    let indent = min([indent, indent(start)])
  endif
  if here =~ '^\s*[)}\]]'
    let indent -= shiftwidth()
  endif
  return max([indent, 0])
endfunction
