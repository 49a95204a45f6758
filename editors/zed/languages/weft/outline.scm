(item
  kind: _ @context
  name: (identifier) @name) @item
