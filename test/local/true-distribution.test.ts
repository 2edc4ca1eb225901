import { getLlama, type LlamaContextSequence, LlamaLogLevel, type Token } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isGlimpseDue, openStep } from "../../src/core/step-boundary.js";
import {
  type EmbeddedPair,
  embeddedPair,
  LocalChatModel,
  type LocalSamplingOptions,
} from "../../src/local/index.js";
import { STEP_WRITER } from "../../src/router/step-writer.js";
import { GLIMPSE_AT, openTape, readAll, SMALL_GGUF, write } from "./embedded-models.js";

let pair: EmbeddedPair;
/** The same model in the engine itself, without anything of ours in between. */
let sequence: LlamaContextSequence;

beforeAll(async () => {
  pair = await embeddedPair();
  const llama = await getLlama({
    gpu: false,
    build: "never",
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
  });
  const model = await llama.loadModel({ modelPath: SMALL_GGUF });
  const context = await model.createContext({ contextSize: 512, threads: 1 });
  sequence = context.getSequence();
});
afterAll(async () => {
  await sequence.model.dispose();
  await pair.dispose();
});

const STEP = "59, +10, %6, +90, %9\n\n69, %6, +90, %9\n\n";

/** The engine's whole distribution behind `text`, likeliest first (byte tokens share their text). */
async function engineProbabilities(
  text: string,
  options: Record<string, number>,
): Promise<{ token: string; probability: number }[]> {
  await sequence.clearHistory();
  const { model } = sequence;
  const tokens = [model.tokens.bos as Token, ...model.tokenize(text, true)];
  const last = tokens.length - 1;
  const results = await sequence.controlledEvaluate(
    tokens.map((token, index) =>
      index === last ? [token, { generateNext: { probabilities: true, options } }] : token,
    ),
  );
  const probabilities = results[last]?.next.probabilities ?? new Map<Token, number>();
  return [...probabilities].map(([token, probability]) => ({
    token: model.detokenize([token], true),
    probability,
  }));
}

describe("the log-probabilities of a write", () => {
  it("are the engine's own distribution, over the whole vocabulary", async () => {
    const opening = await openTape(pair.small);
    const { items } = await write(pair.small, STEP, { maxTokens: 1, topLogprobs: 20 });
    const [listed] = items[0]?.tokens ?? [];
    expect(listed?.top).toHaveLength(20);
    for (const options of [{ temperature: 0 }, { temperature: 1, topK: 0, topP: 1, minP: 0 }]) {
      const engine = await engineProbabilities(`${opening.data}${STEP}`, options);
      expect(engine).toHaveLength(358);
      for (const [index, { token, logprob }] of (listed?.top ?? []).entries()) {
        expect(token).toBe(engine[index]?.token);
        expect(logprob).toBeCloseTo(Math.log(engine[index]?.probability ?? 0), 4);
      }
    }
    expect(listed?.logprob).toBe(listed?.top[0]?.logprob);
  });

  it("are not what the engine reports once it samples (the trap this avoids)", async () => {
    const opening = await openTape(pair.small);
    const sampled = await engineProbabilities(`${opening.data}${STEP}`, { temperature: 0.5 });
    // Cut to top-k 40 and top-p 0.95, and sharpened by the temperature.
    expect(sampled.length).toBeLessThan(40);
  });

  it("depend neither on temperature nor on top-p, top-k and seed", async () => {
    const readWith = async (options: LocalSamplingOptions) => {
      // A model of its own each: how a cache was filled shows in the fourth digit.
      const model = await LocalChatModel.load({
        model: SMALL_GGUF,
        gpu: false,
        threads: 1,
        sequences: 1,
        ...options,
      });
      const { items } = await write(model, STEP, { maxTokens: 1, topLogprobs: 20 });
      // Named by the model, which must be there for it.
      const top = items[0]?.tokens[0]?.top ?? [];
      await model.dispose();
      return top;
    };
    const greedy = await readWith({});
    expect(greedy).toHaveLength(20);
    for (const options of [
      { temperature: 0.3, topP: 0.5, topK: 5, seed: 1 },
      { temperature: 2, topP: 1, topK: 0, seed: 2 },
    ]) {
      const sampled = await readWith(options);
      expect(sampled.map(({ token }) => token)).toEqual(greedy.map(({ token }) => token));
      for (const [index, { logprob }] of sampled.entries()) {
        expect(Math.abs(logprob - (greedy[index]?.logprob ?? 1))).toBeLessThan(1e-6);
      }
    }
  });

  it("are sorted, and sum to at most 1", async () => {
    const { items } = await write(pair.small, "", { maxTokens: 60, topLogprobs: 358 });
    for (const { tokens } of items) {
      const logprobs = (tokens[0]?.top ?? []).map(({ logprob }) => logprob);
      expect(logprobs).toHaveLength(358);
      expect(logprobs).toEqual([...logprobs].sort((a, b) => b - a));
      const mass = logprobs.reduce((sum, logprob) => sum + Math.exp(logprob), 0);
      expect(mass).toBeCloseTo(1, 4);
    }
  });
});

