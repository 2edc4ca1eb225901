import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { installTool } from "../../scripts/tools/install-tool.js";
import { listen } from "../../src/cli/listen.js";
import { createHandler, type HandlerOptions } from "../../src/serve/index.js";
import { scriptedRouter, THOUGHT } from "../langchain/scripted-pair.js";
import { toolPair } from "../langchain/tools/tool-pair.js";

/** As far as these tests use it; its own types are not installed here. */
interface AiSdk {
  streamText(options: object): {
    readonly fullStream: AsyncIterable<{ readonly type: string; readonly text?: string }>;
    readonly text: PromiseLike<string>;
    readonly reasoningText: PromiseLike<string>;
    readonly finishReason: PromiseLike<string>;
    readonly usage: PromiseLike<Readonly<Record<string, unknown>>>;
  };
  generateText(
    options: object,
  ): Promise<{ readonly text: string; readonly steps: readonly unknown[] }>;
  tool(definition: object): object;
  stepCountIs(count: number): object;
}
type Provider = (model: string) => object;

let ai: AiSdk;
let createProvider: (options: object) => Provider;

beforeAll(async () => {
  const place = createRequire(join(await installTool("ai-sdk"), "package.json"));
  const load = (name: string) => import(pathToFileURL(place.resolve(name)).href);
  ai = (await load("ai")) as AiSdk;
  const compatible = (await load("@ai-sdk/openai-compatible")) as Record<string, unknown>;
  createProvider = compatible.createOpenAICompatible as typeof createProvider;
});

async function providerFor(options: HandlerOptions): Promise<Provider> {
  const { address, close } = await listen(createHandler(options), { port: 0, host: "127.0.0.1" });
  onTestFinished(close);
  return createProvider({ name: "glimprouter", baseURL: `${address}/v1`, includeUsage: true });
}

describe("Vercel's AI SDK (@ai-sdk/openai-compatible 2.x)", () => {
  it.each(["reasoning_content", "reasoning"] as const)(
    "streams the thought as reasoning, then the answer, with the usage (%s)",
    async (reasoningField) => {
      const provider = await providerFor({ router: scriptedRouter().router, reasoningField });
      const result = ai.streamText({
        model: provider("glimprouter"),
        prompt: "2+2?",
        maxRetries: 0,
      });
      const types: string[] = [];
      for await (const { type } of result.fullStream) if (types.at(-1) !== type) types.push(type);
      expect(types.filter((type) => type.endsWith("-delta"))).toEqual([
        "reasoning-delta",
        "text-delta",
      ]);
      expect(types).not.toContain("error");
      expect(await result.reasoningText).toBe(THOUGHT);
      expect(await result.text).toBe("The answer is 4.");
      expect(await result.finishReason).toBe("stop");
      expect(await result.usage).toMatchObject({
        inputTokens: expect.any(Number),
        outputTokens: expect.any(Number),
        reasoningTokens: expect.any(Number),
      });
    },
  );

  it("runs a tool loop to its end", async () => {
    const { router } = await toolPair();
    const provider = await providerFor({ router: router() });
    const asked: unknown[] = [];
    const weather = ai.tool({
      description: "Tells the weather of a city.",
      inputSchema: z.object({ city: z.string() }),
      execute: async (input: unknown) => {
        asked.push(input);
        return "Rain in Oslo.";
      },
    });
    const { text, steps } = await ai.generateText({
      model: provider("glimprouter"),
      prompt: "Weather in Oslo?",
      tools: { weather },
      stopWhen: ai.stepCountIs(3),
      maxRetries: 0,
    });
    expect(asked).toEqual([{ city: "Oslo" }]);
    expect([text, steps.length]).toEqual(["It rains.", 2]);
  });

  it("an error in the stream is its error, and no reply", async () => {
    const provider = await providerFor({
      router: scriptedRouter({ small: { failAt: 40 } }).router,
    });
    const errors: unknown[] = [];
    const result = ai.streamText({
      model: provider("glimprouter"),
      prompt: "2+2?",
      maxRetries: 0,
      onError: ({ error }: { error: unknown }) => errors.push(error),
    });
    for await (const _ of result.fullStream);
    expect(JSON.stringify(errors)).toContain("The engine died.");
  });
});
