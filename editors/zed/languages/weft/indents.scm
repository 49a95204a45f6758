(block "{" "}" @end) @indent
(group "(" ")" @end) @indent
(list "[" "]" @end) @indent
