//! Tells Zed how to start the language server of Weft: `weft lsp`, from the PATH or where the settings say.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree, serde_json};

struct Weft;

impl zed::Extension for Weft {
    fn new() -> Self {
        Weft
    }

    fn language_server_command(&mut self, id: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let binary = LspSettings::for_worktree(id.as_ref(), worktree)?.binary;
        let named = binary.as_ref().and_then(|binary| binary.path.clone());
        let command = named.or_else(|| worktree.which("weft")).ok_or_else(|| {
            "the program `weft` is not on the PATH; install it, or set `lsp.weft.binary.path`".to_owned()
        })?;
        let more = binary.and_then(|binary| binary.arguments);
        let args = more.unwrap_or_else(|| vec!["lsp".to_owned()]);
        Ok(Command { command, args, env: worktree.shell_env() })
    }

    fn language_server_workspace_configuration(
        &mut self,
        id: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        let settings = LspSettings::for_worktree(id.as_ref(), worktree)?.settings;
        Ok(settings.map(|settings| serde_json::json!({ "weft": settings })))
    }
}

zed::register_extension!(Weft);
