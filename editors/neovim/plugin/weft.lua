-- Starts `weft lsp` for Weft files, and shows what it knows: shapes behind stages, figures above models.
--
-- Set before this file is read:
--   vim.g.weft_lsp = false              leaves the server to other plugins
--   vim.g.weft_format_on_save = false   formats only when asked to
if vim.g.loaded_weft then
  return
end
vim.g.loaded_weft = true

local group = vim.api.nvim_create_augroup("weft", {})

local function on(events, buffer, callback)
  vim.api.nvim_create_autocmd(events, { group = group, buffer = buffer, callback = callback })
end

-- What a buffer gets once the server is there. What an older Neovim does not know is left out.
local function attached(client, buffer)
  local can = client.server_capabilities or {}
  if can.inlayHintProvider and vim.lsp.inlay_hint then
    vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  end
  if can.codeLensProvider then
    local refresh = function()
      vim.lsp.codelens.refresh({ bufnr = buffer })
    end
    on({ "BufEnter", "InsertLeave", "TextChanged" }, buffer, refresh)
    vim.schedule(refresh)
  end
  if can.documentFormattingProvider and vim.lsp.buf.format then
    on("BufWritePre", buffer, function()
      if vim.g.weft_format_on_save ~= false then
        vim.lsp.buf.format({ bufnr = buffer, id = client.id, timeout_ms = 2000 })
      end
    end)
  end
end

if vim.g.weft_lsp == false then
  return
end

-- Neovim 0.11 and later start what is in `lsp/`.
if vim.lsp.enable then
  vim.api.nvim_create_autocmd("LspAttach", {
    group = group,
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == "weft" then
        attached(client, event.buf)
      end
    end,
  })
  vim.lsp.enable("weft")
  return
end

-- Older ones are told here. Buffers of one root share a server.
local servers = {}

local function root_of(path, markers)
  local folder = vim.fn.fnamemodify(path, ":p:h")
  for _, marker in ipairs(markers) do
    local found = vim.fn.findfile(marker, folder .. ";")
    if found == "" then
      found = vim.fn.finddir(marker, folder .. ";")
    end
    if found ~= "" then
      return vim.fn.fnamemodify(found, ":p:s?/$??:h")
    end
  end
  return folder
end

vim.api.nvim_create_autocmd("FileType", {
  group = group,
  pattern = "weft",
  callback = function(event)
    local config = dofile(vim.api.nvim_get_runtime_file("lsp/weft.lua", false)[1])
    local root = root_of(vim.api.nvim_buf_get_name(event.buf), config.root_markers)
    if not (servers[root] and vim.lsp.get_client_by_id(servers[root])) then
      servers[root] = vim.lsp.start_client({
        name = "weft",
        cmd = config.cmd,
        settings = config.settings,
        root_dir = root,
        workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
        on_attach = attached,
      })
    end
    if servers[root] then
      vim.lsp.buf_attach_client(event.buf, servers[root])
    end
  end,
})
