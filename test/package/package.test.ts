import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a user has after `npm install langchain-glimprouter`: the packed files, and only the required peer. */
let folder: string;
let files: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glimprouter-package-"));
  // Built here: a test of the package must not depend on what an earlier build left in dist/.
  await run("npx", ["tsup", "--silent"], { cwd: ROOT });
  const { stdout } = await run(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
    {
      cwd: ROOT,
    },
  );
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  files = (packed?.files ?? []).map(({ path }) => path);
  const target = join(folder, "node_modules", "langchain-glimprouter");
  await run("mkdir", ["-p", target, join(folder, "node_modules", "@langchain")]);
  await run("tar", [
    "xzf",
    join(folder, packed?.filename ?? ""),
    "-C",
    target,
    "--strip-components=1",
  ]);
  // Its dependencies as they are installed here; the optional peers are left out.
  const { dependencies } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const needed = ["@langchain/core", ...Object.keys(dependencies)];
  for (const name of needed) {
    await run("mkdir", ["-p", join(folder, "node_modules", name, "..")]);
    await run("ln", ["-s", join(ROOT, "node_modules", name), join(folder, "node_modules", name)]);
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

async function runHere(name: string, code: string): Promise<string> {
  await writeFile(join(folder, name), code);
  const { stdout, stderr } = await run(process.execPath, [name], { cwd: folder });
  expect(stderr).toBe("");
  return stdout.trim();
}

describe("the packed package", () => {
  it("holds what it needs to run, and nothing of its workshop", () => {
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "CHANGELOG.md"]));
    expect(files).toEqual(
      expect.arrayContaining([
        "models/glimp-small.gguf",
        "models/glimp-large.gguf",
        "models/README.md",
      ]),
    );
    const foreign = files.filter(
      (path) =>
        !/^(dist\/|models\/[\w.-]+\.(gguf|md)$|(LICENSE|README\.md|CHANGELOG\.md|package\.json)$)/.test(
          path,
        ),
    );
    expect(foreign).toEqual([]);
  });

  it("is imported and required, and both have the same names", async () => {
    const print = "console.log(Object.keys(glimprouter).sort().join())";
    const esm = await runHere(
      "a.mjs",
      `import * as glimprouter from "langchain-glimprouter"; ${print}`,
    );
    const cjs = await runHere(
      "a.cjs",
      `const glimprouter = require("langchain-glimprouter"); ${print}`,
    );
    expect(esm).toContain("GlimpRouterChatModel");
    expect(cjs).toBe(esm);
    const print2 = print.replace("glimprouter", "local");
    const local = await runHere(
      "b.mjs",
      `import * as local from "langchain-glimprouter/local"; ${print2.replace("glimprouter", "local")}`,
    );
    expect(local).toBe("LocalChatModel,embeddedPair");
  });

  it("its main entry imports nothing of Node: it also runs on edge runtimes", async () => {
    const seen = new Set<string>();
    const read = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const text = await readFile(join(ROOT, "dist", path), "utf8");
      expect(text).not.toMatch(/(from|import\()\s*"(node:|fs"|path"|child_process")/);
      for (const [, next] of text.matchAll(/from "\.\/([\w.-]+)"/g)) await read(next ?? "");
    };
    await read("index.js");
    expect(seen.size).toBeGreaterThan(0);
  });

  it("without node-llama-cpp the embedded pair says which command installs it", async () => {
    const output = await runHere(
      "c.mjs",
      `import { embeddedPair } from "langchain-glimprouter/local";
       await embeddedPair().catch((error) => console.log(error.reason, error.message));`,
    );
    expect(output).toMatch(/^peer_missing /);
    expect(output).toContain("npm install node-llama-cpp");
  });

  it("its command line says its version, and that a local model needs the peer", async () => {
    const bin = join(folder, "node_modules", "langchain-glimprouter", "dist", "cli", "main.js");
    const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
      version: string;
    };
    expect((await run(process.execPath, [bin, "--version"])).stdout.trim()).toBe(version);
    const failed = await run(process.execPath, [bin, "ask", "1"], { cwd: folder }).catch(
      (error: { code: number; stderr: string }) => error,
    );
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("npm install node-llama-cpp"),
    });
  });

  it("has a type declaration beside every entry", async () => {
    const names = await readdir(join(ROOT, "dist"));
    expect(names).toEqual(
      expect.arrayContaining(["index.d.ts", "index.d.cts", "index.js", "index.cjs"]),
    );
  });
});
