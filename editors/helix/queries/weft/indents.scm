[(block) (group) (list)] @indent
["}" ")" "]"] @outdent
