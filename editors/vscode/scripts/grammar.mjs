// Puts the one grammar, and the licences, where the extension packs them.
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = join(dirname(fileURLToPath(import.meta.url)), "..");
const root = join(here, "..", "..");
mkdirSync(join(here, "syntaxes"), { recursive: true });
copyFileSync(join(root, "grammar", "weft.tmLanguage.json"), join(here, "syntaxes", "weft.tmLanguage.json"));
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) {
    copyFileSync(join(root, licence), join(here, licence));
}
