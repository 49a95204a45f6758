" How Weft is written: four blanks, comments with `#`, lines of 120 columns.
if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1

setlocal expandtab shiftwidth=4 softtabstop=4 tabstop=4 textwidth=120
setlocal comments=:##,:# commentstring=#\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal include=^\\s*use\\s\\+\" suffixesadd=.weft
" `:make` checks; `:copen` lists what was found.
setlocal makeprg=weft\ check\ --format\ compact\ %:S
setlocal errorformat=%f:%l:%c:\ %trror[%m,%f:%l:%c:\ %tarning[%m,%f:%l:%c:\ %tote[%m

let b:undo_ftplugin = "setlocal et< sw< sts< ts< tw< com< cms< fo< inc< sua< mp< efm<"
