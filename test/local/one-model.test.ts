import { describe, expect, it } from "vitest";
import { always } from "../../src/core/policies/always.js";
import { entropyAbove } from "../../src/core/policies/entropy-above.js";
import type { LocalEngine } from "../../src/local/local-engine.js";
import { LocalWriter } from "../../src/local/local-writer.js";
import type { Reading } from "../../src/local/token-reading.js";
import type { Opening } from "../../src/router/step-writer.js";
import { TEXTS } from "../properties/texts.js";
import { CONFIG, runOver } from "../router/run-thought.js";

const EOS = 256;
const PROMPT = "Question: ";
const ANSWER = "42 👍";

/** An engine whose tokens are bytes, and whose model knows one text by heart. */
function byteEngine(text: string): LocalEngine {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const bytes = encoder.encode(PROMPT + text);
  const reading = (at: number, top: number): Reading => {
    const token = bytes[at] ?? EOS;
    const likely = at % 3 === 0 ? 0.5 : 0.99;
    const others = [{ token: 120, logprob: Math.log(1 - likely) }];
    return {
      token,
      logprob: null,
      top: top === 0 ? [] : [{ token, logprob: Math.log(likely) }, ...others],
    };
  };
  const reader = () => {
    let at = 0;
    return {
      cachedTokens: 0,
      readPrompt: async (tokens: readonly number[], top: number) => {
        at = tokens.length;
        expect(tokens).toEqual([...bytes.slice(0, at)]);
        return reading(at, top);
      },
      readNext: async (_token: number, top: number) => reading(++at, top),
      readAgain: async (_token: number, top: number) => reading(at, top),
      end: async () => undefined,
    };
  };
  return {
    contextSize: 1e6,
    encode: (whole: string) => [...encoder.encode(whole)],
    decode: (tokens: readonly number[]) => decoder.decode(Uint8Array.from(tokens)),
    endsGeneration: (token: number) => token === EOS,
    explain: (error: unknown) => error,
    lease: async () => ({ reader: reader(), release: () => undefined }),
  } as unknown as LocalEngine;
}

async function reply(text: string, config: object) {
  const sampling = { temperature: 0, topK: 0, topP: 1, seed: 0 };
  const prompts = { chatTemplate: null, templateKwargs: {} };
  const writer = new LocalWriter(byteEngine(text), prompts, sampling as never);
  const opening: Opening = {
    kind: "local",
    data: PROMPT,
    opensThought: true,
    promptTokens: PROMPT.length,
    contextSize: null,
  };
  return runOver(
    {
      writers: { small: writer, large: writer },
      openings: { small: opening, large: opening },
    } as never,
    { ...CONFIG, topLogprobs: 2, maxThoughtTokens: 100_000, ...config },
  );
}

const POLICIES = {
  "always small": always("small"),
  "always large": always("large"),
  "entropy above 0.3": entropyAbove(0.3),
};

describe("rule 21, in this process: one model in both roles gives the unrouted text", () => {
  describe.each(Object.entries(TEXTS))("%s", (_text, text) => {
    it.each(Object.entries(POLICIES))("%s, at every cap", async (_policy, policy) => {
      for (const glimpse of ["fused", "probe"] as const) {
        for (const maxStepTokens of [1, 2, 3, 4, 5, 6, 7, 8, 9, 512]) {
          const config = { policy, glimpse, maxStepTokens };
          expect((await reply(text, { ...config, thinking: false })).thought).toBe(text);
          const { thought, answer } = await reply(`${text}</think>\n\n${ANSWER}`, config);
          expect(thought + answer).toBe(text + ANSWER);
        }
      }
    });
  });

  it("what large wrote of a delimiter at the cap is large's", async () => {
    const { thought, record } = await reply("ab\n\ncd", {
      policy: always("large"),
      maxStepTokens: 3,
      thinking: false,
    });
    expect(thought).toBe("ab\n\ncd");
    expect(record.steps[0]?.parts).toMatchObject([
      { route: "large", from: 0, tokens: 3, end: "length" },
      { route: "small", from: 3, tokens: 1, end: "boundary" },
    ]);
  });

  it("half a character at the cap is neither text nor counted", async () => {
    const { thought, record } = await reply("🎉🎊!", {
      policy: always("large"),
      maxStepTokens: 6,
      thinking: false,
    });
    expect(thought).toBe("🎉🎊!");
    expect(record.steps).toMatchObject([
      {
        end: "eos",
        parts: [
          { route: "large", tokens: 4, end: "length" },
          { route: "small", tokens: 5, end: "eos" },
        ],
      },
    ]);
    expect(record.usage.large).toMatchObject({ output_tokens: 6 });
  });
});
