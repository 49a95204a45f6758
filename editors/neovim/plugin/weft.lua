-- Starts `weft lsp` for Weft files, and shows what it knows: shapes behind stages, figures above models.
if vim.g.loaded_weft then
  return
end
vim.g.loaded_weft = true

local group = vim.api.nvim_create_augroup("weft", {})

-- `vim.g.weft_lsp = false` before this file leaves the server to other plugins.
if vim.g.weft_lsp ~= false then
  if vim.lsp.enable then
    vim.lsp.enable("weft")
  else
    -- Neovim 0.10 has no table of servers.
    vim.api.nvim_create_autocmd("FileType", {
      group = group,
      pattern = "weft",
      callback = function(event)
        local config = dofile(vim.api.nvim_get_runtime_file("lsp/weft.lua", false)[1])
        local root = vim.fs.root(event.buf, config.root_markers)
        vim.lsp.start({
          name = "weft",
          cmd = config.cmd,
          settings = config.settings,
          root_dir = root or vim.fs.dirname(vim.api.nvim_buf_get_name(event.buf)),
        }, { bufnr = event.buf })
      end,
    })
  end
end

vim.api.nvim_create_autocmd("LspAttach", {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if not client or client.name ~= "weft" then
      return
    end
    local capabilities = client.server_capabilities or {}
    if capabilities.inlayHintProvider then
      vim.lsp.inlay_hint.enable(true, { bufnr = event.buf })
    end
    if capabilities.codeLensProvider then
      local refresh = function()
        vim.lsp.codelens.refresh({ bufnr = event.buf })
      end
      refresh()
      vim.api.nvim_create_autocmd({ "BufEnter", "InsertLeave", "TextChanged" }, {
        group = group,
        buffer = event.buf,
        callback = refresh,
      })
    end
    -- `vim.g.weft_format_on_save = false` turns this off.
    if capabilities.documentFormattingProvider then
      vim.api.nvim_create_autocmd("BufWritePre", {
        group = group,
        buffer = event.buf,
        callback = function()
          if vim.g.weft_format_on_save ~= false then
            vim.lsp.buf.format({ bufnr = event.buf, id = client.id, timeout_ms = 2000 })
          end
        end,
      })
    end
  end,
})
