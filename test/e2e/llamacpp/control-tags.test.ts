import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelFile } from "../../../scripts/llamacpp/serve-pair.js";
import { type LlamaServer, startServer } from "../../../scripts/llamacpp/start-server.js";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { runChains } from "../real-servers/run-chains.js";
import { askInProcess, expectSame, type Reference } from "./in-process.js";
import { chatOpenAI, LIMIT_MS, THRESHOLD } from "./llama-pair.js";
import { markControlTokens } from "./mark-control-tokens.js";
import { problems } from "./problems.js";

const TAGS = ["<think>", "</think>"];

describe("tags that are control tokens (rule 19)", () => {
  let folder: string;
  let servers: readonly LlamaServer[] = [];
  let reference: Reference;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "control-tags-"));
    servers = await Promise.all(
      (["small", "large"] as const).map(async (role) => {
        const model = join(folder, `${role}.gguf`);
        await writeFile(model, await markControlTokens(modelFile(role), TAGS));
        return startServer({ model });
      }),
    );
    reference = await askInProcess(problems());
  }, LIMIT_MS);

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true });
  });

  it("have no text by themselves", async () => {
    const reply = await fetch(`${servers[0]?.baseURL}/completions`, {
      method: "POST",
      body: JSON.stringify({
        prompt: "<|user|>59, +10, %6<|assistant|><think>\n",
        max_tokens: 100,
        temperature: 0,
      }),
    });
    const { choices } = (await reply.json()) as { choices: { text: string }[] };
    expect(choices[0]?.text).not.toContain("think>");
  });

  it(
    "end the thoughts all the same",
    async () => {
      const [small, large] = servers.map((server) => chatOpenAI(server));
      if (small === undefined || large === undefined) throw new Error("Two servers were started.");
      const router = new GlimpRouterChatModel({ small, large, threshold: THRESHOLD });
      const replies = await runChains(router, reference.problems, 4);
      expectSame("tags as control tokens", reference, replies);
    },
    LIMIT_MS,
  );
});
