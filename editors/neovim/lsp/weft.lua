-- Neovim 0.11 and later find this by its place; `plugin/weft.lua` enables it.
---@type vim.lsp.Config
return {
  cmd = { "weft", "lsp" },
  filetypes = { "weft" },
  root_markers = { "weft.toml", "weft.lock", ".git" },
  settings = {
    weft = {
      inlayHints = { shapes = true, parameters = false },
      codeLens = true,
    },
  },
}
