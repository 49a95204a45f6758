// Where the program is looked for, and what the problem matcher reads.
import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { test } from "node:test";

import manifest from "../package.json";
import { discover, type Machine } from "../src/discovery";

function machine(programs: string[], path: string[] = []): Machine {
    return {
        platform: "linux",
        environment: { PATH: path.join(delimiter) },
        home: "/home/someone",
        runs: (program) => programs.includes(program),
    };
}

test("the setting comes first, with the home and the workspace filled in", () => {
    const programs = ["/home/someone/bin/weft", "/project/target/release/weft", "/usr/bin/weft"];
    const here = machine(programs, ["/usr/bin"]);
    const path = (setting: string) => discover(setting, "/project", here);
    assert.deepEqual(path("~/bin/weft"), { kind: "found", path: programs[0], from: "setting" });
    assert.deepEqual(path("${workspaceFolder}/target/release/weft"), {
        kind: "found",
        path: programs[1],
        from: "setting",
    });
    assert.deepEqual(path("target/release/weft"), { kind: "found", path: programs[1], from: "setting" });
});

test("a setting that leads nowhere is told, though the PATH would have a program", () => {
    const found = discover("/nowhere/weft", "/project", machine(["/usr/bin/weft"], ["/usr/bin"]));
    assert.equal(found.kind, "missing");
    assert.match(found.kind === "missing" ? found.message : "", /`weft\.path` is `\/nowhere\/weft`/);
});

test("then the PATH in its order, then the usual places", () => {
    const both = machine(["/a/weft", "/b/weft"], ["", "/b", "/a"]);
    assert.deepEqual(discover("", undefined, both), { kind: "found", path: "/b/weft", from: "PATH" });
    const cargo = join("/home/someone", ".cargo", "bin", "weft");
    assert.deepEqual(discover(" ", undefined, machine([cargo], ["/b"])), {
        kind: "found",
        path: cargo,
        from: "usual place",
    });
});

test("where there is none, the message says where it was looked for", () => {
    const found = discover("", undefined, machine([]));
    assert.equal(found.kind, "missing");
    assert.match(found.kind === "missing" ? found.message : "", /not on the PATH.*\.cargo\/bin\/weft.*Install it/);
});

test("the problem matcher reads the lines of `weft check --format compact`", () => {
    const [pattern] = manifest.contributes.problemPatterns;
    const line = "examples/vision/vgg.weft:28:13: warning[oversized-dense] `classifier.0` holds 74.3 % of it";
    const match = new RegExp(pattern?.regexp ?? "").exec(line);
    assert.deepEqual(match?.slice(1, 6), ["examples/vision/vgg.weft", "28", "13", "warning", "oversized-dense"]);
    assert.equal(match?.[pattern?.message ?? 0], "`classifier.0` holds 74.3 % of it");
});
