// Starts `weft lsp` and keeps it in step with the settings. What the language means is the server's business.
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

import { discover } from "./discovery";

const INSTALLING = "cargo install --path . in the folder of Weft's source";

let client: LanguageClient | undefined;
let log: vscode.LogOutputChannel;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    log = vscode.window.createOutputChannel("Weft", { log: true });
    context.subscriptions.push(
        log,
        vscode.commands.registerCommand("weft.restart", restart),
        vscode.commands.registerCommand("weft.showLog", () => log.show()),
        vscode.workspace.onDidChangeConfiguration(async (change) => {
            if (change.affectsConfiguration("weft.path") || change.affectsConfiguration("weft.arguments")) {
                await restart();
            }
        }),
        vscode.tasks.registerTaskProvider("weft", { provideTasks, resolveTask }),
    );
    await start();
}

export async function deactivate(): Promise<void> {
    await stop();
}

async function restart(): Promise<void> {
    await stop();
    await start();
}

async function stop(): Promise<void> {
    const running = client;
    client = undefined;
    await running?.dispose();
}

async function start(): Promise<void> {
    const program = locate();
    if (program === undefined) {
        return;
    }
    const more = vscode.workspace.getConfiguration("weft").get<string[]>("arguments", []);
    const server: ServerOptions = { command: program, args: ["lsp", ...more] };
    const options: LanguageClientOptions = {
        documentSelector: [
            { scheme: "file", language: "weft" },
            { scheme: "untitled", language: "weft" },
        ],
        outputChannel: log,
        synchronize: { configurationSection: "weft" },
        initializationOptions: vscode.workspace.getConfiguration("weft"),
    };
    client = new LanguageClient("weft", "Weft", server, options);
    try {
        await client.start();
    } catch (error) {
        client = undefined;
        await complain(`\`${program} lsp\` could not be started: ${String(error)}`);
    }
}

/** The program, or nothing after the user has been told why. */
function locate(): string | undefined {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const found = discover(vscode.workspace.getConfiguration("weft").get<string>("path", ""), folder);
    if (found.kind === "missing") {
        void complain(found.message);
        return undefined;
    }
    log.info(`${found.path}, found by ${found.from}`);
    return found.path;
}

async function complain(message: string): Promise<void> {
    log.error(message);
    const settings = "Open the Settings";
    const install = "How to Install";
    const again = "Try Again";
    const answer = await vscode.window.showErrorMessage(`Weft: ${message}`, settings, install, again);
    if (answer === settings) {
        await vscode.commands.executeCommand("workbench.action.openSettings", "weft.path");
    } else if (answer === install) {
        await vscode.window.showInformationMessage(`Weft is one program: ${INSTALLING}.`, { modal: true });
    } else if (answer === again) {
        await restart();
    }
}

/** The task that checks the workspace, and puts what it finds among the problems. */
function provideTasks(): vscode.Task[] {
    return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => task({ type: "weft" }, folder) ?? []);
}

function resolveTask(wanted: vscode.Task): vscode.Task | undefined {
    const folder = typeof wanted.scope === "object" ? wanted.scope : vscode.workspace.workspaceFolders?.[0];
    return folder && task(wanted.definition, folder);
}

function task(definition: vscode.TaskDefinition, folder: vscode.WorkspaceFolder): vscode.Task | undefined {
    const setting = vscode.workspace.getConfiguration("weft").get<string>("path", "");
    const found = discover(setting, folder.uri.fsPath);
    if (found.kind === "missing") {
        return undefined;
    }
    const path = typeof definition.path === "string" ? definition.path : ".";
    const run = new vscode.ProcessExecution(found.path, ["check", path, "--format", "compact"], {
        cwd: folder.uri.fsPath,
    });
    const made = new vscode.Task(definition, folder, `check ${path}`, "weft", run, "$weft");
    made.group = vscode.TaskGroup.Build;
    return made;
}
