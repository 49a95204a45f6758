// Where the program `weft` is: the setting, else the PATH, else where it is usually installed.
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/** What is known of the machine; a test has one of its own. */
export interface Machine {
    platform: NodeJS.Platform;
    environment: NodeJS.ProcessEnv;
    home: string;
    /** Whether a path is a program that may be run. */
    runs(path: string): boolean;
}

export type Found =
    | { kind: "found"; path: string; from: "setting" | "PATH" | "usual place" }
    | { kind: "missing"; message: string };

export const thisMachine: Machine = {
    platform: process.platform,
    environment: process.env,
    home: homedir(),
    runs(path) {
        try {
            accessSync(path, process.platform === "win32" ? constants.F_OK : constants.X_OK);
            return statSync(path).isFile();
        } catch {
            return false;
        }
    },
};

/** Finds the program. A setting that leads nowhere is said to, and nothing else is tried in its place. */
export function discover(setting: string, folder: string | undefined, machine: Machine = thisMachine): Found {
    const wanted = setting.trim();
    if (wanted !== "") {
        const path = expanded(wanted, folder, machine);
        if (machine.runs(path)) {
            return { kind: "found", path, from: "setting" };
        }
        return { kind: "missing", message: `The setting \`weft.path\` is \`${wanted}\`, but \`${path}\` is no program.` };
    }
    const name = machine.platform === "win32" ? "weft.exe" : "weft";
    const listed = (machine.environment.PATH ?? machine.environment.Path ?? "").split(delimiter);
    const onPath = listed.filter((entry) => entry !== "").map((entry) => join(entry, name));
    const first = onPath.find((path) => machine.runs(path));
    if (first !== undefined) {
        return { kind: "found", path: first, from: "PATH" };
    }
    const places = usualPlaces(machine).map((place) => join(place, name));
    const usual = places.find((path) => machine.runs(path));
    if (usual !== undefined) {
        return { kind: "found", path: usual, from: "usual place" };
    }
    const looked = places.map((path) => `\`${path}\``).join(", ");
    return {
        kind: "missing",
        message: `The program \`weft\` is not on the PATH, nor is it ${looked}. Install it, or say where it is.`,
    };
}

/** The folders that installers put programs into. */
export function usualPlaces(machine: Machine): string[] {
    const cargo = join(machine.environment.CARGO_HOME ?? join(machine.home, ".cargo"), "bin");
    if (machine.platform === "win32") {
        return [cargo];
    }
    return [cargo, join(machine.home, ".local", "bin"), "/usr/local/bin", "/opt/homebrew/bin"];
}

function expanded(path: string, folder: string | undefined, machine: Machine): string {
    const inside = folder === undefined ? path : path.replaceAll("${workspaceFolder}", folder);
    const whole = inside === "~" || inside.startsWith("~/") ? join(machine.home, inside.slice(1)) : inside;
    return isAbsolute(whole) || folder === undefined ? whole : resolve(folder, whole);
}
