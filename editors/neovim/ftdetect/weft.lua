vim.filetype.add({ extension = { weft = "weft" } })
