/** The packed package in a new project of pnpm's, whose layout lets nobody import what he did not ask for. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFakeVllm } from "../../test/servers/fake-vllm/start-fake-vllm.js";
import { scriptedThought } from "../../test/servers/script/scripted-model.js";
import { outputOf } from "../run-command.js";
import { installPackage } from "../tools/install-tool.js";
import { ROOT } from "./checkout.js";
import { type NodeBinary, newestOf, withNode } from "./node-binary.js";
import { type Versions, versionsIn } from "./place.js";
import type { Counts } from "./results.js";

const ENTRIES = ["", "/local", "/middleware", "/graph"];

/** A question routed between two servers, by what the project imports; `load` is `import` or `require`. */
const ROUTE = (load: string, baseURL: string) => `
  const { ChatOpenAI } = ${load}("@langchain/openai");
  const { GlimpRouterChatModel } = ${load}("langchain-glimprouter");
  const configuration = { baseURL: ${JSON.stringify(baseURL)} };
  const model = new ChatOpenAI({ model: "small", apiKey: "none", maxRetries: 0, configuration });
  const message = await new GlimpRouterChatModel({ small: model, large: model }).invoke("2+2?");
  const { steps } = message.response_metadata.glimprouter;
  console.log(message.text, steps.map(({ route }) => route).join());`;

const SCRIPT = {
  steps: [
    { text: "First we add 2 and 2.", entropy: 0.2 },
    { text: "Wait, is that right?", entropy: 2.1 },
  ],
  answer: "The answer is 4.",
};
const ROUTED = "The answer is 4. small,large";

/**
 * @throws Error where pnpm cannot install the package
 */
export async function runPnpm(node: NodeBinary): Promise<Counts & { versions: Versions }> {
  const folder = await mkdtemp(join(tmpdir(), "glimprouter-pnpm-"));
  const server = await startFakeVllm({ model: scriptedThought(SCRIPT) });
  try {
    await installProject(folder, node);
    const failures: string[] = [];
    const programs = Object.entries(programsOver(server.baseURL));
    for (const [name, { code, prints }] of programs) {
      await writeFile(join(folder, name), code);
      const printed = await outputOf("node", [name], folder, withNode(node)).catch(String);
      if (printed !== prints) failures.push(`${name} printed ${printed.split("\n", 1)[0]}`);
    }
    const versions = await versionsIn(folder);
    return { passed: programs.length - failures.length, failures, passedAlone: [], versions };
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
}

function programsOver(baseURL: string): Record<string, { code: string; prints: string }> {
  const each = (load: string) =>
    ENTRIES.map((entry) => `${load}("langchain-glimprouter${entry}")`).join(", ");
  const count = (loaded: string) =>
    `console.log((${loaded}).map((entry) => Object.keys(entry).length > 0).join());`;
  const all = ENTRIES.map(() => "true").join();
  return {
    "entries.mjs": { code: count(`await Promise.all([${each("import")}])`), prints: all },
    "entries.cjs": { code: count(`[${each("require")}]`), prints: all },
    "route.mjs": { code: ROUTE("await import", baseURL), prints: ROUTED },
    "route.cjs": { code: `(async () => {${ROUTE("require", baseURL)}})();`, prints: ROUTED },
  };
}

/** Peers by the ranges that package.json names, and nothing else; none of node-llama-cpp's 300 MB. */
async function installProject(folder: string, node: NodeBinary): Promise<void> {
  await outputOf("npx", ["tsup", "--silent"], ROOT);
  const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const [packed] = JSON.parse(await outputOf("npm", pack, ROOT)) as { filename: string }[];
  const { peerDependencies } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  const { "node-llama-cpp": _big, ...peers } = peerDependencies;
  const dependencies = { ...peers, "langchain-glimprouter": `file:${packed?.filename}` };
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  const home = await installPackage("pnpm", await newestOf("pnpm@latest"));
  const pnpm = join(home, "node_modules", ".bin", "pnpm");
  await outputOf(pnpm, ["install", "--ignore-scripts"], folder, withNode(node));
}
