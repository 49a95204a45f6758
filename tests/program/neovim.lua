-- What Neovim's own client makes of `weft lsp`: each step writes one line.
-- Run by tests/program/neovim.rs: nvim --headless -u NONE -l or -S this file, with WEFT and NET in the environment.

local buffer, client

local function say(what, value)
  io.write(what, "\t", vim.fn.json_encode(value), "\n")
end

local function wait(what, is_there)
  if not vim.wait(20000, is_there, 10) then
    say("gave up", what)
    vim.cmd("cquit")
  end
end

local function lines()
  return vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end

-- The cursor before a word.
local function go(word)
  for number, line in ipairs(lines()) do
    local at = line:find(word, 1, true)
    if at then
      vim.api.nvim_win_set_cursor(0, { number, at - 1 })
      return number - 1, at - 1
    end
  end
end

local function replace(word, text)
  local line, column = go(word)
  vim.api.nvim_buf_set_text(buffer, line, column, line, column + #word, { text })
end

local function ask(method, more)
  local params = vim.tbl_extend("force", vim.lsp.util.make_position_params(0, "utf-16"), more or {})
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 20000) or {}
  local answer = answers[client] or {}
  return answer.result, answer.error
end

local function run()
  vim.cmd("edit " .. vim.env.NET)
  buffer = vim.api.nvim_get_current_buf()
  client = vim.lsp.start_client({ name = "weft", cmd = { vim.env.WEFT, "lsp" }, root_dir = vim.fn.getcwd() })
  vim.lsp.buf_attach_client(buffer, client)

  wait("diagnostics", function() return #vim.diagnostic.get(buffer) > 0 end)
  local found = vim.diagnostic.get(buffer)[1]
  say("diagnostics", { found.lnum, found.col, found.end_col, found.message })

  replace("Linaer", "Linear")
  wait("silence", function() return #vim.diagnostic.get(buffer) == 0 end)
  say("mended", #vim.diagnostic.get(buffer))

  go("c1:")
  say("hover", vim.split(ask("textDocument/hover").contents.value, "\n")[2])

  local line = go("output")
  vim.api.nvim_buf_set_lines(buffer, line, line, false, { "    h = 图 -> Conv2" })
  vim.api.nvim_win_set_cursor(0, { line + 1, #"    h = 图 -> Conv2" })
  local offered = ask("textDocument/completion")
  local labels = vim.tbl_map(function(item) return item.label end, offered.items or offered)
  say("completion", vim.tbl_contains(labels, "Conv2d"))
  vim.api.nvim_buf_set_lines(buffer, line, line + 1, false, {})

  go("图:")
  local edit, refused = ask("textDocument/rename", { newName = "image" })
  if edit then vim.lsp.util.apply_workspace_edit(edit, "utf-16") end
  say("rename", refused or lines())

  local options = { tabSize = 4, insertSpaces = true }
  local edits = vim.lsp.buf_request_sync(buffer, "textDocument/formatting",
    { textDocument = vim.lsp.util.make_text_document_params(buffer), options = options }, 20000)
  vim.lsp.util.apply_text_edits(edits[client].result or {}, buffer, "utf-16")
  say("formatting", lines())

  vim.lsp.stop_client(client)
  wait("the end", function() return vim.lsp.client_is_stopped(client) end)
  say("ended", true)
end

local ok, why = pcall(run)
if not ok then
  say("failed", why)
  vim.cmd("cquit")
end
vim.cmd("qall!")
