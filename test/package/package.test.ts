import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isBuilt, noteBuilt } from "../../scripts/build/built.js";
import { chunksOf, joined } from "../serve/served.js";
import { startFakeVllm } from "../servers/fake-vllm/start-fake-vllm.js";
import { scriptedThought } from "../servers/script/scripted-model.js";
import { startWorkerd } from "./start-workerd.js";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a user has after `npm install langchain-glimprouter`: the packed files, and only the required peer. */
let folder: string;
let files: readonly string[];
let tarball: string;

/**
 * The packed files in a project's `node_modules`, with their dependencies as they are installed here; optional peers are left out but for
 * those named.
 */
async function installIn(project: string, peers: readonly string[]): Promise<void> {
  const modules = join(project, "node_modules");
  const target = join(modules, "langchain-glimprouter");
  await run("mkdir", ["-p", target, join(modules, "@langchain")]);
  await run("tar", ["xzf", tarball, "-C", target, "--strip-components=1"]);
  const { dependencies } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of ["@langchain/core", ...Object.keys(dependencies), ...peers]) {
    await run("mkdir", ["-p", join(modules, name, "..")]);
    await run("ln", ["-s", join(ROOT, "node_modules", name), join(modules, name)]);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glimprouter-package-"));
  // A test of the package must not depend on what an earlier build left in dist/, unless it is of these very sources.
  if (!(await isBuilt())) {
    await run("npx", ["tsup", "--silent"], { cwd: ROOT });
    await noteBuilt();
  }
  const { stdout } = await run(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
    {
      cwd: ROOT,
    },
  );
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  files = (packed?.files ?? []).map(({ path }) => path);
  tarball = join(folder, packed?.filename ?? "");
  await installIn(folder, []);
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

/** All that npm publishes, by its place and kind: no sources, tests, keys, notes or settings of anybody's. */
const KNOWN = [
  /^dist\/([\w-]+\/)?[\w-]+\.(js|cjs|d\.ts|d\.cts)(\.map)?$/,
  /^docs\/([\w-]+\/)?[\w-]+\.(md|png|svg|html)$/,
  /^examples\/[\w-]+\.(ts|md)$/,
  /^deploy\/[\w-]+\.(yaml|Containerfile)$/,
  /^models\/[\w-]+\.gguf$/,
  /^models\/(README\.md|(words-)?problems\.json)$/,
  /^(README|CHANGELOG|CONTRIBUTING|SECURITY|THIRD-PARTY-NOTICES)\.md$/,
  /^(LICENSE|package\.json)$/,
];

const SCRIPT = {
  steps: [
    { text: "First we add 2 and 2.", entropy: 0.2 },
    { text: "Wait, is that right?", entropy: 2.1 },
    { text: "Yes, it is four.", entropy: 0.3 },
  ],
  answer: "The answer is 4.",
};

/** A worker that answers each request with a routed reply, and what the doctor says. */
function workerSource(baseURL: string): string {
  return `
    import { ChatOpenAI } from "@langchain/openai";
    import { diagnose, GlimpRouterChatModel } from "langchain-glimprouter";
    import { createHandler } from "langchain-glimprouter/serve";
    const configuration = { baseURL: ${JSON.stringify(baseURL)} };
    export default {
      async fetch(request) {
        const model = new ChatOpenAI({ model: "small", apiKey: "none", maxRetries: 0, configuration });
        const router = new GlimpRouterChatModel({ small: model, large: model });
        if (new URL(request.url).pathname !== "/reply") return createHandler({ router, page: true })(request);
        const message = await router.invoke("2+2?");
        const { steps } = message.response_metadata.glimprouter;
        const { canRoute } = await diagnose({ small: model, large: model });
        return Response.json({ text: message.text, routes: steps.map(({ route }) => route), canRoute });
      },
    };`;
}

async function runHere(name: string, code: string): Promise<string> {
  await writeFile(join(folder, name), code);
  const { stdout, stderr } = await run(process.execPath, [name], { cwd: folder });
  expect(stderr).toBe("");
  return stdout.trim();
}

describe("the packed package", () => {
  it("holds what it needs to run, and nothing of its workshop", () => {
    expect(files).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "THIRD-PARTY-NOTICES.md",
      ]),
    );
    expect(files).toEqual(
      expect.arrayContaining([
        "models/glimp-small.gguf",
        "models/glimp-large.gguf",
        "models/words-small.gguf",
        "models/words-large.gguf",
        "models/README.md",
        "models/problems.json",
        "models/words-problems.json",
      ]),
    );
    const foreign = files.filter((path) => !KNOWN.some((known) => known.test(path)));
    expect(foreign).toEqual([]);
  });

  it("runs nothing when it is installed, and has nothing to be built", async () => {
    const packed = join(folder, "node_modules", "langchain-glimprouter", "package.json");
    const { scripts = {}, gypfile } = JSON.parse(await readFile(packed, "utf8")) as {
      scripts?: Record<string, string>;
      gypfile?: unknown;
    };
    // npm and pnpm run these of a dependency; `prepare` of one that comes from git.
    const run = ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"];
    expect(run.filter((name) => name in scripts)).toEqual([]);
    expect(gypfile).toBeUndefined();
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

  it("U2: its main entry starts and routes, and is served, on an edge runtime (Cloudflare's workerd)", async () => {
    const server = await startFakeVllm({ model: scriptedThought(SCRIPT) });
    const place = join(folder, "worker");
    await run("mkdir", ["-p", join(place, "node_modules", "@langchain")]);
    const openai = join("node_modules", "@langchain", "openai");
    await run("ln", ["-s", join(ROOT, openai), join(place, openai)]);
    await writeFile(join(place, "source.js"), workerSource(server.baseURL));
    const workerd = await startWorkerd(place);
    try {
      const reply = await fetch(`${workerd.url}/reply`);
      expect(await reply.json()).toEqual({
        text: "The answer is 4.",
        routes: ["small", "large", "small"],
        canRoute: true,
      });
      expect((await fetch(workerd.url)).headers.get("content-security-policy")).toMatch(/sha256-/);
      const asked = await fetch(`${workerd.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          model: "glimprouter@tau=1.2",
          messages: [{ role: "user", content: "2+2?" }],
          stream: true,
        }),
      });
      const chunks = await chunksOf(asked);
      expect(joined(chunks, "content")).toBe("The answer is 4.");
      expect(chunks.at(-1)?.glimprouter).toMatchObject({ threshold: 1.2, handoffs: 2 });
    } finally {
      await workerd.close();
      await server.close();
    }
  }, 180_000);

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

  it("its command line finds the problems and the models that are in the package", async () => {
    const project = join(folder, "project");
    await installIn(project, ["node-llama-cpp", "@langchain/openai"]);
    const bin = join(project, "node_modules", "langchain-glimprouter", "dist", "cli", "main.js");
    const asked = ["eval", "--pair", "tape", "--limit", "1", "--arms", "small", "-o", "run"];
    const { stdout } = await run(process.execPath, [bin, ...asked], { cwd: project });
    expect(stdout).toMatch(/small/);
    const summary = await readFile(join(project, "run", "summary.json"), "utf8");
    expect(JSON.parse(summary)).toMatchObject({ arms: [{ arm: "small", n: 1, errors: 0 }] });
  });

  it("U9: its command line asks for a missing @langchain/openai by name", async () => {
    const bin = join(folder, "node_modules", "langchain-glimprouter", "dist", "cli", "main.js");
    const server = "http://127.0.0.1:9/v1#x";
    const failed = await run(
      process.execPath,
      [bin, "ask", "Hi", "--small", server, "--large", server],
      {
        cwd: folder,
      },
    ).catch((error: { code: number; stderr: string }) => error);
    expect(failed).toMatchObject({
      code: 2,
      stderr:
        "glimprouter: A server needs @langchain/openai. Run: npm install @langchain/openai (outside a project: npx -p langchain-glimprouter -p @langchain/openai glimprouter ...)\n",
    });
  });

  it("has a type declaration beside every entry", async () => {
    const names = await readdir(join(ROOT, "dist"));
    expect(names).toEqual(
      expect.arrayContaining(["index.d.ts", "index.d.cts", "index.js", "index.cjs"]),
    );
  });
});