describe("a write with glimpses", () => {
  it("reads the distribution where a step begins, and nowhere else", async () => {
    const { items, text } = await write(pair.large, "", {
      topLogprobs: 20,
      glimpseAt: GLIMPSE_AT,
    });
    let before = "";
    let glimpses = 0;
    for (const item of items) {
      const due = isGlimpseDue(openStep(before, "\n\n"), "<think>");
      expect(item.tokens.map(({ top }) => top.length)).toEqual([due ? 20 : 0]);
      expect(item.tokens[0]?.logprob === null).toBe(!due);
      if (due) glimpses++;
      before += item.text;
    }
    // Five steps of the tape, and the answer behind the closing tag's blank line.
    expect(text.split("\n\n")).toHaveLength(6);
    expect(glimpses).toBe(6);
  });

  it("writes the same text as one without", async () => {
    const plain = await write(pair.small, "");
    const fused = await write(pair.small, "", { topLogprobs: 20, glimpseAt: GLIMPSE_AT });
    const everywhere = await write(pair.small, "", { topLogprobs: 20 });
    expect(fused.text).toBe(plain.text);
    expect(everywhere.text).toBe(plain.text);
  });

  it("gives the glimpse that a probe gives", async () => {
    const fused = await write(pair.small, "", { topLogprobs: 20, glimpseAt: GLIMPSE_AT });
    let before = "";
    for (const item of fused.items) {
      const [listed] = item.tokens;
      if (listed !== undefined && listed.top.length > 0) {
        const probe = await write(pair.small, before, {
          maxTokens: 1,
          topLogprobs: 20,
          temperature: 0,
        });
        const probed = probe.items[0]?.tokens[0];
        expect(probed?.token).toBe(listed.token);
        expect(probed?.top[0]?.logprob).toBeCloseTo(listed.top[0]?.logprob ?? 1, 2);
      }
      before += item.text;
    }
  });

  it("reads it again where a token has the boundary and the next word in one", async () => {
    // This vocabulary has one such token: "</think>" for the delimiter "</".
    const glimpseAt = { delimiter: "</", openTag: null };
    const glued = await write(pair.small, "", { topLogprobs: 20, glimpseAt });
    const at = glued.items.findIndex(({ text }) => text === "</think>");
    const listed = glued.items[at]?.tokens[0];
    expect(listed?.token).toBe("</think>");
    expect(listed?.top).toHaveLength(20);

    const before = glued.items.slice(0, at).map(({ text }) => text);
    const probe = await write(pair.small, before.join(""), { maxTokens: 1, topLogprobs: 20 });
    expect(listed?.logprob).toBeCloseTo(probe.items[0]?.tokens[0]?.logprob ?? 1, 2);
    expect(glued.text).toBe((await write(pair.small, "")).text);
  });

  it("lists EOS without text where a glimpse is due there", async () => {
    const thought = (await write(pair.large, "")).text;
    const writer = pair.large[STEP_WRITER];
    const opening = await openTape(pair.large);
    // As if the whole reply had been one step, whose boundary comes last.
    const { items, end } = await readAll(
      writer.write(opening, thought, {
        maxTokens: 5,
        topLogprobs: 3,
        glimpseAt: { delimiter: thought.slice(-1), openTag: null },
      }),
    );
    expect(end.reason).toBe("eos");
    expect(items).toHaveLength(1);
    expect(items[0]?.text).toBe("");
    expect(items[0]?.tokens[0]?.token).toBe("</s>");
    expect(items[0]?.tokens[0]?.top.map(({ token }) => token)[0]).toBe("</s>");
  });

  it("does not list EOS where none is", async () => {
    const { items, end } = await write(pair.large, "");
    expect(end.reason).toBe("eos");
    expect(end.usage.output_tokens).toBe(items.length + 1);
  });
});
